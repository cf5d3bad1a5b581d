//! Taps over HTTP, on the whole product: terminals deliver signed batches, or single taps over many connections.
//!
//! Owns the terminals. They run on the same machine and in the same process as the product, so they take their share of its
//! processor; requests are made before the clock runs.

// Rates and ratios of a measurement, shown to people: nothing is decided by them.
#![allow(clippy::float_arithmetic)]

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use base::{Clock as _, DeviceNumber, SystemClock};
use ed25519_dalek::SigningKey;
use engine::{Body, Tap};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use platform::access::{Action, Role};
use platform::devices::NewDevice;
use sandbox::live::wire::{self, Message, Passage, TapRecord};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::city;
use super::load::Load;
use super::measure::PROBES;
use super::plan::Plan;
use super::report::{Report, median, median_time, per_second};
use super::stand::{Server, on_product};
use crate::commands::serve::{listen, tasks};
use crate::flush_probe::{Probe, percentile, probe};
use crate::product::{Product, system_permit};

/// What a refused tap of an answer holds.
const REFUSED: &[u8] = b"\"refused\"";

/// One terminal with the requests it sends, one after the other.
struct Terminal {
    number: DeviceNumber,
    key: SigningKey,
    chain: [u8; 32],
    seq: u64,
}

/// What a round came to.
struct Round {
    /// Taps.
    count: u32,
    taken: Duration,
    p50: Duration,
    p99: Duration,
    probe: Probe,
}

/// Measures uploads, or single taps where a batch is one.
///
/// # Errors
/// When directory or port cannot be used, or a tap was not accepted.
pub fn measure(plan: &Plan, scratch: &Path) -> anyhow::Result<Report> {
    let server = Server::start(plan.backend)?;
    let directory = server.directory(scratch)?;
    let measured = on_product(&directory, plan, async |product| {
        city::found_on(product, plan).await?;
        let listener = listen(0).await?;
        let address = listener.local_addr()?.to_string();
        let token = enter_terminals(product, plan).await?;
        let serving = product.serve(product.router()?, listener);
        tokio::pin!(serving);
        let measured = tokio::select! {
            served = &mut serving => served.and_then(|()| anyhow::bail!("the server stopped")),
            measured = run(product, plan, scratch, &address, &token) => measured,
        };
        product.stopped(serving).await?;
        measured
    });
    let (rounds, drained) = tasks()?.block_on(measured)?;
    drop(server);
    Ok(report(plan, &rounds, drained))
}

/// Adds a client and a terminal per connection; answers the client's token.
async fn enter_terminals(product: &Product, plan: &Plan) -> anyhow::Result<String> {
    let permit = system_permit(Action::ManageClients)?;
    let clients = product.clients();
    let (client, token) = clients.add(&permit, "bench", Role::TerminalOperator, None).await?;
    let keys: Vec<[u8; 32]> = terminals(plan).iter().map(|one| one.key.verifying_key().to_bytes()).collect();
    let devices: Vec<NewDevice<'_>> = (1..)
        .zip(&keys)
        .map(|(number, public_key)| NewDevice {
            number: DeviceNumber(number),
            client: client.principal,
            public_key,
            place: None,
        })
        .collect();
    product.devices().add(&permit, &devices).await?;
    Ok(token.reveal())
}

fn terminals(plan: &Plan) -> Vec<Terminal> {
    let key = |number: u32| {
        let mut seed = [0x42; 32];
        seed.iter_mut().zip(number.to_be_bytes()).for_each(|(byte, of)| *byte ^= of);
        SigningKey::from_bytes(&seed)
    };
    let terminal =
        |number| Terminal { number: DeviceNumber(number), key: key(number), chain: [0; 32], seq: 0 };
    (1..=plan.in_flight).map(terminal).collect()
}

