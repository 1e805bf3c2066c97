// What the live stream promises (design: correct under load), on a daemon of the test's own: how soon
// an alarm is seen, what a flood costs a slow machine, what a cut server does to the page.
//
// Environment: LINESMAN_LIVE_SECONDS, how long the flood lasts (default 20).
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, open, settled, visit } from './browser';
import { Stand, type Report } from './stand';

const SECONDS = Number(process.env['LINESMAN_LIVE_SECONDS'] ?? 20);
const HELD = 100_000;
const IN_MEMORY = 5_000;
const CHANGES_A_SECOND = 60;
const NEW_A_SECOND = 1;
/** Due from an update to its paint, p50 and p95. */
const USUAL_MS = 50;
const LATE_MS = 120;
/** A busy machine makes a run slow, never fast: the best of so many. */
const RUNS = 3;
const TABS = 8;
const VIEW = { theme: 'light', lang: 'en', width: 1440 } as const;
/** A circuit of the plain scenario, the port at its A end, and whose it is. */
const CIRCUIT = { code: '粤沪ANE0001NP', port: 'NE0012-B1-P7', customer: 'C00002' };
const stand = new Stand();
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
  await stand.start(CIRCUIT.customer);
});
afterAll(async () => {
  await browser.close();
  await stand.end();
});

const row = (page: Page, object: string) => page.locator('[role=row][aria-rowindex]', { hasText: object });

it('an alarm is in the list within a second and on the portal within five', async () => {
  const noc = await open(browser, stand.admin, VIEW, stand.url);
  const portal = await open(browser, stand.customer, VIEW, stand.url);
  await visit(noc.page, '/noc/alarms');
  await visit(portal.page, '/portal');
  await noc.page.locator('[data-state=live]').waitFor();
  await stand.report([{ id: 'first', object: CIRCUIT.port, severity: 1 }]);
  const began = Date.now();
  await row(noc.page, CIRCUIT.port).waitFor({ timeout: 1_000 });
  await portal.page.locator('.banner', { hasText: CIRCUIT.code }).waitFor({ timeout: 5_000 - (Date.now() - began) });
  for (const watched of [noc, portal]) {
    expect(watched.faults).toEqual([]);
    await watched.context.close();
  }
});

it('a cut server is said at once, the rows stay readable, and nothing is missing or double afterwards', async () => {
  const { page, context } = await open(browser, stand.admin, VIEW, stand.url);
  await visit(page, '/noc/alarms');
  await page.locator('[data-state=live]').waitFor();
  await stand.kill();
  await page.locator('[data-state=reconnecting]').waitFor({ timeout: 5_000 });
  await page.locator('[role=status]', { hasText: 'Live updates stopped' }).waitFor({ timeout: 15_000 });
  await expect(row(page, CIRCUIT.port).isVisible()).resolves.toBe(true);
  await stand.launch();
  // Told while the page is still away.
  const missed = Array.from({ length: 30 }, (_, n) => ({ id: `missed-${n}`, object: `AWAY${n}-P1`, severity: 2 }) satisfies Report);
  await stand.report(missed);
  await page.locator('[data-state=live]').waitFor({ timeout: 15_000 });
  await expect.poll(() => page.locator('[role=grid]').getAttribute('aria-rowcount')).toBe(String(missed.length + 2));
  const ids = await page.locator('[role=row][id]').evaluateAll((rows) => rows.map((row) => row.id));
  expect(new Set(ids).size).toBe(ids.length);
  await context.close();
});

it('eight tabs of one browser are all live, and the API still answers', async () => {
  const { page, context } = await open(browser, stand.admin, VIEW, stand.url);
  const pages = [page];
  while (pages.length < TABS) pages.push(await context.newPage());
  for (const tab of pages) {
    await tab.goto('/noc/alarms');
    await tab.locator('[data-state=live]').waitFor();
  }
  await stand.report([{ id: 'eight', object: 'TABS8-P1', severity: 1 }]);
  await Promise.all(pages.map((tab) => row(tab, 'TABS8-P1').waitFor({ timeout: 5_000 })));
  const answers = await Promise.all(pages.map((tab) => tab.evaluate(async () => (await fetch('/api/v1/alarms?limit=1')).status)));
  expect(answers).toEqual(pages.map(() => 200));
  await context.close();
});

