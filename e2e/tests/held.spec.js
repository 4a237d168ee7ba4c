import { FERNHILL, MAYA, TOM, answer, hold, leaving, open, post, prefer, signIn, toNote } from '../support/people.js';
import { expectSound } from '../support/look.js';
import { eventually } from '../support/pigeon.js';
import { expect, test } from '../support/test.js';

test.use({ start: { env: FERNHILL, people: [MAYA, TOM] } });
test.describe.configure({ mode: 'serial' });

const ADA = { name: 'Ada Okonkwo', email: 'ada@example.org', body: 'Two are missing.' };
const about = (subject) => ({ ...ADA, subject, email: `${subject.toLowerCase()}@example.org` });
const text = (page) => page.locator('textarea[name=body]');

test('15: a message can be taken back while it is held, and no mail leaves', async ({ page, pigeon }) => {
  await post(pigeon, about('Cups'));
  await signIn(page, pigeon);
  await open(page, pigeon, 'Cups');
  await hold(page, 'They leave this afternoon.');
  await expect(text(page)).toHaveValue('');
  const letter = leaving(page, 'They leave this afternoon.');
  await expect(letter.getByText('Leaves in 8 seconds')).toBeVisible();
  await text(page).fill('And a saucer');
  await letter.getByRole('button', { name: 'Undo' }).click();
  await expect(text(page)).toHaveValue('They leave this afternoon.\n\nAnd a saucer');
  await expect(letter).toHaveCount(0);
  await page.waitForTimeout(11_000);
  const mails = pigeon.mailsTo('cups@example.org');
  expect(mails.filter((mail) => mail.text.includes('this afternoon'))).toEqual([]);
  await expect(page.locator('.letter.ours')).toHaveCount(0);
});

test('15: z takes it back, too, and Send now waits no longer', async ({ page, pigeon }) => {
  await post(pigeon, about('Jugs'));
  await signIn(page, pigeon);
  await open(page, pigeon, 'Jugs');
  await hold(page, 'Tomorrow.');
  await expect(leaving(page, 'Tomorrow.')).toBeFocused();
  await page.keyboard.press('z');
  await expect(text(page)).toHaveValue('Tomorrow.');
  await answer(page, 'Tomorrow, then.');
  await expect(text(page)).toHaveValue('');
  const mail = await eventually(() => pigeon.mailsTo('jugs@example.org').find((mail) => mail.text.includes('Tomorrow, then.')), 'the answer');
  expect(mail).toBeTruthy();
});

test('15: whoever closes the tab at once has sent it all the same', async ({ page, pigeon, someone }) => {
  await post(pigeon, about('Plates'));
  await signIn(page, pigeon);
  await open(page, pigeon, 'Plates');
  await hold(page, 'They are on their way.');
  await page.close();
  const tom = await someone();
  await signIn(tom, pigeon, TOM);
  await open(tom, pigeon, 'Plates');
  await expect(tom.getByText('They are on their way.')).toHaveCount(0);
  const sent = () => pigeon.mailsTo('plates@example.org').find((mail) => mail.text.includes('on their way'));
  expect(sent()).toBeFalsy();
  await eventually(sent, 'the mail', 20_000);
});

test('15: the page follows when it leaves', async ({ page, pigeon }) => {
  await post(pigeon, about('Forks'));
  await signIn(page, pigeon);
  await open(page, pigeon, 'Forks');
  await hold(page, 'On Friday.');
  await expect(leaving(page, 'On Friday.')).toHaveCount(0, { timeout: 20_000 });
  await expect(page.locator('#messages .letter', { hasText: 'On Friday.' })).toBeVisible();
});

