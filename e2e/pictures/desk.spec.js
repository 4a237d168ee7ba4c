// What staff see while they work: what is selected, searched, held, overtaken, put away, and what did not leave.
import { TOM, answer, hold, leaving, open, post, signIn } from '../support/people.js';
import { AT_NINE, picture } from '../support/picture.js';
import { expect, test } from '../support/test.js';

test.use({ start: AT_NINE });
test.describe.configure({ mode: 'serial' });

const ADA = { name: 'Ada Okonkwo', email: 'ada@example.org', subject: 'Parcel arrived open, two cups missing', body: 'Hello,\n\nmy order 20391 came this morning, but the box was open on one side. I ordered six of the speckled cups and there are only four inside.\n\nAda' };
const JONAS = { name: 'Jonas Weber', email: 'jonas@example.net', subject: 'Can I change the delivery address?', body: 'I placed order 20418 an hour ago and typed the old street. Is it too late?' };
const OLGA = { name: 'Olga Nowak', email: 'olga@example.com', subject: 'Lid missing from the honey jar', body: 'The honey jar came without its lid. Could you send one?' };

const mei = {};
const button = (page, name) => page.getByRole('button', { name, exact: true });
const inbox = (page, pigeon, query = '') => page.goto(`${pigeon.url}/pigeon/admin/threads${query}`);
const ticks = (page) => page.locator('.row > .check');

test('pictures of the list at work', async ({ page, pigeon }) => {
  const said = await pigeon.run('demo');
  Object.assign(mei, { email: /mei@\S+/.exec(said)[0], password: said.trim().split(' ').at(-1) });
  await pigeon.add(TOM);
  pigeon.clock('2026-11-17 09:12:00');
  await post(pigeon, ADA);
  pigeon.clock('2026-11-17 10:02:00');
  await post(pigeon, JONAS);
  pigeon.clock('2026-11-17 12:00:00');
  await signIn(page, pigeon, mei);
  await inbox(page, pigeon, '?source=all');
  for (const n of [0, 1, 3]) await ticks(page).nth(n).check();
  await picture(page, 'inbox-selected');
  await page.evaluate(() => (document.documentElement.dir = 'rtl'));
  await picture(page, 'inbox-rtl', { narrow: false, dark: false });
  await inbox(page, pigeon, '?source=all');
  for (const n of [2, 3, 4]) await ticks(page).nth(n).check();
  await page.locator('#bulk').getByRole('button', { name: 'Trash' }).click();
  await expect(page.locator('#toasts')).toContainText('3 conversations moved to the trash.');
  await picture(page, 'inbox-done');
  await inbox(page, pigeon, '?source=trash');
  await picture(page, 'trash');
  await page.locator('.row .open').first().click();
  await expect(page.locator('#in-trash .banner')).toBeVisible();
  await picture(page, 'conversation-trashed');
  await inbox(page, pigeon, '?source=all&q=order');
  await expect(page.locator('.row mark').first()).toBeVisible();
  await picture(page, 'inbox-found');
  await inbox(page, pigeon, '?source=all&q=status:opn');
  await picture(page, 'inbox-wrong');
  await inbox(page, pigeon, '?source=direct');
  await picture(page, 'inbox-direct');
  await page.getByRole('button', { name: 'Shortcuts' }).click();
  await picture(page, 'shortcuts');
});

test('pictures of a conversation that begins', async ({ page, pigeon }) => {
  await signIn(page, pigeon, mei);
  await page.goto(`${pigeon.url}/pigeon/admin/new`);
  await page.getByLabel('Their e-mail').fill(OLGA.email);
  await page.getByLabel('Their name').fill(OLGA.name);
  await page.getByLabel('Subject').fill('Your order is fired');
  const letter = 'Dear Olga,\n\nyour *twelve bowls* came out of the kiln this morning. They leave on Friday.\n\nMei';
  await page.getByLabel('Message').fill(letter);
  await button(page, 'Send').click();
  await expect(leaving(page, 'Dear Olga')).toBeVisible();
  await picture(page, 'new-held');
  await leaving(page, 'Dear Olga').getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByLabel('Message')).toHaveValue(letter);
  await picture(page, 'new-draft');
  await button(page, 'Delete the draft').click();
});

