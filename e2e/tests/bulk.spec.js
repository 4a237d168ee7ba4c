// Many conversations at one stroke, by mouse and by keys, and the way back.
import { FERNHILL, MAYA, TOM, post, signIn } from '../support/people.js';
import { expectSound } from '../support/look.js';
import { expect, test } from '../support/test.js';

test.use({ start: { mailServer: false, env: FERNHILL, people: [MAYA, TOM] } });
test.describe.configure({ mode: 'serial' });

const inbox = (page, pigeon, query = '?source=pending') => page.goto(`${pigeon.url}/pigeon/admin/threads${query}`);
const rows = (page) => page.locator('#list .row');
const toast = (page) => page.locator('#toasts .toast');
const bar = (page) => page.locator('#bulk');
const ask = async (pigeon, from, to) => {
  for (let n = from; n <= to; n += 1) {
    await post(pigeon, { name: `Guest ${n}`, email: `g${n}@example.com`, subject: `Question ${n}`, body: 'Well?' });
  }
};

test('check 10: keys select and close the second row, focus goes to the next one, and z takes it back', async ({ page, pigeon }) => {
  await ask(pigeon, 1, 5);
  await signIn(page, pigeon);
  await inbox(page, pigeon);
  await page.waitForLoadState();
  for (const key of ['j', 'j', 'x']) await page.keyboard.press(key);
  await expect(bar(page)).toContainText('1 selected');
  await page.keyboard.press('e');
  await expect(toast(page)).toContainText('Conversation closed.');
  await expect(rows(page)).toHaveCount(4);
  await expect(page.getByRole('link', { name: 'Question 3' })).toBeFocused();
  await page.keyboard.press('z');
  await expect(toast(page)).toContainText('Undone: the conversation is as it was before.');
  await expect(rows(page)).toHaveCount(5);
  // With nothing selected a key is for the row that has the focus.
  await page.keyboard.press('#');
  await expect(toast(page)).toContainText('Conversation moved to the trash.');
  await page.keyboard.press('z');
  await expect(rows(page)).toHaveCount(5);
});

test('check 11: these keys do nothing while typing', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await inbox(page, pigeon);
  await page.getByRole('searchbox').focus();
  await page.keyboard.type('xe#amz');
  await expect(page.getByRole('searchbox')).toHaveValue('xe#amz');
  await expect(rows(page)).toHaveCount(5);
  await expect(bar(page)).toBeHidden();
});

test('a range is selected with Shift, a band by its box, and the trash asks before it deletes', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await inbox(page, pigeon);
  const ticks = page.locator('.row > .check');
  await ticks.nth(1).click();
  await ticks.nth(3).click({ modifiers: ['Shift'] });
  await expect(bar(page)).toContainText('3 selected');
  await expectSound(page);
  await page.locator('.band > .check').check();
  await expect(bar(page)).toContainText('5 selected');
  await page.getByRole('button', { name: 'Clear the selection' }).click();
  await expect(bar(page)).toBeHidden();
  await ticks.nth(0).click();
  await page.getByRole('button', { name: 'Trash' }).click();
  await expect(toast(page)).toContainText('Conversation moved to the trash.');
  await inbox(page, pigeon, '?source=trash');
  await page.locator('.row > .check').check();
  await page.getByRole('button', { name: 'Delete for good' }).first().click();
  const sure = page.getByRole('heading', { name: 'Delete for good?' });
  await expect(sure).toBeVisible();
  // Under the question no key does anything: not to the list, and not to the row that was left.
  for (const key of ['e', '#', 'j', 'u', 'x', '?']) await page.keyboard.press(key);
  await expect(sure).toBeVisible();
  await expect(page.locator('#shortcuts')).toBeHidden();
  await expect(page.locator('#purge').getByRole('button', { name: 'Keep them' })).toBeFocused();
  await page.locator('#purge').getByRole('button', { name: 'Delete for good' }).click();
  await expect(toast(page)).toContainText('Conversation deleted for good.');
  await expect(page.getByText('The trash is empty.')).toBeVisible();
});

