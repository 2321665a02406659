import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { goAndWait, latestRun, type OpenPage, openBrowser, openPage, write } from './support/browser.js';
import { type Site, startSite } from './support/site.js';

// Two instances behind the gateway, and two people.
let site: Site;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([startSite(['--instances', '2']), openBrowser()]);
  await site.agent('mill');
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await site?.stop();
}, 60_000);

async function signIn({ page }: OpenPage, name: string, password: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

it('two people at two instances: each sees what is theirs, and may do what their role says', {
  timeout: 180_000,
}, async () => {
  expect(site.password).toMatch(/^\w{5}(-\w{5}){3}$/);
  const admin = await openPage(browser, site.url);
  await signIn(admin, 'admin', 'wrong password');
  await admin.page.getByRole('alert').getByText('the name or the password is wrong').waitFor();
  await signIn(admin, 'admin', site.password!);
  await admin.page.locator('.chosen-name').waitFor();

  // An account for somebody else.
  await admin.page.getByRole('button', { name: 'admin' }).click();
  await admin.page.getByRole('menuitem', { name: 'Accounts' }).click();
  await admin.page.getByLabel('name of a new account').fill('ada');
  await admin.page.getByRole('button', { name: 'Add' }).click();
  const password = await admin.page.locator('.password').textContent();
  await admin.page.keyboard.press('Escape');

  const ada = await openPage(browser, site.url);
  await signIn(ada, 'ada', password!);
  await ada.page.locator('.chosen-name').waitFor();

  await write(admin.page, 'const { hostname } = await agent.system.info(); "for admin"');
  await write(ada.page, 'const { hostname } = await agent.system.info(); "for ada"');
  await Promise.all([goAndWait(admin.page), goAndWait(ada.page)]);
  expect(await latestRun(admin.page).textContent()).toContain('for admin');
  expect(await ada.page.locator('article.run').count()).toBe(1);
  expect(await latestRun(ada.page).textContent()).toContain('for ada');

  // Nobody listens to somebody else's page, signed in or not.
  const channel = await admin.page.evaluate("sessionStorage.getItem('channel admin')");
  const listen = `fetch('/igor/channels/${channel}').then(({ status }) => status)`;
  expect(await ada.page.evaluate(listen)).toBe(403);
  expect((await fetch(`${site.url}/igor/channels/${channel}`)).status).toBe(403);
  expect((await fetch(`${site.url}/igor/channels/agents`)).status).toBe(403);
  expect((await fetch(`${site.url}/igor/channels/console-audit`)).status).toBe(403);

  // A role that was taken away takes the session with it.
  const role =
    "fetch('/api/accounts/ada', { method: 'POST', headers: { 'content-type': 'application/json', 'x-console-csrf': JSON.parse(document.querySelector('#boot').textContent).csrf }, body: JSON.stringify({ role: 'see' }) }).then(({ status }) => status)";
  expect(await ada.page.evaluate(role)).toBe(403);
  expect(await admin.page.evaluate(role)).toBe(200);
  await ada.page.reload();
  await signIn(ada, 'ada', password!);
  await ada.page.locator('.chosen-name').waitFor();
  expect(await ada.page.getByRole('button', { name: 'Go!' }).isDisabled()).toBe(true);

  await admin.page.getByRole('button', { name: 'admin' }).click();
  await admin.page.getByRole('menuitem', { name: 'Audit log' }).click();
  const audit = admin.page.getByRole('dialog', { name: 'Audit log' });
  for (const words of ['failed to sign in', 'added an account', 'for ada', 'changed a role']) {
    await audit.getByText(words).first().waitFor();
  }
  expect([...admin.complaints, ...ada.complaints]).toEqual([]);
});
