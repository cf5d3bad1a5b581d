// The pages every browser check walks through, the languages and the sizes. A new page is one line here.

/** Languages by the value of `?bahasa=`, which is also the value of the document's `lang`. */
export const LANGUAGES = ['id', 'en'];

/** Widths in CSS pixels: a phone and a desk. */
export const WIDTHS = [390, 1440];

/** The city that browser checks walk through: small enough to be ready soon, large enough that every page has figures. */
export const CITY = ['--residents', '2000', '--days', '8'];

/** Name for people and file names; `path` is a text, or asks the running city for one; `as` is who has to sign in. */
export const PAGES = [
  { name: 'live', path: '/' },
  { name: 'live-mode', path: linked('/', '/?moda=') },
  { name: 'tap-desk', path: '/tap' },
  { name: 'holders', path: '/holders' },
  { name: 'holder', path: somebody('/holders/') },
  { name: 'holder-block', path: somebody('/holders/', '/block') },
  { name: 'phone', path: somebody('/phone/') },
  { name: 'phone-uses', path: somebody('/phone/', '/uses') },
  { name: 'phone-block', path: somebody('/phone/', '/block') },
  { name: 'ledger', path: '/ledger' },
  { name: 'ledger-past', path: '/ledger?posisi=60' },
  { name: 'ledger-kind', path: '/ledger/kinds/holder.purse' },
  { name: 'ledger-account', path: linked('/ledger/kinds/merchant.receivable', '/ledger/accounts/') },
  { name: 'explain', path: '/explain' },
  { name: 'explain-use', path: linked('/explain', '/explain/') },
  { name: 'explain-refusal', path: linked('/explain?hasil=refused', '/explain/') },
  { name: 'explain-incident', path: linked('/explain?hasil=incident', '/explain/') },
  { name: 'tour', path: '/tour' },
  { name: 'places', path: '/places' },
  { name: 'place-entered', path: '/places/ragunan' },
  { name: 'place-stop', path: '/places/tj.blok_m' },
  { name: 'mobility', path: '/mobility' },
  { name: 'mobility-districts', path: '/mobility?kota=31.74' },
  { name: 'programmes', path: '/programmes' },
  { name: 'programme', path: '/programmes/transport_gratis.lansia_60' },
  { name: 'programme-aid', path: '/programmes/kjp_plus.sd' },
  { name: 'sign-in', path: '/sign-in' },
  { name: 'signed-in', path: '/sign-in', as: 'pengelola' },
  { name: 'resident', path: '/resident' },
  { name: 'resident-code', path: '/resident/code' },
  { name: 'resident-own', path: '/resident', as: 'resident' },
  { name: 'resident-other', path: somebodyElse(), as: 'resident', status: 403 },
  { name: 'messages', path: linked('/resident/code', 'http://127.0.0.1:') },
  { name: 'grants', path: '/grants', as: 'diskominfotik' },
  { name: 'home', path: '/home', as: 'diskominfotik' },
  { name: 'users', path: '/users', as: 'diskominfotik' },
  { name: 'delegates', path: '/delegates', as: 'diskominfotik' },
  { name: 'callers', path: '/callers', as: 'pengelola' },
  { name: 'audit', path: '/audit', as: 'inspektorat' },
  { name: 'recover', path: '/recover' },
  { name: 'looks', path: somebody('/phone/', '/looks') },
  { name: 'problems', path: '/problems' },
  { name: 'problem', path: '/problems/medium_unknown' },
  { name: 'api', path: '/api' },
];

/** Pages that say what is wrong, what is missing or that there is nothing. `status` where it is not 200. */
export const FAILINGS = [
  { name: 'nowhere', path: '/nowhere', status: 404 },
  { name: 'holder-unknown', path: '/holders/P-ZZZZ-9999', status: 404 },
  { name: 'decision-unknown', path: '/explain/999999.0', status: 404 },
  { name: 'account-unknown', path: '/ledger/accounts/99999999', status: 404 },
  { name: 'holders-not-found', path: '/holders?cari=Siti' },
  { name: 'explain-not-found', path: '/explain?cari=999999.0' },
  { name: 'ledger-not-found', path: '/ledger?posisi=kemarin' },
  { name: 'tap-desk-nobody', path: '/tap?orang=P-ZZZZ-9999' },
  { name: 'tap-desk-wrong', path: '/tap?tempat=ragunan&jml_adult=dua&tgl=kemarin&jam=pagi' },
  { name: 'explain-nothing', path: '/explain?sebelum=1.0' },
];

/** Asks a page for the first of its links that begins so. */
export function linked(list, beginning) {
  return async (base) => {
    const page = await (await fetch(new URL(list, base))).text();
    const links = [...page.matchAll(/href="([^"#]+)"/g)].map((found) => found[1].replaceAll('&amp;', '&').replaceAll('&#38;', '&'));
    const link = links.find((href) => href.startsWith(beginning) && href.length > beginning.length);
    if (!link) throw new Error(`${list} links to nothing that begins with ${beginning}`);
    return link;
  };
}

/** The page of whoever the tap desk begins with: somebody with a right. */
export function somebody(root, rest = '') {
  return async (base) => {
    const desk = await (await fetch(new URL('/tap', base))).text();
    const number = desk.match(/name="orang" value="(P-[^"]+)"/);
    if (!number) throw new Error('the tap desk begins with nobody');
    return `${root}${number[1]}${rest}`;
  };
}

/** The page of the last holder on the first list: nobody whom a demonstration suggests to sign in as. */
export function somebodyElse() {
  return async (base) => {
    const tried = (await (await fetch(new URL('/resident', base))).text()).match(/<strong class="nowrap">(P-[^<]+)/)?.[1];
    const list = await (await fetch(new URL('/holders', base))).text();
    const numbers = [...list.matchAll(/href="\/holders\/(P-[^"?]+)/g)].map((found) => found[1]);
    return `/phone/${numbers.findLast((number) => number !== tried)}`;
  };
}

/** The address of a page in a language. */
export async function address(page, base, language) {
  const path = typeof page.path === 'function' ? await page.path(base) : page.path;
  const url = new URL(path, base);
  url.searchParams.set('bahasa', language);
  return url.href;
}
