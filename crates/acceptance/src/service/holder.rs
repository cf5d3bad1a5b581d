//! One holder: balances, media, rights, history. Names belong to the registry and are added by the page.

use base::{CivilDate, HolderNumber, MediumSerial, Timestamp};
use engine::Position;
use journal::Head;
use platform::access::{Action, Actor, Resource};
use platform::problems::{self, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Decision, Service, failed};
use super::{WalletBalance, WalletLine};
use crate::store::entities::{entitlement, holder, medium, outcome, purchase, purchase_line, rerating};
use crate::store::queries;

/// A holder's money. Whole rupiah.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HolderBalance {
    /// Whose.
    #[schema(value_type = String, example = "P-7F3K-2209")]
    pub holder: HolderNumber,
    /// Own money.
    pub purse: i64,
    /// Fares owed.
    pub debt: i64,
    /// Aid, by programme.
    pub wallets: Vec<WalletBalance>,
    /// The position these figures rest on.
    pub position: String,
    /// Time of that position, RFC 3339.
    pub at: String,
}

/// One medium.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediumLine {
    /// As the table has it.
    pub row: medium::Model,
}

/// One benefit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RightLine {
    /// As the table has it.
    pub row: entitlement::Model,
    /// Whether it can be used on a day.
    pub usable: bool,
}

/// What a tap came to cost later. Money is whole rupiah.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Corrected {
    /// What the tariff asks for this tap.
    pub full: i64,
    /// What the holder is asked for this tap.
    pub charged: i64,
    /// Benefit that set the price.
    pub benefit: Option<String>,
    /// Rule of the tariff that set the full price.
    pub fare: String,
    /// Where that was decided.
    pub position: String,
}

/// A purchase with its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseLine {
    /// As the table has it.
    pub row: purchase::Model,
    /// Its lines.
    pub lines: Vec<purchase_line::Model>,
}

/// One use with what became of it since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseLine {
    /// As it was answered.
    pub row: outcome::Model,
    /// What the tap came to cost later.
    pub corrected: Option<Corrected>,
    /// The purchase it is about.
    pub purchase: Option<PurchaseLine>,
}

/// One line of a holder's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HistoryLine {
    /// `tap`, `top_up`, `purchase`, `capture_purchase`, `void_purchase`, `refund`, `cash_out`, `disburse`,
    /// `close_wallet` or `reprice`.
    pub kind: String,
    /// Which medium.
    pub medium: Option<i64>,
    /// Where, while that is remembered.
    pub place: Option<String>,
    /// Which service.
    pub service: Option<String>,
    /// When the terminal saw it, RFC 3339, while that is remembered.
    pub used_at: Option<String>,
    /// For money that came in: how much.
    pub amount: Option<i64>,
    /// Benefit of the wallet whose money moved; absent for the purse.
    pub wallet: Option<String>,
    /// What the tap came to cost when its day was rated anew; `charged` and `full` say what was answered then.
    pub corrected: Option<Corrected>,
    /// What was decided.
    #[serde(flatten)]
    pub decision: Decision,
}

impl HistoryLine {
    /// From the table.
    #[must_use]
    pub fn of(line: &UseLine) -> Self {
        let row = &line.row;
        Self {
            kind: row.kind.clone(),
            medium: row.medium,
            place: row.place.clone(),
            service: row.service.clone(),
            used_at: row.device_at.map(|at| Timestamp(at).rfc3339()),
            amount: row.is_income().then_some(row.full),
            wallet: row.wallet.clone(),
            corrected: line.corrected.clone(),
            decision: Decision::of_row(row),
        }
    }
}

impl Corrected {
    fn of(row: &rerating::Model) -> Self {
        Self {
            full: row.full,
            charged: row.charged,
            benefit: row.benefit.clone(),
            fare: row.fare.clone(),
            position: format!("{}.{}", row.seq, row.idx),
        }
    }
}

/// A holder in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderLine {
    /// Index, for the next page.
    pub index: i64,
    /// Public number.
    pub number: HolderNumber,
    /// Home region.
    pub home: Option<String>,
    /// Rider category.
    pub category: String,
}

