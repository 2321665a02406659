/**
 * Questions and answers (RFC 6120, section 8.2.3) over a stream. An answer counts only when it comes from whom the question went
 * to: ids alone can be guessed, and servers deliver a result from anybody.
 */
import { randomBytes } from 'node:crypto';
import { IgorError } from '../error.js';
import type { XmppStream } from './stream.js';
import { type Element, tag } from './xml.js';

export const nsStanzas = 'urn:ietf:params:xml:ns:xmpp-stanzas';

/** The question came back as an error: it was not worked through. */
export class IqError extends IgorError {
  constructor(
    readonly condition: string,
    message: string,
  ) {
    super('xmpp', message);
  }
}

interface Waiting {
  to: string;
  resolve: (result: Element) => void;
  reject: (error: IgorError) => void;
  due: number;
}

export class IqChannel {
  private readonly waiting = new Map<string, Waiting>();
  private readonly prefix = randomBytes(9).toString('base64url');
  private counter = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Answers that nobody waits for, or that came from somebody else. */
  strangers = 0;

  constructor(
    private readonly stream: XmppStream,
    /** Component streams must name it; a client's server fills it in. */
    private readonly from: string | undefined,
  ) {}

  /** @param timeout milliseconds; then the error's condition is `no-answer` */
  ask(to: string, inner: string, timeout: number): Promise<Element> {
    return new Promise((resolve, reject) => {
      if (this.stream.isClosed) {
        reject(new IqError('no-connection', 'there is no connection to the XMPP server'));
        return;
      }
      const id = `${this.prefix}${this.counter++}`;
      this.waiting.set(id, { to, resolve, reject, due: performance.now() + timeout });
      this.stream.write(tag('iq', { type: 'set', id, from: this.from, to }, inner));
      this.timer ??= setTimeout(() => this.expire(), Math.min(timeout, 1000)).unref();
    });
  }

  answer(question: Element, inner = ''): void {
    const { id, from } = question.attributes;
    this.stream.write(tag('iq', { type: 'result', id, from: this.from, to: from }, inner));
  }

  refuse(question: Element, condition: string, kind: 'cancel' | 'modify' | 'auth' | 'wait' = 'cancel'): void {
    const { id, from } = question.attributes;
    const error = tag('error', { type: kind }, tag(condition, { xmlns: nsStanzas }));
    this.stream.write(tag('iq', { type: 'error', id, from: this.from, to: from }, error));
  }

  /** Takes an IQ of type `result` or `error`. */
  take(iq: Element): void {
    const id = iq.attribute('id') ?? '';
    const waiting = this.waiting.get(id);
    if (!waiting || iq.attribute('from') !== waiting.to) {
      this.strangers++;
      return;
    }
    this.waiting.delete(id);
    if (iq.attribute('type') === 'result') {
      waiting.resolve(iq);
      return;
    }
    const condition = iq.child('error')?.children.find(({ ns, name }) => ns === nsStanzas && name !== 'text')?.name;
    const said = condition ?? 'undefined-condition';
    waiting.reject(new IqError(said, `${waiting.to} answered ${said}`));
  }

  /** Nothing more will come. */
  end(): void {
    clearTimeout(this.timer);
    for (const { reject } of this.waiting.values()) {
      reject(new IqError('no-connection', 'the connection to the XMPP server was lost'));
    }
    this.waiting.clear();
  }

  private expire(): void {
    const now = performance.now();
    this.timer = undefined;
    for (const [id, { due, to, reject }] of this.waiting) {
      if (due > now) continue;
      this.waiting.delete(id);
      reject(new IqError('no-answer', `${to} did not answer`));
    }
    if (this.waiting.size > 0) this.timer = setTimeout(() => this.expire(), 1000).unref();
  }
}
