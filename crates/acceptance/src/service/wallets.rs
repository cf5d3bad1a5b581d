//! A holder's wallets: what each holds, what it buys, and what of it can still be taken out in cash.

use base::{Code, HolderNumber};
use engine::ledger::AccountId;
use engine::{BenefitDefinition, Cash, Engine, Quota, WalletRules};
use platform::problems::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Service, busy};
use crate::store::entities::account;
use crate::store::rows::whole;

/// Money of one programme in a holder's hands. Whole rupiah.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WalletBalance {
    /// Code of its benefit: `wallet.CODE` in purchases.
    #[schema(example = "kjp_plus.smp")]
    pub wallet: String,
    /// What is in it.
    pub balance: i64,
    /// What of it can still be taken out in cash in the current period; absent where the whole balance can.
    pub cash_left: Option<i64>,
    /// Whether it has ended.
    pub closed: bool,
}

/// A wallet with what its money buys.
#[derive(Clone, Debug)]
pub struct WalletLine {
    /// The figures.
    pub figures: WalletBalance,
    /// What it buys; none where no version is in force.
    pub rules: Option<WalletRules>,
    /// The quota of cash, where there is one.
    pub quota: Option<Quota>,
}

impl Service {
    /// The wallets among a holder's accounts, with what is published about them now.
    pub(super) async fn wallets_of(
        &self,
        number: HolderNumber,
        accounts: &[account::Model],
    ) -> Result<Vec<WalletLine>, Problem> {
        let wallet = |row: &account::Model| {
            let id = u32::try_from(row.id).ok()?;
            (row.kind == "holder.wallet").then_some((AccountId(id), row.balance))
        };
        let wallets: Vec<(AccountId, i64)> = accounts.iter().filter_map(wallet).collect();
        if wallets.is_empty() {
            return Ok(Vec::new());
        }
        let at = self.clock.now();
        let read = self.runtime.read(move |engine| {
            let line = |(id, balance): &(AccountId, i64)| line(engine, number, *id, *balance, at);
            wallets.iter().filter_map(line).collect::<Vec<WalletLine>>()
        });
        Ok(read.await.map_err(busy)?.value)
    }
}

fn line(
    engine: &Engine,
    number: HolderNumber,
    id: AccountId,
    balance: i64,
    at: base::Timestamp,
) -> Option<WalletLine> {
    let state = &engine.state;
    let index = state.ledger.account(id)?.key.sub;
    let benefit = state.benefits.get(index)?;
    let holder = state.holders.find(number)?;
    let version: Option<&BenefitDefinition> = benefit.in_force(at);
    let rules = version.and_then(|version| version.rules.wallet.clone());
    let quota = version.and_then(|version| version.rules.quota.clone());
    let left = || engine::benefits::quota_left(state, index, holder, at).map_or(0, whole);
    let cash_left = match rules.as_ref().map(|rules| rules.cash) {
        Some(Cash::Full) => None,
        Some(Cash::Quota) => Some(left().min(balance)),
        Some(Cash::None) | None => Some(0),
    };
    let code: Code = benefit.code;
    let closed = state.purchases.is_closed(id);
    let figures = WalletBalance { wallet: code.to_string(), balance, cash_left, closed };
    Some(WalletLine { figures, rules, quota })
}
