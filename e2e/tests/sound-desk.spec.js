import { FERNHILL, MAYA, PRIYA, TOM, open, post, signIn } from '../support/people.js';
import { expectSound } from '../support/look.js';
import { expect, test } from '../support/test.js';

test.use({ start: { env: FERNHILL, people: [MAYA, PRIYA, TOM] } });
test.describe.configure({ mode: 'serial' });

const button = (page, name) => page.getByRole('button', { name, exact: true });
const ADA = { name: 'Ada Okonkwo', email: 'ada@example.com', subject: 'Parcel arrived open', body: 'Two cups are missing.' };

test('1, 7: the profile, as it is, refused, saved, without script too', async ({ page, pigeon, browser }) => {
  await signIn(page, pigeon);
  await page.getByRole('button', { name: 'your account' }).click();
  await page.getByRole('link', { name: 'Profile' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Profile' })).toBeVisible();
  await expectSound(page);
  await page.locator('form.form').evaluate((form) => (form.noValidate = true));
  await page.getByLabel('Name', { exact: true }).fill('');
  await button(page, 'Save').click();
  await expect(page.locator('#problems')).toBeFocused();
  await expectSound(page);

  const plain = await browser.newContext({ javaScriptEnabled: false });
  const other = await plain.newPage();
  await signIn(other, pigeon, TOM);
  await other.goto(`${pigeon.url}/pigeon/admin/profile`);
  await other.getByText('Dark', { exact: true }).click();
  await other.getByText('Roomy', { exact: true }).click();
  await button(other, 'Save').click();
  await expect(other.getByRole('status').first()).toContainText('Your profile is saved');
  await expect(other.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(other.locator('html')).toHaveAttribute('data-density', 'roomy');
  await plain.close();
});

test('the theme of the profile is there before any script runs', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await page.goto(`${pigeon.url}/pigeon/admin/profile`);
  await page.emulateMedia({ colorScheme: 'light' });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByText('Dark', { exact: true }).click();
  await button(page, 'Save').click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  expect(await ground()).not.toBe(light);
  await expectSound(page);
  await page.getByText('As the system', { exact: true }).click();
  await button(page, 'Save').click();
  await expect(page.locator('html')).not.toHaveAttribute('data-theme', /./);
});

test('11: keys do nothing when the profile switches them off', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await page.goto(`${pigeon.url}/pigeon/admin/profile`);
  const keys = page.locator('#keys');
  await keys.getByText('Off', { exact: true }).click();
  await button(page, 'Save').click();
  await expect(page.locator('html')).toHaveAttribute('data-keys', 'off');
  await page.waitForLoadState();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('g');
  await page.keyboard.press('h');
  await expect(page).toHaveURL(/profile/);
  await button(page, 'Shortcuts').click();
  await expect(page.getByRole('dialog')).toContainText('Your profile switches these keys off');
  await expectSound(page);
  await page.keyboard.press('Escape');
  await keys.getByText('On', { exact: true }).click();
  await button(page, 'Save').click();
  await expect(page.locator('html')).not.toHaveAttribute('data-keys', /./);
});

test('1: who takes part, the subject, and what became of the mail', async ({ page, pigeon }) => {
  await post(pigeon, ADA);
  await signIn(page, pigeon);
  await open(page, pigeon, ADA.subject);
  await page.getByText('Add someone').click();
  await page.getByLabel('E-mail, or name in the team').fill('nobody of that name');
  await button(page, 'Add').click();
  await expect(page.locator('#beside-problems')).toContainText('Nobody of the team has this name');
  await expectSound(page);
  await page.getByLabel('E-mail, or name in the team').fill('cleo@example.com');
  await button(page, 'Add').click();
  await expect(page.locator('.event', { hasText: 'added cleo' })).toBeVisible();
  await page.getByLabel('Subject', { exact: true }).fill('Two speckled cups');
  await page.getByLabel('Subject', { exact: true }).press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Two speckled cups' })).toBeVisible();
  await page.locator('.person', { hasText: 'cleo' }).locator('summary').click();
  await expectSound(page);
  await page.getByRole('button', { name: 'Remove cleo' }).click();
  await expect(page.locator('.event', { hasText: 'removed cleo' })).toBeVisible();
  await expect(async () => {
    await page.reload();
    await page.locator('.mails summary').first().click();
    await expect(page.locator('.mails').first()).toContainText('Sent to Ada Okonkwo');
  }).toPass();
  await expectSound(page);
});

test('1: mail that is refused, under its message and in the queue, tried again and discarded', async ({ page, pigeon }) => {
  await pigeon.mailServer('rcpt_550');
  await post(pigeon, { ...ADA, email: 'olga@example.com', name: 'Olga Nowak', subject: 'Lids' });
  await signIn(page, pigeon);
  await open(page, pigeon, 'Lids');
  await expect(async () => {
    await page.reload();
    await expect(page.locator('.undelivered').first()).toContainText('550');
  }).toPass();
  await expectSound(page);
  await pigeon.mailServer('ok');
  const olgas = page.locator('.undelivered', { hasText: 'Olga Nowak' });
  await olgas.getByRole('button').click();
  await expect(olgas).toHaveCount(0);
  await page.goto(`${pigeon.url}/pigeon/admin/queue`);
  await expect(page.locator('.jobs .card').first()).toContainText('550');
  await expectSound(page);
  await page.locator('.jobs .card').first().getByRole('button', { name: /^Discard/ }).click();
  await expect(page.getByRole('status').first()).toContainText('discarded');
  await page.getByText('Discard all', { exact: true }).click();
  await expectSound(page);
  await button(page, 'Discard all of it').click();
  await expect(page.getByText('Nothing here')).toBeVisible();
  await expectSound(page);
});

test('1: home, with what is yours, who has what and the week', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await expect(page.getByRole('heading', { name: 'The last seven days' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Messages of the last seven days' })).toHaveCount(1);
  await expectSound(page);
  const widget = await page.goto(`${pigeon.url}/pigeon/admin/widget.json`);
  expect((await widget.json()).count).toBe(2);
});
