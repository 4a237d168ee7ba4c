// The test function of every file here: its pages complain about what no page may do.
import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect } from '@playwright/test';
import { Pigeon } from './pigeon.js';

export { expect, Pigeon };

export const test = base.extend({
  // A Pigeon for the file; `test.use({ start: {...} })` changes how it is started.
  start: [{}, { option: true, scope: 'worker' }],

  pigeon: [
    async ({ start }, use) => {
      const pigeon = await Pigeon.start(start);
      await use(pigeon);
      await pigeon.stop();
    },
    { scope: 'worker' },
  ],

  // What went wrong in any page of this test. Expected answers of 4xx are not wrong.
  complaints: [
    async ({ context, pigeon }, use) => {
      const complaints = [];
      watch(context, pigeon, complaints);
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export function watch(context, pigeon, complaints) {
  context.on('console', (message) => {
    const refused = /Failed to load resource: the server responded with a status of 4/;
    if (message.type() === 'error' && !refused.test(message.text())) {
      complaints.push(`console: ${message.text()}`);
    }
  });
  context.on('weberror', (error) => complaints.push(`error: ${error.error()}`));
  context.on('request', (request) => {
    if (!request.url().startsWith(pigeon.url)) complaints.push(`request: ${request.url()}`);
  });
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** No violation, light or dark, wide or narrow; and nothing is wider than a narrow screen. */
export async function expectAccessible(page) {
  const before = page.viewportSize();
  for (const colorScheme of ['light', 'dark']) {
    for (const [width, height] of [[1440, 900], [390, 844]]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height });
      const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
      const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`);
      expect(found, `${page.url()} ${colorScheme} ${width}`).toEqual([]);
    }
  }
  await page.setViewportSize({ width: 320, height: 700 });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `${page.url()} at 320 px`).toBeLessThanOrEqual(0);
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
}
