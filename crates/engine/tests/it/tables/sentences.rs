//! What can be sent: one sentence per command.

use base::{DeviceNumber, HolderNumber, MediumSerial};
use engine::ledger::{AccountId, Kind};
use engine::{
    AccountKey, Amount, Ask, Attest, BenefitDefinition, BlockReason, Body, Epoch, Genesis, Grant, Hold,
    IssueMedium, Leg, Member, Movement, OpenAccount, OpenHolder, Parameter, Part, PriceRule, Resolve, Revoke,
    Role, SetMedium, Tap, TopUp, Unit,
};
use fixtures::{code, content, date, moment};

use super::words::{Words, number};
use super::world::World;

impl World {
    /// Reads one command.
    pub fn sentence(&mut self, words: &mut Words<'_>) -> Result<Body, String> {
        let verb = words.next()?;
        match verb {
            "holder" | "medium" | "activate" | "block" | "grant" | "revoke" => self.people(verb, words),
            "topup" => self.top_up(words),
            "open" => Ok(Body::OpenAccount(OpenAccount { key: self.key(words.next()?)? })),
            "transfer" if words.take("nothing") => Ok(Body::Transfer(Vec::new())),
            "transfer" => {
                let legs = words.split("+").into_iter().map(|mut leg| self.leg(&mut leg));
                Ok(Body::Transfer(legs.collect::<Result<_, _>>()?))
            }
            "hold" => {
                let holds = words.split("+").into_iter().map(|mut words| {
                    let deadline = words.value("until").map(moment);
                    Ok(Hold { leg: self.leg(&mut words)?, deadline })
                });
                Ok(Body::Hold(holds.collect::<Result<_, String>>()?))
            }
            "post" | "void" => {
                let pending = number(words.next()?)?;
                let amount = words.value("amount").map(number).transpose()?.map(Amount);
                let resolve = Resolve { pending, amount };
                Ok(if verb == "post" { Body::PostPending(resolve) } else { Body::VoidPending(resolve) })
            }
            "ask" => {
                let medium = MediumSerial(number(words.next()?)?);
                Ok(Body::Ask(Ask { medium, movement: self.movement(words)? }))
            }
            "tap" => self.tap(words),
            "buy" | "capture" | "undo" | "refund" | "cash" | "disburse" | "close-wallet" | "reprice"
            | "fund" => self.goods(verb, words),
            _ => self.setup(verb, words),
        }
    }

    fn people(&mut self, verb: &str, words: &mut Words<'_>) -> Result<Body, String> {
        let first = words.next()?;
        match verb {
            "holder" => {
                let fresh = HolderNumber::new(500_000 + self.holders.len() as u64).unwrap();
                let holder = self.known(first).unwrap_or(fresh);
                self.holders.insert(first.to_owned(), holder);
                let bank = code(words.must("at")?);
                let category = code(words.value("category").unwrap_or("adult"));
                let home = words.value("home").map(code);
                Ok(Body::OpenHolder(OpenHolder { holder, category, home, bank }))
            }
            "medium" => {
                let holder = self.holder(words.must("for")?);
                let assurance = words.value("assurance").map_or(Ok(2), number)?;
                let medium = MediumSerial(number(first)?);
                let replaces = words.value("replaces").map(number).transpose()?.map(MediumSerial);
                Ok(Body::IssueMedium(IssueMedium { medium, holder, kind: code("card"), assurance, replaces }))
            }
            "activate" | "block" => {
                let version = number(words.must("version")?)?;
                let reason = (verb == "block").then_some(BlockReason::Lost);
                let set = SetMedium { medium: MediumSerial(number(first)?), version, reason };
                Ok(if verb == "block" { Body::BlockMedium(set) } else { Body::ActivateMedium(set) })
            }
            _ => {
                let holder = self.holder(first);
                let benefit = code(words.next()?);
                let version = number(words.must("version")?)?;
                if verb == "revoke" {
                    return Ok(Body::Revoke(Revoke { holder, benefit, version }));
                }
                let (from, to) = (date(words.must("from")?), date(words.must("to")?));
                Ok(Body::Grant(Grant { holder, benefit, from, to, version }))
            }
        }
    }

