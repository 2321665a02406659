// What TypeScript knows of a compiled script: docs/formats/mrhooker-stub.md.

export const manifestVersion = 1;

export interface ManifestFunction {
  /** The symbol. */
  name: string;
  /** Where it is declared, as the script imported it. */
  header?: string;
  /** Kinds: the result's, then the arguments'. */
  signature?: string;
  hooked: boolean;
  /** The index of the function whose hooks apply. */
  family?: number;
  flags?: number;
}

export interface SharedObject {
  kind: 'counter' | 'histogram' | 'map' | 'set';
  name: string;
  /** Entries that a map or set takes. */
  capacity?: number;
  /** Printed at the end of the run. */
  print?: boolean;
}

export interface Manifest {
  version: typeof manifestVersion;
  /** For messages. */
  script: string;
  functions: ManifestFunction[];
  /** Globs of names without signature, resolved against the target. */
  patterns: string[];
  /** Run the script when a process starts, not at its first hooked call. */
  eager: boolean;
  shared: SharedObject[];
  /** Of the bundled script. */
  sourceMap?: string;
}
