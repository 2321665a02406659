/** From Go! in a browser to the first result on the page, through the whole path: sandbox, sealed context, XMPP, agent, commit, channel. */
import { fileURLToPath } from 'node:url';
import { goAndWait, openBrowser, openPage, write } from '../../tests/console/support/browser.js';
import { startSite } from '../../tests/console/support/site.js';
import type { Report } from '../report.js';

const group = 'The console';

/** In the page: presses Go!, and says how long it takes until the outcome's value is drawn. */
const once = `new Promise((resolve) => {
  const shown = () => document.querySelectorAll('.results [aria-live] article.run pre.text').length;
  const id = () => document.querySelector('.results [aria-live] article.run')?.dataset.run;
  const before = id();
  const observer = new MutationObserver(() => {
    if (id() === before || shown() === 0) return;
    observer.disconnect();
    resolve(performance.now() - begun);
  });
  observer.observe(document.querySelector('.results'), { subtree: true, childList: true, characterData: true });
  const begun = performance.now();
  document.querySelector('.go').click();
})`;

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
      times.push((await page.evaluate(once)) as number);
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
