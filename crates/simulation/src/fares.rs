//! A service day played twice: once as it happened, once with its taps arriving in another order.
//!
//! Owns the day: rides with and without both ends, on two media of one holder, top-ups and a revocation in between.
//! Quotas are used in the order of the journal and stay out of it. Nothing is written; the engine alone
//! decides.

use base::{CommandId, DeviceNumber, HolderNumber, MediumSerial, PrincipalId, Timestamp};
use engine::ledger::Kind;
use engine::{
    Amount, Body, Channel, Engine, Envelope, Genesis, Grant, IssueMedium, Movement, OpenHolder, Part,
    Position, Revoke, SetMedium, State, Step, Tap, TopUp, Unit,
};

use crate::content::{self, code};
use crate::dice::{Dice, Purpose};
use crate::failure::{Broken, Invariant, hold};
use crate::ports::Ports;
use crate::time::BEGIN;

/// The most rides of a day.
const RIDES_MAX: u64 = 10;
/// The longest a tap is on its way: well within the horizon in which taps are rated again.
const DELAY_MAX: i64 = 50 * Timestamp::HOUR;
/// Media of the holder.
const MEDIA: u32 = 2;

/// Something that reaches the engine at an instant.
type Arrival = (Timestamp, Envelope);

/// What the holder is charged and owes and each operator is owed, by account.
type Fares = Vec<(Kind, u32, u32, i64)>;

/// Plays a day of the seed twice and compares.
pub fn check(seed: u64, ports: &mut dyn Ports) -> Result<(), Broken> {
    let mut dice = Dice::new(seed, Purpose::Fares);
    let (prompt, mut late) = day(&mut dice);
    for (_, arrival) in &mut late {
        if matches!(arrival.body, Body::Tap(_)) {
            *arrival = ports.late_tap(arrival.clone());
        }
    }
    let (one, other) = (play(prompt)?, play(late)?);
    hold(Invariant::FareOrder, one == other, || {
        let differs = one.iter().zip(&other).find(|(one, other)| one != other);
        format!("the same taps cost otherwise in another order: {differs:?}")
    })
}

fn envelope(at: Timestamp, number: u64, body: Body) -> Envelope {
    Envelope {
        schema: 1,
        id: CommandId::new(at, u128::from(number)),
        principal: PrincipalId(1),
        channel: Channel::Device,
        on_behalf_of: None,
        received_at: at,
        body,
    }
}

/// The same things twice: when they happen, and when they arrive.
fn day(dice: &mut Dice) -> (Vec<Arrival>, Vec<Arrival>) {
    let (mut prompt, mut late) = (Vec::new(), Vec::new());
    let mut number = 1_000;
    let mut both = |happens: Timestamp, delay: i64, body: &dyn Fn(u64) -> Body| {
        number += 1;
        let command = envelope(BEGIN, number, body(number));
        prompt.push((happens, command.clone()));
        late.push((happens.plus(delay), command));
    };
    let within = |dice: &mut Dice| BEGIN.plus(dice.between(0, 16 * Timestamp::HOUR));
    for _ in 0..=dice.below(RIDES_MAX) {
        let medium = u32::try_from(dice.below(u64::from(MEDIA))).unwrap_or_default();
        for movement in ride(within(dice), dice) {
            let delay = if dice.permille(300) { 0 } else { dice.between(0, DELAY_MAX) };
            both(movement.device_at, delay, &|seq| tap(seq - 1_000, medium, movement.clone()));
        }
    }
    for _ in 0..dice.below(4) {
        let amount = Amount(1 + dice.below(30_000));
        let (happens, delay) = (within(dice), dice.between(0, DELAY_MAX));
        let top_up = TopUp { medium: None, holder: Some(holder()), bank: code("bank_a"), amount };
        both(happens, delay, &|_| Body::TopUp(top_up.clone()));
    }
    // The revocation itself stands where it stands: from its instant on it counts.
    let revoke = Revoke { holder: holder(), benefit: code("travel_free"), version: 2 };
    both(within(dice), 0, &|_| Body::Revoke(revoke.clone()));
    prompt.sort_by_key(|(at, _)| *at);
    late.sort_by_key(|(at, _)| *at);
    (prompt, late)
}

