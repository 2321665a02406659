// Chromium, as Debian has it, driven through playwright-core.
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';

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

/** The newest run. */
export function latestRun(page: Page): Locator {
  return page.locator('.results [aria-live] article.run');
}

/** Runs what is in the box, and waits until the newest run says this. */
export async function goAndWait(page: Page, state = 'done'): Promise<void> {
  const before = (await latestRun(page).count()) > 0 ? await latestRun(page).getAttribute('data-run') : '';
  await page.getByRole('button', { name: 'Go!' }).click();
  await page.locator(`.results [aria-live] article.run:not([data-run="${before}"])`).waitFor();
  await waitForState(page, state);
}

export async function waitForState(page: Page, state: string): Promise<void> {
  await page.locator(`.results [aria-live] article.run[data-state="${state}"]`).waitFor();
}
