/**
 * A regular expression compiled when the program is: `REGEX(is_number, "-?[0-9]+(\\.[0-9]+)?")` becomes a function of a string,
 * a table of states and nothing else at run time.
 *
 * It knows characters, `.`, `[a-z]`, `[^…]`, `\`, `( )`, `|`, `*`, `+`, `?`, and matches whole strings of bytes.
 *
 * cmonster preprocess main.c --script regex.ts -o main.i
 */
import type { PreprocessorHooks } from 'cmonster';

export default function (hooks: PreprocessorHooks): void {
  hooks.define('REGEX(name, pattern)', (name, pattern) => {
    const { next, accepts } = compile(JSON.parse(String(pattern.expanded)) as string);
    const rows = next.map((row) => `{ ${row.join(', ')} }`).join(', ');
    return `
      static int ${name}(const char *text) {
        static const short next[][256] = { ${rows} };
        static const char accepts[] = { ${accepts.map(Number).join(', ')} };
        short state = 0;
        for (; *text && state >= 0; text++) state = next[state][(unsigned char)*text];
        return state >= 0 && accepts[state];
      }`;
  });
}

/** A state of the machine that may be in many: where a byte leads, and where nothing is needed to go. */
interface State {
  on?: { bytes: ReadonlySet<number>; to: number };
  free: number[];
}

class Machine {
  readonly states: State[] = [];
  private readonly pattern: string;
  private at = 0;

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  add(state: State = { free: [] }): number {
    return this.states.push(state) - 1;
  }
  private link(from: number, to: number): void {
    this.states[from]?.free.push(to);
  }

  /** Each of these reads a part of the pattern that starts in a state, and gives the state it ends in. */
  alternatives(start: number): number {
    const end = this.add();
    do this.link(this.sequence(start), end);
    while (this.take('|'));
    return end;
  }
  private sequence(start: number): number {
    let end = start;
    while (this.at < this.pattern.length && !'|)'.includes(this.pattern[this.at] as string)) end = this.repeated(end);
    return end;
  }
  private repeated(before: number): number {
    const start = this.add();
    this.link(before, start);
    let end = this.item(start);
    for (;;) {
      const sign = ['*', '+', '?'].find((one) => this.take(one));
      if (!sign) return end;
      if (sign !== '?') this.link(end, start);
      const after = this.add();
      this.link(end, after);
      if (sign !== '+') this.link(start, after);
      end = after;
    }
  }
  private item(start: number): number {
    if (this.take('(')) {
      const end = this.alternatives(start);
      if (!this.take(')')) throw new SyntaxError(`'${this.pattern}' has a ( without )`);
      return end;
    }
    const to = this.add();
    this.states[start]?.free.push(this.add({ on: { bytes: this.bytes(), to }, free: [] }));
    return to;
  }
  private bytes(): ReadonlySet<number> {
    if (this.take('.')) return set((byte) => byte !== 10);
    if (!this.take('[')) return new Set([this.byte()]);
    const inverted = this.take('^');
    const found = new Set<number>();
    while (!this.take(']')) {
      const first = this.byte();
      const last = this.take('-') ? this.byte() : first;
      for (let byte = first; byte <= last; byte++) found.add(byte);
    }
    return inverted ? set((byte) => !found.has(byte)) : found;
  }
  private byte(): number {
    this.take('\\');
    const char = this.pattern[this.at++];
    if (char === undefined) throw new SyntaxError(`'${this.pattern}' ends too early`);
    const byte = char.charCodeAt(0);
    if (byte > 255) throw new SyntaxError(`'${char}' is more than a byte`);
    return byte;
  }
  private take(text: string): boolean {
    if (!this.pattern.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }
  finish(): void {
    if (this.at < this.pattern.length) throw new SyntaxError(`'${this.pattern}' has a ) without (`);
  }
}

function set(holds: (byte: number) => boolean): ReadonlySet<number> {
  return new Set(Array.from({ length: 255 }, (_, i) => i + 1).filter(holds));
}

/** The machine that is in one state at a time: for each state, where each byte leads (-1: nowhere), and whether it accepts. */
function compile(pattern: string): { next: number[][]; accepts: boolean[] } {
  const machine = new Machine(pattern);
  const start = machine.add();
  const end = machine.alternatives(start);
  machine.finish();

  const reach = (from: Iterable<number>): number[] => {
    const seen = new Set<number>();
    const add = (state: number): void => {
      if (seen.has(state)) return;
      seen.add(state);
      machine.states[state]?.free.forEach(add);
    };
    for (const state of from) add(state);
    return [...seen].sort((a, b) => a - b);
  };
  const known = new Map<string, number>();
  const sets: number[][] = [];
  const number = (states: number[]): number => {
    const key = states.join();
    if (!known.has(key)) known.set(key, sets.push(states) - 1);
    return known.get(key) as number;
  };
  number(reach([start]));
  const next: number[][] = [];
  for (let at = 0; at < sets.length; at++) {
    const edges = (sets[at] as number[]).flatMap((state) => machine.states[state]?.on ?? []);
    next.push(
      Array.from({ length: 256 }, (_, byte) => {
        const to = edges.filter(({ bytes }) => bytes.has(byte)).map((edge) => edge.to);
        return to.length === 0 ? -1 : number(reach(to));
      }),
    );
  }
  return { next, accepts: sets.map((states) => states.includes(end)) };
}
