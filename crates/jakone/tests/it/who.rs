//! Every page with every role, over a running city: people sign in as they do, and see what their role is for.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use base::{Clock, SystemClock};
use governance::secrets::CodeSecret;
use platform::database::{DatabaseError, Databases};
use sea_orm::ConnectionTrait;
use serde_json::Value;

use crate::city::{Running, jakone, request, token};

/// An answer: status, head, body.
pub struct Answer(pub u16, pub String, pub String);

pub fn send(address: &str, head: &str, cookie: &str, form: &str) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = form.len();
    write!(
        stream,
        "{head} HTTP/1.1\r\nHost: {address}\r\nAccept: text/html\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{form}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    Answer(head[9..12].parse().unwrap(), head.to_owned(), body.to_owned())
}

/// Signs in as one of the demonstration's people and gives the cookie.
fn sign_in(address: &str, user: &Value) -> String {
    let text = |name: &str| user[name].as_str().unwrap().to_owned();
    let mut secret = [0; 20];
    hex::decode_to_slice(text("code_secret"), &mut secret).unwrap();
    let code = CodeSecret::new(secret).code(SystemClock::new(0).now()).unwrap();
    let form = format!("nama={}&sandi={}&kode={code}", text("login"), text("password"));
    let Answer(status, head, body) = send(address, "POST /sign-in", "", &form);
    assert_eq!(status, 303, "{body}");
    let line = head.lines().find_map(|line| line.strip_prefix("set-cookie: __Host-")).unwrap();
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(line.contains(attribute), "{line}");
    }
    format!("__Host-{}", line.split(';').next().unwrap())
}

pub fn demo(data: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(data.join("demo.json")).unwrap()).unwrap()
}

/// Who may open what: the first letters of operator, data authority, agency, monitoring, inspector, counter; capital
/// where they may.
pub const TABLE: [(&str, &str); 33] = [
    ("/", "ODaMIc"),
    ("/places", "oDAMic"),
    ("/places/ragunan", "oDAMic"),
    ("/mobility", "oDAMic"),
    ("/programmes", "oDAMic"),
    ("/programmes/transport_gratis.lansia_60", "oDAMic"),
    ("/holders", "OdamIC"),
    ("/holders/NUMBER", "OdamIC"),
    ("/holders/NUMBER/block", "OdamiC"),
    ("/phone/NUMBER", "OdamIC"),
    ("/phone/NUMBER/uses", "OdamIC"),
    ("/phone/NUMBER/block", "OdamiC"),
    ("/tap", "OdamiC"),
    ("/explain", "OdamIC"),
    ("/explain/POSITION", "OdamIC"),
    ("/ledger", "ODaMIc"),
    ("/ledger/kinds/holder.purse", "OdamIC"),
    ("/ledger/accounts/1", "OdamIC"),
    ("/tour", "ODAMIC"),
    ("/api", "ODAMIC"),
    ("/problems", "ODAMIC"),
    ("/problems/medium_unknown", "ODAMIC"),
    ("/sign-in", "ODAMIC"),
    ("/grants", "oDamic"),
    ("/phone/NUMBER/looks", "OdamIC"),
    ("/home", "ODAMIC"),
    ("/delegates", "ODAMIC"),
    ("/users", "oDamic"),
    ("/callers", "Odamic"),
    ("/audit", "odamIc"),
    ("/audit.csv", "odamIc"),
    ("/recover", "ODAMIC"),
    ("/resident", "ODAMIC"),
];

/// Who may do what: the same letters.
const FORMS: [(&str, &str, &str); 10] = [
    ("/tap", "id=ID&media=000001&tempat=ragunan&arah=in", "OdamiC"),
    ("/holders/NUMBER/block", "id=ID&media=000001&sebab=lost", "OdamiC"),
    ("/phone/NUMBER/block", "id=ID&media=000001&sebab=lost", "OdamiC"),
    ("/grants", GRANT, "oDamic"),
    ("/grants/00000000-0000-7000-8000-000000000000", "perubahan=revoked&alasan=a", "oDamic"),
    ("/users", "masuk=x1&nama=X&peran=counter", "oDamic"),
    ("/users/loket", "perubahan=disable", "oDamic"),
    ("/callers/clients", "nama=x&peran=bank", "Odamic"),
    ("/callers/devices", "nomor=1&aplikasi=100&kunci=00", "Odamic"),
    ("/callers/clients/100", "perubahan=disable", "Odamic"),
];

