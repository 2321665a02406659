// What TypeScript answers from the columns and the tree must be what Clang's own method answers: on every node of these
// sources each such getter is compared with its question.
import { expect, test } from 'vitest';
import * as enums from '../src/ast/generated/enums.js';
import { GETTERS } from '../src/ast/generated/getters.js';
import { Location, Node, Range, TranslationUnit, TypeBase, TypeRow } from '../src/index.js';

interface Checked {
  id: number;
  name: string;
  call: boolean;
  label: string;
  enumName: string | undefined;
}

/** The getters of a class whose code asks nothing, by the name they are seen under. */
function answeredHere(prototype: object): Checked[] {
  const chain: { name: string; prototype: object }[] = [];
  for (let at = prototype; at !== Object.prototype; at = Object.getPrototypeOf(at) as object)
    chain.push({ name: at.constructor.name, prototype: at });
  const nearest = new Map<string, { rank: number; checked: Checked }>();
  GETTERS.forEach(([owner, method, name, call], id) => {
    const rank = chain.findIndex((c) => c.name === owner);
    const known = nearest.get(name);
    if (rank < 0 || (known && known.rank <= rank)) return;
    const holder = chain.find((c) => Object.hasOwn(c.prototype, name))!.prototype;
    const { get, value } = Object.getOwnPropertyDescriptor(holder, name)!;
    const code = String(get ?? value);
    const enumName = /(\w+)\[this\.field/.exec(code)?.[1];
    nearest.set(name, {
      rank: code.includes('this.ask') ? -1 : rank,
      checked: { id, name, call, label: `${owner}.${method}`, enumName },
    });
  });
  return [...nearest.values()].filter(({ rank }) => rank >= 0).map(({ checked }) => checked);
}

function written(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (value instanceof Node) return `node ${value.index}`;
  if (value instanceof TypeBase) return `type ${value.index}`;
  if (value instanceof Location) return `at ${value.raw}`;
  if (value instanceof Range) return `from ${value.begin.raw} to ${value.end.raw}`;
  return String(value);
}

function differences(tu: TranslationUnit): { compared: number; wrong: string[] } {
  const wrong: string[] = [];
  let compared = 0;
  const { snapshot, questions } = tu;
  for (let row = 1, { rows } = snapshot; row < rows; row++) {
    if (snapshot.kind[row]! < 2) continue;
    const node = tu.node(row)!;
    if (node instanceof TypeRow) continue;
    for (const { id, name, call, label, enumName } of answeredHere(Object.getPrototypeOf(node) as object)) {
      let asked = questions.ofNode(id, row);
      // The question has a condition that the columns need not have.
      if (asked === undefined) continue;
      if (enumName !== undefined)
        asked = (enums as unknown as Record<string, Record<number, string>>)[enumName]![asked as number];
      const seen = node as unknown as Record<string, unknown>;
      const own = call ? (seen[name] as () => unknown).call(node) : seen[name];
      compared++;
      if (written(own) !== written(asked))
        wrong.push(`${node} ${label}: ${written(own)} here, ${written(asked)} asked`);
    }
  }
  return { compared, wrong };
}

const sources: Record<string, string> = {
  'statements.c': `
    enum E { A, B = 3 };
    struct S { int x : 3; unsigned char text[8]; } s = { .x = 1, .text = "abc" };
    static inline int f(int n, ...) {
      int i, total = 0;
      for (i = 0; i < n; i++) total += i * 2;
      for (;;) { if (total > 100) break; else total++; }
      while (n--) if (n & 1) continue;
      do { total = -total; } while (!total);
      switch (n) { case 1 ... 4: total = 1; case A: return 0; default: goto out; }
    out:
      return sizeof(struct S) + sizeof total + (n ? s.x : s.text[1]) + (int)3.5 + 'c';
    }
    extern int g(void), h(int);
    int g(void) { return h(f(1, 2, (struct S){1}.x)) + ({ int z = 1; z; }) + _Generic(1, int: 2, default: 3); }
  `,
  'classes.cpp': `
    struct Base { virtual ~Base(); virtual int f() const = 0; explicit Base(int = 1); static int count; };
    struct Derived final : virtual Base {
      using Base::Base;
      Derived() : Base(2), member{1} {}
      Derived(const Derived &) = delete;
      int f() const override { return this->member + member; }
      mutable int member = 4;
      friend bool operator==(const Derived &, const Derived &) { return true; }
      operator bool() const;
    };
    template <typename T, int N = 3> constexpr auto sum(T t) { if constexpr (N > 2) return t + N; else return t; }
    template <class... Ts> int all(Ts... ts) { return (... + ts) + int(sizeof...(Ts)); }
    template <class T> concept Small = sizeof(T) < 8;
    inline namespace n { thread_local int counter = 0x7fffffff; unsigned long long big = 18446744073709551615ull; }
    enum class Color : unsigned char { Red, Green };
    int use(Derived &d, int (&array)[3]) {
      auto lambda = [&d, copy = d.f()](auto x) mutable { return x + copy + d.member; };
      if (int got = lambda(1); got && d) try { throw got; } catch (...) { delete new Derived; }
      for (int x : array) if (x == 'a') return x;
      Base &b = d;
      auto [first, second, third] = array;
      return dynamic_cast<Derived &>(b).f() + sum(1) + all(1, 2) + (static_cast<const Base *>(&d) ? first : -second);
    }
  `,
};

test.each(Object.keys(sources))('columns and questions agree on %s', (file) => {
  using tu = TranslationUnit.parseSync(file, {
    arguments: file.endsWith('.cpp') ? ['-std=c++20'] : [],
    unsaved: { [file]: sources[file]! },
  });
  expect(tu.diagnostics.filter((d) => d.level === 'error').map(String)).toEqual([]);
  const { compared, wrong } = differences(tu);
  expect(wrong).toEqual([]);
  expect(compared).toBeGreaterThan(2000);
});
