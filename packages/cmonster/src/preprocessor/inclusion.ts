/** One time that a file was read: the main file, or for an include. */
import type { SourceFile } from '../source/source-file.js';
import type { Conditional } from './conditional.js';
import { Fact, type FactsHost } from './fact.js';
import type { Include, PreprocessorFacts } from './facts.js';

const UNKNOWN = 0xffffffff;

export class Inclusion extends Fact {
  private readonly facts: PreprocessorFacts;
  /** The inclusion that holds the directive; undefined for the main file. */
  readonly parent: Inclusion | undefined;
  /** Those that its own directives made, in order. */
  readonly children: Inclusion[] = [];
  private conditionalList: Conditional[] | undefined;

  constructor(host: FactsHost, facts: PreprocessorFacts, index: number, parent: Inclusion | undefined) {
    super(host, index);
    this.facts = facts;
    this.parent = parent;
    parent?.children.push(this);
  }

  protected at(field: number): number {
    return this.host.snapshot.visits[this.index * 2 + field] as number;
  }
  /** Clang's location of the file's first byte in this inclusion. */
  get raw(): number {
    return this.at(0);
  }
  get file(): SourceFile {
    const { sourceManager } = this.host;
    return sourceManager.position(this.raw)?.file ?? sourceManager.mainFile;
  }
  /** The directive; undefined for the main file and for what the command line includes. */
  get include(): Include | undefined {
    const index = this.at(1);
    return index === UNKNOWN ? undefined : this.facts.includes[index];
  }
  get isSystem(): boolean {
    return this.host.sourceManager.isInSystemHeader(this.raw);
  }
  /** Milliseconds of CPU from entering to leaving, with what it includes; in a parse, with the parsing of it. */
  get time(): number {
    const { visitTimes } = this.host.snapshot;
    return ((visitTimes[this.index * 2 + 1] as number) - (visitTimes[this.index * 2] as number)) / 1000;
  }
  /** The same without what it includes. */
  get ownTime(): number {
    return Math.max(
      0,
      this.children.reduce((time, child) => time - child.time, this.time),
    );
  }
  /** Bytes read for it, with what it includes. */
  get bytes(): number {
    return this.children.reduce((bytes, child) => bytes + child.bytes, this.file.size);
  }
  /** How many files were entered for it, itself included. */
  get count(): number {
    return this.children.reduce((count, child) => count + child.count, 1);
  }
  /** From the main file to this one. */
  get chain(): Inclusion[] {
    return this.parent ? [...this.parent.chain, this] : [this];
  }
  /** The conditional directives met in it. */
  get conditionals(): readonly Conditional[] {
    this.conditionalList ??= this.facts.conditionalsIn(this.raw);
    return this.conditionalList;
  }
  toString(): string {
    return this.file.name;
  }
}