const GRANT: &str = "peran=operator&kolom=card&tujuan=a&dokumen=b&dari=2026-11-01&sampai=2026-12-31";

/// What whoever has not signed in reads of a server: what is published, and where one signs in.
const OPEN: [&str; 6] =
    ["/api", "/problems", "/problems/medium_unknown", "/sign-in", "/recover", "/resident"];

const ROLES: [&str; 6] = ["operator", "data_authority", "agency", "monitoring", "inspector", "counter"];

#[test]
fn every_page_is_open_to_the_roles_it_is_for_and_to_no_other() {
    let data = tempfile::tempdir().unwrap();
    let city = Running::start(&["demo", "--residents", "200", "--days", "1", "--rate", "0"], data.path());
    let demo = demo(data.path());
    let users = demo["users"].as_array().unwrap();
    let Answer(_, _, desk) = send(&city.address, "GET /tap", "", "");
    let number = desk.split("name=\"orang\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let Answer(_, _, list) = send(&city.address, "GET /explain", "", "");
    let position =
        list.split("href=\"/explain/").nth(1).unwrap().split(['?', '"']).next().unwrap().to_owned();
    let filled = |path: &str| path.replace("NUMBER", &number).replace("POSITION", &position);
    let mut first_officer = String::new();
    for (index, role) in ROLES.into_iter().enumerate() {
        let user = users.iter().find(|user| user["role"] == role).unwrap();
        let cookie = sign_in(&city.address, user);
        // A code counts once, so whoever acts again below does so with this session: it outlives the server.
        if role == "data_authority" {
            first_officer.clone_from(&cookie);
        }
        let may = |letters: &str| letters.as_bytes()[index].is_ascii_uppercase();
        for (path, letters) in TABLE {
            let Answer(status, _, body) = send(&city.address, &format!("GET {}", filled(path)), &cookie, "");
            let expected = if may(letters) { 200 } else { 403 };
            assert_eq!(status, expected, "{role} at {path}: {body}");
            // Who may not see persons reads no number of one, wherever it may look.
            // (A demonstration says at the residents' door with which number to try it.)
            let sees_persons = index != 1 && index != 3 || path == "/resident";
            let is_named = body.match_indices("P-").any(|(at, _)| is_number(&body[at..]));
            assert!(sees_persons || path.contains("NUMBER") || !is_named, "{role} at {path}: {body}");
            // Nothing of what a role may not see stands in the refusal.
            let own_words = body.replace(&filled(path), "").replace(&filled(path).replace('/', "%2F"), "");
            assert!(expected == 200 || !own_words.contains(&number), "{role} at {path}");
            // A demonstration says who may see it, and leads there.
            if expected == 403 {
                let names = suggested(&body);
                assert!(!names.is_empty(), "{role} at {path}: {body}");
                // What leads further may be refused for one of several reasons; a page of its own for one.
                let is_own = path.matches('/').count() == 1 && *path != *"/tap";
                assert!(!is_own || names == capitals(letters), "{role} at {path}: {names:?}");
                let back = format!("/sign-in?bahasa=id&amp;kembali={}", filled(path).replace('/', "%2F"));
                let is_led = body.replace("&#38;", "&amp;").contains(&back);
                assert!(is_led, "{role} at {path} to {back}: {body}");
            }
        }
        for (path, form, letters) in FORMS.iter().filter(|(.., letters)| !may(letters)) {
            let form = form.replace("ID", &uuid());
            let Answer(status, _, body) =
                send(&city.address, &format!("POST {}", filled(path)), &cookie, &form);
            assert_eq!(status, 403, "{role} at {path} ({letters}): {body}");
        }
        let Answer(_, _, page) = send(&city.address, "GET /sign-in", &cookie, "");
        for (path, letters) in TABLE.iter().filter(|(path, _)| !path[1..].contains('/')) {
            let is_linked =
                page.contains(&format!("href=\"{path}\"")) || page.contains(&format!("href=\"{path}?"));
            assert!(may(letters) || *path == "/" || !is_linked, "{role} is led to {path}");
        }
    }
    city.stop();
    nobody_reads_a_server(data.path(), &demo, &filled);
    without_its_grant_a_role_sees_nobody(data.path(), &demo, &number, &first_officer);
    meddling_with_the_audit_shows(data.path());
}

/// The sample accounts that a refusal suggests to sign in as.
fn suggested(body: &str) -> Vec<&str> {
    let told = body.split("akun contoh berikut boleh melakukannya: ").nth(1);
    let mut names: Vec<&str> = told.and_then(|told| told.split('.').next()).unwrap().split(", ").collect();
    // Two where two decide.
    names.retain(|name| !name.ends_with('2'));
    names
}

/// The sample accounts of the roles that may.
fn capitals(letters: &str) -> Vec<&str> {
    let logins = ["pengelola", "diskominfotik", "disdik", "monev", "inspektorat", "loket"];
    let may = letters.chars().zip(logins).filter(|(letter, _)| letter.is_ascii_uppercase());
    may.map(|(_, login)| login).collect()
}

/// Whether a text begins with the number of a holder.
fn is_number(text: &str) -> bool {
    text.get(..11).is_some_and(|number| number.parse::<base::HolderNumber>().is_ok())
}

/// Every look above was laid down in the journal; a line that somebody changes in the table is named.
fn meddling_with_the_audit_shows(data: &Path) {
    let verify = || {
        let output = jakone(&["verify"], data);
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    };
    let (agrees, said) = verify();
    assert!(agrees && said.contains(" lines of the audit agree") && !said.contains(" 0 lines"), "{said}");
    let tasks = tokio::runtime::Runtime::new().unwrap();
    let meddle = |statement: &'static str| {
        tasks.block_on(async {
            let databases = Databases::open(data).await.unwrap();
            let changed = databases.office.transact(|txn, _| {
                Box::pin(async move {
                    txn.execute_unprepared(statement).await?;
                    Ok::<_, DatabaseError>(())
                })
            });
            changed.await.unwrap();
            databases.close().await.unwrap();
        });
    };
    // Each row is changed and put back.
    for (change, back, named) in [
        (
            "update governance_grant set to_day = to_day + 1",
            "update governance_grant set to_day = to_day - 1",
            "governance_grant ",
        ),
        (
            "update governance_grant_change set kind = kind || 'x'",
            "update governance_grant_change set kind = substr(kind, 1, length(kind) - 1)",
            "governance_grant_change ",
        ),
        (
            "update platform_request set maker = maker || 'x'",
            "update platform_request set maker = substr(maker, 1, length(maker) - 1)",
            "platform_request ",
        ),
        (
            "update platform_decision set decided_at = decided_at + 1",
            "update platform_decision set decided_at = decided_at - 1",
            "platform_decision ",
        ),
    ] {
        meddle(change);
        let (agrees, said) = verify();
        assert!(!agrees && said.contains("office_row_changed") && said.contains(named), "{named}: {said}");
        meddle(back);
        assert!(verify().0, "{named} is as it was");
    }
    meddle("create table kept_aside as select * from platform_decision");
    meddle("delete from platform_decision");
    let (agrees, said) = verify();
    assert!(!agrees && said.contains("office_row_missing"), "{said}");
    meddle("insert into platform_decision select * from kept_aside");
    meddle("drop table kept_aside");
    meddle("update platform_audit set role = 'agency' where number = 7");
    let (agrees, said) = verify();
    assert!(!agrees && said.contains("audit_line_changed") && said.contains("Line 7"), "{said}");
}

