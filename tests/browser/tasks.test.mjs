// Every task of the portal, done without a line of script, with links and forms alone, in both
// languages on a phone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { open, overflow, sendCode, signInOn, startBrowser, startCity } from './harness.mjs';
import { CITY, LANGUAGES, linked, somebody } from './pages.mjs';

let city;
let browser;

before(async () => {
  city = await startCity(CITY);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await city?.stop();
});

/** Opens an address without script, does something there, and checks that what is left still fits and kept its language. */
function task(name, path, work) {
  for (const language of LANGUAGES) {
    test(`${name}, in ${language}, without script`, async () => {
      const at = typeof path === 'function' ? await path(city.base) : path;
      const url = new URL(at, city.base);
      url.searchParams.set('bahasa', language);
      const { context, page, errors } = await open(browser, url.href, { width: 390, script: false });
      try {
        await work(page, language);
        assert.equal(await page.getAttribute('html', 'lang'), language, 'the answer keeps the language');
        assert.deepEqual(await overflow(page), []);
        assert.deepEqual(errors, []);
      } finally {
        await context.close();
      }
    });
  }
}

/** Follows a link or sends a form, and waits for the page that comes. */
async function go(page, element) {
  await Promise.all([page.waitForEvent('load'), element.click()]);
}

const heading = (page) => page.locator('h1').first().innerText();
const word = (language, id, en) => (language === 'id' ? id : en);

