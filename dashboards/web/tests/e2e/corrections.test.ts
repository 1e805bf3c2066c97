// Four eyes: one person proposes that a stretch counts otherwise, sees what it would do, and cannot
// decide it; another does. What it changed is in the log, interval by interval.
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launch, open, operator, overflow, read, send, settled, visit, type Person } from './browser';
import { VIEWS, violations } from './look';

/** A demo's day has had an outage that is over by then. */
const OUTAGE_MS = 120_000;
interface Counted {
  code: string;
  start: string;
  end: string;
}
let browser: Browser;
let proposer: Person;
let approver: Person;
let counted: Counted;

beforeAll(async () => {
  browser = await launch();
  proposer = await operator(browser);
  approver = await operator(browser);
  counted = await countedStretch();
}, OUTAGE_MS + 30_000);
afterAll(() => browser.close());

/** An outage that is over and counts. */
async function countedStretch(): Promise<Counted> {
  const { context } = await open(browser, 'noc');
  const look = async () => {
    const { items } = await read<{ items: { code: string }[] }>(context, '/sla/urgent?state=breached&limit=20');
    for (const { code } of items) {
      const ledger = await read<{ intervals: { start: string; end: string; class: string }[] }>(context, `/circuits/${encodeURIComponent(code)}/ledger`);
      const over = ledger.intervals.slice(0, -1).find((one) => one.class === 'down' && Date.parse(one.end) - Date.parse(one.start) > 10_000);
      if (over !== undefined) return { code, start: over.start, end: over.end };
    }
    return undefined;
  };
  const found = await vi.waitUntil(look, { timeout: OUTAGE_MS, interval: 1_000 });
  await context.close();
  return found;
}
/** A circuit that is down since a message that is kept; what a demo tells of the month before has none. */
async function toldStretch(context: BrowserContext): Promise<{ code: string; start: string; raw: string } | undefined> {
  const { items } = await read<{ items: { code: string }[] }>(context, '/circuits?state=down&limit=20');
  for (const { code } of items) {
    const base = `/circuits/${encodeURIComponent(code)}`;
    const start = (await read<{ intervals: { start: string; class: string }[] }>(context, `${base}/ledger`)).intervals.at(-1)?.start ?? '';
    const { evidence } = await read<{ evidence: { raw: string | null }[] }>(context, `${base}/explain?at=${start}`);
    const raw = evidence[0]?.raw ?? '';
    if (raw !== '') return { code, start, raw };
  }
  return undefined;
}
async function proposed(context: BrowserContext, reason: string): Promise<string> {
  const made = await send<{ id: string }>(context, '/corrections', { circuitCode: counted.code, start: counted.start, end: counted.end, change: 'exclude', code: 'CUSTOMER_POWER', reason });
  expect(made.status).toBe(201);
  return made.body.id;
}
/** What was interrupted, whether it counts or not. */
const HURT = 'tbody tr:is(.down, .excluded)';
const circuit = () => `/noc/circuits/${encodeURIComponent(counted.code)}`;

