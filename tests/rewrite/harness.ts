/** A source before, what is done to it, and the source after: whole texts, so that nothing changes unseen. */
import { parseSync, type TranslationUnit } from 'cmonster';

export interface Given {
  /** Decides the language; `input.c` by default. */
  file?: string;
  arguments?: string[];
}

/** The main file's text after a script has run over it. */
export function rewritten(source: string, script: (tu: TranslationUnit) => void, given: Given = {}): string {
  const { file = 'input.c' } = given;
  const tu = parseSync(file, { unsaved: { [file]: source }, arguments: given.arguments ?? [] });
  try {
    script(tu);
    return tu.rewrite();
  } finally {
    tu.dispose();
  }
}
