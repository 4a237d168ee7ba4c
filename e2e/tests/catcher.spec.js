import { answer, ask, open, setUp, signIn, writeBack } from '../support/people.js';
import { expect, test, watch } from '../support/test.js';

test.use({ start: [{ mailServer: false }, { scope: 'worker' }] });

test('without a mail server the whole story can be clicked through in the mail catcher', async ({ browser, page, pigeon, complaints }) => {
  await setUp(page, pigeon);
  const visitor = await browser.newContext();
  watch(visitor, pigeon, complaints);
  const guest = await visitor.newPage();
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
  await page.getByRole('main').getByRole('link').filter({ hasText: 'jonas@example.net' }).first().click();
  const [popup] = await Promise.all([
    page.context().waitForEvent('page'),
    page.frameLocator('iframe').getByRole('link', { name: 'Open the conversation' }).click(),
  ]);
  await expect(popup.getByText('Changed, thank you.')).toBeVisible();
  await writeBack(popup, 'Perfect.');

  await open(page, pigeon, 'Another address');
  await expect(page.getByText('Perfect.')).toBeVisible();
  await answer(page, 'Until soon.');
  await guest.close();
  await visitor.close();
  await signIn(await (await browser.newContext()).newPage(), pigeon);
});
