// What must hold for every page, in every state.
import axe from 'axe-core';
import { expect } from './test.js';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const MAIL_RULES = RULES.filter((rule) => rule !== 'best-practice');
const SIZES = [[1440, 900], [390, 844]];

/** No violation, light or dark, wide or narrow; nothing wider than the narrowest screen, in either direction. */
export async function expectSound(page) {
  const before = page.viewportSize();
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect.soft(await violations(page, RULES), `${page.url()} ${colorScheme} ${width}`).toEqual([]);
    }
    expect.soft(await tooWide(page, 'ltr'), `${page.url()} at ${width} px`).toEqual([]);
    expect.soft(await tooWide(page, 'rtl'), `${page.url()} from right to left at ${width} px`).toEqual([]);
  }
  await page.setViewportSize({ width: 320, height: 700 });
  expect.soft(await tooWide(page, 'ltr'), `${page.url()} at 320 px`).toEqual([]);
  expect.soft(await tooWide(page, 'rtl'), `${page.url()} from right to left at 320 px`).toEqual([]);
  expect.soft(await malformed(page), page.url()).toEqual([]);
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
}

/** The same for the HTML of a mail, as far as a mail program shows it so. */
export async function expectSoundMail(page, html) {
  await page.goto('about:blank');
  await page.setContent(html);
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      expect.soft(await violations(page, MAIL_RULES), `${colorScheme} ${width}`).toEqual([]);
    }
    expect.soft(await tooWide(page, 'ltr'), `${width} px`).toEqual([]);
  }
}

async function violations(page, rules) {
  // Colours pass into each other, for a millisecond here: wait until they have.
  await page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    const passing = document.getAnimations().filter((it) => it instanceof CSSTransition);
    await Promise.all(passing.map((it) => it.finished.catch(() => {})));
  });
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(async (values) => {
    // A mail in its frame runs no script, not even this one; mails are looked at by themselves.
    const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values }, iframes: false, resultTypes: ['violations'] });
    return violations.flatMap((it) => it.nodes.map((node) => `${it.id}: ${node.target.join(' ')} (${node.any[0]?.message ?? it.help})`));
  }, rules);
}

/** What makes the page scroll sideways: nothing, or the elements that stick out. */
export async function tooWide(page, dir) {
  return page.evaluate((dir) => {
    const root = document.documentElement;
    const before = root.dir;
    root.dir = dir;
    const width = root.clientWidth;
    const scrolls = (it) => it && it !== document.body && (getComputedStyle(it).overflowX !== 'visible' || scrolls(it.parentElement));
    const out = [...document.querySelectorAll('body *')].filter((it) => {
      const { left, right } = it.getBoundingClientRect();
      return (right > width + 1 || left < -1) && !scrolls(it);
    });
    const name = (it) => `${it.tagName.toLowerCase()}.${it.getAttribute('class') ?? ''}`;
    // What may be wider than its place, and is scrolled there.
    const strips = 'pre, nav, nav *, textarea, input, select, .sr';
    const within = [...document.querySelectorAll('body *')].filter((it) => {
      const { overflowX } = getComputedStyle(it);
      return ['auto', 'scroll'].includes(overflowX) && it.scrollWidth > it.clientWidth + 1 && !it.matches(strips);
    });
    const found = root.scrollWidth > width ? [`${root.scrollWidth} px`, ...out.slice(0, 5).map(name)] : [];
    found.push(...within.map((it) => `${it.scrollWidth} px in ${it.clientWidth} px: ${name(it)}`));
    root.dir = before;
    return found;
  }, dir);
}

/** What the markup of no page may have. */
export async function malformed(page) {
  return page.evaluate(() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const wrong = [];
    if (all('h1').length !== 1) wrong.push(`${all('h1').length} h1`);
    if (all('[style]').length) wrong.push('style="…"');
    if (all('script:not([src])').length) wrong.push('a script in the page');
    if (!document.documentElement.lang || !document.documentElement.dir) wrong.push('no language or direction');
    const ids = all('[id]').map((it) => it.id);
    wrong.push(...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `id ${id} twice`));
    const levels = all('h1, h2, h3, h4').filter((it) => it.checkVisibility()).map((it) => Number(it.localName[1]));
    wrong.push(...levels.filter((level, at) => level > (levels[at - 1] ?? 1) + 1).map((level) => `an h${level} out of order`));
    const fields = all('input:not([type=hidden]), select, textarea').filter((it) => it.checkVisibility());
    wrong.push(...fields.filter((it) => !it.labels?.length && !it.ariaLabel && !it.getAttribute('aria-labelledby')).map((it) => `no label: ${it.outerHTML.slice(0, 80)}`));
    return wrong;
  });
}
