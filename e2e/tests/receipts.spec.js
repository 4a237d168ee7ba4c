import { FERNHILL, MAYA, answer, open, post, privateLink, signIn } from '../support/people.js';
import { expect, test } from '../support/test.js';

test.use({ start: { env: FERNHILL, people: [MAYA] } });

const ADA = { name: 'Ada Okonkwo', email: 'ada@example.org', subject: 'Cups', body: 'Two are missing.' };

test('staff see that the guest has read, once a person has, and not before', async ({ page, pigeon, someone }) => {
  await post(pigeon, ADA);
  await signIn(page, pigeon);
  await open(page, pigeon, ADA.subject);
  await answer(page, 'They come tomorrow.');
  const link = privateLink(await pigeon.mailTo(ADA.email, 2));
  const receipt = page.getByText(/Seen by Ada Okonkwo/);

  // What a mail scanner does: looks without reading.
  for (const method of ['HEAD', 'GET']) {
    for (const purpose of ['', 'prefetch;prerender']) {
      expect((await fetch(link, { method, headers: { 'Sec-Purpose': purpose } })).status).toBe(200);
    }
  }
  // … and runs the page's script, with nobody there.
  const robot = await someone();
  const posts = [];
  robot.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
  await robot.clock.install();
  await robot.goto(link);
  await robot.clock.runFor(60_000);
  await page.reload();
  await expect(receipt).toHaveCount(0);

  // A tab in the background reads nothing, whatever is moved over it.
  const hidden = await someone();
  hidden.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
  await hidden.addInitScript(() => {
    Object.defineProperty(document, 'hidden', { get: () => true });
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
  });
  await hidden.clock.install();
  await hidden.goto(link);
  await hidden.mouse.move(10, 10);
  await hidden.mouse.move(200, 200);
  await hidden.clock.runFor(60_000);
  expect(posts).toEqual([]);
  await page.reload();
  await expect(receipt).toHaveCount(0);

  // A person looks, and moves.
  const guest = await someone();
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
});
