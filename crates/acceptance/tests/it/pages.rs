//! The portal's pages as a browser asks for them.

use axum::http::StatusCode;
use base::Timestamp;
use fixtures::City;

use crate::site::{Site, busy, city};

#[tokio::test(flavor = "multi_thread")]
async fn the_live_page_answers_first_and_shows_its_books() {
    let site = Box::pin(busy()).await;
    let page = site.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("<html lang=\"id\">"));
    insta::assert_snapshot!("live", page.text());
    let english = site.get("/?bahasa=en").await;
    assert!(english.html.contains("<html lang=\"en\">"));
    insta::assert_snapshot!("live_english", english.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_page_refreshes_itself_until_it_is_told_to_stand_still() {
    let site = Site::over(city()).await;
    assert!(site.get("/").await.html.contains("hx-trigger=\"every 5s\""));
    let paused = site.get("/?diam=ya").await;
    assert!(!paused.html.contains("hx-"));
    assert!(paused.text().contains("Lanjutkan pembaruan"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_city_says_what_is_missing_on_every_page() {
    let site = Site::over(City::founded(Vec::new())).await;
    assert!(site.get("/").await.text().starts_with("Senin, 23 November 2026, 08.00 WIB."));
    assert!(site.get("/").await.text().contains("Belum ada tap hari ini."));
    assert!(site.get("/tap").await.text().contains("Belum ada orang untuk diuji."));
    assert!(site.get("/holders").await.text().contains("Belum ada pemegang."));
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_that_stand_still_are_called_old_and_stay_on_the_page() {
    let mut site = Box::pin(busy()).await;
    site.house.stop_engine().await;
    site.house.clock.advance(Timestamp::MINUTE);
    let text = site.get("/").await.text();
    assert!(text.contains("Angka di halaman ini berhenti pada 08.00.00 WIB."), "{text}");
    assert!(text.contains("Jurnal tidak menulis sejak 08.00.00 WIB."), "{text}");
    assert!(text.contains("Semua tempat 4"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tap_desk_comes_prefilled_and_says_at_once_what_the_gate_says() {
    let site = Site::over(city()).await;
    let page = site.get("/tap").await;
    assert!(page.gate().starts_with("free\">") && page.gate().contains("GRATIS"), "{}", page.gate());
    assert!(!page.gate().contains("Bus gratis"), "the gate never shows the right");
    insta::assert_snapshot!("desk_free", page.text());
    insta::assert_snapshot!("desk_free_english", site.get("/tap?bahasa=en").await.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tap_desk_refuses_a_blocked_card_in_three_parts() {
    let site = Site::over(city()).await;
    let ani = site.house.city.holder("Ani");
    let page = site.get(&format!("/tap?orang={ani}&tempat=stop_2")).await;
    assert!(page.gate().contains("DITOLAK") && page.gate().contains("Silakan ke loket"), "{}", page.gate());
    let text = page.text();
    assert!(text.contains("Media diblokir. Pemegang atau petugas telah memblokir media ini."), "{text}");
    assert!(text.contains("Tidak ada transfer, karena gerbang tetap tertutup."), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tap_desk_says_how_much_is_missing() {
    let site = Site::over(city()).await;
    let joko = site.house.city.medium("Joko");
    let page = site.get(&format!("/tap?orang={:06}&tempat=stop_1&bahasa=en", joko.0)).await;
    assert!(page.gate().contains("Rp3.500 missing"), "{}", page.gate());
    assert!(page.text().contains("The purse holds Rp0, the price is Rp3.500."));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tap_desk_names_what_it_does_not_know_of_another_time() {
    let site = Site::over(city()).await;
    let past = site.get("/tap?tgl=22+November+2026&jam=06.15").await.text();
    assert!(past.contains("Waktu ini sudah lewat."), "{past}");
    let future = site.get("/tap?tgl=2027-01-02&jam=06:15").await.text();
    assert!(
        future.contains("Waktu ini belum datang.") && future.contains("Berlaku sampai 31 Desember 2026"),
        "{future}"
    );
    let wrong = site.get("/tap?tgl=kemarin&jam=25.00").await.text();
    assert!(wrong.contains("Tulis tanggal seperti 24 November 2026."), "{wrong}");
    assert!(wrong.contains("Waktunya belum terbaca."), "{wrong}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_nobody_knows_is_refused_in_the_form() {
    let site = Site::over(city()).await;
    let page = site.get("/tap?orang=Siti").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("aria-invalid=\"true\"") && page.text().contains("Pemegang tidak dikenal."));
    assert!(page.text().contains("Belum ada orang untuk diuji."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tap_recorded_at_the_desk_stands_in_the_holders_history_once() {
    let site = Site::over(city()).await;
    let (id, medium) = (site.house.id(), site.house.city.medium("Siti"));
    let form = format!("id={id}&media={medium}&tempat=stop_1");
    let mut addresses = Vec::new();
    for _ in 0..2 {
        let answer = site.post("same-origin", form.clone()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
        addresses.push(answer.headers["location"].to_str().unwrap().to_owned());
    }
    assert_eq!(addresses[0], addresses[1], "the second was answered as the first");
    let text = site.get(&addresses[0]).await.text();
    assert!(text.contains("Tap dicatat pada posisi jurnal"), "{text}");
    assert_eq!(text.matches("Halte Satu").count(), 1, "{text}");
    let other = format!("id={id}&media={medium}&tempat=stop_2");
    assert_eq!(site.post("same-origin", other).await.status, StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_records_nothing() {
    let site = Site::over(city()).await;
    let (id, medium) = (site.house.id(), site.house.city.medium("Siti"));
    let answer = site.post("cross-site", format!("id={id}&media={medium}&tempat=stop_1")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let malformed = site.post("same-origin", "id=1".into()).await;
    assert_eq!(malformed.status, StatusCode::BAD_REQUEST);
    site.house.caught_up().await;
    assert!(site.get("/").await.text().contains("Belum ada tap hari ini."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holders_page_tells_who_with_what_and_why() {
    let site = Box::pin(busy()).await;
    insta::assert_snapshot!("holder", site.get(&site.address("Siti")).await.text());
    insta::assert_snapshot!(
        "holder_english",
        site.get(&format!("{}?bahasa=en", site.address("Siti"))).await.text()
    );
    insta::assert_snapshot!("holder_blocked", site.get(&site.address("Ani")).await.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_holder_is_a_page_that_says_what_to_do() {
    let site = Site::over(city()).await;
    for path in ["/holders/P-ZZZZ-9999", "/holders/siti"] {
        let page = site.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.text().contains("Pemegang tidak dikenal"), "{}", page.text());
        assert!(page.html.contains("class=\"frame\""), "in the look of every page");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_odd_fields_is_still_a_page() {
    let site = Site::over(city()).await;
    let odd = [
        "/?diam=ya&diam=",
        "/holders?setelah=abc&cari=&cari=",
        "/tap?orang=&orang=1&tgl=%FF&x=y",
        "/holders?setelah=-9",
    ];
    for path in odd {
        assert_eq!(site.get(path).await.status, StatusCode::OK, "{path}");
    }
    let position = site.get(&format!("{}?posisi=x", site.address("Siti"))).await;
    assert_eq!(position.status, StatusCode::BAD_REQUEST);
    assert!(position.html.contains("class=\"frame\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn holders_are_listed_and_found_by_number_or_card() {
    let site = Site::over(city()).await;
    let page = site.get("/holders").await;
    insta::assert_snapshot!("holders", page.text());
    assert!(page.html.contains(&format!("href=\"{}\"", site.address("Siti"))));
    let budi = site.house.city.holder("Budi");
    for sought in [budi.to_string(), budi.to_string().to_lowercase(), "000001".into(), "1".into()] {
        let found = site.get(&format!("/holders?cari={sought}")).await;
        assert_eq!(found.status, StatusCode::SEE_OTHER, "{sought}");
        assert!(found.headers["location"].to_str().unwrap().starts_with(&site.address("Budi")));
    }
    let nobody = site.get("/holders?cari=000999").await;
    assert_eq!(nobody.status, StatusCode::OK);
    assert!(nobody.text().contains("Media tidak dikenal."), "{}", nobody.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holders_page_tells_wallets_and_what_was_bought() {
    let site = Site::over(crate::goods::city()).await;
    let bought = crate::goods::buy(
        &site.house,
        "siti",
        "shop_a",
        "wallet.pupil_aid",
        &[("book", 45_000), ("pencil", 5_000)],
    );
    let number = bought.await.1["purchase"].clone();
    let line = serde_json::json!({"lines": [{"line": 0, "amount": 15_000}]});
    crate::goods::about_purchase(&site.house, &number, "refunds", line).await;
    site.house.caught_up().await;
    let text = site.get(&site.address("siti")).await.text();
    for said in [
        "Untuk: book, pencil. Di: bookshop. Tunai bulan ini masih Rp100.000 dari Rp100.000.",
        "Untuk semua barang di semua pedagang. Tidak dapat ditarik tunai.",
        "1 book Rp45.000 (kembali Rp15.000), 1 pencil Rp5.000.",
        "Barang dikembalikan; Rp15.000 kembali ke pupil_aid.",
        "Bantuan Rp300.000 masuk ke pupil_aid.",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let english = site.get(&format!("{}?bahasa=en", site.address("siti"))).await.text();
    assert!(english.contains("Cash left this month: Rp100.000 of Rp100.000."), "{english}");
    let ended = site.get(&site.address("budi")).await.text();
    assert!(ended.contains("Sudah ditutup; sisanya kembali ke program."), "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_asks_for_a_party_and_says_why_a_place_is_closed() {
    let site = Site::over(crate::passages::city()).await;
    let desk = site.get("/tap?tempat=zoo_1&arah=in&jml_adult=2").await;
    assert!(desk.html.contains("name=\"jml_adult\" value=\"2\""), "{}", desk.html);
    for wrong in ["dua", "-1", "70000", "1,5"] {
        let desk = site.get(&format!("/tap?tempat=zoo_1&arah=in&jml_adult={wrong}")).await;
        assert!(desk.html.contains(&format!("value=\"{wrong}\" inputmode=\"numeric\"")), "{}", desk.html);
        let text = desk.text();
        assert!(text.contains("Tulis jumlah orang dengan angka, dari 0 sampai 5."), "{text}");
        assert!(text.contains("Jumlah orang belum terbaca."), "{text}");
        let (id, medium) = (site.house.id(), site.house.city.medium("siti"));
        let form = format!("id={id}&media={medium}&tempat=zoo_1&arah=in&jml_adult={wrong}");
        assert_eq!(site.post("same-origin", form).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let text = desk.text();
    for said in ["Rp8.000", "Harga menurut kategori orang.", "Untuk 2 orang."] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let closed = site.get("/tap?tempat=zoo_night").await.text();
    assert!(closed.contains("Tempat sedang tutup") && closed.contains("Datang pada jam buka"), "{closed}");
    let begun = site.get("/tap?tempat=metro_1").await.text();
    assert!(begun.contains("MASUK") && begun.contains("Tap akan dicatat tanpa transfer"), "{begun}");
}
