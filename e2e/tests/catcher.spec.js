import { answer, ask, open, setUp, writeBack } from '../support/people.js';
import { expect, test } from '../support/test.js';

test.use({ start: { mailServer: false } });

test('without a mail server the whole story can be clicked through in the mail catcher', async ({ page, pigeon, someone }) => {
  await page.goto(pigeon.setupUrl);
  await setUp(page);
  const guest = await someone();
  await ask(guest, pigeon, { name: 'Jonas Weber', email: 'jonas@example.net', subject: 'Another address', body: 'I typed the old street.' });

  await page.goto(`${pigeon.url}/pigeon/admin/mail`);
  await expect(page.getByText('No mail leaves this machine').first()).toBeVisible();
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('jonas@example.net')).toBeVisible({ timeout: 500 });
  }).toPass();
  await open(page, pigeon, 'Another address');
  await answer(page, 'Changed, thank you.');

  // The guest's mails: the link in the newest one opens the conversation.
  await page.goto(`${pigeon.url}/pigeon/admin/mail`);
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('jonas@example.net')).toHaveCount(2, { timeout: 500 });
  }).toPass();
  await page.locator('.row', { hasText: 'jonas@example.net' }).first().getByRole('link').click();
  await page.getByRole('link', { name: 'HTML' }).click();
  await expect(page.frameLocator('iframe').getByRole('link', { name: 'Open the conversation' })).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: '/pigeon/t/' }).click();
  await expect(page.getByText('Changed, thank you.')).toBeVisible();
  await writeBack(page, 'Perfect.');

  await open(page, pigeon, 'Another address');
  await expect(page.getByText('Perfect.')).toBeVisible();
  await answer(page, 'Until soon.');
});
