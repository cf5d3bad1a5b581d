//! Leave to see persons: who gives it, to whom, from when to when.

use std::sync::Arc;

use axum::http::StatusCode;
use base::{CivilDate, Clock, Code, Timestamp};
use governance::service::{Column, GovernanceError, GrantChange, GrantState, NewGrant};
use platform::access::{Action, Actor, Leave, Policies, Resource, Role, authorize};

use crate::desk::{Desk, permit};

fn date(text: &str) -> CivilDate {
    CivilDate::parse(text).unwrap()
}

fn policies() -> Policies {
    Policies::embedded().unwrap()
}

fn grant(role: Role, columns: &[Column], from: &str, to: &str) -> NewGrant {
    NewGrant {
        role,
        agency: None,
        columns: columns.to_vec(),
        purpose: "Pengelolaan media".into(),
        document: "1/IZIN/2026".into(),
        from: date(from),
        to: date(to),
    }
}

/// A session that is used often enough to last.
async fn at(desk: &Desk, moment: Timestamp) -> String {
    desk.clock.set(moment);
    desk.sign_in(None).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_for_november_works_on_its_last_minute_and_not_a_minute_later() {
    let desk = Desk::open().await;
    let both = Column::ALL;
    let new = grant(Role::Operator, &both, "2026-11-01", "2026-11-30");
    desk.governance.issue_grant(&permit(), new).await.unwrap();
    // A program of the operator, as the API recognises it.
    let clients = desk.clients.clone().granted_by(Arc::new(desk.governance.clone()));
    let manages = authorize(&policies(), &Actor::system(), Action::ManageClients, &Resource::City).unwrap();
    let (_, token) = clients.add(&manages, "Laporan", Role::Operator, None).await.unwrap();
    let api = async || {
        let program = clients.authenticate(&token).await.unwrap().unwrap();
        let holder = Resource::Holder(base::HolderNumber::new(1).unwrap());
        [holder, Resource::City].map(|what| policies().permits(&program, Action::ViewHolder, &what))
    };
    let first = date("2026-11-01").midnight();
    let session = at(&desk, first.plus(-10 * Timestamp::MINUTE)).await;
    assert_eq!(desk.may(&session).await, "", "on 31 October");
    desk.clock.set(first);
    assert_eq!(desk.may(&session).await, "view_holder view_individual", "from midnight in Jakarta");
    assert_eq!(api().await, [true, true], "one and a list");
    let end = date("2026-12-01").midnight();
    let session = at(&desk, end.plus(-10 * Timestamp::MINUTE)).await;
    desk.clock.set(end.plus(-1));
    assert_eq!(desk.may(&session).await, "view_holder view_individual", "at 23.59 on the 30th");
    assert_eq!(api().await, [true, true]);
    desk.clock.set(end);
    assert_eq!(desk.may(&session).await, "", "the same session on 1 December at 00.00");
    assert_eq!(api().await, [false, false], "nor a program that was let in a moment ago");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_grant_no_access_and_each_column_needs_its_own() {
    let desk = Desk::open().await;
    let session = desk.sign_in(None).await;
    assert_eq!(desk.may(&session).await, "");
    let today = desk.clock.now().jakarta_date().to_string();
    for (column, may) in [(Column::Card, "view_holder"), (Column::Identity, "view_holder view_individual")] {
        let new = grant(Role::Operator, &[column], &today, &today);
        desk.governance.issue_grant(&permit(), new).await.unwrap();
        assert_eq!(desk.may(&session).await, may);
    }
    let counter = desk.another("loket", Role::Counter, None).await;
    assert_eq!(desk.may(&counter).await, "", "another role's grant is not theirs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_of_one_agency_is_for_its_users_alone() {
    let desk = Desk::open().await;
    let today = desk.clock.now().jakarta_date().to_string();
    let agency = Some(Code::parse("disdik").unwrap());
    let new = NewGrant { agency, ..grant(Role::Agency, &[Column::Card], &today, &today) };
    desk.governance.issue_grant(&permit(), new).await.unwrap();
    let own = desk.another("sri", Role::Agency, Some("disdik")).await;
    let other = desk.another("joko", Role::Agency, Some("dinsos")).await;
    let none = desk.another("umum", Role::Agency, None).await;
    assert_eq!(desk.may(&own).await, "view_holder");
    assert_eq!((desk.may(&other).await, desk.may(&none).await), (String::new(), String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_rests_works_again_and_is_over_for_good() {
    let desk = Desk::open().await;
    let session = desk.sign_in(None).await;
    let today = desk.clock.now().jakarta_date().to_string();
    let new = grant(Role::Operator, &[Column::Card], &today, &today);
    let id = desk.governance.issue_grant(&permit(), new).await.unwrap();
    let change = async |change, reason: &str| {
        desk.clock.advance(Timestamp::SECOND);
        desk.governance.change_grant(&permit(), id, change, reason).await
    };
    assert!(change(GrantChange::Suspended, " ").await.is_err(), "why is never left out");
    for (one, may) in
        [(GrantChange::Suspended, ""), (GrantChange::Resumed, "view_holder"), (GrantChange::Revoked, "")]
    {
        change(one, "pemeriksaan").await.unwrap();
        assert_eq!(desk.may(&session).await, may, "{one:?}");
    }
    let again = change(GrantChange::Resumed, "coba lagi").await;
    assert!(matches!(again, Err(GovernanceError::GrantRevoked)), "{again:?}");
    assert_eq!(desk.may(&session).await, "");
    let [listed] = &desk.governance.grants(&permit()).await.unwrap()[..] else { panic!("one grant") };
    assert_eq!((listed.state, listed.reason.as_deref()), (GrantState::Revoked, Some("pemeriksaan")));
}

#[tokio::test(flavor = "multi_thread")]
async fn diskominfotik_gives_itself_no_view_of_persons_and_incomplete_grants_are_none() {
    let desk = Desk::open().await;
    let day = "2026-11-20";
    let own = grant(Role::DataAuthority, &Column::ALL, day, day);
    assert!(matches!(desk.governance.issue_grant(&permit(), own).await, Err(GovernanceError::GrantToSelf)));
    let office = Code::parse("diskominfotik").unwrap();
    let aside = NewGrant { agency: Some(office), ..grant(Role::Agency, &Column::ALL, day, day) };
    assert!(matches!(desk.governance.issue_grant(&permit(), aside).await, Err(GovernanceError::GrantToSelf)));
    // Even a row that came into the table some other way opens nothing.
    let policies = platform::access::Policies::embedded().unwrap();
    let leave =
        [Action::ViewHolder, Action::ViewIndividual].map(|action| Leave { action, basis: "1".into() });
    let actor = Actor::staff("u", Role::DataAuthority).with_grants(leave);
    let holder = platform::access::Resource::Holder(base::HolderNumber::new(1).unwrap());
    assert!(!policies.permits(&actor, Action::ViewHolder, &holder));
    let leave = [Leave { action: Action::ViewHolder, basis: "1".into() }];
    let actor = Actor::staff("u", Role::Agency).of_agency(office).with_grants(leave);
    assert!(!policies.permits(&actor, Action::ViewHolder, &holder), "nor somebody of that office");
    let good = || grant(Role::Operator, &Column::ALL, day, day);
    let long = "x".repeat(201);
    for bad in [
        NewGrant { role: Role::Console, ..good() },
        NewGrant { columns: Vec::new(), ..good() },
        NewGrant { purpose: " ".into(), ..good() },
        NewGrant { document: String::new(), ..good() },
        NewGrant { document: long, ..good() },
        NewGrant { to: date("2026-11-19"), ..good() },
        NewGrant { agency: Some(Code::parse("no_such_office").unwrap()), ..good() },
    ] {
        let refused = desk.governance.issue_grant(&permit(), bad.clone()).await;
        assert!(matches!(refused, Err(GovernanceError::GrantInvalid { .. })), "{bad:?}: {refused:?}");
    }
    assert!(desk.governance.grants(&permit()).await.unwrap().is_empty(), "nothing half applied");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_diskominfotiks_alone() {
    let desk = Desk::open().await;
    let operator = desk.sign_in(None).await;
    let form = "peran=operator&kolom=card&tujuan=a&dokumen=b&dari=2026-11-01&sampai=2026-12-31";
    for cookie in [None, Some(operator.as_str())] {
        assert_eq!(desk.get("/grants", cookie).await.status, StatusCode::FORBIDDEN);
        assert_eq!(desk.post("/grants", cookie, form).await.status, StatusCode::FORBIDDEN);
    }
    let officer = desk.another("hendra", Role::DataAuthority, None).await;
    let empty = desk.get("/grants", Some(&officer)).await;
    assert!(empty.html.contains("Belum ada izin."), "{}", empty.html);
    let foreign = desk.post_from("cross-site", "/grants", Some(&officer), form).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let asked = desk.post("/grants", Some(&officer), form).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    let checker = desk.another("maya", Role::DataAuthority, None).await;
    let decided = desk.post(asked.location(), Some(&checker), "putusan=approved").await;
    assert_eq!(decided.status, StatusCode::OK, "{}", decided.html);
    assert_eq!(desk.may(&operator).await, "view_holder");
    let list = desk.get("/grants?bahasa=en", Some(&officer)).await.html;
    for said in ["1 in force today.", "asked for by HENDRA", "1 November 2026 to 31 December 2026"] {
        assert!(list.contains(said), "{said}: {list}");
    }
    assert!(!list.contains("governance-"), "a text is missing: {list}");
    let id = list.split("action=\"/grants/").nth(1).unwrap().split('?').next().unwrap().to_owned();
    let change = format!("/grants/{id}");
    let stop = "perubahan=suspended&alasan=%3Cscript%3Ealert(1)%3C/script%3E";
    assert_eq!(desk.post(&change, Some(&operator), stop).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        desk.post(&change, Some(&officer), "perubahan=suspended").await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        desk.post(&change, Some(&officer), "perubahan=x&alasan=y").await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(desk.post("/grants/x", Some(&officer), stop).await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.may(&operator).await, "view_holder", "none of these did anything");
    assert_eq!(desk.post(&change, Some(&officer), stop).await.status, StatusCode::SEE_OTHER);
    assert_eq!(desk.may(&operator).await, "");
    let list = desk.get("/grants", Some(&officer)).await.html;
    assert!(list.contains("Ditangguhkan") && !list.contains("<script>alert"), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_incomplete_comes_back_with_what_was_typed() {
    let desk = Desk::open().await;
    let officer = desk.another("hendra", Role::DataAuthority, None).await;
    let form = "peran=inspector&tujuan=Pemeriksaan&dokumen=7/2026&dari=2026-11-01&sampai=2026-12-31";
    let answer = desk.post("/grants", Some(&officer), form).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    for said in
        ["Izin belum lengkap", "value=\"Pemeriksaan\"", "value=\"7/2026\"", "value=\"inspector\" selected"]
    {
        assert!(answer.html.contains(said), "{said}: {}", answer.html);
    }
    let own = "peran=data_authority&kolom=card&tujuan=a&dokumen=b&dari=2026-11-01&sampai=2026-12-31";
    let refused = desk.post("/grants", Some(&officer), own).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.html.contains("Tidak untuk diri sendiri"), "{}", refused.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_older_than_the_list_is_long_is_asked_back() {
    let desk = Desk::open().await;
    let maker = desk.another("hendra", Role::DataAuthority, None).await;
    let new = grant(Role::Operator, &[Column::Card], "2026-11-01", "2026-12-31");
    let old = desk.governance.issue_grant(&permit(), new.clone()).await.unwrap();
    desk.governance.change_grant(&permit(), old, GrantChange::Suspended, "pemeriksaan").await.unwrap();
    for _ in 0..200 {
        desk.clock.advance(Timestamp::SECOND);
        desk.governance.issue_grant(&permit(), new.clone()).await.unwrap();
    }
    let listed = desk.governance.grants(&permit()).await.unwrap();
    assert!(listed.iter().all(|grant| grant.id != old), "{} are listed", listed.len());
    let asked = desk.post(&format!("/grants/{old}"), Some(&maker), "perubahan=resumed&alasan=selesai").await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.html);
    let newest = listed.first().unwrap().id;
    let works = desk.governance.ask_resume(&permit(), newest, "selesai").await;
    assert!(matches!(works, Err(GovernanceError::GrantInvalid { what: "state" })), "{works:?}");
    let none = desk.governance.ask_resume(&permit(), uuid::Uuid::nil(), "selesai").await;
    assert!(matches!(none, Err(GovernanceError::GrantUnknown)), "{none:?}");
}
