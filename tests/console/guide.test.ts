// What the guide "Your first service" has a person do in the page: with its service, its code gives a result, and its types are there.
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { blocksOf } from '../docs/markdown.js';
import { goAndWait, latestRun, openBrowser, openPage, write } from './support/browser.js';
import { startSite } from './support/site.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the first service is called in the page, as its guide says', { timeout: 180_000 }, async () => {
  const guide = readFileSync(join(root, 'docs/guides/first-service.md'), 'utf8');
  const service = blocksOf(guide).find(({ file }) => file === 'disk.ts')?.text ?? '';
  const code = /^## Call it in the console$[\s\S]*?^```\n([\s\S]*?)^```$/m.exec(guide)?.[1] ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'guide-test-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'disk.ts'), service);
  const [site, browser] = await Promise.all([startSite(), openBrowser()]);
  try {
    await site.agent('mill', join(folder, 'disk.ts'));
    const { page } = await openPage(browser, site.url);
    expect(await page.locator('.chosen-name').textContent()).toContain('mill');
    await write(page, code);
    await goAndWait(page);
    expect(await latestRun(page).getByText('used').count()).toBeGreaterThan(0);
    // Until the new code has been looked at, the word is of the first one, which asks this agent for what it has not.
    await expect.poll(() => page.locator('.bar-status').textContent(), { timeout: 20_000 }).toBe('');
    await write(page, 'await agent.disk.usage({ path: 1 })');
    await page.getByRole('status').getByText('1 type error').waitFor();
    await write(page, 'agent.disk.us');
    await page.keyboard.type('a');
    await page.locator('.cm-completionLabel').getByText('usage', { exact: true }).waitFor();
  } finally {
    await browser.close();
    await site.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
