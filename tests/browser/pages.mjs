// The pages every browser check walks through, the languages and the sizes. A new page is one line here.

/** Languages by the value of `?bahasa=`, which is also the value of the document's `lang`. */
export const LANGUAGES = ['id', 'en'];

/** Widths in CSS pixels: a phone and a desk. */
export const WIDTHS = [390, 1440];

/** Name for people and file names; `path` is a text, or asks the running city for one. */
export const PAGES = [
  { name: 'live', path: '/' },
  { name: 'tap-desk', path: '/tap' },
  { name: 'holders', path: '/holders' },
  { name: 'holder', path: firstHolder },
  { name: 'places', path: '/places' },
  { name: 'place-entered', path: '/places/ragunan' },
  { name: 'place-stop', path: '/places/tj.blok_m' },
  { name: 'mobility', path: '/mobility' },
  { name: 'mobility-districts', path: '/mobility?kota=31.74' },
  { name: 'programmes', path: '/programmes' },
  { name: 'programme', path: '/programmes/transport_gratis.lansia_60' },
  { name: 'programme-aid', path: '/programmes/kjp_plus.sd' },
  { name: 'problems', path: '/problems' },
  { name: 'problem', path: '/problems/medium_unknown' },
  { name: 'api', path: '/api' },
];

/** The first person of the list of holders. */
async function firstHolder(base) {
  const list = await (await fetch(new URL('/holders', base))).text();
  const link = list.match(/href="(\/holders\/P-[^"?#]+)/);
  if (!link) throw new Error('the list of holders links to nobody');
  return link[1];
}

/** The address of a page in a language. */
export async function address(page, base, language) {
  const path = typeof page.path === 'function' ? await page.path(base) : page.path;
  const url = new URL(path, base);
  url.searchParams.set('bahasa', language);
  return url.href;
}
