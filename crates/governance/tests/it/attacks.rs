//! What somebody would try who has no business here, each by its name.

use axum::http::StatusCode;
use base::Timestamp;
use platform::access::{Action, Actor, Policies, Resource, Role, authorize};
use platform::clients::Token;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::desk::{Answer, Desk, permit};

/// What the page says, without what changes from form to form.
fn said(answer: &Answer) -> String {
    let main = answer.html.split("<main").nth(1).unwrap_or_default();
    main.split("name=\"nama\" value=\"").next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn session_fixation_a_session_brought_along_is_never_the_one_signed_in() {
    let desk = Desk::open().await;
    let planted = format!("__Host-jakone={}", Token::generate().unwrap().reveal());
    let session = desk.sign_in(Some(&planted)).await;
    assert_ne!(session, planted);
    assert_eq!(desk.role(Some(&planted)).await, "console");
    let next = desk.sign_in(Some(&session)).await;
    assert_ne!(next, session);
    assert_eq!(desk.role(Some(&session)).await, "console", "the one before ends");
    assert_eq!(desk.role(Some(&next)).await, "operator");
}

#[tokio::test(flavor = "multi_thread")]
async fn cross_site_request_forgery_forms_of_other_sites_do_nothing() {
    let desk = Desk::open().await;
    for site in ["cross-site", "same-site", "none"] {
        let answer = desk.post_from(site, "/sign-in", None, &desk.form()).await;
        assert_eq!((answer.status, answer.cookie()), (StatusCode::FORBIDDEN, None), "{site}");
    }
    let session = desk.sign_in(None).await;
    let answer = desk.post_from("cross-site", "/sign-out", Some(&session), "").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(desk.role(Some(&session)).await, "operator", "nobody else signs us out");
    let officer = desk.another("hendra", Role::DataAuthority, None).await;
    let id = "00000000-0000-7000-8000-000000000000";
    for (path, form, who) in [
        ("/users", "masuk=x1&nama=X&peran=counter", &officer),
        ("/users/ratna", "perubahan=disable", &officer),
        (
            "/grants",
            "peran=operator&kolom=card&tujuan=a&dokumen=b&dari=2026-11-01&sampai=2026-12-31",
            &officer,
        ),
        (&format!("/grants/{id}"), "perubahan=revoked&alasan=a", &officer),
        ("/callers/clients", "nama=x&peran=bank", &session),
        ("/callers/clients/100", "perubahan=disable", &session),
        (&format!("/requests/{id}"), "putusan=approved", &officer),
        ("/delegates", "wakil=x&dokumen=ND&dari=2026-11-01&sampai=2026-12-31", &officer),
        (&format!("/delegates/{id}"), "", &officer),
        ("/recover", "nama=ratna&pemulihan=x&sandi=y&sandi2=y", &officer),
    ] {
        for site in ["cross-site", "same-site", "none"] {
            let answer = desk.post_from(site, path, Some(who), form).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} from {site}");
        }
    }
    let users = desk.governance.users(&permit()).await.unwrap();
    assert_eq!(users.len(), 2, "nobody was added or stopped");
    assert!(users.iter().all(|user| user.disabled_at.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn brute_force_five_failures_pause_the_user_also_for_the_right_password() {
    let desk = Desk::open().await;
    for _ in 0..5 {
        let wrong = desk.form_of("ratna", "guess", &desk.code());
        assert_eq!(desk.post("/sign-in", None, &wrong).await.status, StatusCode::FORBIDDEN);
    }
    for _ in 0..2 {
        assert_eq!(desk.post("/sign-in", None, &desk.form()).await.status, StatusCode::FORBIDDEN, "paused");
        desk.clock.advance(7 * Timestamp::MINUTE);
    }
    desk.clock.advance(Timestamp::MINUTE);
    desk.sign_in(None).await;
    for _ in 0..4 {
        desk.post("/sign-in", None, &desk.form_of("ratna", "guess", "000000")).await;
    }
    desk.sign_in(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_used_once_and_only_in_its_time() {
    let desk = Desk::open().await;
    let form = desk.form();
    assert_eq!(desk.post("/sign-in", None, &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        desk.post("/sign-in", None, &form).await.status,
        StatusCode::FORBIDDEN,
        "seen over a shoulder"
    );
    desk.clock.advance(5 * Timestamp::MINUTE);
    let late = desk.form();
    desk.clock.advance(2 * Timestamp::MINUTE);
    assert_eq!(desk.post("/sign-in", None, &late).await.status, StatusCode::FORBIDDEN, "two minutes old");
    for code in ["", "000000", "12345", "1234567", "abcdef"] {
        let form = desk.form_of("ratna", desk.secrets.password.reveal(), code);
        assert_eq!(desk.post("/sign-in", None, &form).await.status, StatusCode::FORBIDDEN, "{code}");
        desk.clock.advance(4 * Timestamp::MINUTE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn enumeration_of_users_a_stranger_hears_the_same_whoever_they_ask_for() {
    let desk = Desk::open().await;
    let unknown = desk.post("/sign-in", None, &desk.form_of("nobody", "guess", "123456")).await;
    let password = desk.post("/sign-in", None, &desk.form_of("ratna", "guess", &desk.code())).await;
    let code =
        desk.post("/sign-in", None, &desk.form_of("ratna", desk.secrets.password.reveal(), "000000")).await;
    for answer in [&unknown, &password, &code] {
        assert_eq!((answer.status, answer.cookie()), (StatusCode::FORBIDDEN, None));
        assert_eq!(said(answer), said(&unknown));
    }
    assert!(said(&unknown).contains("Belum bisa masuk"), "{}", said(&unknown));
}

#[tokio::test(flavor = "multi_thread")]
async fn enumeration_of_users_by_time_every_refusal_takes_as_long() {
    let desk = Desk::open().await;
    let long = "x".repeat(300);
    for (login, password) in [("nobody", "guess"), ("ratna", "guess"), ("ratna", &long), ("nobody", &long)] {
        let asked = std::time::Instant::now();
        desk.post("/sign-in", None, &desk.form_of(login, password, "123456")).await;
        let took = asked.elapsed();
        assert!(took >= std::time::Duration::from_millis(300), "{login}: {took:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn open_redirect_signing_in_leads_to_pages_of_ours_alone() {
    let desk = Desk::open().await;
    for other in ["https://evil.example", "//evil.example", "%2F%2Fevil.example", "/%5Cevil.example", "evil"]
    {
        let answer = desk.post("/sign-in", None, &format!("{}&kembali={other}", desk.form())).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{other}");
        assert_eq!(answer.location(), "/home?bahasa=id", "{other}");
        desk.clock.advance(Timestamp::MINUTE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn header_injection_a_line_break_ends_no_header() {
    let desk = Desk::open().await;
    let form = format!("{}&kembali=/a%0d%0aSet-Cookie:%20a=b", desk.form());
    let answer = desk.post("/sign-in", None, &form).await;
    assert_eq!(answer.location(), "/home?bahasa=id");
    assert!(answer.headers.get_all("set-cookie").iter().all(|line| !line.to_str().unwrap().contains("a=b")));
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_and_reflected_script_names_are_text() {
    let desk = Desk::open().await;
    let script = "%3Cscript%3Ealert(1)%3C/script%3E";
    let reflected =
        desk.post("/sign-in", None, &format!("nama={script}&sandi=x&kode=1&kembali={script}")).await;
    assert!(!reflected.html.contains("<script>alert"), "{}", reflected.html);
    let asked = desk.get(&format!("/sign-in?kembali={script}"), None).await;
    assert!(!asked.html.contains("<script>alert"));
    let session = desk.sign_in(None).await;
    let stored = desk.get("/sign-in", Some(&session)).await;
    assert!(!stored.html.contains("<b>Wibisana"), "{}", stored.html);
    assert!(stored.headers["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn mass_assignment_fields_that_are_not_asked_for_change_nothing() {
    let desk = Desk::open().await;
    let form = format!("{}&role=system&disabled_at=1&agency=dinsos&id=1", desk.form());
    let answer = desk.post("/sign-in", None, &form).await;
    let session = answer.cookie().unwrap();
    assert_eq!(desk.role(Some(&session)).await, "operator");
    desk.clock.advance(Timestamp::MINUTE);
    let maker = desk.another("hendra", Role::DataAuthority, None).await;
    let checker = desk.another("maya", Role::DataAuthority, None).await;
    let form = "peran=operator&kolom=card&tujuan=a&dokumen=b&dari=2026-11-01&sampai=2026-12-31\
                &columns=identity&state=in-force&issued_by=maya&id=1&putusan=approved";
    let asked = desk.post("/grants", Some(&maker), form).await;
    assert!(desk.governance.grants(&permit()).await.unwrap().is_empty(), "asking gives nothing");
    desk.post(asked.location(), Some(&checker), "putusan=approved&maker=x&step=9&kolom=identity").await;
    let [given] = &desk.governance.grants(&permit()).await.unwrap()[..] else { panic!("one grant") };
    assert_eq!(given.given.columns, [governance::service::Column::Card], "what was asked for and no more");
    let form = "masuk=wati&nama=Wati&peran=counter&password=x&disabled_at=1&role=data_authority";
    desk.post("/users", Some(&maker), form).await;
    assert!(desk.governance.users(&permit()).await.unwrap().iter().all(|user| user.login != "wati"));
}

#[tokio::test(flavor = "multi_thread")]
async fn insecure_direct_object_reference_sessions_cannot_be_counted_up_to() {
    let desk = Desk::open().await;
    let session = desk.sign_in(None).await;
    let (head, last) = session.split_at(session.len() - 1);
    for digit in "0123456789abcdef".chars().filter(|digit| !last.starts_with(*digit)) {
        assert_eq!(desk.role(Some(&format!("{head}{digit}"))).await, "console");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stolen_tables_hold_no_password_no_session_and_no_name_is_added_without_a_permit() {
    let desk = Desk::open().await;
    let session = desk.sign_in(None).await;
    let token = session.trim_start_matches("__Host-jakone=jakone_");
    let query = |sql: &str| Statement::from_string(DbBackend::Sqlite, sql.to_owned());
    let read = desk.databases.office.read();
    let users = read.query_one_raw(query("select password from governance_user")).await.unwrap().unwrap();
    let password: String = users.try_get("", "password").unwrap();
    assert!(password.starts_with("$argon2id$") && !password.contains(desk.secrets.password.reveal()));
    let sql = "select hex(token_hash) as hash from governance_session";
    let hash: String = read.query_one_raw(query(sql)).await.unwrap().unwrap().try_get("", "hash").unwrap();
    assert_ne!(hash.to_lowercase(), token, "the hash opens nothing");
    assert_eq!(desk.role(Some(&format!("__Host-jakone=jakone_{}", hash.to_lowercase()))).await, "console");
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_added_with_a_permit_and_complete_data_only() {
    let desk = Desk::open().await;
    let new = |login: &str, role: Role| governance::service::NewUser {
        login: login.into(),
        name: "Siti".into(),
        role,
        agency: None,
    };
    for (login, role) in [("x", Role::Operator), ("Siti", Role::Operator), ("siti lagi", Role::Operator)] {
        assert!(
            desk.governance.add_user(&permit(), new(login, role), &desk.secrets).await.is_err(),
            "{login}"
        );
    }
    for role in [Role::System, Role::Console, Role::Bank, Role::Resident] {
        assert!(
            desk.governance.add_user(&permit(), new("siti", role), &desk.secrets).await.is_err(),
            "{role:?}"
        );
    }
    assert!(desk.governance.add_user(&permit(), new("ratna", Role::Operator), &desk.secrets).await.is_err());
    let policies = Policies::embedded().unwrap();
    let other = authorize(&policies, &Actor::system(), Action::Tap, &Resource::City).unwrap();
    assert!(desk.governance.add_user(&other, new("siti", Role::Agency), &desk.secrets).await.is_err());
    desk.governance.add_user(&permit(), new("siti", Role::Agency), &desk.secrets).await.unwrap();
}
