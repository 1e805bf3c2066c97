// Service classes as a form, runs of reports from start to the customer's shelf, and an outage of the
// portal that adds up.
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, open, overflow, read, send, settled, visit } from './browser';
import { VIEWS, violations } from './look';

interface Run {
  id: string;
  state: string;
  done: number;
  customers: number;
}
interface Outage {
  code: string;
  start: string;
  end: string | null;
  countedMs: number;
  minutes: { start: string; end: string; counted: boolean }[];
}
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const second = (at: string) => Math.floor(Date.parse(at) / 1000);

describe('service classes', () => {
  it('are links beside each other that the arrows go along', async () => {
    const { page, context, faults } = await open(browser, 'noc');
    await visit(page, '/noc/sla');
    const tabs = page.getByRole('navigation', { name: 'SLA' }).getByRole('link');
    expect(await tabs.allInnerTexts()).toEqual(['At risk / breached', 'Ledger review', 'Recompute log', 'Service classes']);
    await tabs.first().focus();
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/noc/sla/classes');
    expect(await tabs.last().getAttribute('aria-current')).toBe('page');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('the built-in one is read only; another becomes text and a sentence', async () => {
    const { page, context, faults } = await open(browser, 'noc');
    const plans = await read<{ name: string; builtIn: boolean }[]>(context, '/sla/plans');
    const own = plans.find((plan) => !plan.builtIn);
    if (own === undefined) throw new Error('there is no plan but the built-in one');
    await visit(page, '/noc/sla/classes');
    await page.getByRole('link', { name: 'Built-in default' }).click();
    expect(await page.getByLabel('Target (%)').isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Download' }).count()).toBe(0);
    await page.getByRole('link', { name: own.name, exact: true }).click();
    const text = page.getByLabel('Text for the plan file');
    await page.getByLabel(/^Name/).fill('platinum');
    await page.getByLabel('Target (%)').fill('99.99');
    await page.getByLabel('Notice of planned work (h)').fill('96');
    await page.locator('p[lang=en]', { hasText: '99.99' }).waitFor();
    expect(await page.locator('p[lang=zh-CN]').innerText()).toContain('99.99');
    expect(await text.innerText()).toMatch(/^\[plan\.platinum\]\ntarget = 99\.99\n[\s\S]*notice_h = 96/);
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
    expect(file.suggestedFilename()).toBe('plan-platinum.toml');
    expect(await readFile(await file.path(), 'utf8')).toContain('notice_h = 96');
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Merge gap (s)').fill('a while');
    await page.getByText('Not in its form, or out of range').waitFor();
    expect(await page.getByRole('button', { name: 'Copy' }).isDisabled()).toBe(true);
    await page.getByLabel('Merge gap (s)').fill('0');
    await page.getByLabel(/^Name/).fill('default');
    await page.getByText('This is the name of the built-in class; choose another').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('reports', () => {
  it('are run, cancelled, gone on with, and outlive a reload', async () => {
    const { page, context, faults } = await open(browser, 'noc');
    await visit(page, '/noc/alarms');
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.waitForURL('**/noc/reports');
    await page.getByRole('button', { name: 'Run reports' }).click();
    const dialog = page.getByRole('dialog');
    for (const format of ['PDF', 'XLSX', 'CSV']) await dialog.getByLabel(format).uncheck();
    await dialog.getByRole('button', { name: 'Start' }).click();
    await dialog.getByText('Choose at least one format').waitFor();
    for (const format of ['PDF', 'XLSX', 'CSV']) await dialog.getByLabel(format).check();
    await dialog.getByRole('button', { name: 'Start' }).click();
    await page.waitForURL(/\/noc\/reports\/./);
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const state = async () => await read<Run>(context, `/reports/runs/${id}`);
    const cancel = page.getByRole('button', { name: /^Cancel the reports/ });
    await cancel.or(page.getByText(/^done/)).first().waitFor();
    // A small carrier's reports may be done before anybody can stop them.
    if (['queued', 'running'].includes((await state()).state)) {
      await page.getByRole('progressbar').waitFor();
      await page.reload();
      await page.getByRole('heading', { level: 1, name: /^Reports of/ }).waitFor();
      await cancel.click().catch(() => undefined);
      await expect.poll(async () => (await state()).state).toMatch(/cancelled|done/);
      if ((await state()).state === 'cancelled') await page.getByRole('button', { name: /^Go on with/ }).click();
    }
    await expect.poll(async () => (await state()).state, { timeout: 110_000 }).toBe('done');
    await page.getByText(/^done/).waitFor();
    const ended = await state();
    expect(ended.done).toBe(ended.customers);
    await page.getByRole('button', { name: 'ready', exact: true }).click();
    await settled(page);
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^Download PDF of/ }).first().click()]);
    expect((await readFile(await file.path())).subarray(0, 5).toString()).toBe('%PDF-');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('of a customer are on the customer’s shelf', async () => {
    const staff = await open(browser, 'noc');
    const { page, context, faults } = await open(browser, 'customer');
    const { customer } = await read<{ customer: { no: string } }>(context, '/portal/overview');
    const now = (await read<{ now: string }>(context, '/me/clock')).now;
    const label = new Date(Date.parse(`${now.slice(0, 7)}-01T00:00:00Z`) - 86_400_000).toISOString().slice(0, 7);
    const made = await send<Run>(staff.context, '/reports/runs', { label, language: 'zh', formats: ['pdf', 'csv'], customers: [customer.no] });
    expect(made.status).toBe(201);
    await expect.poll(async () => (await read<Run>(staff.context, `/reports/runs/${made.body.id}`)).state, { timeout: 60_000 }).toBe('done');
    await visit(page, '/portal');
    await page.getByRole('link', { name: 'Reports' }).first().click();
    await page.waitForURL('**/portal/reports');
    const link = page.getByRole('link', { name: /^Download the report of .* as PDF/ }).first();
    const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect((await readFile(await file.path())).subarray(0, 5).toString()).toBe('%PDF-');
    expect(await violations(page)).toEqual([]);
    expect(faults).toEqual([]);
    await Promise.all([context.close(), staff.context.close()]);
  });

  it.each(VIEWS)('are accessible and fit: $lang $width', async (view) => {
    const { page, context, faults } = await open(browser, 'noc', view);
    const { items } = await read<{ items: Run[] }>(context, '/reports/runs');
    for (const path of ['/noc/reports', '/noc/reports/standing', ...items.slice(0, 1).map((run) => `/noc/reports/${run.id}`)]) {
      await visit(page, path);
      expect(await violations(page), path).toEqual([]);
      expect(await overflow(page, view.width), path).toBe(0);
    }
    await visit(page, '/noc/reports');
    await page.locator('main .btn.pri').click();
    await page.getByRole('radio').last().check();
    await page.locator('dialog .btn.pri').click();
    expect(await violations(page), 'run dialog').toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('an outage of the portal', () => {
  async function longest(): Promise<Outage> {
    const { context } = await open(browser, 'customer');
    let found: Outage[] = [];
    await expect
      .poll(
        async () => {
          const { items } = await read<{ items: Outage[] }>(context, '/portal/outages');
          found = items.filter((one) => one.end !== null);
          return found.length;
        },
        { timeout: 100_000 },
      )
      .toBeGreaterThan(0);
    await context.close();
    const [first] = found.sort((a, b) => b.minutes.length - a.minutes.length);
    if (first === undefined) throw new Error('no outage is over');
    return first;
  }
  const address = (outage: Outage) => `/portal/circuits/${encodeURIComponent(outage.code)}/outages/${encodeURIComponent(outage.start)}`;

  it('adds up to the second, shows no millisecond, and says what it did to the budget', async () => {
    const outage = await longest();
    const { page, context, faults } = await open(browser, 'customer');
    await visit(page, address(outage));
    const rows = page.locator('tbody tr:not(.sum)');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(outage.minutes.length);
    const inSeconds = (text: string) => [...text.matchAll(/(\d+) (d|h|min|s)\b/g)].reduce((sum, [, n, unit]) => sum + Number(n) * ({ d: 86_400, h: 3_600, min: 60, s: 1 }[unit ?? 's'] ?? 0), 0);
    const parts = (await rows.locator('td.num').allInnerTexts()).map(inSeconds);
    expect(parts).toEqual(outage.minutes.map((minute) => second(minute.end) - second(minute.start)));
    const sum = parts.reduce((a, b) => a + b, 0);
    expect(inSeconds(await page.locator('tr.sum td.num').innerText())).toBe(sum);
    const [, counted = '', excluded = ''] = /Counted (.*), excluded (.*)/.exec(await page.locator('tr.sum').innerText()) ?? [];
    expect(inSeconds(counted) + inSeconds(excluded)).toBe(sum);
    expect(Math.abs(inSeconds(counted) - outage.countedMs / 1000)).toBeLessThanOrEqual(outage.minutes.length);
    const lanes = await page.locator('.lanes b').allInnerTexts();
    expect(inSeconds(lanes[0] ?? '')).toBe(sum);
    expect(await page.locator('main').innerText()).not.toMatch(/\d\.\d{3} s/);
    expect(await page.getByRole('heading', { name: /^Effect on the SLA budget/ }).count()).toBe(1);
    const used = /This outage used ([\d.,]+) of/.exec(await page.locator('main').innerText())?.[1];
    expect(used).toBe((Math.ceil(outage.countedMs / 6_000) / 10).toFixed(1).replace(/\B(?=(\d{3})+(?!\d))/g, ','));
    expect(faults).toEqual([]);
    await context.close();
  });

  it.each(VIEWS)('is accessible and fits: $lang $width', async (view) => {
    const outage = await longest();
    const { page, context, faults } = await open(browser, 'customer', view);
    for (const path of [address(outage), '/portal/reports']) {
      await visit(page, path);
      expect(await violations(page), path).toEqual([]);
      expect(await overflow(page, view.width), path).toBe(0);
    }
    expect(faults).toEqual([]);
    await context.close();
  });
});

it.each([390, 320])('no table of a phone scrolls sideways: %i', async (width) => {
  const { page, context } = await open(browser, 'noc', { theme: 'light', lang: 'en', width });
  const fault = (await read<{ items: { faultNo: string }[] }>(context, '/faults?state=all&limit=1')).items[0]?.faultNo ?? '';
  const customer = (await read<{ items: { customerNo: string }[] }>(context, '/customers?limit=1')).items[0]?.customerNo ?? '';
  for (const path of ['alarms', 'faults', `faults/${fault}`, 'tickets', 'circuits', 'customers', `customers/${customer}`, 'sla', 'sla/classes', 'sources', 'loads', 'quarantine', 'reports']) {
    await visit(page, `/noc/${path}`);
    const wide = await page.locator('.tblwrap, [role=grid]').evaluateAll((boxes) => boxes.map((box) => box.scrollWidth - box.clientWidth).filter((over) => over > 0));
    expect(wide, path).toEqual([]);
    expect(await overflow(page, width), path).toBe(0);
  }
  await context.close();
});
