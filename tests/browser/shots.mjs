// Saves a picture of every page in both languages at both widths: node tests/browser/shots.mjs DIRECTORY [OPTIONS OF demo]

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { open, startBrowser, startCity } from './harness.mjs';
import { address, CITY, LANGUAGES, PAGES, WIDTHS } from './pages.mjs';

const directory = process.argv[2];
if (!directory) {
  console.error('usage: node tests/browser/shots.mjs DIRECTORY [OPTIONS]');
  process.exit(2);
}
await mkdir(directory, { recursive: true });
const city = await startCity(process.argv.length > 3 ? process.argv.slice(3) : CITY);
const browser = await startBrowser();
try {
  for (const page of PAGES) {
    for (const language of LANGUAGES) {
      for (const width of WIDTHS) {
        const seen = await open(browser, await address(page, city.base, language), { width });
        const file = join(directory, `${page.name}-${language}-${width}.png`);
        await seen.page.screenshot({ path: file, fullPage: true });
        console.log(`${file}: ${seen.status}${seen.errors.map((error) => `\n  ${error}`).join('')}`);
        await seen.context.close();
      }
    }
  }
} finally {
  await browser.close();
  await city.stop();
}
