// The code box.
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { effect, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Place } from '../../../src/error.js';
import { api } from '../api.js';
import { agents, chosen } from '../state/agents.js';
import { extensions, forget, redeclare } from './extensions.js';

const first = `// agent is the machine chosen above. Press Ctrl-Enter to run this.
const info = await agent.system.info();
show(info);
`;

/** What stands in the box. */
export const code = signal(localStorage.getItem('code') ?? first);
/** Type errors in it. */
export const errors = signal(0);

let view: EditorView | undefined;

/** Puts other code into the box; what was there can be had back by undo. */
export function setCode(text: string): void {
  code.value = text;
  view?.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 } });
}

/** Moves the cursor to a place. */
export function goTo({ line, column }: Place): void {
  if (!view || line > view.state.doc.lines) return;
  const at = view.state.doc.line(line);
  view.dispatch({ selection: { anchor: Math.min(at.from + column - 1, at.to) }, scrollIntoView: true });
  view.focus();
}

export function CodeBox({ go }: { go: () => void }): JSX.Element {
  const parent = useRef<HTMLDivElement>(null);
  const latest = useRef(go);
  latest.current = go;
  useEffect(() => {
    const made = new EditorView({
      parent: parent.current!,
      state: EditorState.create({
        doc: code.value,
        extensions: extensions({
          go: () => latest.current(),
          changed: (text) => {
            code.value = text;
            localStorage.setItem('code', text);
          },
          problems: (count) => {
            errors.value = count;
          },
        }),
      }),
    });
    view = made;
    made.focus();
    let declared = '';
    let changes = 0;
    const ask = (wanted: string, change: number): void => {
      void api
        .types(chosen.value)
        .then((text) => (declared === wanted ? redeclare(made, text) : undefined))
        .catch(() => {
          if (declared !== wanted) return;
          // Unknown as yet: the next change asks again, or the one that came before this answer.
          if (change === changes) declared = '';
          else ask(wanted, changes);
        });
    };
    const stop = effect(() => {
      // The types change with the choice, and with what the chosen agents offer.
      const hashes = chosen.value.map((jid) => `${jid} ${agents.value.find((agent) => agent.jid === jid)?.hash ?? ''}`);
      const wanted = hashes.join('\n');
      changes++;
      if (wanted === declared) return;
      declared = wanted;
      void forget(made);
      ask(wanted, changes);
    });
    return () => {
      stop();
      made.destroy();
      view = undefined;
    };
  }, []);
  return <div ref={parent} class="code-box" />;
}
