// The server's interface, as src/server/console.ts has it.
import type { Place } from '../../src/error.js';
import type { PageEvent, RunStart } from '../../src/runs/events.js';
import type { Role } from '../../src/server/accounts.js';
import type { AuditEntry } from '../../src/server/audit.js';
import { boot, channel } from './boot.js';

export interface AgentInfo {
  jid: string;
  available: boolean;
  draining: boolean;
  epoch: number;
  since: number;
  version: string;
  services: string[];
  hash: string;
  facts: Record<string, string>;
}

export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly place?: Place,
  ) {
    super(message);
  }
}

async function request(method: string, path: string, body?: unknown): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      ...(method === 'GET'
        ? {}
        : {
            headers: { 'content-type': 'application/json', 'x-console-csrf': boot.csrf ?? '' },
            body: JSON.stringify(body ?? {}),
          }),
    });
  } catch {
    throw new ApiError('unreachable', 'the console can’t be reached; is it running?');
  }
  if (response.ok) return response;
  const { error } = (await response.json().catch(() => ({ error: undefined }))) as {
    error?: { code: string; message: string; place?: Place };
  };
  throw new ApiError(
    error?.code ?? 'internal',
    error?.message ?? `the server answered ${response.status}`,
    error?.place,
  );
}

async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
  return (await request(method, path, body)).json() as Promise<T>;
}

export const api = {
  agents: () => json<{ agents: AgentInfo[] }>('GET', '/api/agents').then(({ agents }) => agents),
  types: async (jids: readonly string[]): Promise<string> => {
    const query = jids.map((jid) => `agent=${encodeURIComponent(jid)}`).join('&');
    return (await request('GET', `/api/types?${query}`)).text();
  },
  run: (code: string, agents: readonly string[]) =>
    json<{ run: RunStart }>('POST', '/api/runs', { code, agents, channel }).then(({ run }) => run),
  stop: (run: string) => json<object>('POST', `/api/runs/${run}/stop`),
  find: (run: string) => json<{ start: RunStart; events: PageEvent[] }>('GET', `/api/runs/${run}`),
  history: () => json<{ runs: HistoryEntry[] }>('GET', '/api/history').then(({ runs }) => runs),
  signIn: (name: string, password: string) => json<object>('POST', '/api/sign-in', { name, password }),
  signOut: () => json<object>('POST', '/api/sign-out'),
  changePassword: (old: string, password: string) => json<object>('POST', '/api/password', { old, password }),
  accounts: () => json<{ accounts: { name: string; role: Role }[] }>('GET', '/api/accounts').then((it) => it.accounts),
  setAccount: (name: string, change: { role?: Role; reset?: boolean }) =>
    json<{ password?: string }>('POST', `/api/accounts/${encodeURIComponent(name)}`, change),
  removeAccount: (name: string) => json<object>('DELETE', `/api/accounts/${encodeURIComponent(name)}`),
  audit: () => json<{ entries: AuditEntry[] }>('GET', '/api/audit').then(({ entries }) => entries),
};

export type HistoryEntry = RunStart & { reason?: string; milliseconds?: number };
