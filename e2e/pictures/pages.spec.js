import { answer, open, post, privateLink, signIn, writeBack } from '../support/people.js';
import { eventually } from '../support/pigeon.js';
import { AT_NINE, picture } from '../support/picture.js';
import { expect, test } from '../support/test.js';

test.use({ start: AT_NINE });
test.describe.configure({ mode: 'serial' });

const ADA = { name: 'Ada Okonkwo', email: 'ada@example.org', subject: 'Parcel arrived open, two cups missing', body: 'Hello,\n\nmy order 20391 came this morning, but the box was open on one side. I ordered six of the speckled cups and there are only four inside.\n\nThey are a birthday present. Is there any way to get the missing two by then?\n\nAda' };
const ANSWER = 'Hi Ada,\n\nI am sorry, that is no way for a present to arrive. Two speckled cups leave us tomorrow, wrapped twice.\n\nCould you send us one photo of the box? We need it for the carrier, not from you.\n\nWarm regards\nMei';
const SOON = 'Thank you, Ada. That is all the courier needs.\n\nYour two cups leave us this afternoon with a tracked service, and they will be with you by Tuesday.\n\nWarm regards,\nMei';

const button = (page, name) => page.getByRole('button', { name, exact: true });
const [ana, mei] = [{}, {}];

test('pictures of what guests see', async ({ pigeon, someone }) => {
  const said = await pigeon.run('demo');
  const password = said.trim().split(' ').at(-1);
  Object.assign(ana, { email: /ana@\S+/.exec(said)[0], password });
  Object.assign(mei, { email: /mei@\S+/.exec(said)[0], password });

  const guest = await someone();
  const goto = (path) => guest.goto(`${pigeon.url}/pigeon/${path}`);
  await goto('contact');
  await picture(guest, 'contact');
  await guest.getByLabel('Your name').fill(ADA.name);
  await guest.getByLabel('Your e-mail').fill('ada@');
  await guest.getByLabel('What is it about?').fill(ADA.subject);
  await button(guest, 'Send').click();
  await expect(guest.locator('#problems')).toBeVisible();
  await picture(guest, 'contact-problems');

  pigeon.clock('2026-11-17 09:12:00');
  await post(pigeon, ADA);
  // The same once more, by a form without a one-time key: taken once, and no link is shown.
  await goto('contact');
  await guest.locator('form').first().evaluate((form) => form.elements.key?.remove());
  await guest.getByLabel('Your name').fill(ADA.name);
  await guest.getByLabel('Your e-mail').fill(ADA.email);
  await guest.getByLabel('What is it about?').fill(ADA.subject);
  await guest.getByLabel('Your message').fill(ADA.body);
  await button(guest, 'Send').click();
  await expect(guest.getByRole('heading', { name: 'We have your message' })).toBeVisible();
  await picture(guest, 'kept');

  await goto(`t/${'b'.repeat(43)}`);
  await picture(guest, 'expired');
  await guest.getByLabel('Your e-mail').fill('ada@example.com');
  await button(guest, 'E-mail me a new link').click();
  await expect(guest.getByRole('heading', { name: 'Look in your mail' })).toBeVisible();
  await picture(guest, 'link-sent');

  await goto('no-such-page');
  await picture(guest, 'error');
});

test('pictures of the control panel', async ({ page, pigeon, someone }) => {
  await signIn(page, pigeon, mei);
  pigeon.clock('2026-11-17 09:44:00');
  await open(page, pigeon, ADA.subject);
  await page.getByRole('button', { name: 'Assign to me' }).click();
  await expect(page.getByText(/took this over/)).toBeVisible();
  await page.locator('.composer').getByText('Internal note', { exact: true }).click();
  await page.locator('textarea[name=body]').fill('The carrier wants a photo of the box before they pay. We pack all six again if the other four are chipped.');
  await button(page, 'Add note').click();
  await expect(page.locator('.letter.note')).toBeVisible();

  pigeon.clock('2026-11-17 10:26:00');
  await answer(page, ANSWER);
  const mail = await pigeon.mailTo(ADA.email, 2);
  const guest = await someone();
  await guest.goto(privateLink(mail));
  await button(guest, 'Mark read').click();

  pigeon.clock('2026-11-17 11:05:00');
  await writeBack(guest, 'Thank you, Mei, that is a relief. The photo follows tonight, when I am home.');
  pigeon.clock('2026-11-17 14:20:00');
  // Not to the newest message, where the page's script begins.
  await guest.goto(`${privateLink(mail)}#top`);
  await picture(guest, 'thread');
  await page.reload();
  await picture(page, 'conversation');
  await page.goto(`${pigeon.url}/pigeon/admin`);
  await picture(page, 'dashboard');
  for (const [path, name] of [['threads', 'inbox'], ['threads?source=all&q=zzzz', 'inbox-nothing'], ['new', 'new']]) {
    await page.goto(`${pigeon.url}/pigeon/admin/${path}`);
    await picture(page, name);
  }
  await page.goto(`${pigeon.url}/pigeon/logout`);
  await picture(page, 'sign-out');
  const admin = await someone();
  await signIn(admin, pigeon, ana);
  await admin.goto(`${pigeon.url}/pigeon/admin/settings`);
  await picture(admin, 'settings');

  await open(page, pigeon, ADA.subject);
  await answer(page, SOON);
  const next = await pigeon.mailTo(ADA.email, 3);
  await guest.goto('about:blank');
  await guest.setContent(next.html);
  await picture(guest, 'email');
  await guest.goto(next.headers['list-unsubscribe'].replace(/[<>]/g, ''));
  await picture(guest, 'unsubscribe');
  await button(guest, 'Stop e-mails about this conversation').click();
  await expect(guest.getByRole('heading', { name: 'Done. We stay quiet.' })).toBeVisible();
  await picture(guest, 'unsubscribed');
});

test('pictures of the doors', async ({ page, pigeon }) => {
  await page.goto(`${pigeon.url}/pigeon/login`);
  await picture(page, 'sign-in');
  await page.goto(`${pigeon.url}/pigeon/forgot`);
  await picture(page, 'forgot');
  await page.getByLabel('E-mail or user name').fill(mei.email);
  await button(page, 'E-mail me a link').click();
  await expect(page.getByRole('heading', { name: 'Look in your mail' })).toBeVisible();
  await picture(page, 'forgot-sent');

  const links = () => pigeon.mailsTo(mei.email).flatMap((mail) => mail.links);
  const link = await eventually(() => links().find((link) => link.includes('/pigeon/reset/')), 'link for a new password');
  await page.goto(link);
  await picture(page, 'reset');
  await page.getByLabel('New password').fill('seven speckled cups');
  await button(page, 'Save the password').click();
  await expect(page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible();
  await picture(page, 'reset-done');
  await page.goto(link);
  await picture(page, 'reset-expired');
});
