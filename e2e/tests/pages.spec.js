import { answer, ask, open, setUp } from '../support/people.js';
import { expect, expectAccessible, test } from '../support/test.js';

test.describe.configure({ mode: 'serial' });

test('set-up is accessible, and so is the contact form before it', async ({ page, pigeon }) => {
  await page.goto(`${pigeon.url}/pigeon/contact`);
  await expectAccessible(page);
  await page.goto(pigeon.setupUrl);
  await expectAccessible(page);
  await setUp(page, pigeon);
});

test('guests’ pages are accessible', async ({ page, pigeon }) => {
  await page.goto(`${pigeon.url}/pigeon/contact`);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expectAccessible(page);
  await ask(page, pigeon, { name: 'Нур أ 日本', email: 'nur@example.com', subject: 'x'.repeat(300), body: 'y'.repeat(5000) });
  await expectAccessible(page);
  await page.goto(`${pigeon.url}/pigeon/t/${'b'.repeat(43)}`);
  await expectAccessible(page);
  await page.getByLabel('Your e-mail').fill('nobody@example.com');
  await page.getByRole('button', { name: 'E-mail me a new link' }).click();
  await expectAccessible(page);
  for (const path of ['login', 'forgot', `reset/${'c'.repeat(43)}`, 'no-such-page']) {
    await page.goto(`${pigeon.url}/pigeon/${path}`);
    await expectAccessible(page);
  }
  const mail = await pigeon.mailTo('nur@example.com');
  await page.goto(mail.headers['list-unsubscribe'].replace(/[<>]/g, ''));
  await expectAccessible(page);
});

test('staff’s pages are accessible', async ({ page, pigeon }) => {
  await page.goto(`${pigeon.url}/pigeon/login`);
  const { MAYA, signIn } = await import('../support/people.js');
  await signIn(page, pigeon, MAYA);
  for (const path of ['', '/threads', '/threads?source=closed', '/threads?source=pending&q=nothing', '/threads/new', '/settings']) {
    await page.goto(`${pigeon.url}/pigeon/admin${path}`);
    await expectAccessible(page);
  }
  await open(page, pigeon, 'x'.repeat(300));
  await expectAccessible(page);
  await answer(page, 'z'.repeat(500));
  await expectAccessible(page);
});
