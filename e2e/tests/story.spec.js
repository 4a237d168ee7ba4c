import { MAYA, answer, ask, open, privateLink, setUp, signIn, toNote, writeBack } from '../support/people.js';
import { expect, test } from '../support/test.js';

test.describe.configure({ mode: 'serial' });

const ADA = { name: 'Ada Okonkwo', email: 'ada@example.org', subject: 'Parcel arrived open', body: 'Two cups are missing.' };

/** What stands in a mail, also where its lines are encoded for the way. */
const everything = (mail) => [mail.raw, JSON.stringify(mail.headers), mail.text, mail.html].join('\n');

test('the owner sets the site up with the printed address', async ({ page, pigeon }) => {
  await page.goto(pigeon.setupUrl);
  await setUp(page);
  await page.goto(`${pigeon.url}/pigeon/setup`);
  await expect(page).not.toHaveURL(/setup/);
});

test('a visitor asks, the team answers, the visitor answers, the team answers again', async ({ page, pigeon, someone }) => {
  await ask(page, pigeon, ADA);
  await expect(page.locator('.letter', { hasText: 'Two cups are missing.' })).toBeVisible();
  await expect(page).toHaveTitle('Your conversation · Fernhill Pottery');

  const received = await pigeon.mailTo(ADA.email);
  expect(received.subject).toBe('Your message to Fernhill Pottery');
  for (const typed of [ADA.name, ADA.subject, ADA.body]) expect(everything(received)).not.toContain(typed);
  expect(everything(received)).toContain('Fernhill Pottery');
  const alert = await pigeon.mailTo(MAYA.email);
  expect(alert.text).toContain(ADA.body);

  const staff = await someone();
  await signIn(staff, pigeon);
  await expect(staff).toHaveTitle(/\(1\)/);
  await open(staff, pigeon, ADA.subject);
  await expect(staff.getByText('guest, address not confirmed').first()).toBeVisible();
  await answer(staff, 'They leave us tomorrow.');

  const reply = await pigeon.mailTo(ADA.email, 2);
  expect(reply.subject).toBe('Your message to Fernhill Pottery');
  expect(reply.headers.from).toContain('Maya Lindqvist, Fernhill Pottery');
  expect(everything(reply)).not.toContain(MAYA.email);
  expect(reply.text).toContain('They leave us tomorrow.');

  // Elsewhere: a browser that has only the mail.
  const guest = await someone({ viewport: { width: 390, height: 844 } });
  await guest.goto(privateLink(reply));
  await expect(guest.locator('.letter', { hasText: 'They leave us tomorrow.' })).toBeVisible();
  await writeBack(guest, 'Thank you, I look forward to them.');

  const heard = await pigeon.mailTo(MAYA.email, 2);
  expect(heard.text).toContain('I look forward to them.');
  await staff.reload();
  await expect(staff.getByText('through Ada’s private link').first()).toBeVisible();
  await answer(staff, 'You are welcome.');
  const last = await pigeon.mailTo(ADA.email, 3);
  expect(last.text).toContain('You are welcome.');
  expect(last.text).toContain('> Thank you, I look forward to them.');
  expect(last.headers.references).toBe(reply.headers.references);

  // The link of the first mail still works beside the newer ones; the one that was only shown does not.
  await guest.goto(privateLink(received));
  await expect(guest.getByText('You are welcome.')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'This link does not work any more' })).toBeVisible();
});

test('search finds the conversation by a word, a name and an address', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  for (const words of ['forward', 'okonkwo', 'ada@example.org', 'MISSING cups']) {
    await page.goto(`${pigeon.url}/pigeon/admin/threads`);
    await page.getByRole('searchbox').fill(words);
    await page.getByRole('searchbox').press('Enter');
    await expect(page.getByRole('main').getByRole('link', { name: ADA.subject }), words).toBeVisible();
  }
  await page.getByRole('searchbox').fill('nothing-like-this');
  await page.getByRole('searchbox').press('Enter');
  await expect(page.getByRole('main').getByRole('link', { name: ADA.subject })).toHaveCount(0);
});

test('a note stays inside, and a revoked link is over at once', async ({ page, pigeon, someone }) => {
  await signIn(page, pigeon);
  await open(page, pigeon, ADA.subject, 'all');
  await toNote(page);
  await page.locator('textarea[name=body]').fill('CANARY-7f3 she is a friend of the owner');
  await page.getByRole('button', { name: 'Add note' }).click();
  await expect(page.locator('.letter.note', { hasText: 'CANARY-7f3' })).toBeVisible();

  const guest = await someone();
  const link = privateLink(pigeon.mailsTo(ADA.email).at(-1));
  await guest.goto(link);
  await expect(guest.getByText('You are welcome.')).toBeVisible();
  expect(await guest.content()).not.toContain('CANARY-7f3');

  await guest.getByLabel('Write back').fill('Are you still there?');
  await page.getByText('Revoke links').click();
  await page.getByRole('button', { name: 'Revoke all links' }).click();
  await guest.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(guest.getByRole('heading', { name: 'This link does not work any more' })).toBeVisible();
  await expect(guest.getByText('Are you still there?')).toBeVisible();
  await guest.getByLabel('Your e-mail').fill(ADA.email);
  const before = pigeon.mailsTo(ADA.email).length;
  await guest.getByRole('button', { name: 'E-mail me a new link' }).click();
  const fresh = await pigeon.mailTo(ADA.email, before + 1);
  await guest.goto(privateLink(fresh));
  await expect(guest.getByText('You are welcome.')).toBeVisible();
  const mails = pigeon.mailsTo(ADA.email).map(everything);
  expect(mails.filter((mail) => mail.includes('You are welcome.'))).not.toEqual([]);
  expect(mails.filter((mail) => mail.includes('CANARY-7f3'))).toEqual([]);
});
