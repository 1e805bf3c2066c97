// What an operator and a customer do, with the keyboard where there is one.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE, firstOf, launch, open, visit } from './browser';
import { violations } from './look';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

describe('operator', () => {
  it('finds the worst alarm, reads its impact, acknowledges with a note and undoes it, by keyboard', async () => {
    const { page, context, faults } = await open(browser, 'noc');
    await visit(page, '/noc/alarms?ack=false');
    const grid = page.getByRole('grid');
    expect(Number(await grid.getAttribute('aria-rowcount'))).toBeGreaterThan(1);
    await page.keyboard.press('j');
    await grid.focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary');
    await panel.getByRole('heading').first().waitFor();
    expect(page.url()).toContain('open=');
    const id = new URL(page.url()).searchParams.get('open');
    await page.keyboard.press('a');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('seen by the browser test');
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(async () => ((await (await context.request.get(`${BASE}/api/v1/alarms/${id}`)).json()) as { acknowledged: { note: string } | null }).acknowledged?.note).toBe('seen by the browser test');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => ((await (await context.request.get(`${BASE}/api/v1/alarms/${id}`)).json()) as { acknowledged: unknown }).acknowledged).toBeNull();
    await page.keyboard.press('Escape');
    expect(page.url()).not.toContain('open=');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('keeps its rows few, its row numbers right and its severity in words', async () => {
    const { page, context } = await open(browser, 'noc');
    await visit(page, '/noc/alarms');
    const rows = page.locator('[role=row][aria-rowindex]');
    expect(await rows.count()).toBeLessThanOrEqual(60);
    const numbers = await rows.evaluateAll((list) => list.map((row) => Number(row.getAttribute('aria-rowindex'))));
    expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 1) + i));
    expect(await rows.nth(1).innerText()).toMatch(/Critical|Major|Minor|Warning|Indeterminate/);
    await context.close();
  });

  it('letters do nothing while an input method composes or in an input', async () => {
    const { page, context } = await open(browser, 'noc');
    await visit(page, '/noc/alarms');
    await page.evaluate(() => dispatchEvent(new KeyboardEvent('keydown', { key: '?', isComposing: true, bubbles: true })));
    await page.keyboard.press('/');
    await page.keyboard.type('?p');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await page.getByRole('searchbox').inputValue()).toBe('?p');
    await context.close();
  });

  it('holds the order under the pointer', async () => {
    const { page, context } = await open(browser, 'noc');
    // Of one severity, an acknowledged alarm goes below the others.
    await visit(page, '/noc/alarms?severity=3');
    const ids = await page.locator('[role=row][aria-rowindex]').evaluateAll((rows) => rows.slice(1, 4).map((row) => row.id));
    const [first = '', , third = ''] = ids;
    await page.locator(`#${third}`).hover();
    const before = (await page.locator(`#${third}`).boundingBox())?.y;
    // Somebody else acknowledges the first row: it would move down.
    const acknowledge = (method: 'post' | 'delete') => context.request[method](`${BASE}/api/v1/alarms/${first.replace('alarm-', '')}/ack`, { data: { note: '' }, headers: { 'X-Linesman': '1', Origin: BASE } });
    expect((await acknowledge('post')).status()).toBe(204);
    await page.getByRole('button', { name: /moved/ }).waitFor();
    expect((await page.locator(`#${third}`).boundingBox())?.y).toBe(before);
    await page.keyboard.press('.');
    await page.getByRole('button', { name: /moved/ }).waitFor({ state: 'detached' });
    // It may have gone below the rows that are drawn.
    await expect.poll(() => page.locator('[role=row][aria-rowindex="2"]').getAttribute('id')).not.toBe(first);
    expect((await acknowledge('delete')).status()).toBe(204);
    await context.close();
  });

  it('reads a circuit: path named, ribbon by keys, ledger that adds up', async () => {
    const { page, context } = await open(browser, 'noc');
    const code = await firstOf(context, '/circuits?limit=1', 'code');
    await visit(page, `/noc/circuits/${encodeURIComponent(code)}?rows=all`);
    expect(await page.getByRole('img', { name: /A-end .* Z-end/ }).count()).toBeGreaterThan(0);
    const ribbon = page.getByRole('slider');
    await ribbon.focus();
    const last = await ribbon.getAttribute('aria-valuetext');
    await page.keyboard.press('ArrowLeft');
    expect(await ribbon.getAttribute('aria-valuetext')).not.toBe(last);
    await page.getByRole('meter').first().waitFor();
    const ledger = (await (await context.request.get(`${BASE}/api/v1/circuits/${encodeURIComponent(code)}/ledger?period=${new Date().toISOString().slice(0, 7)}`)).json()) as { intervals?: { start: string; end: string }[] };
    for (const [i, interval] of (ledger.intervals ?? []).entries()) {
      const next = ledger.intervals?.[i + 1];
      if (next !== undefined) expect(interval.end).toBe(next.start);
    }
    await context.close();
  });

  it('puts what was measured beside the alarms, and says what makes the difference', async () => {
    const { page, context, faults } = await open(browser, 'noc');
    const code = await firstOf(context, '/circuits?limit=1', 'code');
    const path = `/circuits/${encodeURIComponent(code)}`;
    const period = new Date().toISOString().slice(0, 7);
    const at = (minute: number) => new Date(Date.parse(`${period}-01T00:00:00Z`) + minute * 60_000).toISOString();
    const numbers = { stepS: 900, oneWay: false, availability: 99.5, availabilityByAlarms: 100, completeness: 98.2, comparedMs: 2_700_000, unavailableMs: 903_000, downMs: 0, moreMs: 903_000, lessMs: 0, gapMs: 900_000, gapDownMs: 0, silentMs: 0, silentUnavailableMs: 0, differing: 3 };
    const differences = [{ start: at(0), end: at(15), unavailableMs: 900_000, downMs: 0 }, { start: at(60), end: at(75), unavailableMs: 3_000, downMs: 0 }];
    const explain = { zh: '差异', en: 'The difference of 903 s is above the limit of 60 s.' };
    await page.route(`**/api/v1${path}/sla/performance?**`, (route) => route.fulfill({ json: { circuitCode: code, asOf: at(90), limitMs: 60_000, over: true, explain, measured: { ...numbers, differences } } }));
    await visit(page, `/noc${path}`);
    const card = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Measured performance beside alarms' }) });
    await card.getByText(explain.en).waitFor();
    expect(await card.getByRole('row').count()).toBe(3);
    expect(await card.getByRole('row').nth(2).innerText()).toContain('+3 s');
    await card.getByText('1 more are not listed.').waitFor();
    expect(await violations(page), 'differences').toEqual([]);
    // What was never measured has a sentence and no figures.
    await page.unrouteAll();
    await visit(page, `/noc${path}`);
    await card.locator('p').first().waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('finds a circuit with the palette', async () => {
    const { page, context } = await open(browser, 'noc');
    const code = await firstOf(context, '/circuits?limit=1', 'code');
    await visit(page, '/noc/alarms');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill(code);
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/noc/circuits/${encodeURIComponent(code)}`);
    await context.close();
  });
});

describe('customer', () => {
  it('signs in with the form and lands on the portal', async () => {
    const { page, context } = await open(browser, null);
    const [login = '', password = ''] = (process.env['LINESMAN_CUSTOMER'] ?? 'customer:demo').split(':');
    await visit(page, '/login');
    await page.getByLabel('Login', { exact: true }).fill(login);
    await page.getByLabel('Password').fill('wrong-password');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Login or password is wrong.').waitFor();
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL('**/portal');
    await page.locator('main article, main li').first().waitFor();
    await context.close();
  });

  it('cannot see the operations centre', async () => {
    const { page, context } = await open(browser, 'customer');
    await page.goto(`${BASE}/noc`);
    await page.waitForURL('**/portal');
    for (const path of ['/alarms', '/circuits', '/sources', '/faults', '/customers']) {
      expect((await context.request.get(`${BASE}/api/v1${path}`)).status(), path).toBe(403);
    }
    await context.close();
  });

  it('changes the language without a reload', async () => {
    const { page, context } = await open(browser, 'customer');
    await visit(page, '/portal');
    await page.evaluate(() => ((window as unknown as { kept: boolean }).kept = true));
    await page.locator('header details > summary').click();
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('heading', { name: '我的电路' }).waitFor();
    expect(await page.evaluate(() => [document.documentElement.lang, (window as unknown as { kept: boolean }).kept])).toEqual(['zh-CN', true]);
    await context.close();
  });
});
