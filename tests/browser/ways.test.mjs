// Every page by other ways than a mouse on a light screen: with the keyboard alone, in the dark, and on paper.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { open, overflow, SIDE_BY_SIDE, signIn, startBrowser, startCity, violations } from './harness.mjs';
import { address, CITY, PAGES } from './pages.mjs';

/** Width of A4 paper between its margins, in CSS pixels. */
const PAPER = 718;

/** What a reader can act on. Of radio buttons with one name, the keyboard stops at one. */
const STOPS = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';

let city;
let browser;

/** What the browser keeps of each who signed in. */
const states = {};

before(async () => {
  city = await startCity([...CITY, '--rate', '0']);
  browser = await startBrowser();
  for (const { as } of PAGES.filter((page) => page.as)) states[as] ??= await signIn(browser, city.base, as);
});

after(async () => {
  await browser?.close();
  await city?.stop();
});

/** Opens each page at a width, and looks at it in some way. */
function eachPage(name, width, look) {
  describe(`every page ${name}`, SIDE_BY_SIDE, () => {
    for (const page of PAGES) {
      test(`the page ${page.name} ${name}`, async () => {
        const url = await address(page, city.base, 'id');
        const seen = await open(browser, url, { width, state: states[page.as] });
        try {
          await look(seen.page, url);
        } finally {
          await seen.context.close();
        }
      });
    }
  });
}

/** How many things on a page the keyboard should stop at, as far as they are drawn. */
function stops(page) {
  return page.evaluate((selector) => {
    const drawn = (element) => element.checkVisibility({ visibilityProperty: true });
    const all = [...document.querySelectorAll(selector)].filter((element) => drawn(element) && !element.disabled);
    const groups = new Set();
    return all.filter((element) => {
      if (element.type !== 'radio') return true;
      const group = `${element.form?.action} ${element.name}`;
      return !groups.has(group) && groups.add(group);
    }).length;
  }, STOPS);
}

eachPage('is gone through with the keyboard, and the place is always seen', 1440, async (page, url) => {
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => document.activeElement.classList.contains('skip')), 'the first stop skips the menu');
  const expected = await stops(page);
  const unseen = [];
  let count = 0;
  while (count <= expected) {
    const place = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === document.body) return null;
      // Day, month and year of a date are stops within one field.
      const again = element === globalThis.last;
      globalThis.last = element;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
      const marked = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2;
      return { again, marked: marked && inside, html: element.outerHTML.slice(0, 120) };
    });
    if (!place) break;
    count += place.again ? 0 : 1;
    if (!place.marked) unseen.push(place.html);
    await page.keyboard.press('Tab');
  }
  assert.deepEqual(unseen, [], url);
  assert.equal(count, expected, `${url}: the keyboard reaches everything once and comes to an end`);
});

eachPage('can be read in the dark', 390, async (page, url) => {
  const light = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), light, url);
  assert.deepEqual(await violations(page), [], url);
});

eachPage('goes on paper: what it says, black on white, without what cannot be pressed there', PAPER, async (page, url) => {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  assert.deepEqual(await overflow(page), [], url);
  const paper = await page.evaluate(() => {
    const drawn = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
    return {
      background: getComputedStyle(document.documentElement).backgroundColor,
      heading: drawn('h1').length,
      pressed: drawn('.button, .nav, .menu').map((one) => one.outerHTML.slice(0, 120)),
    };
  });
  assert.match(paper.background, /rgba\(0, 0, 0, 0\)|rgb\(255, 255, 255\)/, url);
  assert.equal(paper.heading, 1, url);
  assert.deepEqual(paper.pressed, [], url);
});

test('the first stop leads past the menu to what the page says', async () => {
  const { context, page } = await open(browser, `${city.base}/`, { width: 1440 });
  try {
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => document.querySelector('main').contains(document.activeElement)));
  } finally {
    await context.close();
  }
});

test('a page that refreshes itself says when the city no longer answers', async () => {
  const other = await startCity(['--residents', '200', '--days', '1', '--rate', '0']);
  const { context, page } = await open(browser, `${other.base}/?bahasa=id`, { width: 390 });
  try {
    const cut = page.locator('[data-cut]');
    assert.equal(await cut.isVisible(), false);
    await other.stop();
    await cut.waitFor({ state: 'visible', timeout: 20_000 });
    assert.match(await cut.innerText(), /terputus/);
  } finally {
    await context.close();
    await other.stop();
  }
});
