//! What a holder may use today: every right in force asked of the engine's own rules, with what is left of its quota.

use base::{CivilDate, CivilTime, Code, HolderNumber, MediumSerial, Timestamp};
use engine::benefits::{NOWHERE, Use, entitles, quota_key, quota_left};
use engine::holders::{Entitlement, Holder};
use engine::{Amount, BenefitDefinition, Engine, State, Unit, Verdict};
use platform::access::{Action, Actor, Resource};
use platform::problems::Problem;

use super::{HolderCard, Service, busy};

/// What is left of a quota in the period at hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Left {
    /// So much.
    pub amount: u64,
    /// Of so much.
    pub limit: u64,
    /// What is counted.
    pub unit: Unit,
    /// Last day of the period.
    pub until: CivilDate,
}

/// A right in force with what it comes to today.
#[derive(Clone, Debug)]
pub struct RightToday {
    /// The version in force.
    pub definition: BenefitDefinition,
    /// Last day of the grant.
    pub until: CivilDate,
    /// Whether it applies today, wherever it is used: the first condition that fails.
    pub verdict: Verdict,
    /// What is left of its quota, where it has one.
    pub left: Option<Left>,
    /// Times of day at which it can be used, where they are limited.
    pub hours: Vec<(CivilTime, CivilTime)>,
}

impl RightToday {
    /// Whether it can be used at some time today.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        matches!(self.verdict, Verdict::NotLowest | Verdict::PriceUnchanged | Verdict::TimeNotCovered)
            && self.left.is_none_or(|left| left.amount > 0)
    }
}

/// What the engine says of a holder's rights at an instant.
#[derive(Clone, Debug, Default)]
pub struct Today {
    /// Rights in force, in the order of the grants.
    pub rights: Vec<RightToday>,
    /// Services that cost nothing for everybody.
    pub free_for_all: Vec<Code>,
}

impl Service {
    /// What a holder may use today, with the best of the media that work.
    ///
    /// # Errors
    /// `access_denied`, or when the engine is busy.
    pub async fn rights_today(&self, actor: &Actor, card: &HolderCard) -> Result<Today, Problem> {
        let number = card.balance.holder;
        self.authorize(actor, Action::ViewHolder, &Resource::Holder(number))?;
        let at = self.clock.now();
        let serials = card.media.iter().filter_map(|line| u32::try_from(line.row.serial).ok());
        let media: Vec<MediumSerial> = serials.map(MediumSerial).collect();
        let read = self.runtime.read(move |engine| today(engine, number, &media, at));
        Ok(read.await.map_err(busy)?.value)
    }
}

fn today(engine: &Engine, number: HolderNumber, media: &[MediumSerial], at: Timestamp) -> Today {
    let state = &engine.state;
    let Some(index) = state.holders.find(number) else { return Today::default() };
    let Some(holder) = state.holders.get(index) else { return Today::default() };
    let usable = media.iter().filter_map(|serial| state.media.get(*serial));
    let usable = usable.filter(|medium| medium.usable().is_ok());
    let assurance = usable.map(|medium| medium.assurance).max().unwrap_or_default();
    let day = at.jakarta_date();
    let in_force = holder
        .entitlements
        .iter()
        .filter(|one| !one.is_empty() && one.from <= day && day <= one.to && one.revoked_at.is_none());
    let rights = in_force.filter_map(|one| right(state, one, (index, holder), assurance, at)).collect();
    Today { rights, free_for_all: free_for_all(state, at) }
}

fn right(
    state: &State,
    entitlement: &Entitlement,
    (index, holder): (u32, &Holder),
    assurance: u8,
    at: Timestamp,
) -> Option<RightToday> {
    let definition = state.benefits.in_force(entitlement.benefit, at)?.clone();
    let facts = Use {
        at,
        service: definition.services.first().unwrap_or(&definition.code),
        place: NOWHERE,
        full: Amount::ZERO,
        assurance,
        index,
        holder,
        settled: None,
        from_first_day: false,
    };
    let verdict = entitles(state, &definition, entitlement, &facts);
    let left = definition.rules.quota.as_ref().and_then(|quota| {
        let (_, span) = quota_key(&state.benefits, (definition.code, quota), index, at)?;
        let amount = quota_left(state, entitlement.benefit, index, at)?;
        Some(Left { amount, limit: quota.limit.0, unit: quota.unit, until: span.last })
    });
    let hours = definition.rules.hours.clone();
    Some(RightToday { until: entitlement.to, verdict, left, hours, definition })
}

/// Services whose tariff asks nothing of anybody.
fn free_for_all(state: &State, at: Timestamp) -> Vec<Code> {
    let services = 0..u32::try_from(state.tariffs.all().len()).unwrap_or_default();
    let in_force = services.filter_map(|service| state.tariffs.in_force(service, at));
    let free =
        in_force.filter(|tariff| tariff.price.is_zero() && tariff.rules == engine::TariffRules::default());
    free.map(|tariff| tariff.service).collect()
}
