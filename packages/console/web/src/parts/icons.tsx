// Small pictures, drawn here so that nothing has to be loaded.
import type { JSX } from 'preact';

const paths: Record<string, string> = {
  play: 'M5 3.5v9l7.5-4.5z',
  stop: 'M4 4h8v8H4z',
  clock: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3l2 1.5',
  book: 'M3 3h4.2c.5 0 .8.3.8.8v9c0-.5-.4-.8-.9-.8H3zM13 3H8.8c-.5 0-.8.3-.8.8v9c0-.5.4-.8.9-.8H13z',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9',
  moon: 'M13 9.3A5.3 5.3 0 0 1 6.7 3 5.3 5.3 0 1 0 13 9.3z',
  auto: 'M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11',
  person: 'M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8zM3 13.5c.5-2.6 2.5-4 5-4s4.5 1.4 5 4',
  down: 'M4 6l4 4 4-4',
  link: 'M6.8 9.2l2.4-2.4M7.3 4.7l1.3-1.3a2.8 2.8 0 0 1 4 4l-1.3 1.3M8.7 11.3l-1.3 1.3a2.8 2.8 0 0 1-4-4l1.3-1.3',
  again: 'M12.8 8A4.8 4.8 0 1 1 11.3 4.500M11.500 2v2.700H8.800',
  close: 'M4 4l8 8M12 4l-8 8',
  search: 'M7 2.800a4.200 4.200 0 1 0 0 8.400 4.200 4.200 0 0 0 0-8.400zM10.200 10.200l3 3',
  check: 'M3.500 8.500l3 3 6-7',
};

export function Icon({ name, filled = false }: { name: keyof typeof paths & string; filled?: boolean }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill={filled ? 'currentColor' : 'none'}
        stroke="currentColor"
        stroke-width={filled ? 0 : 1.4}
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
