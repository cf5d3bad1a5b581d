//! What people, terminals, shops and offices send, by chance.
//!
//! Owns the making of commands, sound and not: retries, altered retries and deliveries in another order are the
//! schedule's. Reads what is published from the auditor's state, as a client reads projections.

use base::{CommandId, DeviceNumber, HolderNumber, MediumSerial, PrincipalId, Timestamp};
use engine::ledger::{AccountId, Kind};
use engine::{
    AccountKey, Amount, Ask, BlockReason, Body, CapturePurchase, CashOut, Channel, Disburse, Envelope, Funds,
    Grant, Hold, IssueMedium, Item, Leg, Movement, OpenAccount, OpenHolder, Part, Purchase, PurchaseStep,
    Refund, RefundLine, Resolve, Revoke, SetMedium, State, Tap, TopUp, Unit, VoidPurchase,
};
use runtime::Class;

use crate::content::{self, code};
use crate::dice::Dice;

/// Terminals.
const DEVICES: usize = 3;
/// Legs of the transfers of a large run: as many as a command may have.
const RUN_LEGS: usize = 64;

/// Commands that are sent together.
pub type Sending = (Class, Vec<Envelope>);

/// Everybody outside.
pub struct Clients {
    dice: Dice,
    people: u32,
    /// Last number of each terminal.
    numbers: [u64; DEVICES],
    /// Versions of subjects only rise.
    version: u64,
    /// Taps that terminals have kept back.
    kept: Vec<Envelope>,
}

impl Clients {
    /// People and terminals that have done nothing yet.
    pub fn new(mut dice: Dice) -> Self {
        let people = 2 + u32::try_from(dice.below(5)).unwrap_or_default();
        Self { dice, people, numbers: [0; DEVICES], version: 10, kept: Vec::new() }
    }

    fn envelope(&mut self, now: Timestamp, body: Body) -> Envelope {
        let principal = PrincipalId(1 + u32::try_from(self.dice.below(3)).unwrap_or_default());
        Envelope {
            schema: 1,
            id: CommandId::new(now, self.dice.bits()),
            principal,
            channel: Channel::Api,
            on_behalf_of: None,
            received_at: now,
            body,
        }
    }

    /// What the city publishes, and its first people.
    pub fn opening(&mut self, now: Timestamp) -> Sending {
        let mut bodies = content::all();
        for person in 0..self.people {
            bodies.extend(new_person(person));
        }
        for number in 0..self.people {
            let benefit = code(self.dice.one_of(content::GRANTED));
            let (from, to) = (now.jakarta_date(), now.jakarta_date().plus_days(20));
            bodies.push(Body::Grant(Grant { holder: holder(number), benefit, from, to, version: 1 }));
        }
        (Class::Office, bodies.into_iter().map(|body| self.envelope(now, body)).collect())
    }

    /// The money of the city: budgets, and the accounts of banks. After the opening.
    pub fn funding(&mut self, now: Timestamp, state: &State) -> Sending {
        let next = state.ledger.next_id().0;
        let benefit = state.benefits.find(code(content::AID)).unwrap_or_default();
        let year = u32::try_from(now.jakarta_date().year()).unwrap_or_default();
        let open = |kind, owner, sub| {
            Body::OpenAccount(OpenAccount { key: AccountKey { kind, owner, sub, unit: Unit::Rupiah } })
        };
        let vote = Leg { debit: AccountId(next), credit: AccountId(next + 1), amount: Amount(500_000) };
        let bodies = vec![
            open(Kind::Appropriation, benefit, year),
            open(Kind::Budget, benefit, year),
            open(Kind::FloatConfirmed, 0, 0),
            open(Kind::FloatConfirmed, 1, 0),
            Body::Transfer(vec![vote]),
        ];
        (Class::Office, bodies.into_iter().map(|body| self.envelope(now, body)).collect())
    }

    /// Something somebody sends now.
    pub fn next(&mut self, now: Timestamp, state: &State) -> Sending {
        match self.dice.below(100) {
            0..35 => self.upload(now),
            35..40 => {
                let movement = Some(self.movement(now));
                let body = Body::Ask(Ask { medium: self.medium(), movement });
                (Class::Ask, vec![self.envelope(now, body)])
            }
            40..55 => self.single(Class::Purchase, now, Self::top_up),
            55..80 => self.goods(now, state),
            80..90 => self.money(now, state),
            _ => self.office(now, state),
        }
    }

