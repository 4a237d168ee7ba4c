import { FERNHILL, MAYA, TOM, open, post, signIn, toNote } from '../support/people.js';
import { expectSound } from '../support/look.js';
import { expect, test } from '../support/test.js';

test.use({ start: { env: FERNHILL, people: [MAYA, TOM] } });
test.describe.configure({ mode: 'serial' });

const HOSTILE = [
  '<script>window.ran = 1</script>', '<img src=x onerror="window.ran = 2">', '<svg onload="window.ran = 3"></svg>',
  '<form action="/pigeon/logout"><button class=btn id=list data-live="inbox">x</button></form>',
  '<a href="javascript:window.ran = 4" aria-hidden=true>a</a>', '[b](javascript:window.ran=5)', '**bold** <b class=btn id=main>c</b>',
].join('\n\n');

test('20: a hostile letter is inert, its ids and classes are text', async ({ page, pigeon }) => {
  const link = await post(pigeon, { name: 'Eve', email: 'eve@example.com', subject: 'Hostile', body: HOSTILE });
  await signIn(page, pigeon);
  await open(page, pigeon, 'Hostile');
  for (const address of [page.url(), link]) {
    await page.goto(address);
    const letter = page.locator('.letter .prose').first();
    await expect(letter.locator('strong')).toHaveText('bold');
    await expect(letter.locator('script, img, svg, form, button, [id], [class], [data-live], [aria-hidden], [style], a')).toHaveCount(0);
    await expect(letter).toContainText('<script>window.ran = 1</script>');
    await expect(letter).toContainText('data-live="inbox"');
    for (const line of await letter.locator('p').all()) await line.click();
    expect(await page.evaluate(() => window.ran)).toBeUndefined();
    expect(await page.evaluate(() => document.querySelectorAll('#main, #list').length)).toBeLessThan(2);
  }
});

