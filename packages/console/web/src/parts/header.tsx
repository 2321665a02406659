import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { api } from '../api.js';
import { boot } from '../boot.js';
import { type Theme, theme } from '../state/settings.js';
import { AgentPicker } from './agent-picker.js';
import { type DrawerName, drawer } from './drawers.js';
import { Icon } from './icons.js';

const nextTheme: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const themeIcons = { system: 'auto', light: 'sun', dark: 'moon' } as const;

export function Header(): JSX.Element {
  return (
    <header class="top">
      <h1>
        <a href="/" class="brand">
          <img src="/icon.svg" alt="" width={26} height={26} />
          <span>monsterlab</span>
        </a>
      </h1>
      <AgentPicker />
      <span class="spacer" />
      <DrawerButton name="gallery" icon="book" label="Gallery" />
      <DrawerButton name="history" icon="clock" label="History" />
      <button
        type="button"
        class="plain"
        aria-label={`theme: ${theme.value}; change to ${nextTheme[theme.value]}`}
        title={`theme: ${theme.value}`}
        onClick={() => {
          theme.value = nextTheme[theme.value];
        }}
      >
        <Icon name={themeIcons[theme.value]} />
      </button>
      <PersonMenu />
    </header>
  );
}

function DrawerButton({ name, icon, label }: { name: DrawerName; icon: 'book' | 'clock'; label: string }): JSX.Element {
  return (
    <button
      type="button"
      class="plain labelled-button"
      aria-haspopup="dialog"
      onClick={() => {
        drawer.value = name;
      }}
    >
      <Icon name={icon} /> <span>{label}</span>
    </button>
  );
}

function PersonMenu(): JSX.Element {
  const open = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const outside = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) open.value = false;
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, []);
  const admin = boot.role === 'administer';
  const items: [string, () => void][] = [
    ...(admin ? ([['Audit log', () => (drawer.value = 'audit')]] as [string, () => void][]) : []),
    ...(admin && !boot.open ? ([['Accounts', () => (drawer.value = 'accounts')]] as [string, () => void][]) : []),
    ...(boot.open
      ? []
      : ([
          ['Change the password', () => (drawer.value = 'password')],
          ['Sign out', () => void api.signOut().then(() => location.assign('/'))],
        ] as [string, () => void][])),
  ];
  const onKeyDown = (event: KeyboardEvent): void => {
    const entries = [...(box.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = entries.indexOf(document.activeElement as HTMLElement);
    if (event.key === 'Escape') {
      open.value = false;
      box.current?.querySelector('button')?.focus();
    } else if (event.key === 'ArrowDown') entries[(at + 1) % entries.length]?.focus();
    else if (event.key === 'ArrowUp') entries.at(at - 1)?.focus();
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the menu inside
    <div class="menu" ref={box} onKeyDown={onKeyDown}>
      <button
        type="button"
        class="plain labelled-button"
        aria-haspopup="menu"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value;
          if (open.value)
            requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus());
        }}
      >
        <Icon name="person" /> <span>{boot.user}</span>
      </button>
      {open.value && (
        <div role="menu" class="menu-list" aria-label="account">
          <p class="dim">{boot.open ? 'Only you, on this machine.' : `${boot.user}, who may ${boot.role}`}</p>
          {items.map(([label, act]) => (
            <button
              key={label}
              type="button"
              role="menuitem"
              onClick={() => {
                open.value = false;
                act();
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
