// Where requests may come from. A browser can be made to send them by any page that a person visits, also to loopback,
// and also (DNS rebinding) under a name that its owner points there. So the Host must be one of ours, and what changes
// something must come from a page of ours.
// https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
import { ConsoleError } from '../error.js';

export class Origins {
  /** `console.example`, in lower case, with the port where it isn't the scheme's own. */
  readonly #hosts: Map<string, URL>;

  /** @param origins such as `https://console.example`; loopback is always allowed when there are none */
  constructor(origins: readonly string[] = []) {
    const urls = origins.map((origin) => {
      const url = URL.canParse(origin) ? new URL(origin) : undefined;
      if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search) {
        throw new ConsoleError('configuration', `${origin} is no origin: write https://console.example`);
      }
      return url;
    });
    this.#hosts = new Map(urls.map((url) => [url.host, url]));
  }

  /** @returns whether the browser speaks TLS to this name. @throws ConsoleError `forbidden` */
  checkHost(host: string | null | undefined): { secure: boolean } {
    const name = host?.toLowerCase() ?? '';
    const known = this.#hosts.get(name);
    if (known) return { secure: known.protocol === 'https:' };
    if (this.#hosts.size === 0 && /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/.test(name))
      return { secure: false };
    throw new ConsoleError(
      'forbidden',
      `this console does not answer to ${JSON.stringify(name)}; --origin adds a name`,
    );
  }

  /** For requests that change something. @throws ConsoleError `forbidden` */
  checkOrigin(headers: Headers): void {
    const host = headers.get('host')?.toLowerCase();
    const origin = headers.get('origin');
    const site = headers.get('sec-fetch-site');
    const own = origin !== null && URL.canParse(origin) && new URL(origin).host === host;
    if (!own || (site !== null && site !== 'same-origin')) {
      throw new ConsoleError('forbidden', 'this request does not come from a page of this console');
    }
  }
}
