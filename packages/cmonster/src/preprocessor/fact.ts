/** One thing that happened while preprocessing: a row of one of the snapshot's tables. */
import type { Snapshot } from '../frontend/snapshot.js';
import type { SourceManager } from '../source/source-manager.js';

/** What facts need of their translation unit. */
export interface FactsHost {
  readonly snapshot: Snapshot;
  readonly sourceManager: SourceManager;
  macroTokens(macro: number): Uint32Array;
}

export abstract class Fact {
  protected readonly host: FactsHost;
  /** Its number among its like, in the order in which they were met. */
  readonly index: number;

  constructor(host: FactsHost, index: number) {
    this.host = host;
    this.index = index;
  }

  /** A number of its row. */
  protected abstract at(field: number): number;
}
