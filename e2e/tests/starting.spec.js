import { FERNHILL, MAYA, TOM, leaving, prefer, signIn } from '../support/people.js';
import { expectSound } from '../support/look.js';
import { eventually } from '../support/pigeon.js';
import { expect, test } from '../support/test.js';

test.use({ start: { env: FERNHILL, people: [MAYA, TOM] } });
test.describe.configure({ mode: 'serial' });

const form = (page) => ({
  email: page.getByLabel('Their e-mail'),
  name: page.getByLabel('Their name'),
  subject: page.getByLabel('Subject'),
  body: page.getByLabel('Message'),
  assignee: page.getByLabel('Assigned to'),
});
const button = (page, name) => page.getByRole('main').getByRole('button', { name, exact: true });
const kept = (page) => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('pigeon-draft:')).length);

/** Writes a new conversation and sends it: it is held. */
async function begin(page, pigeon, { to, subject, body, assignee }) {
  await page.goto(`${pigeon.url}/pigeon/admin/new?draft=none`);
  const { email, name, subject: about, body: text, assignee: whom } = form(page);
  await email.fill(`${to.toLowerCase()}@example.org`);
  await name.fill(to);
  await about.fill(subject);
  await text.fill(body);
  if (assignee) await whom.selectOption(assignee);
  await button(page, 'Send').click();
  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
  await expect(leaving(page, body)).toBeVisible();
}

const mailed = (pigeon, to, text) => pigeon.mailsTo(`${to.toLowerCase()}@example.org`).find((mail) => mail.text.includes(text));

test('15: a new conversation can be taken back while it is held, with all that was typed', async ({ page, pigeon, someone }) => {
  await signIn(page, pigeon);
  await prefer(page, pigeon, { undoSeconds: '30' });
  const letter = { to: 'Jonas', subject: 'Bowls for the café', body: 'They are fired.', assignee: 'Tom Adeyemi' };
  await begin(page, pigeon, letter);
  await expect(leaving(page, letter.body).getByText(/Leaves in 2\d seconds/)).toBeVisible();
  await expect(page.getByText('assigned to Tom Adeyemi')).toBeVisible();
  // What was on this device has been sent.
  await expect.poll(() => kept(page)).toBe(0);
  const tom = await someone();
  await signIn(tom, pigeon, TOM);
  await tom.goto(`${pigeon.url}/pigeon/admin/threads?source=all`);
  await expect(tom.getByText('Bowls for the café')).toHaveCount(0);
  await tom.goto(page.url());
  await expect(tom.getByText('Bowls for the café')).toHaveCount(0);

  await button(page, 'Undo').click();
  const { email, name, subject, body, assignee } = form(page);
  await expect(email).toHaveValue('jonas@example.org');
  await expect(name).toHaveValue('Jonas');
  await expect(subject).toHaveValue('Bowls for the café');
  await expect(body).toHaveValue('They are fired.');
  await expect(assignee.locator(':checked')).toHaveText('Tom Adeyemi');
  // Found again in any browser; what is typed on is kept here.
  const again = await someone();
  await signIn(again, pigeon);
  await again.goto(`${pigeon.url}/pigeon/admin/new`);
  await expect(form(again).body).toHaveValue('They are fired.');
  expect(await kept(again)).toBe(0);
  await body.fill('They are fired, and red.');
  await expect(page.getByText('Draft kept on this device')).toBeVisible();
  await page.reload();
  await expect(body).toHaveValue('They are fired, and red.');
  await button(page, 'Keep as draft').click();
  await expect(page.getByText('Draft kept', { exact: true })).toBeVisible();
  await again.reload();
  await expect(form(again).body).toHaveValue('They are fired, and red.');
  await expect.poll(() => kept(page)).toBe(0);
  await expectSound(page);
  await button(page, 'Delete the draft').click();
  await expect(page).toHaveURL(/admin\/threads$/);
  await page.goto(`${pigeon.url}/pigeon/admin/new`);
  await expect(body).toHaveValue('');
  expect(await kept(page)).toBe(0);
  expect(mailed(pigeon, 'Jonas', 'fired')).toBeFalsy();
});

test('15: z takes it back, Send now waits no longer and leads to the conversation', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await prefer(page, pigeon, { undoSeconds: '30' });
  await begin(page, pigeon, { to: 'Noor', subject: 'Two jugs', body: 'Tomorrow.' });
  await expectSound(page);
  await page.keyboard.press('z');
  await expect(form(page).body).toHaveValue('Tomorrow.');
  await form(page).body.fill('Tomorrow, then.');
  await form(page).body.press('Control+Enter');
  await expect(leaving(page, 'Tomorrow, then.')).toBeVisible();
  await button(page, 'Send now').click();
  await expect(page).toHaveURL(/admin\/threads\/./);
  await expect(page.locator('#messages .letter', { hasText: 'Tomorrow, then.' })).toBeVisible();
  await eventually(() => mailed(pigeon, 'Noor', 'Tomorrow, then.'), 'the mail');
  expect(await kept(page)).toBe(0);
});

