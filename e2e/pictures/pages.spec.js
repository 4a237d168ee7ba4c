import { resolve } from 'node:path';
import { FERNHILL, open, post, privateLink, signIn, writeBack } from '../support/people.js';
import { expect, test } from '../support/test.js';

test.use({ start: { env: FERNHILL } });

const FOLDER = resolve(import.meta.dirname, '../../docs/pictures');
const ADA = { name: 'Ada Okonkwo', email: 'ada@example.org', subject: 'Parcel arrived open, two cups missing', body: 'Hello,\n\nmy order 20391 came this morning, but the box was open on one side. I ordered six of the speckled cups and there are only four inside.\n\nThey are a birthday present. Is there any way to get the missing two by then?\n\nAda' };

/** What the screen shows of a page, in both widths and colours. */
async function picture(page, name) {
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate(() => {
        scrollTo(0, 0);
        return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      });
      await page.screenshot({ path: `${FOLDER}/${name}-${width}-${colorScheme}.png`, animations: 'disabled', caret: 'hide' });
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

test('pictures of every page', async ({ page, pigeon, someone }) => {
  await page.goto(pigeon.setupUrl);
  await picture(page, 'setup');
  const said = await pigeon.run('demo');
  const password = said.trim().split(' ').at(-1);
  const email = /\S+@\S+/.exec(said)[0];

  const guest = await someone();
  await guest.goto(`${pigeon.url}/pigeon/contact`);
  await picture(guest, 'contact');
  await post(pigeon, ADA);
  for (const [path, name] of [['login', 'sign-in'], ['forgot', 'forgot'], [`t/${'b'.repeat(43)}`, 'expired'], ['no-such-page', 'error']]) {
    await guest.goto(`${pigeon.url}/pigeon/${path}`);
    await picture(guest, name);
  }

  await signIn(page, pigeon, { email, password });
  await picture(page, 'dashboard');
  for (const [path, name] of [['threads', 'inbox'], ['threads?source=all&q=zzzz', 'inbox-nothing'], ['new', 'new'], ['settings', 'settings']]) {
    await page.goto(`${pigeon.url}/pigeon/admin/${path}`);
    await picture(page, name);
  }
  await open(page, pigeon, ADA.subject);
  await page.locator('textarea[name=body]').fill('Hi Ada,\n\nI am sorry, that is no way for a present to arrive. Two speckled cups leave us tomorrow.\n\nWarm regards');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.locator('.letter.ours')).toBeVisible();

  const mail = await pigeon.mailTo(ADA.email, 2);
  await guest.goto(privateLink(mail));
  await writeBack(guest, 'Thank you, that is a relief.');
  // Not to the newest message, where the page's script begins.
  await guest.goto(`${privateLink(mail)}#top`);
  await picture(guest, 'thread');
  await page.reload();
  await picture(page, 'conversation');
  await guest.goto(mail.headers['list-unsubscribe'].replace(/[<>]/g, ''));
  await picture(guest, 'unsubscribe');
  await guest.goto('about:blank');
  await guest.setContent(mail.html);
  await picture(guest, 'email');
});
