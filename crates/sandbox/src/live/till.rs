//! The merchants' till: sells baskets one after the other, captures, undoes and takes back what its people decide.

use std::sync::Arc;

use base::{CommandId, MediumSerial};
use tokio::sync::mpsc;

use super::post::Post;
use super::wire::{self, Outcome};
use super::{Clocks, Figures};
use crate::city::Basket;

/// A basket with the medium it is paid with.
pub type Sale = (MediumSerial, Basket);

/// A till at work.
pub struct Till {
    pub token: Arc<str>,
    pub clocks: Clocks,
    pub figures: Arc<Figures>,
    pub post: Post,
}

impl Till {
    /// Sells until the queue is closed.
    pub async fn run(mut self, mut sales: mpsc::Receiver<Sale>) {
        while let Some((medium, basket)) = sales.recv().await {
            self.sell(medium, &basket).await;
        }
    }

    async fn sell(&mut self, medium: MediumSerial, basket: &Basket) {
        let Ok(id) = CommandId::generate(self.clocks.wall.now()) else { return };
        let message = wire::purchase(&self.token, id, medium, basket);
        let Some(decision) = self.post.decide(&message, 0).await else { return };
        let taken = decision.outcome == Outcome::Accepted;
        let figure = if taken { &self.figures.purchases } else { &self.figures.purchases_refused };
        Figures::count(figure, 1);
        let Some(number) = decision.purchase.filter(|_| taken) else { return };
        for then in &basket.then {
            let Ok(id) = CommandId::generate(self.clocks.wall.now()) else { return };
            let message = wire::settle(&self.token, id, number, then);
            let decision = self.post.decide(&message, 0).await;
            let accepted = decision.is_some_and(|decision| decision.outcome == Outcome::Accepted);
            Figures::count(&self.figures.settled, u64::from(accepted));
        }
    }
}
