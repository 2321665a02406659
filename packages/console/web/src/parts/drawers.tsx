// What opens beside the work: the gallery, the history, accounts and the audit log. Each is a modal dialog of the
// browser's own, which keeps the focus and closes by Esc.
import { signal, useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Role } from '../../../src/server/accounts.js';
import type { AuditEntry } from '../../../src/server/audit.js';
import { type ApiError, api, type HistoryEntry } from '../api.js';
import { boot } from '../boot.js';
import { setCode } from '../editor/editor.js';
import { gallery } from '../gallery.js';
import { agents, choose, chosenAgents, shortName } from '../state/agents.js';
import { openShared } from '../state/runs.js';
import { formatAgo, formatClock, formatDuration } from '../values/format.js';
import { Icon } from './icons.js';
import { runAgain } from './results.js';

export type DrawerName = 'gallery' | 'history' | 'accounts' | 'audit' | 'password';
export const drawer = signal<DrawerName | undefined>(undefined);

export function Drawers(): JSX.Element | null {
  switch (drawer.value) {
    case 'gallery':
      return <Gallery />;
    case 'history':
      return <History />;
    case 'accounts':
      return <AccountsDrawer />;
    case 'audit':
      return <AuditDrawer />;
    case 'password':
      return <Password />;
    default:
      return null;
  }
}

export function closeDrawer(): void {
  drawer.value = undefined;
}

