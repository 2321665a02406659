// The agents that are there, live, and those that are chosen.
import { computed, signal } from '@preact/signals';
import { type AgentInfo, api } from '../api.js';
import { boot, listenPath } from '../boot.js';
import { listen } from './listen.js';

export const agents = signal<AgentInfo[]>([]);
/** JIDs, in the order in which they were chosen. */
export const chosen = signal<string[]>(remembered());
/** Whether the list is live. */
export const connected = signal(false);

export const chosenAgents = computed(() =>
  chosen.value.flatMap((jid) => agents.value.find((agent) => agent.jid === jid) ?? []),
);

function remembered(): string[] {
  try {
    return JSON.parse(sessionStorage.getItem('chosen') ?? '[]') as string[];
  } catch {
    return [];
  }
}

export function choose(jids: string[]): void {
  chosen.value = jids;
  sessionStorage.setItem('chosen', JSON.stringify(jids));
}

export function toggle(jid: string): void {
  choose(chosen.value.includes(jid) ? chosen.value.filter((it) => it !== jid) : [...chosen.value, jid]);
}

/** The name that a person knows: what stands before the @. */
export function shortName(jid: string): string {
  return jid.split('@', 1)[0] ?? jid;
}

function put(info: AgentInfo): void {
  const others = agents.value.filter(({ jid }) => jid !== info.jid);
  agents.value = [...others, info].sort(
    (a, b) => Number(b.available) - Number(a.available) || (a.jid < b.jid ? -1 : 1),
  );
}

async function load(): Promise<void> {
  agents.value = await api.agents();
  const [first] = agents.value.filter(({ available }) => available);
  if (chosen.value.length === 0 && first) choose([first.jid]);
}

export function watchAgents(): void {
  void load().catch(() => {});
  listen(
    listenPath(boot.agents),
    'agent',
    (info) => {
      put(info as AgentInfo);
      if (chosen.value.length === 0 && (info as AgentInfo).available) choose([(info as AgentInfo).jid]);
    },
    (live) => {
      connected.value = live;
      // What happened while nobody listened is in the list.
      if (live) void load().catch(() => {});
    },
  );
}