test('after Send and close the next conversation opens, and the message is taken back from there', async ({ page, pigeon }) => {
  await post(pigeon, about('Bowls'));
  await post(pigeon, about('Spoons'));
  await signIn(page, pigeon);
  await open(page, pigeon, 'Spoons');
  await text(page).fill('All is well.');
  await page.getByRole('button', { name: 'Send and close' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Bowls' })).toBeVisible();
  const strip = page.locator('#unsent .strip');
  await expect(strip).toContainText('Spoons');
  await expect(strip).toContainText(/Leaves in \d+ seconds/);
  await strip.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Spoons' })).toBeVisible();
  await expect(text(page)).toHaveValue('All is well.');
});

test('16: whoever answers second is told, loses nothing, and may send theirs too', async ({ page, pigeon, someone }) => {
  await post(pigeon, about('Vases'));
  const tom = await someone();
  await signIn(page, pigeon);
  await signIn(tom, pigeon, TOM);
  await open(page, pigeon, 'Vases');
  await open(tom, pigeon, 'Vases');
  await text(page).fill('Mine, which is later.');
  await answer(tom, 'Quick as I am.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const banner = page.locator('.composer .banner');
  await expect(banner).toContainText('Tom Adeyemi answered while you were writing.');
  await expect(banner).toContainText('Quick as I am.');
  await expect(text(page)).toHaveValue('Mine, which is later.');
  await expectSound(page);
  await page.getByRole('link', { name: 'Show', exact: true }).click();
  await expect(page.locator('#messages .letter', { hasText: 'Quick as I am.' })).toBeInViewport();
  await page.getByRole('button', { name: 'Send mine too' }).click();
  await expect(leaving(page, 'Mine, which is later.')).toBeVisible();
  await expect(text(page)).toHaveValue('');
  await expect(banner).toHaveCount(0);
  await leaving(page, 'Mine, which is later.').getByRole('button', { name: 'Send now' }).click();
  await expect(page.locator('#messages .letter', { hasText: 'Mine, which is later.' })).toBeVisible();
});

test('16: kept as a draft, it is there when one comes back', async ({ page, pigeon, someone }) => {
  await post(pigeon, about('Lamps'));
  const tom = await someone();
  await signIn(page, pigeon);
  await signIn(tom, pigeon, TOM);
  await open(page, pigeon, 'Lamps');
  await open(tom, pigeon, 'Lamps');
  await text(page).fill('Mine, which is later.');
  await answer(tom, 'Quick as I am.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.locator('.banner').getByRole('button', { name: 'Keep as draft' }).click();
  await expect(page.locator('.composer .banner')).toHaveCount(0);
  await expect(text(page)).toHaveValue('Mine, which is later.');
  const again = await someone();
  await signIn(again, pigeon);
  await open(again, pigeon, 'Lamps', 'open');
  await expect(text(again)).toHaveValue('Mine, which is later.');
});

test('a message that is held, and the strip that tells of it, are sound', async ({ page, pigeon }) => {
  await post(pigeon, about('Kilns'));
  await signIn(page, pigeon);
  await prefer(page, pigeon, { undoSeconds: '30' });
  await open(page, pigeon, 'Kilns');
  await hold(page, 'They are hot.');
  await text(page).fill('And red');
  await expect(page.getByText('Draft kept', { exact: true })).toBeVisible();
  await expectSound(page);
  await page.goto(`${pigeon.url}/pigeon/admin/threads`);
  await expect(page.locator('#unsent .strip')).toBeVisible();
  await expectSound(page);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('15, 16, 17: held, taken back, overtaken and kept', async ({ page, pigeon, someone }) => {
    await post(pigeon, about('Tiles'));
    await signIn(page, pigeon);
    await open(page, pigeon, 'Tiles');
    await toNote(page);
    await text(page).fill('She is a friend.');
    await page.getByRole('button', { name: 'Keep as draft' }).click();
    await expect(text(page)).toHaveValue('She is a friend.');
    await page.goto(`${page.url().split('?')[0]}?write=reply`);
    await text(page).fill('They leave today.');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const letter = leaving(page, 'They leave today.');
    await expect(letter).toContainText(/Leaves at \d\d:\d\d:\d\d/);
    await letter.getByRole('button', { name: 'Undo' }).click();
    await expect(text(page)).toHaveValue('They leave today.');
    await page.getByRole('link', { name: 'To your draft of a note' }).click();
    await expect(text(page)).toHaveValue('She is a friend.');

    const tom = await someone();
    await signIn(tom, pigeon, TOM);
    await open(tom, pigeon, 'Tiles');
    await text(tom).fill('I look.');
    await tom.getByRole('button', { name: 'Send', exact: true }).click();
    await leaving(tom, 'I look.').getByRole('button', { name: 'Send now' }).click();
    await page.getByRole('button', { name: 'Add note' }).click();
    await expect(page.locator('.banner')).toContainText('Tom Adeyemi answered while you were writing.');
    await page.getByRole('button', { name: 'Add mine too' }).click();
    await expect(page.locator('.letter.note')).toBeVisible();
  });
});
