import { FERNHILL, MAYA, open, post, signIn, toNote, toReply } from '../support/people.js';
import { expect, test } from '../support/test.js';

test.use({ start: { mailServer: false, env: FERNHILL, people: [MAYA] } });
test.describe.configure({ mode: 'serial' });

const ADA = { name: 'Ada Okonkwo', email: 'ada@example.org', subject: 'Cups', body: 'Two are missing.' };
const DAY = 24 * 3600 * 1000;
const kept = (page) => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('pigeon-draft:')).length);

test('17: a reply and a note are kept apart, in another browser too, until they are posted', async ({ page, pigeon, someone }) => {
  await post(pigeon, ADA);
  await signIn(page, pigeon);
  await open(page, pigeon, ADA.subject);
  const body = page.locator('textarea[name=body]');
  await body.fill('Dear Ada, they are on');
  await expect(page.getByText('Draft kept', { exact: true })).toBeVisible();
  await toNote(page);
  await expect(body).toHaveValue('');
  await body.fill('A friend of the owner');
  await expect(page.getByText('Draft kept', { exact: true })).toBeVisible();
  await expect.poll(() => kept(page)).toBe(0);
  await toReply(page);
  await expect(body).toHaveValue('Dear Ada, they are on');
  await page.close();

  const other = await someone();
  await signIn(other, pigeon);
  await other.goto(`${pigeon.url}/pigeon/admin/threads`);
  await expect(other.locator('.row', { hasText: ADA.subject }).getByText('Draft')).toBeVisible();
  await open(other, pigeon, ADA.subject);
  const there = other.locator('textarea[name=body]');
  await expect(there).toHaveValue('Dear Ada, they are on');
  await toNote(other);
  await expect(there).toHaveValue('A friend of the owner');
  await other.getByRole('button', { name: 'Add note' }).click();
  await expect(other.locator('.letter.note')).toBeVisible();
  await expect(there).toHaveValue('Dear Ada, they are on');
  await other.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(other.locator('.letter.ours')).toBeVisible();
  await expect(there).toHaveValue('');
  await expect.poll(() => kept(other)).toBe(0);
  await other.reload();
  await expect(there).toHaveValue('');
});

test('17: what is typed is on this device at once, and on the server when it can be reached again', async ({ page, pigeon, someone }) => {
  await post(pigeon, { ...ADA, subject: 'Bowls' });
  await signIn(page, pigeon);
  await open(page, pigeon, 'Bowls');
  const body = page.locator('textarea[name=body]');
  await body.fill('Once');
  await expect(page.getByText('Draft kept', { exact: true })).toBeVisible();
  await page.route('**/pigeon/admin/draft', (route) => route.abort());
  await body.fill('Once upon a time');
  await expect(page.getByText('Draft kept on this device')).toBeVisible();
  await page.reload();
  await expect(body).toHaveValue('Once upon a time');
  expect(await kept(page)).toBe(1);
  await page.unroute('**/pigeon/admin/draft');
  await page.reload();
  await expect(page.getByText('Draft kept', { exact: true })).toBeVisible();
  await expect.poll(() => kept(page)).toBe(0);
  // Changed elsewhere while it was only here: neither is lost.
  await page.route('**/pigeon/admin/draft', (route) => route.abort());
  await body.fill('Once upon a time there was');
  await expect(page.getByText('Draft kept on this device')).toBeVisible();
  const other = await someone();
  await signIn(other, pigeon);
  await open(other, pigeon, 'Bowls');
  await other.locator('textarea[name=body]').fill('Never mind');
  await expect(other.getByText('Draft kept', { exact: true })).toBeVisible();
  await page.unroute('**/pigeon/admin/draft');
  await page.reload();
  await expect(body).toHaveValue('Never mind\n\nOnce upon a time there was');
  await body.fill('');
  await expect.poll(() => kept(page)).toBe(0);
  await page.reload();
  await expect(body).toHaveValue('');
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

test('a new conversation is kept on this device, and says so', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await page.goto(`${pigeon.url}/pigeon/admin/new`);
  await page.getByLabel('Message').fill('Your kiln is ready.');
  await expect(page.getByText('Draft kept on this device')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Message')).toHaveValue('Your kiln is ready.');
  await page.getByLabel('Message').fill('');
  await expect(page.getByText('Draft kept on this device')).toBeHidden();
  expect(await kept(page)).toBe(0);
});

test('signing out warns of a draft only while it is on this device only', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await open(page, pigeon, 'Saucers');
  const body = page.locator('textarea[name=body]');
  await page.route('**/pigeon/admin/draft', (route) => route.abort());
  await body.fill('Not yet');
  await expect(page.getByText('Draft kept on this device')).toBeVisible();
  await page.getByRole('button', { name: 'your account' }).click();
  const warned = page.waitForEvent('dialog').then((dialog) => dialog.dismiss());
  await page.getByRole('button', { name: 'Sign out' }).click();
  await warned;
  expect(await kept(page)).toBe(1);
  await expect(page).toHaveURL(/admin/);
  await page.unroute('**/pigeon/admin/draft');
  page.on('dialog', () => { throw new Error('nothing is lost, so nothing is asked') });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).not.toHaveURL(/admin/);
  await expect.poll(() => kept(page)).toBe(0);
  await signIn(page, pigeon);
  await open(page, pigeon, 'Saucers');
  await expect(body).toHaveValue('Not yet');
  await body.fill('');
  await expect(page.locator('.composer .saved')).toHaveText('');
});

test('badge and title count what needs a reply', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  const badge = page.getByRole('navigation', { name: 'Pigeon' }).locator('.badge');
  await post(pigeon, { ...ADA, subject: 'Plates' });
  await page.goto(`${pigeon.url}/pigeon/admin/threads`);
  for (const [left, subject] of [[3, 'Plates'], [2, 'Saucers'], [1, 'Bowls']]) {
    await expect(badge).toHaveText(new RegExp(`^${left}`));
    await expect(page).toHaveTitle(new RegExp(`\\(${left}\\)`));
    await open(page, pigeon, subject);
    await page.locator('.bar').getByRole('button', { name: 'Close' }).click();
  }
  await expect(badge).toHaveCount(0);
  await expect(page).not.toHaveTitle(/\(/);
});