test('21: long words, long names, emoji alone and right-to-left text stay in their place', async ({ page, pigeon }) => {
  const odd = [
    { name: 'N'.repeat(300), email: 'n@example.com', subject: 'A long name', body: 'w'.repeat(5000) },
    { name: 'Emoji', email: 'e@example.com', subject: '🕊️🕊️🕊️', body: '🕊️' },
    { name: 'نور الهاشمي', email: 'r@example.com', subject: 'متى تصل الطلبية رقم 20391؟', body: 'مرحبا،\n\n- *متى*\n- `20391`\n\n> قريبا' },
    { name: 'Code', email: 'c@example.com', subject: 'Code', body: `\`\`\`\n${'x'.repeat(900)}\n\`\`\`\n\`${'y'.repeat(900)}\`` },
  ];
  const links = [];
  for (const one of odd) links.push(await post(pigeon, one));
  await signIn(page, pigeon);
  await open(page, pigeon, 'A long name');
  const staff = [page.url()];
  for (const { subject } of odd.slice(1)) { await open(page, pigeon, subject); staff.push(page.url()) }
  for (const width of [1440, 768, 390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    for (const address of [...staff, ...links, `${pigeon.url}/pigeon/admin/threads`]) {
      await page.goto(address);
      const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      expect(wide, `${address} at ${width}`).toBeLessThanOrEqual(room);
      for (const prose of await page.locator('.prose').all()) {
        expect(await prose.evaluate((it) => it.scrollWidth <= it.clientWidth), `${address} at ${width}`).toBe(true);
      }
    }
  }
  await page.goto(links[2]);
  const letter = page.locator('.letter .prose').first();
  expect(await letter.evaluate((it) => getComputedStyle(it).direction)).toBe('rtl');
});

test('a long letter folds, unfolds without script, is found by a search in the page and printed whole', async ({ page, pigeon, browser }) => {
  const body = [...Array(60).keys()].map((n) => `line ${n + 1}.`).join('\n') + '\n\n' + Array(9).fill('> quoted').join('\n');
  const link = await post(pigeon, { name: 'Long', email: 'l@example.com', subject: 'Long', body });
  const silent = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  for (const reader of [silent, page]) {
    await reader.goto(link);
    await expect(reader.getByText('line 24.')).toBeVisible();
    await expect(reader.getByText('line 25.')).toBeHidden();
    const print = await reader.context().newPage();
    await print.goto(link);
    await print.emulateMedia({ media: 'print' });
    await expect(print.getByText('line 60.')).toBeVisible();
    await print.close();
    await reader.getByText('Show all').focus();
    await reader.keyboard.press('Enter');
    await expect(reader.getByText('line 60.')).toBeVisible();
    await expect(reader.getByText('quoted').last()).toBeHidden();
    await reader.getByText('Quoted text, 9 lines').click();
    await expect(reader.getByText('quoted').last()).toBeVisible();
  }
  await page.reload();
  // What the browser finds, it unfolds: the folded part is in the page.
  expect(await page.evaluate(() => window.find('line 60.'))).toBe(true);
  await silent.context().close();
});

test('a link to a message is copied, and leads to it', async ({ page, pigeon, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await post(pigeon, { name: 'Linked', email: 'k@example.com', subject: 'Linked', body: 'Here it is.' });
  await signIn(page, pigeon);
  await open(page, pigeon, 'Linked');
  const letter = page.locator('.letter').first();
  await letter.getByRole('link', { name: /^Link to the message of Linked/ }).click();
  await expect(page.locator('#announce')).toHaveText('Link copied');
  const address = await page.evaluate(() => navigator.clipboard.readText());
  await page.goto('about:blank');
  await page.goto(address);
  expect(await page.locator('.letter:target').count()).toBe(1);
  await expect(page.locator('.letter:target')).toContainText('Here it is.');
});

test('an @ in a note offers the team, by keys and by hand, and the person hears of it', async ({ page, pigeon, someone }) => {
  await post(pigeon, { name: 'Ment', email: 'm@example.com', subject: 'Mention', body: 'Hm?' });
  await signIn(page, pigeon);
  await open(page, pigeon, 'Mention');
  const field = page.locator('textarea[name=body]'), list = page.locator('#mentions');
  await field.fill('');
  await field.pressSequentially('to @to');
  await expect(list).toHaveCount(0); // a reply mentions nobody
  await field.fill('');
  await toNote(page);
  await field.fill('');
  await field.pressSequentially('ask @');
  await expect(list.getByRole('option')).toHaveCount(2);
  await field.pressSequentially('to');
  await expect(list.getByRole('option')).toHaveText([/Tom Adeyemi/]);
  await expectSound(page);
  await page.keyboard.press('Escape');
  await expect(list).toHaveCount(0);
  await expect(field).toBeFocused();
  await field.pressSequentially('m');
  await page.keyboard.press('Tab');
  await expect(field).toHaveValue('ask @Tom Adeyemi ');
  await field.pressSequentially('or @');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await list.getByRole('option').first().click();
  await expect(field).toHaveValue('ask @Tom Adeyemi or @Maya Lindqvist ');
  await page.getByRole('button', { name: 'Add note' }).click();
  await expect(page.locator('.letter.note')).toContainText('@Tom Adeyemi');
  const subjects = () => pigeon.mailsTo(TOM.email).map(({ subject }) => subject);
  await expect.poll(subjects).toContain('Maya Lindqvist mentioned you: Mention');

  const tom = await someone();
  await signIn(tom, pigeon, TOM);
  await open(tom, pigeon, 'Mention');
  await expect(tom.locator('.letter.note mark')).toHaveText('@Tom Adeyemi');
  await expect(tom.locator('.letter.note')).toContainText('Mentions you');
});

test('a saved reply is written, found and put where the cursor is', async ({ page, pigeon }) => {
  await post(pigeon, { name: 'Ada Okonkwo', email: 's@example.com', subject: 'Saved', body: 'Hm?' });
  await signIn(page, pigeon);
  await page.goto(`${pigeon.url}/pigeon/admin/saved-replies`);
  for (const [title, text] of [['Opening hours', 'From ten to five.'], ['A parcel is lost', 'Hello {name}, about “{subject}”: {me} {odd}']]) {
    await page.getByLabel('Title').fill(title);
    await page.getByLabel('Text').fill(text);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
  }
  await expectSound(page);
  await page.getByRole('link', { name: 'Change A parcel is lost' }).click();
  await expectSound(page);
  await open(page, pigeon, 'Saved');
  const field = page.locator('textarea[name=body]');
  await field.fill('Before. After.');
  await field.evaluate((it) => it.setSelectionRange(8, 8));
  await page.getByRole('link', { name: 'Saved replies' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Saved replies' });
  await expect(dialog.getByRole('listitem')).toHaveCount(2);
  await expectSound(page);
  await page.keyboard.type('lost parcel');
  await expect(dialog.getByRole('listitem')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(field).toHaveValue('Before. Hello Ada Okonkwo, about “Saved”: Maya Lindqvist {odd}After.');
  await expect(field).toBeFocused();
});

test('a saved reply is inserted without script, and overwrites nothing', async ({ browser, page, pigeon }) => {
  await post(pigeon, { name: 'Quiet', email: 'q@example.com', subject: 'Quiet', body: 'Hm?' });
  await signIn(page, pigeon);
  const state = await page.context().storageState();
  const context = await browser.newContext({ javaScriptEnabled: false, storageState: state });
  const silent = await context.newPage();
  await open(silent, pigeon, 'Quiet');
  await silent.getByRole('link', { name: 'Saved replies' }).first().click();
  await silent.getByRole('link', { name: 'Insert Opening hours' }).click();
  await expect(silent.locator('textarea[name=body]')).toHaveValue('From ten to five.');
  await context.close();
});

test('a letter with everything in it is sound, folded and unfolded, for staff and for the guest', async ({ page, pigeon }) => {
  const lines = [...Array(50).keys()].map((n) => `${n + 1}. cup`).join('\n');
  const body = `Hello **you**, *please* \`look\` at https://a.example/x or [this](https://a.example/y):\n\n> one\n> two\n\n- a\n- b\n  - c\n\n\`\`\`\ncode\n\`\`\`\n${Array(9).fill('> quoted').join('\n')}\n\n${lines}`;
  const link = await post(pigeon, { name: 'All', email: 'all@example.com', subject: 'Everything', body });
  await signIn(page, pigeon);
  await open(page, pigeon, 'Everything');
  for (const address of [page.url(), link]) {
    await page.goto(address);
    await expectSound(page);
    for (const summary of await page.locator('.prose summary').all()) await summary.click();
    await expectSound(page);
  }
});
