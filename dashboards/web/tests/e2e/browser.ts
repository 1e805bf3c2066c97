// One Chromium for a test file, contexts with a signed-in user, and what every page must keep:
// no console error, no request to another origin, no sideways overflow.
//
// Environment: BASE_URL (see vitest.config.ts), and users as `login:password` in LINESMAN_NOC, LINESMAN_CUSTOMER
// and LINESMAN_ADMIN.
import { chromium, type Browser, type BrowserContext, type Page, type Request } from 'playwright-core';
import { createServer } from 'node:net';
import { expect } from 'vitest';

export const BASE = (process.env['LINESMAN_URL'] ?? '').replace(/\/$/, '');
export const WIDTHS = [1440, 390] as const;
export const LANGS = ['en', 'zh'] as const;

export type Role = 'noc' | 'customer' | 'admin';
/** Somebody that a test made. */
export interface Person {
  login: string;
  password: string;
}
export interface View {
  theme: 'light' | 'dark';
  lang: (typeof LANGS)[number];
  width: number;
}
export interface Watched {
  page: Page;
  context: BrowserContext;
  faults: string[];
  traffic: Traffic;
}
/** What the page has asked of the API: still open, and when that last changed. */
interface Traffic {
  open: Set<Request>;
  moved: number;
}

const USERS: Record<Role, string> = {
  noc: process.env['LINESMAN_NOC'] ?? 'noc:demo',
  customer: process.env['LINESMAN_CUSTOMER'] ?? 'customer:demo',
  admin: process.env['LINESMAN_ADMIN'] ?? 'admin:demo',
};

export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
export const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run', '--font-render-hinting=none'];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

export function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

/** `base` is the server that is looked at: that of `BASE_URL`, or a test's own. */
export async function open(browser: Browser, role: Role | Person | null, view: View = { theme: 'light', lang: 'en', width: 1440 }, base = BASE): Promise<Watched> {
  const phone = view.width < 600;
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width: view.width, height: phone ? 844 : 900 },
    colorScheme: view.theme,
    locale: view.lang === 'zh' ? 'zh-CN' : 'en-GB',
    timezoneId: 'Asia/Shanghai',
    hasTouch: phone,
    isMobile: phone,
    reducedMotion: 'reduce',
  });
  if (role !== null) await signIn(context, role, base);
  // Some engines only report what the policy stops; here it is a fault like any other.
  await context.addInitScript(() => addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== new URL(base).origin) faults.push(`foreign request: ${request.url()}`);
  });
  return { page, context, faults, traffic: watch(page) };
}

const QUIET_MS = 250;
const traffics = new WeakMap<Page, Traffic>();

function watch(page: Page): Traffic {
  const traffic: Traffic = { open: new Set(), moved: Date.now() };
  // Live streams stay open; the script of the shared worker that holds them is never told to have ended.
  const ours = (request: Request) => /\/api\//.test(request.url()) && !/\/events(\?|$)/.test(request.url());
  const ended = (request: Request) => {
    if (traffic.open.delete(request)) traffic.moved = Date.now();
  };
  page.on('request', (request) => {
    if (!ours(request)) return;
    traffic.open.add(request);
    traffic.moved = Date.now();
  });
  page.on('requestfinished', ended);
  page.on('requestfailed', ended);
  traffics.set(page, traffic);
  return traffic;
}