task('the tap desk gives a decision', '/tap', async (page) => {
  const form = page.locator('main form').filter({ has: page.locator('button.main') }).first();
  for (const select of await form.locator('select').all()) {
    const values = await select.locator('option').evaluateAll((all) => all.map((option) => option.value));
    await select.selectOption(values.find((value) => value !== '') ?? values[0]);
  }
  for (const field of await form.locator('input[required]:not([type=radio])').all()) {
    assert.notEqual(await field.inputValue(), '', `${await field.getAttribute('name')} should be filled in`);
  }
  await go(page, form.locator('button.main'));
  assert.match(page.url(), /#keputusan$/, 'a phone shows the decision, not the form again');
  assert.match(await page.locator('.gate .word').first().innerText(), /GRATIS|FREE|MASUK|ENTER|Rp\d|DITOLAK|REFUSED/i);
});

task('the tap desk records a tap that stands in the history', '/tap', async (page, language) => {
  await go(page, page.locator('form[method=post] button').first());
  assert.match(await page.locator('[role=status]').first().innerText(), word(language, /dicatat/, /recorded/));
});

task('a holder is found by number', '/holders', async (page) => {
  const number = await page.locator('table a').first().innerText();
  await page.fill('input[name=cari]', number);
  await go(page, page.locator('main form button').first());
  assert.match(page.url(), new RegExp(`/holders/${number}`));
});

task('whoever looks for a name is told that names cannot be searched', '/holders', async (page, language) => {
  await page.fill('input[name=cari]', 'Siti');
  await go(page, page.locator('main form button').first());
  assert.match(await page.locator('.error').innerText(), word(language, /Nama/, /name/i));
});

task('a use in a history leads to its explanation', somebody('/holders/'), async (page) => {
  await go(page, page.locator('a[href^="/explain/"]').first());
  assert.match(await heading(page), /\S/);
  assert.ok((await page.locator('.facts dt').count()) >= 3);
});

task('a decision is found by its position', '/explain', async (page) => {
  const position = await page.locator('table a[href^="/explain/"]').first().innerText();
  await page.fill('input[name=cari]', position);
  await go(page, page.locator('main form button').first());
  assert.match(page.url(), /\/explain\/\d+\.\d+/);
});

task('refusals alone are listed, and further back', '/explain', async (page) => {
  await go(page, page.locator('a[href*="hasil=refused"]').first());
  assert.ok((await page.locator('tbody tr').count()) > 0);
  assert.equal(await page.locator('.badge.free, .badge.paid').count(), 0);
});

task('the ledger is drilled down to a decision', '/ledger', async (page) => {
  await go(page, page.locator('a[href^="/ledger/kinds/merchant.receivable"]'));
  await go(page, page.locator('a[href^="/ledger/accounts/"]').first());
  await go(page, page.locator('a[href^="/explain/"]').first());
  assert.ok((await page.locator('.facts dt').count()) >= 2);
});

task('the ledger shows the books of an earlier position', '/ledger', async (page, language) => {
  await page.fill('input[name=posisi]', '50');
  await go(page, page.locator('main form button'));
  assert.match(await heading(page), /50/);
  await go(page, page.getByRole('link', { name: word(language, 'Kembali ke sekarang', 'Back to now') }));
  assert.doesNotMatch(page.url(), /posisi/);
});

task('the live page draws one mode and goes back to all', '/', async (page) => {
  await go(page, page.locator('a[href*="moda="]').first());
  assert.equal(await page.locator('svg.plot').count(), 1);
  await go(page, page.locator('#grafik > header a'));
  assert.doesNotMatch(page.url(), /moda=/);
});

task('a resident goes through all uses', somebody('/phone/'), async (page) => {
  await go(page, page.locator('a[href*="/uses"]'));
  assert.ok((await page.locator('.uses li').count()) > 0);
});

task('the tour leads to a page and its menu leads back', '/tour', async (page) => {
  await go(page, page.locator('main a.button').first());
  await page.locator('summary').first().click();
  await go(page, page.locator('.menu a[href="/tour"]'));
  assert.match(page.url(), /\/tour/);
});

task('a refusal leads to what its code means', linked('/explain?hasil=refused', '/explain/'), async (page) => {
  await go(page, page.locator('a[href^="/problems/"]').first());
  assert.match(page.url(), /\/problems\/[a-z_]+/);
});

task('a place is looked at on another day', linked('/places', '/places/'), async (page) => {
  const day = await page.inputValue('input[name=tanggal]');
  const before = new Date(`${day}T00:00:00Z`);
  before.setUTCDate(before.getUTCDate() - 2);
  const other = before.toISOString().slice(0, 10);
  await page.fill('input[name=tanggal]', other);
  await go(page, page.locator('form.pick button'));
  assert.equal(await page.inputValue('input[name=tanggal]'), other);
  assert.ok((await page.locator('main svg').count()) > 0, 'charts are drawn without script');
});

task('journeys are looked at on free days and from one city', '/mobility', async (page) => {
  for (const name of ['hari', 'kota']) {
    const values = await page.locator(`select[name=${name}] option`).evaluateAll((all) => all.map((one) => one.value));
    await page.selectOption(`select[name=${name}]`, values.at(-1));
  }
  await go(page, page.locator('main form button').first());
  assert.match(page.url(), /hari=/);
});

task('a programme leads to its benefit and its map', '/programmes', async (page) => {
  // The programme with the most holders: in a small city others have too few for a map.
  await go(page, page.locator('main a[href^="/programmes/transport_gratis.lansia_60"]').first());
  assert.ok((await page.locator('main svg').count()) >= 2, 'a trend and a map');
});

task('somebody at work signs in, sees where the role leads, and signs out', '/sign-in', async (page, language) => {
  await signInOn(page, 'disdik');
  assert.match(await heading(page), word(language, /menunggu Anda/, /(waits|waiting) for you/));
  assert.ok((await page.locator('main ul a.button').count()) >= 2, 'where the role leads');
  await go(page, page.locator('.who a[href^="/sign-in"]'));
  assert.match(await heading(page), word(language, /^Anda masuk sebagai/, /^You are signed in as/));
  await go(page, page.locator('form[action^="/sign-out"] button'));
  assert.match(await heading(page), word(language, /Siapa/, /^Who/));
});

task('a resident signs in with the code on the phone, sees the card, and signs out', '/resident', async (page, language) => {
  const number = await sendCode(page);
  assert.match(page.url(), new RegExp(`/phone/${number}`));
  assert.match(await page.locator('.saldo').innerText(), /^−?Rp/);
  assert.equal(await page.locator('nav').count(), 0, 'no way to the pages of those at work');
  await go(page, page.locator('a[href*="/uses"]'));
  await go(page, page.locator('.crumb a'));
  await go(page, page.locator('form[action^="/sign-out"] button'));
  assert.match(await heading(page), word(language, /^Berapa nomor/, /^What is your/));
});

/** Signs in as somebody else, wherever one is. */
async function as(page, language, login) {
  await page.context().clearCookies();
  await page.goto(new URL(`/sign-in?bahasa=${language}`, page.url()).href);
  await signInOn(page, login);
}

/** Opens what waits for whoever signed in and decides it. */
async function decide(page, what, verdict) {
  await go(page, page.locator('tbody tr', { hasText: what }).first().locator('a.button'));
  await go(page, page.locator(`button[name=putusan][value=${verdict}]`));
}

task('one officer asks for a grant, another gives it and revokes it', '/sign-in', async (page, language) => {
  const document = `9/${language}/2026`;
  await as(page, language, 'diskominfotik');
  await go(page, page.locator('main a[href^="/grants"]'));
  await page.selectOption('select[name=peran]', 'monitoring');
  await page.locator('input[name=kolom]').first().check();
  await page.fill('input[name=tujuan]', 'Evaluasi');
  await page.fill('input[name=dokumen]', document);
  await go(page, page.locator('main form button.main'));
  assert.match(await page.locator('main').innerText(), word(language, /Menunggu keputusan/, /Waits for a decision/));
  assert.equal(await page.locator('button[value=approved]').count(), 0, 'whoever asks does not decide');
  await as(page, language, 'diskominfotik2');
  await decide(page, document, 'approved');
  assert.match(await page.locator('main').innerText(), word(language, /Disetujui Maya Larasati/, /Approved by Maya Larasati/));
  await page.goto(new URL(`/grants?bahasa=${language}`, page.url()).href);
  const row = page.locator('tbody tr', { hasText: document });
  assert.match(await row.innerText(), word(language, /Berlaku/, /In force/));
  assert.equal(await row.locator('input[value=revoked]').isVisible(), false, 'nothing is stopped with one press');
  await row.locator('summary').click();
  await row.locator('input[value=revoked]').check();
  await row.locator('input[name=alasan]').fill('Evaluasi selesai');
  await go(page, row.locator('button'));
  assert.match(await page.locator('tbody tr', { hasText: document }).innerText(), word(language, /Dicabut/, /Revoked/));
});

task('a new officer starts with a code that two people gave', '/sign-in', async (page, language) => {
  const login = `baru.${language}`;
  await as(page, language, 'diskominfotik');
  await go(page, page.locator('main a[href^="/users"]'));
  await page.fill('input[name=masuk]', login);
  await page.fill('input[name=nama]', `Baru ${language}`);
  await page.selectOption('select[name=peran]', 'counter');
  await page.selectOption('select[name=perangkat_daerah]', 'jakpro');
  await go(page, page.locator('main form button.main'));
  const first = await page.locator('[role=status] code').innerText();
  await as(page, language, 'diskominfotik2');
  await decide(page, `Baru ${language}`, 'approved');
  const second = await page.locator('[role=status] code').innerText();
  const code = `${first} ${second}`;
  await page.context().clearCookies();
  await page.goto(new URL(`/recover?bahasa=${language}`, page.url()).href);
  await page.fill('input[name=nama]', login);
  await page.fill('input[name=pemulihan]', code);
  await page.fill('input[name=sandi]', 'kuda laut menari pelan');
  await page.fill('input[name=sandi2]', 'kuda laut menari pelan');
  await go(page, page.locator('main form button.main'));
  assert.match(await page.locator('main code').innerText(), /^([A-Z2-7]{4} ?){8}$/);
});

task('the operator limits a client, and the inspectorate reads who did', '/sign-in', async (page, language) => {
  await as(page, language, 'pengelola');
  await go(page, page.locator('main a[href^="/callers"]'));
  const row = page.locator('tbody tr', { hasText: 'demo bank' });
  assert.equal(await row.locator('button[value=disable]').isVisible(), false, 'nothing is stopped with one press');
  await row.locator('summary').first().click();
  await row.locator('input[name=batas]').fill('50000');
  await go(page, row.locator('button[value=limit]'));
  assert.match(await page.locator('tbody tr', { hasText: 'demo bank' }).innerText(), word(language, /50\.000 permintaan/, /50,000 requests/));
  await as(page, language, 'inspektorat');
  await go(page, page.locator('main a[href^="/audit"]').first());
  assert.match(await page.locator('tbody').innerText(), word(language, /Batas aplikasi diubah/, /Limit of a client changed/));
});

task('a resident reads who looked at the data', somebody('/phone/'), async (page, language) => {
  await go(page, page.locator('main a[href*="/looks"]'));
  assert.match(await page.locator('main').innerText(), word(language, /Ruang kendali/, /Control room/));
});

task('a resident blocks a lost card from the phone', linked('/holders?setelah=1500', '/holders/P-'), async (page, language) => {
  const number = new URL(page.url()).pathname.split('/').pop();
  await page.goto(new URL(`/phone/${number}?bahasa=${language}`, page.url()).href);
  if ((await page.locator('a[href*="/block"]').count()) === 0) {
    assert.equal(language, 'en', 'the first language finds the card in order');
    assert.match(await page.locator('main').innerText(), /blocked/, 'the card was stopped in the other language');
    return;
  }
  await go(page, page.locator('a[href*="/block"]'));
  await page.locator('input[name=sebab]').first().check();
  await go(page, page.locator('button.stop'));
  assert.match(page.url(), new RegExp(`/phone/${number}`));
  assert.match(await page.locator('[role=status]').first().innerText(), word(language, /diblokir/, /blocked/));
});

// The last one: it stops the card that others used.
task('a lost card is blocked after a second question', linked('/holders?setelah=1000', '/holders/P-'), async (page, language) => {
  await go(page, page.locator('a.button.stop').first());
  const stop = page.locator('button.stop');
  if (language === 'id') {
    await go(page, page.locator('main a.button').first());
    assert.equal(await page.locator('[role=status]').count(), 0, 'going back blocks nothing');
    return;
  }
  await page.locator('input[name=sebab]').first().check();
  await go(page, stop);
  assert.match(await page.locator('[role=status]').first().innerText(), /is blocked/);
});
