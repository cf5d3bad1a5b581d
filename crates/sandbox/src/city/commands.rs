//! The city as commands of the engine: its people once, then whatever reaches the system.

use base::{Code, CommandId, Micros, PrincipalId, RegionLevel, Timestamp};
use engine::ledger::Kind;
use engine::{
    AccountKey, Amount, Body, Envelope, Grant, IssueMedium, Leg, OpenAccount, OpenHolder, SetMedium, State,
    TopUp, Unit,
};

use super::City;
use super::agenda::Act;
use super::chance;
use super::doing::channel;
use super::events::{Event, Expect, Next, Sender};
use super::people::Resident;

/// Version of the command language these commands are written in.
const SCHEMA: u16 = 1;

/// Who sends what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Senders {
    /// The office: holders, media, grants, aid.
    pub office: PrincipalId,
    /// The bank: money that came in and went out.
    pub bank: PrincipalId,
    /// Operators of terminals: asks and taps.
    pub terminals: PrincipalId,
    /// Merchants: baskets.
    pub merchant: PrincipalId,
}

impl Senders {
    const fn principal(&self, sender: Sender) -> PrincipalId {
        match sender {
            Sender::Office => self.office,
            Sender::Bank => self.bank,
            Sender::Terminals => self.terminals,
            Sender::Merchant => self.merchant,
        }
    }
}

/// Makes ids: a UUIDv7 of the callers' clock with bits from the seed, so that the same event has the same id in every
/// run.
#[derive(Debug, Clone, Copy)]
pub struct IdSource {
    seed: u64,
    clock_offset: Micros,
}

impl IdSource {
    /// Ids of a city whose clock is `clock_offset` microseconds ahead of its callers' clocks.
    #[must_use]
    pub const fn new(seed: u64, clock_offset: Micros) -> Self {
        Self { seed, clock_offset }
    }

    /// The id of a thing with a number within a purpose, made at a city time.
    #[must_use]
    pub fn id(&self, at: Timestamp, purpose: &str, number: u64) -> CommandId {
        let bytes = chance::bytes(self.seed, purpose, number, 0);
        let random = bytes.first_chunk().map_or(0, |chunk: &[u8; 16]| u128::from_be_bytes(*chunk));
        CommandId::new(at.plus(-self.clock_offset), random)
    }
}

impl Event {
    /// The event as the command that says it.
    #[must_use]
    pub fn to_command(&self, senders: &Senders, ids: &IdSource) -> Envelope {
        Envelope {
            schema: SCHEMA,
            id: ids.id(self.made_at, "event", self.number),
            principal: senders.principal(self.sender),
            channel: channel(self.sender),
            on_behalf_of: None,
            received_at: self.at,
            body: self.body.clone(),
        }
    }
}

impl City {
    /// Makes the people known: holder, media (issued, activated, a few blocked), rights, opening purse, a month's aid, one
    /// resident after the other. The answers are for [`City::hear`].
    pub fn arrivals(&mut self) -> Vec<Event> {
        let at = self.begins.midnight();
        let mut events = Vec::with_capacity(self.residents.len() * 6);
        for index in 0..self.residents.len() {
            let Some(resident) = self.residents.get(index).cloned() else { continue };
            for (sender, body, next) in self.introduction(&resident) {
                self.number += 1;
                let number = self.number;
                let expect = Expect::Accepted;
                events.push(Event { at, number, made_at: at, sender, body, expect, next });
            }
        }
        events
    }

    fn introduction(&self, resident: &Resident) -> Vec<(Sender, Body, Next)> {
        let (holder, index) = (resident.holder, resident.index);
        let home =
            resident.home.at(RegionLevel::District).and_then(|area| Code::parse(&area.to_string()).ok());
        let open = OpenHolder { holder, category: resident.category, home, bank: self.bank };
        let mut said = vec![(Sender::Office, Body::OpenHolder(open), Next::Nothing)];
        let mut office = |body| said.push((Sender::Office, body, Next::Nothing));
        for medium in &resident.media {
            let serial = medium.serial;
            let (kind, assurance) = (medium.kind, medium.assurance);
            office(Body::IssueMedium(IssueMedium {
                medium: serial,
                holder,
                kind,
                assurance,
                replaces: None,
            }));
            let set = |version, reason| SetMedium { medium: serial, version, reason };
            office(Body::ActivateMedium(set(1, None)));
            if medium.blocked.is_some() {
                office(Body::BlockMedium(set(2, medium.blocked)));
            }
        }
        for right in &resident.rights {
            let (benefit, from, to, version) = (right.benefit, right.from, right.to, right.version);
            office(Body::Grant(Grant { holder, benefit, from, to, version }));
        }
        if !resident.opening_purse.is_zero() {
            let (bank, amount) = (self.bank, resident.opening_purse);
            let top_up = TopUp { medium: None, holder: Some(holder), bank, amount };
            said.push((Sender::Bank, Body::TopUp(top_up), Next::ToppedUp(index, amount.0)));
        }
        for right in &resident.rights {
            if let Some((_, Act::Say(sender, body, _, next))) =
                self.paid(index, right, self.begins.midnight())
            {
                said.push((sender, *body, *next));
            }
        }
        said
    }

    /// The accounts of the budgets that pay aid, to be opened where they are not.
    #[must_use]
    pub fn budget_accounts(&self, state: &State) -> Vec<Body> {
        let missing = |key: &AccountKey| state.ledger.find(key).is_none();
        let keys = self.budgets(state).into_iter().flat_map(|(from, to, _)| [from, to]).filter(missing);
        keys.map(|key| Body::OpenAccount(OpenAccount { key })).collect()
    }

    /// What the city votes for aid, once the accounts are open: what is needed for a year, and a fifth more.
    #[must_use]
    pub fn budget_votes(&self, state: &State) -> Vec<Body> {
        let leg = |(from, to, amount): (AccountKey, AccountKey, Amount)| {
            let (debit, credit) = (state.ledger.find(&from)?, state.ledger.find(&to)?);
            Some(Body::Transfer(vec![Leg { debit, credit, amount }]))
        };
        self.budgets(state).into_iter().filter_map(leg).collect()
    }

    fn budgets(&self, state: &State) -> Vec<(AccountKey, AccountKey, Amount)> {
        let mut budgets = Vec::new();
        for (benefit, month) in &self.aid {
            let Some(owner) = state.benefits.find(*benefit) else { continue };
            let holds = |one: &&Resident| one.rights.iter().any(|right| right.benefit == *benefit);
            let holders =
                u64::try_from(self.residents.iter().filter(holds).count()).unwrap_or_default().max(1);
            let month = month.routine.0 + month.periodic.0 + month.private_fees.0;
            let amount = Amount(holders * month * 12 * 6 / 5);
            let begins = self.begins.year();
            for year in begins..=begins + 1 {
                let sub = u32::try_from(year).unwrap_or_default();
                let key = |kind| AccountKey { kind, owner, sub, unit: Unit::Rupiah };
                budgets.push((key(Kind::Appropriation), key(Kind::Budget), amount));
            }
        }
        budgets
    }
}
