import { FERNHILL, MAYA, post, signIn } from '../support/people.js';
import { expectSound } from '../support/look.js';
import { expect, test } from '../support/test.js';

test.use({ start: { mailServer: false, env: FERNHILL, people: [MAYA] } });

test('the mail catcher, empty, filled, and each way to look at a mail', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await page.goto(`${pigeon.url}/pigeon/admin/mail`);
  await expect(page.getByRole('heading', { name: 'No mail yet' })).toBeVisible();
  await expectSound(page);
  await page.goto(`${pigeon.url}/pigeon/admin/threads`);
  await expectSound(page);

  await post(pigeon, { name: 'Ada', email: `${'a'.repeat(60)}@example.org`, subject: 'S'.repeat(300), body: 'b'.repeat(900) });
  const alert = page.getByRole('main').getByRole('link').filter({ hasText: 'Ada' });
  await expect(async () => {
    await page.goto(`${pigeon.url}/pigeon/admin/mail`);
    await expect(alert).toBeVisible({ timeout: 200 });
  }).toPass();
  await expectSound(page);
  await alert.click();
  await expectSound(page);
  const address = page.url();
  for (const tab of ['HTML', 'As sent']) {
    await page.goto(address);
    await page.getByRole('link', { name: tab }).click();
    await expect(page.getByRole('link', { name: tab })).toHaveAttribute('aria-current', 'page');
    await expectSound(page);
  }
});
