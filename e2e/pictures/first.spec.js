import { MAYA, post } from '../support/people.js';
import { AT_NINE, picture } from '../support/picture.js';
import { expect, test } from '../support/test.js';

test.use({ start: { ...AT_NINE, mailServer: false, env: {} } });

test('pictures of the first ten minutes', async ({ page, pigeon, someone }) => {
  const guest = await someone();
  await guest.goto(`${pigeon.url}/pigeon/contact`);
  await picture(guest, 'not-open');

  await page.goto(`${pigeon.url}/pigeon/setup#abcde-fghij-klmno-pqrst`);
  await picture(page, 'setup');
  await page.goto(pigeon.setupUrl); // only its # differs, and the page takes that
  await page.getByLabel('Your name').fill(MAYA.name);
  await page.getByLabel('Your e-mail').fill(MAYA.email);
  await page.getByLabel('Password', { exact: true }).fill(MAYA.password);
  await page.getByRole('button', { name: 'Next: your site' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Fernhill Pottery');
  await picture(page, 'setup-site');
  await page.getByRole('button', { name: 'Open the inbox' }).click();
  await page.waitForURL(/\/pigeon\/admin/);
  await page.goto(`${pigeon.url}/pigeon/admin/threads`);
  // The port differs each time; people see the usual one.
  await page.locator('.steps').evaluate((steps, port) => (steps.innerHTML = steps.innerHTML.replaceAll(port, '8080')), String(pigeon.port));
  await picture(page, 'first-steps');
  await page.goto(`${pigeon.url}/pigeon/admin/mail`);
  await picture(page, 'mail-none');

  pigeon.clock('2026-11-17 09:12:00');
  await post(pigeon, { name: 'Jonas Weber', email: 'jonas@example.net', subject: 'Can I change the delivery address?', body: 'I typed the old street. Is it too late?' });
  await expect(async () => {
    await page.reload();
    await expect(page.locator('.mails .row')).toHaveCount(2, { timeout: 500 });
  }).toPass();
  await picture(page, 'mail');
  await page.getByRole('link', { name: 'jonas@example.net' }).click();
  await page.getByRole('link', { name: 'HTML' }).click();
  await expect(page.frameLocator('iframe').getByRole('link', { name: 'Open the conversation' })).toBeVisible();
  // The secrets, too, differ each time.
  await page.locator('.links').evaluate((list) => {
    for (const link of list.querySelectorAll('a')) link.textContent = link.textContent.replace(/:\d+/, ':8080').replace(/[^/]+$/, 'Vx3Jq9Zk2m0a7V1kq0Z8rJxw3H5n9bTfUe6cXsDgOiA');
  });
  await picture(page, 'mail-one');
});
