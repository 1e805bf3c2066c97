// One Chromium for a test file, contexts with a signed-in user, and what every page must keep:
// no console error, no request to another origin, no sideways overflow.
//
// Environment: BASE_URL (see vitest.config.ts), and users as `login:password` in LINESMAN_NOC and LINESMAN_CUSTOMER.
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

export const BASE = (process.env['LINESMAN_URL'] ?? '').replace(/\/$/, '');
export const WIDTHS = [1440, 390] as const;
export const THEMES = ['light', 'dark'] as const;
export const LANGS = ['en', 'zh'] as const;

export type Role = 'noc' | 'customer';
export interface View {
  theme: (typeof THEMES)[number];
  lang: (typeof LANGS)[number];
  width: number;
}
export interface Watched {
  page: Page;
  context: BrowserContext;
  faults: string[];
}

const USERS: Record<Role, string> = {
  noc: process.env['LINESMAN_NOC'] ?? 'noc:demo',
  customer: process.env['LINESMAN_CUSTOMER'] ?? 'customer:demo',
};

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run', '--font-render-hinting=none'],
  });
}

export async function open(browser: Browser, role: Role | null, view: View = { theme: 'light', lang: 'en', width: 1440 }): Promise<Watched> {
  const phone = view.width < 600;
  const context = await browser.newContext({
    viewport: { width: view.width, height: phone ? 844 : 900 },
    colorScheme: view.theme,
    locale: view.lang === 'zh' ? 'zh-CN' : 'en-GB',
    timezoneId: 'Asia/Shanghai',
    hasTouch: phone,
    isMobile: phone,
    reducedMotion: 'reduce',
  });
  if (role !== null) await signIn(context, role);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== new URL(BASE).origin) faults.push(`foreign request: ${request.url()}`);
  });
  return { page, context, faults };
}

async function signIn(context: BrowserContext, role: Role): Promise<void> {
  const [login = '', password = ''] = USERS[role].split(':');
  const answer = await context.request.post(`${BASE}/api/v1/session`, { data: { login, password }, headers: { 'X-Linesman': '1', Origin: BASE } });
  if (!answer.ok()) throw new Error(`cannot sign in as ${login}: ${answer.status()} ${await answer.text()}`);
}

/** The first key of a list, so that tests do not depend on the seed. */
export async function firstOf(context: BrowserContext, path: string, key: string): Promise<string> {
  const answer = await context.request.get(`${BASE}/api/v1${path}`);
  const body = (await answer.json()) as { items?: Record<string, unknown>[] } | Record<string, unknown>[];
  const items = Array.isArray(body) ? body : (body.items ?? []);
  const value = items[0]?.[key];
  if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`${path} has no ${key}`);
  return String(value);
}

/** Settled: the heading is there and the first answers are drawn. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(BASE + path);
  await page.locator('main h1').first().waitFor();
  await page.waitForTimeout(900);
}

export async function overflow(page: Page, width: number): Promise<number> {
  const scroll = await page.evaluate(() => document.documentElement.scrollWidth);
  return Math.max(0, scroll - width);
}

export async function routes(context: BrowserContext, role: Role): Promise<string[]> {
  if (role === 'customer') {
    const code = encodeURIComponent(await firstOf(context, '/portal/circuits?limit=1', 'code'));
    return ['/portal', '/portal/circuits', `/portal/circuits/${code}`, '/portal/circuits/NO-SUCH-CIRCUIT'];
  }
  const code = encodeURIComponent(await firstOf(context, '/circuits?limit=1', 'code'));
  const customer = encodeURIComponent(await firstOf(context, '/customers?limit=1', 'customerNo'));
  const fault = encodeURIComponent(await firstOf(context, '/faults?limit=1', 'faultNo'));
  const alarm = await firstOf(context, '/alarms?state=active&limit=1', 'id');
  return [
    '/noc', `/noc/alarms?open=${alarm}`, '/noc/alarms?q=nothing-has-this-text', '/noc/faults', `/noc/faults/${fault}`, '/noc/tickets',
    '/noc/circuits', `/noc/circuits/${code}`, '/noc/customers', `/noc/customers/${customer}`, '/noc/sources', '/noc/loads', '/noc/nothing-here',
  ];
}
