/** Calls that somebody must come back to when their time has passed. Soft: a gateway that starts is told of all that have not ended. */
export class CallWatch {
  private readonly due = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private timerAt = Number.POSITIVE_INFINITY;

  /** @param overdue may be told of the same call again */
  constructor(private readonly overdue: (calls: string[]) => void) {}

  add(call: string, time: number): void {
    this.due.set(call, time);
    if (time < this.timerAt - 100) this.schedule(time);
  }

  delete(call: string): void {
    this.due.delete(call);
  }

  has(call: string): boolean {
    return this.due.has(call);
  }

  get size(): number {
    return this.due.size;
  }

  private schedule(time: number): void {
    clearTimeout(this.timer);
    this.timerAt = time;
    this.timer = setTimeout(() => this.look(), Math.min(Math.max(time - Date.now(), 100), 2_000_000_000)).unref();
  }

  private look(): void {
    const now = Date.now();
    const calls: string[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const [call, time] of this.due) {
      if (time > now) {
        next = Math.min(next, time);
      } else {
        this.due.delete(call);
        calls.push(call);
      }
    }
    this.timerAt = Number.POSITIVE_INFINITY;
    if (next < Number.POSITIVE_INFINITY) this.schedule(next);
    if (calls.length > 0) this.overdue(calls);
  }

  close(): void {
    clearTimeout(this.timer);
    this.due.clear();
  }
}