    /// A run over many recipients, large enough that entries fill segments.
    pub fn run(&mut self, now: Timestamp, state: &State) -> Sending {
        let find = |owner| {
            let key = AccountKey { kind: Kind::FloatConfirmed, owner, sub: 0, unit: Unit::Rupiah };
            state.ledger.find(&key)
        };
        let (Some(debit), Some(credit)) = (find(0), find(1)) else { return (Class::Bulk, Vec::new()) };
        let legs = vec![Leg { debit, credit, amount: Amount(1_000_000_000) }; RUN_LEGS];
        let commands = (0..150).map(|_| self.envelope(now, Body::Transfer(legs.clone())));
        (Class::Bulk, commands.collect())
    }

    /// Another content under an id that was used.
    pub fn altered(&mut self, envelope: &Envelope) -> Envelope {
        Envelope { body: self.top_up(), ..envelope.clone() }
    }

    /// The same content under a new id, as a terminal sends a batch again that it has lost track of.
    pub fn anew(&mut self, now: Timestamp, envelope: &Envelope) -> Envelope {
        self.envelope(now, envelope.body.clone())
    }

    fn single(&mut self, class: Class, now: Timestamp, body: fn(&mut Self) -> Body) -> Sending {
        let body = body(self);
        (class, vec![self.envelope(now, body)])
    }

    fn person(&mut self) -> u32 {
        // Now and then somebody who is not known.
        u32::try_from(self.dice.below(u64::from(self.people) * 20 + 1) / 20).unwrap_or_default()
    }

    fn medium(&mut self) -> MediumSerial {
        MediumSerial(self.person())
    }

    fn amount(&mut self) -> Amount {
        Amount(match self.dice.below(20) {
            0 => 0,
            1 => u64::MAX,
            _ => 1 + self.dice.below(20_000),
        })
    }

    fn top_up(&mut self) -> Body {
        let (holder, bank) = (Some(holder(self.person())), code(self.dice.one_of(content::BANKS)));
        Body::TopUp(TopUp { medium: None, holder, bank, amount: self.amount() })
    }

    fn movement(&mut self, at: Timestamp) -> Movement {
        if self.dice.permille(500) {
            return Movement::new(code(self.dice.one_of(content::STOPS)), at);
        }
        let part = self.dice.one_of([Part::In, Part::Out]);
        Movement { part, ..Movement::new(code(self.dice.one_of(content::GATES)), at) }
    }

    /// Some new taps of a terminal, some that were kept back, in any order.
    fn upload(&mut self, now: Timestamp) -> Sending {
        let place = self.dice.index(DEVICES);
        let mut taps = Vec::new();
        for _ in 0..=self.dice.below(4) {
            let Some(number) = self.numbers.get_mut(place) else { break };
            *number += 1;
            let seq = *number;
            let ago = self.dice.one_of([0, Timestamp::SECOND, Timestamp::MINUTE, 5 * Timestamp::HOUR]);
            let device_at = now.plus(-self.dice.between(0, ago));
            let tap = Tap {
                device: DeviceNumber(u32::try_from(place).unwrap_or_default()),
                epoch: 1,
                seq,
                medium: self.medium(),
                counter: None,
                opened: self.dice.permille(950),
                refused: None,
                movement: Some(self.movement(device_at)),
            };
            let tap = self.envelope(now, Body::Tap(tap));
            if self.dice.permille(300) { self.kept.push(tap) } else { taps.push(tap) }
        }
        while !self.kept.is_empty() && self.dice.permille(500) {
            let one = self.dice.index(self.kept.len());
            taps.push(self.kept.swap_remove(one));
        }
        self.dice.shuffle(&mut taps);
        (Class::Upload, taps)
    }

    fn goods(&mut self, now: Timestamp, state: &State) -> Sending {
        let purchase = state.purchases.next().saturating_sub(self.dice.below(6));
        let body = match self.dice.below(10) {
            0..5 => {
                let item = Item {
                    good: code(self.dice.one_of(["rice", "book"])),
                    quantity: 1,
                    amount: Amount(500 + self.dice.below(9_000)),
                };
                Body::Purchase(Purchase {
                    medium: self.medium(),
                    merchant: code(self.dice.one_of(content::SHOPS)),
                    from: self.dice.one_of([Funds::Purse, Funds::Wallet(code(content::AID))]),
                    items: vec![item; 1 + self.dice.index(3)],
                    step: self.dice.one_of([
                        PurchaseStep::Ask,
                        PurchaseStep::Authorise,
                        PurchaseStep::Authorise,
                        PurchaseStep::Capture,
                    ]),
                })
            }
            5..7 => {
                let lines = if self.dice.permille(500) { vec![0] } else { Vec::new() };
                Body::CapturePurchase(CapturePurchase { purchase, lines })
            }
            7 => Body::VoidPurchase(VoidPurchase { purchase }),
            _ => {
                let amount = self.dice.permille(500).then(|| Amount(1 + self.dice.below(3_000)));
                Body::Refund(Refund { purchase, lines: vec![RefundLine { line: 0, amount }] })
            }
        };
        (Class::Purchase, vec![self.envelope(now, body)])
    }

