//! What holders have: purse, wallets, debt, and what is left of quotas. Reads accounts, never changes them.

use std::collections::BTreeSet;

use base::{Code, Timestamp};
use engine::ledger::AccountId;

use super::act::Run;
use super::plan::{Given, Handle};
use super::result::{Expectation, Value, Values};
use super::world::{World, number};

impl Run<'_> {
    /// Everything in the purses and wallets of the story's holders.
    pub(super) fn held(&self) -> i64 {
        let (story, world, _) = self.parts();
        let one = |(holder, given): (usize, &Given)| {
            let wallets = given.wallets.iter().map(|wallet| wallet_balance(world, holder, wallet.1));
            purse(world, holder).saturating_add(wallets.sum::<i64>())
        };
        story.given.iter().enumerate().map(one).sum()
    }

    /// What one holder has, with every wallet, and every quota that is the holder's or is asked for.
    pub(super) fn holdings(
        &self,
        holder: Handle,
        expect: &[Expectation],
        at: Timestamp,
        result: &mut Values,
    ) {
        let (story, world, published) = self.parts();
        let Some((holder, given)) = holder.and_then(|index| Some((index, story.given.get(index)?))) else {
            return;
        };
        result.put("purse", Value::Number(purse(world, holder)));
        for (_, wallet, _) in &given.wallets {
            let balance = wallet_balance(world, holder, *wallet);
            result.put(format!("wallet.{wallet}"), Value::Number(balance));
        }
        result.put("debt", Value::Number(debt(world, holder)));
        let asked = expect.iter().filter_map(|one| Code::parse(one.key.strip_prefix("quota_left.")?).ok());
        let wallets = given.wallets.iter().map(|wallet| wallet.1);
        let own = wallets.chain(granted(world, holder)).filter(|benefit| published.has_quota(*benefit));
        let benefits: BTreeSet<Code> = asked.chain(own).collect();
        for benefit in benefits {
            let left = quota_left(world, holder, benefit, at).unwrap_or_default();
            result.put(format!("quota_left.{benefit}"), Value::Number(left));
        }
    }
}

fn balance(world: &World, account: Option<AccountId>) -> i64 {
    account.and_then(|account| world.engine.state.ledger.account(account)).map_or(0, |known| known.balance())
}

fn purse(world: &World, holder: usize) -> i64 {
    let holders = &world.engine.state.holders;
    balance(world, holders.find(number(holder)).and_then(|index| holders.get(index)?.purse))
}

fn debt(world: &World, holder: usize) -> i64 {
    let holders = &world.engine.state.holders;
    let owed = balance(world, holders.find(number(holder)).and_then(|index| holders.get(index)?.debt));
    owed.saturating_neg()
}

fn wallet_balance(world: &World, holder: usize, benefit: Code) -> i64 {
    balance(world, world.wallet_key(holder, benefit).and_then(|key| world.account(&key)))
}

fn granted(world: &World, holder: usize) -> Vec<Code> {
    let state = &world.engine.state;
    let known = state.holders.find(number(holder)).and_then(|index| state.holders.get(index));
    let entitlements = known.map_or(&[][..], |holder| holder.entitlements.as_slice());
    entitlements
        .iter()
        .filter_map(|one| state.benefits.get(one.benefit))
        .map(|benefit| benefit.code)
        .collect()
}

/// What is left of the quota of the period a day lies in; all of it before the first use.
fn quota_left(world: &World, holder: usize, benefit: Code, at: Timestamp) -> Option<i64> {
    let state = &world.engine.state;
    let (owner, benefit) = (state.holders.find(number(holder))?, state.benefits.find(benefit)?);
    let left = engine::benefits::quota_left(state, benefit, owner, at)?;
    i64::try_from(left).ok()
}
