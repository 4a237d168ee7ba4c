import { once } from 'node:events';
import { createServer } from 'node:http';
import { FERNHILL, MAYA, open, post, signIn } from '../support/people.js';
import { expect, test } from '../support/test.js';

test.use({ start: { mailServer: false, env: FERNHILL, people: [MAYA] } });

test('r42: who follows a link out of a conversation does not tell where they come from', async ({ page, pigeon, complaints, someone }) => {
  const heard = [];
  const elsewhere = createServer((request, answer) => {
    if (request.url === '/cups') heard.push(request.headers);
    answer.end('Cups');
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const link = `http://other.example:${elsewhere.address().port}/cups`;
  const ada = { name: 'Ada Okonkwo', email: 'ada@example.org', subject: 'Cups', body: `Like these: ${link}` };

  const guest = await someone();
  await guest.goto(await post(pigeon, ada));
  await signIn(page, pigeon);
  await open(page, pigeon, ada.subject);
  for (const [before, reader] of [guest, page].entries()) {
    await reader.getByRole('link', { name: link }).click();
    await expect.poll(() => heard.length).toBe(before + 1);
  }
  for (const headers of heard) {
    expect(headers).not.toHaveProperty('referer');
    expect(headers).not.toHaveProperty('cookie');
  }
  // Leaving is what these pages were asked for.
  expect([...new Set(complaints.splice(0))]).toEqual([`request: ${link}`]);
  elsewhere.closeAllConnections();
  elsewhere.close();
});
