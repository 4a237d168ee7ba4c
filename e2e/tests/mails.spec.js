import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { FERNHILL, MAYA, TOM, answer, open, post, privateLink, signIn, writeBack } from '../support/people.js';
import { expectSoundMail } from '../support/look.js';
import { expect, test } from '../support/test.js';

test.use({ start: { env: FERNHILL, people: [MAYA, TOM] } });
test.describe.configure({ mode: 'serial' });

const ADA = { name: 'Ada Okonkwo', email: 'ada@example.org', subject: 'Parcel arrived open', body: 'Two cups are missing.\n\nThey are a present.' };

/** Everything that is stored, as one number. */
function stored(pigeon) {
  const hash = createHash('sha256');
  for (const name of ['pigeon.db', 'pigeon.db-wal']) {
    const file = `${pigeon.dir}/data/${name}`;
    if (existsSync(file)) hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** One mail of each kind, by what begins its text or subject. */
async function mailsOfEveryKind(page, pigeon, someone) {
  await post(pigeon, ADA);
  const received = await pigeon.mailTo(ADA.email);
  const alert = await pigeon.mailTo(MAYA.email);

  await signIn(page, pigeon);
  await open(page, pigeon, ADA.subject);
  await page.getByLabel('Assigned to').selectOption({ label: TOM.name });
  await page.getByRole('button', { name: 'Assign', exact: true }).click();
  const assignment = await pigeon.mailTo(TOM.email, 2);
  await answer(page, 'They leave us tomorrow.');
  const reply = await pigeon.mailTo(ADA.email, 2);

  const guest = await someone();
  await guest.goto(privateLink(reply));
  await writeBack(guest, 'Thank you.');
  const notification = await pigeon.mailTo(MAYA.email, 2);
  await guest.getByRole('button', { name: 'E-mail me a new link' }).click();
  const links = await pigeon.mailTo(ADA.email, 3);

  await guest.goto(`${pigeon.url}/pigeon/forgot`);
  await guest.getByLabel('E-mail or user name').fill(MAYA.email);
  await guest.getByRole('button', { name: 'E-mail me a link' }).click();
  const password = await pigeon.mailTo(MAYA.email, 3);
  await page.goto(`${pigeon.url}/pigeon/admin/settings`);
  await page.getByRole('button', { name: 'Send me a test mail' }).click();
  const trial = await pigeon.mailTo(MAYA.email, 4);
  await guest.close();
  return { received, alert, assignment, reply, notification, links, password, trial };
}

test('every link of every mail can be fetched twice, and changes nothing', async ({ page, pigeon, someone }) => {
  const mails = await mailsOfEveryKind(page, pigeon, someone);
  await page.close();
  // Nobody looks, and the queue has come to rest.
  let before;
  await expect.poll(() => before === (before = stored(pigeon)), { intervals: [500] }).toBe(true);
  for (const [kind, mail] of Object.entries(mails)) {
    const unsubscribe = mail.headers['list-unsubscribe']?.replace(/[<>]/g, '');
    const links = new Set([...mail.links, unsubscribe].filter(Boolean));
    if (kind !== 'trial') expect(links.size, kind).toBeGreaterThan(0);
    for (const link of links) {
      for (const time of [1, 2]) {
        const fetched = await fetch(link);
        expect([200, 401], `${link} of ${kind}, ${time}`).toContain(fetched.status);
      }
    }
  }
  expect(stored(pigeon)).toBe(before);

  // One click does it, without a cookie, and only for this conversation.
  const unsubscribe = mails.reply.headers['list-unsubscribe'].replace(/[<>]/g, '');
  const done = await fetch(unsubscribe, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
  expect(done.status).toBe(200);
  const guest = await someone();
  await guest.goto(privateLink(mails.reply));
  await expect(guest.getByRole('button', { name: 'E-mail me about this conversation' })).toBeVisible();
});

test('mails are small, hold the same links as text and as HTML, and are accessible', async ({ page, pigeon }) => {
  const mails = pigeon.mails();
  // Several of them have one subject.
  expect(mails.length).toBeGreaterThan(8);
  for (const mail of mails) {
    expect(mail.html, mail.subject).toContain('</html>');
    expect(mail.html.length, mail.subject).toBeLessThan(8 * 1024);
    for (const link of mail.links) expect(mail.html, mail.subject).toContain(link.replaceAll('&', '&amp;'));
    await expectSoundMail(page, mail.html);
  }
});
