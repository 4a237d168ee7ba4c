import { FERNHILL, MAYA, open, post, signIn, toNote, toReply } from '../support/people.js';
import { expect, test } from '../support/test.js';

test.use({ start: { mailServer: false, env: FERNHILL, people: [MAYA] } });
test.describe.configure({ mode: 'serial' });

const ADA = { name: 'Ada Okonkwo', email: 'ada@example.org', subject: 'Cups', body: 'Two are missing.' };
const DAY = 24 * 3600 * 1000;
const kept = (page) => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('pigeon-draft:')).length);

test('a reply and a note are kept apart, over a reload, until they are posted', async ({ page, pigeon }) => {
  await post(pigeon, ADA);
  await signIn(page, pigeon);
  await open(page, pigeon, ADA.subject);
  const body = page.locator('textarea[name=body]');
  await body.fill('Dear Ada, they are on');
  await expect(page.getByText('Draft kept on this device')).toBeVisible();
  await toNote(page);
  await expect(body).toHaveValue('');
  await body.fill('A friend of the owner');
  await toReply(page);
  await expect(body).toHaveValue('Dear Ada, they are on');
  await page.reload();
  await expect(body).toHaveValue('Dear Ada, they are on');
  await toNote(page);
  await expect(body).toHaveValue('A friend of the owner');
  await page.getByRole('button', { name: 'Add note' }).click();
  await expect(page.locator('.letter.note')).toBeVisible();
  await expect(body).toHaveValue('Dear Ada, they are on');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.locator('.letter.ours')).toBeVisible();
  await expect(body).toHaveValue('');
  await expect.poll(() => kept(page)).toBe(0);
});

test('a draft is forgotten after 7 days', async ({ page, pigeon }) => {
  await page.clock.install();
  await page.goto(`${pigeon.url}/pigeon/contact`);
  await page.getByLabel('Your message').fill('Half a thought');
  await page.clock.runFor(1_000);
  await expect.poll(() => kept(page)).toBe(1);
  await page.clock.setFixedTime(Date.now() + 6.9 * DAY);
  await page.reload();
  await expect(page.getByLabel('Your message')).toHaveValue('Half a thought');
  await page.clock.setFixedTime(Date.now() + 14 * DAY);
  await page.reload();
  await expect(page.getByLabel('Your message')).toHaveValue('');
  await expect.poll(() => kept(page)).toBe(0);
});

test('a guest’s draft goes with the post, also one that was sent from a page without a link', async ({ page, pigeon }) => {
  const link = await post(pigeon, { ...ADA, subject: 'Saucers' });
  await page.goto(link);
  await page.getByLabel('Write back').fill('And a saucer');
  await page.reload();
  await expect(page.getByLabel('Write back')).toHaveValue('And a saucer');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.locator('.letter', { hasText: 'And a saucer' })).toBeVisible();
  await expect(page.getByLabel('Write back')).toHaveValue('');
  await expect.poll(() => kept(page)).toBe(0);
});

test('signing out warns of drafts, and takes them along', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await open(page, pigeon, 'Saucers');
  await page.locator('textarea[name=body]').fill('Not yet');
  await expect(page.getByText('Draft kept on this device')).toBeVisible();
  await page.getByRole('button', { name: 'your account' }).click();
  page.once('dialog', (dialog) => dialog.dismiss());
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect.poll(() => kept(page)).toBe(1);
  page.once('dialog', (dialog) => dialog.accept());
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).not.toHaveURL(/admin/);
  await expect.poll(() => kept(page)).toBe(0);
});

test('badge and title count what needs a reply', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  const badge = page.getByRole('navigation', { name: 'Pigeon' }).locator('.badge');
  await post(pigeon, { ...ADA, subject: 'Plates' });
  await page.goto(`${pigeon.url}/pigeon/admin/threads`);
  await expect(badge).toHaveText(/^2/);
  await expect(page).toHaveTitle(/\(2\)/);
  await open(page, pigeon, 'Plates');
  await page.locator('.bar').getByRole('button', { name: 'Close' }).click();
  await expect(badge).toHaveText(/^1/);
  await expect(page).toHaveTitle(/\(1\)/);
  await open(page, pigeon, 'Saucers');
  await page.locator('.bar').getByRole('button', { name: 'Close' }).click();
  await expect(badge).toHaveCount(0);
  await expect(page).not.toHaveTitle(/\(/);
});
