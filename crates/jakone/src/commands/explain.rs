//! `jakone explain`: one decision in words: the facts, the rules and their versions, why other benefits lost, what moved,
//! what the gate shows. Read from the journal by replay up to the record. Never decides again.

use std::io::Write as _;
use std::ops::ControlFlow;

use base::CommandId;
use engine::{
    Amount, Body, Envelope, Event, FareRule, Package, Party, Position, Priced, Purchased, Refusal, Refused,
    State, Unit,
};
use serde_json::Value as Json;

use super::journal::{channel, record_json};
use crate::cli::ExplainArguments;
use crate::data_directory::DataDirectory;
use crate::problem::Problem;
use crate::reading::{Passed, Seen, walk};
use crate::words::{self, account_name, holder_number, incident, quantity, verdict};

/// Explains every record that bears the id or stands at the position.
///
/// # Errors
/// When there is none, or what a walk finds.
pub fn run(arguments: &ExplainArguments) -> anyhow::Result<()> {
    let wanted = Wanted::parse(&arguments.id)?;
    let directory = DataDirectory::at(&arguments.read.data);
    let mut out = std::io::stdout().lock();
    let mut found = 0u32;
    walk(&directory, &mut |passed| {
        let Passed::Record { seen, state } = passed else { return Ok(ControlFlow::Continue(())) };
        if !wanted.is(seen) {
            return Ok(ControlFlow::Continue(()));
        }
        found += 1;
        let told = Explanation { seen, state }.lines();
        if arguments.read.json {
            let mut json = record_json(seen, state);
            if let Some(object) = json.as_object_mut() {
                object.insert("explanation".into(), told.into_iter().map(Json::from).collect());
            }
            writeln!(out, "{json}")?;
        } else {
            told.iter().try_for_each(|line| writeln!(out, "{line}"))?;
        }
        // An id is unique per principal only, so the search goes on; a position is one record.
        Ok(if matches!(wanted, Wanted::At(_)) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    if found > 0 { Ok(()) } else { Err(unknown(&arguments.id).into()) }
}

/// A record as somebody names it.
pub enum Wanted {
    /// By its command.
    Id(CommandId),
    /// By its place.
    At(Position),
}

impl Wanted {
    /// Reads what was typed.
    ///
    /// # Errors
    /// A [`Problem`] when it is neither.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let id = CommandId::parse(text).map(Self::Id);
        let parsed = id.or_else(|| text.parse().ok().map(Self::At));
        parsed.ok_or_else(|| {
            Problem::new(
                "argument_invalid",
                format!("{text:?} is neither a command id nor a position like 12.3. Both stand in `jakone journal show`."),
                format!("{text:?} bukan id perintah dan bukan posisi seperti 12.3. Keduanya ada di `jakone journal show`."),
            )
            .into()
        })
    }

    fn is(&self, seen: &Seen) -> bool {
        let record = &seen.record;
        match self {
            Self::Id(id) => record.envelope.id == *id && !record.envelope.body.is_own(),
            Self::At(position) => record.position == *position,
        }
    }
}

/// There is no such record.
pub fn unknown(id: &str) -> Problem {
    Problem::new(
        "record_not_found",
        format!(
            "The journal holds no record {id}. What was refused before it was decided (too old, out of order, busy) is not journaled; ask again with a new id."
        ),
        format!(
            "Tidak ada catatan {id} di jurnal. Yang ditolak sebelum diputuskan tidak dicatat; ulangi dengan id baru."
        ),
    )
}

/// One decision about to be told.
struct Explanation<'a> {
    seen: &'a Seen,
    state: &'a State,
}

impl Explanation<'_> {
    fn lines(&self) -> Vec<String> {
        let record = &self.seen.record;
        let mut lines = vec![format!("{}  decided at {}", record.position, record.at)];
        self.asked(&record.envelope, &mut lines);
        match &record.outcome {
            Err(refused) => self::refused(&record.envelope.body, *refused, &mut lines),
            Ok(events) => self.accepted(events, &mut lines),
        }
        lines
    }

    fn asked(&self, envelope: &Envelope, lines: &mut Vec<String>) {
        let body = &envelope.body;
        lines.push(format!("asked   {}", words::command(self.state, body, self.seen.forgotten)));
        if !body.is_own() {
            let party = match &envelope.on_behalf_of {
                Some(Party::Holder(holder)) => format!(", for {holder}"),
                Some(Party::Organisation(code)) => format!(", for {code}"),
                None => String::new(),
            };
            let (id, who, how) = (envelope.id, envelope.principal, channel(envelope.channel));
            lines.push(format!(
                "        {id} of principal {who} by {how}, received {}{party}",
                envelope.received_at
            ));
        }
        let medium = match body {
            Body::Ask(ask) => Some(ask.medium),
            Body::Tap(tap) => Some(tap.medium),
            Body::Purchase(purchase) => Some(purchase.medium),
            Body::CashOut(cash_out) => Some(cash_out.medium),
            _ => None,
        };
        if let Some((serial, medium)) =
            medium.and_then(|serial| Some((serial, self.state.media.get(serial)?)))
        {
            let holder = holder_number(self.state, medium.holder).map(|number| number.to_string());
            let (now, since) = (words::medium_state(medium.state), medium.since);
            let holder = holder.unwrap_or_default();
            let assurance = medium.assurance;
            lines.push(format!(
                "facts   medium {serial} of {holder}: {}, assurance {assurance}, {now} since {since}",
                *medium.kind
            ));
        }
        if let Some(movement) = body.movement()
            && let Some(place) =
                self.state.places.find(movement.place).and_then(|index| self.state.places.get(index))
        {
            let known = &place.definition;
            lines.push(format!(
                "        place {}: service {}, run by {}",
                known.code, known.service, known.operator
            ));
        }
        if self.seen.forgotten {
            lines.push(
                "        where and when is forgotten: the day's key is destroyed (gerak dilupakan)".into(),
            );
        }
    }

    fn accepted(&self, events: &[Event], lines: &mut Vec<String>) {
        let priced = events.iter().find_map(|event| match event {
            Event::TapPriced(priced) | Event::Quoted(priced) => Some(priced),
            _ => None,
        });
        if let Some(priced) = priced {
            self.price(priced, lines);
        }
        for event in events {
            if let Event::PurchaseQuoted(told)
            | Event::PurchaseAuthorised(told)
            | Event::PurchaseCaptured(told) = event
            {
                self.sale(told, lines);
            }
        }
        let mut first = true;
        for event in events {
            if let Some(told) = self.happened(event) {
                let label = if first { "done    " } else { "        " };
                lines.push(format!("{label}{told}"));
                first = false;
            }
        }
        if let Some(priced) = priced {
            gate(priced, lines);
        }
    }

    /// Tariff, benefits looked at, and the price that came of it.
    fn price(&self, priced: &Priced, lines: &mut Vec<String>) {
        let service = self.state.places.services.get(priced.service);
        let name = service.map_or_else(|| format!("#{}", priced.service), |code| code.to_string());
        let versions = self.state.tariffs.all().get(priced.service as usize);
        let tariff =
            versions.and_then(|versions| versions.all.iter().find(|one| one.version == priced.tariff));
        let basis = tariff.map_or_else(String::new, |tariff| {
            format!(", in force from {}, by {}", tariff.effective_from, tariff.source.legal_basis)
        });
        lines.push(format!(
            "rule    tariff {name} version {}: {}{basis}",
            priced.tariff,
            rupiah(priced.full)
        ));
        lines.push(format!("        {}", words::fare(priced.fare)));
        if let Some(package) = &priced.package {
            self.package(priced, package, lines);
        }
        if priced.people > 1 {
            lines.push(format!("        for {} people", priced.people));
        }
        for one in &priced.considered {
            let benefit = self.state.benefits.get(one.benefit);
            let code =
                benefit.map_or_else(|| format!("#{}", one.benefit), |benefit| benefit.code.to_string());
            let price = one.price.map(|price| format!(" at {}", rupiah(price))).unwrap_or_default();
            lines.push(format!("benefit {code} version {}{price}: {}", one.version, verdict(one.verdict)));
        }
        if priced.considered.is_empty() {
            lines.push("benefit the holder has none".into());
        }
        let forgone = match priced.forgone() {
            none if none.is_zero() => String::new(),
            forgone => format!(", {} is given up by the benefit", rupiah(forgone)),
        };
        lines.push(format!("price   {} for the holder{forgone}", rupiah(priced.charged)));
        if !priced.funded.is_zero() {
            lines.push(format!("        {} of that is paid by the benefit's budget", rupiah(priced.funded)));
        }
        if priced.adjusted != 0 {
            let change = quantity(priced.adjusted, Unit::Rupiah);
            lines.push(format!(
                "        the day's other taps change by {change}: asked now {}",
                asked_now(priced)
            ));
        }
    }

    /// Several modes together: what they come to, what they would cost apart, what was charged before.
    fn package(&self, priced: &Priced, package: &Package, lines: &mut Vec<String>) {
        let Package { version, legs, modes, kilometres, integrated, separate } = package;
        lines.push(format!(
            "package integration version {version}: {legs} legs of {modes} modes, {kilometres} km: {} together against {} apart",
            rupiah(*integrated),
            rupiah(*separate)
        ));
        let total = if integrated < separate { integrated } else { separate };
        let total = i64::try_from(total.0).unwrap_or(i64::MAX);
        let before = quantity(total.saturating_sub(priced.full_now()), Unit::Rupiah);
        lines.push(format!("        the lower counts; {before} was asked for its legs before this tap"));
    }

    /// Where the money comes from, and under which benefit the goods are sold.
    fn sale(&self, told: &Purchased, lines: &mut Vec<String>) {
        let from = account_name(self.state, told.from);
        lines.push(format!("rule    paid from {from}, {}", rupiah(told.amount)));
        if let Some((index, version)) = told.benefit {
            let code = self.state.benefits.get(index).map(|benefit| benefit.code.to_string());
            let code = code.unwrap_or_else(|| format!("#{index}"));
            lines.push(format!("        sold at its price under benefit {code} version {version}"));
        }
    }

    fn happened(&self, event: &Event) -> Option<String> {
        match event {
            Event::Moved(moved) => {
                let unit =
                    self.state.ledger.account(moved.debit).map_or(Unit::Rupiah, |account| account.key.unit);
                let amount = quantity(i64::try_from(moved.amount.0).unwrap_or(i64::MAX), unit);
                let (from, to) =
                    (account_name(self.state, moved.debit), account_name(self.state, moved.credit));
                let (left, made) =
                    (quantity(moved.debit_balance, unit), quantity(moved.credit_balance, unit));
                Some(format!("{amount} from {from} (then {left}) to {to} (then {made})"))
            }
            Event::TapPriced(_) | Event::Quoted(_) => None,
            _ => Some(words::event(self.state, event).to_string()),
        }
    }
}

