// The page's files, and its HTML with what it must know from the start.
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConsoleError } from '../error.js';
import type { Role } from './accounts.js';

/** What the page is told when it is rendered. */
export interface Boot {
  user: string | undefined;
  role: Role | undefined;
  csrf: string | undefined;
  /** Where it listens for its runs; its own, new for each page. */
  channel: string | undefined;
  /** Where it listens for agents that come and go. */
  agents: string;
  /** Of a channel, with `{}` for its id. */
  listen: string;
  /** One person, who needs no account. */
  open: boolean;
  version: string;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

export const pageFolder = fileURLToPath(new URL('../../page/', import.meta.url));

export class Page {
  readonly #files = new Map<string, { body: Buffer; type: string }>();
  #html: string | undefined;

  constructor(private readonly folder = pageFolder) {}

  /** @throws ConsoleError `configuration` when the page isn't built */
  html(boot: Boot, secure: boolean): Response {
    this.#html ??= this.#read();
    const nonce = randomBytes(16).toString('base64');
    const data = JSON.stringify(boot).replaceAll('<', '\\u003c');
    const html = this.#html.replace('{"boot":null}', () => data).replace('{{nonce}}', () => nonce);
    const policy = [
      "default-src 'none'",
      "script-src 'self'",
      "worker-src 'self'",
      // The editor writes its rules into a style element of its own, which bears this nonce.
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self' blob: data:",
      "font-src 'self'",
      "connect-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ];
    return new Response(html, {
      headers: {
        'content-type': types['.html']!,
        'cache-control': 'no-store',
        'content-security-policy': policy.join('; '),
        ...securityHeaders(secure),
      },
    });
  }

  /** @param name as `assets/index-1a2b.js` */
  file(name: string, secure: boolean): Response | undefined {
    const file = this.#files.get(name) ?? this.#load(name);
    if (!file) return undefined;
    return new Response(new Uint8Array(file.body), {
      headers: {
        'content-type': file.type,
        // Names contain a hash of what is in the file.
        'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        ...securityHeaders(secure),
      },
    });
  }

  #read(): string {
    const path = join(this.folder, 'index.html');
    if (!existsSync(path)) throw new ConsoleError('configuration', `the page isn't built: ${path}; run: npm run setup`);
    return readFileSync(path, 'utf8');
  }

  /** Only names that are really there, so no path can lead elsewhere. */
  #load(name: string): { body: Buffer; type: string } | undefined {
    const [folder, file] = name.includes('/') ? name.split('/', 2) : ['', name];
    const type = types[extname(name)];
    const directory = join(this.folder, folder === 'assets' ? 'assets' : '');
    if (!type || type === types['.html'] || !existsSync(directory) || !readdirSync(directory).includes(file!))
      return undefined;
    if (name !== (folder ? `assets/${file}` : file)) return undefined;
    const loaded = { body: readFileSync(join(directory, file!)), type };
    this.#files.set(name, loaded);
    return loaded;
  }
}

export function securityHeaders(secure: boolean): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    ...(secure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}
