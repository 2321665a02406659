/** The application itself: what a person writes, or the console. A module whose default export makes a handler of HTTP requests. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Igor } from '../application/api.js';
import { IgorError } from '../error.js';
import type { Handler } from '../gateway/server.js';
import type { Log } from '../log.js';

/** As JSON, the same for every instance. */
export interface AppSettings {
  /** A file, or a package's name. Without one there is no application, and every page says so. */
  module?: string;
  /** A folder for what the application keeps. */
  state: string;
  /** Every request ends within so many milliseconds. */
  requestLimit: number;
  /** The application's own settings. */
  options: Record<string, unknown>;
}

export interface AppContext extends Omit<AppSettings, 'module'> {
  log: Log;
}

export type AppHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface App {
  handler: AppHandler;
  close?(): Promise<void>;
}

/** The default export of an application's module. */
export type AppFactory = (igor: Igor, context: AppContext) => App | AppHandler | Promise<App | AppHandler>;

export async function loadApp(igor: Igor, { module, ...settings }: AppSettings, log: Log): Promise<App> {
  if (module === undefined) return { handler: noApp };
  const factory = await importFactory(module);
  const made = await factory(igor, { ...settings, log });
  return typeof made === 'function' ? { handler: made } : made;
}

async function importFactory(module: string): Promise<AppFactory> {
  const isFile = module.startsWith('.') || isAbsolute(module);
  let url: string;
  try {
    url = isFile
      ? pathToFileURL(resolve(module)).href
      : pathToFileURL(createRequire(`${process.cwd()}/`).resolve(module)).href;
  } catch {
    // A package without an entry for `require`; the usual way finds it from here.
    url = module;
  }
  const loaded = (await importTypeScript(url)) as { default?: unknown };
  if (typeof loaded.default !== 'function') {
    throw new IgorError(
      'usage',
      `${module} has no function as its default export: export default (igor) => (request, response) => { … }`,
    );
  }
  return loaded.default as AppFactory;
}

/** Imports a module that may be TypeScript. */
export async function importTypeScript(url: string): Promise<object> {
  if (!/\.[cm]?tsx?$/.test(url)) return (await import(url)) as object;
  const { tsImport } = await import('tsx/esm/api');
  let loaded: { default?: { __esModule?: boolean } };
  try {
    loaded = (await tsImport(url, import.meta.url)) as typeof loaded;
  } catch (cause) {
    const { message } = cause as Error;
    if (!/"cjs" output format/.test(message)) throw cause;
    const cure = 'say "type": "module" in the package.json beside it, or call it .mts';
    throw new IgorError('usage', `it is read as CommonJS, which has no await outside of functions: ${cure}`, { cause });
  }
  // Where no package.json says "type": "module", as after `npm init` or `npm install` in an empty folder, it was compiled to CommonJS, and what it exports is one level deeper.
  return loaded.default?.__esModule ? loaded.default : loaded;
}

function noApp(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
  response.end('igor is running, without an application: igor serve --app FILE\n');
}

/** Ends what takes too long. @param limit milliseconds */
export function limited(handler: AppHandler, limit: number, log: Log): Handler {
  return (request, response) => {
    const timer = setTimeout(() => {
      log.warn('a request took too long', { url: request.url });
      if (response.headersSent) response.destroy();
      else response.writeHead(504, { 'content-type': 'text/plain' }).end('The request took too long.\n');
    }, limit);
    response.once('close', () => clearTimeout(timer));
    Promise.resolve()
      .then(() => handler(request, response))
      .catch((error) => {
        log.error('a request failed', { url: request.url, error });
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
        response.end('The request failed.\n');
      });
  };
}
