// Structs, bit-fields, arrays, unions, function pointers, values by value and extern variables, against a compiled library.
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Place, printed, type Ran, root } from './place.js';

const place = new Place();
const fixtures = `${root}/tests/mrhooker/fixtures`;
let ran: Ran;

const SCRIPT = `import { call, hook, offsetof, sizeof, varargs } from 'mrhooker';
import {
  apply, by_value, col, color, counter, GREEN, flags, lds, many, outer, pair, probe, sum, TRIPLE, twice, u64, VERSION,
} from 'c:./views.h';

hook(probe, (o) => {
  console.log(o.name.text(), o.in.a, o.in.f, o.list[1].a, [...o.list].map((x) => x.a).join(), o.next.name.text());
  console.log(o.op.call(20, 22), o.u.d, o.x, o.y, o.list.length, o.next.next);
  console.log(o.fl.lo, o.fl.mid, o.fl.big.toString(16), o.fl.on, String(o.huge), String(o.neg));
  console.log(sizeof(outer), offsetof(outer, 'u'), outer.offsetOf('huge'), sizeof(flags));
  console.log(counter.value, twice(21), TRIPLE(14), VERSION, GREEN, color.RED);
  counter.value += 1;
  o.in.a = 8;
  o.name = 'changed';
  o.list[1].a = 22;
  o.x = 9;
  o.fl.lo = 2;
  o.fl.mid = -7;
  o.fl.big = 0xff;
  o.fl.on = false;
  o.huge = 0x7fffffffffffffffn;
  console.log(o.in, o.name);
  return probe(o);
});
hook(by_value, (p, t, f, d) => {
  console.log(p, t, f, d);
  const result = by_value(pair.alloc({ a: 10, b: 20 }), t, f, d);
  return pair.alloc({ a: result.a + 1, b: result.b + 1 });
});
hook(lds, (x) => lds(x));
hook(u64, (x) => {
  console.log(typeof x, String(x));
  return u64(x);
});
hook(sum, (n) => {
  console.log(n, varargs.int(0), varargs.int(2));
  return sum(n) + sum(2, 100, 200);
});
hook(apply, (op, a, b) => {
  console.log(op.call(a, b), counter.value);
  return apply((x, y) => x * y, a, b);
});
hook(col, (c) => c);
hook(many, (a, b, c, d, e, f, g, h, i, j) => {
  console.log(a, b, c, d, e, f, g, i, j, call.errno);
  return many(a, b, c, d, e, f, g, h, i, j + 1);
});
`;

beforeAll(async () => {
  for (const name of ['views.h', 'views.c', 'views-main.c']) cpSync(`${fixtures}/${name}`, place.path(name));
  const gcc = (...args: string[]) => execFileSync('gcc', args, { cwd: place.folder });
  gcc('-shared', '-fPIC', '-o', 'libviews.so', 'views.c');
  const layout = 'sizeof(struct outer), offsetof(struct outer, u), offsetof(struct outer, huge), sizeof(struct flags)';
  const main = `int main(void) { printf("%zu %zu %zu %zu\\n", ${layout}); }`;
  place.write('layout.c', `#include <stdio.h>\n#include "views.h"\n${main}\n`);
  gcc('-o', 'layout', 'layout.c');
  gcc('-o', 'views', 'views-main.c', '-L.', '-lviews', `-Wl,-rpath,${place.folder}`);
  ran = await place.script(SCRIPT, [place.path('views')]);
}, 120_000);
afterAll(() => place.remove());

test('what the script reads is what C wrote', () => {
  expect(printed(ran)).toEqual([
    'hello 7 1.5 2 1,2,3 next',
    '42 2.5 3 -4 3 null',
    '5 -3 123456789a true 18446744073709551615 -9007199254740993',
    // As the C compiler has it: see below.
    execFileSync(place.path('layout'), { encoding: 'utf8' }).trim(),
    '41 42 42 1.2.3 5 1',
    '{ a: 8, f: 1.5 } "changed"',
    '{ a: 1, b: 2 } { x: 3, y: 4, z: 5 } 1.5 2.5',
    'bigint 18364758544493064720',
    '3 1 3',
    '11 42',
    '1 2 3 4 5 6.5 7.5 8 9 0',
  ]);
});

