// What the code box can do: TypeScript's completions, errors, explanations and signatures, and the keys.
import {
  autocompletion,
  type Completion as CodeCompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, forceLinting, linter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension, StateEffect, StateField, type Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
  placeholder,
  showTooltip,
  type Tooltip,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { nonce } from '../boot.js';
import { language } from './language.js';
import { highlighting, theme } from './theme.js';

const kinds: Record<string, string> = {
  method: 'method',
  function: 'function',
  property: 'property',
  getter: 'property',
  var: 'variable',
  const: 'constant',
  let: 'variable',
  parameter: 'variable',
  'local function': 'function',
  class: 'class',
  interface: 'interface',
  type: 'type',
  keyword: 'keyword',
  string: 'text',
  enum: 'enum',
};

function card(signature: string, documentation: string): HTMLElement {
  const box = document.createElement('div');
  box.className = 'cm-card';
  const code = document.createElement('code');
  code.textContent = signature;
  box.append(code);
  if (documentation) {
    const said = document.createElement('p');
    said.textContent = documentation;
    box.append(said);
  }
  return box;
}

/** Where there was nothing to complete: perhaps there will be, when the types are others. */
let unanswered: { doc: Text; at: number } | undefined;

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const word = context.matchBefore(/[\w$]+/);
  const before = context.state.sliceDoc(Math.max(0, context.pos - 1), context.pos);
  if (!word && !context.explicit && !/[.'"`]/.test(before)) return null;
  const code = context.state.doc.toString();
  const found = await language.complete(code, context.pos);
  // None, not null: what was typed meanwhile asks again only behind a result.
  if (found.length === 0) unanswered = { doc: context.state.doc, at: context.pos };
  const options = found.map(
    ({ name, kind, sort }): CodeCompletion => ({
      label: name,
      type: kinds[kind] ?? 'text',
      // What belongs to the object at hand stands before what is everywhere.
      boost: 12 - Number.parseInt(sort, 10),
      info: async () => {
        const detail = await language.detail(code, context.pos, name);
        return detail ? card(detail.signature, detail.documentation) : null;
      },
    }),
  );
  return { from: word?.from ?? context.pos, options, validFor: /^[\w$]*$/ };
}

async function problems(view: EditorView): Promise<Diagnostic[]> {
  const found = await language.problems(view.state.doc.toString());
  const { length } = view.state.doc;
  return found.map(({ from, to, severity, message }) => ({
    from: Math.min(from, length),
    to: Math.min(to, length),
    severity,
    message,
  }));
}

const explanation = hoverTooltip(async (view, at) => {
  const found = await language.explain(view.state.doc.toString(), at);
  if (!found) return null;
  return {
    pos: found.from,
    end: found.to,
    above: true,
    create: () => ({ dom: card(found.signature, found.documentation) }),
  };
});

/** The parameters of the call in which the cursor stands. */
const setSignature = StateEffect.define<Tooltip | null>();
const signatureField = StateField.define<Tooltip | null>({
  create: () => null,
  update(value, transaction) {
    const set = transaction.effects.findLast((effect) => effect.is(setSignature));
    if (set) return set.value as Tooltip | null;
    return value && transaction.docChanged ? { ...value, pos: transaction.changes.mapPos(value.pos) } : value;
  },
  provide: (field) => showTooltip.from(field),
});
const signatureHelp = ViewPlugin.fromClass(
  class {
    #asked = 0;

    update({ docChanged, selectionSet, state, view }: ViewUpdate): void {
      if (docChanged || selectionSet) void this.#ask(view, state);
    }

    async #ask(view: EditorView, state: EditorState): Promise<void> {
      const asked = ++this.#asked;
      const { head, empty } = state.selection.main;
      const line = state.doc.lineAt(head);
      const near = /[(,]/.test(state.sliceDoc(line.from, head));
      // Nothing may be dispatched while this update is under way.
      const found = await (empty && near ? language.signature(state.doc.toString(), head) : undefined);
      if (asked !== this.#asked || head > view.state.doc.length) return;
      const tooltip = found ? signatureTooltip(head, found.label, found.parameter) : null;
      if (tooltip || state.field(signatureField)) view.dispatch({ effects: setSignature.of(tooltip) });
    }
  },
);

function signatureTooltip(pos: number, label: string, parameter: [number, number] | undefined): Tooltip {
  return {
    pos,
    above: true,
    create: () => {
      const box = document.createElement('div');
      box.className = 'cm-card';
      const code = document.createElement('code');
      const [from, to] = parameter ?? [0, 0];
      const strong = document.createElement('strong');
      strong.textContent = label.slice(from, to);
      code.append(label.slice(0, from), strong, label.slice(to));
      box.append(code);
      return { dom: box };
    },
  };
}

/** The types are others. */
const redeclared = StateEffect.define<null>();

async function declare(view: EditorView, declarations: string): Promise<void> {
  await language.declare(declarations);
  view.dispatch({ effects: redeclared.of(null) });
  forceLinting(view);
}

/** What `agent` is has changed, and nobody knows to what. */
export function forget(view: EditorView): Promise<void> {
  return declare(view, '');
}

/** Checks again, as what `agent` is has changed. */
export async function redeclare(view: EditorView, declarations: string): Promise<void> {
  await declare(view, declarations);
  const { doc, selection } = view.state;
  if (view.hasFocus && unanswered?.doc === doc && unanswered.at === selection.main.head) startCompletion(view);
  unanswered = undefined;
}

export function extensions(options: {
  go: () => void;
  changed: (code: string) => void;
  problems: (count: number) => void;
}): Extension[] {
  return [
    EditorView.cspNonce.of(nonce),
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    history(),
    drawSelection(),
    EditorState.allowMultipleSelections.of(true),
    indentUnit.of('  '),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightSelectionMatches(),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': 'code', 'aria-describedby': 'code-keys' }),
    placeholder('const info = await agent.system.info();'),
    javascript({ typescript: true }),
    autocompletion({ override: [complete], icons: true, maxRenderedOptions: 200 }),
    linter(
      async (view) => {
        const found = await problems(view);
        options.problems(found.filter(({ severity }) => severity === 'error').length);
        return found;
      },
      {
        delay: 250,
        // What was right may be wrong now, though nobody typed.
        needsRefresh: ({ transactions }) => transactions.some(({ effects }) => effects.some((it) => it.is(redeclared))),
      },
    ),
    explanation,
    signatureField,
    signatureHelp,
    theme,
    syntaxHighlighting(highlighting),
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) options.changed(state.doc.toString());
    }),
    keymap.of([
      {
        key: 'Mod-Enter',
        run: () => {
          options.go();
          return true;
        },
      },
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...lintKeymap,
      // Esc, then Tab leaves the box, as CodeMirror's accessibility page has it.
      indentWithTab,
    ]),
  ];
}