    fn top_up(&mut self, words: &mut Words<'_>) -> Result<Body, String> {
        let bank = code(words.must("via")?);
        let medium = words.value("medium").map(number).transpose()?.map(MediumSerial);
        let holder = match medium {
            Some(_) => None,
            None if words.take("nobody") => None,
            None => Some(self.holder(words.next()?)),
        };
        let amount = Amount(number(words.next()?)?);
        Ok(Body::TopUp(TopUp { medium, holder, bank, amount }))
    }

    fn leg(&self, words: &mut Words<'_>) -> Result<Leg, String> {
        let amount = Amount(number(words.next()?)?);
        let (debit, credit) =
            (self.account(words.must("from")?, true)?, self.account(words.must("to")?, true)?);
        words.done()?;
        Ok(Leg { debit, credit, amount })
    }

    fn movement(&self, words: &mut Words<'_>) -> Result<Option<Movement>, String> {
        let device_at = words.value("shows").map_or(self.city().now(), moment);
        if words.flag("nowhere") {
            return Ok(None);
        }
        let place = code(words.must("at")?);
        let part = match words.value("part") {
            None => Part::Single,
            Some("in") => Part::In,
            Some("out") => Part::Out,
            Some(other) => return Err(format!("there is no part {other:?}")),
        };
        let metres = words.value("metres").map(number).transpose()?;
        let member = |text: &str| {
            let (category, count) = text.split_once(':').ok_or("a party is `adult:1,child:2`")?;
            Ok(Member { category: code(category), count: number(count)? })
        };
        let party = words
            .value("party")
            .map_or(Ok(Vec::new()), |text| text.split(',').map(member).collect::<Result<_, String>>())?;
        Ok(Some(Movement { part, metres, party, ..Movement::new(place, device_at) }))
    }

    fn tap(&mut self, words: &mut Words<'_>) -> Result<Body, String> {
        let device = DeviceNumber(words.value("device").map_or(Ok(1), number)?);
        let epoch = words.value("epoch").map_or(Ok(1), number)?;
        let next = self.city().state().devices.get(device, epoch).map_or(1, |seen| seen.contiguous + 1);
        let seq = words.value("seq").map_or(Ok(next), number)?;
        let movement = self.movement(words)?;
        let opened = !words.flag("closed");
        let medium = MediumSerial(number(words.next()?)?);
        let refused = (!opened).then_some(engine::Refusal::MediumBlocked);
        Ok(Body::Tap(Tap { device, epoch, seq, medium, counter: None, opened, refused, movement }))
    }

    fn setup(&self, verb: &str, words: &mut Words<'_>) -> Result<Body, String> {
        match verb {
            "genesis" => Ok(Body::Genesis(Box::new(Genesis {
                city: code("another"),
                format: 1,
                hash_key: 1,
                keys: Vec::new(),
                parameters: Vec::new(),
            }))),
            "epoch" => {
                let number = number(words.next()?)?;
                Ok(Body::Epoch(Epoch { number, node: code("node_b"), build: code("build_2"), config: 7 }))
            }
            "attest" => {
                let (first, lines) = (number(words.next()?)?, number::<u16>(words.must("lines")?)?);
                let digests = (0..lines).map(|line| [line.to_le_bytes()[0]; 32].into()).collect();
                Ok(Body::Attest(Attest { first, digests }))
            }
            "parameter" => {
                let name = words.next()?;
                let parameter = Parameter::ALL.iter().find(|one| one.code() == name);
                let parameter = parameter.ok_or_else(|| format!("there is no parameter {name:?}"))?;
                Ok(Body::SetParameter(*parameter, number(words.next()?)?))
            }
            "organisation" => {
                let (name, role) = (words.next()?, words.must("role")?);
                let role = match role {
                    "bank" => Role::Bank,
                    "merchant" => Role::Merchant,
                    "operator" => Role::Operator,
                    other => return Err(format!("there is no role {other:?}")),
                };
                Ok(Body::from(content::organisation(name, role)))
            }
            "place" => {
                let (operator, service) = (words.must("by")?, words.must("selling")?);
                Ok(Body::from(content::place(words.next()?, operator, service)))
            }
            "tariff" => {
                let version = number(words.must("version")?)?;
                let (price, from) = (number(words.must("price")?)?, moment(words.must("from")?));
                Ok(Body::from(content::tariff(words.next()?, version, price, from)))
            }
            "benefit" => Ok(Body::from(benefit(words)?)),
            "calendar" => Ok(Body::from(super::published::calendar(words)?)),
            "integration" => Ok(Body::from(super::published::integration(words)?)),
            "broken" => super::published::broken(words.next()?),
            other => Err(format!("nobody can send {other:?}")),
        }
    }

