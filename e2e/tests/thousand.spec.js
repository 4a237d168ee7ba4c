// More than a thousand conversations: one deed for all of them, told by its number and taken back.
import { FERNHILL, signIn } from '../support/people.js';
import { expect, test } from '../support/test.js';

test.use({ start: { mailServer: false, env: FERNHILL } });
test.describe.configure({ mode: 'serial' });

const [ana, toast] = [{}, (page) => page.locator('#toasts .toast')];

test('18. all of more than a thousand: the exact number at once, and assignee and unread state are back', async ({ page, pigeon }) => {
  const said = await pigeon.run('demo', '--threads', '2400', '--messages', '1');
  Object.assign(ana, { email: /ana@\S+/.exec(said)[0], password: said.trim().split(' ').at(-1) });
  await signIn(page, pigeon, ana);
  await page.goto(`${pigeon.url}/pigeon/admin/threads?source=support`);
  for (const band of await page.locator('.band > .check').all()) await band.check();
  const offer = page.locator('#bulk .offer');
  await expect(offer).toHaveText(/^Select all \d{4} in this view$/);
  const n = Number(/\d+/.exec(await offer.textContent())[0]);
  const counts = () => page.locator('#sources .num').allTextContents();
  const before = await counts();
  for (const [press, told] of [['Mark read', `conversations marked read.`], ['Assign to me', 'conversations assigned to Ana']]) {
    await page.goto(`${pigeon.url}/pigeon/admin/threads?source=support&all=1`);
    await expect(page.locator('#bulk .count')).toHaveText(`All ${n} in this list`);
    const unread = await page.locator('.row.new').count();
    await page.locator('#bulk').getByRole('button', { name: press, exact: true }).click();
    await expect(toast(page)).toContainText(told);
    const done = Number(/\d+/.exec(await toast(page).textContent())[0]);
    expect(done).toBeGreaterThan(1000);
    expect(done).toBeLessThanOrEqual(n);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(toast(page)).toContainText(`Undone: ${done} conversations are as they were before.`);
    await expect(page.locator('.row.new')).toHaveCount(unread);
    expect(await counts()).toEqual(before);
  }
});

test('what was pressed shows at once, before the server has answered', async ({ page, pigeon }) => {
  await signIn(page, pigeon, ana);
  await page.goto(`${pigeon.url}/pigeon/admin/threads`);
  await page.waitForLoadState();
  let answer;
  await page.route('**/admin/status', async (route) => {
    await new Promise((go) => (answer = go));
    await route.continue();
  });
  const row = page.locator('.row').first(), next = page.locator('.row').nth(1);
  const id = await row.getAttribute('id');
  await page.keyboard.press('j');
  await page.keyboard.press('e');
  await expect(row).toHaveCSS('opacity', '0.45', { timeout: 400 });
  await expect(next).toHaveCSS('opacity', '1');
  answer();
  await expect(page.locator(`#${id}`)).toHaveCount(0);
  await expect(page.locator('.row').first()).toHaveCSS('opacity', '1');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator(`#${id}`)).toHaveCount(1);
});

test('what a search has found is marked, and is text', async ({ page, pigeon }) => {
  await signIn(page, pigeon, ana);
  await page.goto(`${pigeon.url}/pigeon/admin/threads?q=order`);
  await expect(page.locator('.row mark').first()).toBeVisible();
  const marked = await page.locator('.row mark').allTextContents();
  expect(new Set(marked.map((it) => it.toLowerCase()))).toEqual(new Set(['order']));
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('.row mark').first()).not.toHaveCSS('background-color', 'rgba(0, 0, 0, 0)');
  }
});

test('both a form of the details and the composer are refused: each says so, and keeps its own', async ({ page, pigeon }) => {
  await signIn(page, pigeon, ana);
  await page.goto(`${pigeon.url}/pigeon/admin/threads`);
  await page.locator('.row .open').first().click();
  const area = page.locator('textarea[name=body]');
  await area.evaluate((it) => it.removeAttribute('required'));
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.locator('#write-problems')).toBeFocused();
  await expect(area).toHaveAccessibleDescription(/./);
  await page.locator('#add-someone summary').click();
  await page.getByLabel('E-mail, or name in the team').fill('nobody of ours');
  await page.locator('#add-someone').getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.locator('#beside-problems')).toBeFocused();
  await expect(page.locator('#write-problems')).toBeVisible();
  await expect(page.getByLabel('E-mail, or name in the team')).toHaveAccessibleDescription(/Nobody of the team/);
  const ids = await page.$$eval('[id]', (all) => all.map((it) => it.id));
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
});
