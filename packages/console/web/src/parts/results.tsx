// What runs said, the latest first.
import { useSignal } from '@preact/signals';
import { Component, type ComponentChildren, type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Place } from '../../../src/error.js';
import { isTagged, type Tree } from '../../../src/values/pack.js';
import { boot } from '../boot.js';
import { goTo, setCode } from '../editor/editor.js';
import { agents, connected, shortName } from '../state/agents.js';
import { type Call, go, isLost, type Output, type Run, refused, runs, stop } from '../state/runs.js';
import { formatClock, formatDuration, formatNumber } from '../values/format.js';
import { isLeaf, Leaf, preview, TreeView } from '../values/tree.js';
import { ValueView } from '../values/value.js';
import { Icon } from './icons.js';

export function Results(): JSX.Element {
  const [latest, ...earlier] = runs.value;
  const box = useRef<HTMLElement>(null);
  // A new run is what a person wants to see.
  useEffect(() => box.current?.scrollTo(0, 0), [latest?.id]);
  return (
    <section ref={box} class="results" aria-label="results">
      {refused.value && (
        <div class="notice bad" role="alert">
          <strong>This can’t run.</strong> {refused.value.message}
          <PlaceLink place={refused.value.place} />
        </div>
      )}
      <div aria-live="polite" aria-atomic="false">
        {latest && <RunCard key={latest.id} run={latest} open />}
      </div>
      {earlier.map((run) => (
        <RunCard key={run.id} run={run} />
      ))}
      {!latest && !refused.value && <Welcome />}
    </section>
  );
}

/** How a machine gets here: what stands in the guide, in short. */
export function FirstAgent(): JSX.Element {
  return (
    <>
      <p>An agent dials out to this console from the machine that it stands for. Enrol one where the console runs:</p>
      <pre class="command">npx igor enrol mill --state STATE</pre>
      <p>
        <code>STATE</code> is the folder that <code>igor serve</code> was given. Take the file that this writes to the
        machine, and start the agent there with what it is to serve:
      </p>
      <pre class="command">npx igor agent --enrolment mill.igor.json --service @monsterlab/services</pre>
      <p class="dim">It appears here by itself.</p>
    </>
  );
}

function Welcome(): JSX.Element {
  if (connected.value && agents.value.length === 0) {
    return (
      <div class="welcome">
        <h2>No machine is here yet</h2>
        <FirstAgent />
      </div>
    );
  }
  return (
    <div class="welcome">
      <h2>Results appear here</h2>
      <p>
        Choose a machine, write TypeScript against <code>agent</code>, and press <kbd>Ctrl</kbd> <kbd>Enter</kbd>. What
        the last line is worth is shown; so is what you give to <code>show()</code>, as a tree, table, chart or picture.
      </p>
      <p class="dim">The gallery has programs to begin with.</p>
    </div>
  );
}

const reasons: Record<string, string> = {
  done: 'done',
  failed: 'failed',
  stopped: 'stopped',
  timeout: 'out of time',
  stalled: 'stalled',
  crashed: 'broke',
};

