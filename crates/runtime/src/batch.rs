//! A batch: the records of one entry to be, and the answers that wait for it.

use engine::Body;
use journal::Draft;

use crate::admission::{Busy, Job};

/// What one record may need at most; a batch without that much room is full. Enough for the most legs a command may
/// ever be allowed to have (1 024), and for the deadlines of a tick.
pub const RECORD_BYTES_MAX: usize = 96 * 1024;

/// Everything of a record but its lists, generously.
const FIXED_BYTES: usize = 1_024;
/// A leg and what became of it, every number at its largest.
const LEG_BYTES: usize = 72;
/// A hold and what became of it.
const HOLD_BYTES: usize = 94;
/// A line of a basket, or the people of a category.
const ITEM_BYTES: usize = base::Code::LENGTH_MAX + 24;
/// A line taken back or captured, and what became of it.
const LINE_BYTES: usize = 28;
/// Benefits looked at, and the other taps of a service day that come to cost something else.
const TAP_BYTES: usize = 12 * 1_024;

/// The most bytes that the record of a command may need, as far as the command itself decides it.
pub fn record_bytes_max(body: &Body) -> usize {
    let lists = match body {
        Body::Transfer(legs) => legs.len().saturating_mul(LEG_BYTES),
        Body::Hold(holds) => holds.len().saturating_mul(HOLD_BYTES),
        Body::Purchase(purchase) => purchase.items.len().saturating_mul(ITEM_BYTES),
        Body::CapturePurchase(capture) => capture.lines.len().saturating_mul(LINE_BYTES),
        Body::Refund(refund) => refund.lines.len().saturating_mul(LINE_BYTES),
        Body::Ask(_) | Body::Tap(_) => {
            let party = body.movement().map_or(0, |movement| movement.party.len());
            TAP_BYTES.saturating_add(party.saturating_mul(ITEM_BYTES))
        }
        // Once in the command and once in the event.
        _ if body.is_setup() => {
            minicbor::to_vec(body).map_or(usize::MAX, |bytes| bytes.len().saturating_mul(2))
        }
        _ => 0,
    };
    lists.saturating_add(FIXED_BYTES)
}

/// Lets an answer out, or says why it may not go.
pub type Release = Box<dyn FnOnce(Result<(), Busy>) + Send>;

/// What is released once the batch is durable.
pub enum Held {
    /// A job that is decided.
    Answers(Job),
    /// Something read from the state.
    Read(Release),
}

impl Held {
    pub fn release(self) {
        match self {
            // A caller who has gone away misses the answer; the outcome is in the journal.
            Self::Answers(job) => drop(job.reply.send(Ok(job.answers))),
            Self::Read(release) => release(Ok(())),
        }
    }

    /// Says that nothing is answered because another machine may lead by now.
    pub fn withhold(self) {
        match self {
            Self::Answers(job) => drop(job.reply.send(Err(Busy::NotLeading))),
            Self::Read(release) => release(Err(Busy::NotLeading)),
        }
    }

    /// Whether it tells of the state and not of an outcome in this entry: such an answer may be out of date as soon as
    /// another machine leads.
    pub const fn is_view(&self, recorded: bool) -> bool {
        matches!(self, Self::Read(_)) || !recorded
    }
}

/// A batch on its way from the decider to the writer. Without records it only waits for the entries before it.
#[derive(Default)]
pub struct Batch {
    pub draft: Draft,
    pub held: Vec<Held>,
}