    /// The number of a person; one that nobody has for a name that nobody has.
    pub fn holder(&self, name: &str) -> HolderNumber {
        self.known(name).unwrap_or_else(|| HolderNumber::new(999_999).unwrap())
    }

    fn known(&self, name: &str) -> Option<HolderNumber> {
        self.holders.get(name).copied().or_else(|| self.city().find(name))
    }

    /// `purse:siti`, `debt:siti`, `float:bank_a`, `budget:free_bus/2026` ...
    pub fn key(&self, text: &str) -> Result<AccountKey, String> {
        let (kind, owner) = text.split_once(':').ok_or("an account is `kind:owner` or `kind:owner/part`")?;
        let state = self.city().state();
        let part_of = |kind, unit| -> Result<AccountKey, String> {
            let (name, part) =
                text.split_once(':').and_then(|(_, owner)| owner.split_once('/')).ok_or("name a part")?;
            let owner = state.holders.find(self.holder(name)).ok_or("nobody is called that")?;
            let sub = state.benefits.find(code(part)).ok_or("there is no such benefit")?;
            Ok(AccountKey { kind, owner, sub, unit })
        };
        if kind == "wallet" {
            return part_of(Kind::Wallet, Unit::Rupiah);
        }
        let (owner, sub) = match owner.split_once('/') {
            Some((owner, sub)) => (owner, number(sub)?),
            None => (owner, 0),
        };
        let organisation = || state.places.organisations.find(code(owner));
        let benefit = || state.benefits.find(code(owner));
        let holder = || state.holders.find(self.holder(owner));
        let (kind, owner) = match kind {
            "purse" => (Kind::Purse, holder()),
            "debt" => (Kind::Debt, holder()),
            "float" => (Kind::FloatExpected, organisation()),
            "confirmed" => (Kind::FloatConfirmed, organisation()),
            "receivable" => (Kind::Receivable, organisation()),
            "forgone" => (Kind::ForgoneGranted, benefit()),
            "served" => (Kind::ForgoneServed, organisation()),
            "budget" => (Kind::Budget, benefit()),
            "cost" => (Kind::OperatorCost, organisation()),
            "appropriation" => (Kind::Appropriation, benefit()),
            "disbursed" => (Kind::Disbursed, benefit()),
            "returned" => (Kind::ReturnedFunds, benefit()),
            other => return Err(format!("there is no kind of account {other:?}")),
        };
        Ok(AccountKey { kind, owner: owner.unwrap_or(u32::MAX), sub, unit: Unit::Rupiah })
    }

    /// The handle of an account; with `unknown_too`, one that is not open has a handle that nobody has.
    pub fn account(&self, text: &str, unknown_too: bool) -> Result<AccountId, String> {
        let key = self.key(text)?;
        let ledger = &self.city().state().ledger;
        let purse = || {
            let holder = self.city().state().holders.get(key.owner)?;
            if key.kind == Kind::Purse && key.sub == 0 { holder.purse } else { None }
        };
        match purse().or_else(|| ledger.find(&key)) {
            Some(id) => Ok(id),
            None if unknown_too => Ok(AccountId(u32::MAX)),
            None => Err(format!("the account {text} is not open")),
        }
    }
}

fn benefit(words: &mut Words<'_>) -> Result<BenefitDefinition, String> {
    let version = number(words.must("version")?)?;
    let from = moment(words.must("from")?);
    let price = if words.flag("free") {
        PriceRule::Free
    } else {
        PriceRule::Fixed(Amount(number(words.must("price")?)?))
    };
    let list = |text: Option<&str>| match text {
        None | Some("all") => Vec::new(),
        Some(names) => names.split(',').map(code).collect(),
    };
    let services = list(words.value("services"));
    let places = list(words.value("places"));
    let assurance_min = words.value("assurance").map_or(Ok(0), number)?;
    let priority = words.value("priority").map_or(Ok(0), number)?;
    let plain = content::benefit(words.next()?, version, "bus", price, from);
    Ok(BenefitDefinition { services, places, assurance_min, priority, ..plain })
}
