// Who did what, when, from where. Kept as long as igor keeps what channels heard, and written to the log as well.
import type { JsonValue } from '@bufbuild/protobuf';
import type { Channels } from 'igor';

export interface AuditEntry {
  /** Milliseconds since 1970. */
  at: number;
  user: string;
  /** Network address, where it is known. */
  from: string | undefined;
  action:
    | 'signed in'
    | 'failed to sign in'
    | 'signed out'
    | 'changed the password'
    | 'ran'
    | 'stopped'
    | 'added an account'
    | 'changed a role'
    | 'reset a password'
    | 'removed an account'
    | 'was refused';
  /** A run, an account, what was refused. */
  subject?: string;
  agents?: string[];
  code?: string;
}

const channel = 'console-audit';

export class Audit {
  constructor(
    private readonly channels: Pick<Channels, 'post' | 'events'>,
    private readonly log: (entry: AuditEntry) => void,
  ) {}

  /** @param idle nobody waits for it. It is kept before whatever is kept after it: before a call that it tells of leaves. */
  async note(entry: Omit<AuditEntry, 'at'>, { idle = false } = {}): Promise<void> {
    const complete = { at: Date.now(), ...entry };
    this.log(complete);
    await this.channels.post(channel, 'audit', complete as unknown as JsonValue, { idle });
  }

  /** Newest first. */
  async read(limit: number): Promise<AuditEntry[]> {
    const events = await this.channels.events(channel);
    return events
      .slice(-limit)
      .reverse()
      .map(({ data }) => data as unknown as AuditEntry);
  }
}
