// Pages that stay live: two browsers at once, checks 12 to 14 of the design.
import { answer, FERNHILL, MAYA, open, post, signIn, TOM, toNote, writeBack } from '../support/people.js';
import { expect, listening, test } from '../support/test.js';

test.use({ start: { mailServer: false, env: FERNHILL, people: [MAYA, TOM] } });
test.describe.configure({ mode: 'serial' });

// What another session does is there within a second; a build without optimisation gets two.
const SOON = { timeout: process.env.PIGEON_PROFILE === 'debug' ? 2_000 : 1_000 };
const guest = (n, subject = `Question ${String(n).padStart(2, '0')}`) => ({ name: `Guest ${n}`, email: `g${n}@example.com`, subject, body: `Well, number ${n}?` });
const list = (pigeon, source = 'pending') => `${pigeon.url}/pigeon/admin/threads?source=${source}`;
const row = (page, subject) => page.getByRole('main').locator('.row', { hasText: subject });
const badge = (page) => page.locator('#nav-inbox .badge');

test('12. a message from another session is in list, badge, title and conversation at once, and nothing in hand is lost', async ({ page, pigeon, someone }) => {
  const long = Array.from({ length: 22 }, (_, n) => `Line ${n + 1}.`).join('\n\n');
  for (const n of [1, 2, 3]) await post(pigeon, n === 2 ? { ...guest(n), body: long } : guest(n));
  await signIn(page, pigeon);
  await page.goto(list(pigeon));
  await listening(page);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(row(page, 'Question 02').locator('.open')).toBeFocused();
  await page.evaluate(() => (window.node = document.activeElement));
  await post(pigeon, guest(4));
  await expect(row(page, 'Question 04')).toBeVisible(SOON);
  await expect(page.getByRole('main').locator('.row').first()).toContainText('Question 04');
  await expect(badge(page)).toHaveText(/^4/);
  await expect(page).toHaveTitle(/\(4\)/);
  await expect(page.locator('#sources')).toContainText(/Pending\s*4/);
  expect(await page.evaluate(() => window.node === document.activeElement)).toBe(true);

  const tom = await someone();
  await signIn(tom, pigeon, TOM);
  await open(tom, pigeon, 'Question 02');
  await tom.locator('textarea[name=body]').fill('Half a thought');
  await tom.locator('textarea[name=body]').evaluate((it) => it.setSelectionRange(4, 4));
  const top = await tom.locator('main').evaluate((it) => (it.scrollTop = 40, it.scrollTop));
  expect(top).toBe(40);
  const mine = await someone();
  await signIn(mine, pigeon);
  await open(mine, pigeon, 'Question 02');
  await answer(mine, 'Here is the answer.');
  await expect(tom.locator('.letter', { hasText: 'Here is the answer.' })).toHaveCount(1, SOON);
  await expect(tom.locator('textarea[name=body]')).toHaveValue('Half a thought');
  expect(await tom.locator('textarea[name=body]').evaluate((it) => [document.activeElement === it, it.selectionStart])).toEqual([true, 4]);
  expect(await tom.locator('main').evaluate((it) => it.scrollTop)).toBe(top);
  // The first answer took the conversation out of the list that is still open.
  await expect(row(page, 'Question 02')).toHaveCount(0, SOON);
  await expect(badge(page)).toHaveText(/^3/);
});

test('13. while the list is hovered or scrolled a new message moves nothing; the button shows it and loads it', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await page.goto(list(pigeon));
  await listening(page);
  const pill = page.getByRole('button', { name: '1 new message' });
  await page.mouse.move(5, 5);
  await row(page, 'Question 03').hover();
  const before = await row(page, 'Question 03').boundingBox();
  await post(pigeon, guest(5));
  await expect(pill).toBeVisible(SOON);
  await expect(row(page, 'Question 05')).toHaveCount(0);
  expect(await row(page, 'Question 03').boundingBox()).toEqual(before);
  await expect(badge(page)).toHaveText(/^4/);
  await pill.click();
  await expect(row(page, 'Question 05')).toBeVisible();
  await expect(pill).toBeHidden();
  await expect(row(page, 'Question 05').locator('.open')).toBeFocused();

  // What waits comes by itself, once the pointer has gone.
  await page.mouse.move(5, 5);
  await row(page, 'Question 03').hover();
  await post(pigeon, guest(6));
  await expect(pill).toBeVisible(SOON);
  await page.mouse.move(5, 5);
  await expect(row(page, 'Question 06')).toBeVisible(SOON);
  await expect(pill).toBeHidden();

  for (let n = 10; n < 40; n += 1) await post(pigeon, guest(n));
  await page.goto(list(pigeon));
  await listening(page);
  await page.locator('main').evaluate((it) => (it.scrollTop = 200));
  const top = await page.getByRole('main').locator('.row').nth(8).boundingBox();
  await post(pigeon, guest(7));
  await post(pigeon, guest(8));
  const two = page.getByRole('button', { name: '2 new messages' });
  await expect(two).toBeVisible({ timeout: 3_000 });
  expect(await page.getByRole('main').locator('.row').nth(8).boundingBox()).toEqual(top);
  await two.click();
  await expect(row(page, 'Question 08')).toBeInViewport();
  expect(await page.locator('main').evaluate((it) => it.scrollTop)).toBe(0);
});