    fn money(&mut self, now: Timestamp, state: &State) -> Sending {
        let pending = state.ledger.pendings.next().saturating_sub(self.dice.below(5));
        let body = match self.dice.below(10) {
            0..2 => Body::Transfer(self.legs(state)),
            2..6 => {
                let wait = self.dice.one_of([Timestamp::SECOND, Timestamp::MINUTE, 2 * Timestamp::HOUR]);
                let deadline = self.dice.permille(700).then(|| now.plus(wait));
                let legs = self.legs(state);
                Body::Hold(legs.into_iter().map(|leg| Hold { leg, deadline }).collect())
            }
            6..8 => {
                let amount = self.dice.permille(300).then(|| self.amount());
                Body::PostPending(Resolve { pending, amount })
            }
            _ => Body::VoidPending(Resolve { pending, amount: None }),
        };
        (Class::Office, vec![self.envelope(now, body)])
    }

    fn legs(&mut self, state: &State) -> Vec<Leg> {
        let accounts = u64::try_from(state.ledger.accounts().len()).unwrap_or_default();
        let side = |dice: &mut Dice| AccountId(u32::try_from(dice.below(accounts)).unwrap_or_default());
        (0..=self.dice.below(2))
            .map(|_| {
                let (debit, credit) = (side(&mut self.dice), side(&mut self.dice));
                Leg { debit, credit, amount: self.amount() }
            })
            .collect()
    }

    fn office(&mut self, now: Timestamp, state: &State) -> Sending {
        self.version += 1;
        let version = if self.dice.permille(100) { 1 } else { self.version };
        let (holder, medium) = (holder(self.person()), self.medium());
        let benefit = code(self.dice.one_of(content::GRANTED));
        let mut class = Class::Office;
        let body = match self.dice.below(10) {
            0 | 1 => {
                class = Class::Block;
                Body::BlockMedium(SetMedium { medium, version, reason: Some(BlockReason::Lost) })
            }
            2 | 3 => Body::ActivateMedium(SetMedium { medium, version, reason: None }),
            4 => {
                let from = now.jakarta_date();
                Body::Grant(Grant { holder, benefit, from, to: from.plus_days(9), version })
            }
            5 => Body::Revoke(Revoke { holder, benefit, version }),
            6 => {
                let bank = code("bank_a");
                Body::CashOut(CashOut { medium, benefit: code(content::AID), bank, amount: self.amount() })
            }
            7 if state.media.next().0 < 40 => {
                let number = state.media.next().0;
                self.people = self.people.max(number + 1);
                let bodies = new_person(number).into_iter();
                return (Class::Office, bodies.map(|body| self.envelope(now, body)).collect());
            }
            _ => {
                let bank = code(self.dice.one_of(content::BANKS));
                let amount = Amount(1 + self.dice.below(9_000));
                Body::Disburse(Disburse { holder, benefit: code(content::AID), bank, amount })
            }
        };
        (class, vec![self.envelope(now, body)])
    }
}

fn holder(number: u32) -> HolderNumber {
    HolderNumber::new(u64::from(number))
        .unwrap_or_else(|error| unreachable!("a small number is one: {error}"))
}

/// What makes somebody known, with a card.
fn new_person(number: u32) -> Vec<Body> {
    let (holder, medium) = (holder(number), MediumSerial(number));
    let (category, bank) = (code("adult"), code("bank_a"));
    vec![
        Body::OpenHolder(OpenHolder { holder, category, home: None, bank }),
        Body::IssueMedium(IssueMedium { medium, holder, kind: code("card"), assurance: 2, replaces: None }),
        Body::ActivateMedium(SetMedium { medium, version: 1, reason: None }),
        Body::TopUp(TopUp {
            medium: None,
            holder: Some(holder),
            bank: code("bank_a"),
            amount: Amount(15_000),
        }),
    ]
}