test('15: the page follows into the conversation when it begins', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await prefer(page, pigeon, { undoSeconds: '5' });
  await begin(page, pigeon, { to: 'Sam', subject: 'The blue bowl', body: 'On Friday.' });
  await expect(page).toHaveURL(/admin\/threads\/./, { timeout: 20_000 });
  await expect(page.locator('#messages .letter', { hasText: 'On Friday.' })).toBeVisible();
});

test('15: whoever closes the tab at once has sent it, and is told of it elsewhere until then', async ({ page, pigeon, someone }) => {
  await signIn(page, pigeon);
  await prefer(page, pigeon, { undoSeconds: '5' });
  await begin(page, pigeon, { to: 'Ines', subject: 'A kiln', body: 'It is on its way.' });
  await page.close();
  const elsewhere = await someone();
  await signIn(elsewhere, pigeon);
  const strip = elsewhere.locator('#unsent .strip', { hasText: 'A kiln' });
  await expect(strip).toContainText(/To Ines: A kiln Leaves (in \d|now)/);
  await expect(strip).toHaveCount(0, { timeout: 20_000 });
  await eventually(() => mailed(pigeon, 'Ines', 'on its way'), 'the mail');
});

test('what is taken back in another tab is the form again in this one', async ({ page, pigeon, context }) => {
  await signIn(page, pigeon);
  await prefer(page, pigeon, { undoSeconds: '30' });
  await begin(page, pigeon, { to: 'Olga', subject: 'Lids', body: 'We have some.' });
  const other = await context.newPage();
  await other.goto(`${pigeon.url}/pigeon/admin/threads`);
  await other.locator('#unsent .strip').getByRole('button', { name: 'Undo' }).click();
  await expect(form(other).body).toHaveValue('We have some.');
  await expect(form(page).body).toHaveValue('We have some.');
  await button(page, 'Send').click();
  await expect(leaving(page, 'We have some.')).toBeVisible();
  await button(page, 'Send now').click();
  await expect(page).toHaveURL(/admin\/threads\/./);
});

test('one that did not leave is found again, and says why', async ({ page, pigeon, someone }) => {
  await signIn(page, pigeon);
  await prefer(page, pigeon, { undoSeconds: '5' });
  const tom = await someone();
  await signIn(tom, pigeon, TOM);
  await begin(page, pigeon, { to: 'Ugo', subject: 'A vase', body: 'It is tall.', assignee: 'Tom Adeyemi' });
  await pigeon.run('user', 'disable', TOM.email);
  const strip = page.locator('#unsent .strip', { hasText: 'A vase' });
  await expect(form(page).body).toHaveValue('It is tall.', { timeout: 20_000 });
  await expect(page.getByText('This was not sent. It could not be assigned as you had chosen.')).toBeVisible();
  await expectSound(page);
  await page.goto(`${pigeon.url}/pigeon/admin/threads`);
  await expect(strip).toContainText('Not sent to Ugo: A vase. It could not be assigned as you had chosen.');
  await expectSound(page);
  await strip.getByRole('link').click();
  await expect(form(page).email).toHaveValue('ugo@example.org');
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('15: held, taken back, sent at once, and found where it was', async ({ page, pigeon }) => {
    await signIn(page, pigeon);
    await prefer(page, pigeon, { undoSeconds: '20' });
    await begin(page, pigeon, { to: 'Ben', subject: 'A lid', body: 'It leaves today.' });
    const held = page.url();
    await expect(leaving(page, 'It leaves today.')).toContainText(/Leaves at \d\d:\d\d:\d\d/);
    await page.getByRole('link', { name: 'Look whether it has left' }).click();
    await button(page, 'Undo').click();
    await expect(form(page).email).toHaveValue('ben@example.org');
    await expect(form(page).body).toHaveValue('It leaves today.');
    await form(page).name.press('Enter');
    await expect(leaving(page, 'It leaves today.')).toBeVisible();
    expect(page.url()).not.toBe(held);
    const again = page.url();
    await button(page, 'Send now').click();
    await expect(page).toHaveURL(/admin\/threads\/./);
    const conversation = page.url();
    await page.goto(again);
    expect(page.url()).toBe(conversation);
  });
});
