// What people work through: many alarms at once, named views, promises at risk, what was put aside,
// tickets that a person settles, and what the server refuses, in the viewer's words.
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE, firstOf, LANGS, launch, open, overflow, read, settled, visit } from './browser';
import { VIEWS, violations } from './look';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** Something that is no message: the server puts it aside with its reason. */
async function strangeMessage(text: string): Promise<void> {
  const answer = await fetch(`${BASE}/soap/CnmForTransport`, { method: 'POST', headers: { 'Content-Type': 'text/xml' }, body: text });
  expect(answer.status).toBeGreaterThanOrEqual(400);
}
/** The page is told that a ticket's outcome is unknown. */
async function pretendUnknown(page: Page, id: string): Promise<void> {
  await page.route(`**/api/v1/tickets/${encodeURIComponent(id)}`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), state: 'unknown', sheetNo: '' } });
  });
}

describe('many alarms', () => {
  it('are marked by keys, acknowledged with one note, and taken back', async () => {
    const { page, context, faults } = await open(browser, 'noc');
    await visit(page, '/noc/alarms?ack=false&causes=no');
    await page.getByRole('grid').focus();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Shift+X');
    const bar = page.getByRole('group', { name: 'Selected alarms' });
    await bar.getByText('3 selected').waitFor();
    const marked = await page.locator('[role=row][aria-selected=true]').evaluateAll((rows) => rows.map((row) => Number(row.id.replace('alarm-', ''))));
    expect(marked.length).toBe(3);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('a');
    const dialog = page.getByRole('dialog', { name: 'Acknowledge 3 alarms' });
    await dialog.getByLabel('Note').fill('crew is on its way');
    await page.keyboard.press('Control+Enter');
    await page.getByText('3 alarms acknowledged.').waitFor();
    for (const id of marked) {
      const alarm = await read<{ acknowledged: { by: string; note: string } | null }>(context, `/alarms/${id}`);
      expect([alarm.acknowledged?.by, alarm.acknowledged?.note]).toEqual(['noc', 'crew is on its way']);
    }
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByText('3 alarms are no longer acknowledged.').waitFor();
    for (const id of marked) expect((await read<{ acknowledged: unknown }>(context, `/alarms/${id}`)).acknowledged).toBeNull();
    expect(await bar.count(), 'the marks are gone').toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('can be marked by hand, and Esc lets them go before it closes the panel', async () => {
    const { page, context } = await open(browser, 'noc');
    await visit(page, '/noc/alarms?causes=no');
    await page.locator('[role=row][aria-rowindex="2"] [role=gridcell]').nth(1).click();
    await page.waitForURL(/open=/);
    for (const row of [2, 4]) await page.locator(`[role=row][aria-rowindex="${row}"] input[type=checkbox]`).click();
    await page.getByText('2 selected').waitFor();
    await page.getByRole('grid').focus();
    await page.keyboard.press('Escape');
    await page.getByText('2 selected').waitFor({ state: 'detached' });
    expect(page.url()).toContain('open=');
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.searchParams.has('open'));
    await context.close();
  });
});

it('a view is named, kept, chosen and deleted', async () => {
  const { page, context, faults } = await open(browser, 'noc');
  await visit(page, '/noc/alarms?severity=1&q=LOS');
  const views = page.getByText('Views', { exact: true });
  await views.click();
  expect(await violations(page)).toEqual([]);
  await page.getByLabel('Name for the present filter').fill('night');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'night', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Unacknowledged', exact: true }).click();
  await page.waitForURL('**/noc/alarms?ack=false');
  await page.reload();
  await settled(page);
  await views.click();
  await page.getByRole('button', { name: 'night', exact: true }).click();
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ severity: '1', q: 'LOS' });
  await views.click();
  await page.getByRole('button', { name: 'Delete view night' }).click();
  expect(await page.getByRole('button', { name: 'night', exact: true }).count()).toBe(0);
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => localStorage.getItem('linesman.views.noc'))).toBeNull();
  expect(faults).toEqual([]);
  await context.close();
});

