// What an administrator does: users and tokens, by keyboard; and what nobody else may see of it.
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE, LANGS, launch, open, settled, visit } from './browser';
import { violations } from './look';

let browser: Browser;
let made = 0;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** A login that no earlier run made. */
function freshLogin(): string {
  made += 1;
  return `person-${process.pid}-${made}`;
}
async function signs(context: BrowserContext, login: string, password: string): Promise<number> {
  const answer = await context.request.post(`${BASE}/api/v1/session`, { data: { login, password }, headers: { 'X-Linesman': '1', Origin: BASE } });
  return answer.status();
}
async function asks(token: string): Promise<number> {
  return (await fetch(`${BASE}/api/v1/alarms?limit=1`, { headers: { Authorization: `Bearer ${token}` } })).status;
}

describe('administrator', () => {
  it('makes a user, resets the password, disables and enables', async () => {
    const { page, context, faults } = await open(browser, 'admin');
    const stranger = await browser.newContext();
    const login = freshLogin();
    await visit(page, '/noc/users');
    await page.getByRole('button', { name: 'New user' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Create' }).click();
    expect(await dialog.getByRole('alert').filter({ hasText: /\S/ }).allInnerTexts()).toEqual(['1 to 64 letters, digits, dots, dashes, underscores or @', 'At least 10 characters']);
    await dialog.getByLabel('Login').fill(login);
    await dialog.getByRole('button', { name: 'Generate' }).click();
    const first = await dialog.getByLabel('Password').inputValue();
    expect(first).toMatch(/^[\w]{16}$/);
    await dialog.getByLabel('Password').press('Enter');
    await dialog.waitFor({ state: 'detached' });
    const row = page.getByRole('row').filter({ hasText: login });
    await row.waitFor();
    expect(await signs(stranger, login, first)).toBe(200);

    await row.getByRole('button', { name: `Reset password of ${login}` }).click();
    await dialog.getByLabel('Password').fill('another-password');
    await dialog.getByRole('button', { name: 'Reset password' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect([await signs(stranger, login, first), await signs(stranger, login, 'another-password')]).toEqual([401, 200]);

    await row.getByRole('button', { name: `Disable user ${login}` }).click();
    await row.getByText('Disabled').waitFor();
    expect(await signs(stranger, login, 'another-password')).toBe(401);
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await row.getByText('Active').waitFor();
    expect(await signs(stranger, login, 'another-password')).toBe(200);
    expect(await page.getByRole('button', { name: 'Disable user admin' }).isDisabled()).toBe(true);
    expect(faults).toEqual([]);
    await stranger.close();
    await context.close();
  });

  it('makes a token that is shown once and ends when it is revoked', async () => {
    const { page, context, faults } = await open(browser, 'admin');
    const name = `grafana ${freshLogin()}`;
    await visit(page, '/noc/tokens');
    await page.getByRole('button', { name: 'New token' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByLabel('Name').press('Enter');
    const token = await dialog.getByLabel('Token').inputValue();
    expect(token).toMatch(/^lm_/);
    expect(await asks(token)).toBe(200);
    await dialog.getByRole('button', { name: 'I have stored it' }).click();
    await dialog.waitFor({ state: 'detached' });
    const row = page.getByRole('row').filter({ hasText: name });
    await row.waitFor();
    expect(await page.content()).not.toContain(token);
    await row.getByRole('button', { name: `Revoke token ${name}` }).click();
    const sure = dialog.getByRole('button', { name: 'Revoke', exact: true });
    expect(await sure.isDisabled(), 'the name must be typed').toBe(true);
    await dialog.getByRole('textbox').fill(name);
    await sure.click();
    await row.waitFor({ state: 'detached' });
    await expect.poll(() => asks(token)).toBe(401);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('sees who did what, sifts it, and that nobody changed it', async () => {
    const { page, context, faults } = await open(browser, 'admin');
    const login = freshLogin();
    await visit(page, '/noc/users');
    await page.getByRole('button', { name: 'New user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Login').fill(login);
    await dialog.getByRole('button', { name: 'Generate' }).click();
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Audit log' }).click();
    await page.getByRole('heading', { name: 'The log is whole' }).waitFor();
    const row = page.getByRole('row').filter({ hasText: login });
    await row.filter({ hasText: 'added a user' }).waitFor();
    await page.getByRole('button', { name: 'Tokens', exact: true }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Users', exact: true }).click();
    await page.getByLabel('Object').fill(login);
    await page.getByLabel('Object').press('Enter');
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
    const text = await readFile(await file.path(), 'utf8');
    expect(text.trim().split('\r\n').length).toBe(2);
    expect(text).toContain(login);
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByText(/\d entries\./).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('is shown what the server refuses, at its field', async () => {
    const { page, context } = await open(browser, 'admin');
    await visit(page, '/noc/users');
    await page.getByRole('button', { name: 'New user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Login').fill('admin');
    await dialog.getByRole('button', { name: 'Generate' }).click();
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('There is one already.').waitFor();
    await dialog.getByText(/exists already/).waitFor();
    await dialog.getByLabel('Role').selectOption('customer');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('A customer account needs its customer number').waitFor();
    await context.close();
  });

  it.each(LANGS)('dialogs are accessible: %s', async (lang) => {
    const { page, context, faults } = await open(browser, 'admin', { theme: 'light', lang, width: 1440 });
    await visit(page, '/noc/audit');
    await page.locator('#audit-chain').waitFor();
    await settled(page);
    expect(await violations(page), '/noc/audit').toEqual([]);
    for (const path of ['/noc/users', '/noc/tokens']) {
      await visit(page, path);
      await page.locator('main .btn.pri').click();
      await page.getByRole('dialog').waitFor();
      await settled(page);
      expect(await violations(page), `${path} new`).toEqual([]);
      await page.getByRole('combobox').first().selectOption('customer');
      await settled(page);
      await page.locator('dialog .btn.pri').click();
      expect(await violations(page), `${path} with faults`).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    expect(faults).toEqual([]);
    await context.close();
  });
});

it('nobody else sees administration', async () => {
  const { page, context, faults } = await open(browser, 'noc');
  await visit(page, '/noc/users');
  expect(await page.getByRole('link', { name: /^(Users|API tokens|Audit log)/ }).count()).toBe(0);
  await page.getByText('This needs another role. Ask an administrator.').waitFor();
  expect(await page.getByRole('table').count()).toBe(0);
  for (const path of ['/users', '/tokens', '/audit', '/audit/chain']) expect((await context.request.get(`${BASE}/api/v1${path}`)).status(), path).toBe(403);
  expect(faults).toEqual([]);
  await context.close();
});
