// What the first load of each page weighs, that the policy is strict, and that the portal carries
// nothing of the operations centre.
import type { Browser } from 'playwright-core';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE, launch, open, visit, type Role } from './browser';

const KIB = 1024;
const BUDGET_KIB: Record<Role, number> = { noc: 150, customer: 110 };
const FONT_LIMIT = 65_000;
/** Words that only the operations centre may contain. */
const NOC_ONLY = ['/alarms/summary', '/resource-loads', '/sources', 'dispatchWhy', 'emsName', 'explainedBy', 'nativeCause'];
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function firstLoad(role: Role): Promise<{ code: Map<string, string>; fonts: number }> {
  const { page, context } = await open(browser, role);
  const code = new Map<string, string>();
  let fonts = 0;
  page.on('response', (response) => {
    const path = new URL(response.url()).pathname;
    if (!path.startsWith('/_app/')) return;
    if (/\.(js|css)$/.test(path)) void response.text().then((text) => code.set(path, text));
    if (path.endsWith('.woff2')) void response.body().then((body) => (fonts += body.length));
  });
  await visit(page, role === 'noc' ? '/noc' : '/portal');
  await context.close();
  return { code, fonts };
}

describe.each(['noc', 'customer'] as Role[])('%s', (role) => {
  it('first load is within its budget', async () => {
    const { code, fonts } = await firstLoad(role);
    const size = [...code.values()].reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0);
    console.log(`${role}: ${(size / KIB).toFixed(1)} KiB gzip in ${code.size} files, fonts ${fonts} B`);
    expect(code.size).toBeGreaterThan(2);
    expect(size).toBeLessThanOrEqual(BUDGET_KIB[role] * KIB);
    expect(fonts).toBeLessThanOrEqual(FONT_LIMIT);
    expect([...code.keys()].some((path) => path.includes('uplot'))).toBe(false);
  });
});

it('the portal carries nothing of the operations centre', async () => {
  const { code } = await firstLoad('customer');
  for (const [path, text] of code) for (const word of NOC_ONLY) expect(text.includes(word), `${path} contains ${word}`).toBe(false);
});

it('the policy allows nothing inline and nothing foreign', async () => {
  for (const path of ['/', '/noc', '/portal', '/login']) {
    const answer = await fetch(BASE + path, { headers: { Accept: 'text/html' } });
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy, path).toContain("default-src 'self'");
    expect(policy, path).not.toMatch(/unsafe-(inline|eval)/);
    expect(await answer.text()).not.toContain('__APP_BASE__');
  }
});