/// Which of a holder's uses are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Uses {
    /// Before this position.
    pub before: Option<Position>,
    /// At most so many.
    pub limit: u64,
    /// From tables that hold this position.
    pub min_position: Option<Position>,
}

/// Everything a holder's page shows.
#[derive(Clone, Debug)]
pub struct HolderCard {
    /// As the table has it.
    pub row: holder::Model,
    /// The entry everything here rests on.
    pub head: Head,
    /// Own money and debt.
    pub balance: HolderBalance,
    /// Media in order of issue.
    pub media: Vec<MediumLine>,
    /// Rights, the usable ones first.
    pub rights: Vec<RightLine>,
    /// Newest uses.
    pub history: Vec<UseLine>,
    /// Aid, with what it buys.
    pub wallets: Vec<WalletLine>,
}

impl Service {
    async fn known_holder(&self, number: HolderNumber) -> Result<holder::Model, Problem> {
        let found = queries::holder(&self.projections, number).await.map_err(failed)?;
        found.ok_or_else(|| Problem::new(problems::HOLDER_UNKNOWN))
    }

    async fn balance_of(
        &self,
        row: &holder::Model,
        number: HolderNumber,
    ) -> Result<(HolderBalance, Vec<WalletLine>), Problem> {
        let head = self.cursor();
        let accounts = queries::accounts(&self.projections, row.number).await.map_err(failed)?;
        let sum =
            |kind: &str| accounts.iter().filter(|one| one.kind == kind).map(|one| one.balance).sum::<i64>();
        let wallets = self.wallets_of(number, &accounts).await?;
        let balance = HolderBalance {
            holder: number,
            purse: sum("holder.purse"),
            debt: -sum("holder.debt"),
            wallets: wallets.iter().map(|line| line.figures.clone()).collect(),
            position: Position { seq: head.seq, index: 0 }.to_string(),
            at: head.at.rfc3339(),
        };
        Ok((balance, wallets))
    }

    /// A holder's money.
    ///
    /// # Errors
    /// `holder_unknown`, `access_denied`, `projection_behind`.
    pub async fn balance(
        &self,
        actor: &Actor,
        number: HolderNumber,
        min_position: Option<Position>,
    ) -> Result<HolderBalance, Problem> {
        self.looking(actor, &Resource::Holder(number), "holder_balance").await?;
        self.at_least(min_position).await?;
        let row = self.known_holder(number).await?;
        Ok(self.balance_of(&row, number).await?.0)
    }

    /// A holder's uses, newest first.
    ///
    /// # Errors
    /// `holder_unknown`, `access_denied`, `projection_behind`.
    pub async fn history(
        &self,
        actor: &Actor,
        number: HolderNumber,
        after: Option<Position>,
        limit: u64,
        min_position: Option<Position>,
    ) -> Result<Vec<HistoryLine>, Problem> {
        self.looking(actor, &Resource::Holder(number), "holder_history").await?;
        self.at_least(min_position).await?;
        let row = self.known_holder(number).await?;
        let rows = queries::history(&self.projections, row.number, after, limit).await.map_err(failed)?;
        Ok(self.with_sequels(row.number, rows).await?.iter().map(HistoryLine::of).collect())
    }

    /// Everything a holder's page shows, as of a date: with the newest uses, or those before a position. Waits for
    /// the tables where the reader has heard of a later position.
    ///
    /// # Errors
    /// `holder_unknown`, `access_denied`, `projection_behind`.
    pub async fn holder_card(
        &self,
        actor: &Actor,
        number: HolderNumber,
        today: CivilDate,
        uses: Uses,
    ) -> Result<HolderCard, Problem> {
        self.looking(actor, &Resource::Holder(number), "holder_card").await?;
        self.at_least(uses.min_position).await?;
        let row = self.known_holder(number).await?;
        let head = self.cursor();
        let (balance, wallets) = self.balance_of(&row, number).await?;
        let media = queries::media(&self.projections, row.number).await.map_err(failed)?;
        let rights = queries::entitlements(&self.projections, row.number).await.map_err(failed)?;
        let history = queries::history(&self.projections, row.number, uses.before, uses.limit);
        let history = self.with_sequels(row.number, history.await.map_err(failed)?).await?;
        let usable = |row: &entitlement::Model| {
            row.revoked_at.is_none() && row.from_day <= today.0 && today.0 <= row.to_day
        };
        let mut rights: Vec<RightLine> =
            rights.into_iter().map(|row| RightLine { usable: usable(&row), row }).collect();
        rights.sort_by_key(|right| !right.usable);
        let media = media.into_iter().map(|row| MediumLine { row }).collect();
        Ok(HolderCard { row, head, balance, media, rights, history, wallets })
    }