/// A server is no demonstration: whoever has not signed in is led to where one does, and forms do nothing.
fn nobody_reads_a_server(data: &Path, demo: &Value, filled: &dyn Fn(&str) -> String) {
    let server = Running::start(&["serve"], data);
    for (path, _) in TABLE {
        let Answer(status, head, body) = send(&server.address, &format!("GET {}", filled(path)), "", "");
        if OPEN.contains(&path) {
            // This server has no gateway for messages: it says so where residents would sign in.
            let expected = if path == "/resident" { 503 } else { 200 };
            assert_eq!(status, expected, "{path}: {body}");
            continue;
        }
        assert_eq!(status, 303, "{path}: {body}");
        let place = if path.starts_with("/phone/") { "/resident?" } else { "/sign-in?" };
        assert!(head.contains(&format!("location: {place}bahasa=id&kembali=%2F")), "{path}: {head}");
    }
    for (path, form, _) in FORMS {
        let form = form.replace("ID", &uuid());
        let Answer(status, _, body) = send(&server.address, &format!("POST {}", filled(path)), "", &form);
        assert_eq!(status, 401, "{path}: {body}");
    }
    let Answer(_, _, page) = send(&server.address, "GET /sign-in", "", "");
    let secret = demo["users"][0]["password"].as_str().unwrap();
    assert!(!page.contains(secret), "a server shows nobody's password");
    server.stop();
}

