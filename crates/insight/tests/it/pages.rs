//! The pages of insight over the town, as a browser asks for them, in both languages.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use base::{Clock, ManualClock};
use insight::pages::{Pages, routes, texts};
use insight::service::Service;
use journal::Head;
use platform::access::{Actor, Policies, Role};
use platform::i18n::Texts;
use platform::web::{Edge, Portal};
use programmes::service::plain;
use tokio::sync::watch;
use tower::ServiceExt;

use crate::town::{Office, Town};

struct Site {
    office: Office,
    router: Router,
}

impl Site {
    fn over(town: &Town) -> Self {
        let office = Office::open();
        let entries = town.followed(false);
        office.tell(&entries, 100, 5);
        let head = entries.last().unwrap().head;
        Self::with(office, town, head, head, Actor::console())
    }

    fn with(office: Office, town: &Town, cursor: Head, durable: Head, actor: Actor) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(town.city.now()));
        let service = Service::new(
            watch::channel(durable).1,
            office.databases.projections.clone(),
            watch::channel(cursor).1,
            Arc::new(Policies::embedded().unwrap()),
            clock,
        );
        let texts = Arc::new(Texts::load(&[texts(), plain::texts()]).unwrap());
        let portal = Arc::new(Portal::bare(texts, Arc::new(Policies::embedded().unwrap()), actor));
        let pages = Pages { service, portal: Arc::clone(&portal), labels: office.labels.clone() };
        Self { router: Edge::new(portal).around(routes(pages)), office }
    }

    fn get(&self, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).header("accept", "text/html").body(Body::empty()).unwrap();
        self.office.tasks.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let status = response.status();
            let bytes = axum::body::to_bytes(response.into_body(), 16 << 20).await.unwrap();
            (status, String::from_utf8(bytes.into()).unwrap())
        })
    }

    /// What a reader sees between `<main>` and `</main>`, a line per block.
    fn text(&self, path: &str) -> String {
        let (status, html) = self.get(path);
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(
            !html.contains(">insight-") && !html.contains("programmes-gives"),
            "a text is missing on {path}"
        );
        assert!(!html.contains(" style=") && !html.contains("<script>"), "{path} has style or script");
        let (_, rest) = html.split_once("<main id=\"isi\">").unwrap();
        let (main, _) = rest.split_once("</main>").unwrap();
        let mut text = String::new();
        let mut tag: Option<String> = None;
        for c in main.chars() {
            match (c, &mut tag) {
                ('<', _) => tag = Some(String::new()),
                ('>', Some(name)) => {
                    let ends = [
                        "/p",
                        "/li",
                        "/tr",
                        "/h1",
                        "/h2",
                        "/div",
                        "/dt",
                        "/dd",
                        "/label",
                        "/option",
                        "/text",
                        "/summary",
                        "/figcaption",
                        "/span",
                    ];
                    text.push_str(if ends.contains(&name.as_str()) { "\n" } else { " " });
                    tag = None;
                }
                (_, Some(name)) => name.push(c),
                (_, None) => text.push(c),
            }
        }
        let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
        lines.join("\n").replace("&#38;", "&").replace("&#39;", "'")
    }
}

#[test]
fn every_page_reads_well_in_both_languages() {
    let site = Site::over(&Town::lived());
    let pages = [
        ("places", "/places?tanggal=2026-11-24"),
        ("place_zoo", "/places/ragunan?tanggal=2026-11-24"),
        ("place_zoo_after", "/places/ragunan?tanggal=2026-11-26"),
        ("place_stop", "/places/tj.blok_m?tanggal=2026-11-25"),
        ("mobility", "/mobility"),
        ("mobility_districts", "/mobility?kota=31.74"),
        ("programmes", "/programmes"),
        ("programme_free", "/programmes/transport_gratis.pkk"),
        ("programme_aid", "/programmes/klj"),
    ];
    for (name, path) in pages {
        for language in ["id", "en"] {
            let joined = if path.contains('?') { '&' } else { '?' };
            let text = site.text(&format!("{path}{joined}bahasa={language}"));
            insta::assert_snapshot!(format!("{name}_{language}"), text);
        }
    }
}

#[test]
fn an_unfinished_day_is_compared_until_the_last_whole_hour_and_says_so() {
    let site = Site::over(&Town::awake());
    let page = site.text("/places/tj.blok_m");
    // Nine people so far, five of them before nine; on the Monday before twenty-six got on between eight and nine.
    assert!(
        page.contains(
            "Halte Blok M: 9 orang hari ini; sampai pukul 09.00 5 orang, 81% di bawah Senin pekan lalu (26)."
        ),
        "{page}"
    );
    let list = site.text("/places");
    assert!(list.contains("Orang Sampai pukul 09.00 Senin pekan lalu sampai pukul 09.00"), "{list}");
    assert!(list.contains("9 sampai pukul 09.00 5 orang, 83% di bawah Senin pekan lalu (29)"), "{list}");
    // So far, until nine, until nine a week before.
    assert!(list.contains("Kebayoran Baru, Jakarta Selatan\n9 5 26"), "{list}");
    let english = site.text("/places/tj.blok_m?bahasa=en");
    assert!(english.contains("9 people today; until 09.00 5 people, 81% below"), "{english}");
}

