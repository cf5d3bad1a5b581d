//! Residents sign in over real sockets: in a demonstration with the gateway it brings, and in a server with one beside it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::SystemClock;
use platform::shutdown;
use sandbox::gateway::{Gateway, Settings};

use crate::city::{Running, jakone, token};
use crate::who::{Answer, TABLE, send, uuid};

/// What is between two texts.
fn between<'t>(text: &'t str, before: &str, after: char) -> &'t str {
    let rest = text.split(before).nth(1).unwrap_or_else(|| panic!("no {before:?} in {text}"));
    rest.split(after).next().unwrap()
}

/// The cookie that an answer sets.
fn cookie(head: &str, name: &str) -> String {
    let line = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.strip_prefix(name));
    format!("{name}{}", line.unwrap_or_else(|| panic!("no {name} in {head}")).split(';').next().unwrap())
}

/// Six digits in a text.
fn digits(text: &str) -> String {
    let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6);
    runs.map(str::to_owned).next().unwrap_or_else(|| panic!("no code in {text}"))
}

/// Asks for a code as a browser does; gives what it keeps.
fn ask(address: &str, number: &str) -> String {
    let Answer(status, _, form) = send(address, "GET /resident", "", "");
    assert_eq!(status, 200, "{form}");
    let mark = between(&form, "name=\"tanda\" value=\"", '"');
    let Answer(status, head, body) =
        send(address, "POST /resident", "", &format!("nomor={number}&tanda={mark}"));
    assert_eq!(status, 303, "{body}");
    let kept = cookie(&head, "__Host-jakone-code=");
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(head.contains(attribute), "{head}");
    }
    kept
}

/// Types the code; gives the session.
fn enter(address: &str, kept: &str, code: &str, number: &str) -> String {
    let Answer(status, head, body) = send(address, "POST /resident/code", kept, &format!("kode={code}"));
    assert_eq!(status, 303, "{body}");
    assert!(head.contains(&format!("location: /phone/{number}?bahasa=id")), "{head}");
    cookie(&head, "__Host-jakone=")
}

/// What becomes true in the background.
fn wait<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "it never happened");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Signs in as the holder whom the demonstration suggests; gives number and session.
fn sign_in(address: &str) -> (String, String) {
    let Answer(_, _, form) = send(address, "GET /resident", "", "");
    let number = between(&form, "<strong class=\"nowrap\">", '<').to_owned();
    let Answer(_, _, page) = send(address, "GET /resident/code", "", "");
    let messages = between(&page, "href=\"http://127.0.0.1:", '/').to_owned();
    let kept = ask(address, &number);
    let gateway = format!("127.0.0.1:{messages}");
    let message = wait(|| {
        let Answer(status, _, page) = send(&gateway, "GET /", "", "");
        assert_eq!(status, 200);
        page.contains("kode Anda").then(|| between(&page, "kode Anda", '<').to_owned())
    });
    let session = enter(address, &kept, &digits(&message), &number);
    (number, session)
}

/// Every route of a holder, with what its own resident and any other get: method, rest of the path, form, own, other.
const ROUTES: [(&str, &str, &str, u16, u16); 9] = [
    ("GET", "/holders", "", 403, 403),
    ("GET", "/holders/NUMBER", "", 303, 403),
    ("GET", "/holders/NUMBER/block", "", 200, 403),
    ("POST", "/holders/NUMBER/block", "id=ID&media=MEDIUM&sebab=lost", 404, 403),
    ("GET", "/phone/NUMBER", "", 200, 403),
    ("GET", "/phone/NUMBER/uses", "", 200, 403),
    ("GET", "/phone/NUMBER/looks", "", 200, 403),
    ("GET", "/phone/NUMBER/block", "", 200, 403),
    ("POST", "/phone/NUMBER/block", "id=ID&media=MEDIUM&sebab=lost", 404, 403),
];

