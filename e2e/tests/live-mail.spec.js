// What becomes of a mail, and the home page, while somebody looks.
import { answer, FERNHILL, MAYA, open, post, signIn } from '../support/people.js';
import { expectSound } from '../support/look.js';
import { expect, test } from '../support/test.js';

test.use({ start: { env: FERNHILL, people: [MAYA] } });

const ADA = { name: 'Ada Okonkwo', email: 'ada@example.org', subject: 'Cups', body: 'Two are missing.' };

test('12, of mail: refused, tried again and sent, the conversation and the home page follow', async ({ page, pigeon }) => {
  await post(pigeon, ADA);
  await pigeon.mailTo(ADA.email);
  await signIn(page, pigeon);
  const home = await page.context().newPage();
  await home.goto(`${pigeon.url}/pigeon/admin`);
  await open(page, pigeon, ADA.subject);
  for (const it of [page, home]) await it.evaluate(() => (window.same = true));
  const widget = home.locator('#widget'), failed = home.locator('#failed');
  await expect(widget).toContainText(ADA.subject);
  await expect(failed).toBeHidden();

  await pigeon.mailServer('rcpt_550');
  await answer(page, 'They are on their way.');
  await expect(widget).toContainText('Nobody waits for you.');
  await expect(home.locator('#today')).toContainText('Nobody waits for you.');
  const refused = page.locator('.undelivered', { hasText: 'Not delivered to Ada Okonkwo: ' });
  await expect(refused).toContainText('550');
  await expect(failed).toContainText('550');
  await expectSound(home);

  await pigeon.mailServer('ok');
  await refused.getByRole('button', { name: 'Try again' }).click();
  await expect(refused).toBeHidden();
  const mails = page.locator('article', { hasText: 'They are on their way.' }).locator('.mails');
  await mails.locator('summary').click();
  await expect(mails.getByText('Sent to Ada Okonkwo')).toBeVisible();
  await expect(failed).toBeHidden();

  // Nothing moves under the pointer; what is new comes once it has gone.
  await post(pigeon, { ...ADA, subject: 'Saucers' });
  await expect(widget).toContainText('Saucers');
  await home.mouse.move(5, 5);
  await widget.locator('.row', { hasText: 'Saucers' }).hover();
  await post(pigeon, { ...ADA, subject: 'Bowls' });
  await expect(home.locator('#today')).toContainText('2 conversations need a reply.');
  await expect(widget).not.toContainText('Bowls');
  await home.mouse.move(5, 5);
  await expect(widget).toContainText('Bowls');
  for (const it of [page, home]) expect(await it.evaluate(() => window.same)).toBe(true);
});
