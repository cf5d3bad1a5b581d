//! The bank's counters and the operator's telephone: money into purses, cash out of wallets, lost cards. One thing after the
//! other, each until it is answered.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use base::{Code, CommandId, MediumSerial};
use tokio::sync::mpsc;

use super::post::Post;
use super::wire::{self, Outcome};
use super::{Clocks, Figures};
use crate::city::Wish;

/// A wish with the medium it is about.
pub type Call = (MediumSerial, Wish);

/// A counter at work.
pub struct Counter {
    pub bank_token: Arc<str>,
    pub operator_token: Arc<str>,
    pub bank: Code,
    pub clocks: Clocks,
    pub figures: Arc<Figures>,
    pub post: Post,
}

impl Counter {
    /// Serves until the queue is closed.
    pub async fn run(mut self, mut calls: mpsc::Receiver<Call>) {
        while let Some((medium, wish)) = calls.recv().await {
            self.serve(medium, &wish).await;
        }
    }

    async fn serve(&mut self, medium: MediumSerial, wish: &Wish) {
        let Ok(id) = CommandId::generate(self.clocks.wall.now()) else { return };
        let bank = (&*self.bank_token, self.bank);
        let message = match wish {
            Wish::TopUp(amount) => wire::top_up(bank.0, id, medium, bank.1, *amount),
            Wish::CashOut(wallet, amount) => wire::cash_out(bank.0, id, medium, bank.1, *wallet, *amount),
            Wish::ReportLost => wire::block_lost(&self.operator_token, id, medium),
        };
        let Some(decision) = self.post.decide(&message, 0).await else { return };
        let accepted = decision.outcome == Outcome::Accepted;
        Figures::count(self.figure(wish, accepted), 1);
    }

    fn figure(&self, wish: &Wish, accepted: bool) -> &AtomicU64 {
        match wish {
            _ if !accepted => &self.figures.counters_refused,
            Wish::TopUp(_) => &self.figures.top_ups,
            Wish::CashOut(..) => &self.figures.cash_outs,
            Wish::ReportLost => &self.figures.cards_lost,
        }
    }
}
