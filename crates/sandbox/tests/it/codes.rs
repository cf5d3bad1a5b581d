//! The default city lived to its end: every outcome and every code that people, media, terminals, banks and shops can cause
//! occurs; those that cannot are named with the reason. And its books: what the sandbox reckoned is what the engine holds.

use engine::ledger::Kind;
use engine::{AccountKey, Cash, Funding, Unit};
use programmes::service::content::Content;

use super::world::{World, all_codes, date};

/// Codes that the life of the default city does not cause.
const LEFT_TO_OTHERS: [(&str, &str, &str); 36] = [
    ("refusal", "medium_exists", "the issuer counts serials; engine tables"),
    ("refusal", "medium_replaced", "an office replaces or activates a card twice; engine tables"),
    ("refusal", "account_overdraft", "an office's own transfers; engine tables"),
    ("refusal", "account_unknown", "an office's own transfers; engine tables"),
    ("refusal", "account_exists", "an office opens accounts; engine tables"),
    ("refusal", "fund_class_mismatch", "an office's own transfers; engine tables"),
    ("refusal", "leg_invalid", "an office's own transfers; engine tables"),
    ("refusal", "amount_invalid", "the edge refuses zero before it is a command; acceptance's API tests"),
    ("refusal", "holder_exists", "the registry draws numbers; engine tables"),
    ("refusal", "period_invalid", "an office grants; engine tables"),
    ("refusal", "period_too_long", "an office grants; engine tables"),
    ("refusal", "benefit_group_taken", "an office grants; engine tables"),
    ("refusal", "subject_stale", "an office's outbox in the wrong order; engine tables"),
    ("refusal", "pending_unknown", "an office's own holds; engine tables"),
    ("refusal", "pending_resolved", "an office's own holds; engine tables"),
    ("refusal", "pending_expired", "an office's own holds; engine tables"),
    ("refusal", "deadline_invalid", "an office's own holds; engine tables"),
    ("refusal", "effective_in_past", "publication; engine tables"),
    ("refusal", "content_exists", "publication; engine tables"),
    ("refusal", "version_invalid", "publication; engine tables"),
    ("refusal", "definition_invalid", "publication; engine tables"),
    ("refusal", "parameter_invalid", "the operator sets parameters; engine tables"),
    ("refusal", "genesis_exists", "the process itself; engine tables"),
    ("refusal", "epoch_invalid", "the process itself; engine tables"),
    ("refusal", "movement_missing", "the edge demands place and time; replay without keys"),
    ("refusal", "attestation_invalid", "the audit is laid down by the office; engine tables"),
    ("refusal", "internal", "a fault of the engine; fault tests"),
    ("refusal", "calendar_missing", "the published calendars cover the city's days; stories"),
    ("refusal", "cash_not_allowed", "no published wallet forbids cash; engine tables"),
    ("refusal", "budget_exhausted", "the city votes enough; engine tables"),
    ("refusal", "approval_missing", "an office reprices; engine tables"),
    ("refusal", "days_forgotten", "an office reprices; engine tables"),
    ("incident", "budget_exhausted", "no published benefit is paid from a budget at the gate; engine tables"),
    ("fare", "override", "no published price is for dates of these weeks; stories"),
    ("fare", "overstay", "no published tariff limits a stay; engine tables"),
    ("fare", "capped", "no published tariff has a cap; engine tables"),
];

#[test]
fn the_default_city_causes_every_outcome_and_code_that_life_can_cause_and_its_books_agree() {
    let world = World::lived(1, 20_000, date("2026-10-27"), 30);
    every_code(&world);
    world.agrees();
    books(&world);
    assert!((500_000..700_000).contains(&world.taps.len()), "{} taps", world.taps.len());
}

fn every_code(world: &World) {
    let mut wrong = Vec::new();
    for (kind, codes) in all_codes() {
        let seen = match kind {
            "refusal" => &world.refusals,
            "incident" => &world.incidents,
            "held" => &world.held,
            _ => &world.fares,
        };
        for code in codes {
            let left = LEFT_TO_OTHERS.iter().any(|(of, one, _)| (*of, *one) == (kind, code));
            match (seen.contains_key(code), left) {
                (false, false) => wrong.push(format!("{kind} {code} never occurs")),
                (true, true) => wrong.push(format!("{kind} {code} occurs and is named as left to others")),
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    let known = |(kind, code, _): &(&str, &str, &str)| {
        all_codes().iter().any(|(of, codes)| of == kind && codes.contains(code))
    };
    assert!(LEFT_TO_OTHERS.iter().all(known), "a code is named that does not exist");
    assert!(world.free > 1_000 && world.paid > 1_000 && world.shut > 100);
    // What some reasons say of the content.
    let content = Content::built_in().unwrap();
    let rules = || content.benefits.iter().map(|benefit| &benefit.rules);
    assert!(rules().all(|rules| rules.funding == Funding::Forgone));
    assert!(rules().filter_map(|rules| rules.wallet.as_ref()).all(|wallet| wallet.cash != Cash::None));
    assert!(content.tariffs.iter().all(|row| row.rules.cap_day.is_none() && row.rules.overstay.is_none()));
}

/// Purse, debt and every wallet of every resident by the sandbox's books and by the engine's.
fn books(world: &World) {
    let state = &world.engine.state;
    let balance = |kind, owner, sub| {
        let key = AccountKey { kind, owner, sub, unit: Unit::Rupiah };
        state.ledger.find(&key).and_then(|id| state.ledger.account(id)).map_or(0, |account| account.balance())
    };
    let mut moved = 0;
    for resident in &world.city.residents {
        let holder = state.holders.find(resident.holder).unwrap();
        let purse = state.holders.get(holder).unwrap().purse.unwrap();
        let held = state.ledger.account(purse).unwrap().balance();
        let owed = -balance(Kind::Debt, holder, 0);
        assert_eq!(world.city.purse(resident.index), (held, owed), "resident {}", resident.index);
        moved += usize::from(u64::try_from(held) != Ok(resident.opening_purse.0));
    }
    assert!(moved > world.city.residents.len() / 4, "{moved} purses were used");
    let mut wallets = 0;
    for (resident, benefit, reckoned) in world.city.wallets() {
        let number = world.city.residents[resident as usize].holder;
        let holder = state.holders.find(number).unwrap();
        let held = balance(Kind::Wallet, holder, state.benefits.find(benefit).unwrap());
        assert_eq!(held, reckoned, "wallet {benefit} of resident {resident}");
        wallets += 1;
    }
    assert!(wallets > 1_000, "{wallets} wallets");
    let totals = state.ledger.totals(Unit::Rupiah);
    assert_eq!(totals.debits, totals.credits);
}
