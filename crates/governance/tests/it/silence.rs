//! What is written to the log when people sign in and start anew: that it happened, never who, with what, or where they are
//! reached.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use platform::access::Role;
use sandbox::gateway::Fault;
use tracing_subscriber::fmt::MakeWriter;

use crate::desk::{Answer, Desk};
use crate::phones::{PHONES, Street, digits, siti, until};

/// Everything logged since.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Written {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_no_holder_number_and_no_phone_number_is_ever_logged() {
    let written = Written::default();
    // For the whole process: the database and the background have threads of their own.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(written.clone())
        .init();
    let street = Street::open().await;
    let (code, kept) = street.code(siti()).await;
    assert_eq!(street.enter(&kept, "000000").await.status, StatusCode::FORBIDDEN);
    let session = street.enter(&kept, &code).await.cookie().unwrap();
    street.desk.get("/resident", Some(&session)).await;
    for fault in [Fault::Refuse, Fault::Slow { ms: 30_000 }] {
        street.fail(fault, 3);
        street.ask(&siti().to_string()).await;
        let written = written.clone();
        let (says, times) =
            if fault == Fault::Refuse { ("gateway_refused", 1) } else { ("a code was sent", 2) };
        until(|| written.text().matches(says).count() >= times).await;
    }
    street.desk.post("/sign-out", Some(&session), "").await;
    let of_staff = staff(&street.desk).await;
    let log = written.text();
    for secret in &of_staff {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(secret.len() > 5 && line.is_none(), "{secret} stands in the log: {line:?}");
    }
    assert!(log.contains("recovered=true") && log.contains("sign-in"), "the log is written at all");
    assert!(log.contains("a code was typed") && log.contains("gateway_refused"), "the log is written at all");
    let national = PHONES[0].trim_start_matches("+62");
    let number = siti().to_string();
    let plain = number.replace('-', "");
    let last = street.gateway.messages().last().map(digits).unwrap();
    let tokens = [&session, &kept].map(|pair| pair.split('=').nth(1).unwrap().to_owned());
    for secret in [&code, &last, PHONES[0], national, &number, &plain, &tokens[0], &tokens[1]] {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} stands in the log: {line:?}");
    }
}

/// Signs in rightly and wrongly, adds a program, starts anew; gives every secret of it.
async fn staff(desk: &Desk) -> Vec<String> {
    let before = desk.sign_in(None).await;
    let wrong = "a-password-mistyped";
    desk.post("/sign-in", None, &desk.form_of("ratna", wrong, "000000")).await;
    let handed_over = |answer: &Answer| {
        let code = answer.html.split("<code>").nth(1).unwrap();
        code.split("</code>").next().unwrap().to_owned()
    };
    let operator = desk.another("yusuf", Role::Operator, None).await;
    let asked = desk.post("/callers/clients", Some(&before), "nama=Bank&peran=bank").await;
    let token = handed_over(&desk.post(asked.location(), Some(&operator), "putusan=approved").await);
    desk.clients.authenticate(&platform::clients::Token::parse(&token).unwrap()).await.unwrap().unwrap();
    let maker = desk.another("hendra", Role::DataAuthority, None).await;
    let checker = desk.another("maya", Role::DataAuthority, None).await;
    let asked = desk.post("/users/ratna", Some(&maker), "perubahan=recover").await;
    let first = handed_over(&asked);
    let path = asked.html.split("action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let second = handed_over(&desk.post(&path, Some(&checker), "putusan=approved").await);
    let code = format!("{first}{second}");
    let password = "kuda laut menari pelan";
    let form = format!("nama=ratna&pemulihan={code}&sandi={password}&sandi2={password}");
    let key = handed_over(&desk.post("/recover", None, &form).await);
    let sessions = [&before, &operator, &maker].map(|pair| pair.split('=').nth(1).unwrap().to_owned());
    let mut secrets = vec![
        desk.secrets.password.reveal().to_owned(),
        desk.secrets.code.reveal(),
        hex::encode(desk.secrets.code.bytes()),
        wrong.to_owned(),
        token,
        code,
        first,
        second,
        password.to_owned(),
        key.replace(' ', ""),
        key,
    ];
    secrets.extend(sessions);
    secrets
}
