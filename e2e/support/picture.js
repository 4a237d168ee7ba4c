import { resolve } from 'node:path';
import { FERNHILL } from './people.js';

const FOLDER = process.env.PICTURES ?? resolve(import.meta.dirname, '../../docs/pictures');
const SIZES = [[1440, 900], [390, 844]];

/** How a Pigeon for pictures is started: with a clock of its own, so that the same pictures come out each time. */
export const AT_NINE = { env: FERNHILL, clock: '2026-11-17 08:50:00' };

/** The page in both widths and colours. Staff's pages as far as the screen goes; guests' pages, which scroll, whole. */
export async function picture(page, name, { narrow = true, dark = true } = {}) {
  for (const [width, height] of narrow ? SIZES : SIZES.slice(0, 1)) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of dark ? ['light', 'dark'] : ['light']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const fullPage = await page.evaluate(async () => {
        document.activeElement?.blur();
        scrollTo(0, 0);
        await document.fonts.ready;
        await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
        // What has just come has its icons a moment later.
        await new Promise((drawn) => setTimeout(drawn, 150));
        return !document.querySelector('.app');
      });
      await page.screenshot({ path: `${FOLDER}/${name}-${width}-${colorScheme}.png`, animations: 'disabled', caret: 'hide', fullPage });
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  await page.setViewportSize({ width: SIZES[0][0], height: SIZES[0][1] });
}
