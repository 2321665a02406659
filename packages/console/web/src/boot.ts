// What the server says when it renders the page.
import type { Boot } from '../../src/server/page.js';

const text = document.querySelector('#boot')?.textContent ?? '';
export const boot = JSON.parse(text) as Boot;

/** The page's channel. A reload goes on with the one that this tab had, so that what its runs said is there again. */
export const channel = ((): string => {
  if (!boot.user) return '';
  const key = `channel ${boot.user}`;
  const known = sessionStorage.getItem(key);
  // The server signs a channel for its owner; a new key of the server's makes an old one worthless.
  if (known && boot.csrf && sessionStorage.getItem('csrf') === boot.csrf) return known;
  sessionStorage.setItem(key, boot.channel ?? '');
  sessionStorage.setItem('csrf', boot.csrf ?? '');
  return boot.channel ?? '';
})();

export const nonce = document.querySelector<HTMLMetaElement>('meta[name=style-nonce]')?.content ?? '';

/** Where to listen to a channel. */
export function listenPath(id: string): string {
  return boot.listen.replace('{}', encodeURIComponent(id));
}