    /// Uses with what became of them since: prices of a day that was rated anew, goods and what came back of them.
    pub(super) async fn with_sequels(
        &self,
        holder: i64,
        rows: Vec<outcome::Model>,
    ) -> Result<Vec<UseLine>, Problem> {
        let reratings = queries::reratings(&self.projections, holder, &rows).await.map_err(failed)?;
        let numbers: Vec<i64> = rows.iter().filter_map(|row| row.purchase).collect();
        let purchases = queries::purchases(&self.projections, numbers.clone()).await.map_err(failed)?;
        let lines = queries::purchase_lines(&self.projections, numbers).await.map_err(failed)?;
        let purchase = |number: i64| {
            let row = purchases.iter().find(|row| row.number == number)?.clone();
            let lines = lines.iter().filter(|line| line.purchase == number).cloned().collect();
            Some(PurchaseLine { row, lines })
        };
        let corrected = |row: &outcome::Model| {
            let of = |one: &&rerating::Model| (one.tap_seq, one.tap_idx) == (row.seq, row.idx);
            // The last one counts; a tap that came back to its first price is not corrected.
            let last = reratings.iter().rfind(of)?;
            let same = (last.full, last.charged) == (row.full, row.charged) && row.kind == "tap";
            (!same).then(|| Corrected::of(last))
        };
        let line = |row: outcome::Model| UseLine {
            corrected: corrected(&row),
            purchase: row.purchase.and_then(purchase),
            row,
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// Holders in order of index.
    ///
    /// # Errors
    /// `access_denied`.
    pub async fn holders(&self, actor: &Actor, after: i64, limit: u64) -> Result<Vec<HolderLine>, Problem> {
        self.looking(actor, &Resource::City, "holders_listed").await?;
        let rows = queries::holders(&self.projections, after, limit).await.map_err(failed)?;
        Ok(rows.iter().filter_map(line).collect())
    }

    /// Whether there is such a holder.
    ///
    /// # Errors
    /// `holder_unknown`, `access_denied`.
    pub async fn holder_known(&self, actor: &Actor, number: HolderNumber) -> Result<(), Problem> {
        self.authorize(actor, Action::ViewHolder, &Resource::Holder(number))?;
        self.known_holder(number).await.map(drop)
    }

    /// Whose a medium is.
    ///
    /// # Errors
    /// `medium_unknown`, `access_denied`.
    pub async fn holder_of(&self, actor: &Actor, medium: MediumSerial) -> Result<HolderNumber, Problem> {
        self.authorize(actor, Action::ViewHolder, &Resource::City)?;
        let row = queries::holder_of(&self.projections, medium).await.map_err(failed)?;
        let line = row.as_ref().and_then(line);
        line.map(|line| line.number).ok_or_else(|| Problem::new(problems::MEDIUM_UNKNOWN))
    }

    /// Somebody to begin with at the tap desk: the first holder with a right on that day, else the first of all.
    ///
    /// # Errors
    /// `access_denied`; when the tables cannot be read.
    pub async fn somebody(&self, actor: &Actor, today: CivilDate) -> Result<Option<HolderNumber>, Problem> {
        self.authorize(actor, Action::ViewHolder, &Resource::City)?;
        let row = queries::somebody(&self.projections, today).await.map_err(failed)?;
        Ok(row.as_ref().and_then(line).map(|line| line.number))
    }
}

fn line(row: &holder::Model) -> Option<HolderLine> {
    let number = HolderNumber::new(u64::try_from(row.holder).ok()?).ok()?;
    Some(HolderLine { index: row.number, number, home: row.home.clone(), category: row.category.clone() })
}