/// The taps of a ride. An end may be missing.
fn ride(begins: Timestamp, dice: &mut Dice) -> Vec<Movement> {
    if dice.permille(500) {
        return vec![Movement::new(code(dice.one_of(content::STOPS)), begins)];
    }
    let (from, to) = dice.one_of([("m_1", "m_3"), ("m_2", "m_3"), ("m_2", "m_2"), ("tram", "tram")]);
    let ends = begins.plus(dice.between(Timestamp::MINUTE, 4 * Timestamp::HOUR));
    let metres = (from == "tram").then(|| u32::try_from(dice.below(20_000)).unwrap_or_default());
    let enter = Movement { part: Part::In, ..Movement::new(code(from), begins) };
    let leave = Movement { part: Part::Out, metres, ..Movement::new(code(to), ends) };
    match dice.below(10) {
        0 => vec![enter],
        1 => vec![leave],
        _ => vec![enter, leave],
    }
}

fn tap(seq: u64, medium: u32, movement: Movement) -> Body {
    Body::Tap(Tap {
        device: DeviceNumber(1),
        epoch: 1,
        seq,
        medium: MediumSerial(medium),
        counter: None,
        opened: true,
        refused: None,
        movement: Some(movement),
    })
}

fn holder() -> HolderNumber {
    HolderNumber::new(0).unwrap_or_else(|error| unreachable!("the first number is one: {error}"))
}

/// What is there before the day begins.
fn before() -> Vec<Body> {
    let (first, last) = (BEGIN.jakarta_date(), BEGIN.jakarta_date().plus_days(30));
    let genesis = Genesis {
        city: code("fares"),
        format: 1,
        hash_key: 0xFA5E,
        keys: Vec::new(),
        parameters: Vec::new(),
    };
    let mut all = vec![Body::Genesis(Box::new(genesis))];
    all.extend(content::all());
    let bank = code("bank_a");
    all.push(Body::OpenHolder(OpenHolder { holder: holder(), category: code("adult"), home: None, bank }));
    for serial in 0..MEDIA {
        let (medium, kind) = (MediumSerial(serial), code("card"));
        all.push(Body::IssueMedium(IssueMedium {
            medium,
            holder: holder(),
            kind,
            assurance: 2,
            replaces: None,
        }));
        all.push(Body::ActivateMedium(SetMedium { medium, version: 1, reason: None }));
    }
    for name in ["travel_free", "midday", "cheap_tram"] {
        let benefit = code(name);
        all.push(Body::Grant(Grant { holder: holder(), benefit, from: first, to: last, version: 1 }));
    }
    all
}

/// Everything arrives at its time; answers what is left when the day is closed.
fn play(arrivals: Vec<Arrival>) -> Result<Fares, Broken> {
    let begin = BEGIN.plus(-Timestamp::SECOND);
    let setup = (0..).zip(before()).map(|(number, body)| (begin, envelope(begin, number, body)));
    let closing = BEGIN.plus(5 * Timestamp::DAY);
    let mut engine = Engine::new(State::new(0xFA5E));
    for (seq, (at, mut command)) in (1..).zip(setup.chain(arrivals).chain([(closing, tick(closing))])) {
        command.id = CommandId::new(at, command.id.as_u128());
        for (index, command) in [tick(at), command].iter().enumerate().skip(usize::from(seq == 1)) {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            let step = engine.step(Position { seq, index }, at, command);
            hold(Invariant::FareOrder, matches!(step, Step::Decided(Ok(_))), || {
                format!("{} of the day came to {step:?}", command.body.name())
            })?;
        }
    }
    let accounts = engine.state.ledger.accounts().iter().filter(|account| account.key.unit == Unit::Rupiah);
    let mut all: Fares = accounts
        .map(|account| (account.key.kind, account.key.owner, account.key.sub, account.balance()))
        // An account that was opened for what was given back again says nothing.
        .filter(|(_, _, _, balance)| *balance != 0)
        .collect();
    all.sort_unstable();
    Ok(all)
}

fn tick(at: Timestamp) -> Envelope {
    Envelope { principal: PrincipalId(0), channel: Channel::System, ..envelope(at, 0, Body::Tick) }
}