test('what C reads is what the script wrote', () => {
  expect(ran.status).toBe(0);
  expect(ran.stdout.split('\n')).toEqual([
    'probe 8',
    'name changed in.a 8 list1 22 x 9 lo 2 mid -7 big ff on 0 huge 7fffffffffffffff',
    'pair 14 25',
    'lds 3',
    'u64 fedcba9876543210',
    'sum 306',
    'apply 30',
    'col 5',
    'many 47',
    '',
  ]);
});

test('the types of all that fit', { timeout: 120_000 }, async () => {
  expect(await place.script(SCRIPT, [], ['--check'])).toMatchObject({ status: 0, stderr: '' });
});

test('a wrong use of them does not', { timeout: 120_000 }, async () => {
  const wrong = SCRIPT.replace('o.x = 9;', "o.x = 'nine'; o.nothing = 1;");
  const { status, stderr } = await place.script(wrong, [], ['--check']);
  expect(status).toBe(125);
  expect(stderr).toMatch(/hooks\.ts\(\d+,\d+\): error TS2322: Type 'string' is not assignable to type 'number'/);
  expect(stderr).toContain("Property 'nothing' does not exist");
});

test('arrays of arrays, inside of a record, behind a pointer, and of their own', { timeout: 120_000 }, async () => {
  place.write(
    'grid.h',
    'struct grid { int cells[2][3]; const char *names[2]; };\nextern int table[2][2];\nint walk(struct grid *g, int (*rows)[3], int n);\n',
  );
  place.write(
    'grid.c',
    '#include "grid.h"\nint table[2][2] = {{1, 2}, {3, 4}};\nint walk(struct grid *g, int (*rows)[3], int n) { return g->cells[1][2] + rows[1][0] + table[1][1] + n; }\n',
  );
  const main =
    '#include <stdio.h>\n#include "grid.h"\nint main(void) { struct grid g = {{{1, 2, 3}, {4, 5, 6}}, {"a", "b"}}; printf("%d\\n", walk(&g, g.cells, 0)); }';
  place.write('grid-main.c', main);
  const gcc = (...args: string[]) => execFileSync('gcc', args, { cwd: place.folder });
  gcc('-shared', '-fPIC', '-o', 'libgrid.so', 'grid.c');
  gcc('-o', 'grid', 'grid-main.c', '-L.', '-lgrid', `-Wl,-rpath,${place.folder}`);
  const script = `import { hook } from 'mrhooker';
import { grid, table, walk } from 'c:./grid.h';
hook(walk, (g, rows, n) => {
  console.log(g.cells, g.cells[1][2], g.cells.length, g.cells[0].length, [...g.cells].map((row) => [...row].join()).join(';'));
  console.log(g.names[1].text(), rows[1][2], rows.value.length, table[1][0], [...table[0]]);
  g.cells = [[7, 8, 9], [4, 5, 6]];
  g.cells[1][2] = 60;
  rows[1][0] += 36;
  table[1][1] = 400;
  console.log([...g.as(grid).cells[0]]);
  return walk(g, rows, n);
});
`;
  const said = await place.script(script, [place.path('grid')], ['--check']);
  expect(said).toMatchObject({ status: 0, stdout: '500\n' });
  expect(printed(said)).toEqual(['[ [ 1, 2, 3 ], [ 4, 5, 6 ] ] 6 2 3 1,2,3;4,5,6', 'b 6 3 3 [ 1, 2 ]', '[ 7, 8, 9 ]']);
});

test('a hook that returns something else is told what it should', { timeout: 120_000 }, async () => {
  const { status, stderr } = await place.script(
    SCRIPT.replace('hook(col, (c) => c)', "hook(col, (c) => 'x')"),
    [],
    ['--check'],
  );
  expect(status).toBe(125);
  expect(stderr).toContain("Type 'string' is not assignable to type 'boolean | Integer'");
});

test('memory for a struct is asked of the struct', { timeout: 120_000 }, async () => {
  const code = `import { alloc, hook } from 'mrhooker';
import { pair, u64 } from 'c:./views.h';
hook(u64, (x) => u64(alloc(pair as never) ? x : x));
`;
  const refused = await place.script(code, ['./views']);
  expect(refused.stderr).toContain(
    'TypeError: alloc() takes a number of bytes, a text or bytes; a struct has an alloc()',
  );
});
