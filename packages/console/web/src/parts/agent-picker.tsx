// The drop-down of agents: an editable combobox over a list in which several may be chosen.
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { AgentInfo } from '../api.js';
import { agents, choose, chosen, chosenAgents, connected, shortName, toggle } from '../state/agents.js';
import { formatBytes } from '../values/format.js';
import { Icon } from './icons.js';

export function AgentPicker(): JSX.Element {
  const open = useSignal(false);
  const query = useSignal('');
  const active = useSignal(0);
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();

  useEffect(() => {
    const outside = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) open.value = false;
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, []);

  const found = agents.value.filter((agent) => matches(agent, query.value));
  const at = Math.min(active.value, Math.max(0, found.length - 1));
  const show = (): void => {
    open.value = true;
    query.value = '';
    active.value = Math.max(
      0,
      agents.value.findIndex(({ jid }) => chosen.value.includes(jid)),
    );
    requestAnimationFrame(() => input.current?.focus());
  };
  const hide = (): void => {
    open.value = false;
    box.current?.querySelector<HTMLElement>('.picker-button')?.focus();
  };
  const pickOnly = (jid: string): void => {
    choose([jid]);
    hide();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const agent = found[at];
    if (event.key === 'ArrowDown') active.value = Math.min(at + 1, found.length - 1);
    else if (event.key === 'ArrowUp') active.value = Math.max(at - 1, 0);
    else if (event.key === 'Home') active.value = 0;
    else if (event.key === 'End') active.value = found.length - 1;
    else if (event.key === 'Enter' && agent && (event.ctrlKey || event.shiftKey)) toggle(agent.jid);
    else if (event.key === 'Enter' && agent) pickOnly(agent.jid);
    else if (event.key === 'Escape' || event.key === 'Tab') hide();
    else return;
    if (event.key !== 'Tab') event.preventDefault();
    requestAnimationFrame(() => box.current?.querySelector('[data-active=true]')?.scrollIntoView({ block: 'nearest' }));
  };

  return (
    <div class="picker" ref={box}>
      <button
        type="button"
        class="picker-button"
        aria-haspopup="listbox"
        aria-expanded={open.value}
        onClick={() => (open.value ? hide() : show())}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          show();
        }}
      >
        <Chosen />
        <Icon name="down" />
      </button>
      {open.value && (
        <div class="picker-list">
          <div class="picker-search">
            <Icon name="search" />
            <input
              ref={input}
              type="text"
              role="combobox"
              aria-label="find an agent"
              aria-expanded="true"
              aria-controls={`${id}list`}
              aria-autocomplete="list"
              aria-activedescendant={found[at] ? `${id}${at}` : undefined}
              placeholder="name, service, system …"
              autocomplete="off"
              spellcheck={false}
              value={query.value}
              onInput={(event) => {
                query.value = event.currentTarget.value;
                active.value = 0;
              }}
              onKeyDown={onKeyDown}
            />
            <span
              class={connected.value ? 'live' : 'live off'}
              title={connected.value ? 'this list is live' : 'reconnecting …'}
            >
              {connected.value ? 'live' : 'reconnecting'}
            </span>
          </div>
          <div role="listbox" id={`${id}list`} aria-label="agents" aria-multiselectable="true" class="options">
            {found.map((agent, index) => (
              <Option
                key={agent.jid}
                id={`${id}${index}`}
                agent={agent}
                active={index === at}
                onPick={(only) => (only ? pickOnly(agent.jid) : toggle(agent.jid))}
              />
            ))}
            {found.length === 0 && (
              <p class="dim empty">
                {agents.value.length ? 'None matches.' : 'No machine is here yet: the page says how one gets here.'}
              </p>
            )}
          </div>
          <p class="picker-help dim">
            <kbd>Enter</kbd> chooses one · <kbd>Ctrl</kbd> <kbd>Enter</kbd> or the box adds one
          </p>
        </div>
      )}
    </div>
  );
}

function Chosen(): JSX.Element {
  const [first, ...rest] = chosenAgents.value;
  if (!first) return <span class="dim">choose an agent</span>;
  const available = chosenAgents.value.every((agent) => agent.available);
  return (
    <span class="chosen">
      <span class={`dot ${available ? 'on' : 'off'}`} />
      <span class="sr-only">{available ? 'available' : 'away'}: </span>
      <span class="chosen-name">{shortName(first.jid)}</span>
      {rest.length > 0 ? (
        <span class="badge">+{rest.length}</span>
      ) : (
        <span class="dim chosen-facts">{facts(first)}</span>
      )}
    </span>
  );
}

function Option(props: {
  id: string;
  agent: AgentInfo;
  active: boolean;
  onPick: (only: boolean) => void;
}): JSX.Element {
  const { id, agent, active, onPick } = props;
  const selected = chosen.value.includes(agent.jid);
  const state = agent.available ? (agent.draining ? 'draining' : 'on') : 'off';
  const said = { on: 'available', off: 'away', draining: 'draining' }[state];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox has the keys of its list
    // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the combobox
    <div
      id={id}
      role="option"
      aria-selected={selected}
      data-active={active}
      data-jid={agent.jid}
      data-available={agent.available}
      class="option"
      onClick={(event) =>
        onPick(!(event.ctrlKey || event.metaKey || (event.target as Element).closest('.tick') !== null))
      }
    >
      <span class={`tick ${selected ? 'ticked' : ''}`} aria-hidden="true">
        {selected && <Icon name="check" />}
      </span>
      <span class="option-main">
        <span class="option-name">
          <span class={`dot ${state}`} aria-hidden="true" />
          <span>{agent.jid}</span>
          <span class={`state ${state}`}>{said}</span>
        </span>
        <span class="option-facts dim">{facts(agent)}</span>
        <span class="services">
          {agent.services.map((service) => (
            <span key={service} class="service" title={service}>
              {service.slice(service.lastIndexOf('.') + 1)}
            </span>
          ))}
          {agent.version && <span class="dim">{agent.version}</span>}
        </span>
      </span>
    </div>
  );
}

function facts({ facts: { hostname, os, arch, cpus, memory } }: AgentInfo): string {
  const size = Number(memory) > 0 ? formatBytes(Number(memory)) : memory;
  return [hostname, os, arch, cpus && `${cpus} CPUs`, size].filter(Boolean).join(' · ');
}

function matches({ jid, services, facts: its, version }: AgentInfo, query: string): boolean {
  const text = [jid, version, ...services, ...Object.values(its)].join(' ').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
