import { FERNHILL, MAYA, PRIYA, TOM, answer, open, post, prefer, signIn, toNote } from '../support/people.js';
import { expectSound } from '../support/look.js';
import { expect, test } from '../support/test.js';

test.use({ start: { env: FERNHILL, people: [MAYA, PRIYA, TOM] } });
test.describe.configure({ mode: 'serial' });

const button = (page, name) => page.getByRole('button', { name, exact: true });
const LONG = { name: 'N'.repeat(300), email: `${'e'.repeat(60)}@example.com`, subject: 'S'.repeat(300), body: 'y'.repeat(5000) };
const NUR = { name: 'نور الهاشمي', email: 'nur@example.com', subject: 'هل تشحنون إلى عمّان؟', body: 'أرغب في طلب طقم من ستة أكواب.' };

test('the control panel before the first message', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await expectSound(page);
  await page.goto(`${pigeon.url}/pigeon/admin/threads`);
  await expect(page.getByRole('heading', { name: 'The loft is ready' })).toBeVisible();
  await expectSound(page);
});

test('dashboard and inbox, every source, found and not found', async ({ page, pigeon }) => {
  await post(pigeon, NUR);
  await post(pigeon, LONG);
  await signIn(page, pigeon);
  await expect(page.getByRole('main').getByRole('link', { name: NUR.subject })).toBeVisible();
  await expectSound(page);
  for (const source of ['pending', 'closed', 'mine']) {
    await page.goto(`${pigeon.url}/pigeon/admin/threads?source=${source}`);
    await expectSound(page);
  }
  await page.goto(`${pigeon.url}/pigeon/admin/threads?source=all&q=${encodeURIComponent('أكواب')}`);
  await expect(page.getByRole('main').getByRole('link', { name: NUR.subject })).toBeVisible();
  await expectSound(page);
  await page.goto(`${pigeon.url}/pigeon/admin/threads?source=all&q=${'q'.repeat(150)}`);
  await expectSound(page);
});

test('a conversation: new, noted, answered, overtaken, refused, closed', async ({ page, pigeon, someone }) => {
  await signIn(page, pigeon);
  await prefer(page, pigeon, { afterClosing: 'stay' });
  await open(page, pigeon, LONG.subject);
  await expectSound(page);
  const later = await someone();
  await signIn(later, pigeon, TOM);
  await open(later, pigeon, LONG.subject);

  await later.locator('textarea[name=body]').fill('Too late.');
  await toNote(page);
  await page.locator('textarea[name=body]').fill('z'.repeat(500));
  await button(page, 'Add note').click();
  await expect(page.locator('.letter.note')).toBeVisible();
  await answer(page, 'w'.repeat(500));
  // From the top: half of something may stand under the composer elsewhere.
  await page.locator('main').evaluate((it) => it.scrollTo(0, 0));
  await expectSound(page);

  await button(later, 'Send').click();
  await expect(button(later, 'Send mine too')).toBeVisible();
  await expectSound(later);

  await page.locator('textarea[name=body]').evaluate((area) => area.removeAttribute('required'));
  await button(page, 'Send').click();
  await expect(page.locator('#write-problems')).toBeVisible();
  await expectSound(page);

  await page.locator('.bar').getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('button', { name: 'Reopen' })).toBeVisible();
  // At the end: the title in the bar fades in on the way.
  await page.locator('main').evaluate((it) => it.scrollTo(0, it.scrollHeight));
  await expectSound(page);
});

test('what opens above a page: details, account, shortcuts', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await open(page, pigeon, NUR.subject);
  await button(page, 'Shortcuts').click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectSound(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'your account' }).click();
  await expect(button(page, 'Sign out')).toBeVisible();
  await expectSound(page);
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 390, height: 844 });
  await button(page, 'Details').click();
  await expect(page.getByLabel('Status')).toBeVisible();
  await expectSound(page);
});

test('a new conversation, and what is wrong with it', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await page.goto(`${pigeon.url}/pigeon/admin/new`);
  await expectSound(page);
  await page.locator('form.form').evaluate((form) => (form.noValidate = true));
  await page.getByLabel('Their e-mail').fill('nobody at all');
  await button(page, 'Send').click();
  await expect(page.locator('#problems')).toBeFocused();
  await expectSound(page);
});

test('the dashboard when mail is refused: with the words of the server', async ({ page, pigeon }) => {
  await pigeon.mailServer('rcpt_550');
  await post(pigeon, { name: 'Olga', email: 'olga@example.com', subject: 'Lids', body: 'Have you got lids?' });
  await signIn(page, pigeon);
  await expect(async () => {
    await page.goto(`${pigeon.url}/pigeon/admin`);
    await expect(page.getByRole('heading', { name: 'Not sent' })).toBeVisible();
  }).toPass();
  await expect(page.locator('.failed')).toContainText('550');
  await expectSound(page);
  await pigeon.mailServer('ok');
});

test('settings: as they are, refused, saved, tested', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await page.goto(`${pigeon.url}/pigeon/admin/settings`);
  await expect(page.getByText('Fixed by PIGEON_SETTING_SITE_NAME')).toBeVisible();
  await expectSound(page);
  await page.locator('form.form').evaluate((form) => (form.noValidate = true));
  await page.locator('[name=guestTokenLifetimeDays]').fill('4000');
  await page.locator('[name=fromEmail]').fill('nobody at all');
  await button(page, 'Save').click();
  await expect(page.locator('#problems')).toBeFocused();
  await expectSound(page);
  await page.locator('[name=guestTokenLifetimeDays]').fill('60');
  await page.locator('[name=fromEmail]').fill('');
  await button(page, 'Save').click();
  await expect(page.getByRole('status')).toContainText('The settings are saved');
  await expectSound(page);
  await button(page, 'Send me a test mail').click();
  await expect(page.locator('.strip.done')).toContainText('on its way');
  await expectSound(page);
});

test('who may only read sees no control that changes anything, and is told what is not allowed', async ({ page, pigeon }) => {
  await signIn(page, pigeon, PRIYA);
  await open(page, pigeon, NUR.subject, 'pending');
  await expect(page.locator('main form, .details form')).toHaveCount(0);
  await expectSound(page);
  await page.goto(`${pigeon.url}/pigeon/admin/threads`);
  await expect(page.getByRole('link', { name: 'New conversation' })).toHaveCount(0);
  await expectSound(page);
  const refused = await page.goto(`${pigeon.url}/pigeon/admin/settings`);
  expect(refused.status()).toBe(403);
  await expectSound(page);
});
