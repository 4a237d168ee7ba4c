import { FERNHILL, MAYA, open, post, signIn } from '../support/people.js';
import { expect, test } from '../support/test.js';

test.use({ start: { mailServer: false, env: FERNHILL, people: [MAYA] } });
test.describe.configure({ mode: 'serial' });

const asked = (n) => ({ name: `Guest ${n}`, email: `g${n}@example.com`, subject: `Question ${n}`, body: 'Well?' });

/** Keys work once the page's script has run. */
const press = async (page, key) => {
  await page.waitForLoadState();
  await page.keyboard.press(key);
};

test.beforeEach(async ({ page, pigeon }) => signIn(page, pigeon));

test('every key that a control names presses that control', async ({ page, pigeon }) => {
  for (const n of [1, 2, 3]) await post(pigeon, asked(n));
  await open(page, pigeon, 'Question 2');
  const pages = [page.url(), ...['', '/threads', '/new', '/settings', '/mail'].map((path) => `${pigeon.url}/pigeon/admin${path}`)];
  for (const address of pages) {
    await page.goto(address);
    // Nothing may happen but the press itself.
    await page.evaluate(() => {
      window.pressed = [];
      const note = (event) => {
        const it = event.target.closest('[aria-keyshortcuts], [data-sequence]');
        if (it) window.pressed.push(it);
      };
      addEventListener('focusin', note, true);
      addEventListener('click', (event) => (note(event), event.preventDefault(), event.stopPropagation()), true);
    });
    const controls = await page.$$('[aria-keyshortcuts], [data-sequence]');
    let tried = 0;
    for (const control of controls) {
      if (!(await control.isVisible())) continue;
      const names = await control.evaluate((it) => it.dataset.sequence ?? it.getAttribute('aria-keyshortcuts'));
      const sequence = await control.evaluate((it) => 'sequence' in it.dataset);
      for (const keys of sequence ? [names.split(' ')] : names.split(' ').map((key) => [key])) {
        if (keys[0].includes('+')) continue;
        await page.evaluate(() => (document.activeElement.blur(), (window.pressed = [])));
        for (const key of keys) await page.keyboard.press(key);
        expect(await control.evaluate((it) => window.pressed.includes(it)), `${keys} on ${address}`).toBe(true);
        tried += 1;
      }
    }
    expect(tried, address).toBeGreaterThan(3);
  }
});

test('the list of shortcuts has every key that a page has, and no other', async ({ page, pigeon }) => {
  await post(pigeon, asked(4));
  await open(page, pigeon, 'Question 4');
  await page.getByRole('button', { name: 'Trash' }).click();
  await expect(page.getByText('Conversation moved to the trash.')).toBeVisible();
  await open(page, pigeon, 'Question 2');
  const more = ['', '/threads', '/threads?source=trash', '/new', '/settings', '/mail', '/queue', '/profile', '/saved-replies'];
  // Those of a list's rows and of a field have no control of their own.
  const found = new Set(['j', 'k', 'o', 'Enter', 'x', 'Shift', 'click', 'z', 'Esc']);
  for (const address of [page.url(), ...more.map((path) => `${pigeon.url}/pigeon/admin${path}`)]) {
    await page.goto(address);
    for (const sequence of await page.$$eval('[data-sequence]', (all) => all.map((it) => it.dataset.sequence))) found.add(sequence);
    for (const keys of await page.$$eval('[aria-keyshortcuts]', (all) => all.map((it) => it.getAttribute('aria-keyshortcuts').split(' ')))) {
      for (const key of keys) found.add(key.replace(/Control\+|Meta\+/, 'Ctrl '));
    }
  }
  const rows = await page.$$eval('dl.keys dt', (all) => all.map((dt) => [...dt.children].map((key) => key.textContent)));
  const listed = rows.flatMap((keys) => (keys[0] === 'g' || keys[0] === 'Ctrl' ? [keys.join(' ')] : keys));
  expect(listed.toSorted()).toEqual([...found].toSorted());
});

