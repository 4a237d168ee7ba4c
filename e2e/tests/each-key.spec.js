// Every key that the list of shortcuts names, each where it stands. What the list names and no test here does, fails.
import { FERNHILL, MAYA, hold, leaving, open, post, signIn } from '../support/people.js';
import { expect, test } from '../support/test.js';

test.use({ start: { mailServer: false, env: FERNHILL, people: [MAYA] } });
test.describe.configure({ mode: 'serial' });

const tried = new Set();
const key = (names, does, run) => {
  tried.add(names);
  test(`key ${names}: ${does}`, async ({ page, pigeon }) => {
    await signIn(page, pigeon);
    await run({ page, pigeon, press: async (...keys) => {
      await page.waitForLoadState();
      for (const it of keys) await page.keyboard.press(it);
    } });
  });
};
const inbox = (page, pigeon) => page.goto(`${pigeon.url}/pigeon/admin/threads`);
const row = (page, n) => page.getByRole('link', { name: `Question ${n}` });
const heading = (page, name) => page.getByRole('heading', { level: 1, name });

test('four conversations', async ({ pigeon }) => {
  for (const n of [1, 2, 3, 4]) await post(pigeon, { name: `Guest ${n}`, email: `g${n}@example.com`, subject: `Question ${n}`, body: 'Well?' });
});

key('j k', 'down and up the list, and from one conversation to the next', async ({ page, pigeon, press }) => {
  await inbox(page, pigeon);
  await press('j', 'j', 'j');
  await expect(row(page, 2)).toBeFocused();
  await press('k');
  await expect(row(page, 3)).toBeFocused();
  await open(page, pigeon, 'Question 3');
  await press('j');
  await expect(heading(page, 'Question 2')).toBeVisible();
  await press('k');
  await expect(heading(page, 'Question 3')).toBeVisible();
});

key('o Enter', 'open the row', async ({ page, pigeon, press }) => {
  for (const [name, n] of [['o', 4], ['Enter', 3]]) {
    await inbox(page, pigeon);
    await press('j', ...(n === 3 ? ['j'] : []), name);
    await expect(heading(page, `Question ${n}`)).toBeVisible();
  }
});

key('x', 'selects the row, and lets go of it', async ({ page, pigeon, press }) => {
  await inbox(page, pigeon);
  await press('j', 'x', 'j', 'x');
  await expect(page.locator('#bulk .count')).toHaveText('2 selected');
  await press('x');
  await expect(page.locator('#bulk .count')).toHaveText('1 selected');
});

key('Shift click', 'selects all up to there', async ({ page, pigeon }) => {
  await inbox(page, pigeon);
  await page.locator('.row > .check').nth(0).click();
  await page.locator('.row > .check').nth(2).click({ modifiers: ['Shift'] });
  await expect(page.locator('#bulk .count')).toHaveText('3 selected');
});

key('e', 'closes the row, and closes and reopens a conversation', async ({ page, pigeon, press }) => {
  await inbox(page, pigeon);
  await press('j', 'e');
  await expect(row(page, 4)).toHaveCount(0);
  await expect(row(page, 3)).toBeFocused();
  await open(page, pigeon, 'Question 4', 'closed');
  await press('e');
  await expect(page.getByText('reopened this')).toBeVisible();
  await press('e');
  await expect(page.locator('#toasts')).toContainText('Conversation closed.');
  await page.goto(`${pigeon.url}/pigeon/admin/threads?source=closed`);
  await press('j', 'e');
  await expect(page.locator('#toasts')).toContainText('Conversation set to open.');
});

key('#', 'to the trash from the list and from the conversation; there it asks before it deletes for good, and e restores', async ({ page, pigeon, press }) => {
  await inbox(page, pigeon);
  await press('j', '#');
  await expect(page.locator('#toasts')).toContainText('Conversation moved to the trash.');
  await page.goto(`${pigeon.url}/pigeon/admin/threads?source=trash`);
  await press('j', '#');
  await expect(page.getByRole('heading', { name: 'Delete for good?' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Keep them' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Delete for good?' })).toBeHidden();
  await page.getByRole('button', { name: 'Clear the selection' }).click();
  await row(page, 3).focus();
  await press('e');
  await expect(page.locator('#toasts')).toContainText('Conversation restored.');
  await open(page, pigeon, 'Question 3');
  await press('#');
  await expect(page.locator('#toasts')).toContainText('Conversation moved to the trash.');
  await press('z');
  await expect(page.locator('#toasts')).toContainText('Undone');
});

