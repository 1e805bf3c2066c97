// What the first load of each page weighs, that the policy is strict, and that the portal carries
// nothing of the operations centre.
import type { Browser } from 'playwright-core';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE, launch, open, routes, visit } from './browser';

const KIB = 1024;
const BUDGET_KIB = { noc: 150, customer: 110 } as const;
type Home = keyof typeof BUDGET_KIB;
const FONT_LIMIT = 65_000;
/** Words that only the operations centre may contain. */
const NOC_ONLY = ['/alarms/summary', '/users', '/tokens', '/resource-loads', '/sources', '/quarantine', '/sla/urgent', '/sla/versions', '/corrections', '/reports/runs', 'dispatchWhy', 'circuitsUnprotected', 'explainedBy', 'nativeCause'];
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function loaded(role: Home, deep: boolean): Promise<{ code: Map<string, string>; fonts: number }> {
  const { page, context } = await open(browser, role);
  const asked = new Set<string>();
  page.on('response', (response) => asked.add(new URL(response.url()).pathname));
  for (const path of deep ? await routes(context, role) : [role === 'noc' ? '/noc' : '/portal']) await visit(page, path);
  await context.close();
  // Read again beside the browser, which forgets a body when its page goes on.
  const code = new Map<string, string>();
  let fonts = 0;
  for (const path of [...asked].filter((path) => path.startsWith('/_app/'))) {
    const file = await fetch(BASE + path);
    expect(file.status, path).toBe(200);
    if (/\.(js|css)$/.test(path)) code.set(path, await file.text());
    if (path.endsWith('.woff2')) fonts += (await file.arrayBuffer()).byteLength;
  }
  return { code, fonts };
}

describe.each(['noc', 'customer'] as Home[])('%s', (role) => {
  it('first load is within its budget', async () => {
    const { code, fonts } = await loaded(role, false);
    const size = [...code.values()].reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0);
    console.log(`${role}: ${(size / KIB).toFixed(1)} KiB gzip in ${code.size} files, fonts ${fonts} B`);
    expect(code.size).toBeGreaterThan(2);
    expect(size).toBeLessThanOrEqual(BUDGET_KIB[role] * KIB);
    expect(fonts).toBeLessThanOrEqual(FONT_LIMIT);
    expect([...code.keys()].some((path) => path.includes('uplot'))).toBe(false);
  });
});

it('the portal carries nothing of the operations centre', async () => {
  const portal = await loaded('customer', true);
  for (const [path, text] of portal.code) for (const word of NOC_ONLY) expect(text.includes(word), `${path} contains ${word}`).toBe(false);
  // A word that nothing contains would prove nothing.
  const noc = [...(await loaded('noc', true)).code.values()].join('\n');
  for (const word of NOC_ONLY) expect(noc.includes(word), `the operations centre contains ${word}`).toBe(true);
});

it('the policy allows nothing inline and nothing foreign', async () => {
  for (const path of ['/', '/noc', '/noc/alarms', '/noc/circuits/X', '/noc/users', '/portal', '/portal/circuits/X', '/login']) {
    const answer = await fetch(BASE + path, { headers: { Accept: 'text/html' } });
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy, path).toContain("default-src 'self'");
    expect(answer.status, path).toBe(200);
    expect(policy, path).not.toMatch(/unsafe-(inline|eval)/);
    expect(await answer.text()).not.toContain('__APP_BASE__');
  }
});
