import { afterEach, describe, expect, it } from 'vitest';
import { CallExpr, c, FunctionDecl, type Node, type ParseOptions, TranslationUnit, Walk } from '../index.js';

const everything = { implicit: true, instantiations: true, typeLocs: true };
const code = `
#include <map>
#include <string>
#include <vector>
std::map<std::string, std::vector<int>> counts;
template <typename T> T twice(T x) { return x + x; }
struct Point { int x = 1, y = 2; Point() = default; Point(int x) : x(x) {} };
int use(const char *text) { Point p(3); return counts[text].size() + twice(p.x) + twice(1); }
`;

let units: TranslationUnit[] = [];
afterEach(() => {
  for (const tu of units) tu.dispose();
  units = [];
});

function parse(options: ParseOptions = {}, text = code): TranslationUnit {
  const tu = TranslationUnit.parseSync('input.cpp', { unsaved: { 'input.cpp': text }, ...options });
  expect(tu.hasErrors).toBe(false);
  units.push(tu);
  return tu;
}

describe('a walk over everything', () => {
  it.each(['main', 'all'] as const)('goes the way of the view, scope %s', (scope) => {
    const [straight, viewed] = [parse({ scope }), parse({ scope })];
    const listed = (walk: Walk): string[] => Array.from(walk, String);
    const all = listed(straight.walk(everything));
    expect(all.length).toBeGreaterThan(100);
    expect(all).toEqual(listed(new Walk(viewed, viewed.root.index, viewed.view(everything))));
    // Once more: what was brought is there now.
    expect(listed(straight.walk(everything))).toEqual(all);
    const function_ = straight.find(FunctionDecl, ({ name }) => name === 'use')[0] as FunctionDecl;
    expect(listed(function_.walk(everything))).toEqual(
      listed(new Walk(straight, function_.index, straight.view(everything))),
    );
  });

  it('leaves out what is below a node that is skipped', () => {
    const [straight, viewed] = [parse({ scope: 'main' }), parse({ scope: 'main' })];
    const listed = (walk: Walk): string[] => {
      const kinds: string[] = [];
      for (const node of walk) {
        kinds.push(String(node));
        if (node instanceof FunctionDecl || kinds.length % 7 === 0) walk.skip();
      }
      return kinds;
    };
    const all = listed(straight.walk(everything));
    expect(all.length).toBeGreaterThan(20);
    expect(all).toEqual(listed(new Walk(viewed, viewed.root.index, viewed.view(everything))));
  });
});

describe('a walk that lends its nodes', () => {
  it.each([{}, { implicit: true, instantiations: true }, everything])('says of each what it is: %j', (options) => {
    const tu = parse();
    const seen: unknown[] = [];
    for (const node of tu.walk({ ...options, lend: true })) {
      seen.push([node.kind, node.index, String(node), node.text, node instanceof CallExpr && node.arguments.length]);
    }
    const kept = Array.from(tu.walk(options), (node) => [
      node.kind,
      node.index,
      String(node),
      node.text,
      node instanceof CallExpr && node.arguments.length,
    ]);
    expect(seen).toEqual(kept);
  });

  it('makes one object of a class', () => {
    const objects = new Map<string, Set<Node>>();
    for (const node of parse().walk({ lend: true })) {
      objects.set(node.kind, (objects.get(node.kind) ?? new Set()).add(node));
    }
    expect([...objects.values()].map(({ size }) => size)).toEqual(Array(objects.size).fill(1));
  });

  it('lends each walk its own, and gives the node itself on request', () => {
    const tu = parse();
    const calls = tu.find(CallExpr);
    const kept: Node[] = [];
    for (const outer of tu.walk({ lend: true })) {
      if (!(outer instanceof CallExpr)) continue;
      const { index } = outer;
      for (const inner of outer.walk({ lend: true })) if (inner instanceof CallExpr && inner.index < 0) return;
      expect(outer.index).toBe(index);
      kept.push(outer.keep());
    }
    expect(kept.every((node, at) => node === calls[at])).toBe(true);
    expect(kept.length).toBe(calls.length);
    expect(calls[0]?.keep()).toBe(calls[0]);
  });

  it('its nodes can be changed, and stand in code, like any other', () => {
    const text = 'int f(int);\nint g(int a) { return f(a) + f(f(1)); }\n';
    const edited = (lend: boolean): string => {
      const tu = parse({}, text);
      for (const node of tu.walk({ lend })) {
        if (node instanceof CallExpr) node.replaceWith(c`h(${node.arguments[0] as Node}, ${node})`);
        if (node instanceof FunctionDecl) {
          node.insertBefore('// here');
          if (node.hasBody()) node.parameters.push('int b');
        }
      }
      return tu.rewrite();
    };
    const wanted = edited(false);
    expect(wanted).toContain('h(a, f(a))');
    expect(edited(true)).toBe(wanted);
  });
});
