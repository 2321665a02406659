/** Stores by their addresses. */
import { IgorError } from '../error.js';
import type { Calls } from './calls.js';
import type { Directory } from './directory.js';
import type { Durability } from './sqlite-file.js';

/** @param url `sqlite:FILE`, `redis://…`, `postgres://…` or `memcached://…` */
export async function openDirectory(url: string): Promise<Directory> {
  // Only what is used is loaded: each client costs a tenth of a second.
  switch (schemeOf(url)) {
    case 'sqlite':
      return new (await import('./sqlite-directory.js')).SqliteDirectory(fileOf(url));
    case 'redis':
    case 'rediss':
      return (await import('./redis-directory.js')).RedisDirectory.open(url);
    case 'postgres':
    case 'postgresql':
      return (await import('./postgres-directory.js')).PostgresDirectory.open(url);
    case 'memcached':
      return (await import('./memcached-directory.js')).MemcachedDirectory.open(url);
    default:
      throw new IgorError('usage', `a directory can be at sqlite:, redis:, postgres: or memcached:, not at ${url}`);
  }
}

/** @param url `sqlite:FILE`, `redis://…` or `postgres://…` */
export async function openCalls(url: string, durability: Durability = 'synced'): Promise<Calls> {
  switch (schemeOf(url)) {
    case 'sqlite':
      return new (await import('./sqlite-calls.js')).SqliteCalls(fileOf(url), durability);
    case 'redis':
    case 'rediss':
      return (await import('./redis-calls.js')).RedisCalls.open(url);
    case 'postgres':
    case 'postgresql':
      return (await import('./postgres-calls.js')).PostgresCalls.open(url);
    case 'memcached':
      throw new IgorError(
        'usage',
        'calls must not be forgotten, and memcached forgets: keep them at sqlite:, redis: or postgres:',
      );
    default:
      throw new IgorError('usage', `calls can be kept at sqlite:, redis: or postgres:, not at ${url}`);
  }
}

const schemeOf = (url: string): string => url.slice(0, Math.max(url.indexOf(':'), 0));
const fileOf = (url: string): string => url.slice('sqlite:'.length);
