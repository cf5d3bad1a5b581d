//! The API over a small running city: memory journal, clock that stands, real tables, router in-process.

use std::path::Path;
use std::sync::Arc;

use acceptance::api::{self, Api};
use acceptance::service::{Passage, Service, TapInput, chain_hash};
use acceptance::store::Acceptance;
use acceptance::store::migrations::{Office, Projections};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use base::{Clock, Code, CommandId, DeviceNumber, ManualClock, MediumSerial, Timestamp};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use engine::Step;
use fixtures::City;
use journal::{KeyRing, Memory};
use platform::access::{Action, Actor, Grants, InForce, Leave, Policies, Resource, Role, authorize};
use platform::audit::Audit;
use platform::clients::Clients;
use platform::database::{Databases, Place};
use platform::devices::{Devices, NewDevice};
use platform::i18n::Texts;
use platform::web::{Edge, Portal};
use programmes::service::content::{Content, Known};
use programmes::service::labels::Labels;
use runtime::{Class, Follower, Handle, Options, Runtime};
use serde_json::{Value, json};
use tower::ServiceExt;

/// Files, or the PostgreSQL database that stands for them.
pub fn place(directory: &Path) -> Place<'_> {
    fixtures::servers::database_of(directory).map_or(Place::Files(directory), Place::Server)
}

/// The terminal of the tests, and its key.
pub const DEVICE: DeviceNumber = DeviceNumber(7);

/// Transfers between two sums kept: few, so that questions about the past start from several of them.
const SUMS_EVERY: u64 = 3;

pub struct House {
    pub city: City,
    pub clock: Arc<ManualClock>,
    pub service: Service,
    pub databases: Databases,
    pub terminal: String,
    pub bank: String,
    pub merchant: String,
    pub operator: String,
    pub key: SigningKey,
    pub labels: Labels,
    router: Router,
    runtime: Option<Runtime>,
    follower: Option<Follower>,
    ids: std::cell::Cell<u128>,
    directory: tempfile::TempDir,
}

/// An answer: status and body.
pub type Answer = (StatusCode, Value);

/// A city whose operator has leave to see cards.
struct Granted;

impl Grants for Granted {
    fn in_force(&self, role: Role, _: Option<base::Code>) -> InForce<'_> {
        let card = Leave { action: Action::ViewHolder, basis: "1/IZIN/2026: Pengelolaan".into() };
        let leave = if role == Role::Operator { vec![card] } else { Vec::new() };
        Box::pin(async move { Ok(leave) })
    }
}

