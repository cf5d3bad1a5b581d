// Starts a city and a browser for the tests, and looks at a page as a visitor would: does it answer, does it fit,
// can everybody read it. Knows no page in particular; those are in pages.mjs.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import axe from 'axe-core';
import { chromium } from 'playwright-core';

const BINARY = process.env.JAKONE_BINARY ?? join(process.env.CARGO_TARGET_DIR ?? 'target', 'debug', 'jakone');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const READY_MS_MAX = 180_000;
const STOP_MS_MAX = 20_000;

/** Pages that do not touch each other are looked at side by side. */
export const SIDE_BY_SIDE = { concurrency: availableParallelism() };

/** A browser that asks nobody outside for anything. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** WCAG 2.2 at level AA includes all earlier levels. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

/** Starts `jakone demo` on any free port with its own data; resolves once it says it is ready. */
export async function startCity(options = ['--residents', '200', '--days', '1']) {
  const data = await mkdtemp(join(tmpdir(), 'jakone-browser-'));
  const city = spawn(BINARY, ['demo', '--port', '0', '--data', data, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  const ended = new Promise((resolve) => {
    city.once('error', (error) => resolve(`could not be started: ${error.message}`));
    city.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
  const ready = new Promise((resolve) => {
    for (const stream of [city.stdout, city.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        if (said.length > 200) said.shift();
        const found = line.match(/^ready (http:\/\/\S+)/);
        if (found) resolve(found[1]);
      });
    }
  });
  const stop = async () => {
    city.kill('SIGTERM');
    const late = setTimeout(() => city.kill('SIGKILL'), STOP_MS_MAX);
    await ended;
    clearTimeout(late);
    await rm(data, { recursive: true, force: true });
  };
  let deadline;
  const late = new Promise((resolve) => {
    deadline = setTimeout(() => resolve(`was not ready in ${READY_MS_MAX} ms`), READY_MS_MAX);
  });
  const failed = Promise.race([ended, late]).then((reason) => ({ reason }));
  const outcome = await Promise.race([ready, failed]);
  clearTimeout(deadline);
  if (typeof outcome === 'string') return { base: outcome, stop };
  await stop();
  throw new Error(`${BINARY} demo ${outcome.reason}:\n${said.join('\n')}`);
}

/** Starts Chromium. */
export function startBrowser() {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** Opens an address in a fresh context and gives the page, its answer and whatever went wrong on the way. */
export async function open(browser, url, { width, script = true, state }) {
  const context = await browser.newContext({
    storageState: state,
    viewport: { width, height: width < 600 ? 844 : 900 },
    javaScriptEnabled: script,
    timezoneId: 'Asia/Jakarta',
  });
  const page = await context.newPage();
  const errors = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => errors.push(`script: ${error.message}`));
  page.on('requestfailed', (request) => {
    // A live page's stream is cut when the page is left; that is no fault.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') errors.push(`request: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) errors.push(`answer ${response.status()}: ${response.url()}`);
  });
  const response = await page.goto(url, { waitUntil: 'load' });
  return { context, page, errors, status: response.status() };
}

/** Sends the form where one signs in. */
async function sendSignIn(page, login, password, code) {
  for (const [field, value] of Object.entries({ nama: login, sandi: password, kode: code })) {
    await page.fill(`input[name=${field}]`, value);
  }
  await Promise.all([page.waitForEvent('load'), page.locator('main form button.main').click()]);
}

/** Asks for a code with the number that the demonstration suggests, reads it where messages are read, and types it. */
export async function sendCode(page) {
  const press = (element) => Promise.all([page.waitForEvent('load'), element.click()]);
  const here = page.url();
  await page.goto(new URL('/resident/code', here).href);
  const before = await received(await page.locator('.alert.plain a').getAttribute('href'));
  await page.goto(here);
  const number = (await page.locator('.alert.plain').innerText()).match(/P-[0-9A-Z]{4}-\d{4}/)[0];
  await page.fill('input[name=nomor]', number);
  await press(page.locator('main form button.main'));
  await press(page.locator('.alert.plain a'));
  for (let tries = 0; (await page.locator('.uses li').count()) === before && tries < 100; tries += 1) {
    await page.waitForTimeout(100);
    await page.reload();
  }
  const code = (await page.locator('.uses li > p').first().innerText()).match(/\b\d{6}\b/)[0];
  await press(page.locator('main a.button.main'));
  await page.fill('input[name=kode]', code);
  await press(page.locator('main form button.main'));
  return number;
}

/** How many messages a phone has received. */
async function received(address) {
  const page = await (await fetch(address)).text();
  return page.split('<ul class="uses">').at(1)?.match(/<li>/g).length ?? 0;
}

/** Signs in as the resident whom the demonstration suggests, and gives what the browser keeps of it. */
async function signInResident(browser, base) {
  const { context, page } = await open(browser, `${base}/resident`, { width: 390 });
  try {
    await sendCode(page);
    if ((await page.locator('form[action^="/sign-out"]').count()) !== 1) throw new Error('the resident was not let in');
    return await context.storageState();
  } finally {
    await context.close();
  }
}

/** The codes people signed in with last: each counts once. */
const used = new Map();

/** Signs in on a page that shows the demonstration's people, once there is a code that was not used. */
export async function signInOn(page, login) {
  const sample = page.locator('tbody tr').filter({ has: page.locator('th', { hasText: new RegExp(`^${login}$`) }) });
  const cells = async () => sample.locator('td').allInnerTexts();
  let [, password, code] = await cells();
  while (used.get(login) === code) {
    await page.waitForTimeout(1_000);
    await page.reload();
    [, password, code] = await cells();
  }
  used.set(login, code);
  await sendSignIn(page, login, password, code);
  if (new URL(page.url()).pathname !== '/home') throw new Error(`${login} was not let in`);
}

/** Signs in as one of the demonstration's people, and gives what the browser keeps of it. A code counts once. */
export async function signIn(browser, base, login) {
  if (login === 'resident') return signInResident(browser, base);
  const { context, page } = await open(browser, `${base}/sign-in`, { width: 1440 });
  try {
    await signInOn(page, login);
    return await context.storageState();
  } finally {
    await context.close();
  }
}

/** What axe finds against WCAG 2.2 AA, one readable line per violation. */
export async function violations(page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(
    (values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }),
    RULES,
  );
  return found.violations.map((violation) => {
    const places = violation.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} (${node.html.slice(0, 160)})`);
    return `${violation.id}: ${violation.help}: ${places.join('; ')}`;
  });
}

/** The elements that stick out to the right when the page scrolls sideways; none when it fits. */
export function overflow(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.body.querySelectorAll('*')].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 0.5,
    );
    const names = wide.slice(0, 5).map((element) => `${element.tagName.toLowerCase()}.${element.className}`);
    return [`${scrollWidth} px wide in ${clientWidth} px`, ...names];
  });
}