fn asked_now(priced: &Priced) -> String {
    quantity(priced.charged_now(), Unit::Rupiah)
}

fn rupiah(amount: Amount) -> String {
    quantity(i64::try_from(amount.0).unwrap_or(i64::MAX), Unit::Rupiah)
}

/// What the gate shows: never the holder's group, only what to pay and what is left.
fn gate(priced: &Priced, lines: &mut Vec<String>) {
    let price = match (priced.fare, priced.charged_now()) {
        (FareRule::Begun, _) => "MASUK".to_owned(),
        (FareRule::Left, _) => "KELUAR".to_owned(),
        (_, 0) => "GRATIS".to_owned(),
        (_, i64::MIN..0) => format!("KEMBALI {}", quantity(-priced.charged_now(), Unit::Rupiah)),
        (_, charged) => quantity(charged, Unit::Rupiah),
    };
    lines.push(format!("gate    {price}, balance {}", quantity(priced.balance, Unit::Rupiah)));
    if !priced.debt.is_zero() {
        lines.push(format!("        {} of it is owed and taken from the next top-up", rupiah(priced.debt)));
    }
    if let Some(one) = priced.incident {
        lines.push(format!("office  {}", incident(one)));
    }
}

fn refused(body: &Body, refused: Refused, lines: &mut Vec<String>) {
    let about = refused.about.map(|about| format!(" ({about})")).unwrap_or_default();
    lines.push(format!("refused {}{about}: {}", refused.code(), why(refused.refusal)));
    if matches!(body, Body::Ask(_)) {
        lines.push("gate    DITOLAK".into());
    }
    lines.push("        nothing moved; the same id hears the same answer, a new try needs a new id".into());
}

