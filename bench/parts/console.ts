/** From Go! in a browser to the first result on the page, through the whole path: sandbox, sealed context, XMPP, agent, commit, channel. */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { goAndWait, openBrowser, openPage, write } from '../../tests/console/support/browser.js';
import { startSite } from '../../tests/console/support/site.js';
import type { Report } from '../report.js';

const group = 'The console';

/** In the page: waits for a press of Go!, and says how long it takes from then until the outcome's value is drawn. */
const nextResult = `(() => {
  const shown = () => document.querySelectorAll('.results [aria-live] article.run pre.text').length;
  const id = () => document.querySelector('.results [aria-live] article.run')?.dataset.run;
  const before = id();
  let pressed;
  document.querySelector('.go').addEventListener('click', (event) => { pressed = event.timeStamp; }, { once: true, capture: true });
  globalThis.result = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (id() === before || shown() === 0) return;
      observer.disconnect();
      resolve(performance.now() - pressed);
    });
    observer.observe(document.querySelector('.results'), { subtree: true, childList: true, characterData: true });
  });
})()`;

/** As a person does it: the mouse comes, in steps of a frame, and is pressed. */
async function press(page: Page): Promise<void> {
  const { x, y, width, height } = (await page.locator('.go').boundingBox())!;
  for (let step = 10; step >= 0; step--) {
    await page.mouse.move(x + width / 2 + step * 20, y + height / 2 + step * 20);
    await page.waitForTimeout(16);
  }
  await page.mouse.down();
  await page.mouse.up();
}

export async function measureConsole(report: Report, rounds: number): Promise<void> {
  const site = await startSite();
  const browser = await openBrowser().catch(() => undefined);
  try {
    if (!browser) return report.skip(group, 'Go! to first result', 'there is no Chromium');
    await site.agent('mill', fileURLToPath(new URL('../calls/console-agent.mjs', import.meta.url)));
    const { page } = await openPage(browser, site.url);
    await page.locator('.chosen-name').waitFor();
    await write(page, "(await agent.echo.say({ text: 'hello' })).text");
    await goAndWait(page);
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await page.evaluate(nextResult);
      await press(page);
      times.push((await page.evaluate('result')) as number);
      // A person reads; and the next thread gets ready.
      await page.waitForTimeout(600);
    }
    times.sort((a, b) => a - b);
    const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
    report.add({
      group,
      what: 'Go! to first result in Chromium, p50',
      subject: 'loopback',
      measured: at(0.5),
      unit: 'ms',
      asked: { atMost: 30, ambition: 5 },
      note: `least ${times[0]!.toFixed(1)} ms, p90 ${at(0.9).toFixed(1)} ms, ${rounds} runs; calls synced to disk`,
    });
  } finally {
    await browser?.close();
    await site.stop();
  }
}
