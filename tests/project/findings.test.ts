/** Findings as text, JSON and SARIF; hidden by a baseline; of headers once; and changes on which configurations disagree. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workspace } from './workspace.js';

let space: Workspace;
beforeAll(() => {
  space = new Workspace({
    'a.c': '#include "h.h"\nint a(void) { return f(1); }\n',
    'b c.c': '#include "h.h"\n#define CALL(x) f(x)\nint b(void) { int é = CALL(2); return é + f(é); }\n',
    'h.h': 'int f(int);\nstatic inline int g(void) { return f(0); }\n',
    'calls.ts': `import { CallExpr, c, type TranslationUnit } from 'cmonster';
export default function (tu: TranslationUnit): void {
  for (const call of tu.find(CallExpr)) {
    const fixable = !call.beginLoc.isMacro;
    tu.report(call, 'a call', fixable ? { fix: () => call.replaceWith(c\`(\${call})\`) } : { severity: 'error' });
  }
}
`,
    'version.ts': `import { FunctionDecl, type TranslationUnit } from 'cmonster';
export default function (tu: TranslationUnit): void {
  const [text] = tu.preprocessor.macros.filter((macro) => macro.name === 'VERSION').map((macro) => macro.text);
  for (const f of tu.find(FunctionDecl, (f) => f.name === 'g')) f.insertBefore(\`// version \${text}\\n\`);
}
`,
  });
  space.write(
    'twice.c',
    'int f(int);\n#ifdef A\nint x(void) { return f(1); }\n#else\nint x(void) { return f(2); }\n#endif\n#ifdef B\nint y = sizeof(f(3));\n#endif\n',
  );
  space.write(
    'rename.ts',
    `import { FunctionDecl, type TranslationUnit } from 'cmonster';
export default function (tu: TranslationUnit): void {
  for (const f of tu.find(FunctionDecl, (f) => f.name === 'f').slice(0, 1)) f.name = 'half';
}
`,
  );
  space.database(['a.c', 'b c.c']);
});
afterAll(() => space.dispose());

const A = `a.c:2:22: warning: a call [calls]
    2 | int a(void) { return f(1); }
      |                      ^~~~
      |                      (   )
`;

describe('findings', { timeout: 300_000 }, () => {
  it('print as compilers print theirs', () => {
    const { status, stdout, stderr } = space.run('run', 'calls.ts');
    expect(stdout).toBe(`${A}b c.c:3:24: error: a call [calls]
    3 | int b(void) { int é = CALL(2); return é + f(é); }
      |                       ^~~~~~~
b c.c:2:9: note: expanded from macro 'CALL'
    2 | #define CALL(x) f(x)
      |         ^~~~
b c.c:3:45: warning: a call [calls]
    3 | int b(void) { int é = CALL(2); return é + f(é); }
      |                                           ^~~~
      |                                           (   )
`);
    expect(stderr).toBe('cmonster: 4 changes in 2 files, not written: --diff shows them, --write makes them\n');
    expect(status).toBe(0);
  });

  it('make --check fail, but for those that a baseline knows', () => {
    expect(space.run('run', 'calls.ts', '--check').status).toBe(4);
    expect(space.run('run', 'calls.ts', 'a.c', '--check', '--baseline', 'known.json').stderr).toContain(
      "there is no baseline '",
    );
    const update = space.run('run', 'calls.ts', 'a.c', '--baseline', 'known.json', '--update-baseline');
    expect(update.stderr).toContain('known.json now holds 1 finding\n');
    // What is known is not mended either.
    const known = space.run('run', 'calls.ts', 'a.c', '--check', '--baseline', 'known.json');
    expect([known.status, known.stderr]).toEqual([0, 'cmonster: 1 known finding hidden by the baseline\n']);
    space.write('a.c', `// a line more\n${space.read('a.c')}int more(void) { return f(1); }\n`);
    const { stdout, stderr } = space.run('run', 'calls.ts', 'a.c', '--check', '--baseline', 'known.json');
    space.write('a.c', '#include "h.h"\nint a(void) { return f(1); }\n');
    expect(stdout).toContain('a.c:4:25: warning: a call');
    expect(stdout).not.toContain('a.c:3:22');
    expect(stderr).toBe('cmonster: 2 changes in 1 file to make\ncmonster: 1 known finding hidden by the baseline\n');
  });

  it('of a header come once, and are fixed once', () => {
    const { stdout } = space.run('run', 'calls.ts', '--scope', 'user', '--editable', '*.h');
    expect(stdout.match(/^h\.h:2:36: warning: a call/gm)).toHaveLength(1);
  });

  it('say of a rename only what no configuration reached', () => {
    space.database([
      ['twice.c', '-DA'],
      ['twice.c', '-DNOT_A'],
    ]);
    const { stdout, stderr } = space.run('run', 'rename.ts');
    space.database(['a.c', 'b c.c']);
    expect(stderr).toContain('3 changes in 1 file, not written');
    expect(stdout.match(/^twice\.c:\d+:\d+: warning: .*/gm)).toEqual([
      "twice.c:8:16: warning: 'f' was left as it is: the preprocessor left this code out [rename]",
    ]);
  });

  it('are SARIF 2.1.0', () => {
    const { stdout, status } = space.run('run', 'calls.ts', '--sarif');
    const log = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(log).toMatchObject({ version: '2.1.0', $schema: expect.stringContaining('sarif-schema-2.1.0.json') });
    const [run] = log.runs;
    expect(run.tool.driver).toMatchObject({ name: 'cmonster', rules: [{ id: 'calls' }] });
    expect(run.results).toHaveLength(3);
    expect(run.results[2]).toMatchObject({
      ruleId: 'calls',
      ruleIndex: 0,
      level: 'warning',
      message: { text: 'a call' },
      // In UTF-16 code units, and a path as a URI.
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'b%20c.c', uriBaseId: 'ROOT' },
            region: { startLine: 3, startColumn: 43, endLine: 3, endColumn: 47 },
          },
        },
      ],
      partialFingerprints: { 'cmonster/v1': expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    expect(run.results[1].relatedLocations).toHaveLength(1);
    expect(run.results[1].fixes).toBeUndefined();
    expect(
      new Set(run.results.map((result: { partialFingerprints: object }) => JSON.stringify(result.partialFingerprints)))
        .size,
    ).toBe(3);
  });

  it('are JSON', () => {
    const { findings, edits } = JSON.parse(space.run('run', 'calls.ts', '--json').stdout);
    expect(findings.map(({ severity }: { severity: string }) => severity)).toEqual(['warning', 'error', 'warning']);
    expect(edits).toHaveLength(4);
  });
});

describe('configurations of one file', () => {
  it('merge where they agree, and are told where they do not', () => {
    space.database([['a.c', '-DVERSION=1'], ['a.c', '-DVERSION=1', '-DOTHER'], 'b c.c'].slice(0, 2) as string[][]);
    const agree = space.run('run', 'version.ts', '--diff', '--editable', '*.h');
    expect(agree.stdout).toContain('+// version 1\n');
    space.database([
      ['a.c', '-DVERSION=1'],
      ['b c.c', '-DVERSION=2'],
    ]);
    const before = space.read('h.h');
    const { status, stderr } = space.run('run', 'version.ts', '--write', '--editable', '*.h');
    expect(stderr).toContain('h.h: two translation units disagree about one place:\n');
    expect(stderr).toMatch(
      /h\.h:2:1 \(inserted there\) becomes "\/\/ version 1\\n"\n {4}insertBefore of FunctionDecl .*, seen from a\.c\n/,
    );
    expect(stderr).toMatch(/becomes "\/\/ version 2\\n"\n {4}insertBefore of FunctionDecl .*, seen from b c\.c\n/);
    expect(stderr).toContain('cmonster: nothing was written\n');
    expect({ status, text: space.read('h.h') }).toEqual({ status: 5, text: before });
  });
});
