/** A connection to Redis, and the scripts that run inside it: what must happen at once is one script. */
import { Redis } from 'ioredis';
import { IgorError } from '../error.js';

export interface Script {
  keys: number;
  lua: string;
}

export type RedisValue = string | number | Buffer;

export class RedisConnection {
  readonly redis: Redis;
  /** Why it is not connected. */
  private reason: Error | undefined;

  /** @param url `redis://host:6379/0` */
  constructor(
    readonly url: string,
    scripts: Record<string, Script>,
  ) {
    this.redis = new Redis(url, {
      enableAutoPipelining: true,
      maxRetriesPerRequest: 20,
      lazyConnect: true,
      noDelay: true,
    });
    // Each command that fails says so itself, but not why.
    this.redis.on('error', (error: Error) => {
      this.reason = error;
    });
    for (const [name, { keys, lua }] of Object.entries(scripts))
      this.redis.defineCommand(name, { numberOfKeys: keys, lua });
  }

  async connect(): Promise<void> {
    try {
      await this.redis.connect();
    } catch (cause) {
      this.redis.disconnect();
      throw new IgorError(
        'store',
        `Redis at ${withoutPassword(this.url)} can not be reached: ${(this.reason ?? (cause as Error)).message}`,
        {
          cause,
        },
      );
    }
  }

  /** Runs one of the scripts. Answers are bytes where they are strings. */
  async run(name: string, ...values: RedisValue[]): Promise<unknown> {
    const command = (this.redis as unknown as Record<string, (...values: RedisValue[]) => Promise<unknown>>)[
      `${name}Buffer`
    ];
    return command?.apply(this.redis, values);
  }

  /** @throws IgorError `store` when this server may forget what it is given */
  async mustKeep(): Promise<void> {
    // Not by CONFIG, which servers of somebody else often forbid.
    const info = `${await this.redis.info('persistence')}\n${await this.redis.info('memory')}`;
    const setting = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
    const [append, policy] = [setting('aof_enabled'), setting('maxmemory_policy')];
    const where = `Redis at ${withoutPassword(this.url)}`;
    if (append !== '1') {
      throw new IgorError(
        'store',
        `${where} loses what it is given when it ends: set "appendonly yes", or use it only as a directory`,
      );
    }
    if (policy !== 'noeviction') {
      throw new IgorError(
        'store',
        `${where} drops what it is given when memory is short: set "maxmemory-policy noeviction"`,
      );
    }
  }

  close(): void {
    this.redis.disconnect();
  }
}

export function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