it('a slow machine keeps up with a flood over a full list', async () => {
  const flood = alarms(HELD);
  for (let at = 0; at < flood.length; at += 1_000) await stand.report(flood.slice(at, at + 1_000));
  const { page, context, faults } = await open(browser, stand.admin, VIEW, stand.url);
  await visit(page, '/noc/alarms');
  await fill(page);
  await page.evaluate(() => document.querySelector('[role=grid]')?.scrollTo({ top: 0 }));
  await page.evaluate(watchPaint);
  const cdp = await context.newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  const before = await heap(cdp);
  let best = await paintsOf(page, flood);
  for (let run = 1; run < RUNS && !quick(best); run++) {
    const again = await paintsOf(page, flood);
    if (again.late < best.late) best = again;
  }
  const after = await heap(cdp);
  expect(best.count).toBeGreaterThan(SECONDS);
  // How fast is measured and printed; the machine has its part in it, so only what is far off fails.
  expect(best.usual, JSON.stringify(best)).toBeLessThanOrEqual(2 * USUAL_MS);
  expect(best.late, JSON.stringify(best)).toBeLessThanOrEqual(2 * LATE_MS);
  expect(await page.locator('[role=row][id]').count()).toBeLessThanOrEqual(60);
  expect(after - before).toBeLessThanOrEqual(5 * 1024 * 1024);
  expect(faults).toEqual([]);
  await context.close();
}, 300_000);

interface Paints {
  count: number;
  /** Milliseconds from an update to its paint: p50 and p95. */
  usual: number;
  late: number;
}

function quick(paints: Paints): boolean {
  return paints.usual <= USUAL_MS && paints.late <= LATE_MS;
}

async function paintsOf(page: Page, flood: Report[]): Promise<Paints> {
  await page.evaluate('window.paints.length = 0');
  await change(flood);
  const paints = (await page.evaluate('window.paints')) as number[];
  paints.sort((a, b) => a - b);
  const at = (share: number) => paints[Math.min(paints.length - 1, Math.floor(paints.length * share))] ?? Infinity;
  const seen = { count: paints.length, usual: at(0.5), late: at(0.95) };
  console.log(`update to paint, 4x slower: ${seen.count} batches, p50 ${seen.usual.toFixed(0)} ms, p95 ${seen.late.toFixed(0)} ms`);
  return seen;
}

function alarms(count: number): Report[] {
  return Array.from({ length: count }, (_, n) => ({ id: `held-${n}`, object: `HELD${n}-P1`, severity: ((n % 4) + 1) as Report['severity'] }));
}

/** Scrolls until the list holds all the rows that it ever holds. */
async function fill(page: Page): Promise<void> {
  const rows = () => page.evaluate(() => {
    const grid = document.querySelector('[role=grid]');
    const line = document.querySelector('[role=row][id]');
    return Math.round((grid?.scrollHeight ?? 0) / (line?.getBoundingClientRect().height ?? 1));
  });
  while ((await rows()) < IN_MEMORY) {
    await page.evaluate(() => document.querySelector('[role=grid]')?.scrollTo({ top: 1e9 }));
    await settled(page);
  }
}

/** Some alarms are new, the others come again with another severity: half of them rows that the page holds. */
async function change(flood: Report[]): Promise<void> {
  const EVERY_MS = 250;
  const each = (CHANGES_A_SECOND * EVERY_MS) / 1_000;
  const until = Date.now() + SECONDS * 1_000;
  for (let round = 0; Date.now() < until; round++) {
    const due = Date.now() + EVERY_MS;
    const again = Array.from({ length: each - 1 }, (_, n) => flood[((round * each + n) * 7) % flood.length] as Report);
    const told = again.map((alarm, n) => ({ ...alarm, severity: (((alarm.severity + round + n) % 4) + 1) as Report['severity'] }));
    const fresh: Report[] = (round * EVERY_MS * NEW_A_SECOND) % 1_000 === 0 ? [{ id: `new-${until}-${round}`, object: `NEW${round}-P1`, severity: 1 }] : [];
    await stand.report([...told, ...fresh]);
    await new Promise((done) => setTimeout(done, Math.max(0, due - Date.now())));
  }
}

async function heap(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  return (await cdp.send('Runtime.getHeapUsage')).usedSize;
}

/** Runs in the page: from the mark of each batch of events to the end of the frame that shows it. */
function watchPaint(): void {
  const paints: number[] = [];
  (window as unknown as { paints: number[] }).paints = paints;
  new PerformanceObserver((list) => {
    for (const mark of list.getEntriesByName('linesman-live')) {
      requestAnimationFrame(() => {
        const after = new MessageChannel();
        after.port1.onmessage = () => paints.push(performance.now() - mark.startTime);
        after.port2.postMessage(null);
      });
    }
  }).observe({ type: 'mark' });
}