impl House {
    /// Opens the house over a city: its script is played through the runtime.
    pub async fn over(city: City) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let databases = Databases::open(place(directory.path())).await.unwrap();
        platform::migrations::run::<platform::migrations::Office>(&databases.office).await.unwrap();
        platform::migrations::run::<Office>(&databases.office).await.unwrap();
        platform::migrations::run::<Projections>(&databases.projections).await.unwrap();
        let clock = Arc::new(ManualClock::new(city.now()));
        let runtime = start(&city, &clock);
        let handle = runtime.handle();
        play(&city, &handle).await;
        let (projections, tasks) = (databases.projections.clone(), tokio::runtime::Handle::current());
        let tables = Acceptance::keeping_sums(projections, tasks, SUMS_EVERY).await.unwrap();
        let following = handle.clone();
        let follower =
            tokio::task::spawn_blocking(move || following.follow(Box::new(tables))).await.unwrap().unwrap();
        let shared: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let devices = Devices::new(databases.office.clone(), Arc::clone(&shared));
        let clients =
            Clients::new(databases.office.clone(), Arc::clone(&shared)).granted_by(Arc::new(Granted));
        let audit = Audit::new(databases.office.clone(), Arc::clone(&shared));
        let policies = Arc::new(Policies::embedded().unwrap());
        let permit = authorize(&policies, &Actor::system(), Action::ManageClients, &Resource::City).unwrap();
        let mut tokens = Vec::new();
        for role in Role::OF_CLIENTS {
            let (client, token) = clients.add(&permit, role.as_str(), role, None).await.unwrap();
            if role == Role::TerminalOperator {
                let key = signing_key();
                let public_key = key.verifying_key().to_bytes();
                let new = NewDevice {
                    number: DEVICE,
                    client: client.principal,
                    public_key: &public_key,
                    place: None,
                };
                devices.add(&permit, &[new]).await.unwrap();
            }
            tokens.push(token.reveal());
        }
        let cursor = follower.cursor();
        let service = Service::new(handle, &databases, cursor, policies, devices.clone(), audit, shared);
        let labels = labels(&databases).await;
        let router = router(&service, clients, devices, &labels);
        let [terminal, bank, merchant, operator] = <[String; 4]>::try_from(tokens).unwrap();
        let house = Self {
            city,
            clock,
            service,
            databases,
            terminal,
            bank,
            merchant,
            operator,
            key: signing_key(),
            labels,
            router,
            runtime: Some(runtime),
            follower: Some(follower),
            ids: std::cell::Cell::new(0),
            directory,
        };
        house.caught_up().await;
        house
    }

    /// Where the databases lie.
    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }

    /// A fresh id of a command.
    pub fn id(&self) -> CommandId {
        self.ids.set(self.ids.get() + 1);
        CommandId::new(self.clock.now(), 0xACCE_0000 + self.ids.get())
    }

    /// Waits until the tables hold everything durable.
    pub async fn caught_up(&self) {
        let last = self.service.durable().seq;
        let mut cursor = self.follower.as_ref().unwrap().cursor();
        cursor.wait_for(|head| head.seq >= last).await.unwrap();
    }

    /// Sends a request and reads the answer.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 16 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Posts JSON under an id.
    pub async fn post(&self, token: &str, path: &str, id: CommandId, body: &Value) -> Answer {
        self.post_text(token, path, id, &body.to_string()).await
    }

    /// Posts a text that claims to be JSON.
    pub async fn post_text(&self, token: &str, path: &str, id: CommandId, body: &str) -> Answer {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {token}"))
            .header("idempotency-key", id.to_string())
            .header("content-type", "application/json")
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.send(request).await
    }

    /// Gets a path.
    pub async fn get(&self, token: &str, path: &str) -> Answer {
        let request = Request::get(path)
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty())
            .unwrap();
        self.send(request).await
    }

    /// Asks for a person at a place.
    pub async fn ask(&self, name: &str, place: &str) -> Answer {
        let body = json!({"medium": self.city.medium(name).0, "place": place});
        self.post(&self.terminal, "/api/v1/asks", self.id(), &body).await
    }

    /// Signs a body as the terminal and delivers it.
    pub async fn deliver(&self, body: &Value) -> Answer {
        let text = body.to_string();
        let signature = BASE64_STANDARD.encode(self.key.sign(text.as_bytes()).to_bytes());
        self.deliver_signed(text, &signature).await
    }

    /// Delivers a body under a given signature.
    pub async fn deliver_signed(&self, text: String, signature: &str) -> Answer {
        let request = Request::post("/api/v1/tap-batches")
            .header("device", DEVICE.to_string())
            .header("device-signature", signature)
            .header("content-type", "application/json")
            .body(Body::from(text))
            .unwrap();
        self.send(request).await
    }

    /// Stops the engine and what follows it; the tables stay as they are.
    pub async fn stop_engine(&mut self) {
        let (runtime, follower) = (self.runtime.take(), self.follower.take());
        let stopped = tokio::task::spawn_blocking(move || {
            let _ = follower.map(Follower::stop);
            let _ = runtime.map(Runtime::shutdown);
        });
        stopped.await.unwrap();
    }

    /// How many transfers the books hold, and whether they are in balance.
    pub async fn books(&self) -> (i64, bool) {
        self.caught_up().await;
        let books = self.service.books().await.unwrap();
        (books.units.iter().map(|book| book.transfers).sum(), books.is_balanced())
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // The follower first: it asks the runtime for readers.
        let (runtime, follower) = (self.runtime.take(), self.follower.take());
        std::thread::spawn(move || {
            let _ = follower.map(Follower::stop);
            let _ = runtime.map(Runtime::shutdown);
        });
    }
}

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn start(city: &City, clock: &Arc<ManualClock>) -> Runtime {
    let genesis = city.state().genesis.clone().unwrap();
    let options = Options {
        genesis,
        node: Code::parse("test").unwrap(),
        epoch_id: CommandId::from_u128(1),
        build: Code::parse("test").unwrap(),
        config: 0,
        limits: runtime::Limits::default(),
        leadership: runtime::Leadership::Alone,
        reserve: 64,
        on_fault: |fault| panic!("{fault}"),
    };
    let keys = Arc::new(KeyRing::in_memory([5; 32]));
    let shared: Arc<dyn Clock> = Arc::<ManualClock>::clone(clock);
    Runtime::start(Box::new(Memory::new()), keys, shared, options).unwrap()
}

