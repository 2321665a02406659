// What a person prefers, kept in this browser.
import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

export const theme = signal<Theme>((localStorage.getItem('theme') as Theme | null) ?? 'system');
/** The editor's share of the width. */
export const split = signal(Number(localStorage.getItem('split')) || 0.46);

const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(prefersDark.matches);
prefersDark.addEventListener('change', ({ matches }) => {
  systemDark.value = matches;
});

export const dark = signal(false);
effect(() => {
  dark.value = theme.value === 'system' ? systemDark.value : theme.value === 'dark';
  document.documentElement.dataset.theme = dark.value ? 'dark' : 'light';
  localStorage.setItem('theme', theme.value);
});
effect(() => localStorage.setItem('split', String(split.value)));