it('one person proposes with a preview and proof, another approves by keys, and the log has it', async () => {
  const reason = `mains failed, seen on site ${process.pid}`;
  const one = await open(browser, proposer);
  await visit(one.page, circuit());
  const row = one.page.locator('#ledger-title').locator('xpath=ancestor::section').locator('tbody tr.down').first();
  await row.getByRole('button', { name: /^Propose a correction/ }).click();
  const dialog = one.page.getByRole('dialog');
  expect(await dialog.getByLabel('From').inputValue()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  await dialog.getByRole('button', { name: 'Propose', exact: true }).click();
  expect((await dialog.getByRole('alert').filter({ hasText: /\S/ }).allInnerTexts()).sort()).toEqual(['Choose what excludes it', 'Say why']);
  await dialog.getByLabel('Exclusion code').selectOption('CUSTOMER_POWER');
  const effect = dialog.getByRole('table');
  await effect.waitFor();
  expect(await effect.locator('tbody td').nth(1).innerText()).toMatch(/\d/);
  await dialog.getByRole('textbox', { name: /^To/ }).fill('2099-01-01 00:00:00');
  await dialog.getByText('Must not lie in the future').waitFor();
  await dialog.getByRole('textbox', { name: /^To/ }).fill('soon');
  await dialog.getByText('Write it like 2026-11-07 02:14:20').waitFor();
  await effect.waitFor({ state: 'detached' });
  await one.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  await row.getByRole('button', { name: /^Propose a correction/ }).click();
  await dialog.getByLabel('Exclusion code').selectOption('CUSTOMER_POWER');
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByLabel('Proof').setInputFiles({ name: '停电通知.txt', mimeType: 'text/plain', buffer: Buffer.from('mains failed') });
  await effect.waitFor();
  await dialog.getByRole('button', { name: 'Propose', exact: true }).click();
  await one.page.getByText(/^Correction .* is proposed\. Another person decides\.$/).waitFor();

  // Their own: to be seen, not to be decided.
  await visit(one.page, '/noc/sla/review');
  const own = one.page.getByRole('row').filter({ hasText: reason });
  await own.waitFor();
  expect(await own.getByRole('button', { name: /^(Approve|Reject)/ }).count()).toBe(0);
  const id = (await own.getAttribute('id'))?.replace('correction-', '') ?? '';
  await own.getByRole('button', { name: reason }).click();
  await one.page.getByRole('heading', { name: `Correction ${id}` }).waitFor();
  await one.page.keyboard.press('y');
  await one.page.getByText('Your own proposal: another person decides it.').first().waitFor();
  expect(await one.page.getByRole('dialog').count()).toBe(0);
  const refused = await send<{ code: string }>(one.context, `/corrections/${id}/approve`);
  expect([refused.status, refused.body.code]).toEqual([403, 'own_proposal']);
  expect(one.faults).toEqual([]);

  const two = await open(browser, approver);
  await visit(two.page, `/noc/sla/review?open=${id}`);
  const [proof] = await Promise.all([two.page.waitForEvent('download'), two.page.getByRole('link', { name: /停电通知/ }).click()]);
  expect(proof.suggestedFilename()).toContain('.txt');
  await two.page.keyboard.press('y');
  const decide = two.page.getByRole('dialog');
  await decide.getByLabel('Note').fill('call 4711 heard');
  await two.page.keyboard.press('Control+Enter');
  await two.page.getByText(`The correction of ${counted.code} is approved.`).waitFor();
  await two.page.getByRole('button', { name: 'Approved', exact: true }).click();
  const done = two.page.getByRole('row').filter({ hasText: reason });
  await done.getByText('call 4711 heard').waitFor();
  expect(await done.innerText()).toContain(approver.login);

  await expect.poll(async () => (await read<{ items: { cause: string }[] }>(two.context, `/sla/versions?circuit=${encodeURIComponent(counted.code)}`)).items.map((version) => version.cause), { timeout: 60_000 }).toContain(`correction:${id}`);
  await visit(two.page, `/noc/sla/log?circuit=${encodeURIComponent(counted.code)}`);
  const version = two.page.getByRole('row').filter({ hasText: `Correction ${id}` });
  await version.getByRole('button').click();
  const diff = two.page.getByRole('dialog');
  await diff.getByRole('columnheader', { name: 'Was' }).waitFor();
  expect(await diff.getByRole('table').last().innerText()).toMatch(/Counted[\s\S]*Excluded/);
  await two.page.keyboard.press('Escape');
  expect(new URL(two.page.url()).searchParams.has('of')).toBe(false);
  await version.getByRole('link', { name: id, exact: true }).click();
  await two.page.waitForURL(/\/noc\/sla\/review/);
  expect(two.faults).toEqual([]);
  await Promise.all([one.context.close(), two.context.close()]);
});

it('a no says why, and who proposed may take it back', async () => {
  const one = await open(browser, proposer);
  const two = await open(browser, approver);
  const [first, second] = [await proposed(one.context, 'to be rejected'), await proposed(one.context, 'to be withdrawn')];
  await visit(two.page, `/noc/sla/review?open=${first}`);
  await two.page.getByRole('heading', { name: `Correction ${first}` }).waitFor();
  await two.page.keyboard.press('n');
  const dialog = two.page.getByRole('dialog');
  await dialog.getByRole('button', { name: /^Reject/ }).click();
  await dialog.getByText('Say why it is rejected').waitFor();
  await dialog.getByLabel('Note').fill('no proof');
  await two.page.keyboard.press('Control+Enter');
  await two.page.getByText(/is rejected\.$/).waitFor();
  expect((await read<{ state: string; note: string }>(two.context, `/corrections/${first}`)).note).toBe('no proof');

  await visit(one.page, `/noc/sla/review?open=${second}`);
  await one.page.locator('section').getByRole('button', { name: 'Withdraw' }).click();
  await one.page.getByText(/is withdrawn\.$/).waitFor();
  expect((await read<{ state: string }>(one.context, `/corrections/${second}`)).state).toBe('withdrawn');
  expect((await send(two.context, `/corrections/${second}/approve`)).status).toBe(409);
  await Promise.all([one.context.close(), two.context.close()]);
});

it('every minute says why: from its row, from its day, and from the one beside it', async () => {
  const { page, context, faults } = await open(browser, 'noc');
  await visit(page, circuit());
  const row = page.locator(HURT).first();
  await row.getByRole('button', { name: /^Why it counts so/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Why this minute' });
  await dialog.getByRole('heading', { name: 'Evidence' }).waitFor();
  await settled(page);
  expect(new URL(page.url()).searchParams.get('why')).toMatch(/Z$/);
  const span = () => dialog.locator('[aria-live] p').last().innerText();
  const first = await span();
  await dialog.getByRole('button', { name: 'Next interval' }).click();
  await expect.poll(span).not.toBe(first);
  await dialog.getByRole('button', { name: 'Previous interval' }).click();
  await expect.poll(span).toBe(first);
  await dialog.getByRole('textbox').fill('yesterday');
  await page.keyboard.press('Tab');
  await dialog.getByText('Write it like 2026-11-07 02:14:20').waitFor();
  await page.keyboard.press('Escape');
  expect(new URL(page.url()).searchParams.has('why')).toBe(false);
  await page.keyboard.press('w');
  await dialog.waitFor();
  await dialog.getByRole('button', { name: 'Propose a correction…' }).click();
  await page.getByRole('dialog', { name: /^Propose a correction,/ }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

it('a minute shows the message that it rests on as it came', async () => {
  const { page, context, faults } = await open(browser, 'noc');
  const told = await vi.waitUntil(() => toldStretch(context), { timeout: OUTAGE_MS, interval: 1_000 });
  await visit(page, `/noc/circuits/${encodeURIComponent(told.code)}?why=${told.start}`);
  const dialog = page.getByRole('dialog', { name: 'Why this minute' });
  await dialog.locator('details > summary').first().click();
  expect(await dialog.locator('pre').first().innerText()).toBe(told.raw.trim());
  expect(faults).toEqual([]);
  await context.close();
});

describe.each(VIEWS)('layers: $lang $width', (view) => {
  it('are accessible and fit', async () => {
    const maker = await open(browser, proposer);
    const id = await proposed(maker.context, '客户机房停电，值班电话确认');
    const { page, context, faults } = await open(browser, approver, view);
    const check = async (what: string) => {
      await settled(page);
      expect(await violations(page), what).toEqual([]);
      expect(await overflow(page, view.width), what).toBe(0);
      expect(await page.locator('.tblwrap').evaluateAll((boxes) => boxes.some((box) => box.scrollWidth > box.clientWidth + 1)) && view.width < 600, `${what} scrolls sideways`).toBe(false);
    };
    await visit(page, circuit());
    await check('circuit');
    const buttons = page.locator(HURT).first().getByRole('button');
    await buttons.first().click();
    await page.getByRole('dialog').waitFor();
    await check('why');
    await page.keyboard.press('Escape');
    await buttons.nth(1).click();
    await page.locator('dialog select').selectOption('CUSTOMER_POWER');
    await page.locator('dialog table').waitFor();
    await page.locator('dialog .btn.pri').click();
    await check('propose, with a fault');
    await page.keyboard.press('Escape');
    await visit(page, `/noc/sla/review?open=${id}`);
    await check('review');
    for (const key of ['y', 'n']) {
      await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor();
      await check(`review ${key}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    const { items } = await read<{ items: { circuitCode: string }[] }>(context, '/sla/versions');
    await visit(page, '/noc/sla/log');
    await check('log');
    if (items.length > 0) {
      await page.locator('td.acts .btn').first().click();
      await page.getByRole('dialog').waitFor();
      await check('version');
    }
    expect(faults).toEqual([]);
    await send(maker.context, `/corrections/${id}/withdraw`);
    await Promise.all([maker.context.close(), context.close()]);
  });
});