async fn play(city: &City, handle: &Handle) {
    for answer in handle.submit(Class::Office, city.script()).await.unwrap() {
        assert!(matches!(answer.step, Step::Decided(Ok(_))), "{:?}", answer.step);
    }
}

/// Names for the codes of the small city.
const NAMES: &str = include_str!("names.yaml");

async fn labels(databases: &Databases) -> Labels {
    let office = databases.office.clone();
    platform::migrations::run::<programmes::Office>(&office).await.unwrap();
    let labels = Labels::open(office).await.unwrap();
    let content = Content::parse(&[("names.yaml", NAMES)], &Known::default()).unwrap();
    let policies = Policies::embedded().unwrap();
    let permit = authorize(&policies, &Actor::system(), Action::PublishContent, &Resource::City).unwrap();
    labels.publish(&permit, &content).await.unwrap();
    labels
}

fn router(service: &Service, clients: Clients, devices: Devices, labels: &Labels) -> Router {
    let texts = Arc::new(Texts::load(&[acceptance::pages::texts()]).unwrap());
    let labels = labels.clone();
    let api = Arc::new(Api { service: service.clone(), clients, devices, texts: Arc::clone(&texts), labels });
    let policies = Arc::new(Policies::embedded().unwrap());
    let portal = Arc::new(Portal::bare(texts, policies, Actor::console()));
    let (routes, _) = api::routes().split_for_parts();
    Edge::new(portal).around(routes.with_state(api))
}

/// Taps of one terminal as the wire carries them.
pub struct Wire {
    pub epoch: u32,
    pub taps: Vec<TapInput>,
}

impl Wire {
    /// So many opened taps of a person at a place, numbered from 1.
    pub fn of(house: &House, count: u64, name: &str, place: &str) -> Self {
        let tap = |seq: u64| TapInput {
            id: house.id(),
            device: DEVICE,
            epoch: 1,
            seq,
            medium: house.city.medium(name),
            counter: None,
            place: Code::parse(place).unwrap(),
            line: None,
            device_at: house.clock.now().plus(-Timestamp::MINUTE),
            opened: true,
            refused: None,
            passage: Passage::default(),
        };
        Self { epoch: 1, taps: (1..=count).map(tap).collect() }
    }

    /// The chain's hash before the tap of this index.
    pub fn hash_before(&self, index: usize) -> [u8; 32] {
        self.taps.iter().take(index).fold([0; 32], |hash, tap| chain_hash(&hash, tap))
    }

    /// The batch of these taps.
    pub fn batch(&self, range: std::ops::Range<usize>) -> Value {
        let taps: Vec<Value> = self.taps[range.clone()].iter().map(one).collect();
        json!({
            "epoch": self.epoch,
            "previous_hash": hex::encode(self.hash_before(range.start)),
            "head_hash": hex::encode(self.hash_before(range.end)),
            "taps": taps,
        })
    }

    /// One tap by itself.
    pub fn single(&self, index: usize) -> (CommandId, Value) {
        let mut body = one(&self.taps[index]);
        let fields = body.as_object_mut().unwrap();
        fields.remove("id");
        fields.insert("device".into(), json!(DEVICE.0));
        fields.insert("epoch".into(), json!(self.epoch));
        (self.taps[index].id, body)
    }
}

fn one(tap: &TapInput) -> Value {
    let TapInput { id, seq, medium: MediumSerial(medium), place, device_at, opened, .. } = tap;
    json!({
        "id": id, "seq": seq, "medium": medium, "place": place, "device_at": device_at.rfc3339(), "opened": opened,
    })
}