test('pictures of a message on its way', async ({ page, pigeon, someone }) => {
  await signIn(page, pigeon, mei);
  await open(page, pigeon, JONAS.subject);
  await hold(page, 'Good morning Jonas,\n\nno, it is not too late: your parcel leaves at three. Which address shall we use?\n\nMei');
  await picture(page, 'held');
  await inbox(page, pigeon);
  await expect(page.locator('.unsent .strip')).toBeVisible();
  await picture(page, 'held-strip');
  await page.locator('.unsent a').click();
  await leaving(page, 'Good morning Jonas').getByRole('button', { name: 'Undo' }).click();
  const area = page.locator('textarea[name=body]');
  await expect(area).toHaveValue(/Good morning Jonas/);

  const tom = await someone();
  await signIn(tom, pigeon, TOM);
  await open(tom, pigeon, JONAS.subject);
  await tom.locator('textarea[name=body]').pressSequentially('Dear Jonas, we have changed it.');
  await expect(page.locator('.presence.clash')).toBeVisible();
  await picture(page, 'presence');
  await answer(tom, 'Dear Jonas,\n\nwe have changed it to the street of your last order. Is that right?\n\nTom');
  await expect(page.locator('#messages .letter', { hasText: 'Dear Jonas' })).toBeVisible();
  await button(page, 'Send').click();
  await expect(page.locator('.composer .banner')).toContainText('answered while you were writing');
  await picture(page, 'stale');
  await tom.goto('about:blank');
});

test('pictures of mail that did not leave', async ({ page, pigeon }) => {
  await pigeon.mailServer('rcpt_550');
  await post(pigeon, OLGA);
  await signIn(page, pigeon, mei);
  await open(page, pigeon, OLGA.subject);
  await expect(async () => {
    await page.reload();
    await expect(page.locator('.undelivered').first()).toContainText('550', { timeout: 500 });
  }).toPass();
  await picture(page, 'deliveries');
  const admin = { email: mei.email.replace('mei', 'ana'), password: mei.password };
  await page.goto(`${pigeon.url}/pigeon/logout`);
  await button(page, 'Sign out').first().click();
  await signIn(page, pigeon, admin);
  await page.goto(`${pigeon.url}/pigeon/admin/queue`);
  await expect(page.locator('.jobs .card').first()).toContainText('550');
  await picture(page, 'queue');
  await pigeon.mailServer('ok');
});

test('pictures of what is one’s own', async ({ page, pigeon }) => {
  await signIn(page, pigeon, mei);
  await page.goto(`${pigeon.url}/pigeon/admin/profile`);
  await picture(page, 'profile');
  await page.goto(`${pigeon.url}/pigeon/admin/saved-replies`);
  await picture(page, 'saved-replies-none');
  for (const [title, text] of [['Opening hours', 'Hello {name},\n\nour shop is open from ten to five, Tuesday to Saturday.\n\n{me}'], ['A parcel came open', 'Hello {name},\n\nI am sorry about “{subject}”. Could you send us one photo of the box? The carrier asks for it.\n\n{me}']]) {
    await page.getByLabel('Title').fill(title);
    await page.getByLabel('Text').fill(text);
    await button(page, 'Save').click();
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
  }
  await picture(page, 'saved-replies');
  await open(page, pigeon, ADA.subject);
  await page.getByRole('link', { name: 'Saved replies' }).first().click();
  await expect(page.getByRole('dialog', { name: 'Saved replies' }).getByRole('listitem')).toHaveCount(2);
  await picture(page, 'saved-replies-dialog');
});
