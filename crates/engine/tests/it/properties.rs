//! Random cities: whatever is sent, in whatever order, the books balance, a replay gives the same state, an id has one
//! outcome, no purse is overdrawn, and two engines write the same bytes.
//!
//! A failing run names its seed: `JAKONE_SEED=… cargo test -p engine properties` plays it again. `JAKONE_CASES` sets
//! how many cities are tried.

pub mod acts;

use std::collections::{BTreeMap, BTreeSet};

use base::{CommandId, PrincipalId};
use engine::journeys::first_kept_date;
use engine::ledger::{AccountId, Kind};
use engine::{Body, Engine, Envelope, Event, Moved, Position, State, Step, apply, state_digest};
use fixtures::{City, books, replay};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use acts::{Act, Script};

/// Tries a property on random cities of the seed in `JAKONE_SEED`, or of a fixed one.
pub fn for_random_cities(name: &str, property: impl Fn(&[Vec<Act>]) -> Result<(), String>) {
    let number = |variable: &str, otherwise: u64| {
        std::env::var(variable).map_or(otherwise, |text| text.parse().expect("a number"))
    };
    let seed = number("JAKONE_SEED", 20_261_122);
    let cases = u32::try_from(number("JAKONE_CASES", 128)).expect("a number of cases");
    let mut bytes = [0u8; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 4_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let entries = proptest::collection::vec(proptest::collection::vec(acts::act(), 1..6), 1..60);
    let tried = runner.run(&entries.boxed(), |entries| property(&entries).map_err(TestCaseError::fail));
    if let Err(error) = tried {
        panic!("JAKONE_SEED={seed} JAKONE_CASES={cases} cargo test -p engine {name}\n{error}");
    }
}

/// What a played script left behind.
pub struct Played {
    pub city: City,
    /// The commands of each entry as they were sent, with its time.
    pub sent: Vec<(base::Timestamp, Vec<Envelope>)>,
    /// What every delivery came to.
    heard: Vec<(PrincipalId, CommandId, Step)>,
}

pub fn play(entries: &[Vec<Act>]) -> Played {
    let mut script = Script::new();
    let mut played = Played { city: acts::city(), sent: Vec::new(), heard: Vec::new() };
    for acts in entries {
        let envelopes: Vec<Envelope> =
            acts.iter().filter_map(|act| script.envelope(&mut played.city, act)).collect();
        let steps = played.city.entry(&envelopes);
        let heard = envelopes.iter().zip(steps).map(|(one, step)| (one.principal, one.id, step));
        played.heard.extend(heard);
        played.sent.push((played.city.now(), envelopes));
    }
    played.city.tick();
    played
}

pub fn same<T: PartialEq + std::fmt::Debug>(what: &str, one: &T, other: &T) -> Result<(), String> {
    if one == other { Ok(()) } else { Err(format!("{what}: {one:?} is not {other:?}")) }
}

#[test]
fn the_books_balance_after_every_entry() {
    for_random_cities("the_books_balance", |entries| {
        let mut script = Script::new();
        let mut city = acts::city();
        for acts in entries {
            let envelopes: Vec<Envelope> =
                acts.iter().filter_map(|act| script.envelope(&mut city, act)).collect();
            city.entry(&envelopes);
            books(city.state())?;
            let purses = city.state().ledger.accounts().iter().filter(|one| one.key.kind == Kind::Purse);
            for purse in purses {
                if purse.balance() < 0 || purse.debits + purse.debits_pending > purse.credits {
                    return Err(format!("a purse is overdrawn: {purse:?}"));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn the_transfers_told_by_events_add_up_to_the_balances() {
    for_random_cities("the_transfers_told", |entries| {
        let played = play(entries);
        let mut balances: BTreeMap<AccountId, i64> = BTreeMap::new();
        for kept in played.city.records() {
            let record = kept.decode().map_err(|error| error.to_string())?;
            for event in record.outcome.into_iter().flatten() {
                if let Event::AccountOpened(id, _) = event {
                    balances.insert(id, 0);
                }
                if let Event::Moved(moved) | Event::PendingPosted(_, moved) = event {
                    add(&mut balances, &moved)?;
                }
            }
        }
        let accounts = played.city.state().ledger.accounts();
        same("accounts", &accounts.len(), &balances.len())?;
        for (account, balance) in accounts.iter().zip(balances.values()) {
            same("a balance", &account.balance(), balance)?;
        }
        Ok(())
    });
}

/// Adds one leg to balances kept apart from the engine, and compares them with what the event says.
fn add(balances: &mut BTreeMap<AccountId, i64>, moved: &Moved) -> Result<(), String> {
    let amount = i64::try_from(moved.amount.0).map_err(|error| error.to_string())?;
    let mut side = |id: AccountId, change: i64| {
        let balance = balances.get_mut(&id).ok_or("a transfer of an account that is not open")?;
        *balance += change;
        Ok::<i64, String>(*balance)
    };
    same("the balance of the debit account", &side(moved.debit, -amount)?, &moved.debit_balance)?;
    same("the balance of the credit account", &side(moved.credit, amount)?, &moved.credit_balance)
}

#[test]
fn a_replay_of_the_records_gives_the_same_state() {
    for_random_cities("a_replay_of_the_records", |entries| {
        let Played { city, .. } = play(entries);
        let replayed = replay(city.records(), |_| true).map_err(|error| error.to_string())?;
        same("the digest", &state_digest(&replayed), &state_digest(city.state()))?;
        let oldest = first_kept_date(city.now(), city.state().parameters.rerate_horizon);
        let forgetful = replay(city.records(), |date| date >= oldest).map_err(|error| error.to_string())?;
        same("the digest without old keys", &state_digest(&forgetful), &state_digest(city.state()))
    });
}

/// A process that starts makes room first, so its hash tables lie in memory in another order than the leader's.
#[test]
fn a_replay_into_roomier_tables_gives_the_same_state() {
    for_random_cities("a_replay_into_roomier_tables", |entries| {
        let Played { city, .. } = play(entries);
        let genesis = city.state().genesis.as_ref().ok_or("a city is founded")?;
        let mut state = State::new(genesis.hash_key);
        state.ledger.reserve(5_000);
        state.holders.reserve(5_000);
        state.media.reserve(5_000);
        for kept in city.records() {
            apply(&mut state, &kept.decode().map_err(|error| error.to_string())?.as_ref());
        }
        same("the digest", &state_digest(&state), &state_digest(city.state()))
    });
}

#[test]
fn a_replay_that_goes_on_decides_as_the_engine_that_never_stopped() {
    for_random_cities("a_replay_that_goes_on", |entries| {
        let (before, after) = entries.split_at(entries.len() / 2);
        let whole = play(entries);
        let half = play(before);
        let restarted = replay(half.city.records(), |_| true).map_err(|error| error.to_string())?;
        // `play` ends with a tick of its own, which the whole run does not have in its middle: leave it out.
        let records = half.city.records();
        let without_tick = replay(&records[..records.len() - 1], |_| true).map_err(|e| e.to_string())?;
        same("positions", &restarted.position.seq, &(without_tick.position.seq + 1))?;
        let mut engine = Engine::new(without_tick);
        let mut written = whole.city.records().iter().skip(records.len() - 1);
        for (at, envelopes) in &whole.sent[before.len()..before.len() + after.len()] {
            let seq = engine.state.position.seq + 1;
            let tick = written.clone().next().ok_or("a tick is missing")?.envelope.clone();
            let mut index = 0;
            for envelope in std::iter::once(&tick).chain(envelopes) {
                if let Step::Decided(_) = engine.step(Position { seq, index }, *at, envelope) {
                    index += 1;
                    let kept = written.next().ok_or("a record too much")?;
                    same("the value part", &engine.value(), &kept.value.as_slice())?;
                }
            }
        }
        Ok(())
    });
}

#[test]
fn an_id_has_one_outcome() {
    for_random_cities("an_id_has_one_outcome", |entries| {
        let played = play(entries);
        let mut decided: BTreeMap<(PrincipalId, CommandId), Vec<Position>> = BTreeMap::new();
        let (mut others, mut facts) = (BTreeSet::new(), BTreeSet::new());
        for kept in played.city.records().iter().filter(|kept| !kept.envelope.body.is_own()) {
            let key = (kept.envelope.principal, kept.envelope.id);
            // A fact is known by its number, whatever the age of its id.
            let first = match &kept.envelope.body {
                Body::Tap(tap) => facts.insert((tap.device, tap.epoch, tap.seq)),
                _ => others.insert(key),
            };
            if !first {
                return Err(format!("decided twice: {:?}", kept.envelope));
            }
            decided.entry(key).or_default().push(kept.position);
        }
        for (principal, id, step) in &played.heard {
            let known = decided.get(&(*principal, *id)).map_or(&[][..], Vec::as_slice);
            match step {
                Step::Repeated(position) if !known.contains(position) => {
                    return Err(format!("{id} stands at {known:?}, not at {position}"));
                }
                Step::Conflict if known.is_empty() => return Err(format!("{id} conflicts with nothing")),
                _ => {}
            }
        }
        Ok(())
    });
}

#[test]
fn two_engines_write_the_same_bytes() {
    for_random_cities("two_engines_write", |entries| {
        let (one, other) = (play(entries), play(entries));
        same("records", &one.city.records().len(), &other.city.records().len())?;
        for (one, other) in one.city.records().iter().zip(other.city.records()) {
            same("the value part", &one.value, &other.value)?;
            same("the movement part", &one.movement, &other.movement)?;
        }
        same("the digest", &state_digest(one.city.state()), &state_digest(other.city.state()))
    });
}

/// A property over nothing would hold too: the random cities do use what the rules are about.
#[test]
fn random_cities_reach_most_of_the_rules() {
    let reached = std::cell::RefCell::new(std::collections::BTreeSet::new());
    for_random_cities("random_cities_reach", |entries| {
        let played = play(entries);
        let mut reached = reached.borrow_mut();
        for (_, _, step) in &played.heard {
            reached.insert(match step {
                Step::Decided(Err(refusal)) => refusal.code().to_owned(),
                Step::Decided(Ok(_)) => "accepted".to_owned(),
                other => format!("{other:?}").split('(').next().unwrap_or_default().to_owned(),
            });
        }
        for kept in played.city.records() {
            for event in kept.decode().map_err(|error| error.to_string())?.outcome.into_iter().flatten() {
                let name = format!("{event:?}");
                reached.insert(name.split(['(', ' ']).next().unwrap_or_default().to_owned());
            }
        }
        Ok(())
    });
    let reached = reached.into_inner();
    let wanted = "accepted Repeated RepeatedFact Conflict Expired account_overdraft purse_insufficient subject_stale \
        pending_resolved pending_unknown fund_class_mismatch leg_invalid amount_invalid amount_too_large \
        account_unknown medium_unknown medium_blocked place_unknown holder_exists effective_in_past Moved Held \
        PendingPosted PendingVoided PendingExpired ToppedUp Quoted TapPriced TapHeld TapClosed Granted Revoked \
        MediumChanged AccountOpened ParameterSet TariffPublished BenefitPublished";
    let missing: Vec<&str> = wanted.split_whitespace().filter(|one| !reached.contains(*one)).collect();
    assert!(missing.is_empty(), "never reached: {missing:?}");
}

#[test]
fn the_digest_tells_states_apart() {
    let digest = |change: &dyn Fn(&mut State)| {
        let mut state = acts::city().state().clone();
        change(&mut state);
        state_digest(&state)
    };
    let plain = digest(&|_| {});
    assert_ne!(digest(&|state| state.epoch += 1), plain);
    assert_ne!(digest(&|state| state.at = state.at.plus(1)), plain);
    assert_ne!(digest(&|state| state.position.index += 1), plain);
    assert_ne!(digest(&|state| state.open_for_business = !state.open_for_business), plain);
    assert_ne!(digest(&|state| state.parameters.tick_max -= 1), plain);
    assert_ne!(digest(&|state| state.genesis = None), plain);
}
