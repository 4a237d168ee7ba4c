import { MAYA, setUp, signIn } from '../support/people.js';
import { expectSound } from '../support/look.js';
import { expect, test } from '../support/test.js';

// Sign-in, passwords, set-up and what went wrong: the pages before all others.
test.describe.configure({ mode: 'serial' });

const button = (page, name) => page.getByRole('button', { name, exact: true });

test('before the set-up: the contact form is not open yet', async ({ page, pigeon }) => {
  const answer = await page.goto(`${pigeon.url}/pigeon/contact`);
  expect(answer.status()).toBe(503);
  await expectSound(page);
});

test('set-up, both steps, and what is wrong with them', async ({ page, pigeon }) => {
  await page.goto(`${pigeon.url}/pigeon`);
  await expect(page).toHaveURL(/\/pigeon\/setup$/);
  await expectSound(page);
  await button(page, 'Next: your site').click();
  await expect(page.locator('#problems')).toBeFocused();
  await expectSound(page);
  await page.goto(pigeon.setupUrl);
  await page.getByLabel('Your name').fill(MAYA.name);
  await page.getByLabel('Your e-mail').fill(MAYA.email);
  await page.getByLabel('Password', { exact: true }).fill(MAYA.password);
  await button(page, 'Next: your site').click();
  await expect(page.getByText('Step 2 of 2')).toBeVisible();
  await expectSound(page);
  await page.getByLabel('Name', { exact: true }).fill('');
  await button(page, 'Open the inbox').click();
  await expect(page.locator('#problems')).toBeFocused();
  await expectSound(page);
});

test('sign-in, refused and not', async ({ page, pigeon }) => {
  await page.goto(pigeon.setupUrl);
  if (await page.getByLabel('Set-up code').isVisible()) await setUp(page);
  await page.context().clearCookies();
  await page.goto(`${pigeon.url}/pigeon/login`);
  await expectSound(page);
  await page.getByLabel('E-mail or user name').fill(MAYA.email);
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await button(page, 'Sign in').click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expectSound(page);
});

test('a private page asks to sign in, and leads on to itself', async ({ page, pigeon }) => {
  await page.goto(`${pigeon.url}/pigeon/admin/settings`);
  await expectSound(page);
  await page.getByLabel('E-mail or user name').fill(MAYA.email);
  await page.getByLabel('Password', { exact: true }).fill(MAYA.password);
  await button(page, 'Sign in').click();
  await expect(page).toHaveURL(/\/pigeon\/admin\/settings$/);
});

test('sign-out asks first where it is only a page', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await page.goto(`${pigeon.url}/pigeon/logout`);
  await expectSound(page);
  await button(page, 'Sign out').click();
  await page.goto(`${pigeon.url}/pigeon/admin`);
  await expect(button(page, 'Sign in')).toBeVisible();
});

test('a forgotten password, from the question to the new one', async ({ page, pigeon }) => {
  await page.goto(`${pigeon.url}/pigeon/forgot`);
  await expectSound(page);
  await button(page, 'E-mail me a link').click();
  await expectSound(page);
  await page.getByLabel('E-mail or user name').fill(MAYA.email);
  await button(page, 'E-mail me a link').click();
  await expect(page.getByRole('heading', { name: 'Look in your mail' })).toBeVisible();
  await expectSound(page);

  const link = (await pigeon.mailTo(MAYA.email)).links.find((link) => link.includes('/pigeon/reset/'));
  await page.goto(link);
  await expectSound(page);
  await page.getByLabel('New password').fill('short');
  await button(page, 'Save the password').click();
  await expect(page.getByRole('heading', { name: 'Choose a new password' })).toBeVisible();
  await expectSound(page);
  await page.getByLabel('New password').fill('seven speckled cups');
  await button(page, 'Save the password').click();
  await expect(page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible();
  await expectSound(page);
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'This link does not work any more' })).toBeVisible();
  await expectSound(page);
  await signIn(page, pigeon, { ...MAYA, password: 'seven speckled cups' });
});

test('every page that says what went wrong', async ({ page, pigeon }) => {
  const seen = async (status, answer) => {
    expect(answer.status()).toBe(status);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectSound(page);
  };
  await seen(404, await page.goto(`${pigeon.url}/pigeon/no-such-page`));
  await seen(405, await page.goto(`${pigeon.url}/pigeon/actions/pigeon/guest/start`));

  /** Posts the contact form after changing it. */
  const postChanged = async (change) => {
    await page.goto(`${pigeon.url}/pigeon/contact`);
    await page.locator('form').first().evaluate(change);
    const answer = page.waitForResponse((response) => response.request().method() === 'POST');
    await button(page, 'Send').click();
    return answer;
  };
  await seen(415, await postChanged((form) => (form.enctype = 'text/plain')));
  await seen(413, await postChanged((form) => {
    const more = document.createElement('input');
    Object.assign(more, { type: 'hidden', name: 'more', value: 'x'.repeat(1_200_000) });
    form.append(more);
  }));
  await seen(404, await postChanged((form) => {
    form.action = '/pigeon/actions/pigeon/no/such';
    form.body.value = 'My own words.';
  }));
  await expect(page.getByRole('textbox')).toHaveValue('My own words.');
});

test('a name that is not ours leads to a page that names ours', async ({ browser, pigeon }) => {
  const page = await browser.newPage();
  const answer = await page.goto(`${pigeon.url.replace('localhost', 'other.example')}/pigeon/contact`);
  expect(answer.status()).toBe(421);
  await expect(page.getByText(pigeon.url)).toBeVisible();
  await page.close();
});
