/** Which concrete classes of nodes occur in a set of sources. */
import { generatedRegistry, KIND_NAMES, TranslationUnit } from 'cmonster';
import type { Inputs } from './compare-dumps.js';

/** The names of the 796 concrete classes of declarations, statements, types and attributes. */
export function concreteClasses(): string[] {
  const { typeClasses } = generatedRegistry;
  const first = KIND_NAMES.indexOf('TranslationUnitDecl');
  const afterStatements = KIND_NAMES.findIndex((_, kind) => typeClasses[kind] !== undefined);
  return KIND_NAMES.filter(
    (name, kind) =>
      (kind >= first && kind < afterStatements) || typeClasses[kind] !== undefined || name.endsWith('Attr'),
  );
}

/** The classes of all rows and types of a file. */
export async function classesIn({ file, arguments: args, cwd }: Inputs): Promise<Set<string>> {
  using tu = await TranslationUnit.parse(file, { arguments: args, scope: 'all', ...(cwd !== undefined && { cwd }) });
  const { snapshot } = tu;
  const kinds = new Set<number>();
  for (let row = 1; row < snapshot.rows; row++) kinds.add(snapshot.kind[row] as number);
  for (let type = 1; type < snapshot.types; type++) kinds.add(snapshot.typeKind[type] as number);
  return new Set([...kinds].map((kind) => KIND_NAMES[kind] as string));
}
