// The figures of the week on the home page, while somebody looks.
import { FERNHILL, MAYA, answer, open, post, signIn } from '../support/people.js';
import { expect, test } from '../support/test.js';

test.use({ start: { env: FERNHILL, people: [MAYA], clock: '2026-11-17 09:00:00' } });

const ADA = { name: 'Ada Okonkwo', email: 'ada@example.org', subject: 'Cups', body: 'Two are missing.' };

test('12, of the week: its figures and its table follow, a minute later at most', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  const home = await page.context().newPage();
  await home.goto(`${pigeon.url}/pigeon/admin`);
  await home.evaluate(() => (window.same = true));
  const figures = home.locator('#week dd'), today = home.locator('#week tbody tr').last().locator('td');
  await expect(figures.first()).toHaveText('0');
  pigeon.clock('2026-11-17 09:02:00');
  await post(pigeon, ADA);
  await expect(figures.first()).toHaveText('1');
  // The next ones come too soon to be counted at once: they are when the minute is over, though nothing happens then.
  pigeon.clock('2026-11-17 09:02:56');
  await open(page, pigeon, 'Cups');
  await answer(page, 'They are on their way.');
  await expect(home.locator('#widget')).toContainText('Nobody waits for you.');
  await expect(figures.nth(1)).toHaveText('0');
  pigeon.clock('2026-11-17 09:03:01');
  await expect(figures.nth(1)).toHaveText('1');
  await expect(today).toHaveText(['1', '1']);
  expect(await home.evaluate(() => window.same)).toBe(true);
});
