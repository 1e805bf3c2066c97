// Every route, in both languages, both widths and both themes: axe finds nothing, nothing overflows,
// nothing is logged as an error, nothing leaves the origin. A page is loaded once and then turned dark:
// a theme changes colours and nothing else, so there only the rules that look at colours run again.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, open, overflow, routes, visit, type Role, type Watched } from './browser';
import { VIEWS, violations } from './look';

const EXPECTED_404 = /NO-SUCH-CIRCUIT/;
/** The operations centre has some twenty pages. */
const PAGES_MS = 300_000;
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function check(watched: Watched, path: string, width: number): Promise<void> {
  await visit(watched.page, path);
  expect(await violations(watched.page), path).toEqual([]);
  expect(await overflow(watched.page, width), `${path} overflows`).toBe(0);
  expect(watched.faults.filter((fault) => !EXPECTED_404.test(fault)), path).toEqual([]);
}

describe.each(VIEWS)('$lang $width', (view) => {
  it.each(['noc', 'customer', 'admin'] as Role[])('%s pages', async (role) => {
    const watched = await open(browser, role, view);
    for (const path of await routes(watched.context, role)) await check(watched, path, view.width);
    await watched.context.close();
  }, PAGES_MS);

  it('open layers of the operations centre', async () => {
    const watched = await open(browser, 'noc', view);
    const { page } = watched;
    await visit(page, '/noc/alarms');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    expect(await violations(watched.page), 'palette').toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    expect(await violations(watched.page), 'help').toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('header details > summary').click();
    expect(await violations(watched.page), 'menu').toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('f');
    await page.locator('.form select').first().waitFor();
    expect(await violations(watched.page), 'filter').toEqual([]);
    expect(await overflow(page, view.width), 'filter overflows').toBe(0);
    await page.keyboard.press('a');
    expect(await page.getByRole('dialog').count(), 'letters in a form are text').toBe(0);
    await page.keyboard.press('Escape');
    await page.getByRole('grid').focus();
    await page.keyboard.press('a');
    await page.getByRole('dialog').waitFor();
    expect(await violations(watched.page), 'acknowledge').toEqual([]);
    expect(watched.faults).toEqual([]);
    await watched.context.close();
  });

  it('pages without a session', async () => {
    const watched = await open(browser, null, view);
    for (const path of ['/', '/login', '/login?setup']) await check(watched, path, view.width);
    for (const path of ['/noc', '/portal']) {
      const answer = await watched.page.goto(new URL(path, watched.page.url()).href);
      expect(answer?.status()).toBe(200);
      await watched.page.locator('main h1').first().waitFor();
      expect((await watched.page.locator('main').first().innerText()).trim()).not.toBe('');
    }
    expect(watched.faults).toEqual([]);
    await watched.context.close();
  });
});