export function RunCard({ run, open = false }: { run: Run; open?: boolean }): JSX.Element {
  const folded = useSignal(!open);
  const now = useSignal(Date.now());
  const running = !run.end && !isLost(run, now.value);
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 200);
    return () => clearInterval(timer);
  }, [running]);
  const { start, end } = run;
  const state = end
    ? end.reason === 'done'
      ? 'good'
      : end.reason === 'stopped'
        ? 'quiet'
        : 'bad'
    : running
      ? 'busy'
      : 'quiet';
  const took = end ? end.milliseconds : Math.max(0, now.value - start.at);
  const names = start.agents.map(shortName);
  const said = end ? reasons[end.reason] : running ? 'running' : 'lost';
  return (
    <article
      class={`run ${state}`}
      data-run={run.id}
      data-state={said}
      aria-label={`run of ${formatClock(start.at)}, ${said}`}
    >
      <header>
        <button
          type="button"
          class="fold"
          aria-expanded={!folded.value}
          onClick={() => {
            folded.value = !folded.value;
          }}
        >
          <span class={`status ${state}`} aria-hidden="true" />
          <span class="run-state">{said}</span>
          <span class="dim">
            {formatDuration(took)} · {formatClock(start.at)}
            {names.length > 0 &&
              ` · ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`}
            {run.shared && ` · by ${start.user}`}
          </span>
          {folded.value && <code class="first-line">{firstLine(start.code)}</code>}
        </button>
        <span class="run-actions">
          {running && !run.shared && (
            <button type="button" class="small" onClick={() => void stop(run)}>
              <Icon name="stop" filled /> Stop
            </button>
          )}
          <Share run={run} />
          <button
            type="button"
            class="small"
            title="put its code into the box"
            onClick={() => {
              setCode(start.code);
            }}
          >
            <Icon name="again" /> Code
          </button>
        </span>
      </header>
      {!folded.value && (
        <div class="outputs">
          <Outputs outputs={run.outputs} running={running} />
          {end?.result !== undefined && (
            <Shielded>
              <Result value={end.result} failed={end.reason === 'failed'} />
            </Shielded>
          )}
          {end && end.reason !== 'done' && end.message && <div class="notice bad">{end.message}</div>}
          {end?.reason === 'done' && run.outputs.length === 0 && end.result === undefined && (
            <p class="dim quiet-end">It said nothing. Give a value to show(), or let it stand on the last line.</p>
          )}
          {!end && !running && start.until > 0 && (
            <div class="notice warn">The server that ran this is gone. Outcomes of its calls still arrive here.</div>
          )}
        </div>
      )}
    </article>
  );
}

/** Of many, so many are drawn: the latest, and as many more as a person asks for. */
const drawn = 300;

/** What can't be drawn, whoever sent it, takes nothing else with it. */
class Shielded extends Component<{ children: ComponentChildren }, { broken: boolean }> {
  override state = { broken: false };

  static override getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ComponentChildren {
    return this.state.broken ? <p class="dim">Something came here that can’t be shown.</p> : this.props.children;
  }
}

function Outputs({ outputs, running }: { outputs: readonly Output[]; running: boolean }): JSX.Element {
  const more = useSignal(0);
  const first = Math.max(0, outputs.length - drawn - more.value);
  return (
    <>
      {first > 0 && (
        <button
          type="button"
          class="link"
          onClick={() => {
            more.value += 1000;
          }}
        >
          {formatNumber(first)} earlier
        </button>
      )}
      {outputs.slice(first).map((output, index) => (
        <Shielded key={first + index}>
          <OutputView output={output} running={running} />
        </Shielded>
      ))}
    </>
  );
}

function Share({ run }: { run: Run }): JSX.Element {
  const copied = useSignal(false);
  const address = `${location.origin}/run/${run.id}`;
  return (
    <button
      type="button"
      class="small"
      title={address}
      onClick={async () => {
        await navigator.clipboard?.writeText(address).catch(() => {});
        history.replaceState(null, '', `/run/${run.id}`);
        copied.value = true;
        setTimeout(() => {
          copied.value = false;
        }, 2000);
      }}
    >
      <Icon name="link" /> <span aria-live="polite">{copied.value ? 'Link copied' : 'Link'}</span>
    </button>
  );
}

function OutputView({ output, running }: { output: Output; running: boolean }): JSX.Element {
  switch (output.kind) {
    case 'show':
      return <ValueView value={output.value} as={output.as} title={output.title} />;
    case 'rows':
      return (
        <ValueView value={output.values} size={output.size} as={output.as} title={output.title} growing={running} />
      );
    case 'log':
      return (
        <div class={`log ${output.level}`}>
          {output.values.map((value, index) =>
            typeof value === 'string' ? (
              <span key={index}>{value} </span>
            ) : isLeaf(value) ? (
              <span key={index}>
                <Leaf value={value} />{' '}
              </span>
            ) : (
              <TreeView key={index} value={value} open={0} />
            ),
          )}
        </div>
      );
    case 'muted':
      return <div class="notice warn">It says too much: the rest is not shown.</div>;
    default:
      return <CallView call={output} />;
  }
}

