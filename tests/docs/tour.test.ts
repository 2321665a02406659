import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

function node(...args: string[]): string {
  const env = { ...process.env, FORCE_COLOR: '', NO_COLOR: '' };
  return execFileSync(process.execPath, args, { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

test('the tour is plain text off a terminal, and the commands it ends with work', { timeout: 180_000 }, () => {
  const printed = node('--import', 'tsx', 'tour/tour.ts', '--once');
  expect(printed).not.toContain('\u001b');
  expect(printed).toContain('── sqlite3.c ─');
  expect(printed).toMatch(/^ {2}nodes +\d{3},\d{3} /m);
  const commands = [...printed.matchAll(/^ +npx (cmonster|mrhooker) (.*)$/gm)];
  expect(commands).toHaveLength(3);
  for (const [line, tool, rest] of commands) {
    const words = [...(rest as string).matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    expect(node(`packages/${tool}/bin/${tool}.js`, ...words), line).not.toBe('');
  }
});
