// Every page, in both languages, on a phone and at a desk: it answers, fits, is readable by everybody, and says its
// language. And the tap desk works without a line of script.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { open, overflow, startBrowser, startCity, violations } from './harness.mjs';
import { address, LANGUAGES, PAGES, WIDTHS } from './pages.mjs';

let city;
let browser;

before(async () => {
  city = await startCity();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await city?.stop();
});

for (const page of PAGES) {
  for (const language of LANGUAGES) {
    for (const width of WIDTHS) {
      test(`the page ${page.name} in ${language} at ${width} px answers, fits and can be read by everybody`, async () => {
        const url = await address(page, city.base, language);
        const seen = await open(browser, url, { width });
        try {
          assert.equal(seen.status, 200, url);
          assert.equal(await seen.page.getAttribute('html', 'lang'), language, url);
          assert.notEqual((await seen.page.title()).trim(), '', url);
          assert.deepEqual(await overflow(seen.page), [], url);
          assert.deepEqual(await violations(seen.page), [], url);
          assert.deepEqual(seen.errors, [], url);
        } finally {
          await seen.context.close();
        }
      });
    }
  }
}

for (const language of LANGUAGES) {
  test(`the tap desk in ${language} gives a decision without script`, async () => {
    const url = new URL(`/tap?bahasa=${language}`, city.base).href;
    const { context, page, errors } = await open(browser, url, { width: 390, script: false });
    try {
      const form = page.locator('main form').filter({ has: page.locator('button.main') }).first();
      for (const select of await form.locator('select').all()) {
        const values = await select.locator('option').evaluateAll((all) => all.map((option) => option.value));
        await select.selectOption(values.find((value) => value !== '') ?? values[0]);
      }
      for (const field of await form.locator('input[required]:not([type=radio])').all()) {
        assert.notEqual(await field.inputValue(), '', `${await field.getAttribute('name')} should be filled in`);
      }
      await Promise.all([page.waitForEvent('load'), form.locator('button.main').first().click()]);
      assert.equal(await page.getAttribute('html', 'lang'), language, 'the answer keeps the language');
      const gate = page.locator('.gate').first();
      await gate.waitFor();
      assert.match(await gate.locator('.word').innerText(), /GRATIS|FREE|Rp\d|DITOLAK|REFUSED/i);
      assert.deepEqual(await overflow(page), []);
      assert.deepEqual(errors, []);
    } finally {
      await context.close();
    }
  });
}