test('check 18: three, and a whole list of several pages, each with its exact number and back', async ({ page, pigeon }) => {
  await ask(pigeon, 6, 61);
  await signIn(page, pigeon);
  await inbox(page, pigeon);
  await expect(rows(page)).toHaveCount(50);
  for (const n of [0, 1, 2]) await page.locator('.row > .check').nth(n).check();
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(toast(page)).toContainText('3 conversations closed.');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(toast(page)).toContainText('Undone: 3 conversations are as they were before.');
  await page.locator('.band > .check').check();
  await page.getByRole('link', { name: 'Select all 60 in this view' }).click();
  await expect(bar(page)).toContainText('All 60 in this list');
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(toast(page)).toContainText('60 conversations closed.');
  await expect(rows(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(toast(page)).toContainText('Undone: 60 conversations are as they were before.');
  await expect(rows(page)).toHaveCount(50);
});

test('fifty conversations by keys alone', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await inbox(page, pigeon);
  await page.waitForLoadState();
  await page.keyboard.press('j');
  for (let n = 59; n >= 10; n -= 1) {
    await page.keyboard.press('e');
    await expect(page.locator('.head p')).toContainText(`${n} conversations`);
  }
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });
  test('rows are selected, closed and brought back', async ({ page, pigeon }) => {
    await signIn(page, pigeon);
    await inbox(page, pigeon);
    await expect(page.locator('.row > .check')).toHaveCount(10);
    for (const n of [0, 1]) await page.locator('.row > .check').nth(n).check();
    await page.getByRole('button', { name: 'Close' }).click();
    await expect(toast(page)).toContainText('2 conversations closed.');
    await expect(rows(page)).toHaveCount(8);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(rows(page)).toHaveCount(10);
  });
});

test('a key is not lost while the answer to the one before is still under way', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await inbox(page, pigeon);
  let goOn;
  const gate = new Promise((resolve) => (goOn = resolve));
  await page.route('**/actions/pigeon/admin/status', async (route) => {
    const response = await route.fetch();
    await gate;
    await route.fulfill({ response });
  }, { times: 1 });
  await page.keyboard.press('j');
  await page.keyboard.press('e');
  // The list hears of it by itself, before the answer is there.
  await expect(page.locator('.head p')).toContainText('9 conversations');
  // Pressed twice is meant once.
  await page.keyboard.press('e');
  await page.keyboard.press('e');
  await expect(bar(page)).toContainText('1 selected');
  goOn();
  await expect(page.locator('.head p')).toContainText('8 conversations');
  await expect(bar(page)).toBeHidden();
  await expect(toast(page)).toContainText('Conversation closed.');
  await inbox(page, pigeon);
  await expect(rows(page)).toHaveCount(8);
});

test('the question before deleting for good names the exact number, of what is selected and of the whole list', async ({ page, pigeon }) => {
  await signIn(page, pigeon);
  await inbox(page, pigeon, '?source=trash');
  await expect(page.getByText('The trash is empty.')).toBeVisible();
  await ask(pigeon, 101, 155);
  await inbox(page, pigeon);
  await page.locator('.band > .check').check();
  const whole = page.getByRole('link', { name: /Select all \d+ in this view/ });
  const number = Number((await whole.textContent()).match(/\d+/)[0]);
  expect(number).toBeGreaterThan(50);
  await whole.click();
  await page.getByRole('button', { name: 'Trash' }).click();
  await expect(toast(page)).toContainText(`${number} conversations moved to the trash.`);

  await inbox(page, pigeon, '?source=trash');
  const question = page.locator('#purge');
  const asks = async (what) => {
    await bar(page).getByRole('button', { name: 'Delete for good' }).click();
    await expect(question).toContainText(what);
    await question.getByRole('button', { name: 'Keep them' }).click();
    await expect(question).toBeHidden();
  };
  const ticks = page.locator('.row > .check');
  await ticks.nth(0).check();
  await asks('One conversation goes,');
  await ticks.nth(1).check();
  await ticks.nth(2).check();
  await asks('3 conversations go,');
  await ticks.nth(1).uncheck();
  await asks('2 conversations go,');
  await bar(page).getByRole('button', { name: 'Delete for good' }).click();
  await question.getByRole('button', { name: 'Delete for good' }).click();
  await expect(toast(page)).toContainText('2 conversations deleted for good.');

  await page.locator('.band > .check, .head .check').first().check();
  await page.getByRole('link', { name: `Select all ${number - 2} in this view` }).click();
  await asks(`${number - 2} conversations go,`);
  await bar(page).getByRole('button', { name: 'Delete for good' }).click();
  await question.getByRole('button', { name: 'Delete for good' }).click();
  await expect(toast(page)).toContainText(`${number - 2} conversations deleted for good.`);
  await expect(page.getByText('The trash is empty.')).toBeVisible();
});
