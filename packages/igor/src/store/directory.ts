/**
 * The directory: which agents there are, and what they serve. All of it can be derived again from the agents themselves, so a store that
 * forgets (memcached) will do. Any number of instances read and write it at the same time; nothing is written but by compare-and-set.
 */
export interface AgentRecord {
  /** Bare: `mill@localhost`. */
  jid: string;
  available: boolean;
  /** It ends what it has, and takes no new calls. */
  draining: boolean;
  /** When it started, in milliseconds since 1970: its full JID is `jid/epoch`. An older epoch never replaces a newer one that is there. */
  epoch: number;
  /** Until when it counts as alive without another word, in milliseconds since 1970. Renewed apart from the rest. */
  lease: number;
  /** When it came or went, in milliseconds since 1970. */
  since: number;
  version: string;
  /** Full names: `disk.v1.Disk`. */
  services: string[];
  /** Of the descriptor: SHA-256, hexadecimal. */
  hash: string;
  /** Facts about the machine, as the agent tells them: `os`, `arch`, `hostname`, … */
  facts: Record<string, string>;
}

export interface Renewal {
  jid: string;
  epoch: number;
  lease: number;
}

export interface Directory {
  /** With a version for {@link put}. */
  get(jid: string): Promise<{ record: AgentRecord; version: string } | undefined>;
  list(): Promise<AgentRecord[]>;
  /**
   * Writes the record if it is still the one that was read (`version`), or if there still is none (undefined).
   * @returns whether it was written
   */
  put(record: AgentRecord, version: string | undefined): Promise<boolean>;
  /**
   * Prolongs leases, all in one go. Changes nothing else, so it never collides with {@link put}.
   * @returns the JIDs of which there is no such record (any more), or which it holds for gone
   */
  renew(renewals: readonly Renewal[]): Promise<string[]>;
  descriptor(hash: string): Promise<Uint8Array | undefined>;
  /** Kept under its own hash, so whoever comes first is right. */
  putDescriptor(hash: string, bytes: Uint8Array): Promise<void>;
  /**
   * The one gateway of an application. Takes the place if it is free, expired, or the caller's own already.
   * @returns whose place it is now
   */
  claimGateway(claim: GatewayClaim): Promise<GatewayClaim>;
  /** Gives the place up, if it is still this one's. */
  releaseGateway(id: string): Promise<void>;
  close(): Promise<void>;
}

export interface GatewayClaim {
  /** Random, of one start. */
  id: string;
  /** Where it runs, for the sentence in the error: host and process id. */
  where: string;
  /** Until when, in milliseconds since 1970. */
  lease: number;
  /** Whose claim may be taken over although its lease has not ended, because that gateway is known to be dead. */
  instead?: string;
}

/**
 * Reads, changes and writes a record until nobody came in between.
 * @param change gives the new record, or undefined to leave it as it is
 * @returns what was written, or undefined
 */
export async function updateAgent(
  directory: Directory,
  jid: string,
  change: (record: AgentRecord | undefined) => AgentRecord | undefined,
): Promise<AgentRecord | undefined> {
  for (;;) {
    const found = await directory.get(jid);
    const next = change(found?.record);
    if (next === undefined) return undefined;
    if (await directory.put(next, found?.version)) return next;
  }
}
