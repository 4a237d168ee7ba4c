import { answer, ask, open, privateLink, setUp } from '../support/people.js';
import { expect, test, watch } from '../support/test.js';

const ADA = { name: 'Ada Okonkwo', email: 'ada@example.org', subject: 'Cups', body: 'Two are missing.' };

test('staff see that the guest has read, once a person has, and not before', async ({ browser, page, pigeon, complaints }) => {
  await setUp(page, pigeon);
  const visitor = await browser.newContext();
  await ask(await visitor.newPage(), pigeon, ADA);
  await visitor.close();
  await open(page, pigeon, ADA.subject);
  await answer(page, 'They come tomorrow.');
  const link = privateLink(await pigeon.mailTo(ADA.email, 2));
  const receipt = page.getByText(/Seen by Ada Okonkwo/);

  // What a mail scanner does: looks without reading.
  for (const method of ['HEAD', 'GET']) {
    expect((await fetch(link, { method, headers: { 'User-Agent': 'scanner' } })).status).toBe(200);
  }
  const scanner = await browser.newContext();
  watch(scanner, pigeon, complaints);
  const robot = await scanner.newPage();
  await robot.clock.install();
  await robot.goto(link);
  await robot.clock.runFor(60_000);
  await scanner.close();
  await page.reload();
  await expect(receipt).toHaveCount(0);

  // A tab in the background reads nothing, whatever is moved over it.
  const busy = await browser.newContext();
  watch(busy, pigeon, complaints);
  const hidden = await busy.newPage();
  await hidden.addInitScript(() => {
    Object.defineProperty(document, 'hidden', { get: () => true });
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
  });
  await hidden.clock.install();
  await hidden.goto(link);
  await hidden.mouse.move(10, 10);
  await hidden.mouse.move(200, 200);
  await hidden.clock.runFor(60_000);
  await busy.close();
  await page.reload();
  await expect(receipt).toHaveCount(0);

  // A person looks, and moves.
  const home = await browser.newContext();
  watch(home, pigeon, complaints);
  const guest = await home.newPage();
  await guest.clock.install();
  await guest.goto(link);
  await guest.clock.runFor(3_000);
  const marked = guest.waitForResponse((answer) => answer.url().includes('mark-read'));
  await guest.mouse.move(10, 10);
  await guest.mouse.move(200, 200);
  await guest.clock.runFor(3_000);
  await marked;
  await page.reload();
  await expect(receipt).toBeVisible();
  await home.close();
});