/// Lists, pages, API and what follows from them: all end with the grant.
fn without_its_grant_a_role_sees_nobody(data: &Path, demo: &Value, number: &str, first_officer: &str) {
    let server = Running::start(&["serve"], data);
    let user = |login: &str| {
        let users = demo["users"].as_array().unwrap();
        users.iter().find(|user| user["login"] == login).unwrap().clone()
    };
    let balance = || {
        let head = format!(
            "GET /api/v1/holders/{number}/balance HTTP/1.1\r\nAuthorization: Bearer {}\r\n",
            token(data, "operator")
        );
        request(&server.address, &head, "").unwrap().0
    };
    let officer = sign_in(&server.address, &user("diskominfotik2"));
    let operator = sign_in(&server.address, &user("pengelola2"));
    let sees = |path: &str| send(&server.address, &format!("GET {path}"), &operator, "").0;
    let persons = [
        "/holders".to_owned(),
        format!("/holders/{number}"),
        format!("/phone/{number}/looks"),
        "/explain".to_owned(),
        "/ledger/kinds/holder.purse".to_owned(),
    ];
    assert!(persons.iter().all(|path| sees(path) == 200) && balance() == 200);
    let Answer(_, _, list) = send(&server.address, "GET /grants", &officer, "");
    let row = list.split("<tr>").find(|row| row.contains("CONTOH-1/IZIN/2026")).unwrap();
    let id = row.split("action=\"/grants/").nth(1).unwrap().split('?').next().unwrap();
    let change = |what: &str| {
        let form = format!("perubahan={what}&alasan=uji");
        let Answer(status, _, body) = send(&server.address, &format!("POST /grants/{id}"), &officer, &form);
        assert_eq!(status, 303, "{body}");
    };
    change("suspended");
    assert!(persons.iter().all(|path| sees(path) == 403), "no grant, no access");
    assert_eq!(balance(), 403, "nor for the operator's programs");
    let Answer(_, _, home) = send(&server.address, "GET /home", &operator, "");
    assert!(!home.contains("href=\"/holders"), "and nothing leads there");
    let form = "perubahan=resumed&alasan=uji";
    let Answer(status, head, body) = send(&server.address, &format!("POST /grants/{id}"), &officer, form);
    assert_eq!(status, 303, "{body}");
    assert!(persons.iter().all(|path| sees(path) == 403), "whoever asks does not decide");
    let request = head.split("location: ").nth(1).unwrap().split(['?', '\r']).next().unwrap();
    let approved = send(&server.address, &format!("POST {request}"), first_officer, "putusan=approved");
    let Answer(status, _, body) = approved;
    assert_eq!(status, 200, "{body}");
    assert!(persons.iter().all(|path| sees(path) == 200) && balance() == 200);
    server.stop();
}

pub fn uuid() -> String {
    base::CommandId::generate(SystemClock::new(0).now()).unwrap().to_string()
}
