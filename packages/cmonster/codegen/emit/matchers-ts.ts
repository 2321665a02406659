// src/match/generated/*.ts: a matcher for every class, and one for every getter that says yes or no.
import { lowerFirst } from '../names.js';
import type { Member, Schema, SchemaClass } from '../schema.js';
import { emittedClasses } from './classes-ts.js';
import { banner } from './header.js';
import { docComment } from './text.js';

/** Clang's own names of matchers: `callExpr`, `cxxMethodDecl`, `objcMessageExpr`. */
export function matcherName(className: string): string {
  return lowerFirst(className.replace(/^ObjC/, 'Objc')).replace(/^cStyle|^cstyle/, 'cStyle');
}

/** Written by hand in src/match, for types in general. */
const BY_HAND = new Set([
  'isInteger',
  'isSignedInteger',
  'isUnsignedInteger',
  'isConstQualified',
  'isVolatileQualified',
  'hasLocalQualifiers',
  'isDefinition',
  'hasBody',
  'hasInitializer',
]);

function unique(schema: Schema, wanted: (member: Member) => boolean): [string, SchemaClass[]][] {
  const owners = new Map<string, SchemaClass[]>();
  for (const cls of emittedClasses(schema)) {
    for (const member of cls.members) {
      if (!wanted(member)) continue;
      owners.set(member.name, [...(owners.get(member.name) ?? []), cls]);
    }
  }
  return [...owners].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Path in the package → text. */
export function emitMatchers(schema: Schema): Map<string, string> {
  const classes = emittedClasses(schema).filter((cls) => cls.family !== 'clause' || cls.name.endsWith('Clause'));
  const nodes = `${banner}import * as ast from '../../ast/generated/index.js';
import { classMatcher } from '../matcher.js';

${classes
  .map(
    (cls) => `/** Matches a ${cls.name}. */\nexport const ${matcherName(cls.name)} = classMatcher(ast.${cls.name});\n`,
  )
  .join('')}`;
  const predicates = unique(schema, (member) => member.call && member.returns.k === 'bool')
    .filter(([name]) => !BY_HAND.has(name))
    .map(([name, owners]) => {
      const doc = docComment([`Of a ${owners.map((owner) => owner.name).join(', ')}: whether \`${name}()\`.`]);
      return `${doc}export const ${name} = () => predicate((subject: { ${name}(): boolean | undefined }) => subject.${name}());\n`;
    });
  return new Map([
    ['nodes.ts', nodes],
    [
      'getters.ts',
      `${banner}import { predicate } from '../matcher.js';

${predicates.join('')}`,
    ],
  ]);
}
