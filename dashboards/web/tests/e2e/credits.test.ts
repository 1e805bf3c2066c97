// Credits that last month's reports advise: one person proposes, cannot decide, another does, and billing
// takes the file.
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { launch, open, operator, overflow, read, send, settled, visit } from './browser';
import { VIEWS, violations } from './look';

interface Credit {
  id: string;
  label: string;
  circuitCode: string;
}
let browser: Browser;
let label = '';

beforeAll(async () => {
  browser = await launch();
  const { context } = await open(browser, 'noc');
  const { now } = await read<{ now: string }>(context, '/me/clock');
  label = new Date(Date.parse(`${now.slice(0, 7)}-01T00:00:00Z`) - 86_400_000).toISOString().slice(0, 7);
  const { body } = await send<{ id: string }>(context, '/reports/runs', { label, language: 'en', formats: ['csv'] });
  const over = async () => (await read<{ state: string }>(context, `/reports/runs/${body.id}`)).state === 'done';
  await vi.waitUntil(over, { timeout: 110_000, interval: 500 });
  await context.close();
}, 120_000);
afterAll(() => browser.close());

async function advised(context: BrowserContext): Promise<Credit> {
  const { items } = await read<{ items: Credit[] }>(context, '/credits?state=advised');
  const [first] = items;
  if (first === undefined) throw new Error('last month advises no credit');
  return first;
}

it('one proposes, another approves, billing takes it', async () => {
  const proposer = await open(browser, await operator(browser));
  const credit = await advised(proposer.context);
  await visit(proposer.page, '/noc');
  await proposer.page.getByRole('link', { name: 'Credits' }).click();
  await proposer.page.getByRole('button', { name: `Propose the credit for ${credit.circuitCode}` }).click();
  await proposer.page.getByRole('dialog').getByRole('button', { name: 'Propose' }).click();
  await proposer.page.getByText('Proposed; another person decides.').waitFor();
  await proposer.page.getByRole('button', { name: 'proposed', exact: true }).click();
  const own = proposer.page.getByRole('row').filter({ hasText: credit.circuitCode });
  await own.getByRole('button', { name: 'Withdraw' }).waitFor();
  expect(await own.getByRole('button', { name: 'Approve' }).count(), 'nobody decides their own').toBe(0);

  const approver = await open(browser, await operator(browser));
  await visit(approver.page, `/noc/credits?state=proposed&month=${label}`);
  await approver.page.getByRole('button', { name: `Reject the credit for ${credit.circuitCode}` }).click();
  await approver.page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
  await approver.page.getByText('Say why it is rejected').waitFor();
  await approver.page.keyboard.press('Escape');
  await approver.page.getByRole('button', { name: `Approve the credit for ${credit.circuitCode}` }).click();
  await approver.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await approver.page.getByText('Approved.').waitFor();
  const [file] = await Promise.all([approver.page.waitForEvent('download'), approver.page.getByRole('link', { name: `Billing file ${label}` }).click()]);
  expect(await readFile(await file.path(), 'utf8')).toContain(`,${credit.circuitCode},`);
  expect([...proposer.faults, ...approver.faults]).toEqual([]);
  await Promise.all([proposer.context.close(), approver.context.close()]);
});

it.each(VIEWS)('are accessible and fit: $lang $width', async (view) => {
  const { page, context, faults } = await open(browser, 'noc', view);
  await visit(page, `/noc/credits?state=all&month=${label}`);
  await settled(page);
  expect(await violations(page)).toEqual([]);
  expect(await overflow(page, view.width)).toBe(0);
  await visit(page, '/noc/credits');
  await page.locator('tbody button').first().click();
  await page.getByRole('dialog').waitFor();
  expect(await violations(page), 'dialog').toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});
