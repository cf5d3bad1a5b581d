//! The live picture: taps per minute, outcomes by place, books, newest decisions.

use std::collections::BTreeMap;

use base::{Code, HolderNumber, Timestamp};
use engine::ledger::Kind;
use journal::Head;
use platform::access::{Action, Actor, Resource};
use platform::problems::Problem;

use super::{Books, Service, failed};
use crate::store::entities::{account, outcome};
use crate::store::ledger;
use crate::store::queries::{self, Counts, Filter};

/// A decision with the number of its holder.
#[derive(Clone, Debug)]
pub struct LatestLine {
    /// As the table has it.
    pub row: outcome::Model,
    /// Whose.
    pub holder: Option<HolderNumber>,
}

/// What an operator may claim: fares it did not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Code of the operator.
    pub operator: String,
    /// Whole rupiah, in the fiscal year at hand.
    pub amount: i64,
}

/// What the live page shows.
#[derive(Clone, Debug)]
pub struct Live {
    /// Now, by the city's clock.
    pub at: Timestamp,
    /// How far the tables are.
    pub cursor: Head,
    /// The last durable entry.
    pub durable: Head,
    /// Whether the engine takes commands.
    pub is_running: bool,
    /// Whether the wall clock made a step that an operator has to accept.
    pub clock_stepped: bool,
    /// The books.
    pub books: Books,
    /// By minute since midnight, oldest first.
    pub minutes: Vec<Counts>,
    /// By minute on the same weekday a week ago.
    pub week_ago: Vec<Counts>,
    /// By place today, busiest first.
    pub places: Vec<Counts>,
    /// What operators may claim, the most first.
    pub claims: Vec<Claim>,
    /// Newest decisions.
    pub latest: Vec<outcome::Model>,
}

impl Service {
    /// Gathers the live picture.
    ///
    /// # Errors
    /// `access_denied`; when the tables cannot be read.
    pub async fn live(&self, actor: &Actor, decisions: u64) -> Result<Live, Problem> {
        self.authorize(actor, Action::ViewLive, &Resource::City)?;
        let at = self.clock.now();
        let midnight = at.jakarta_date().midnight();
        let tables = &self.projections;
        let [minutes, earlier] = self.minutes(at, None).await?;
        let places = queries::by_place(tables, midnight, at.plus(1)).await.map_err(failed)?;
        let rows = queries::decisions(tables, Filter::Taps, None, decisions).await.map_err(failed)?;
        // Whose they are is not told: here are counts and what gates did, and nobody in them.
        let latest = rows;
        let (cursor, durable) = (self.cursor(), self.durable());
        let (is_running, clock_stepped) = (self.runtime.is_running(), self.runtime.clock_stepped());
        let books = self.books().await?;
        let claims = self.claims(at).await?;
        Ok(Live {
            at,
            cursor,
            durable,
            is_running,
            clock_stepped,
            books,
            minutes,
            week_ago: earlier,
            places,
            claims,
            latest,
        })
    }

    /// Taps by minute of some places, today and on the same weekday a week ago.
    ///
    /// # Errors
    /// `access_denied`; when the tables cannot be read.
    pub async fn minutes_at(
        &self,
        actor: &Actor,
        at: Timestamp,
        places: &[Code],
    ) -> Result<[Vec<Counts>; 2], Problem> {
        self.authorize(actor, Action::ViewLive, &Resource::City)?;
        self.minutes(at, Some(places)).await
    }

    async fn minutes(&self, at: Timestamp, places: Option<&[Code]>) -> Result<[Vec<Counts>; 2], Problem> {
        let midnight = at.jakarta_date().midnight();
        let week_ago = midnight.plus(-7 * Timestamp::DAY);
        let tables = &self.projections;
        let today = queries::by_minute(tables, (midnight, at.plus(1)), places).await.map_err(failed)?;
        let before = (week_ago, week_ago.plus(Timestamp::DAY));
        let earlier = queries::by_minute(tables, before, places).await.map_err(failed)?;
        Ok([today, earlier])
    }

    /// Fares not charged by the operator who carried the holders, in the fiscal year at hand: what operators may claim.
    async fn claims(&self, at: Timestamp) -> Result<Vec<Claim>, Problem> {
        let year = i64::from(engine::benefits::fiscal_year(at));
        let kind = Kind::ForgoneServed.code();
        let rows =
            ledger::accounts_of(&self.projections, kind, 0, queries::LIMIT_MAX).await.map_err(failed)?;
        let codes = queries::organisations(&self.projections).await.map_err(failed)?;
        let claim = |row: account::Model| {
            let operator = usize::try_from(row.owner).ok().and_then(|owner| codes.get(owner)).cloned();
            Some(Claim { operator: operator?, amount: row.balance })
        };
        Ok(rows.into_iter().filter(|row| row.sub == year).filter_map(claim).collect())
    }

    pub(super) async fn with_holders(&self, rows: Vec<outcome::Model>) -> Result<Vec<LatestLine>, Problem> {
        let indexes: Vec<i64> = rows.iter().filter_map(|row| row.holder).collect();
        let known = queries::numbers(&self.projections, indexes).await.map_err(failed)?;
        let numbers: BTreeMap<i64, HolderNumber> = known
            .iter()
            .filter_map(|row| Some((row.number, HolderNumber::new(u64::try_from(row.holder).ok()?).ok()?)))
            .collect();
        let line = |row: outcome::Model| LatestLine {
            holder: row.holder.and_then(|holder| numbers.get(&holder).copied()),
            row,
        };
        Ok(rows.into_iter().map(line).collect())
    }
}
