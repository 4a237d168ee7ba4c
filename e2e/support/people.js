// What people do, in the words of the product.
import { expect } from './test.js';

export const MAYA = { name: 'Maya Lindqvist', email: 'maya@fernhill.example', password: 'six speckled cups' };
export const TOM = { name: 'Tom Adeyemi', email: 'tom@fernhill.example', password: 'a kiln at midnight', may: ['--permission', 'pigeon:manageThreads'] };
export const PRIYA = { name: 'Priya Raman', email: 'priya@fernhill.example', password: 'glaze on the blue bowl', may: ['--permission', 'pigeon:accessPlugin'] };

/** The site's name, where no set-up gives it. */
export const FERNHILL = { PIGEON_SETTING_SITE_NAME: 'Fernhill Pottery' };

/** The first start: two pages, and in. */
export async function setUp(page, who = MAYA) {
  await expect(page.getByLabel('Set-up code')).not.toHaveValue('');
  await page.getByLabel('Your name').fill(who.name);
  await page.getByLabel('Your e-mail').fill(who.email);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await page.getByRole('button', { name: 'Next: your site' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Fernhill Pottery');
  await page.getByRole('button', { name: 'Open the inbox' }).click();
  await page.waitForURL(/\/pigeon\/admin/);
}

export async function signIn(page, pigeon, who = MAYA) {
  await page.goto(`${pigeon.url}/pigeon/login`);
  await page.getByLabel('E-mail or user name').fill(who.email);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/pigeon\/admin/);
}

/** A visitor asks by the contact form; afterwards the page is their private one. */
export async function ask(page, pigeon, { name, email, subject, body }) {
  await page.goto(`${pigeon.url}/pigeon/contact`);
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Your e-mail').fill(email);
  await page.getByLabel('What is it about?').fill(subject);
  await page.getByLabel('Your message').fill(body);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page).toHaveURL(PRIVATE);
}

const PRIVATE = /\/pigeon\/t\/[\w-]{43}/;

/** The same without a page, for tests that only need the conversation. Gives the private link. */
export async function post(pigeon, { name, email, subject, body }) {
  const answer = await fetch(`${pigeon.url}/pigeon/actions/pigeon/guest/start`, {
    method: 'POST',
    body: new URLSearchParams({ name, email, subject, body }),
    redirect: 'manual',
  });
  expect(answer.status).toBe(303);
  const link = new URL(answer.headers.get('location'), pigeon.url).href;
  expect(link).toMatch(PRIVATE);
  return link;
}

/** A guest writes again, on their private page. */
export async function writeBack(page, body) {
  await page.getByLabel('Write back').fill(body);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.locator('.letter', { hasText: body })).toBeVisible();
}

/** Opens a conversation from the inbox. */
export async function open(page, pigeon, subject, source = 'pending') {
  await page.goto(`${pigeon.url}/pigeon/admin/threads?source=${source}`);
  await page.getByRole('main').getByRole('link', { name: subject }).click();
  await page.waitForURL(/\/admin\/threads\/./);
  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
}

/** Turns the composer to the team, or back to the guest. */
export const toNote = (page) => page.locator('.composer').getByText('Internal note', { exact: true }).click();
export const toReply = (page) => page.locator('.composer').getByText('Reply', { exact: true }).click();

/** Staff answer the conversation that is open, and wait for nothing. */
export async function answer(page, body) {
  await hold(page, body);
  await leaving(page, body).getByRole('button', { name: 'Send now' }).click();
  await expect(page.locator('#messages .letter', { hasText: firstLine(body) })).toBeVisible();
}

/** The same, but the message waits for its time. */
export async function hold(page, body) {
  await page.locator('textarea[name=body]').fill(body);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(leaving(page, body)).toBeVisible();
}

/** What is held, on the page of the conversation. */
export const leaving = (page, body) => page.locator('.leaving', { hasText: firstLine(body) });
const firstLine = (body) => body.split('\n')[0];

/** The private link in a mail. */
export const privateLink = (mail) => mail.links.find((link) => link.includes('/pigeon/t/'));

/** Whoever is signed in likes it so, as the profile's form says it. */
export async function prefer(page, pigeon, fields) {
  const headers = { origin: pigeon.url };
  const answer = await page.request.post(`${pigeon.url}/pigeon/actions/pigeon/admin/profile`, { form: fields, headers, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
}
