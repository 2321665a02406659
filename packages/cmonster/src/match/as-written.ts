/** What a node is in a view that leaves out what the compiler adds. */
import { Stmt } from '../ast/generated/index.js';
import type { Node } from '../ast/node.js';
import type { Subject } from './bindings.js';
import type { Search } from './matcher.js';

/** Through implicit casts and the like, unless the search shows these. */
export function asSeen<S extends Subject | null | undefined>(subject: S, { view }: Search): S | Node {
  if (!(subject instanceof Stmt) || view?.implicit) return subject;
  let at: Node = subject;
  for (const look = at.tu.view(view); !look.shows(at.index); ) {
    const inner = at.childrenIn(view).find((child) => child instanceof Stmt);
    if (!inner) break;
    at = inner;
  }
  return at;
}