key('z', 'takes back what was done, and a message that is held', async ({ page, pigeon, press }) => {
  await inbox(page, pigeon);
  await press('j', 'e');
  await expect(row(page, 3)).toHaveCount(0);
  await press('z');
  await expect(row(page, 3)).toBeVisible();
  await open(page, pigeon, 'Question 3');
  await hold(page, 'Not so fast.');
  await press('z');
  await expect(leaving(page, 'Not so fast.')).toHaveCount(0);
  await expect(page.locator('textarea[name=body]')).toHaveValue('Not so fast.');
  await page.locator('textarea[name=body]').fill('');
});

key('m', 'takes it over, in the list and in the conversation', async ({ page, pigeon, press }) => {
  await inbox(page, pigeon);
  await press('j', 'm');
  await expect(page.locator('#toasts')).toContainText('Conversation assigned to Maya Lindqvist.');
  await open(page, pigeon, 'Question 1');
  await press('m');
  await expect(page.getByText('Maya Lindqvist took this over')).toBeVisible();
});

key('a', 'offers whom to assign it to', async ({ page, pigeon, press }) => {
  await inbox(page, pigeon);
  await press('j', 'a');
  await expect(page.locator('#assign').getByRole('button').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.locator('#assign')).toBeHidden();
  await open(page, pigeon, 'Question 2');
  await press('a');
  await expect(page.locator('select[name=assigneeId]')).toBeFocused();
});

key('r', 'a reply', async ({ page, pigeon, press }) => {
  await open(page, pigeon, 'Question 2');
  await press('n');
  await page.keyboard.press('Escape');
  await press('r');
  await expect(page.locator('textarea[name=body]')).toBeFocused();
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeVisible();
});

key('n', 'a note', async ({ page, pigeon, press }) => {
  await open(page, pigeon, 'Question 2');
  await press('n');
  await expect(page.locator('textarea[name=body]')).toBeFocused();
  await expect(page.getByRole('button', { name: 'Add note' })).toBeVisible();
});

key('Ctrl Enter', 'sends what is being written', async ({ page, pigeon, press }) => {
  await open(page, pigeon, 'Question 2');
  await press('n');
  await page.keyboard.type('Sent by two keys.');
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('.letter.note', { hasText: 'Sent by two keys.' })).toBeVisible();
});

key('Esc', 'leaves the field, and keeps what is in it', async ({ page, pigeon, press }) => {
  await open(page, pigeon, 'Question 2');
  await press('r');
  await page.keyboard.type('half');
  await page.keyboard.press('Escape');
  await expect(page.locator('textarea[name=body]')).not.toBeFocused();
  await expect(page.locator('textarea[name=body]')).toHaveValue('half');
  await page.locator('textarea[name=body]').fill('');
});

key('c', 'a new conversation', async ({ page, pigeon, press }) => {
  await inbox(page, pigeon);
  await press('c');
  await expect(heading(page, 'New conversation')).toBeVisible();
});

key('/', 'to the search', async ({ page, pigeon, press }) => {
  await inbox(page, pigeon);
  await press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await expect(page.getByRole('searchbox')).toHaveValue('');
});

key('u', 'back to the list as it was', async ({ page, pigeon, press }) => {
  await page.goto(`${pigeon.url}/pigeon/admin/threads?source=all&sort=subject`);
  await row(page, 2).click();
  await expect(heading(page, 'Question 2')).toBeVisible();
  await press('u');
  await expect(page).toHaveURL(/threads\?source=all&sort=subject$/);
});

for (const [names, does, path] of [
  ['g h', 'home', '/admin'],
  ['g i', 'the inbox', '/admin/threads'],
  ['g m', 'one’s messages', '/admin/threads?source=direct'],
  ['g p', 'one’s profile', '/admin/profile'],
  ['g c', 'the mail that was caught', '/admin/mail'],
  ['g q', 'the queue', '/admin/queue'],
  ['g s', 'the settings', '/admin/settings'],
]) {
  key(names, `to ${does}`, async ({ page, pigeon, press }) => {
    await page.goto(`${pigeon.url}/pigeon/admin/new`);
    await press(...names.split(' '));
    await expect(page).toHaveURL(`${pigeon.url}/pigeon${path}`);
  });
}

key('?', 'lists them all', async ({ page, press }) => {
  await press('?');
  await expect(page.getByRole('dialog', { name: 'Shortcuts' })).toBeVisible();
  const listed = await page.$$eval('dl.keys dt', (all) => all.map((dt) => [...dt.children].map((it) => it.textContent).join(' ')));
  expect(new Set(listed)).toEqual(tried);
});
