// The inbox: bands, orders, filters, searches, and what is listed as a file.
import { readFileSync } from 'node:fs';
import { FERNHILL, MAYA, PRIYA, TOM, answer, open, post, signIn, toNote } from '../support/people.js';
import { expectSound } from '../support/look.js';
import { expect, test } from '../support/test.js';

test.use({ start: { mailServer: false, env: FERNHILL, people: [MAYA, TOM, PRIYA] } });
test.describe.configure({ mode: 'serial' });

const THREADS = [
  { name: 'Ada Okonkwo', email: 'ada@example.org', subject: 'Parcel arrived open', body: 'Two cups are missing.' },
  { name: 'Jonas Weber', email: 'jonas@example.org', subject: 'Change of address', body: 'Two cups, please, to the new street.' },
  { name: '=HYPERLINK("x")', email: 'h@example.org', subject: '=cmd|\' /C calc\'!A0', body: 'A, "b"\nand\u0007 c' },
  { name: 'N'.repeat(300), email: 'n@example.org', subject: 'S'.repeat(300), body: '😀' },
];

const subjects = (page) => page.locator('.row .subject b').allTextContents();
const inbox = (page, pigeon, query = '') => page.goto(`${pigeon.url}/pigeon/admin/threads${query}`);

test('bands say whose turn it is, in every view that has both', async ({ page, pigeon }) => {
  for (const thread of THREADS) await post(pigeon, thread);
  await signIn(page, pigeon);
  await open(page, pigeon, THREADS[1].subject);
  await toNote(page);
  await page.locator('textarea[name=body]').fill('They wrote before.');
  await page.getByRole('button', { name: 'Add note' }).click();
  await expect(page.locator('.letter.note')).toBeVisible();
  await inbox(page, pigeon);
  await open(page, pigeon, THREADS[1].subject);
  await answer(page, 'Of course.');
  await inbox(page, pigeon, '?source=all');
  const band = (name) => page.locator('.band', { has: page.getByRole('heading', { name }) });
  await expect(band('Needs a reply')).toContainText('3');
  await expect(band('Waiting for them')).toContainText('1');
  await expect(page.locator('.head p')).toHaveText('4 conversations, 3 need a reply');
  await expect(page.locator('#rows-o .row')).toHaveCount(1);
  await expectSound(page);
});

test('every source is a link with its number, and the open one is marked', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await inbox(page, pigeon);
  const sources = page.getByRole('navigation', { name: 'Sources' });
  for (const [name, number] of [['Pending', 3], ['Open', 1], ['Mine', 0], ['Unassigned', 4], ['All', 4], ['Support', 4], ['Direct', 0], ['Closed', 0], ['Trash', 0]]) {
    await sources.getByRole('link', { name, exact: false }).filter({ hasText: new RegExp(`^${name}`) }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await expect(sources.locator('[aria-current=page]')).toContainText(String(number));
    if (['Direct', 'Trash'].includes(name)) await expectSound(page);
  }
});

test('orders and filters are chosen in the form, stand in the address, and are kept', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await inbox(page, pigeon);
  await page.getByLabel('Sort').selectOption({ label: 'By subject' });
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page).toHaveURL(/sort=subject/);
  expect(await subjects(page)).toEqual([THREADS[2].subject, THREADS[0].subject, THREADS[3].subject]);
  await page.getByLabel('Sort').selectOption({ label: 'Longest wait first' });
  await page.getByRole('button', { name: 'Show' }).click();
  expect((await subjects(page))[0]).toBe(THREADS[0].subject);
  await page.getByLabel('Assigned to').selectOption({ label: 'Me' });
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByText('No conversation is left by this filter.')).toBeVisible();
  await expectSound(page);
  await page.getByRole('link', { name: /^Assigned to me\s?: show the list without this/ }).click();
  await expect(page).toHaveURL(/sort=wait$/);
  await expect(page.locator('.row')).toHaveCount(3);
});

test('on a phone the filters open as a sheet', async ({ page, pigeon }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, pigeon);
  await inbox(page, pigeon);
  await expect(page.getByLabel('Sort')).toBeHidden();
  await page.getByRole('button', { name: 'Filter and sort' }).click();
  await page.getByLabel('Sort').selectOption({ label: 'Longest wait first' });
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page).toHaveURL(/sort=wait/);
});

