import { MAYA, ask, privateLink, setUp, signIn, writeBack, open, answer, prefer } from '../support/people.js';
import { expect, test } from '../support/test.js';

test.describe.configure({ mode: 'serial' });
test.use({ javaScriptEnabled: false });

test('6: without script a visitor asks, mends a mistake, and writes again', async ({ page, pigeon }) => {
  await page.goto(pigeon.setupUrl);
  await page.getByLabel('Set-up code').fill(new URL(pigeon.setupUrl).hash.slice(1));
  await setUp(page);

  await page.goto(`${pigeon.url}/pigeon/contact`);
  await page.getByLabel('Your e-mail').fill('hana@');
  await page.getByLabel('Your message').fill('An invoice, please.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('Your message')).toHaveValue('An invoice, please.');
  await page.getByLabel('Your e-mail').fill('hana@example.com');
  await page.getByLabel('What is it about?').fill('Invoice');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page).toHaveURL(/\/pigeon\/t\//);
  await writeBack(page, 'With the VAT number.');
});

test('7: without script staff sign in, answer, note, close and search', async ({ page, pigeon }) => {
  await signIn(page, pigeon, MAYA);
  await prefer(page, pigeon, { afterClosing: 'stay' });
  await open(page, pigeon, 'Invoice');
  await answer(page, 'Here it is.');
  await page.getByLabel('Internal note').check();
  await page.locator('textarea[name=body]').fill('Paid already.');
  await page.locator('.composer .btn.primary').click();
  await expect(page.locator('.letter.note', { hasText: 'Paid already.' })).toBeVisible();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByText(/closed this/)).toBeVisible();
  await page.goto(`${pigeon.url}/pigeon/admin/threads?source=closed&q=VAT`);
  await expect(page.getByRole('main').getByRole('link', { name: 'Invoice' })).toBeVisible();
});

test('6: without script an expired link brings a new one', async ({ page, pigeon }) => {
  await page.goto(`${pigeon.url}/pigeon/t/${'a'.repeat(43)}`);
  await page.getByLabel('Your e-mail').fill('hana@example.com');
  const before = pigeon.mailsTo('hana@example.com').length;
  await page.getByRole('button', { name: 'E-mail me a new link' }).click();
  await page.goto(privateLink(await pigeon.mailTo('hana@example.com', before + 1)));
  await expect(page.getByText('Here it is.')).toBeVisible();
});

test('7: without script settings are saved', async ({ page, pigeon }) => {
  await signIn(page, pigeon, MAYA);
  await page.goto(`${pigeon.url}/pigeon/admin/settings`);
  await page.locator('[name=guestTokenLifetimeDays]').fill('45');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('status')).toContainText('The settings are saved');
  await expect(page.locator('[name=guestTokenLifetimeDays]')).toHaveValue('45');
});