#[test]
fn a_day_without_anybody_says_whether_the_place_was_closed_and_nothing_of_today() {
    let site = Site::over(&Town::lived());
    let pages = [
        (
            "/places/ragunan?tanggal=2026-11-23",
            "Taman Margasatwa Ragunan: tutup setiap Senin; tidak ada orang pada 23 November 2026.",
        ),
        // A part of a closed place is closed.
        (
            "/places/ragunan.schmutzer?tanggal=2026-11-23",
            "Pusat Primata Schmutzer: tutup setiap Senin; tidak ada orang pada 23 November 2026.",
        ),
        (
            "/places/ragunan?tanggal=2026-11-26",
            "Taman Margasatwa Ragunan: tidak ada orang yang tercatat pada 26 November 2026.",
        ),
        (
            "/places?tanggal=2026-11-26",
            "Tidak ada orang yang tercatat masuk di tempat mana pun pada 26 November",
        ),
    ];
    for (path, sentence) in pages {
        let page = site.text(path);
        assert!(page.contains(sentence), "{page}");
        for word in ["Belum ada orang", "Belum ada tap", "hari ini", "Di dalam sekarang"] {
            assert!(!page.contains(word), "{path} says {word}: {page}");
        }
    }
    let closed = site.text("/places/ragunan?tanggal=2026-11-23&bahasa=en");
    assert!(closed.contains("closed every Monday; nobody on 23 November 2026."), "{closed}");
    // Today is a Monday.
    assert!(
        site.text("/places/ragunan").contains("tutup setiap Senin; tidak ada orang pada 30 November 2026.")
    );
    assert!(site.text("/places").contains("Di dalam sekarang"));
}

#[test]
fn a_city_without_journeys_is_a_sentence_and_no_city_is_opened_with_the_figures_of_all() {
    let site = Site::over(&Town::lived());
    let none = site.text("/mobility?kota=31.01");
    assert!(
        none.contains("Tidak ada perjalanan dari Kepulauan Seribu yang tercatat pada hari kerja"),
        "{none}"
    );
    assert!(none.contains("Tidak ada perjalanan dari Kepulauan Seribu untuk digambar."), "{none}");
    assert!(!none.contains("Baris adalah asal"), "{none}");
    assert!(none.contains("Empat angka ini untuk seluruh Jakarta"), "{none}");
    let all = site.text("/mobility");
    assert!(!all.contains("untuk seluruh Jakarta") && all.contains("Baris adalah asal"), "{all}");
}

#[test]
fn stations_say_how_many_tap_out_and_stops_without_tap_outs_do_not() {
    let site = Site::over(&Town::lived());
    let station = site.text("/places/mrt.blok_m?tanggal=2026-11-25");
    assert!(station.contains("3 orang masuk dan 3 (100%) tap keluar, di semua tempatnya."), "{station}");
    assert!(!site.text("/places/tj.blok_m?tanggal=2026-11-25").contains("di semua tempatnya"));
    let list = site.text("/places?tanggal=2026-11-23");
    assert!(list.contains("Stasiun\n3 orang; tap keluar 3 (100%)"), "{list}");
    let english = site.text("/places?tanggal=2026-11-24&bahasa=en");
    assert!(english.contains("Sights\n5 people; 3 tap-outs (60%)"), "{english}");
    // On a day that is not over people are still inside or on the way.
    assert!(!site.text("/places").contains("tap keluar 0"));
}

#[test]
fn what_is_wider_than_a_phone_says_so_there_and_only_there() {
    let site = Site::over(&Town::lived());
    for (path, plots) in [("/mobility", 2), ("/places/tj.blok_m?tanggal=2026-11-25", 1)] {
        let page = site.get(path).1;
        let wide = page.matches("class=\"plot heat\"").count();
        assert_eq!((page.matches("class=\"note swipe\"").count(), wide), (plots, plots), "{path}");
    }
    let note = "Geser ke kanan untuk sisanya.";
    assert!(site.text("/mobility").contains(note) && !site.text("/places").contains(note));
    let sheet = include_str!("../../../platform/assets/base.css");
    assert!(sheet.contains(".swipe { display: none; }"));
    assert!(sheet.contains("@media screen and (max-width: 699px) { .swipe { display: block; } }"));
}

#[test]
fn the_busiest_place_is_one_where_somebody_could_go() {
    let site = Site::over(&Town::lived());
    let page = site.text("/places?tanggal=2026-11-28");
    assert!(page.contains("8 orang di 3 tempat; paling ramai Halte Blok M."), "{page}");
}

