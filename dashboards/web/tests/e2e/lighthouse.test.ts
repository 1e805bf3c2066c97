// The portal on a phone, as Lighthouse simulates one: how fast, how accessible, how sound. What
// Lighthouse wants in its "latest" version is pinned in package.json, so that the lock file stays true.
import { chromium, type BrowserContext } from 'playwright-core';
import lighthouse from 'lighthouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ARGUMENTS, BASE, CHROMIUM, firstOf, freePort, signIn } from './browser';

let context: BrowserContext;
let profile = '';
let port = 0;

// Lighthouse opens a tab of its own in the browser's own profile: the customer is signed in there.
beforeAll(async () => {
  port = await freePort();
  profile = await mkdtemp(join(tmpdir(), 'linesman-lighthouse-'));
  context = await chromium.launchPersistentContext(profile, { baseURL: BASE, executablePath: CHROMIUM, args: [...ARGUMENTS, `--remote-debugging-port=${port}`] });
  await signIn(context, 'customer', BASE);
});
afterAll(async () => {
  await context.close();
  await rm(profile, { recursive: true, force: true });
});

/** A busy machine makes a run slow, never fast, and an outage that begins meanwhile moves a page: the best of so many. */
const RUNS = 3;

it.each(['overview', 'circuit'])('%s', async (name) => {
  const path = name === 'overview' ? '/portal' : `/portal/circuits/${encodeURIComponent(await firstOf(context, '/portal/circuits?limit=1', 'code'))}`;
  let best = await look(path);
  for (let run = 1; run < RUNS && !quick(best); run++) {
    const again = await look(path);
    const shift = Math.min(best.shift, again.shift);
    best = { ...(again.performance > best.performance ? again : best), shift };
  }
  expect(best.accessibility, best.below).toBe(1);
  expect(best.soundness, best.below).toBe(1);
  expect(best.shift).toBeLessThanOrEqual(0.02);
  // How fast is measured and printed; the machine has its part in it, so only what is far off fails.
  expect(best.performance, JSON.stringify(best)).toBeGreaterThanOrEqual(0.85);
});

interface Seen {
  performance: number;
  accessibility: number;
  soundness: number;
  /** Milliseconds until the largest part is painted, and how long the page does not answer. */
  largest: number;
  blocked: number;
  shift: number;
  below: string;
}

function quick(seen: Seen): boolean {
  return seen.performance >= 0.95 && seen.largest <= 2_500 && seen.blocked <= 100 && seen.shift <= 0.02;
}

async function look(path: string): Promise<Seen> {
  const result = await lighthouse(BASE + path, { port, output: 'json', logLevel: 'error', onlyCategories: ['performance', 'accessibility', 'best-practices'] });
  const report = result?.lhr;
  if (report === undefined || report.runtimeError !== undefined) throw new Error(`no report: ${report?.runtimeError?.message ?? ''}`);
  expect(new URL(report.finalDisplayedUrl).pathname).toBe(path);
  const score = (category: string) => report.categories[category]?.score ?? 0;
  const value = (audit: string) => report.audits[audit]?.numericValue ?? Infinity;
  const below = Object.values(report.audits).filter((audit) => audit.score !== null && audit.score < 0.9).map((audit) => `${audit.id} ${audit.displayValue ?? ''}`);
  const seen = { performance: score('performance'), accessibility: score('accessibility'), soundness: score('best-practices'), largest: value('largest-contentful-paint'), blocked: value('total-blocking-time'), shift: value('cumulative-layout-shift'), below: below.join(', ') };
  console.log(`${path}: performance ${seen.performance}, LCP ${seen.largest.toFixed(0)} ms, CLS ${seen.shift.toFixed(3)}, TBT ${seen.blocked.toFixed(0)} ms`);
  return seen;
}
