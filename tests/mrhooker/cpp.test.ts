// C++: overloads, methods, constructors, references, classes by value that need their copy constructor, exceptions.
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Place, printed, root } from './place.js';

const place = new Place();

const IMPORTS = `import { hook } from 'mrhooker';
import {
  'ns::add(int, int)' as addInts, 'ns::add(double, double)' as addDoubles, 'ns::greet' as greet, 'ns::Shape::area' as area,
  'ns::Shape::count' as count, 'ns::Shape::scale' as scale, 'ns::Shape::Shape' as construct, 'ns::Shape::~Shape' as destroy,
  'ns::Shape::v' as v, 'ns::take' as take, 'ns::thrower' as thrower, 'ns::twice' as twice,
} from 'c:./shape.hpp';
`;
const CHANGING = `${IMPORTS}
hook(addInts, (a, b) => addInts(a, b) + 100);
hook(addDoubles, (a, b) => {
  console.log('doubles', a, b);
  return addDoubles(a, b);
});
hook(area, (self) => {
  console.log('area', self.w_);
  return area(self) + 1;
});
hook(scale, (self, by) => scale(self, by * 10));
hook(greet, (name) => greet(name));
hook(take, (text, out) => {
  const result = take(text, out);
  console.log('take', out.value);
  out.value = 7;
  return result;
});
hook(twice, (n) => {
  console.log('twice', n.x);
  return twice(n);
});
hook(thrower, (x) => {
  console.log('thrower', x);
  return thrower(x);
});
hook(count, () => 9);
hook(v, (self, x) => v(self, x) + 5);
hook(construct, (self, w) => {
  console.log('construct', w);
  construct(self, w + 1);
});
hook(destroy, { enter: (self) => console.log('destroy', self.w_) });
`;

beforeAll(() => {
  for (const name of ['shape.hpp', 'shape.cpp', 'shape-main.cpp']) {
    cpSync(`${root}/tests/mrhooker/fixtures/${name}`, place.path(name));
  }
  const gcc = (...args: string[]) => execFileSync('g++', args, { cwd: place.folder });
  gcc('-shared', '-fPIC', '-o', 'libshape.so', 'shape.cpp');
  gcc('-o', 'shape', 'shape-main.cpp', '-L.', '-lshape', `-Wl,-rpath,${place.folder}`);
}, 120_000);
afterAll(() => place.remove());

test('hooks change what they are called with and what they give', { timeout: 120_000 }, async () => {
  const ran = await place.script(CHANGING, [place.path('shape')]);
  expect(ran.stdout.split('\n')).toEqual([
    'area 10001 scale 100 count 9 v 7',
    'add 103 4',
    'hello bob',
    'a long string that does not fit the small buffer! 7',
    'nt 42',
    'caught too big',
    '',
  ]);
  expect(printed(ran)).toEqual([
    'construct 4',
    'area 100',
    'doubles 1.5 2.5',
    'take 48',
    'twice 21',
    'thrower 1',
    'thrower 5',
    'destroy 100',
  ]);
});

test('hooks that pass everything on change nothing', { timeout: 120_000 }, async () => {
  const all = 'addInts, addDoubles, greet, area, count, scale, construct, destroy, v, take, thrower, twice';
  const passing = `${IMPORTS}for (const fn of [${all}]) hook(fn, (...args) => fn(...args));\n`;
  const ran = await place.script(passing, [place.path('shape')]);
  expect(ran.stdout).toBe(execFileSync(place.path('shape'), { encoding: 'utf8' }));
  expect(ran.stderr).toMatch(/\+ 0 bypassed/);
});

test('the types fit', { timeout: 120_000 }, async () => {
  expect(await place.script(CHANGING, [], ['--check'])).toMatchObject({ status: 0, stderr: '' });
});

test('a name with overloads says which there are', { timeout: 120_000 }, async () => {
  const ran = await place.script(
    "import { hook } from 'mrhooker';\nimport { 'ns::add' as add } from 'c:./shape.hpp';\nhook(add, () => 1);\n",
    ['true'],
  );
  expect(ran.status).toBe(125);
  expect(ran.stderr).toContain("'ns::add' has 2 overloads");
  expect(ran.stderr).toContain("'ns::add(int, int)', 'ns::add(double, double)'");
});

test('templates that only a declaration names, and what can only be moved', { timeout: 120_000 }, async () => {
  place.write(
    'cargo.hpp',
    `#pragma once
#include <memory>
#include <string>
#include <vector>
template <class T> struct Box { T v; Box(T v) : v(v) {} Box(const Box &o) : v(o.v + 100) {} ~Box() { v = -1; } };
template <class T> struct Later;
std::vector<int> fill(int n);
int total(std::vector<int> v);
std::unique_ptr<std::string> own(std::unique_ptr<std::string> p, int n);
Box<int> box(Box<int> b);
int sail(int n);
int later(Later<int> l);
`,
  );
  place.write(
    'cargo.cpp',
    `#include "cargo.hpp"
std::vector<int> fill(int n) { return std::vector<int>(n, 7); }
int total(std::vector<int> v) { int sum = 0; for (int i : v) sum += i; return sum; }
std::unique_ptr<std::string> own(std::unique_ptr<std::string> p, int n) { p->append(n, '!'); return p; }
Box<int> box(Box<int> b) { b.v += 1; return Box<int>(b.v); }
int sail(int n) { return n; }
`,
  );
  place.write(
    'cargo-main.cpp',
    `#include "cargo.hpp"
#include <cstdio>
int main() {
  std::printf("%d %zu %d\\n", sail(3), fill(4).size(), total({1, 2, 3}));
  std::printf("%s\\n", own(std::make_unique<std::string>("thar she blows, as long as it takes"), 2)->c_str());
  std::printf("%d\\n", box(Box<int>(1)).v > 0);
}
`,
  );
  const compile = (...args: string[]) => execFileSync('g++', ['-w', '-O1', ...args], { cwd: place.folder });
  compile('-shared', '-fPIC', '-o', 'libcargo.so', 'cargo.cpp');
  compile('-o', 'cargo', 'cargo-main.cpp', '-L.', '-lcargo', `-Wl,-rpath,${place.folder}`);
  const ran = await place.script(
    `import { hook } from 'mrhooker';
import { box, fill, own, sail, total } from 'c:./cargo.hpp';
hook(sail, (n) => total(fill(n)));
hook(fill, (n) => fill(n + 1));
hook(total, (v) => total(v) + total(v));
hook(own, (p, n) => { console.log('own', n); return own(p, n + 1); });
hook(box, (b) => { console.log('box', b.v); return box(b); });
`,
    ['./cargo'],
    ['--check'],
  );
  expect(ran.stderr).not.toContain('failed');
  expect(ran).toMatchObject({ status: 0, stdout: '21 5 12\nthar she blows, as long as it takes!!!\n1\n' });
  expect(printed(ran)).toEqual(['own 2', 'box 1']);
});