#[test]
fn small_numbers_are_on_no_page() {
    let site = Site::over(&Town::lived());
    // One holder of the benefit lives in Menteng, twenty-three in Kebayoran Baru: each tells the other beside their sum.
    let page = site.text("/programmes/transport_gratis.pkk?bahasa=en");
    assert!(
        page.contains("Holders\n24") && page.contains("Holders are too few to be shown by area."),
        "{page}"
    );
    assert!(!page.contains("Menteng") && !page.contains("Kebayoran"), "{page}");
}

#[test]
fn what_operators_get_and_what_goes_into_wallets_are_columns_of_their_own() {
    let site = Site::over(&Town::lived());
    let page = site.text("/programmes?bahasa=en");
    assert!(page.contains("Paid to operators this month Aid paid into wallets this month"), "{page}");
    // One holder, no use, nothing forgone, nothing to an operator, aid of a month.
    assert!(page.contains("1 0 Rp0 Rp0 Rp300.000"), "{page}");
}

#[test]
fn a_running_week_is_not_shown() {
    let town = Town::lived();
    let entries = town.followed(false);
    let before = entries.iter().filter(|entry| entry.head.at < fixtures::moment("2026-11-30T04:00")).count();
    let office = Office::open();
    office.tell(&entries[..before], 100, 5);
    let head = entries[before - 1].head;
    let site = Site::with(office, &town, head, head, Actor::console());
    let page = site.text("/mobility");
    assert!(page.contains("Belum ada pekan yang selesai dihitung."), "{page}");
}

#[test]
fn empty_pages_say_how_to_begin() {
    let town = Town::settled();
    let site = Site::over(&town);
    assert!(site.text("/mobility").contains("Belum ada pekan yang selesai dihitung."));
    assert!(site.text("/places").contains("Belum ada orang yang masuk"));
    assert!(site.text("/places/monas").contains("Belum ada tap hari ini."));
    assert!(site.text("/programmes/wisata.kjp").contains("Belum ada pemegang."));
    let office = Office::open();
    let bare =
        Site::with(office, &town, Head::EMPTY, town.followed(false).last().unwrap().head, Actor::console());
    assert!(bare.text("/programmes").contains("Belum ada program yang diterbitkan."));
    assert!(bare.text("/places").contains("Tabel halaman ini sedang dibangun dari jurnal"));
}

#[test]
fn pages_behind_the_journal_say_so() {
    let town = Town::lived();
    let office = Office::open();
    let entries = town.followed(false);
    let half = entries.len() / 2;
    office.tell(&entries[..half], 100, 5);
    let site =
        Site::with(office, &town, entries[half - 1].head, entries.last().unwrap().head, Actor::console());
    assert!(site.text("/places").contains("entri dari jurnal. Angka terakhir"));
}

#[test]
fn what_is_not_there_and_what_cannot_be_chosen_is_answered_by_a_code_and_what_to_do() {
    let site = Site::over(&Town::lived());
    for path in ["/places/nowhere", "/places/No!", "/programmes/nothing"] {
        assert_eq!(site.get(path).0, StatusCode::NOT_FOUND, "{path}");
    }
    for (path, code) in [
        ("/places?tanggal=x", "date_invalid"),
        ("/places?tanggal=2026-12-01", "date_invalid"),
        ("/places/ragunan?tanggal=2026-02-30", "date_invalid"),
        ("/mobility?pekan=1", "date_invalid"),
        // The running week, and one before the town.
        ("/mobility?pekan=2026-11-30", "date_invalid"),
        ("/mobility?pekan=2026-11-16", "date_invalid"),
        ("/mobility?hari=2", "choice_unknown"),
        ("/mobility?kota=99", "choice_unknown"),
        ("/mobility?kota=31.71.01", "choice_unknown"),
    ] {
        let (status, page) = site.get(path);
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(page.contains(code) && page.contains("Buka halaman itu tanpa"), "{path}: {page}");
        assert!(!page.contains("class=\"figures\""), "{path} shows figures of something else");
    }
    // A form sends every field, also those left to the page; a week is meant by any day of it.
    for path in [
        "/places?tanggal=",
        "/mobility?pekan=2026-11-25&hari=libur&kota=",
        "/places?tanggal=2026-11-24&tanggal=",
    ] {
        assert_eq!(site.get(path).0, StatusCode::OK, "{path}");
    }
}

#[test]
fn every_page_asks_the_policies() {
    let town = Town::lived();
    let head = town.followed(false).last().unwrap().head;
    let bank = Actor::client("b", Role::Bank, base::PrincipalId(100));
    let site = Site::with(Office::open(), &town, head, head, bank);
    for path in ["/places", "/places/ragunan", "/mobility", "/programmes", "/programmes/klj"] {
        assert_eq!(site.get(path).0, StatusCode::FORBIDDEN, "{path}");
    }
}
