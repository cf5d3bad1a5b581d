//! Holders, media and entitlements: what offices decide.

use base::{Code, MEDIUM_SERIAL_MAX, Timestamp};

use crate::ledger::{Kind, Posting};
use crate::media::{Medium, MediumState};
use crate::{
    AccountKey, Attest, Event, Grant, IssueMedium, OpenHolder, Refusal, Revoke, Role, SetMedium, State, Unit,
};

pub fn open_holder(state: &State, open: &OpenHolder, events: &mut Vec<Event>) -> Result<(), Refusal> {
    if state.holders.find(open.holder).is_some() {
        return Err(Refusal::HolderExists);
    }
    let bank = state.places.organisation(open.bank, Role::Bank).ok_or(Refusal::OrganisationUnknown)?;
    let index = state.holders.next();
    events.push(Event::HolderOpened { index, number: open.holder, category: open.category, home: open.home });
    let purse = AccountKey { kind: Kind::Purse, owner: index, sub: bank, unit: Unit::Rupiah };
    Posting::new(&state.ledger, &state.parameters).open(purse, events)?;
    Ok(())
}

pub fn issue_medium(state: &State, issue: &IssueMedium, events: &mut Vec<Event>) -> Result<(), Refusal> {
    let holder = state.holders.find(issue.holder).ok_or(Refusal::HolderUnknown)?;
    if issue.medium != state.media.next() {
        return Err(Refusal::MediumExists);
    }
    if issue.medium.0 >= MEDIUM_SERIAL_MAX {
        return Err(Refusal::LimitReached);
    }
    if let Some(old) = issue.replaces {
        let known = state.media.get(old).ok_or(Refusal::MediumUnknown)?;
        if known.holder != holder {
            return Err(Refusal::HolderUnknown);
        }
        if known.replaced {
            return Err(Refusal::MediumReplaced);
        }
    }
    events.push(Event::MediumIssued {
        medium: issue.medium,
        holder,
        kind: issue.kind,
        assurance: issue.assurance,
        replaces: issue.replaces,
    });
    Ok(())
}

pub fn activate(state: &State, set: &SetMedium, events: &mut Vec<Event>) -> Result<(), Refusal> {
    change(state, set, MediumState::Active, events)
}

pub fn block(state: &State, set: &SetMedium, events: &mut Vec<Event>) -> Result<(), Refusal> {
    change(state, set, MediumState::Blocked, events)
}

fn change(state: &State, set: &SetMedium, to: MediumState, events: &mut Vec<Event>) -> Result<(), Refusal> {
    let medium: &Medium = state.media.get(set.medium).ok_or(Refusal::MediumUnknown)?;
    if set.version <= medium.version {
        return Err(Refusal::SubjectStale);
    }
    if medium.replaced && to == MediumState::Active {
        return Err(Refusal::MediumReplaced);
    }
    // A block of a blocked medium, or an activation of an active one, only moves the version on.
    let next = medium.state.transition(to).unwrap_or(to);
    events.push(Event::MediumChanged {
        medium: set.medium,
        state: next,
        version: set.version,
        reason: set.reason,
    });
    Ok(())
}

pub fn grant(state: &State, at: Timestamp, grant: &Grant, events: &mut Vec<Event>) -> Result<(), Refusal> {
    let (holder, benefit) = subject(state, grant.holder, grant.benefit, grant.version)?;
    if grant.from > grant.to {
        return Err(Refusal::PeriodInvalid);
    }
    let known = state.benefits.get(benefit).ok_or(Refusal::BenefitUnknown)?;
    if let Some(rules) = known.in_force(at.max(grant.from.midnight())).map(|definition| &definition.rules) {
        if rules.months_max.is_some_and(|months| grant.to > grant.from.last_of_months(months)) {
            return Err(Refusal::PeriodTooLong);
        }
        if rules.exclusive.is_some_and(|group| group_taken(state, at, (holder, benefit), group, grant)) {
            return Err(Refusal::BenefitGroupTaken);
        }
    }
    let count = state.holders.get(holder).map_or(0, |known| known.entitlements.len());
    if i64::try_from(count).unwrap_or(i64::MAX) >= state.parameters.entitlements_max {
        return Err(Refusal::LimitReached);
    }
    events.push(Event::Granted { holder, benefit, from: grant.from, to: grant.to, version: grant.version });
    Ok(())
}

pub fn revoke(state: &State, revoke: &Revoke, events: &mut Vec<Event>) -> Result<(), Refusal> {
    let (holder, benefit) = subject(state, revoke.holder, revoke.benefit, revoke.version)?;
    events.push(Event::Revoked { holder, benefit, version: revoke.version });
    Ok(())
}

/// Whether the holder has another benefit of the group in the period of a grant.
fn group_taken(
    state: &State,
    at: Timestamp,
    (holder, benefit): (u32, u32),
    group: Code,
    grant: &Grant,
) -> bool {
    let Some(known) = state.holders.get(holder) else { return false };
    known.entitlements.iter().any(|one| {
        let definition = state.benefits.in_force(one.benefit, at.max(one.from.midnight()));
        let same = definition.is_some_and(|definition| definition.rules.exclusive == Some(group));
        let overlaps = one.from <= grant.to && grant.from <= one.to;
        same && overlaps && one.benefit != benefit && one.revoked_at.is_none()
    })
}

/// Holder and benefit by index, if the version is newer than the one known.
fn subject(
    state: &State,
    holder: base::HolderNumber,
    benefit: base::Code,
    version: u64,
) -> Result<(u32, u32), Refusal> {
    let index = state.holders.find(holder).ok_or(Refusal::HolderUnknown)?;
    let benefit = state.benefits.find(benefit).ok_or(Refusal::BenefitUnknown)?;
    let known = state.holders.get(index).map_or(0, |holder| holder.version_of(benefit));
    if version <= known { Err(Refusal::SubjectStale) } else { Ok((index, benefit)) }
}

/// Lines follow on the last one laid down, so that one left out or counted twice is seen.
pub fn attest(state: &State, attest: &Attest, events: &mut Vec<Event>) -> Result<(), Refusal> {
    let in_size = (1..=Attest::LINES_MAX).contains(&attest.digests.len());
    if !in_size || attest.first != state.attested.lines.saturating_add(1) {
        return Err(Refusal::AttestationInvalid);
    }
    let digests = attest.digests.iter().map(|digest| &**digest);
    events.push(Event::Attested(state.attested.after(digests)));
    Ok(())
}
