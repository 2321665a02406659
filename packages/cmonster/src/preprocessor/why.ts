/** Why a line is there, or is not: through which includes and conditionals. */
import type { Conditional } from './conditional.js';
import type { Include } from './facts.js';
import type { Inclusion } from './inclusion.js';

/** A branch of a conditional that a line is in. */
export interface Branch {
  /** The directive that starts the branch. */
  conditional: Conditional;
  isTaken: boolean;
  /** The branches before it in the same group. */
  before: readonly Conditional[];
}

/** For one inclusion of the line's file. */
export class LineReason {
  readonly inclusion: Inclusion;
  readonly line: number;
  /** From the outermost to the innermost; what is inside of a branch that is not taken was not looked at. */
  readonly branches: readonly Branch[];

  constructor(inclusion: Inclusion, line: number) {
    this.inclusion = inclusion;
    this.line = line;
    this.branches = branchesAt(inclusion.conditionals, line);
  }

  /** Whether the parser saw it. */
  get isPresent(): boolean {
    return this.branches.every((branch) => branch.isTaken);
  }
  /** The branch that left it out. */
  get leftOutBy(): Branch | undefined {
    return this.branches.find((branch) => !branch.isTaken);
  }
  /** In sentences, from the main file to the line. */
  toString(): string {
    const { inclusion, line } = this;
    const steps = inclusion.chain.flatMap((step, i, chain) => {
      const next = chain[i + 1];
      const include = next?.include;
      // What the command line includes is in no file of the chain.
      const isHere = include?.location.file === step.file;
      const at = isHere ? include?.location.line : undefined;
      const inside = !next ? this.branches : isHere ? branchesAt(step.conditionals, at ?? 0) : [];
      const lines = inside.map(
        (branch) => `${step.file.name}:${branch.conditional.location.line}: ${describe(branch)}`,
      );
      if (!include) return lines;
      const place = isHere ? `${step.file.name}:${at}` : (include.location.presumed?.file ?? '');
      return [...lines, `${place}: #${directiveOf(include)} ${include}`];
    });
    return [...steps, `${inclusion.file.name}:${line}: ${this.isPresent ? 'is there' : 'is left out'}`].join('\n');
  }
}

function directiveOf(include: Include): string {
  return include.isIncludeNext ? 'include_next' : include.isImport ? 'import' : 'include';
}

function describe({ conditional, isTaken, before }: Branch): string {
  if (conditional.value !== undefined) return `${conditional} is ${conditional.value}`;
  const earlier = before.find((other) => other.value === true);
  return earlier ? `${conditional}, but ${earlier} is true` : `${conditional}${isTaken ? '' : ' is left out'}`;
}

function branchesAt(conditionals: readonly Conditional[], line: number): Branch[] {
  const groups: Conditional[][] = [];
  for (const conditional of conditionals) {
    // A directive belongs to what is around it.
    if ((conditional.location.line ?? 0) >= line) break;
    if (conditional.role === 'begin') groups.push([conditional]);
    else if (conditional.role === 'end') groups.pop();
    else groups.at(-1)?.push(conditional);
  }
  return groups.map((group) => {
    const conditional = group.at(-1) as Conditional;
    const before = group.slice(0, -1);
    const isElse = conditional.directive === 'else';
    return {
      conditional,
      before,
      isTaken: isElse ? before.every((other) => other.value !== true) : conditional.value === true,
    };
  });
}
