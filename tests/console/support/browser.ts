// Chromium, as Debian has it, driven through playwright-core.
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

export function openBrowser(): Promise<Browser> {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
    existsSync(path),
  );
  return chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox', '--disable-gpu'] });
}

export interface OpenPage {
  page: Page;
  context: BrowserContext;
  /** What the page complained of: errors, and what its policy forbade. */
  complaints: string[];
}

/** A page of a person of its own. */
export async function openPage(
  browser: Browser,
  url: string,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, colorScheme });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    // A failed request is told by the page itself.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, context, complaints };
}

/** Puts code into the box, as typing does. */
export async function write(page: Page, code: string): Promise<void> {
  const box = page.locator('.cm-content');
  await box.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(code);
}

/** Runs what is in the box, and waits until the newest run says this. */
export async function goAndWait(page: Page, state: string | RegExp = 'done'): Promise<void> {
  const before = await page.locator('article.run').count();
  await page.getByRole('button', { name: 'Go!' }).click();
  await page.waitForFunction((count) => document.querySelectorAll('article.run').length > count, before);
  await waitForState(page, state);
}

export async function waitForState(page: Page, state: string | RegExp): Promise<void> {
  const source = typeof state === 'string' ? `^${state}$` : state.source;
  await page.waitForFunction(
    (pattern) =>
      new RegExp(pattern).test((document.querySelector('article.run') as HTMLElement | null)?.dataset.state ?? ''),
    source,
  );
}
