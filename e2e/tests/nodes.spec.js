// Two processes on one PostgreSQL, and browsers before them.
import { answer, FERNHILL, hold, leaving, MAYA, open, post, signIn, TOM, toNote } from '../support/people.js';
import { eventually } from '../support/pigeon.js';
import { expect, test } from '../support/test.js';

test.use({ start: { nodes: 2, mailServer: false, env: FERNHILL, people: [MAYA, TOM] } });
test.describe.configure({ mode: 'serial' });

// A build without optimisation gets twice the time.
const slow = process.env.PIGEON_PROFILE === 'debug' ? 2 : 1;
const ADA = { name: 'Ada Okonkwo', email: 'ada@example.org', subject: 'Cups', body: 'Two are missing.' };
const letter = (page, body) => page.locator('#messages .letter', { hasText: body });
const listed = (page, subject) => page.getByRole('main').locator('.row', { hasText: subject });

/** Says how long something took, and holds it to a limit. */
function within(info, what, took, limit) {
  info.annotations.push({ type: what, description: `${took} ms` });
  console.log(`    ${what}: ${took} ms (at most ${limit})`);
  expect(took, what).toBeLessThanOrEqual(limit);
}

/** The page's stream hangs on this node. */
const hangs = (pigeon, node, n = 1) => eventually(() => pigeon.streams(node) === n, `${n} streams on the node at ${node.port}`);

/** A guest writes again, through whichever node takes it. */
async function writesAgain(pigeon, link, body) {
  const fields = new URLSearchParams({ token: link.split('/').at(-1), body });
  const answer = await fetch(`${pigeon.url}/pigeon/actions/pigeon/guest/reply`, { method: 'POST', body: fields, redirect: 'manual' });
  expect(answer.status).toBe(303);
}

test('12, on two nodes: a reply on one is in a browser on the other within a second', async ({ page, pigeon, someone }, info) => {
  const [first, second] = pigeon.nodes;
  await post(pigeon, ADA);
  await signIn(page, pigeon);
  await open(page, pigeon, ADA.subject);
  const list = await page.context().newPage();
  await list.goto(`${pigeon.url}/pigeon/admin/threads?source=pending`);
  await hangs(pigeon, first, 2);

  pigeon.prefer(second);
  const tom = await someone();
  await signIn(tom, pigeon, TOM);
  await open(tom, pigeon, ADA.subject);
  await hangs(pigeon, second);
  expect(pigeon.streams(first)).toBe(2);
  // Something else on the machine may cost one of them its second, not all.
  const took = [];
  for (const body of ['They are on their way.', 'Two for free.', 'With our thanks.']) {
    await hold(tom, body);
    const pressed = Date.now();
    await leaving(tom, body).getByRole('button', { name: 'Send now' }).click();
    await letter(page, body).waitFor();
    took.push(Date.now() - pressed);
  }
  within(info, 'a reply on the other node is in the conversation', Math.min(...took), 1_000 * slow);
  await expect(listed(list, ADA.subject)).toHaveCount(0);
  await expect(letter(page, 'They are on')).toHaveCount(1);
  expect(pigeon.streams(first)).toBe(2);
});

test('14, on two nodes: kill -9 the node a browser hangs on, and it is right again on the other', async ({ page, pigeon, someone, complaints }, info) => {
  const [first, second] = pigeon.nodes;
  pigeon.prefer(first);
  const link = await post(pigeon, { ...ADA, subject: 'Saucers' });
  await signIn(page, pigeon);
  const list = await page.context().newPage();
  await list.goto(`${pigeon.url}/pigeon/admin/threads?source=pending`);
  await open(page, pigeon, 'Saucers');
  await page.evaluate(() => (window.same = true));
  // What is held leaves by itself, though its node is gone.
  await page.locator('textarea[name=body]').fill('Here is the first half.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(leaving(page, 'Here is the first half.')).toBeVisible();
  await toNote(page);
  await page.locator('textarea[name=body]').fill('Ask the kiln.');
  await hangs(pigeon, first, 2);

  await first.kill();
  const killed = Date.now();
  // Written in the very moment, by the page and by the guest.
  const add = page.getByRole('button', { name: 'Add note' }), noConnection = page.getByText('No connection.');
  await add.click();
  await writesAgain(pigeon, link, 'One is broken, too.');
  await post(pigeon, { ...ADA, subject: 'Bowls' });

  await letter(page, 'One is broken, too.').waitFor();
  within(info, 'after kill -9 the conversation is right', Date.now() - killed, 10_000);
  await listed(list, 'Bowls').waitFor();
  within(info, 'and so is the list', Date.now() - killed, 10_000);
  await expect(noConnection).toBeHidden();
  await hangs(pigeon, second, 2);
  expect(await page.evaluate(() => window.same), 'the page was not loaded anew').toBe(true);
  // A note that met the dead node is still in its field, and goes now.
  if (!(await letter(page, 'Ask the kiln.').count())) {
    await expect(page.locator('textarea[name=body]')).toHaveValue('Ask the kiln.');
    await add.click();
  }
  await expect(letter(page, 'Ask the kiln.')).toBeVisible();
  // The worker of the other node sends what was held: once.
  await expect(letter(page, 'Here is the first half.')).toBeVisible({ timeout: 20_000 });

  const once = async () => {
    for (const body of ['One is broken, too.', 'Ask the kiln.', 'Here is the first half.']) await expect(letter(page, body)).toHaveCount(1);
    expect(await page.locator('#messages [id]').evaluateAll((all) => all.length - new Set(all.map((it) => it.id)).size)).toBe(0);
  };
  await once();
  await page.reload();
  await once();

  // The list is live on its new node, too; and the node that was gone joins again.
  await writesAgain(pigeon, link, 'And the lid.');
  await letter(page, 'And the lid.').waitFor();
  await first.startAgain();
  pigeon.prefer(first);
  const back = await someone();
  await signIn(back, pigeon, TOM);
  await back.goto(page.url());
  await hangs(pigeon, first);
  await answer(page, 'We send new ones.');
  await expect(letter(back, 'We send new ones.')).toHaveCount(1);
  // The requests that met the dead node are what this is about.
  complaints.length = 0;
});
