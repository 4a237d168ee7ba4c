// The test function of every file here: its pages complain about what no page may do.
import { test as base, expect } from '@playwright/test';
import { Nodes } from './nodes.js';
import { Pigeon } from './pigeon.js';

export { expect };

export const test = base.extend({
  // How the file's Pigeon is started; a file changes it by `test.use({ start: {...} })`.
  start: [{}, { option: true }],

  // The Pigeon that runs in this worker: a file starts its own, and its tests share that.
  house: [
    async ({}, use) => {
      const house = {};
      await use(house);
      await house.pigeon?.stop();
    },
    { scope: 'worker' },
  ],

  pigeon: async ({ house, start }, use, info) => {
    if (house.file !== info.file) {
      await house.pigeon?.stop();
      house.pigeon = undefined;
      house.pigeon = await (start.nodes ? Nodes : Pigeon).start(start);
      house.file = info.file;
    }
    await use(house.pigeon);
  },

  // What went wrong in any page of this test.
  complaints: [
    async ({ context, pigeon }, use) => {
      const complaints = [];
      watch(context, pigeon, complaints);
      await use(complaints);
      expect([...new Set(complaints)]).toEqual([]);
    },
    { auto: true },
  ],

  // Another person: a browser of their own, whose pages complain like ours.
  someone: async ({ browser, pigeon, complaints, javaScriptEnabled }, use) => {
    const contexts = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ javaScriptEnabled, ...options });
      contexts.push(context);
      watch(context, pigeon, complaints);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
});

// The event streams that each page has open.
const streams = new WeakMap();
/** The page hears what happens from now on; with 0, it does not. */
export const listening = (page, n = 1) => expect.poll(() => streams.get(page)?.size ?? 0, 'open event streams').toBe(n);

/** No error on the console (the CSP's reports stand there), nothing from elsewhere, no broken part. */
function watch(context, pigeon, complaints) {
  context.on('console', (message) => {
    // Said of every answer of 4xx; those are looked at below.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(`console: ${message.text()}`);
    }
  });
  context.on('weberror', (error) => complaints.push(`error: ${error.error()}`));
  context.on('request', (request) => {
    const { protocol } = new URL(request.url());
    if (protocol !== 'about:' && !request.url().startsWith(`${pigeon.url}/`)) complaints.push(`request: ${request.url()}`);
  });
  const ended = (request) => streams.get(request.frame().page())?.delete(request);
  context.on('requestfinished', ended);
  context.on('requestfailed', ended);
  context.on('response', (answer) => {
    if (answer.ok() && new URL(answer.url()).pathname.endsWith('/events')) {
      const page = answer.frame().page();
      streams.set(page, (streams.get(page) ?? new Set()).add(answer.request()));
    }
    // A form that is posted in place gets a page, too.
    const page = answer.request().resourceType() === 'document' || 'pigeon-region' in answer.request().headers();
    const [status, url] = [answer.status(), answer.url()];
    // What was sent is asked after, and is no draft any more.
    const wasSent = status === 409 && url.endsWith('/pigeon/admin/draft');
    const notOpenYet = status === 503 && url.endsWith('/pigeon/contact');
    if (status >= (page ? 500 : 400) && !notOpenYet && !wasSent) complaints.push(`${status}: ${url}`);
  });
}
