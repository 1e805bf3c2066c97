// Pages when something is missing: no answer, an error, nothing to show, no session; and the files
// that lists give.
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE, launch, open, overflow, settled, visit } from './browser';
import { VIEWS, violations } from './look';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

describe.each(VIEWS)('$lang $width', (view) => {
  it('an error says what failed, keeps the page usable and can be tried again', async () => {
    const { page, context } = await open(browser, 'noc', view);
    const pages: Record<string, string> = { 'resource-loads': 'loads', corrections: 'sla/review', 'sla/versions': 'sla/log', 'sla/plans': 'sla/classes', 'reports/runs': 'reports' };
    for (const list of ['alarms', 'faults', 'tickets', 'circuits', 'customers', 'sources', 'quarantine', ...Object.keys(pages)]) {
      let broken = true;
      await page.route(`**/api/v1/${list}?**`, (route) => (broken ? route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"title":"x","status":500,"detail":"disk on fire","requestId":"7f3a"}' }) : route.continue()));
      await page.route(`**/api/v1/${list}`, (route) => (broken ? route.abort() : route.continue()));
      await visit(page, `/noc/${pages[list] ?? list}`);
      const alert = page.locator('main [role=alert] .btn').first();
      await alert.waitFor();
      expect(await violations(page), list).toEqual([]);
      expect(await overflow(page, view.width), list).toBe(0);
      broken = false;
      // At once and only if it is still there: a live page also asks again by itself.
      await page.locator('main [role=alert] .btn').evaluateAll((buttons) => (buttons[0] as HTMLElement | undefined)?.click());
      await alert.waitFor({ state: 'detached' });
      await page.unrouteAll();
    }
    await context.close();
  });

  it('a slow answer shows that it is on its way, and no second of it is blank', async () => {
    const { page, context } = await open(browser, 'noc', view);
    for (const path of ['faults', 'circuits', 'customers', 'tickets']) {
      let answer = () => {};
      const gate = new Promise<void>((done) => (answer = done));
      await page.route(`**/api/v1/${path}?**`, async (route) => (await gate, route.continue()));
      await page.goto(`${BASE}/noc/${path}`);
      await page.locator('main [aria-busy=true], main .skeleton, main [role=status]').first().waitFor();
      expect(await violations(page), path).toEqual([]);
      answer();
      await settled(page);
      await page.unrouteAll();
    }
    await context.close();
  });
});

it('an empty list says which filter hides how many', async () => {
  const { page, context, faults } = await open(browser, 'noc');
  await visit(page, '/noc/alarms?q=nothing-has-this-text&severity=1&toggling=true');
  await page.getByText(/alarms are hidden by: Severity: Critical, Toggling, Text: nothing-has-this-text\./).waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).last().click();
  await page.locator('[role=row][aria-rowindex="2"]').waitFor();
  expect(new URL(page.url()).search).toBe('');
  expect(faults).toEqual([]);
  await context.close();
});

it('every filter of the form reaches the server and is a chip that can be taken away', async () => {
  const { page, context, faults } = await open(browser, 'noc');
  await visit(page, '/noc/alarms');
  await page.keyboard.press('f');
  const choices: [string, string][] = [
    ['Network', 'TRANS'], ['Age', '24h'], ['Tier', 'GOLD'], ['Class', 'AAA'], ['Source state', 'false'], ['Toggling', 'false'], ['Ticket', 'true'], ['Impact', 'true'], ['Protection', 'true'],
  ];
  for (const [label, value] of choices) {
    const asked = page.waitForResponse((answer) => answer.url().includes('/api/v1/alarms?') && answer.status() === 200);
    await page.locator('.form label').filter({ has: page.locator(`span:text-is("${label}")`) }).locator('select').selectOption(value);
    await asked;
  }
  const search = new URL(page.url()).searchParams;
  expect(Object.fromEntries(search)).toEqual({ specialty: 'TRANS', age: '24h', level: 'GOLD', serviceLevel: 'AAA', stale: 'false', toggling: 'false', ticket: 'true', impact: 'true', unprotected: 'true' });
  for (const chip of await page.getByRole('button', { name: /^Remove filter/ }).all()) expect(await chip.isVisible()).toBe(true);
  await page.getByRole('button', { name: /^Remove filter Tier/ }).click();
  expect(new URL(page.url()).searchParams.has('level')).toBe(false);
  expect(faults).toEqual([]);
  await context.close();
});

it.each(['alarms', 'faults', 'tickets', 'circuits', 'customers', 'quarantine'])('%s can be saved as CSV, whole and in words', async (list) => {
  const { page, context, faults } = await open(browser, 'noc');
  await visit(page, `/noc/${list}`);
  const query = list === 'alarms' ? 'causes=true&' : '';
  let rows = 0;
  let cursor = '';
  do {
    const body = (await (await context.request.get(`${BASE}/api/v1/${list}?${query}limit=1000${cursor}`)).json()) as { items: unknown[]; next: string | null };
    rows += body.items.length;
    cursor = body.next === null ? '' : `&cursor=${encodeURIComponent(body.next)}`;
  } while (cursor !== '');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  const text = await readFile(await file.path(), 'utf8');
  const lines = text.trimEnd().split('\r\n');
  expect(file.suggestedFilename()).toMatch(new RegExp(`^${list}-\\d{4}-\\d\\d-\\d\\d-.*\\.csv$`));
  expect(text.startsWith('\ufeff')).toBe(true);
  expect(lines[0]?.split(',').length).toBeGreaterThan(6);
  // The carrier goes on living between the two counts.
  expect(Math.abs(lines.length - 1 - rows)).toBeLessThanOrEqual(list === 'circuits' || list === 'customers' ? 0 : 20);
  expect(faults).toEqual([]);
  await context.close();
});
