/** What `--verify` and `--format` let through. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workspace } from './workspace.js';

const B = 'int twice(int x);\nint b(int x) { return twice(x); }\n';
let space: Workspace;
beforeAll(() => {
  space = new Workspace({
    'a.c': '#include "h.h"\nint a(void) { return half(4); }\n',
    'b.c': B,
    'h.h': 'static inline int half(int x) { return x / 2; }\n',
    'undeclared.ts': `import { FunctionDecl, type TranslationUnit } from 'cmonster';
export default function (tu: TranslationUnit): void {
  for (const f of tu.find(FunctionDecl, (f) => f.name === 'b')) f.body?.prepend('nowhere();');
}
`,
    'header.ts': `import { FunctionDecl, type TranslationUnit } from 'cmonster';
export default function (tu: TranslationUnit): void {
  for (const f of tu.find(FunctionDecl, (f) => f.name === 'half')) f.body?.prepend('int y=x ;');
}
`,
    'tests/c.c': '#include "../h.h"\nint c(void) { return half(2); }\n',
    'rename.ts': `import { FunctionDecl, type TranslationUnit } from 'cmonster';
export default function (tu: TranslationUnit): void {
  for (const f of tu.find(FunctionDecl, (f) => f.name === 'half')) f.name = 'halved';
}
`,
  });
  space.database(['a.c', 'b.c', 'tests/c.c']);
});
afterAll(() => space.dispose());

describe('cmonster run', () => {
  it('writes nothing that does not hold', () => {
    const { status, stderr } = space.run('run', 'undeclared.ts', '--write', '--verify');
    expect(stderr).toMatch(/b\.c:2:16: error: .*undeclared function 'nowhere'/);
    expect(stderr).toContain('cmonster: the changes do not hold in 1 file\n');
    expect(stderr).toContain('cmonster: nothing was written\n');
    expect({ status, text: space.read('b.c') }).toEqual({ status: 5, text: B });
  });

  it('lets clang-format at what changed, and looks at headers through those who include them', () => {
    const { status, stderr } = space.run('run', 'header.ts', '--write', '--verify', '--format', '--editable', '*.h');
    expect(stderr).toMatch(/^cmonster: \d changes in 1 file written\n$/);
    expect(space.read('h.h')).toContain('int y = x;');
    expect(status).toBe(0);
  });

  it('sees a header that goes by another name elsewhere', () => {
    const { status, stderr } = space.run('run', 'rename.ts', '--write', '--verify', '--editable', '*.h');
    expect(stderr).toBe('cmonster: 3 changes in 3 files written\n');
    expect(space.read('tests/c.c')).toContain('return halved(2);');
    expect(status).toBe(0);
  });
});
