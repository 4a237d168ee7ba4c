// The core of the live pages: forms that swap parts of their page.
import { FERNHILL, MAYA, open, post, prefer, signIn } from '../support/people.js';
import { expect, listening, test } from '../support/test.js';

test.use({ start: { mailServer: false, env: FERNHILL, people: [MAYA] } });
test.describe.configure({ mode: 'serial' });

const ADA = { name: 'Ada Okonkwo', email: 'ada@example.org', subject: 'Cups', body: 'Two are missing.' };

test('a form changes its parts of the page in place: words, focus and what is open stay', async ({ page, pigeon }) => {
  await post(pigeon, ADA);
  await signIn(page, pigeon);
  await prefer(page, pigeon, { afterClosing: 'stay' });
  await open(page, pigeon, ADA.subject);
  await page.evaluate(() => (window.same = true));
  await page.locator('textarea[name=body]').fill('Half a thought');
  await page.locator('details.ask summary', { hasText: 'Revoke links' }).click();
  await page.locator('.bar').getByRole('button', { name: 'Assign to me' }).click();
  await expect(page.getByText('Maya Lindqvist took this over')).toBeVisible();
  await expect(page.locator('#details').getByLabel('Assigned to')).toHaveValue(/.+/);
  await expect(page.locator('details.ask', { hasText: 'Revoke links' })).toHaveAttribute('open', '');
  const hush = page.getByRole('button', { name: 'No more mail about this' });
  await hush.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Follow' })).toBeFocused();
  await expect(page.locator('textarea[name=body]')).toHaveValue('Half a thought');
  expect(await page.evaluate(() => window.same)).toBe(true);
});

test('buttons that the script shows and hides stay so over a swap', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await open(page, pigeon, ADA.subject, 'all');
  const change = page.getByRole('button', { name: 'Change the status' });
  await expect(change).toBeHidden();
  await page.getByLabel('Status').selectOption('open');
  await change.click();
  await expect(page.getByText('Maya Lindqvist set this to open')).toBeVisible();
  await expect(change).toBeHidden();
  await expect(page.getByRole('button', { name: 'Copy the e-mail address' })).toBeVisible();
  await page.getByLabel('Status').selectOption('pending');
  await expect(change).toBeVisible();
});

test('a page that answers a form stays as it is: it has no address to be fetched from again', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  const list = await page.context().newPage();
  await list.goto(`${pigeon.url}/pigeon/admin/threads?source=pending`);
  await listening(list);
  await page.goto(`${pigeon.url}/pigeon/admin/new`);
  await page.getByLabel('Their e-mail').fill(ADA.email);
  await page.getByLabel('Message').fill(' ');
  await page.locator('form.form').evaluate((form) => form.submit());
  await page.waitForURL(/actions/);
  const asked = [];
  page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`));
  await post(pigeon, { ...ADA, subject: 'Saucers' });
  await expect(list.getByRole('main').locator('.row', { hasText: 'Saucers' })).toBeVisible();
  await page.evaluate(() => new Promise((over) => requestIdleCallback(over)));
  expect(asked.filter((it) => !it.includes('/assets/'))).toEqual([]);
  await listening(page, 0);
  await expect(page.getByLabel('Their e-mail')).toHaveValue(ADA.email);
});

test('without an answer from the server the page stays, and says so', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await open(page, pigeon, ADA.subject, 'all');
  await page.locator('textarea[name=body]').fill('Half a thought');
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Follow' }).click();
  await expect(page.getByText('No connection.')).toBeVisible();
  await expect(page.locator('textarea[name=body]')).toHaveValue('Half a thought');
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Follow' }).click();
  await expect(page.getByRole('button', { name: 'No more mail about this' })).toBeVisible();
});

test('an answer without the parts is fetched again the plain way', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await open(page, pigeon, ADA.subject, 'all');
  await page.evaluate(() => {
    window.same = true;
    for (const form of document.querySelectorAll('#details form')) form.dataset.swap = 'nowhere';
  });
  await page.getByRole('button', { name: 'No more mail about this' }).click();
  await expect(page.getByRole('button', { name: 'Follow' })).toBeVisible();
  expect(await page.evaluate(() => window.same)).toBeUndefined();
});

test('what was typed and refused stays when the page is brought up to date', async ({ page, pigeon }) => {
  const link = await post(pigeon, { ...ADA, subject: 'Handles' });
  await signIn(page, pigeon);
  await open(page, pigeon, 'Handles');
  await page.getByText('Add someone').click();
  await page.locator('#add').fill('nobody at all');
  await page.locator('#add-someone').getByRole('button', { name: 'Add' }).click();
  await expect(page.getByText('Nobody of the team has this name')).toBeVisible();
  const body = new URLSearchParams({ token: link.split('/').at(-1), body: 'Both of them.' });
  await fetch(`${pigeon.url}/pigeon/actions/pigeon/guest/reply`, { method: 'POST', body, redirect: 'manual' });
  await expect(page.locator('#messages').getByText('Both of them.')).toBeVisible();
  await expect(page.locator('#add')).toHaveValue('nobody at all');
});