/** One line, to be opened; but a failure is told at once. */
function CallView({ call }: { call: Call }): JSX.Element {
  const { outcome } = call;
  const open = useSignal(false);
  const status = outcome?.status;
  const state = status === undefined ? 'busy' : status === 'ok' ? 'good' : status === 'canceled' ? 'quiet' : 'bad';
  const [service = '', method = ''] = call.method.split('/');
  return (
    <details
      class={`call ${state}`}
      data-method={call.method}
      data-status={status ?? 'open'}
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>
        <span class={`status ${state}`} aria-hidden="true" />
        <span class="call-name">
          <span class="dim">{shortName(call.agent)}</span> {service.slice(service.lastIndexOf('.') + 1)}.<b>{method}</b>
        </span>
        <code class="dim call-request">{call.request === undefined ? '' : preview(call.request, 60)}</code>
        <span class="call-end">
          {state === 'bad' && <span class="code">{status}</span>}
          {state === 'quiet' && <span class="dim">canceled</span>}
          {(call.items.length > 0 || outcome?.items) && (
            <span class="dim">{formatNumber(outcome?.items ?? call.items.length)} messages</span>
          )}
          <span class="dim">{outcome?.milliseconds === undefined ? '…' : formatDuration(outcome.milliseconds)}</span>
        </span>
      </summary>
      {open.value && (
        <div class="call-body">
          <Labelled label="request">
            {call.request !== undefined && <TreeView value={call.request} open={2} />}
          </Labelled>
          {outcome?.value !== undefined && (
            <Labelled label="response">
              <ValueView value={outcome.value} />
            </Labelled>
          )}
          {call.items.length > 0 && (
            <Labelled label="messages">
              <ValueView value={call.items} size={call.size} />
            </Labelled>
          )}
          {outcome?.message && (
            <Labelled label="error">
              <span class="error-text">
                {status}: {outcome.message}
              </span>
            </Labelled>
          )}
          {call.place && (
            <Labelled label="called at">
              <PlaceLink place={call.place} />
            </Labelled>
          )}
        </div>
      )}
    </details>
  );
}

function Labelled({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="labelled">
      <span class="label">{label}</span>
      <div>{children}</div>
    </div>
  );
}

function Result({ value, failed }: { value: Tree; failed: boolean }): JSX.Element {
  if (!failed) return <ValueView value={value} />;
  const error = isTagged(value) && value.$ === 'error' ? value : undefined;
  if (!error) return <ValueView value={value} />;
  const { agent, method, ...rest } = (error.v ?? {}) as Record<string, Tree>;
  return (
    <div class="failure" role="alert">
      <p>
        <strong>{error.code ?? error.name}</strong> {error.message}
      </p>
      <p class="dim">
        {typeof method === 'string' && `${method} at ${String(agent)} `}
        <PlaceLink place={error.place} />
      </p>
      {Object.keys(rest).filter((key) => rest[key] !== undefined && !isUndefined(rest[key])).length > 0 && (
        <TreeView value={rest} open={1} />
      )}
    </div>
  );
}

const isUndefined = (tree: Tree | undefined): boolean =>
  tree === undefined || (isTagged(tree) && tree.$ === 'undefined');

function PlaceLink({ place }: { place: Place | undefined }): JSX.Element | null {
  if (!place) return null;
  return (
    <button type="button" class="link" onClick={() => goTo(place)}>
      line {place.line}, column {place.column}
    </button>
  );
}

/** What a person knows it by: its first comment, or else its first line. */
function firstLine(code: string): string {
  const line = code.split('\n').find((it) => it.trim()) ?? '';
  return line.trim().replace(/^\/\/\s*/, '');
}

/** Runs code once more, in the box where it can be seen. */
export function runAgain(code: string): void {
  setCode(code);
  if (boot.role !== 'see') void go(code);
}
