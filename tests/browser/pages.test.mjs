// Every page, in both languages, on a phone and at a desk: it answers, fits, is readable by everybody, and says its
// language.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { open, overflow, SIDE_BY_SIDE, signIn, startBrowser, startCity, violations } from './harness.mjs';
import { address, CITY, FAILINGS, LANGUAGES, PAGES, WIDTHS } from './pages.mjs';

let city;
let browser;

/** What the browser keeps of each who signed in. */
const states = {};

before(async () => {
  city = await startCity(CITY);
  browser = await startBrowser();
  for (const { as } of PAGES.filter((page) => page.as)) states[as] ??= await signIn(browser, city.base, as);
});

after(async () => {
  await browser?.close();
  await city?.stop();
});

describe('every page', SIDE_BY_SIDE, () => {
  for (const page of [...PAGES, ...FAILINGS]) {
    for (const language of LANGUAGES) {
      for (const width of WIDTHS) {
        test(`the page ${page.name} in ${language} at ${width} px answers, fits and can be read by everybody`, async () => {
          const url = await address(page, city.base, language);
          const seen = await open(browser, url, { width, state: states[page.as] });
          try {
            assert.equal(seen.status, page.status ?? 200, url);
            assert.equal(await seen.page.getAttribute('html', 'lang'), language, url);
            assert.notEqual((await seen.page.title()).trim(), '', url);
            assert.deepEqual(await overflow(seen.page), [], url);
            assert.deepEqual(await violations(seen.page), [], url);
            // The browser reports the answer that the page is meant to have.
            const errors = seen.errors.filter((error) => !page.status || !error.includes(url));
            assert.deepEqual(errors, [], url);
          } finally {
            await seen.context.close();
          }
        });
      }
    }
  }
});