/// Why, and what to do next.
const fn why(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::MediumUnknown => "no such medium was issued; check the number",
        Refusal::MediumBlocked => "the medium is blocked; use another one or ask at a service desk",
        Refusal::MediumInactive => "the medium is not active yet; activate it at a service desk",
        Refusal::PlaceUnknown => "no such place is published; publish it first",
        Refusal::TariffMissing => "no tariff of the service was in force; publish one",
        Refusal::PurseInsufficient => "the purse does not reach; top up",
        Refusal::AccountOverdraft => "the account's limit forbids the transfer",
        Refusal::HolderUnknown => "no such holder; register first",
        Refusal::BenefitUnknown => "no such benefit is published",
        Refusal::OrganisationUnknown => "no such organisation is published, or it has another role",
        Refusal::SubjectStale => "a newer version of this subject is known; read it and decide anew",
        Refusal::EffectiveInPast => "prices never change for the past; choose a later instant",
        Refusal::FundClassMismatch => "money of these two classes may not meet (see the chart of accounts)",
        Refusal::PlaceClosed => "the place is closed then; come back in its opening hours",
        Refusal::PlaceFull => "the place takes nobody more now; wait until somebody leaves",
        Refusal::PartyInvalid => "the party counts nobody or names a category twice; correct it",
        Refusal::PartyTooLarge => {
            "more people on one medium than the place allows; use another medium for some"
        }
        Refusal::CalendarMissing => "no published calendar covers the date; publish it",
        Refusal::MerchantTypeNotAllowed => {
            "the wallet is not taken by this type of merchant; pay with own money"
        }
        Refusal::GoodNotAllowed => "the wallet does not buy this good; take it out of the basket",
        Refusal::WalletInsufficient => "the wallet does not reach; lower the amount",
        Refusal::WalletUnknown => "the holder has no such wallet; choose another source",
        Refusal::WalletClosed => "the wallet has ended; choose another source",
        Refusal::CashNotAllowed => "the wallet's money cannot be taken out; spend it at a merchant",
        Refusal::CashLimitExceeded => "more cash than the period's limit leaves; take out less",
        Refusal::QuotaExhausted => "the period's quota is used up; wait for the next period",
        Refusal::BenefitMissing => "the good is sold to those entitled only; check the benefit",
        Refusal::GoodPriceMismatch => "the amount is not the published price; use that",
        Refusal::GoodQuantityExceeded => "more of a good than one purchase may have; buy one of each",
        Refusal::MerchantNotAllowed => "the good is not sold by this merchant; go to one of the programme",
        Refusal::PurchaseUnknown => "no purchase has that number, or it is older than purchases are kept",
        Refusal::PurchaseResolved => "the purchase was captured, voided or has lapsed; make a new one",
        Refusal::RefundExceeded => "more than what is left of the line; lower it",
        Refusal::LineUnknown => "the purchase has no such line; count from 0",
        Refusal::PeriodTooLong => "the grant is longer than the benefit allows; choose an earlier last day",
        Refusal::BenefitGroupTaken => "the holder has a benefit of the same group then; end that one first",
        Refusal::BudgetExhausted => "the benefit's budget is used up; ask its agency",
        Refusal::ApprovalMissing => "two other people have to approve",
        Refusal::DaysForgotten => "those days are older than taps are kept; choose later ones",
        Refusal::DefinitionInvalid => "the definition contradicts itself; correct the content file",
        Refusal::MediumReplaced => "another medium has taken its place; use that one",
        Refusal::Internal => "a fault of the engine; people have been told",
        _ => "the command breaks a rule; see the code's page under docs/errors",
    }
}