function Drawer({
  title,
  children,
  wide = false,
}: {
  title: string;
  children: ComponentChildren;
  wide?: boolean;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes a dialog; the click is on what surrounds it
    <dialog
      ref={dialog}
      class={`drawer ${wide ? 'wide' : ''}`}
      aria-label={title}
      onClose={closeDrawer}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <div class="drawer-inside">
        <header>
          <h2>{title}</h2>
          <button type="button" class="plain" aria-label="close" onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

function Gallery(): JSX.Element {
  const has = (services: string[]): boolean =>
    services.every((name) =>
      chosenAgents.value.some((agent) => agent.services.some((it) => it.toLowerCase().endsWith(`.${name}`))),
    );
  const sorted = [...gallery].sort((a, b) => Number(has(b.services)) - Number(has(a.services)));
  return (
    <Drawer title="Gallery">
      <p class="dim">Programs to begin with. Take one, change it, run it.</p>
      <ul class="cards">
        {sorted.map(({ name, title, about, code, services }) => (
          <li key={name}>
            <button
              type="button"
              class="card"
              data-example={name}
              onClick={() => {
                setCode(code);
                closeDrawer();
              }}
            >
              <strong>{title}</strong>
              <span class="dim">{about}</span>
              <span class="services">
                {services.map((service) => (
                  <span key={service} class="service">
                    {service}
                  </span>
                ))}
                {!has(services) && <span class="dim">not offered by the chosen agent</span>}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}

function useLoaded<T>(load: () => Promise<T>): { value: T | undefined; error: string | undefined; again: () => void } {
  const value = useSignal<T | undefined>(undefined);
  const error = useSignal<string | undefined>(undefined);
  const again = (): void => {
    load().then(
      (loaded) => {
        value.value = loaded;
      },
      (failure: ApiError) => {
        error.value = failure.message;
      },
    );
  };
  useEffect(again, []);
  return { value: value.value, error: error.value, again };
}

function History(): JSX.Element {
  const { value, error } = useLoaded(api.history);
  const query = useSignal('');
  const found = (value ?? []).filter(({ code, agents: jids }) => {
    const text = `${code} ${jids.join(' ')}`.toLowerCase();
    return query.value
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word));
  });
  const again = (entry: HistoryEntry): void => {
    const there = entry.agents.filter((jid) => agents.value.some((agent) => agent.jid === jid));
    if (there.length > 0) choose(there);
    runAgain(entry.code);
    closeDrawer();
  };
  const open = (entry: HistoryEntry): void => {
    setCode(entry.code);
    void openShared(entry.run);
    closeDrawer();
  };
  return (
    <Drawer title="History">
      <input
        type="search"
        placeholder="search code and agents"
        aria-label="search the history"
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
        }}
      />
      {error && <p class="notice bad">{error}</p>}
      {value && found.length === 0 && <p class="dim">{value.length ? 'None matches.' : 'Nothing has been run yet.'}</p>}
      <ul class="cards">
        {found.slice(0, 300).map((entry) => (
          <li key={entry.run} class="card history">
            <span class="history-head">
              <span
                class={`status ${entry.reason === 'done' ? 'good' : entry.reason && entry.reason !== 'stopped' ? 'bad' : 'quiet'}`}
                aria-hidden="true"
              />
              <span>
                {formatAgo(entry.at, Date.now())}
                <span class="dim">
                  {' '}
                  · {entry.agents.map(shortName).join(', ')}
                  {entry.milliseconds !== undefined && ` · ${formatDuration(entry.milliseconds)}`}
                </span>
              </span>
              <span class="history-actions">
                <button type="button" class="small" onClick={() => open(entry)}>
                  Open
                </button>
                {boot.role !== 'see' && (
                  <button type="button" class="small" onClick={() => again(entry)}>
                    <Icon name="again" /> Run again
                  </button>
                )}
              </span>
            </span>
            <pre class="code-preview">
              {entry.code
                .split('\n')
                .filter((line) => line.trim() && !line.startsWith('//'))
                .slice(0, 5)
                .join('\n')}
            </pre>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}

const rights: Record<Role, string> = {
  see: 'look at agents and results',
  call: 'run code',
  administer: 'run code, manage accounts, read the audit log',
};

function AccountsDrawer(): JSX.Element {
  const { value, error, again } = useLoaded(api.accounts);
  const told = useSignal<{ name: string; password: string } | undefined>(undefined);
  const failed = useSignal<string | undefined>(undefined);
  const name = useSignal('');
  const role = useSignal<Role>('call');
  const act = async (work: () => Promise<{ password?: string }>, who: string): Promise<void> => {
    failed.value = undefined;
    told.value = undefined;
    try {
      const { password } = await work();
      if (password) told.value = { name: who, password };
      again();
    } catch (problem) {
      failed.value = (problem as ApiError).message;
    }
  };
  return (
    <Drawer title="Accounts">
      {(error ?? failed.value) && (
        <p class="notice bad" role="alert">
          {error ?? failed.value}
        </p>
      )}
      {told.value && (
        <p class="notice" role="status">
          The password of <strong>{told.value.name}</strong> is <code class="password">{told.value.password}</code>. It
          is shown this once.
        </p>
      )}
      <table class="plain-table">
        <thead>
          <tr>
            <th scope="col">name</th>
            <th scope="col">may</th>
            <th scope="col">
              <span class="sr-only">actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {(value ?? []).map((account) => (
            <tr key={account.name}>
              <td>{account.name}</td>
              <td>
                <select
                  aria-label={`role of ${account.name}`}
                  value={account.role}
                  onChange={(event) => {
                    const wanted = event.currentTarget.value as Role;
                    void act(() => api.setAccount(account.name, { role: wanted }), account.name);
                  }}
                >
                  {Object.entries(rights).map(([it, about]) => (
                    <option key={it} value={it} title={about}>
                      {it}
                    </option>
                  ))}
                </select>
              </td>
              <td class="right">
                <button
                  type="button"
                  class="small"
                  onClick={() => void act(() => api.setAccount(account.name, { reset: true }), account.name)}
                >
                  New password
                </button>{' '}
                <button
                  type="button"
                  class="small"
                  disabled={account.name === boot.user}
                  onClick={() => void act(() => api.removeAccount(account.name).then(() => ({})), account.name)}
                >
                  Remove
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = name.value.trim();
          void act(() => api.setAccount(wanted, { role: role.value }), wanted);
          name.value = '';
        }}
      >
        <input
          required
          placeholder="name"
          aria-label="name of a new account"
          value={name.value}
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
        <select
          aria-label="its role"
          value={role.value}
          onChange={(event) => {
            role.value = event.currentTarget.value as Role;
          }}
        >
          {Object.entries(rights).map(([it, about]) => (
            <option key={it} value={it}>
              {it}: {about}
            </option>
          ))}
        </select>
        <button type="submit" class="small">
          Add
        </button>
      </form>
    </Drawer>
  );
}

function AuditDrawer(): JSX.Element {
  const { value, error } = useLoaded(api.audit);
  const query = useSignal('');
  const words = query.value.toLowerCase().split(/\s+/);
  const found = (value ?? []).filter((entry) => words.every((word) => lineOf(entry).includes(word)));
  return (
    <Drawer title="Audit log" wide>
      <input
        type="search"
        placeholder="search people, agents, code"
        aria-label="search the audit log"
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
        }}
      />
      {error && <p class="notice bad">{error}</p>}
      <table class="plain-table audit">
        <thead>
          <tr>
            <th scope="col">when</th>
            <th scope="col">who</th>
            <th scope="col">did what</th>
            <th scope="col">where</th>
            <th scope="col">from</th>
          </tr>
        </thead>
        <tbody>
          {found.slice(0, 500).map((entry, index) => (
            <tr key={index}>
              <td class="nowrap">
                {formatAgo(entry.at, Date.now())} <span class="dim">{formatClock(entry.at)}</span>
              </td>
              <td>{entry.user}</td>
              <td>
                {entry.action} {entry.subject && entry.action !== 'ran' && <span class="dim">{entry.subject}</span>}
                {entry.code && (
                  <details>
                    <summary class="dim">
                      {entry.code.split('\n').find((line) => line.trim() && !line.startsWith('//'))}
                    </summary>
                    <pre class="code-preview">{entry.code}</pre>
                  </details>
                )}
              </td>
              <td>{entry.agents?.map(shortName).join(', ')}</td>
              <td class="dim">{entry.from}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Drawer>
  );
}

function lineOf({ user, action, subject, agents: jids, code }: AuditEntry): string {
  return [user, action, subject, ...(jids ?? []), code].join(' ').toLowerCase();
}

function Password(): JSX.Element {
  const old = useSignal('');
  const password = useSignal('');
  const failed = useSignal<string | undefined>(undefined);
  return (
    <Drawer title="Change the password">
      <form
        class="stacked"
        onSubmit={async (event) => {
          event.preventDefault();
          try {
            await api.changePassword(old.value, password.value);
            location.reload();
          } catch (problem) {
            failed.value = (problem as ApiError).message;
          }
        }}
      >
        {failed.value && (
          <p class="notice bad" role="alert">
            {failed.value}
          </p>
        )}
        <label>
          The old one
          <input
            type="password"
            required
            autocomplete="current-password"
            value={old.value}
            onInput={(event) => {
              old.value = event.currentTarget.value;
            }}
          />
        </label>
        <label>
          The new one, of 12 characters at least
          <input
            type="password"
            required
            minLength={12}
            autocomplete="new-password"
            value={password.value}
            onInput={(event) => {
              password.value = event.currentTarget.value;
            }}
          />
        </label>
        <button type="submit" class="primary">
          Change it
        </button>
      </form>
    </Drawer>
  );
}