/// All rounds, and how long the tables took to be up with the last tap.
async fn run(
    product: &Product,
    plan: &Plan,
    scratch: &Path,
    address: &str,
    token: &str,
) -> anyhow::Result<(Vec<Round>, Duration)> {
    let state = product.engine().read(|engine| engine.state.clone()).await?.value;
    let mut load = Load::new(plan.subject, &state, plan.seed);
    drop(state);
    let (mut terminals, mut rounds) = (terminals(plan), Vec::new());
    for round in 0..plan.rounds {
        let (from, count) = (plan.first_of(round), plan.size_of(round));
        load.begin(SystemClock::new(0).now(), from);
        let mut requests = Vec::new();
        for (terminal, place) in terminals.iter_mut().zip(0u64..) {
            // Shares as even as the count allows.
            let share = |place: u64| from + u64::from(count) * place / u64::from(plan.in_flight);
            let numbers: Vec<u64> = (share(place)..share(place + 1)).collect();
            let messages = numbers
                .chunks(usize::try_from(plan.batch)?)
                .map(|numbers| terminal.message(&load, numbers, (plan.batch == 1).then_some(token)));
            requests.push(messages.collect::<anyhow::Result<Vec<Message>>>()?);
        }
        let probe = probe(scratch, PROBES)?;
        let mut connections = JoinSet::new();
        let begun = Instant::now();
        for messages in requests {
            connections.spawn(deliver(address.to_owned(), messages));
        }
        let mut times = Vec::new();
        while let Some(delivered) = connections.join_next().await {
            times.extend(delivered??);
        }
        let taken = begun.elapsed();
        let (p50, p99) = (percentile(&mut times, 50), percentile(&mut times, 99));
        rounds.push(Round { count, taken, p50, p99, probe });
    }
    let begun = Instant::now();
    product.caught_up().await?;
    Ok((rounds, begun.elapsed()))
}

impl Terminal {
    /// The request for taps: a single one under the client's token, or a batch signed by the terminal.
    fn message(&mut self, load: &Load, numbers: &[u64], token: Option<&str>) -> anyhow::Result<Message> {
        let before = self.chain;
        let taps = numbers.iter().map(|number| self.tap(load, *number));
        let taps: Vec<TapRecord> = taps.collect::<anyhow::Result<_>>()?;
        match (token, taps.first()) {
            (Some(token), Some(tap)) => Ok(wire::tap(token, self.number, 1, tap)),
            _ => Ok(wire::batch(&self.key, self.number, 1, (before, self.chain), &taps)),
        }
    }

    fn tap(&mut self, load: &Load, number: u64) -> anyhow::Result<TapRecord> {
        let command = load.command(number);
        let Body::Tap(Tap { medium, movement: Some(movement), .. }) = command.body else {
            anyhow::bail!("the load made no tap");
        };
        self.seq += 1;
        let tap = TapRecord {
            id: command.id,
            seq: self.seq,
            medium,
            place: movement.place,
            device_at: movement.device_at,
            opened: true,
            refused: None,
            passage: Passage { part: movement.part, ..Passage::default() },
        };
        self.chain = wire::chain_hash(&self.chain, self.number, 1, &tap);
        Ok(tap)
    }
}

/// Sends requests over one connection, each when the one before was answered; answers how long each took.
async fn deliver(address: String, messages: Vec<Message>) -> anyhow::Result<Vec<Duration>> {
    let stream = TcpStream::connect(&address).await.context("the server cannot be reached")?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let mut times = Vec::with_capacity(messages.len());
    for message in messages {
        let begun = Instant::now();
        send(&mut sender, &address, message).await?;
        times.push(begun.elapsed());
    }
    drop(sender);
    connection.await??;
    Ok(times)
}

async fn send(sender: &mut SendRequest<Full<Bytes>>, address: &str, message: Message) -> anyhow::Result<()> {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(message.path.as_ref())
        .header(HOST, address)
        .header(CONTENT_TYPE, "application/json");
    for (name, value) in message.headers {
        request = request.header(name, value);
    }
    let response = sender.send_request(request.body(Full::new(Bytes::from(message.body)))?).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    let refused = body.windows(REFUSED.len()).any(|window| window == REFUSED);
    ensure!(
        status == StatusCode::OK && !refused,
        "a tap was not accepted: {status} {}",
        String::from_utf8_lossy(body.get(..body.len().min(400)).unwrap_or_default())
    );
    Ok(())
}

fn report(plan: &Plan, rounds: &[Round], drained: Duration) -> Report {
    let of = |value: &dyn Fn(&Round) -> f64| median(rounds.iter().map(value).collect());
    let time = |value: fn(&Round) -> Duration| median_time(rounds.iter().map(value));
    let drain_s = drained.as_secs_f64();
    let mut report = Report::of(plan);
    report
        .throughput(of(&|round| per_second(u64::from(round.count), round.taken)), "taps over HTTP")
        .latency("request", time(|round| round.p50), time(|round| round.p99))
        .probes(&rounds.iter().map(|round| round.probe).collect::<Vec<_>>())
        .measured("drain_s", drain_s)
        .line("tables", format!("up with the last tap {drain_s:.2} s after its answer"))
        .line(
            "run",
            format!(
                "{} in {} rounds, {} taps per request, {} connections from the same process",
                plan.count, plan.rounds, plan.batch, plan.in_flight
            ),
        )
        .memory();
    report
}