it('promises at risk are listed as the server orders them, by customer too, and lead to the circuit', async () => {
  const { page, context, faults } = await open(browser, 'noc');
  type Urgent = { items: { code: string; customerNo: string }[]; breached: number; atRisk: number };
  await expect.poll(async () => (await read<Urgent>(context, '/sla/urgent')).breached, { timeout: 100_000 }).toBeGreaterThan(0);
  await visit(page, '/noc/alarms');
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.waitForURL('**/noc/sla');
  await page.getByRole('button', { name: /^Breached/ }).click();
  await settled(page);
  const told = await read<Urgent>(context, '/sla/urgent?state=breached&limit=100');
  const [first] = told.items;
  if (first === undefined) throw new Error('no promise is broken');
  const link = page.locator('tbody a.mono').first();
  expect(told.items.map((one) => one.code)).toContain(await link.innerText());
  await page.getByLabel('Customer number').fill(first.customerNo);
  await page.keyboard.press('Tab');
  await page.waitForURL(/customer=/);
  await settled(page);
  const own = await read<Urgent>(context, `/sla/urgent?state=breached&customer=${encodeURIComponent(first.customerNo)}`);
  expect(await page.locator('tbody tr').count()).toBe(own.items.length);
  await link.click();
  await page.waitForURL('**/noc/circuits/**');
  expect(faults).toEqual([]);
  await context.close();
});

it('what was put aside is found, read and saved', async () => {
  const { page, context, faults } = await open(browser, 'noc');
  const mark = `<odd>${process.pid} 不是报文</odd>`;
  await strangeMessage(mark);
  await expect.poll(async () => (await read<{ items: unknown[] }>(context, '/quarantine?kind=message')).items.length).toBeGreaterThan(0);
  await visit(page, '/noc/quarantine');
  await page.getByRole('button', { name: 'Message', exact: true }).click();
  await page.waitForURL('**/noc/quarantine?kind=message');
  await settled(page);
  const reason = page.locator('tbody button.link').first();
  await reason.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Quarantine no\./ }).waitFor();
  await page.locator('pre').waitFor();
  expect(await page.locator('pre').innerText()).toContain('<');
  expect(await violations(page)).toEqual([]);
  const [bytes] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^Download/ }).click()]);
  expect((await readFile(await bytes.path())).length).toBeGreaterThan(0);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  expect((await readFile(await file.path(), 'utf8')).split('\r\n')[0]).toContain('Reason');
  await page.getByLabel('From', { exact: true }).fill('nobody');
  await page.keyboard.press('Tab');
  await page.getByText('Nothing of this kind and sender was put aside.').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