#[test]
fn a_resident_sees_and_blocks_their_own_card_and_gets_no_further() {
    let routes = include_str!("../../../acceptance/src/pages/mod.rs");
    let listed: Vec<&str> = routes
        .lines()
        .filter(|line| line.contains(".route(\"/phone") || line.contains(".route(\"/holders"))
        .collect();
    let methods = listed.iter().map(|line| 1 + usize::from(line.contains(".post("))).sum::<usize>();
    assert_eq!(methods, ROUTES.len(), "is a route missing in the table? {listed:#?}");
    let data = tempfile::tempdir().unwrap();
    let city = Running::start(&["demo", "--residents", "200", "--days", "1", "--rate", "0"], data.path());
    let address = &city.address;
    let Answer(_, _, list) = send(address, "GET /holders", "", "");
    let (own, session) = sign_in(address);
    let mut others =
        list.split("href=\"/holders/").skip(1).map(|rest| rest.split(['?', '"']).next().unwrap());
    let has_medium = |number: &str| {
        let Answer(_, _, page) = send(address, &format!("GET /phone/{number}/block"), "", "");
        page.contains("name=\"media\" value=\"")
    };
    let other = others.find(|number| *number != own && has_medium(number)).unwrap().to_owned();
    let medium_of = |number: &str| {
        let Answer(_, _, page) = send(address, &format!("GET /phone/{number}/block"), "", "");
        between(&page, "name=\"media\" value=\"", '"').to_owned()
    };
    let (own_medium, other_medium) = (medium_of(&own), medium_of(&other));
    for (method, path, form, for_own, for_other) in ROUTES {
        // A medium of somebody else: even under their own number a resident stops no other's card.
        for (number, medium, expected) in [
            (&own, &other_medium, for_own),
            (&other, &other_medium, for_other),
            (&other, &own_medium, for_other),
        ] {
            let head = format!("{method} {}", path.replace("NUMBER", number));
            let form = form.replace("ID", &uuid()).replace("MEDIUM", medium);
            let Answer(status, _, body) = send(address, &head, &session, &form);
            assert_eq!(status, expected, "{head} with {medium}: {body}");
            assert!(
                !body.contains("<nav") && !body.contains("href=\"/tap"),
                "{head} leads to staff pages: {body}"
            );
        }
    }
    for (path, _) in TABLE.iter().filter(|(path, _)| !path.contains("NUMBER")) {
        let head = format!("GET {}", path.replace("POSITION", "1.0"));
        let Answer(status, _, body) = send(address, &head, &session, "");
        let expected = match *path {
            "/api" | "/problems" | "/problems/medium_unknown" | "/recover" => 200,
            "/sign-in" | "/resident" => 303,
            _ => 403,
        };
        assert_eq!(status, expected, "{path}: {body}");
    }
    api_is_as_it_was(address, data.path(), &own, &session);
    let Answer(status, _, body) = send(address, &format!("GET /phone/{own}?bahasa=en"), &session, "");
    assert!(status == 200 && body.contains("Sign out") && body.contains("Good "), "{body}");
    let form = format!("id={}&media={own_medium}&sebab=lost", uuid());
    let Answer(status, head, body) = send(address, &format!("POST /phone/{own}/block"), &session, &form);
    assert_eq!(status, 303, "{body}");
    let after = head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap().to_owned();
    let Answer(_, _, page) = send(address, &format!("GET {after}"), &session, "");
    assert!(page.contains("sudah diblokir"), "{page}");
    let Answer(status, head, _) = send(address, "POST /sign-out", &session, "");
    assert!(status == 303 && head.contains("location: /resident?bahasa=id"), "{head}");
    let Answer(status, _, _) = send(address, "GET /resident", &session, "");
    assert_eq!(status, 200, "signed out: the question is asked anew");
    city.stop();
}

/// Programs are known by their token alone: a resident's session opens nothing to them and closes nothing.
fn api_is_as_it_was(address: &str, data: &Path, own: &str, session: &str) {
    let head = format!("GET /api/v1/holders/{own}/balance");
    let Answer(status, _, body) = send(address, &head, session, "");
    assert!(status == 401 && body.contains("token_missing"), "{body}");
    let operator = token(data, "operator");
    let with = format!("{session}\r\nAuthorization: Bearer {operator}");
    let Answer(status, _, body) = send(address, &head, &with, "");
    assert!(status == 200 && body.contains("\"purse\""), "{body}");
}

#[test]
fn a_server_sends_codes_through_the_gateway_it_is_given_and_says_so_without_one() {
    let data = tempfile::tempdir().unwrap();
    let city = Running::start(&["demo", "--residents", "60", "--days", "1", "--rate", "0"], data.path());
    let Answer(_, _, form) = send(&city.address, "GET /resident", "", "");
    let number = between(&form, "<strong class=\"nowrap\">", '<').to_owned();
    city.stop();
    let city = Running::start(&["serve"], data.path());
    let Answer(status, _, page) = send(&city.address, "GET /resident", "", "");
    assert!(status == 503 && page.contains("Kode belum dapat dikirim"), "{page}");
    assert!(!page.contains("Peragaan"), "no demonstration");
    city.stop();

    let tasks = tokio::runtime::Runtime::new().unwrap();
    let (_stop, shutdown) = shutdown::channel();
    let settings = Settings { token: "s3cret".into(), back: None, clock: Arc::new(SystemClock::new(0)) };
    let gateway = tasks.block_on(Gateway::start(settings, shutdown)).unwrap();
    let url = gateway.base_url();
    let file = data.path().join("gateway.token");
    std::fs::write(&file, "s3cret\n").unwrap();
    let by_file = ["--message-gateway-token-file", file.to_str().unwrap()];
    let variable = ("JAKONE_MESSAGE_GATEWAY_TOKEN", "s3cret");
    for (arguments, variables) in [(&by_file[..], &[][..]), (&[][..], &[variable][..])] {
        let arguments: Vec<&str> =
            ["serve", "--message-gateway", &url].into_iter().chain(arguments.iter().copied()).collect();
        let city = Running::start_with(&arguments, data.path(), variables);
        let before = gateway.messages().len();
        let kept = ask(&city.address, &number);
        let message = wait(|| gateway.messages().into_iter().nth(before));
        let session = enter(&city.address, &kept, &digits(&message.text), &number);
        let Answer(status, _, body) = send(&city.address, &format!("GET /phone/{number}"), &session, "");
        assert_eq!(status, 200, "{body}");
        city.stop();
    }
    let refused = |arguments: &[&str]| {
        let output = jakone(arguments, data.path());
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let missing = refused(&["serve", "--port", "0", "--message-gateway", &url]);
    assert!(missing.contains("message_gateway_token_missing"), "{missing}");
    let mut far = vec!["serve", "--port", "0", "--message-gateway", "http://sms.example"];
    far.extend(by_file);
    let far = refused(&far);
    assert!(far.contains("message_gateway_invalid") && !far.contains("s3cret"), "{far}");
}