impl Batch {
    pub fn is_empty(&self) -> bool {
        self.draft.is_empty() && self.held.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use base::{Code, Timestamp};
    use engine::ledger::{AccountId, Kind};
    use engine::{
        AccountKey, Amount, Attest, Attested, BenefitDefinition, BenefitRules, Event, Evidence, FareRule,
        Hold, Item, Leg, Moved, Position, PriceRule, Purchase, PurchaseStep, Refund, RefundLine, Refunded,
        Rerated, Source, Unit,
    };

    use super::*;

    /// Bytes of the command's body and of what became of it.
    fn bytes(body: &Body, events: &[Event]) -> usize {
        minicbor::to_vec(body).unwrap().len() + minicbor::to_vec(events).unwrap().len()
    }

    /// The most a tick can tell: holds that lapse, quotas that end, journeys without a tap-out.
    fn tick(moved: &Moved) -> Vec<Event> {
        let key = AccountKey { kind: Kind::QuotaExpired, owner: u32::MAX, sub: u32::MAX, unit: Unit::Rupiah };
        let (account, ends) = (AccountId(u32::MAX), Timestamp(i64::MIN));
        let mut all = vec![Event::PendingExpired(u64::MAX); 4_096];
        for _ in 0..128 {
            all.extend([
                Event::AccountOpened(account, key),
                Event::Moved(*moved),
                Event::QuotaEnded { account, ends },
            ]);
        }
        let rerated = Rerated {
            tap: Position { seq: u64::MAX, index: u32::MAX },
            holder: u32::MAX,
            full: Amount(u64::MAX),
            charged: Amount(u64::MAX),
            funded: Amount(u64::MAX),
            benefit: Some(u32::MAX),
            fare: FareRule::ExitMissing,
        };
        // 512 events, and one holder with the most taps of a day.
        for _ in 0..320 {
            all.extend([Event::Moved(*moved), Event::Rerated(rerated.clone())]);
        }
        all
    }

    #[test]
    fn no_list_takes_more_than_was_reckoned() {
        let (debit, credit, amount) = (AccountId(u32::MAX), AccountId(u32::MAX), Amount(u64::MAX));
        let leg = Leg { debit, credit, amount };
        let at = Timestamp(i64::MIN);
        let moved = Moved { debit, credit, amount, debit_balance: i64::MIN, credit_balance: i64::MIN };
        let held = Event::Held {
            pending: u64::MAX,
            debit,
            credit,
            amount,
            deadline: Some(at),
            debit_pending: u64::MAX,
            credit_pending: u64::MAX,
        };
        let code = Code::parse(&"z".repeat(Code::LENGTH_MAX)).unwrap();
        let benefit = BenefitDefinition {
            code,
            version: u32::MAX,
            effective_from: at,
            services: vec![code; 250],
            places: vec![code; 450],
            assurance_min: u8::MAX,
            price: PriceRule::Fixed(amount),
            priority: i32::MIN,
            source: Source { legal_basis: code, evidence: Evidence::Assumed },
            rules: BenefitRules::default(),
        };
        let item = Item { good: code, quantity: u32::MAX, amount };
        let (medium, from) = (base::MediumSerial(u32::MAX), engine::Funds::Wallet(code));
        let items = vec![item; 256];
        let basket = Purchase { medium, merchant: code, from, items, step: PurchaseStep::Capture };
        let lines = vec![RefundLine { line: u16::MAX, amount: Some(amount) }; 256];
        let back = Refunded {
            purchase: u64::MAX,
            holder: u32::MAX,
            lines: vec![(u16::MAX, amount); 256],
            to: debit,
            amount,
            balance: i64::MIN,
            voided: true,
        };
        let digests = vec![[u8::MAX; 32].into(); Attest::LINES_MAX];
        let attest = Body::Attest(Attest { first: u64::MAX, digests });
        let most = [
            (Body::Transfer(vec![leg; 1_024]), vec![Event::Moved(moved); 1_024]),
            (Body::Hold(vec![Hold { leg, deadline: Some(at) }; 1_024]), vec![held; 1_024]),
            (Body::from(benefit.clone()), vec![Event::BenefitPublished(Box::new(benefit))]),
            (Body::Purchase(basket), vec![Event::Moved(moved); 4]),
            (Body::Refund(Refund { purchase: u64::MAX, lines }), vec![Event::Refunded(back)]),
            (attest, vec![Event::Attested(Attested { lines: u64::MAX, ..Attested::default() })]),
            (Body::Tick, tick(&moved)),
        ];
        for (body, events) in most {
            // Ids, principal, channel and times take less than a hundred bytes.
            let needed = bytes(&body, &events) + 100;
            assert!(needed <= RECORD_BYTES_MAX, "{needed}");
            assert!(record_bytes_max(&body) <= RECORD_BYTES_MAX, "the parameters allow it");
            assert!(needed <= record_bytes_max(&body) || body == Body::Tick, "{needed}");
        }
    }
}