test('through the day by keys alone', async ({ page, pigeon }) => {
  await press(page, 'g');
  await press(page, 'i');
  await page.waitForURL(/\/admin\/threads/);
  await press(page, 'j');
  await press(page, 'j');
  await expect(page.getByRole('link', { name: 'Question 2' })).toBeFocused();
  await press(page, 'k');
  await expect(page.getByRole('link', { name: 'Question 3' })).toBeFocused();
  await press(page, 'j');
  await press(page, 'o');
  await expect(page.getByRole('heading', { level: 1, name: 'Question 2' })).toBeVisible();

  await press(page, 'm');
  await expect(page.getByText('Maya Lindqvist took this over')).toBeVisible();
  await press(page, 'r');
  await page.keyboard.type('Well, yes: e k j.');
  await expect(page.locator('textarea[name=body]')).toHaveValue('Well, yes: e k j.');
  await press(page, 'Control+Enter');
  await expect(page.locator('.letter', { hasText: 'Well, yes: e k j.' })).toBeVisible();
  await press(page, 'n');
  await page.keyboard.type('Only for us.');
  await press(page, 'Control+Enter');
  await expect(page.locator('.letter.note', { hasText: 'Only for us.' })).toBeVisible();
  await press(page, 'e');
  await expect(page.getByRole('heading', { level: 1, name: 'Question 1' })).toBeVisible();
  await press(page, 'u');
  await page.waitForURL(/\/admin\/threads\?/);
  await expect(page.locator('.list').getByRole('link', { name: 'Question 2' })).toHaveCount(0);

  await press(page, '/');
  await page.keyboard.type('only');
  await press(page, 'Enter');
  await expect(page.locator('.list').getByRole('link', { name: 'Question 2' })).toBeVisible();
  await press(page, 'c');
  await expect(page.getByRole('heading', { name: 'New conversation' })).toBeVisible();
});

test('11: keys are silent while typing and in dialogs, and can be switched off', async ({ page, pigeon }) => {
  await open(page, pigeon, 'Question 1');
  // A page that was left, or a form that was posted, is another page.
  await page.evaluate(() => (window.same = true));
  const stays = async () => {
    await page.waitForTimeout(500);
    expect(await page.evaluate(() => window.same)).toBe(true);
  };
  await page.locator('textarea[name=body]').focus();
  await page.keyboard.type('u e g i');
  await expect(page.locator('textarea[name=body]')).toHaveValue('u e g i');
  await page.keyboard.press('Escape');
  await expect(page.locator('textarea[name=body]')).not.toBeFocused();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('u');
  await stays();
  await page.getByLabel('Use these keys on this device').uncheck();
  await page.getByRole('button', { name: 'Close this list' }).click();
  await page.keyboard.press('u');
  await page.keyboard.press('?');
  await stays();
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('Tab');
  await page.keyboard.press('c');
  await stays();
});

test('8: tab stops show where they are, and nothing covers them', async ({ page, pigeon }) => {
  await open(page, pigeon, 'Question 1');
  const pages = [page.url(), ...['', '/threads', '/settings'].map((path) => `${pigeon.url}/pigeon/admin${path}`), `${pigeon.url}/pigeon/contact`];
  for (const address of pages) {
    await page.goto(address);
    await page.evaluate(() => document.activeElement.blur());
    let stops = 0;
    for (; stops < 80; stops += 1) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(() => {
        const it = document.activeElement;
        if (it === document.body) return null;
        const ring = (node, part) => {
          const { outlineStyle, outlineWidth } = getComputedStyle(node, part);
          return outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
        };
        // A row is ringed as a whole; a text area by its box; a radio button by its label.
        const ringed = ring(it) || ring(it, '::after') || [it.closest('label'), it.closest('.box')].some((node) => node && ring(node));
        const { left, top, width, height } = it.getBoundingClientRect();
        const on = document.elementFromPoint(left + width / 2, top + height / 2);
        const covered = !(on && (it.contains(on) || on.contains(it) || it.closest('label')?.contains(on)));
        return { name: it.outerHTML.slice(0, 120), ringed, covered };
      });
      if (!stop) break;
      expect.soft(stop, address).toEqual({ name: stop.name, ringed: true, covered: false });
    }
    expect(stops, address).toBeGreaterThan(5);
  }
});