/** Nothing is asked any more, and what was answered is drawn. */
export async function settled(page: Page): Promise<void> {
  const traffic = traffics.get(page);
  await expect.poll(() => traffic === undefined || (traffic.open.size === 0 && Date.now() - traffic.moved > QUIET_MS), { timeout: 30_000, interval: 50 }).toBe(true);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

export async function signIn(context: BrowserContext, role: Role | Person, base: string): Promise<void> {
  const [login = '', password = ''] = typeof role === 'string' ? USERS[role].split(':') : [role.login, role.password];
  const answer = await context.request.post('/api/v1/session', { data: { login, password }, headers: { 'X-Linesman': '1', Origin: base } });
  if (!answer.ok()) throw new Error(`cannot sign in as ${login}: ${answer.status()} ${await answer.text()}`);
}

/** A change through the API, as a page would make it. */
export async function send<T>(context: BrowserContext, path: string, data: unknown = {}): Promise<{ status: number; body: T }> {
  const answer = await context.request.post(`${BASE}/api/v1${path}`, { data, headers: { 'X-Linesman': '1', Origin: BASE } });
  const text = await answer.text();
  return { status: answer.status(), body: (text === '' ? null : JSON.parse(text)) as T };
}

export async function read<T>(context: BrowserContext, path: string): Promise<T> {
  return (await (await context.request.get(`/api/v1${path}`)).json()) as T;
}

let made = 0;
/** An operator that no earlier run made. */
export async function operator(browser: Browser): Promise<Person> {
  const { context } = await open(browser, 'admin');
  const person = { login: `operator-${process.pid}-${++made}`, password: `kept-${process.pid}-${made}-long` };
  const { status } = await send(context, '/users', { ...person, name: person.login, role: 'noc', language: '' });
  if (status >= 300) throw new Error(`cannot make ${person.login}: ${status}`);
  await context.close();
  return person;
}

/** The demo has its first ticket after some minutes of its day. */
const PATIENCE_MS = 150_000;

/** The first key of a list, so that tests do not depend on the seed; waits until there is one. */
export async function firstOf(context: BrowserContext, path: string, key: string): Promise<string> {
  for (const until = Date.now() + PATIENCE_MS; ; await new Promise((done) => setTimeout(done, 500))) {
    const body = await read<{ items?: Record<string, unknown>[] } | Record<string, unknown>[]>(context, path);
    const items = Array.isArray(body) ? body : (body.items ?? []);
    const value = items[0]?.[key];
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    if (Date.now() > until) throw new Error(`${path} has no ${key}`);
  }
}

/** Settled: the heading is there and the first answers are drawn. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.locator('main h1').first().waitFor();
  await settled(page);
}

export async function overflow(page: Page, width: number): Promise<number> {
  const scroll = await page.evaluate(() => document.documentElement.scrollWidth);
  return Math.max(0, scroll - width);
}

export async function routes(context: BrowserContext, role: Role): Promise<string[]> {
  if (role === 'customer') {
    const code = encodeURIComponent(await firstOf(context, '/portal/circuits?limit=1', 'code'));
    return ['/portal', '/portal/circuits', `/portal/circuits/${code}`, '/portal/circuits/NO-SUCH-CIRCUIT', `/portal/circuits/${code}/outages/2026-01-01T00%3A00%3A00Z`, '/portal/outages', '/portal/reports', '/portal/nothing-here'];
  }
  if (role === 'admin') return ['/noc/users', '/noc/tokens', '/noc/loads'];
  const code = encodeURIComponent(await firstOf(context, '/circuits?limit=1', 'code'));
  const customer = encodeURIComponent(await firstOf(context, '/customers?limit=1', 'customerNo'));
  const fault = encodeURIComponent(await firstOf(context, '/faults?state=all&limit=1', 'faultNo'));
  const ticket = encodeURIComponent(await firstOf(context, '/tickets?limit=1', 'alarmId'));
  const alarm = await firstOf(context, '/alarms?state=active&limit=1', 'id');
  return [
    '/noc', `/noc/alarms?open=${alarm}`, '/noc/alarms?q=nothing-has-this-text', '/noc/alarms?state=cleared', '/noc/faults', '/noc/faults?state=all', `/noc/faults/${fault}`, '/noc/tickets', `/noc/tickets/${ticket}`,
    '/noc/circuits', `/noc/circuits/${code}`, '/noc/customers', `/noc/customers/${customer}`, '/noc/sla', '/noc/sla/review', '/noc/sla/log', '/noc/sla/classes?plan=default', '/noc/thresholds', '/noc/reports', '/noc/sources', '/noc/sources/GD_TNMS', '/noc/loads', '/noc/quarantine', '/noc/users', '/noc/nothing-here',
  ];
}
