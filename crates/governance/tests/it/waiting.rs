//! What waits for whom on the page home, and what leads from there.

use axum::http::StatusCode;
use base::{Clock, Code, Timestamp};
use governance::service::{Column, NewGrant};
use platform::access::Role;

use crate::desk::{Desk, permit, settings};

/// A grant to the agency `disdik` whose last day is so many days from now.
async fn granted(desk: &Desk, document: &str, days: i32) -> uuid::Uuid {
    let today = desk.clock.now().jakarta_date();
    let new = NewGrant {
        role: Role::Agency,
        agency: Some(Code::parse("disdik").unwrap()),
        columns: vec![Column::Card],
        purpose: "Pendataan".into(),
        document: document.into(),
        from: today,
        to: today.plus_days(days),
    };
    desk.governance.issue_grant(&permit(), new).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_asks_again_for_its_grant_that_ends_and_diskominfotik_decides() {
    let desk = Desk::open().await;
    let own = desk.another("sri", Role::Agency, Some("disdik")).await;
    let days = settings().grant_ending_days;
    granted(&desk, "LATER/1", days).await;
    let home = desk.get("/home?bahasa=en", Some(&own)).await.html;
    assert!(home.contains("Nothing waits for you.") && home.contains("Begin with one of"), "{home}");
    let id = granted(&desk, "SOON/1", days - 1).await;
    let home = desk.get("/home", Some(&own)).await.html;
    assert!(!home.contains("SOON/1"), "another grant goes on where it ends: {home}");
    desk.clock.advance(2 * Timestamp::DAY);
    let own = desk.another("sri2", Role::Agency, Some("disdik")).await;
    let other_now = desk.another("joko2", Role::Agency, Some("dinsos")).await;
    let home = desk.get("/home?bahasa=en", Some(&own)).await.html;
    assert!(home.contains("LATER/1") && home.contains("Ask for it again"), "{home}");
    assert!(!home.contains("governance-"), "a text is missing: {home}");
    assert!(!desk.get("/home", Some(&other_now)).await.html.contains("LATER/1"));
    for (path, who) in [(format!("/grants/{id}"), &other_now), ("/grants/1".into(), &own)] {
        assert_eq!(desk.get(&path, Some(who)).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let path = home.split("href=\"/grants/").nth(1).unwrap().split('?').next().unwrap();
    let again = format!("/grants/{path}/again");
    let page = desk.get(&format!("/grants/{path}?bahasa=en"), Some(&own)).await.html;
    assert!(page.contains("LATER/1") && page.contains(&again), "{page}");
    assert!(!page.contains("governance-"), "a text is missing: {page}");
    let bare = desk.post(&again, Some(&own), "dokumen=+").await;
    assert_eq!(bare.status, StatusCode::BAD_REQUEST);
    let theirs = desk.post(&again, Some(&other_now), "dokumen=X/9").await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND, "nobody asks for another office");
    let asked = desk.post(&again, Some(&own), "dokumen=BARU/9").await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.html);
    let request = asked.location().split('?').next().unwrap().to_owned();
    let home = desk.get("/home", Some(&own)).await.html;
    assert!(!home.contains("LATER/1") && home.contains("BARU/9"), "asked for, it waits no more: {home}");
    let own_word = desk.post(&request, Some(&own), "putusan=approved").await;
    assert_eq!(own_word.status, StatusCode::FORBIDDEN, "whoever asks does not decide");
    let officer = desk.another("maya", Role::DataAuthority, None).await;
    assert!(desk.get("/home", Some(&officer)).await.html.contains("BARU/9"));
    assert_eq!(desk.post(&request, Some(&officer), "putusan=approved").await.status, StatusCode::OK);
    let grants = desk.governance.grants(&permit()).await.unwrap();
    let new = grants.iter().find(|grant| grant.given.document == "BARU/9").unwrap();
    let before = grants.iter().find(|grant| grant.given.document == "LATER/1").unwrap();
    assert_eq!(new.given.from, before.given.to.plus_days(1));
    assert_eq!((&new.given.columns, new.given.agency), (&before.given.columns, before.given.agency));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_ends_waits_for_whoever_wrote_it() {
    let desk = Desk::open().await;
    let head = desk.another("sri", Role::Agency, Some("disdik")).await;
    desk.another("tini", Role::Agency, Some("disdik")).await;
    let page = desk.get("/delegates", Some(&head)).await.html;
    let tini = page.split("\">TINI<").next().unwrap().rsplit("value=\"").next().unwrap().to_owned();
    let today = desk.clock.now().jakarta_date();
    let days = settings().letter_ending_days;
    let letter = |number: &str, to: i32| {
        format!("wakil={tini}&dokumen={number}&dari={today}&sampai={}", today.plus_days(to))
    };
    desk.post("/delegates", Some(&head), &letter("ND-1", days)).await;
    assert!(!desk.get("/home", Some(&head)).await.html.contains("ND-1"), "not yet");
    desk.post("/delegates", Some(&head), &letter("ND-2", days - 1)).await;
    assert!(!desk.get("/home", Some(&head)).await.html.contains("ND-2"), "ND-1 goes on");
    let page = desk.get("/delegates", Some(&head)).await.html;
    let longer = page.split("<tr>").find(|row| row.contains("ND-1")).unwrap();
    let id = longer.split("action=\"/delegates/").nth(1).unwrap().split('?').next().unwrap();
    desk.post(&format!("/delegates/{id}"), Some(&head), "").await;
    let home = desk.get("/home?bahasa=en", Some(&head)).await.html;
    assert!(home.contains("TINI stands in for you until") && home.contains("ND-2"), "{home}");
    assert!(home.contains("href=\"/delegates"), "{home}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_that_nobody_took_out_waits_for_the_inspectorate() {
    let desk = Desk::open().await;
    let days = i64::from(settings().audit_review_days);
    let inspector = desk.another("dewi", Role::Inspector, None).await;
    assert!(desk.get("/home", Some(&inspector)).await.html.contains("Tidak ada yang menunggu Anda."));
    desk.clock.advance(days * Timestamp::DAY);
    let inspector = desk.another("dewi2", Role::Inspector, None).await;
    let home = desk.get("/home?bahasa=en", Some(&inspector)).await.html;
    assert!(home.contains("The audit has never been taken out") && home.contains("href=\"/audit"), "{home}");
    let counter = desk.another("loket", Role::Counter, None).await;
    assert!(!desk.get("/home", Some(&counter)).await.html.contains("/audit"), "not for others");
    assert_eq!(desk.get("/audit.csv", Some(&inspector)).await.status, StatusCode::OK);
    assert!(desk.get("/home", Some(&inspector)).await.html.contains("Tidak ada yang menunggu Anda."));
    desk.clock.advance(days * Timestamp::DAY);
    let inspector = desk.another("dewi3", Role::Inspector, None).await;
    let home = desk.get("/home?bahasa=en", Some(&inspector)).await.html;
    assert!(home.contains("The audit was last taken out on"), "{home}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_read_goes_by_the_citys_clock_and_codes_by_the_machines() {
    let offset = -3 * Timestamp::DAY - 2 * Timestamp::HOUR;
    let desk = Desk::ahead(offset).await;
    let maker = desk.another("hendra", Role::DataAuthority, None).await;
    let inspector = desk.another("dewi", Role::Inspector, None).await;
    let today = desk.clock.now().jakarta_date();
    let form = format!("peran=operator&kolom=card&tujuan=Media&dokumen=9/IZIN&dari={today}&sampai={today}");
    let asked = desk.post("/grants", Some(&maker), &form).await;
    let request = asked.location().to_owned();
    // The audit's time is the city's; the request on its page, and in the list of those who asked, says the same.
    let audit = desk.get("/audit?tentang=role/operator&bahasa=id", Some(&inspector)).await.html;
    let at = audit.split("<th scope=\"row\">").nth(1).unwrap().split('<').next().unwrap();
    for path in [request.as_str(), "/home"] {
        let page = desk.get(path, Some(&maker)).await.html;
        assert!(page.contains(at), "{path} says {at}: {page}");
    }
    let checker = desk.another("maya", Role::DataAuthority, None).await;
    let decided = desk.post(&request, Some(&checker), "putusan=approved").await.html;
    assert!(decided.contains(&format!("Disetujui MAYA, {at}")), "{at}: {decided}");
    // The grant is of the city's day.
    let operator = desk.sign_in(None).await;
    assert_eq!(desk.may(&operator).await, "view_holder");
    // A pause is told by the city's clock too, and ends by it.
    for _ in 0..settings().failures {
        desk.post("/sign-in", None, &desk.form_of("ratna", "salah", "000000")).await;
    }
    let until = desk.clock.now().plus(settings().pause);
    let users = desk.get("/users", Some(&maker)).await.html;
    let minutes = until.jakarta_time().0 / Timestamp::MINUTE;
    let time = format!("{:02}.{:02}", minutes / 60, minutes % 60);
    assert!(users.contains("Dijeda sampai") && users.contains(&time), "{time}: {users}");
    desk.clock.advance(settings().pause);
    assert_eq!(desk.post("/sign-in", None, &desk.form()).await.status, StatusCode::SEE_OTHER);
}
