// What the page does, without a browser: renders, listens to its channel, runs code, hears what comes.
import type { PageEvent } from '@monsterlab/console';

interface Boot {
  csrf: string;
  channel: string;
  listen: string;
}

/** A run may take half a minute, its calls as long again; in milliseconds. */
const PATIENCE = 90_000;

/** Runs code at an agent, and yields what its page would hear until the run and all its calls have ended. */
export async function* visit(url: string, code: string, agents: readonly string[]): AsyncGenerator<PageEvent> {
  const html = await (await fetch(url)).text();
  const boot = JSON.parse(/<script type="application\/json" id="boot">(.*?)<\/script>/.exec(html)?.[1] ?? '{}') as Boot;
  const stop = new AbortController();
  const late = AbortSignal.timeout(PATIENCE);
  const stream = await fetch(new URL(boot.listen.replace('{}', boot.channel), url), {
    signal: AbortSignal.any([stop.signal, late]),
  });
  const answer = await fetch(new URL('/api/runs', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-console-csrf': boot.csrf, origin: url },
    body: JSON.stringify({ code, agents, channel: boot.channel }),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  // An outcome may overtake the word that its call was made.
  const made = new Set<number>();
  const over = new Set<number>();
  let ended = false;
  try {
    for await (const event of eventsOf(stream.body!)) {
      if (event.type === 'call') made.add(event.call);
      if (event.type === 'outcome') over.add(event.call);
      if (event.type === 'end') ended = true;
      yield event;
      if (ended && [...made].every((call) => over.has(call))) return;
    }
  } finally {
    stop.abort();
  }
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html */
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<PageEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
        .join('\n');
      if (!data) continue;
      const events = JSON.parse(data) as PageEvent | PageEvent[];
      yield* Array.isArray(events) ? events : [events];
    }
  }
}