test('a search finds words, phrases and fields, and a wrong one explains itself', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await inbox(page, pigeon);
  const search = async (text) => {
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox').fill(text);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('searchbox')).toHaveValue(text);
    await expect(page.getByRole('heading', { level: 1, name: 'Search' })).toBeVisible();
    return subjects(page);
  };
  expect(await search('two cups')).toEqual([THREADS[1].subject, THREADS[0].subject]);
  expect(await search('"two cups are"')).toEqual([THREADS[0].subject]);
  expect(await search('two cups -street')).toEqual([THREADS[0].subject]);
  expect(await search('from:jonas')).toEqual([THREADS[1].subject]);
  expect(await search('status:open')).toEqual([THREADS[1].subject]);
  expect(await search('has:note')).toEqual([THREADS[1].subject]);
  await expectSound(page);
  expect(await search('status:opn')).toEqual([]);
  await expect(page.getByRole('alert')).toContainText('“opn” is no status. Write status:pending, status:open or status:closed.');
  await expectSound(page);
  expect(await search('zzzz')).toEqual([]);
  await expect(page.getByText('from:ann')).toBeVisible();
  await expectSound(page);
});

test('7. search, order, filter and paging need no script', async ({ pigeon, browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await signIn(page, pigeon);
  await inbox(page, pigeon);
  await page.getByRole('searchbox').fill('cups');
  await page.getByLabel('Assigned to').selectOption({ label: 'Nobody' });
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page).toHaveURL(/q=cups&assignee=nobody/);
  expect(await subjects(page)).toHaveLength(2);
  await context.close();
});

test('9. every control has a name, and no two row links share one', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await inbox(page, pigeon, '?source=all');
  const names = await page.locator('.row a.open').evaluateAll((links) => links.map((it) => it.getAttribute('aria-labelledby').split(' ').map((id) => document.getElementById(id).textContent).join(' ')));
  expect(names.length).toBeGreaterThan(2);
  expect(new Set(names).size).toBe(names.length);
  const nameless = await page.locator('main :is(a, button, input:not([type=hidden]), select)').evaluateAll((all) => all.filter((it) => it.checkVisibility() && !(it.getAttribute('aria-label') || it.getAttribute('aria-labelledby') || it.labels?.length || it.textContent.trim())).map((it) => it.outerHTML));
  expect(nameless).toEqual([]);
});

test('24. forced colours: the selected row, the unread dot and the focus are seen', async ({ page, pigeon }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await signIn(page, pigeon);
  await inbox(page, pigeon, '?source=all');
  const dot = page.locator('.row.new .dot').first();
  expect(await dot.evaluate((it) => getComputedStyle(it).backgroundColor)).not.toBe('rgba(0, 0, 0, 0)');
  await page.locator('.row .open').first().focus();
  await page.keyboard.press('j');
  const ring = await page.locator('.row .open:focus').evaluate((it) => getComputedStyle(it, '::after').outlineStyle);
  expect(ring).not.toBe('none');
});

test('the list leaves as a file that programs can read', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await inbox(page, pigeon, '?source=pending&sort=subject');
  const file = async (name) => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name, exact: true }).click()]);
    expect(download.suggestedFilename()).toMatch(new RegExp(`^pigeon-pending-\\d{4}-\\d\\d-\\d\\d\\.${name.toLowerCase()}$`));
    return readFileSync(await download.path(), 'utf8');
  };
  const shown = await subjects(page);
  const json = JSON.parse(await file('JSON'));
  expect(json.map((it) => it.title)).toEqual(shown);
  const csv = await file('CSV');
  expect(csv.split('\r\n')[1]).toContain("'=cmd|' /C calc'!A0");
  const xml = await file('XML');
  const read = await page.evaluate((text) => {
    const doc = new DOMParser().parseFromString(text, 'text/xml');
    return { wrong: doc.querySelector('parsererror')?.textContent, titles: [...doc.querySelectorAll('thread > title')].map((it) => it.textContent) };
  }, xml);
  expect(read).toEqual({ wrong: undefined, titles: shown });
});

test('whoever only reads has no ticks and no trash', async ({ page, pigeon }) => {
  await signIn(page, pigeon, PRIYA);
  await inbox(page, pigeon, '?source=all');
  await expect(page.locator('.row')).toHaveCount(4);
  await expect(page.locator('main input[type=checkbox]')).toHaveCount(0);
  await expect(page.getByRole('link', { name: /^Trash/ })).toHaveCount(0);
  await expectSound(page);
});
