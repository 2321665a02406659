// The page.
import { effect } from '@preact/signals';
import { type JSX, render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './styles.css';
import { boot } from './boot.js';
import { CodeBox, code, errors, setCode } from './editor/editor.js';
import { Drawers } from './parts/drawers.js';
import { Header } from './parts/header.js';
import { Icon } from './parts/icons.js';
import { Results } from './parts/results.js';
import { SignIn } from './parts/sign-in.js';
import { chosen, chosenAgents, connected, watchAgents } from './state/agents.js';
import { go, isLost, openShared, runs, starting, stop, watchRuns } from './state/runs.js';
import { split } from './state/settings.js';

function Workbench(): JSX.Element {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    watchAgents();
    watchRuns();
    const shared = /^\/run\/([\w-]+)$/.exec(location.pathname)?.[1];
    if (shared) void openShared(shared).then((run) => run && setCode(run.start.code));
  }, []);
  useEffect(() => effect(() => main.current?.style.setProperty('--split', `${split.value * 100}%`)), []);
  return (
    <>
      <Header />
      <main ref={main} class="work">
        <section class="writing" aria-label="code">
          <CodeBox go={() => void start()} />
          <Bar />
        </section>
        <Divider main={main} />
        <Results />
      </main>
      <Drawers />
    </>
  );
}

async function start(): Promise<void> {
  if (boot.role === 'see') return;
  await go(code.value);
}

function Bar(): JSX.Element {
  const running = runs.value.find((run) => !run.end && !run.shared && !isLost(run, Date.now()));
  const away = chosenAgents.value.filter(({ available }) => !available);
  return (
    <div class="bar">
      <button
        type="button"
        class="primary go"
        disabled={starting.value || boot.role === 'see'}
        title={boot.role === 'see' ? 'your role is to see' : 'Ctrl-Enter'}
        onClick={() => void start()}
      >
        <Icon name="play" filled /> Go!
      </button>
      <button type="button" class="stop" disabled={!running} onClick={() => running && void stop(running)}>
        <Icon name="stop" filled /> Stop
      </button>
      <span class="hint dim" id="code-keys">
        <kbd>Ctrl</kbd> <kbd>Enter</kbd> runs it, <kbd>Esc</kbd> <kbd>Tab</kbd> leaves the box
      </span>
      <span class="spacer" />
      <span role="status" class="bar-status">
        {!connected.value && <span class="warn-text">reconnecting …</span>}
        {connected.value && chosen.value.length === 0 && <span class="warn-text">no agent is chosen</span>}
        {connected.value && away.length > 0 && (
          <span class="warn-text">{away.map(({ jid }) => jid).join(', ')} away</span>
        )}
        {errors.value > 0 && (
          <span class="error-text">
            {errors.value} type {errors.value === 1 ? 'error' : 'errors'}
          </span>
        )}
      </span>
    </div>
  );
}

/** Between code and results: can be dragged, and moved by arrow keys. */
function Divider({ main }: { main: { current: HTMLElement | null } }): JSX.Element {
  const set = (share: number): void => {
    split.value = Math.min(0.8, Math.max(0.2, share));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is no <hr>
    <div
      class="divider"
      role="separator"
      tabIndex={0}
      aria-label="width of the code"
      aria-orientation="vertical"
      aria-valuenow={Math.round(split.value * 100)}
      aria-valuemin={20}
      aria-valuemax={80}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') set(split.value - 0.02);
        else if (event.key === 'ArrowRight') set(split.value + 0.02);
        else return;
        event.preventDefault();
      }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const { left, width } = main.current!.getBoundingClientRect();
        set((event.clientX - left) / width);
      }}
    />
  );
}

render(boot.user ? <Workbench /> : <SignIn />, document.querySelector('#app')!);
