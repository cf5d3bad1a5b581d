//! A portal whose residents have phones: a real message gateway over a socket, and a book of numbers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base::{HolderNumber, PhoneNumber, SystemClock};
use governance::Settings;
use governance::gateway::{Gateway, Patience};
use governance::pages::Trial;
use governance::service::{Contact, Contacts};
use platform::shutdown::{self, Trigger};
use sandbox::gateway::{self, Fault, Faults, Message};

use crate::desk::settings;
use crate::desk::{Answer, Desk};

/// What the gateway knows us by.
const TOKEN: &str = "a-token-of-tests";

/// Where each of the two who have a phone is reached.
pub const PHONES: [&str; 2] = ["+6284000000007", "+6284000000008"];

/// Somebody with a phone.
pub fn siti() -> HolderNumber {
    HolderNumber::new(7).unwrap()
}

/// Somebody else with a phone.
pub fn budi() -> HolderNumber {
    HolderNumber::new(8_000).unwrap()
}

/// Somebody whose phone is not known.
pub fn mute() -> HolderNumber {
    HolderNumber::new(9_000).unwrap()
}

/// A number that nobody has.
pub fn nobody() -> HolderNumber {
    HolderNumber::new(10_000).unwrap()
}

struct Book(BTreeMap<HolderNumber, PhoneNumber>);

impl Contacts for Book {
    fn phone_of(&self, holder: HolderNumber) -> Contact<'_> {
        let found = self.0.get(&holder).copied();
        Box::pin(async move { Ok(found) })
    }
}

pub struct Street {
    pub desk: Desk,
    pub gateway: gateway::Gateway,
    _stop: Trigger,
}

/// Short, so that a gateway which does not answer is given up within a test.
pub const PATIENCE: Patience =
    Patience { answer: Duration::from_millis(200), attempts: 3, pause: Duration::from_millis(5) };

impl Street {
    pub async fn open() -> Self {
        Self::with(settings()).await
    }

    pub async fn with(settings: Settings) -> Self {
        let (stop, shutdown) = shutdown::channel();
        let clock = Arc::new(SystemClock::new(0));
        let gateway = gateway::Settings { token: TOKEN.into(), back: None, clock };
        let gateway = gateway::Gateway::start(gateway, shutdown).await.unwrap();
        let numbers = [siti(), budi()].into_iter().zip(PHONES.map(|text| PhoneNumber::parse(text).unwrap()));
        let book: Arc<dyn Contacts> = Arc::new(Book(numbers.collect()));
        let client = Gateway::new(&gateway.base_url(), TOKEN).unwrap().with_patience(PATIENCE);
        let trial = Trial { holder: siti(), messages: gateway.base_url() };
        let wire = |governance: governance::service::Governance| governance.with_messages(book, client);
        Self { desk: Desk::wired(settings, wire, Some(trial)).await, gateway, _stop: stop }
    }

    /// Asks for a code as a browser does; gives the answer and what the browser keeps.
    pub async fn ask(&self, number: &str) -> (Answer, String) {
        let form = self.desk.get("/resident", None).await.html;
        let mark = form.split("name=\"tanda\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let answer = self.desk.post("/resident", None, &format!("nomor={number}&tanda={mark}")).await;
        let kept = answer.cookie_of("__Host-jakone-code=").unwrap_or_default();
        (answer, kept)
    }

    /// Asks and waits for the code that comes.
    pub async fn code(&self, number: HolderNumber) -> (String, String) {
        let before = self.gateway.messages().len();
        let (_, kept) = self.ask(&number.to_string()).await;
        until(|| self.gateway.messages().len() > before).await;
        (digits(self.gateway.messages().last().unwrap()), kept)
    }

    pub async fn enter(&self, kept: &str, code: &str) -> Answer {
        self.desk.post("/resident/code", Some(kept), &format!("kode={code}")).await
    }

    /// Lets somebody in and gives their session.
    pub async fn sign_in(&self, number: HolderNumber) -> String {
        let (code, kept) = self.code(number).await;
        self.enter(&kept, &code).await.cookie().expect("a session")
    }

    pub fn fail(&self, fault: Fault, times: u32) {
        self.gateway.fail(Faults { fault, times });
    }
}

/// The six digits of a message.
pub fn digits(message: &Message) -> String {
    let runs = message.text.split(|c: char| !c.is_ascii_digit());
    runs.filter(|run| run.len() == 6).map(str::to_owned).next().expect("a message with a code")
}

/// Waits for what happens in the background.
pub async fn until(mut happened: impl FnMut() -> bool) {
    let waited = async {
        while !happened() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waited).await.expect("it never happened");
}