describe('a ticket of unknown outcome', () => {
  it('is settled by what a person found', async () => {
    const { page, context, faults } = await open(browser, 'noc');
    const id = await firstOf(context, '/tickets?limit=1', 'alarmId');
    await pretendUnknown(page, id);
    const sent: unknown[] = [];
    await page.route('**/settle', (route) => (sent.push(route.request().postDataJSON()), route.fulfill({ status: 202 })));
    await visit(page, `/noc/tickets/${encodeURIComponent(id)}`);
    const begin = page.getByRole('button', { name: 'Settle…' });
    await begin.click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Settle', exact: true }).isDisabled(), 'nothing is chosen').toBe(true);
    await dialog.getByLabel('EOMS has it under a number').check();
    await dialog.getByRole('button', { name: 'Settle', exact: true }).click();
    await dialog.getByText('Give the number that EOMS shows').waitFor();
    await dialog.getByLabel('Sheet').fill(' GD-051-1 ');
    await page.keyboard.press('Enter');
    await page.getByText('The ticket is settled.').waitFor();
    await begin.click();
    await dialog.getByLabel('EOMS has no such ticket').check();
    await dialog.getByText(/there will be two sheets/).waitFor();
    await dialog.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('The ticket is sent again.').waitFor();
    expect(sent).toEqual([{ sheetNo: 'GD-051-1' }, {}]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('that is settled already is refused in the words of the viewer, with what the server said', async () => {
    const { page, context } = await open(browser, 'noc', { theme: 'light', lang: 'zh', width: 1440 });
    const closed = await read<{ items: { alarmId: string; state: string }[] }>(context, '/tickets?limit=1000');
    const id = closed.items.find((one) => !['unknown', 'refused'].includes(one.state))?.alarmId ?? '';
    await pretendUnknown(page, id);
    await visit(page, `/noc/tickets/${encodeURIComponent(id)}`);
    await page.getByRole('button', { name: '人工处理…' }).click();
    await page.getByLabel('电子运维系统中没有此工单').check();
    await page.getByRole('button', { name: '重新派单' }).click();
    const alert = page.getByRole('alert').filter({ hasText: '当前状态不允许此操作。' });
    await alert.waitFor();
    expect(await alert.innerText()).toContain('there is nothing to settle');
    await context.close();
  });

  it.each(VIEWS)('the dialog is accessible: $lang $width', async (view) => {
    const { page, context } = await open(browser, 'noc', view);
    const id = await firstOf(context, '/tickets?limit=1', 'alarmId');
    await pretendUnknown(page, id);
    await visit(page, `/noc/tickets/${encodeURIComponent(id)}`);
    await page.locator('main section .btn').click();
    for (const choice of await page.getByRole('radio').all()) {
      await choice.check();
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page, view.width)).toBe(0);
    }
    await context.close();
  });
});

it('an error is told in Chinese too, and says what the server said', async () => {
  const { page, context } = await open(browser, 'noc', { theme: 'light', lang: 'zh', width: 1440 });
  await visit(page, '/noc/sla');
  await page.route('**/api/v1/sla/urgent?**', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"title":"x","status":503,"code":"busy","detail":"the database is away","requestId":"7f3a"}' }));
  await page.reload();
  const alert = page.locator('main [role=alert]').first();
  await alert.getByText('系统繁忙，请几秒后重试。').waitFor();
  expect(await alert.innerText()).toMatch(/the database is away[\s\S]*7f3a/);
  await context.close();
});

it('a customer reads all outages of a month and saves them', async () => {
  const { page, context, faults } = await open(browser, 'customer');
  await visit(page, '/portal');
  await page.getByRole('link', { name: 'Outages' }).first().click();
  await page.waitForURL('**/portal/outages');
  const clock = await read<{ now: string }>(context, '/me/clock');
  const period = new Date(Date.parse(clock.now) + 8 * 3_600_000).toISOString().slice(0, 7);
  let told: { code: string }[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const answer: { items: { code: string }[]; next: string | null } = await read(context, `/portal/outages?period=${period}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    told = [...told, ...answer.items];
    cursor = answer.next;
  }
  expect(told.length).toBeGreaterThan(0);
  await page.locator('section[aria-busy=false]').waitFor();
  expect(Math.abs((await page.locator('section details').count()) - told.length)).toBeLessThanOrEqual(2);
  await page.locator('section details > summary').first().click();
  expect(await violations(page)).toEqual([]);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
  expect(Math.abs(lines.length - 1 - told.length)).toBeLessThanOrEqual(2);
  await page.locator('section details a.mono').first().click();
  await page.waitForURL('**/portal/circuits/**');
  expect(faults).toEqual([]);
  await context.close();
});

it.each(LANGS)('the clock of a fast demo leaves room on a phone: %s', async (lang) => {
  const { page, context } = await open(browser, 'noc', { theme: 'light', lang, width: 390 });
  await page.route('**/api/v1/me/clock', (route) => route.fulfill({ json: { now: '2026-11-07T02:28:12Z', speed: 30 } }));
  await visit(page, '/noc/alarms');
  await page.getByText('30×').waitFor();
  expect(await page.locator('header').first().evaluate((bar) => bar.scrollWidth - bar.clientWidth)).toBe(0);
  expect(await overflow(page, 390)).toBe(0);
  await context.close();
});
