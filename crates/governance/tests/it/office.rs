//! What people of an office do together: asking and deciding, starting anew, standing in, programs and terminals, the audit.

use axum::http::StatusCode;
use base::{Clock, Timestamp};
use governance::secrets::{CodeSecret, Password};
use governance::service::{Recovery, Secrets};
use platform::access::Role;

use crate::desk::{Answer, Desk};

/// The request that an answer leads to.
fn request(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    answer.location().split('?').next().unwrap().to_owned()
}

/// The request that was made, and the half of a code that whoever asked is told.
fn asked(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.html);
    let path = answer.html.split("action=\"/requests/").nth(1).and_then(|rest| rest.split('?').next());
    (format!("/requests/{}", path.expect("a request")), handed_over(answer))
}

/// What an approval hands over.
fn handed_over(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.html);
    let code = answer.html.split("<code>").nth(1).and_then(|rest| rest.split("</code>").next());
    code.unwrap_or_else(|| panic!("nothing is handed over: {}", answer.html)).to_owned()
}

const GRANT: &str = "peran=operator&kolom=card&tujuan=Media&dokumen=9/IZIN&dari=2026-11-01&sampai=2026-12-31";

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_asked_for_by_one_officer_and_given_by_another() {
    let desk = Desk::open().await;
    let operator = desk.sign_in(None).await;
    let maker = desk.another("hendra", Role::DataAuthority, None).await;
    let checker = desk.another("maya", Role::DataAuthority, None).await;
    let path = request(&desk.post("/grants", Some(&maker), GRANT).await);
    assert_eq!(desk.may(&operator).await, "", "nothing is given yet");
    let own = desk.post(&path, Some(&maker), "putusan=approved").await;
    assert_eq!(own.status, StatusCode::FORBIDDEN);
    assert!(own.html.contains("Permintaan sendiri"), "{}", own.html);
    let home = desk.get("/home", Some(&checker)).await.html;
    assert!(
        home.contains("1 hal menunggu Anda.") && home.contains(&path) && home.contains("9/IZIN"),
        "{home}"
    );
    let shown = desk.get(&format!("{path}?bahasa=en"), Some(&checker)).await.html;
    for said in ["Leave to see persons", "asked for by HENDRA", "9/IZIN", "31 December 2026", "Approve"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    assert!(!shown.contains("governance-"), "a text is missing: {shown}");
    let bare = desk.post(&path, Some(&checker), "putusan=rejected&alasan=+").await;
    assert_eq!(bare.status, StatusCode::BAD_REQUEST);
    let given = desk.post(&path, Some(&checker), "putusan=approved").await;
    assert!(given.html.contains("Disetujui MAYA"), "{}", given.html);
    assert_eq!(desk.may(&operator).await, "view_holder");
    assert_eq!(desk.post(&path, Some(&checker), "putusan=approved").await.status, StatusCode::CONFLICT);
    let home = desk.get("/home", Some(&checker)).await.html;
    assert!(home.contains("Tidak ada yang menunggu Anda."), "{home}");
}

#[tokio::test(flavor = "multi_thread")]
async fn insecure_direct_object_reference_a_request_is_nobody_elses_business() {
    let desk = Desk::open().await;
    let maker = desk.another("hendra", Role::DataAuthority, None).await;
    let path = request(&desk.post("/grants", Some(&maker), GRANT).await);
    for (login, role) in [("budi", Role::Operator), ("agus", Role::Monitoring), ("dewi", Role::Inspector)] {
        let other = desk.another(login, role, None).await;
        assert_eq!(desk.get(&path, Some(&other)).await.status, StatusCode::NOT_FOUND, "{login}");
        let decided = desk.post(&path, Some(&other), "putusan=approved").await;
        assert_eq!(decided.status, StatusCode::NOT_FOUND, "{login}");
        let taken = desk.post(&path, Some(&other), "putusan=withdrawn").await;
        assert_eq!(taken.status, StatusCode::NOT_FOUND, "{login}");
    }
    assert_eq!(desk.get("/requests/1", Some(&maker)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.post(&path, Some(&maker), "putusan=withdrawn").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_user_and_one_who_lost_everything_start_with_a_code_from_two_people() {
    let desk = Desk::open().await;
    let maker = desk.another("hendra", Role::DataAuthority, None).await;
    let checker = desk.another("maya", Role::DataAuthority, None).await;
    let form = "masuk=wati&nama=Wati+Kusuma&peran=counter&perangkat_daerah=jakpro";
    let (path, first) = asked(&desk.post("/users", Some(&maker), form).await);
    let refused = desk.post("/sign-in", None, &desk.form_of("wati", "", "000000")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "not there yet");
    let second = handed_over(&desk.post(&path, Some(&checker), "putusan=approved").await);
    for who in [&maker, &checker] {
        let again = desk.get(&path, Some(who)).await.html;
        assert!(!again.contains(&first) && !again.contains(&second), "shown once only");
    }
    for half in [first.clone(), second.clone(), format!("{second}{first}"), format!("{first}{first}")] {
        let password = "kuda laut menari pelan";
        let form = format!("nama=wati&pemulihan={half}&sandi={password}&sandi2={password}");
        assert_eq!(desk.post("/recover", None, &form).await.status, StatusCode::FORBIDDEN, "neither alone");
    }
    let code = format!("{}+{}", first.to_uppercase(), second);
    let nothing = desk.post("/sign-in", None, &desk.form_of("wati", "", "000000")).await;
    assert_eq!(nothing.status, StatusCode::FORBIDDEN, "an empty password opens nothing");
    assert_eq!(start(&desk, "wati", &code).await, "counter");
    // Ratna has lost phone and password; what she had signed in with ends.
    let before = desk.sign_in(None).await;
    let (path, first) = asked(&desk.post("/users/ratna", Some(&maker), "perubahan=recover").await);
    assert_eq!(desk.post(&path, Some(&maker), "putusan=approved").await.status, StatusCode::FORBIDDEN);
    let second = handed_over(&desk.post(&path, Some(&checker), "putusan=approved").await);
    let code = first + &second;
    assert_eq!(desk.role(Some(&before)).await, "operator", "until she starts anew");
    assert_eq!(start(&desk, "ratna", &code).await, "operator");
    assert_eq!(desk.role(Some(&before)).await, "console", "an old session is over");
    assert_eq!(desk.post("/sign-in", None, &desk.form()).await.status, StatusCode::FORBIDDEN);
}

/// Chooses a password with a code, signs in with what came of it, and tells the role.
async fn start(desk: &Desk, login: &str, code: &str) -> String {
    let password = "kuda laut menari pelan";
    let form = format!("nama={login}&pemulihan={code}&sandi={password}&sandi2={password}");
    let answer = desk.post("/recover", None, &form).await;
    let secret = secret(&handed_over(&answer));
    let again = desk.post("/recover", None, &form).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN, "a code is used once");
    let code = secret.code(desk.clock.now()).unwrap();
    let answer = desk.post("/sign-in", None, &desk.form_of(login, password, &code)).await;
    desk.role(Some(&answer.cookie().expect("a session"))).await
}

/// What an authenticator makes of the key it is told.
fn secret(told: &str) -> CodeSecret {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let values = told.chars().filter(|c| *c != ' ').map(|c| LETTERS.find(c).unwrap());
    let bits: Vec<bool> =
        values.flat_map(|value| (0..5).rev().map(move |bit| value >> bit & 1 == 1)).collect();
    let byte = |bits: &[bool]| bits.iter().fold(0u8, |byte, bit| byte << 1 | u8::from(*bit));
    let bytes: Vec<u8> = bits.chunks(8).map(byte).collect();
    CodeSecret::new(bytes.try_into().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_recovery_is_not_guessed_lapses_and_takes_no_weak_password() {
    let desk = Desk::open().await;
    let maker = desk.another("hendra", Role::DataAuthority, None).await;
    let checker = desk.another("maya", Role::DataAuthority, None).await;
    let code = async || {
        let (path, first) = asked(&desk.post("/users/ratna", Some(&maker), "perubahan=recover").await);
        first + &handed_over(&desk.post(&path, Some(&checker), "putusan=approved").await)
    };
    let recover = |login: &str, code: &str, password: &str, repeated: &str| {
        let recovery = Recovery {
            login: login.into(),
            code: Password::new(code),
            password: Password::new(password),
            repeated: Password::new(repeated),
        };
        let governance = desk.governance.clone();
        async move { governance.recover(recovery).await.map(drop).map_err(|error| error.to_string()) }
    };
    let good = "kuda laut menari pelan";
    let (weak, refused) = ("the new password is too weak", "name and recovery code do not go together");
    let first = code().await;
    for (password, repeated) in
        [("pendek", "pendek"), (good, "kuda laut menari cepat"), ("ratna ratna ratna", "ratna ratna ratna")]
    {
        assert_eq!(recover("ratna", &first, password, repeated).await.unwrap_err(), weak, "{password}");
    }
    assert_eq!(recover("nobody", &first, good, good).await.unwrap_err(), refused);
    for guess in 0..5 {
        assert_eq!(recover("ratna", &format!("guess{guess}"), good, good).await.unwrap_err(), refused);
    }
    recover("ratna", &first, good, good).await.expect("nobody makes a code worthless by guessing");
    assert_eq!(recover("ratna", &first, good, good).await.unwrap_err(), refused, "used once");
    let late = code().await;
    desk.clock.advance(24 * Timestamp::HOUR);
    assert_eq!(recover("ratna", &late, good, good).await.unwrap_err(), refused, "after a day");
    let (maker, checker) = (
        desk.another("hendra2", Role::DataAuthority, None).await,
        desk.another("maya2", Role::DataAuthority, None).await,
    );
    let mut codes = Vec::new();
    for _ in 0..2 {
        desk.clock.advance(Timestamp::SECOND);
        let (path, first) = asked(&desk.post("/users/ratna", Some(&maker), "perubahan=recover").await);
        codes.push(first + &handed_over(&desk.post(&path, Some(&checker), "putusan=approved").await));
    }
    assert_eq!(recover("ratna", &codes[0], good, good).await.unwrap_err(), refused, "the newest counts");
    recover("ratna", &codes[1], good, good).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_decides_by_letter_until_it_is_ended_and_colleagues_alone_are_named() {
    let desk = Desk::open().await;
    let maker = desk.another("hendra", Role::DataAuthority, None).await;
    let head = desk.another("maya", Role::DataAuthority, None).await;
    let deputy = desk.another("tini", Role::Monitoring, None).await;
    desk.another("luar", Role::Monitoring, Some("disdik")).await;
    let page = desk.get("/delegates", Some(&head)).await.html;
    assert!(page.contains(">TINI<") && !page.contains(">LUAR<"), "{page}");
    let id = page.split("\">TINI<").next().unwrap().rsplit("value=\"").next().unwrap().to_owned();
    let letter = format!("wakil={id}&dokumen=ND-3&dari=2026-11-01&sampai=2026-12-31");
    let unknown =
        desk.post("/delegates", Some(&head), "wakil=x&dokumen=ND&dari=2026-11-01&sampai=2026-12-31");
    assert_eq!(unknown.await.status, StatusCode::BAD_REQUEST);
    assert_eq!(desk.post("/delegates", Some(&head), &letter).await.status, StatusCode::SEE_OTHER);
    let page = desk.get("/delegates", Some(&head)).await.html;
    assert!(page.contains("TINI mewakili Anda hari ini."), "{page}");
    let path = request(&desk.post("/grants", Some(&maker), GRANT).await);
    let decided = desk.post(&path, Some(&deputy), "putusan=approved").await;
    assert!(decided.html.contains("Disetujui TINI mewakili MAYA"), "{}", decided.html);
    let letter = page.split("action=\"/delegates/").nth(1).unwrap().split('?').next().unwrap().to_owned();
    let end = format!("/delegates/{letter}");
    assert_eq!(desk.post(&end, Some(&deputy), "").await.status, StatusCode::NOT_FOUND, "not theirs to end");
    assert_eq!(desk.post(&end, Some(&head), "").await.status, StatusCode::SEE_OTHER);
    let path = request(&desk.post("/grants", Some(&maker), GRANT).await);
    assert_eq!(desk.get(&path, Some(&deputy)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_and_terminals_are_added_by_two_limited_and_stopped_by_one() {
    let desk = Desk::open().await;
    let maker = desk.sign_in(None).await;
    let checker = desk.another("yusuf", Role::Operator, None).await;
    let form = "nama=Bank+Uji&peran=bank&lembaga=bank_uji";
    let path = request(&desk.post("/callers/clients", Some(&maker), form).await);
    let shown = desk.get(&path, Some(&checker)).await.html;
    assert!(shown.contains("bank_uji"), "who approves sees for whom it acts: {shown}");
    let token = handed_over(&desk.post(&path, Some(&checker), "putusan=approved").await);
    let token = platform::clients::Token::parse(&token).unwrap();
    let known = desk.clients.authenticate(&token).await.unwrap().unwrap();
    assert_eq!((known.role(), known.agency().unwrap().as_str()), (Role::Bank, "bank_uji"));
    let taken = desk.post("/callers/clients", Some(&maker), "nama=Bank+Uji&peran=bank").await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    assert!(taken.html.contains("Nama aplikasi sudah dipakai"), "{}", taken.html);
    let key = hex::encode(ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes());
    let device = format!("nomor=900001&aplikasi={}&kunci={key}&tempat=", known.principal());
    for bad in [
        device.replace(&key, "00"),
        device.replace(&key, &"00".repeat(32)),
        device.replace("900001", "x"),
        format!("nomor=1&aplikasi=9&kunci={key}"),
    ] {
        let refused = desk.post("/callers/devices", Some(&maker), &bad).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    let path = request(&desk.post("/callers/devices", Some(&maker), &device).await);
    assert_eq!(desk.post(&path, Some(&checker), "putusan=approved").await.status, StatusCode::OK);
    let change = format!("/callers/clients/{}", known.principal());
    for bad in ["perubahan=limit&batas=0", "perubahan=limit&batas=x", "perubahan=limit&batas=1000001"] {
        assert_eq!(desk.post(&change, Some(&maker), bad).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    let set = desk.post(&change, Some(&maker), "perubahan=limit&batas=2").await;
    assert_eq!(set.status, StatusCode::SEE_OTHER);
    for _ in 0..2 {
        assert!(desk.clients.authenticate(&token).await.unwrap().is_some());
    }
    assert!(desk.clients.authenticate(&token).await.unwrap_err().to_string().contains("limit"));
    let page = desk.get("/callers?bahasa=en", Some(&maker)).await.html;
    for said in ["Active: 1 as clients, 1 as devices.", "2 requests", "Bank Uji", "900001"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("governance-"), "a text is missing: {page}");
    assert_eq!(desk.post(&change, Some(&maker), "perubahan=disable").await.status, StatusCode::SEE_OTHER);
    assert!(desk.clients.authenticate(&token).await.unwrap().is_none());
    let unknown = desk.post("/callers/clients/77", Some(&maker), "perubahan=disable").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let officer = desk.another("hendra", Role::DataAuthority, None).await;
    for path in ["/callers", "/callers/clients", "/callers/devices", &change] {
        let answer = desk.post(path, Some(&officer), "nama=x&peran=bank").await;
        assert!(answer.status.is_client_error(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inspectorate_reads_the_audit_and_takes_it_out_and_nobody_else() {
    let desk = Desk::open().await;
    let maker = desk.another("hendra", Role::DataAuthority, None).await;
    desk.post("/grants", Some(&maker), GRANT).await;
    let inspector = desk.another("dewi", Role::Inspector, None).await;
    let page = desk.get("/audit?bahasa=en", Some(&inspector)).await.html;
    for said in ["Request made", "HENDRA", "role/operator", "User added"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("governance-") && !page.contains("platform-"), "a text is missing: {page}");
    let found = desk.get("/audit?tentang=role/operator&dari=2026-11-01&sampai=2026-12-31", Some(&inspector));
    let found = found.await.html;
    assert!(found.contains("Permintaan diajukan") && !found.contains("Pengguna ditambahkan"), "{found}");
    let bad = desk.get("/audit?dari=kemarin", Some(&inspector)).await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    let file = desk.get("/audit.csv?tentang=role/operator", Some(&inspector)).await;
    assert!(file.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    let lines: Vec<&str> = file.html.lines().collect();
    assert!(lines[0].starts_with("number,at,actor_kind") && lines.len() == 2, "{lines:?}");
    assert!(lines[1].contains(",request_made,role/operator,"), "{lines:?}");
    let page = desk.get("/audit", Some(&inspector)).await.html;
    assert!(page.contains("Jejak audit diunduh"), "taking it out is part of it: {page}");
    for path in ["/audit", "/audit.csv"] {
        assert_eq!(desk.get(path, Some(&maker)).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_alone_grants_and_adds_by_itself() {
    let desk = Desk::open().await;
    let policies = platform::access::Policies::embedded().unwrap();
    let officer = platform::access::Actor::staff("u", Role::DataAuthority);
    let city = platform::access::Resource::City;
    let action = platform::access::Action::ManageAccess;
    let permit = platform::access::authorize(&policies, &officer, action, &city).unwrap();
    let day = desk.clock.now().jakarta_date();
    let grant = governance::service::NewGrant {
        role: Role::Operator,
        agency: None,
        columns: vec![governance::service::Column::Card],
        purpose: "a".into(),
        document: "b".into(),
        from: day,
        to: day,
    };
    assert!(desk.governance.issue_grant(&permit, grant).await.is_err());
    let new = governance::service::NewUser {
        login: "x1".into(),
        name: "X".into(),
        role: Role::Counter,
        agency: None,
    };
    assert!(desk.governance.add_user(&permit, new, &Secrets::generate().unwrap()).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_two_people_by_stopping_the_other() {
    let desk = Desk::open().await;
    let maker = desk.another("hendra", Role::DataAuthority, None).await;
    let checker = desk.another("maya", Role::DataAuthority, None).await;
    let form = "masuk=wati&nama=Wati+Kusuma&peran=data_authority";
    let (path, _) = asked(&desk.post("/users", Some(&maker), form).await);
    let stopped = desk.post("/users/hendra", Some(&checker), "perubahan=disable").await;
    assert_eq!(stopped.status, StatusCode::SEE_OTHER);
    assert_eq!(desk.post(&path, Some(&checker), "putusan=approved").await.status, StatusCode::CONFLICT);
    let shown = desk.get(&path, Some(&checker)).await.html;
    assert!(shown.contains("Ditarik MAYA"), "{shown}");
    assert_eq!(desk.role(Some(&maker)).await, "console", "whoever was stopped is out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_grant_works_again_when_two_people_say_so() {
    let desk = Desk::open().await;
    let operator = desk.sign_in(None).await;
    let maker = desk.another("hendra", Role::DataAuthority, None).await;
    let checker = desk.another("maya", Role::DataAuthority, None).await;
    let path = request(&desk.post("/grants", Some(&maker), GRANT).await);
    desk.post(&path, Some(&checker), "putusan=approved").await;
    let list = desk.get("/grants", Some(&maker)).await.html;
    let grant =
        format!("/grants/{}", list.split("action=\"/grants/").nth(1).unwrap().split('?').next().unwrap());
    desk.clock.advance(Timestamp::SECOND);
    let stopped = desk.post(&grant, Some(&maker), "perubahan=suspended&alasan=pemeriksaan").await;
    assert_eq!((stopped.status, desk.may(&operator).await.as_str()), (StatusCode::SEE_OTHER, ""));
    desk.clock.advance(Timestamp::SECOND);
    let path = request(&desk.post(&grant, Some(&maker), "perubahan=resumed&alasan=selesai").await);
    assert_eq!(desk.may(&operator).await, "", "one is not enough");
    let shown = desk.get(&path, Some(&checker)).await.html;
    assert!(shown.contains("Izin berlaku lagi") && shown.contains("selesai"), "{shown}");
    assert_eq!(desk.post(&path, Some(&maker), "putusan=approved").await.status, StatusCode::FORBIDDEN);
    assert_eq!(desk.post(&path, Some(&checker), "putusan=approved").await.status, StatusCode::OK);
    assert_eq!(desk.may(&operator).await, "view_holder");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_do_with_their_own_is_kept_too() {
    let desk = Desk::open().await;
    let maker = desk.another("hendra", Role::DataAuthority, None).await;
    let checker = desk.another("maya", Role::DataAuthority, None).await;
    desk.another("tini", Role::Monitoring, None).await;
    let page = desk.get("/delegates", Some(&checker)).await.html;
    let tini = page.split("\">TINI<").next().unwrap().rsplit("value=\"").next().unwrap().to_owned();
    let letter = format!("wakil={tini}&dokumen=ND-3&dari=2026-11-01&sampai=2026-12-31");
    desk.post("/delegates", Some(&checker), &letter).await;
    let path = request(&desk.post("/grants", Some(&maker), GRANT).await);
    desk.post(&path, Some(&maker), "putusan=withdrawn").await;
    let (path, first) = asked(&desk.post("/users/ratna", Some(&maker), "perubahan=recover").await);
    let code = first + &handed_over(&desk.post(&path, Some(&checker), "putusan=approved").await);
    start(&desk, "ratna", &code).await;
    let policies = platform::access::Policies::embedded().unwrap();
    let inspector = platform::access::Actor::staff("i", Role::Inspector);
    let (action, city) = (platform::access::Action::ViewAudit, platform::access::Resource::City);
    let permit = platform::access::authorize(&policies, &inspector, action, &city).unwrap();
    let lines = desk.governance.audit().lines(&permit, &Default::default(), 50).await.unwrap();
    let kept: Vec<&str> = lines.iter().map(|line| line.what.as_str()).collect();
    for what in ["signed_in", "letter_written", "request_withdrawn", "recovery_given", "secrets_chosen"] {
        assert!(kept.contains(&what), "{what}: {kept:?}");
    }
}
