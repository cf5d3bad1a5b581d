//! The city a bench runs on: invented organisations, holders, purses and, for taps, media and two entitlements each.
//!
//! Owns the set-up commands. Nothing here is content of the real city, and no figure of it is a price anybody pays.

use base::{Code, HolderNumber, MediumSerial, Timestamp};
use engine::{
    Amount, BenefitDefinition, Body, Evidence, Grant, IssueMedium, OpenHolder, OrganisationDefinition,
    PlaceDefinition, PriceRule, Role, SetMedium, Source, TariffDefinition, TopUp,
};

use crate::cli::BenchSubject;

/// Places taps are made at.
pub const PLACES: u32 = 16;
/// Money in every purse, far more than a bench moves.
const PURSE: u64 = 1_000_000_000;
/// Assurance of every medium; the second benefit asks for more and so never wins.
const ASSURANCE: u8 = 2;
/// Spreads holder numbers over their range; prime, and no divisor of their count.
const SPREAD: u64 = 648_391_973;

/// A code that is one by construction.
pub fn code(text: &str) -> Code {
    Code::parse(text).unwrap_or_else(|_| unreachable!("{text} is a code"))
}

/// The code of a place.
pub fn place(number: u32) -> Code {
    code(&format!("bench.place.{number}"))
}

/// The number of the so-manieth holder, scattered so that hash tables see what they would see of real numbers.
fn holder(index: u32) -> HolderNumber {
    let scattered = u64::from(index) * SPREAD % HolderNumber::COUNT;
    HolderNumber::new(scattered).unwrap_or_else(|_| unreachable!("a remainder is below its divisor"))
}

fn source() -> Source {
    Source { legal_basis: code("bench"), evidence: Evidence::Assumed }
}

/// Everything that is published, and the holders, in an order the engine takes.
pub fn commands(subject: BenchSubject, accounts: u32, now: Timestamp) -> Box<dyn Iterator<Item = Body>> {
    let bank = [Body::PublishOrganisation(OrganisationDefinition {
        code: code("bench.bank"),
        role: Role::Bank,
        source: source(),
        merchant_type: None,
    })];
    let people = (0..accounts).flat_map(|index| [open(index), top_up(index)]);
    match subject {
        BenchSubject::Transfers => Box::new(bank.into_iter().chain(people)),
        BenchSubject::Taps => {
            let equipped = (0..accounts).flat_map(move |index| equip(index, now));
            Box::new(bank.into_iter().chain(content(now)).chain(people).chain(equipped))
        }
    }
}

fn open(index: u32) -> Body {
    Body::OpenHolder(OpenHolder {
        holder: holder(index),
        category: code("adult"),
        home: None,
        bank: code("bench.bank"),
    })
}

fn top_up(index: u32) -> Body {
    Body::TopUp(TopUp {
        medium: None,
        holder: Some(holder(index)),
        bank: code("bench.bank"),
        amount: Amount(PURSE),
    })
}

/// One operator, its places, one tariff, and two benefits: one that sets the price and one that does not apply.
fn content(now: Timestamp) -> Vec<Body> {
    let operator = code("bench.operator");
    let service = code("bench.service");
    let since = now.plus(-Timestamp::DAY);
    let benefit = |name: &str, price: PriceRule, assurance_min: u8| {
        Body::PublishBenefit(BenefitDefinition {
            code: code(name),
            version: 1,
            effective_from: since,
            services: vec![service],
            places: Vec::new(),
            assurance_min,
            price,
            priority: 0,
            source: source(),
        })
    };
    let organisation = OrganisationDefinition { code: operator, role: Role::Merchant, source: source() };
    let mut all = vec![Body::PublishOrganisation(organisation)];
    all.extend((0..PLACES).map(|number| {
        let (code, region) = (place(number), None);
        Body::PublishPlace(PlaceDefinition { code, operator, service, region, source: source() })
    }));
    all.push(Body::PublishTariff(TariffDefinition {
        service,
        version: 1,
        price: Amount(3_500),
        effective_from: since,
        source: source(),
    }));
    all.push(benefit("bench.cheaper", PriceRule::Fixed(Amount(2_000)), 0));
    all.push(benefit("bench.free", PriceRule::Free, ASSURANCE + 1));
    all
}

/// A medium and two entitlements.
fn equip(index: u32, now: Timestamp) -> [Body; 4] {
    let (medium, holder) = (MediumSerial(index), holder(index));
    let today = now.jakarta_date();
    let grant = |benefit: &str| {
        Body::Grant(Grant {
            holder,
            benefit: code(benefit),
            from: today.plus_days(-30),
            to: today.plus_days(300),
            version: 1,
        })
    };
    [
        Body::IssueMedium(IssueMedium { medium, holder, kind: code("card"), assurance: ASSURANCE }),
        Body::ActivateMedium(SetMedium { medium, version: 1, reason: None }),
        grant("bench.cheaper"),
        grant("bench.free"),
    ]
}