test('14. without the server for 10 seconds: the page says so, the draft survives, and afterwards all is right', async ({ page, pigeon, someone }) => {
  await signIn(page, pigeon);
  await open(page, pigeon, 'Question 03');
  await listening(page);
  const other = await someone();
  await signIn(other, pigeon);
  await other.goto(list(pigeon));
  await listening(other);
  await page.locator('textarea[name=body]').fill('Half a thought');
  await page.waitForTimeout(1_000);
  await pigeon.kill();
  await expect(page.getByText('No connection.')).toBeHidden();
  await expect(page.getByText('No connection.')).toBeVisible({ timeout: 9_000 });
  await page.waitForTimeout(4_000);
  await pigeon.startAgain();
  await post(pigeon, guest(41, 'After the cut'));
  await expect(row(other, 'After the cut')).toBeVisible({ timeout: 8_000 });
  await expect(page.getByText('No connection.')).toBeHidden({ timeout: 8_000 });
  await expect(page.locator('textarea[name=body]')).toHaveValue('Half a thought');
  await page.reload();
  await expect(page.locator('textarea[name=body]')).toHaveValue('Half a thought');
});

test('who is here and who is writing is shown to the others, and spoken once', async ({ page, pigeon, someone }) => {
  await signIn(page, pigeon);
  const tom = await someone();
  await signIn(tom, pigeon, TOM);
  await open(page, pigeon, 'Question 01');
  const watcher = await someone();
  await signIn(watcher, pigeon);
  await watcher.goto(list(pigeon));
  await open(tom, pigeon, 'Question 01');
  await expect(page.locator('#faces').getByRole('img', { name: 'Tom is here' })).toBeVisible(SOON);
  await expect(row(watcher, 'Question 01').getByRole('img', { name: 'Tom is here' })).toBeVisible(SOON);
  await tom.locator('textarea[name=body]').pressSequentially('Hello');
  await expect(page.locator('.presence', { hasText: 'Tom is writing a reply' })).toBeVisible(SOON);
  await expect(page.locator('#announce')).toHaveText('Tom is writing a reply');
  await expect(page.locator('#faces .typing')).toBeVisible();
  await tom.locator('textarea[name=body]').fill('');
  await toNote(tom);
  await tom.locator('textarea[name=body]').pressSequentially('Hello');
  await expect(page.locator('.presence', { hasText: 'Tom is writing a note' })).toBeVisible(SOON);
  await expect(page.locator('.presence.clash')).toHaveCount(0);
  await tom.goto(list(pigeon));
  await expect(page.locator('#faces .face')).toHaveCount(0, SOON);
  await expect(page.locator('.presence')).toHaveCount(0);
});

test('a guest’s page is live, too: two browsers', async ({ page, pigeon, someone }) => {
  const link = await post(pigeon, guest(50, 'Glaze'));
  const ada = await someone();
  await ada.goto(link);
  await listening(ada);
  await ada.getByLabel('Write back').fill('Half a thought');
  await signIn(page, pigeon);
  await open(page, pigeon, 'Glaze');
  await toNote(page);
  await page.locator('textarea[name=body]').fill('CANARY');
  await page.getByRole('button', { name: 'Add note' }).click();
  await expect(page.locator('.letter.note')).toBeVisible();
  const asked = [];
  ada.on('request', (request) => asked.push(request.url()));
  await ada.waitForTimeout(500);
  expect(asked).toEqual([]);
  await answer(page, 'It is the iron in the glaze.');
  await expect(ada.locator('.letter', { hasText: 'It is the iron' })).toBeVisible(SOON);
  await expect(ada.getByLabel('Write back')).toHaveValue('Half a thought');
  await ada.getByLabel('Write back').fill('');
  await writeBack(ada, 'Thank you.');
  await expect(page.locator('.letter', { hasText: 'Thank you.' })).toHaveCount(1, SOON);
});

test('a receipt comes by itself', async ({ page, pigeon, someone }) => {
  const link = await post(pigeon, guest(51, 'Saucers'));
  await signIn(page, pigeon);
  await open(page, pigeon, 'Saucers');
  await answer(page, 'They are on their way.');
  const ada = await someone();
  await ada.goto(link);
  await ada.mouse.move(200, 200);
  await ada.mouse.move(300, 300);
  await ada.waitForTimeout(2_500);
  await ada.mouse.move(320, 320);
  await expect(page.getByText(/Seen by Guest 51/)).toBeVisible({ timeout: 4_000 });
});

test('whoever is signed out meets the sign-in page, but not over what they have written', async ({ page, pigeon, context, complaints }) => {
  await signIn(page, pigeon);
  const second = await context.newPage();
  await second.goto(list(pigeon));
  await open(page, pigeon, 'Saucers', 'all');
  await page.locator('textarea[name=body]').fill('Half a thought');
  await listening(page);
  const away = await context.newPage();
  await away.goto(`${pigeon.url}/pigeon/logout`);
  await away.getByRole('button', { name: 'Sign out' }).click();
  await expect(second.getByRole('heading', { name: 'Sign in' })).toBeVisible({ timeout: 12_000 });
  await expect(page.getByText('This page is not yours to see any more.')).toBeVisible({ timeout: 12_000 });
  await expect(page.locator('textarea[name=body]')).toHaveValue('Half a thought');
  // The draft may be saved just after: that is refused, and nothing else may be.
  const refused = `401: ${pigeon.url}/pigeon/actions/pigeon/admin/draft`;
  complaints.splice(0, Infinity, ...complaints.filter((complaint) => complaint !== refused));
});
