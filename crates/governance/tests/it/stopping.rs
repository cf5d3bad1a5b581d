//! Stopping something is asked for twice: what opens says what ends. And finding what is to be stopped.

use std::sync::Arc;

use axum::http::StatusCode;
use base::{Clock, DeviceNumber};
use platform::access::{Action, Actor, Policies, Resource, Role, authorize};
use platform::devices::{Devices, NewDevice};

use crate::desk::{Desk, permit};

/// What stands between a button and the `<details>` it lies in; nothing where it lies in none.
fn before<'h>(html: &'h str, button: &str) -> &'h str {
    let (before, _) = html.split_once(button).unwrap_or_else(|| panic!("no {button}: {html}"));
    let opened = before.rsplit("<details").next().unwrap();
    if before.contains("<details") && !opened.contains("</details>") { opened } else { "" }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stops_something_opens_what_says_what_ends() {
    let desk = Desk::open().await;
    let operator = desk.sign_in(None).await;
    let officer = desk.another("hendra", Role::DataAuthority, None).await;
    let manages =
        authorize(&Policies::embedded().unwrap(), &Actor::system(), Action::ManageClients, &Resource::City);
    desk.clients.add(&manages.unwrap(), "Bank <Uji>", Role::Bank, None).await.unwrap();
    let today = desk.clock.now().jakarta_date();
    let grant = governance::service::NewGrant {
        role: Role::Operator,
        agency: None,
        columns: vec![governance::service::Column::Card],
        purpose: "Media".into(),
        document: "9/IZIN".into(),
        from: today,
        to: today,
    };
    desk.governance.issue_grant(&permit(), grant).await.unwrap();
    for (path, who, button, says) in [
        ("/users", &officer, "value=\"disable\"", ["dapat masuk lagi", "tidak dapat dibatalkan"]),
        (
            "/callers",
            &operator,
            "value=\"disable\"",
            ["semua alat yang dijalankannya", "tidak dapat dibatalkan"],
        ),
        ("/grants", &officer, "Simpan perubahan 9/IZIN", ["sampai dua petugas", "mengajukan izin baru"]),
    ] {
        let page = desk.get(path, Some(who)).await.html;
        let opened = before(&page, button);
        for says in says {
            assert!(opened.contains(says), "{path} says {says} before its button: {page}");
        }
        assert!(opened.contains("<summary>"), "{path}");
        let english = desk.get(&format!("{path}?bahasa=en"), Some(who)).await.html;
        assert!(!english.contains("governance-"), "a text is missing: {english}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_and_terminals_are_listed_page_by_page_and_found_by_number_name_and_place() {
    let desk = Desk::open().await;
    let operator = desk.sign_in(None).await;
    let manages =
        authorize(&Policies::embedded().unwrap(), &Actor::system(), Action::ManageClients, &Resource::City)
            .unwrap();
    let (bank, _) = desk.clients.add(&manages, "Bank 100% Uji", Role::Bank, None).await.unwrap();
    let (gates, _) = desk.clients.add(&manages, "Gerbang Uji", Role::TerminalOperator, None).await.unwrap();
    let clock: Arc<dyn Clock> = Arc::<base::ManualClock>::clone(&desk.clock);
    let devices = Devices::new(desk.databases.office.clone(), clock);
    let key = |number: u8| ed25519_dalek::SigningKey::from_bytes(&[number; 32]).verifying_key().to_bytes();
    for number in 1..=60 {
        let place = (number == 60).then(|| base::Code::parse("ragunan").unwrap());
        let new = NewDevice {
            number: DeviceNumber(900_000 + u32::from(number)),
            client: gates.principal,
            public_key: &key(number),
            place,
        };
        devices.add(&manages, &[new]).await.unwrap();
    }
    let rows = async |path: &str| {
        let page = desk.get(path, Some(&operator)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        // A row has two forms: its limit, and its end.
        (page.html.matches("action=\"/callers/devices/").count() / 2, page.html)
    };
    let (shown, page) = rows("/callers").await;
    assert_eq!(shown, 50);
    assert!(page.contains("2 aplikasi dan 60 alat aktif."), "{page}");
    let next = page.split("href=\"/callers?setelah_alat=").nth(1).unwrap().split('"').next().unwrap();
    let next = format!("/callers?setelah_alat={}", next.replace("&amp;", "&").replace("&#38;", "&"));
    let (rest, page) = rows(&next).await;
    assert_eq!((rest, page.contains("900060"), page.contains("900050<")), (10, true, false));
    assert!(page.contains("Ke awal daftar") && page.contains("Gerbang Uji"), "{page}");
    for (sought, count) in
        [("900007", 1), ("RAGUNAN", 1), ("gerbang", 50), ("100%25", 0), ("_", 0), ("ada", 0)]
    {
        let (found, page) = rows(&format!("/callers?cari={sought}")).await;
        assert_eq!(found, count, "{sought}: {page}");
        let is_bank = page.contains(&format!("action=\"/callers/clients/{}", bank.principal));
        assert_eq!(is_bank, sought == "100%25", "{sought}: {page}");
    }
    let (_, page) = rows("/callers?cari=gerbang").await;
    assert!(
        page.contains("cari=gerbang&") && page.contains("setelah_alat=900050"),
        "the search goes on: {page}"
    );
    for (path, form) in [
        ("/callers/devices/900060", "perubahan=limit&batas=5"),
        ("/callers/devices/900060", "perubahan=disable"),
    ] {
        assert_eq!(desk.post(path, Some(&operator), form).await.status, StatusCode::SEE_OTHER, "{form}");
    }
    let again = desk.post("/callers/devices/900061", Some(&operator), "perubahan=disable").await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert!(rows("/callers").await.1.contains("2 aplikasi dan 59 alat aktif."));
}
