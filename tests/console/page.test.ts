import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goAndWait, latestRun, type OpenPage, openBrowser, openPage, waitForState, write } from './support/browser.js';
import { end, type Site, startSite } from './support/site.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let site: Site;
let browser: Browser;
let opened: OpenPage;
let page: Page;
beforeAll(async () => {
  [site, browser] = await Promise.all([startSite(), openBrowser()]);
  opened = await openPage(browser, site.url);
  ({ page } = opened);
  // Nobody is there yet, and the page says how somebody gets there.
  await page.getByRole('heading', { name: 'No machine is here yet' }).waitFor();
  await page.getByText('igor enrol mill').waitFor();
  // It tells what it offers after the page has asked, and before the page hears that nothing was known.
  let asked = false;
  await page.route('**/api/types?agent=*', async (route) => {
    if (asked) return route.continue();
    asked = true;
    await page.waitForTimeout(1500);
    await route.fulfill({ status: 404, json: { error: { code: 'not-found', message: 'not yet' } } });
  });
  await site.agent('mill');
  await page.locator('.chosen-name').waitFor();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await site?.stop();
}, 60_000);

const option = (name: string) => page.locator(`[role=option][data-jid="${name}@localhost"]`);

describe('the page', { timeout: 120_000 }, () => {
  it('runs code, and shows what the last line is worth, with the calls it made', async () => {
    await write(
      page,
      'const info = await agent.system.info();\nshow([{ name: "a", n: 1 }, { name: "b", n: 2 }]);\ninfo.arch',
    );
    await goAndWait(page);
    const run = latestRun(page);
    expect(await run.locator('pre.text').last().textContent()).toBe('x64');
    expect(await run.getByRole('columnheader').allTextContents()).toEqual(['name', 'n']);
    await run.locator('.call[data-method="monsterlab.v1.System/Info"][data-status="ok"]').waitFor();
  });

  it('says where code is wrong, before and after it is run', async () => {
    await write(
      page,
      'const n: number = 1;\nconst text: string = await agent.system.info();\nthrow new RangeError("as written");',
    );
    await page.locator('.cm-lintRange-error').first().waitFor();
    await page.getByRole('status').getByText('1 type error').waitFor();
    await goAndWait(page, 'failed');
    const failure = latestRun(page).getByRole('alert');
    expect(await failure.textContent()).toContain('RangeError as written');
    await failure.getByRole('button', { name: 'line 3, column' }).click();
    expect(await page.locator('.cm-activeLine').textContent()).toContain('throw new');
    await write(page, 'let a = ;');
    await page.getByRole('button', { name: 'Go!' }).click();
    await page.getByRole('alert').getByText('This can’t run').waitFor();
  });

  it('says nothing of types as long as it does not know them', async () => {
    const { page: early, context } = await openPage(browser, 'about:blank');
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await early.route('**/api/types?agent=*', async (route) => {
      await held;
      await route.continue();
    });
    await early.goto(site.url);
    await early.locator('.chosen-name').waitFor();
    await write(early, 'const text: string = await agent.system.info();\nlet a = ;');
    await early.getByRole('status').getByText('1 type error').waitFor();
    release();
    await early.getByRole('status').getByText('2 type errors').waitFor();
    await context.close();
  });

  it('completes from what the agent offers, and explains it', async () => {
    await write(page, 'agent.system.');
    await page.keyboard.type('pro');
    await page.locator('.cm-completionLabel').getByText('processes', { exact: true }).waitFor();
    expect(await page.locator('.cm-completionInfo').textContent()).toContain('What runs on it.');
    // The editor takes no Enter for a choice that came up under the person's fingers.
    await page.waitForTimeout(300);
    await page.keyboard.press('Enter');
    await page.locator('.cm-line').getByText('agent.system.processes').waitFor();
    await page.keyboard.type('({ order: ');
    await page.keyboard.type("'");
    await page.locator('.cm-completionLabel').getByText('BY_MEMORY').waitFor();
    await page.keyboard.press('Escape');
  });

  it('draws a stream while it comes, and stops it', async () => {
    await write(page, 'for await (const { time, cpu } of agent.system.load({ interval: 100 })) show({ time, cpu });');
    await page.keyboard.press('Control+Enter');
    await latestRun(page).locator('.lines canvas').waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).first().click();
    await waitForState(page, 'stopped');
    await latestRun(page).locator('.call[data-status="canceled"]').waitFor();
  });

  it('goes on after a reload in the middle, without loss', async () => {
    await write(
      page,
      'for (let n = 0; n < 30; n++) { console.log("line", n); await sleep(100); }\nawait agent.system.info();\n"over"',
    );
    await page.getByRole('button', { name: 'Go!' }).click();
    await page.getByText('line 4', { exact: true }).waitFor();
    await page.reload();
    await waitForState(page, 'done');
    const lines = await latestRun(page).locator('.log').allTextContents();
    expect(lines.map((line) => line.trim())).toEqual(Array.from({ length: 30 }, (_, n) => `line ${n}`));
    expect(await latestRun(page).locator('pre.text').last().textContent()).toBe('over');
    // What stood in the box is there, too, and no errors in it that come from types that were not there yet.
    expect(await page.locator('.cm-content').textContent()).toContain('n < 30');
    await page.waitForTimeout(2000);
    await expect.poll(() => page.locator('.bar-status').textContent(), { timeout: 20_000 }).toBe('');
  });

  it('shows very large values and very many, and goes on after them', async () => {
    await write(
      page,
      "show('x'.repeat(3e6)); show(new Uint8Array(5e6)); show(Array.from({ length: 100_000 }, (_, i) => ({ i, root: Math.sqrt(i) })));",
    );
    await goAndWait(page);
    await latestRun(page)
      .getByText(/characters? (more|in all)|of 3,000,000|3,000,000/)
      .first()
      .waitFor();
    await write(page, "for (let i = 0; i < 9000; i++) i % 2 ? show({ i }) : console.log('line', i);");
    await goAndWait(page);
    await latestRun(page).getByText('line 8998', { exact: true }).waitFor();
    expect(await latestRun(page).locator('.log').count()).toBeLessThan(1000);
    await latestRun(page).getByRole('button', { name: '8700 earlier' }).click();
    await write(page, '"still here"');
    await goAndWait(page);
    await page.reload();
    await latestRun(page).getByText('still here').waitFor();
  });

  it('finds runs again, by the history and by a link', async () => {
    await page.getByRole('button', { name: 'History' }).click();
    const dialog = page.getByRole('dialog', { name: 'History' });
    await dialog.getByRole('searchbox').fill('columns nowhere');
    await dialog.getByText('None matches.').waitFor();
    await dialog.getByRole('searchbox').fill('info.arch');
    const before = await latestRun(page).getAttribute('data-run');
    await dialog.getByRole('button', { name: 'Run again' }).first().click();
    await page.locator(`.results [aria-live] article.run:not([data-run="${before}"])`).waitFor();
    await waitForState(page, 'done');
    const id = await latestRun(page).getAttribute('data-run');
    const other = await openPage(browser, `${site.url}/run/${id}`);
    await other.page.locator(`article.run[data-run="${id}"][data-state="done"]`).waitFor();
    expect(await other.page.locator('.cm-content').textContent()).toContain('info.arch');
    expect(other.complaints).toEqual([]);
    await other.context.close();
  });

  it('shows agents that come, die and come again', async () => {
    await page.locator('.picker-button').click();
    await option('mill').waitFor();
    const windmill = await site.agent('windmill');
    await option('windmill').and(page.locator('[data-available=true]')).waitFor();
    // Without a word: its connection breaks.
    await end(windmill, 'SIGKILL');
    const died = performance.now();
    await option('windmill').and(page.locator('[data-available=false]')).waitFor();
    expect(performance.now() - died).toBeLessThan(10_000);
    await site.agent('windmill');
    await option('windmill').and(page.locator('[data-available=true]')).waitFor();
  });

  it('is used by keyboard: several agents are chosen, and asked together', async () => {
    const search = page.getByRole('combobox', { name: 'find an agent' });
    await search.fill('wind');
    await page.keyboard.press('Control+Enter');
    expect(await option('windmill').getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Escape');
    expect(
      await page.locator('.picker-button').evaluate((button) => button === button.ownerDocument.activeElement),
    ).toBe(true);
    await write(
      page,
      'const all = await agents.gather((a) => a.system.info());\nall.map(({ agent, value, error }) => ({ agent, os: value?.os ?? error?.code }))',
    );
    await goAndWait(page);
    const rows = await latestRun(page).locator('tbody tr').allTextContents();
    expect(rows.map((row) => row.split('@')[0])).toEqual(['mill', 'windmill']);
  });

  it('says how the code box is left, in which Tab indents', async () => {
    const box = page.locator('.cm-content');
    const keys = page.locator(`#${await box.getAttribute('aria-describedby')}`);
    expect(await keys.textContent()).toContain('Esc Tab leaves the box');
    await box.focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Go!');
  });

  it.each(['light', 'dark'] as const)('has nothing that axe objects to: %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe);
    const found = async (): Promise<string[]> => {
      const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
        "axe.run(document, { resultTypes: ['violations'] })",
      );
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    };
    await write(
      page,
      'console.warn("w"); show({ x: 1, y: 4 }, { as: "chart" }); show([{ a: 1 }, { a: 2 }]); agent.system.info();',
    );
    await goAndWait(page);
    expect(await found()).toEqual([]);
    await page.locator('.picker-button').click();
    expect(await found()).toEqual([]);
    await page.keyboard.press('Escape');
    for (const name of ['Gallery', 'History']) {
      await page.getByRole('button', { name }).click();
      await page.getByRole('dialog', { name }).locator('li').first().waitFor();
      expect(await found()).toEqual([]);
      await page.keyboard.press('Escape');
    }
  });

  it('keeps to its policy', () => {
    expect(opened.complaints).toEqual([]);
  });
});
