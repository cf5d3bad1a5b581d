//! What other crates and the pages may ask of insight: use cases, one file each. Authorize, read, hide what is too small,
//! answer with the position it rests on.

pub(crate) mod benefits;
mod comparison;
mod mobility;
pub(crate) mod places;
pub mod suppression;

use std::sync::Arc;

use base::{Clock, Timestamp};
use journal::Head;
use platform::access::{Action, Actor, Policies, Resource, authorize};
use platform::database::{Database, DatabaseError};
use platform::problems::Problem;
use tokio::sync::watch;

pub use crate::settings::Setting;
pub use crate::store::entities::budget::Model as Budget;
pub use crate::store::queries::{Gave, Published};
pub use benefits::{BenefitLine, BenefitView, Programmes, Spread};
pub use comparison::{Comparison, Recount};
pub use mobility::{Area, DayChoice, DayKinds, Mobility, Relation, Week};
pub use places::{PlaceLine, PlaceView, Places};

/// Everything the use cases stand on.
#[derive(Clone)]
pub struct Service {
    durable: watch::Receiver<Head>,
    projections: Database,
    cursor: watch::Receiver<Head>,
    policies: Arc<Policies>,
    clock: Arc<dyn Clock>,
}

/// What figures rest on.
#[derive(Clone, Copy, Debug)]
pub struct Ground {
    /// Now, by the city's clock.
    pub at: Timestamp,
    /// How far the tables are.
    pub cursor: Head,
    /// The last durable entry.
    pub durable: Head,
}

impl Ground {
    /// Entries the tables are behind, where it is more than what is on its way.
    #[must_use]
    pub fn behind(&self) -> Option<u64> {
        let late = self.durable.at.since(self.cursor.at) > LATE_FROM;
        (late || self.cursor.seq == 0).then(|| self.durable.seq.saturating_sub(self.cursor.seq))
    }
}

/// From this distance on the tables are called behind.
const LATE_FROM: base::Micros = 10 * Timestamp::SECOND;

impl Service {
    /// The use cases over the tables, how far the journal is, and how far they are.
    #[must_use]
    pub fn new(
        durable: watch::Receiver<Head>,
        projections: Database,
        cursor: watch::Receiver<Head>,
        policies: Arc<Policies>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { durable, projections, cursor, policies, clock }
    }

    fn authorize(&self, actor: &Actor) -> Result<(), Problem> {
        authorize(&self.policies, actor, Action::ViewInsight, &Resource::City)?;
        Ok(())
    }

    /// What figures rest on now.
    #[must_use]
    pub fn ground(&self) -> Ground {
        Ground { at: self.clock.now(), cursor: *self.cursor.borrow(), durable: *self.durable.borrow() }
    }
}

fn failed(error: DatabaseError) -> Problem {
    Problem::internal(&error)
}
