//! The pages about what was decided: explanation, ledger, and the residents' own.

use acceptance::store::entities::sum;
use axum::http::StatusCode;
use base::{Clock, Timestamp};
use engine::{Amount, Body, SetMedium, TariffDefinition, TariffRules};
use fixtures::content::tariff;
use sea_orm::EntityTrait;
use serde_json::json;

use crate::site::{Page, Site, busy, city};

/// Every address a page links to that begins so.
fn links(page: &Page, beginning: &str) -> Vec<String> {
    let of =
        |part: &str| part.split('"').next().unwrap_or_default().replace("&amp;", "&").replace("&#38;", "&");
    let parts = page.html.split("href=\"").skip(1).map(of);
    parts.filter(|href| href.starts_with(beginning)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_explained_with_its_facts_prices_and_transfers() {
    let site = Box::pin(busy()).await;
    let list = site.get("/explain").await;
    let found = links(&list, "/explain/");
    assert_eq!(found.len(), 4 + 2, "four taps and the money two purses began with: {}", list.text());
    let mut told = String::new();
    for href in found.iter().rev() {
        let page = site.get(href).await;
        assert_eq!(page.status, StatusCode::OK, "{href}");
        told.push_str(&page.text());
        told.push_str("\n----\n");
    }
    for said in [
        "Pemegang lewat gratis di Halte Satu.",
        "Siti Kartawijaya memegang hak",
        "Pemegang membayar Rp",
        "tetap tertutup. Media diblokir.",
        "Dompet Siti Kartawijaya tetap Rp20.000.",
        "Sebutkan posisi jurnal",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    let free = found.iter().find(|href| href.contains("bahasa=id"));
    let free = free.map(|href| href.replace("bahasa=id", "bahasa=en")).unwrap();
    assert!(site.get(&free).await.html.contains("<html lang=\"en\">"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_found_by_position_as_printed_and_by_id() {
    let site = Box::pin(busy()).await;
    let page = site.get("/explain?hasil=refused").await;
    let [first, ..] = &links(&page, "/explain/")[..] else { panic!("{}", page.text()) };
    let position = first.trim_start_matches("/explain/").split('?').next().unwrap().to_owned();
    let one = site.get(first).await;
    let id = one.html.split("<dd>").map(|part| part.split('<').next().unwrap());
    let id = id.filter(|text| text.len() == 36 && text.matches('-').count() == 4).last().unwrap();
    for sought in [position.clone(), position.replace('.', "/"), id.to_owned()] {
        let found = site.get(&format!("/explain?cari={sought}")).await;
        assert_eq!(found.status, StatusCode::SEE_OTHER, "{sought}");
        let to = found.headers["location"].to_str().unwrap();
        assert!(to.starts_with(&format!("/explain/{position}?")), "{sought} leads to {to}");
    }
    for unknown in ["999999.0", "kemarin", "019ab3e0-5c1e-7a52-9d0c-8f4a5b6c7d8e"] {
        let page = site.get(&format!("/explain?cari={unknown}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("Keputusan tidak ditemukan."), "{unknown}: {}", page.text());
    }
    assert_eq!(site.get("/explain/999999.0").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get("/explain/x").await.status, StatusCode::NOT_FOUND);
}

/// A bus that asks no more than Rp5.000 a day, ridden twice, and then a ride before both that came in late.
async fn late_upload() -> (Site, String) {
    let mut city = city();
    let rules = TariffRules { cap_day: Some(Amount(5_000)), ..TariffRules::default() };
    let tariff = tariff("bus", 2, 3_500, city.now());
    city.must(Body::from(TariffDefinition { rules, ..tariff }));
    let site = Site::over(city).await;
    site.house.clock.advance(Timestamp::HOUR);
    let now = site.house.clock.now();
    let medium = site.house.city.medium("Budi").0;
    let mut position = String::new();
    for (seq, minutes) in [(1, 20), (2, 10), (3, 30)] {
        let body = json!({
            "device": 7, "epoch": 1, "seq": seq, "medium": medium, "place": "stop_1", "opened": true,
            "device_at": now.plus(-minutes * Timestamp::MINUTE).rfc3339(),
        });
        let (token, id) = (&site.house.terminal, site.house.id());
        let (status, answer) = site.house.post(token, "/api/v1/taps", id, &body).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        position = answer["position"].as_str().unwrap().to_owned();
    }
    site.house.caught_up().await;
    (site, position)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_names_the_rides_it_priced_anew_and_each_of_them_names_it() {
    let (site, late) = Box::pin(late_upload()).await;
    let page = site.get(&format!("/explain/{late}")).await;
    let text = page.text();
    assert!(text.contains("Perjalanan lain yang dihitung ulang karenanya"), "{text}");
    for changed in ["Rp3.500 Rp1.500", "Rp1.500 Rp0"] {
        assert!(text.contains(changed), "{changed}: {text}");
    }
    let changed = |one: &String| !one.starts_with(&format!("/explain/{late}"));
    let rides: Vec<String> = links(&page, "/explain/").into_iter().filter(changed).collect();
    assert_eq!(rides.len(), 2, "{rides:?}");
    for ride in rides {
        let ride = site.get(&ride).await;
        assert!(ride.text().contains("Dihitung ulang kemudian:"), "{}", ride.text());
        let back = format!("/explain/{late}?bahasa=id");
        assert!(links(&ride, "/explain/").contains(&back), "{back}: {}", ride.html);
    }
    let history = site.get(&site.address("Budi")).await;
    let (entry, index) = late.split_once('.').unwrap();
    assert!(!history.text().contains(&late), "{entry}/{index} is how people read it: {}", history.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_holds_a_right_and_pays_is_told_why() {
    let mut city = city().resident("Wati").issued(1).purse(50_000).entitled("cheap_rail");
    let medium = city.medium("Wati");
    city.must(Body::ActivateMedium(SetMedium { medium, version: 1, reason: None }));
    let site = Site::over(city).await;
    site.record("Wati", "station_1").await;
    site.record("Budi", "station_1").await;
    let history = site.get(&site.address("Wati")).await.text();
    assert!(history.contains("kode QR kurang kuat untuk hak ini; pakai kartu chip"), "{history}");
    let phone = site.get(&format!("/phone/{}", site.house.city.holder("Wati"))).await.text();
    assert!(phone.contains("kurang kuat"), "{phone}");
    let budi = site.get(&site.address("Budi")).await.text();
    assert!(budi.contains("Membayar tarif biasa.") && !budi.contains("kurang kuat"), "{budi}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_listed_once_and_choices_that_do_not_exist_are_refused() {
    let site = Site::over(city()).await;
    site.house.ask("Ani", "stop_1").await;
    site.record("Ani", "stop_1").await;
    let list = site.get("/explain?hasil=refused").await;
    assert_eq!(links(&list, "/explain/").len(), 1, "the ask before it is not told: {}", list.text());
    for wrong in ["/explain?hasil=foo", "/explain?sebelum=xx", "/phone/P/uses?sebelum=xx"] {
        let page = site.get(wrong).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(page.text().contains("Pilihan tidak dikenal"), "{wrong}: {}", page.text());
    }
    let beyond = site.get("/holders?setelah=99999999").await.text();
    assert!(beyond.contains("Tidak ada pemegang sesudah ini."), "{beyond}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_city_is_no_broken_one() {
    let site = Box::pin(busy()).await;
    site.house.clock.advance(3 * Timestamp::HOUR);
    let page = site.get("/").await;
    let text = page.text();
    assert!(!text.contains("berhenti"), "{text}");
    // What the script shows once answers stay away stands in the page, hidden.
    assert!(page.html.contains("data-cut hidden"), "{}", page.html);
    assert!(!site.get("/?diam=ya").await.html.contains("data-cut"));
}

#[tokio::test(flavor = "multi_thread")]
async fn purchases_and_what_the_office_did_are_explained_too() {
    let site = Site::over(crate::goods::city()).await;
    let basket = [("book", 45_000), ("pencil", 5_000)];
    let bought = crate::goods::buy(&site.house, "siti", "shop_a", "wallet.pupil_aid", &basket).await;
    site.house.caught_up().await;
    let position = bought.1["position"].as_str().unwrap().to_owned();
    let text = site.get(&format!("/explain/{position}")).await.text();
    for said in
        ["1 book Rp45.000, 1 pencil Rp5.000.", "Transfer yang dicatat", "Rp50.000", "Belanja Rp50.000 dari"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    let asked = site.house.ask("siti", "zoo_1").await;
    site.house.caught_up().await;
    let position = asked.1["position"].as_str().unwrap();
    let question = site.get(&format!("/explain/{position}")).await;
    assert_eq!(question.status, StatusCode::OK);
    let mut kinds = String::new();
    // Index 0 of an entry is its tick, which nobody asked for.
    for seq in 1..site.house.service.durable().seq {
        for index in 1..64 {
            let page = site.get(&format!("/explain/{seq}.{index}?bahasa=en")).await;
            if page.status == StatusCode::NOT_FOUND {
                break;
            }
            assert_eq!(page.status, StatusCode::OK, "{seq}.{index}");
            kinds.push_str(&page.text());
        }
    }
    for said in
        ["Grant of a right: done.", "Right granted:", "Registration of a holder: done.", "Published: "]
    {
        assert!(kinds.contains(said), "{said} is not told");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_balances_now_and_at_a_position_and_leads_to_each_posting() {
    let site = Box::pin(busy()).await;
    let page = site.get("/ledger").await;
    let text = page.text();
    assert!(text.contains("Buku seimbang: debit sama dengan kredit"), "{text}");
    let now = site.house.service.durable().seq;
    // At the last entry both ways of adding up must give the same table.
    let table =
        |text: &str| text.lines().filter(|line| line.contains("Rp")).map(str::to_owned).collect::<Vec<_>>();
    let past = site.get(&format!("/ledger?posisi={}", now - 1)).await.text();
    let before_last = site.get(&format!("/ledger?posisi={now}")).await.text();
    assert_eq!(table(&before_last), table(&text));
    assert!(past.contains("Kembali ke sekarang"), "{past}");
    assert!(table(&past).iter().any(|line| line.contains("Jumlah")), "{past}");
    for wrong in ["999999", "kemarin"] {
        let page = site.get(&format!("/ledger?posisi={wrong}")).await;
        assert!(page.text().contains("Jurnal belum memuat entri dengan nomor itu."), "{wrong}");
    }
    let kinds = links(&page, "/ledger/kinds/");
    assert!(kinds.len() >= 3, "{kinds:?}");
    let mut postings = 0;
    for kind in kinds {
        let accounts = links(&site.get(&kind).await, "/ledger/accounts/");
        assert!(!accounts.is_empty(), "{kind}");
        for account in accounts {
            let page = site.get(&account).await;
            assert_eq!(page.status, StatusCode::OK);
            for explained in links(&page, "/explain/") {
                postings += 1;
                assert_eq!(site.get(&explained).await.status, StatusCode::OK, "{explained}");
            }
        }
    }
    assert!(postings >= 6, "{postings}");
    assert_eq!(site.get("/ledger/kinds/nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get("/ledger/accounts/999").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sums_at_a_position_are_those_of_that_time() {
    let site = Site::over(city()).await;
    let figures =
        |text: String| text.lines().filter(|line| line.contains("Rp")).map(str::to_owned).collect::<Vec<_>>();
    let mut then = Vec::new();
    for _ in 0..8 {
        site.record("Budi", "station_1").await;
        then.push((site.house.service.durable().seq, figures(site.get("/ledger").await.text())));
    }
    assert_ne!(then.first().map(|(_, sums)| sums), then.last().map(|(_, sums)| sums));
    for (seq, sums) in then {
        assert_eq!(figures(site.get(&format!("/ledger?posisi={seq}")).await.text()), sums, "after {seq}");
    }
    let kept = sum::Entity::find().all(site.house.databases.projections.read()).await.unwrap();
    let marks: std::collections::BTreeSet<i64> = kept.iter().map(|row| row.seq).collect();
    assert!(marks.len() > 1, "{marks:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_sees_balance_rights_and_last_uses_in_plain_words() {
    let site = Box::pin(busy()).await;
    let siti = site.house.city.holder("Siti");
    let page = site.get(&format!("/phone/{siti}")).await;
    assert!(page.html.contains("class=\"warga\""), "large type");
    insta::assert_snapshot!("phone", page.text());
    insta::assert_snapshot!("phone_english", site.get(&format!("/phone/{siti}?bahasa=en")).await.text());
    let all = site.get(&format!("/phone/{siti}/uses")).await;
    assert!(all.text().contains("Halte Satu"), "{}", all.text());
    assert!(!page.html.contains("free_bus") && !page.html.contains("medium_"), "no codes for residents");
    let ani = site.get(&format!("/phone/{}", site.house.city.holder("Ani"))).await.text();
    assert!(ani.contains("Kartu Anda diblokir") && !ani.contains("Blokir kartu saya"), "{ani}");
    assert_eq!(site.get("/phone/P-ZZZZ-9999").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_and_a_visit_are_one_use_each_on_the_phone() {
    let site = Site::over(crate::passages::city()).await;
    let siti = site.house.city.holder("siti");
    let record = async |place: &str, part: &str| {
        let (id, medium) = (site.house.id(), site.house.city.medium("siti"));
        let form = format!("id={id}&media={medium}&tempat={place}&arah={part}");
        let answer = site.post("same-origin", form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
        site.house.clock.advance(Timestamp::MINUTE);
    };
    for (place, part) in [("metro_1", "in"), ("metro_2", "out"), ("zoo_1", "in"), ("zoo_1", "out")] {
        record(place, part).await;
    }
    site.house.caught_up().await;
    let uses = |page: Page| page.html.matches("<li><div><h3>").count();
    let page = site.get(&format!("/phone/{siti}/uses")).await;
    let text = page.text();
    assert!(text.contains("metro_1 ke metro_2") && text.contains("Rp7.000"), "{text}");
    assert!(text.contains("zoo_1") && text.contains("Rp4.000"), "{text}");
    assert_eq!(uses(page), 3, "a journey, a visit, and the money that came in: {text}");
    record("metro_1", "in").await;
    site.house.caught_up().await;
    let inside = site.get(&format!("/phone/{siti}")).await;
    assert!(inside.text().contains("Masuk; harga menyusul"), "{}", inside.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_card_is_blocked_once_it_has_been_asked_again() {
    let site = Site::over(city()).await;
    let (siti, medium) = (site.house.city.holder("Siti"), site.house.city.medium("Siti"));
    let asked = site.get(&format!("/phone/{siti}/block")).await;
    assert!(asked.text().contains("Blokir media ini?"), "{}", asked.text());
    let before = site.get(&format!("/tap?orang={siti}&tempat=stop_1")).await;
    assert!(before.gate().contains("GRATIS"), "asking blocks nothing");
    let id = site.house.id();
    let (path, form) = (format!("/phone/{siti}/block"), format!("id={id}&media={medium}&sebab=lost"));
    let foreign = site.post_to(&path, "cross-site", form.clone()).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    for _ in 0..2 {
        let answer = site.post_to(&path, "same-origin", form.clone()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
        let back = site.get(answer.headers["location"].to_str().unwrap()).await.text();
        assert!(back.contains("sudah diblokir") && back.contains("Kartu Anda diblokir"), "{back}");
    }
    let after = site.get(&format!("/tap?orang={siti}&tempat=stop_1")).await;
    assert!(after.gate().contains("DITOLAK"), "{}", after.gate());
    let staff = site.get(&format!("/holders/{siti}?diblokir={medium}")).await.text();
    assert!(staff.contains("sudah diblokir."), "{staff}");
    let budi = site.house.city.medium("Budi");
    let other = format!("id={}&media={budi}&sebab=lost", site.house.id());
    assert_eq!(site.post_to(&path, "same-origin", other).await.status, StatusCode::NOT_FOUND, "not Siti's");
    let wrong = format!("id={}&media={medium}&sebab=angry", site.house.id());
    assert_eq!(site.post_to(&path, "same-origin", wrong).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_page_draws_the_day_of_one_mode() {
    let site = Box::pin(busy()).await;
    let all = site.get("/").await;
    let modes = links(&all, "/?moda=");
    assert_eq!(modes.len(), 2, "bus and train: {modes:?}");
    let one = site.get(&modes[1]).await;
    assert!(one.text().contains("Kereta Kota Semua moda"), "{}", one.text());
    site.house.clock.advance(Timestamp::HOUR);
    let scale = |page: Page| {
        page.text().lines().find(|line| line.contains("tap per jam")).unwrap_or_default().to_owned()
    };
    // Four taps in the hour, one of them on the train.
    assert_ne!(scale(site.get(&modes[1]).await), scale(site.get("/").await));
    assert!(one.text().contains("Semua moda") && !all.text().contains("Semua moda"));
    assert!(all.text().contains("Klaim operator"), "{}", all.text());
    assert_eq!(site.get("/?moda=ferry").await.status, StatusCode::OK, "a service nobody used today");
    let unknown = site.get("/?moda=nix").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert!(unknown.html.contains("choice_unknown") && !unknown.html.contains("Klaim operator"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_leads_to_pages_that_exist() {
    let site = Box::pin(busy()).await;
    let tour = site.get("/tour").await;
    // Places, mobility and programmes are pages of another slice.
    let elsewhere = ["/places", "/mobility", "/programmes"];
    let hrefs: Vec<String> = links(&tour, "/").into_iter().filter(|href| href.contains("bahasa=")).collect();
    let own: Vec<&String> =
        hrefs.iter().filter(|href| !elsewhere.iter().any(|other| href.starts_with(other))).collect();
    assert!(own.len() >= 8, "{own:?}");
    for href in own {
        assert_eq!(site.get(href).await.status, StatusCode::OK, "{href}");
    }
    let empty = Site::over(fixtures::City::founded(Vec::new())).await;
    assert_eq!(empty.get("/tour").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_city_has_an_empty_ledger_and_nothing_to_explain() {
    let site = Site::over(fixtures::City::founded(Vec::new())).await;
    assert!(site.get("/ledger").await.text().contains("Belum ada akun yang bergerak."));
    assert!(site.get("/explain").await.text().contains("Belum ada keputusan."));
}
