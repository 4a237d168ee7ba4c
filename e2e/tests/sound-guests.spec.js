import { FERNHILL, MAYA, answer, ask, open, post, prefer, privateLink, signIn, writeBack } from '../support/people.js';
import { expectSound } from '../support/look.js';
import { expect, test } from '../support/test.js';

test.use({ start: { env: FERNHILL, people: [MAYA] } });
test.describe.configure({ mode: 'serial' });

const button = (page, name) => page.getByRole('button', { name, exact: true });
const NUR = { name: 'نور الهاشمي', email: 'nur@example.com', subject: 'هل تشحنون إلى عمّان؟', body: 'أرغب في طلب طقم من ستة أكواب.' };
const LONG = { name: 'N'.repeat(300), email: 'long@example.com', subject: 'S'.repeat(300), body: `${'y'.repeat(5000)}\n\n🎁🎁` };

test('the contact form, empty and refused', async ({ page, pigeon }) => {
  await page.goto(`${pigeon.url}/pigeon/contact`);
  await expectSound(page);
  await page.getByLabel('Your e-mail').fill('x'.repeat(200));
  await button(page, 'Send').click();
  await expect(page.locator('#problems')).toBeFocused();
  await expectSound(page);
});

test('a conversation with long words, in the browser that began it', async ({ page, pigeon }) => {
  await ask(page, pigeon, LONG);
  await expectSound(page);
});

test('a conversation by its mailed link: to be confirmed, refused, confirmed, closed', async ({ page, pigeon, someone }) => {
  await post(pigeon, { ...NUR, subject: 'Another one' });
  await post(pigeon, NUR);
  const staff = await someone();
  await signIn(staff, pigeon);
  await prefer(staff, pigeon, { afterClosing: 'stay' });
  await open(staff, pigeon, NUR.subject);
  await answer(staff, 'نعم، نشحن إلى عمّان.');

  await page.goto(privateLink(await pigeon.mailTo(NUR.email, 3)));
  await expect(button(page, 'Mark read')).toBeVisible();
  await expectSound(page);
  await button(page, 'Send').click();
  await expect(page.locator('#problems')).toBeFocused();
  await expectSound(page);
  await button(page, 'Confirm my address').click();
  await expect(page.getByRole('heading', { name: /another conversation/ })).toBeVisible();
  await expectSound(page);
  await writeBack(page, 'شكراً');
  await button(page, 'No e-mails about this conversation').click();
  await expect(button(page, 'E-mail me about this conversation')).toBeVisible();
  await expectSound(page);

  await staff.reload();
  await staff.locator('.bar').getByRole('button', { name: 'Close' }).click();
  await expect(staff.getByText(/closed this/)).toBeVisible();
  await page.reload();
  await expect(page.getByText(/Write again and it opens/)).toBeVisible();
  await expectSound(page);
  await button(page, 'E-mail me the links').click();
  await expect(page.getByRole('heading', { name: 'Look in your mail' })).toBeVisible();
  await expectSound(page);
});

test('a link that does not work, with and without a text to keep', async ({ page, pigeon, someone }) => {
  await page.goto(`${pigeon.url}/pigeon/t/${'b'.repeat(43)}`);
  await expectSound(page);
  await button(page, 'E-mail me a new link').click();
  await expect(page.getByText('Nothing was sent')).toBeVisible();
  await expectSound(page);
  await page.getByLabel('Your e-mail').fill('nobody@example.com');
  await button(page, 'E-mail me a new link').click();
  await expect(button(page, 'Send it again')).toBeVisible();
  await expectSound(page);

  const lost = { ...NUR, email: 'lost@example.com', subject: 'Lost' };
  await page.goto(await post(pigeon, lost));
  const staff = await someone();
  await signIn(staff, pigeon);
  await open(staff, pigeon, 'Lost');
  await page.getByLabel('Write back').fill('A text that nobody wants to type again.');
  await staff.getByText('Revoke links').click();
  await staff.getByRole('button', { name: 'Revoke all links' }).click();
  await expect(staff.getByText(/revoked the private links/)).toBeVisible();
  await button(page, 'Send').click();
  await expect(page.getByLabel('Your text')).toHaveValue('A text that nobody wants to type again.');
  await expectSound(page);
  await page.getByLabel('Your e-mail').fill(lost.email);
  await button(page, 'E-mail me a new link').click();
  await expect(page.getByLabel('Your text')).toHaveValue('A text that nobody wants to type again.');
  await expectSound(page);
});

test('posted again from another browser: the link is in the mail', async ({ page, pigeon, someone }) => {
  await page.goto(`${pigeon.url}/pigeon/contact`);
  const fields = { email: 'twice@example.com', subject: 'Twice', body: 'Only once, please.' };
  const first = await fetch(`${pigeon.url}/pigeon/actions/pigeon/guest/start`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  expect(first.status).toBe(303);
  const other = await someone();
  await other.goto(`${pigeon.url}/pigeon/contact`);
  await other.locator('form').first().evaluate((form) => form.elements.key?.remove());
  await other.getByLabel('Your e-mail').fill(fields.email);
  await other.getByLabel('What is it about?').fill(fields.subject);
  await other.getByLabel('Your message').fill(fields.body);
  await button(other, 'Send').click();
  await expect(other.getByRole('heading', { name: 'We have your message' })).toBeVisible();
  await expectSound(other);
});

test('unsubscribe: asked, done, for good, and with a broken link', async ({ page, pigeon }) => {
  const mail = await pigeon.mailTo('twice@example.com');
  const link = mail.headers['list-unsubscribe'].replace(/[<>]/g, '');
  await page.goto(link);
  await expectSound(page);
  await button(page, 'Stop e-mails about this conversation').click();
  await expect(page.getByRole('heading', { name: 'Done. We stay quiet.' })).toBeVisible();
  await expectSound(page);
  await page.goto(link);
  await button(page, 'No more mail to this address').click();
  await expect(page.getByRole('heading', { name: 'Done. No more mail to this address.' })).toBeVisible();
  await expectSound(page);
  await page.goto(`${pigeon.url}/pigeon/u/broken`);
  await expectSound(page);
});

test('staff see the form as a visitor, and are told so', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await page.goto(`${pigeon.url}/pigeon/contact`);
  await expect(page.getByText('this is what a visitor sees')).toBeVisible();
  await expectSound(page);
});
