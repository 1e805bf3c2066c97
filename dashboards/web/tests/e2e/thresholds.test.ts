// Thresholds: a form with a preview, changed and removed by keyboard and mouse; and a circuit's performance, which loads
// its chart only when it is opened.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { firstOf, launch, open, operator, overflow, settled, visit } from './browser';
import { VIEWS, violations } from './look';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

it('is made with a preview, changed and removed', async () => {
  const { page, context, faults } = await open(browser, await operator(browser));
  await visit(page, '/noc');
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await page.getByRole('heading', { name: 'Thresholds', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Add threshold' }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('Name the parameter.').waitFor();
  // A name of its own, so that the test may run again.
  const param = `TEMP_${process.pid}`;
  await form.getByRole('combobox', { name: /^Parameter/ }).fill(param);
  await form.getByRole('textbox', { name: /^Set value/ }).fill('40');
  await form.getByRole('textbox', { name: /^Reset value/ }).fill('45');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('must be below `set`').waitFor();
  await form.getByRole('textbox', { name: /^Reset value/ }).fill('35');
  await form.getByRole('button', { name: 'Preview 30 days' }).click();
  await form.getByText(/It would have been crossed \d/).waitFor();
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The threshold judges what begins from now on.').waitFor();
  const row = page.getByRole('row').filter({ hasText: param });
  await row.getByText('≥ 40, over at ≤ 35').waitFor();
  await row.getByRole('button', { name: /^Change the threshold/ }).click();
  await form.getByRole('textbox', { name: /^Set value/ }).fill('50');
  await page.keyboard.press('Enter');
  await row.getByText('≥ 50, over at ≤ 35').waitFor();
  await row.getByRole('button', { name: /^Remove the threshold/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await row.waitFor({ state: 'detached' });
  expect(faults.filter((fault) => !fault.includes('400'))).toEqual([]);
  await context.close();
});

it('loads a chart when it is opened', async () => {
  const { page, context, faults } = await open(browser, 'noc');
  const charts: string[] = [];
  page.on('request', (request) => {
    if (/PerformancePanel/.test(request.url())) charts.push(request.url());
  });
  await visit(page, `/noc/circuits/${encodeURIComponent(await firstOf(context, '/circuits?limit=1', 'code'))}`);
  expect(charts).toEqual([]);
  await page.getByText('What was measured, with what is usual at that hour').click();
  await page.getByRole('group', { name: 'Time' }).waitFor();
  await settled(page);
  expect(charts.length).toBeGreaterThan(0);
  expect(await page.locator('.chart canvas').or(page.getByText('Nothing was measured in this time.')).count()).toBe(1);
  expect(await violations(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

it.each(VIEWS)('are accessible and fit: $lang $width', async (view) => {
  const { page, context, faults } = await open(browser, 'noc', view);
  await visit(page, '/noc/thresholds');
  expect(await violations(page)).toEqual([]);
  expect(await overflow(page, view.width)).toBe(0);
  await page.locator('tbody button').first().click();
  await page.getByRole('dialog').waitFor();
  expect(await violations(page), 'dialog').toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});
