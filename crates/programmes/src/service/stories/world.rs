//! The city of one story: an engine, a clock that the story moves, and what is so before the first step.

use std::collections::BTreeSet;

use base::{Code, CommandId, DeviceNumber, HolderNumber, MediumSerial, PrincipalId, Timestamp};
use engine::ledger::{AccountId, Kind};
use engine::{
    Accepted, AccountKey, Amount, Body, Channel, Disburse, Engine, Envelope, Epoch, Evidence, Funding,
    Genesis, Grant, IssueMedium, Leg, Movement, OpenAccount, OpenHolder, OrganisationDefinition, Position,
    Refusal, Refused, Role, SetMedium, Source, State, Step, Tap, TopUp, Unit,
};

use super::error::{StoryError, StoryProblem};
use super::plan::{Action, Given, Handle, Story};
use super::published::Published;

/// Key of the hash tables of every story's city.
const HASH_KEY: u64 = 0x4A61_6B61_7274_6131;

/// What a story's media are: chip cards of full assurance.
const MEDIUM_KIND: &str = "chip";
const ASSURANCE: u8 = 3;

/// Names of the city of a story, its node and its build, and what made-up merchants rest on.
const NAME: &str = "story";

/// A serial that no medium of a story has.
const NO_MEDIUM: MediumSerial = MediumSerial(u32::MAX);

/// The city of one story.
pub struct World {
    pub engine: Engine,
    now: Timestamp,
    seq: u64,
    index: u32,
    ids: u128,
    versions: u64,
    /// Serials by the place of the medium in the story; none while it is not issued.
    serials: Vec<Option<MediumSerial>>,
    /// Taps delivered so far, by the same.
    delivered: Vec<u64>,
}

impl World {
    /// A city with the published content and what the story gives, one day before anything in the story happens.
    pub fn new(story: &Story, published: &Published) -> Result<Self, StoryError> {
        let mut world = Self {
            engine: Engine::new(State::new(HASH_KEY)),
            now: beginning(story),
            seq: 0,
            index: 0,
            ids: 0,
            versions: 0,
            serials: vec![None; story.media.len()],
            delivered: vec![0; story.media.len()],
        };
        world.found(story, published)?;
        world.entry(world.now);
        world.vote_budgets(story, published)?;
        for (holder, given) in story.given.iter().enumerate() {
            world.give(story, holder, given)?;
        }
        Ok(world)
    }

    /// Begins an entry at an instant: what is due until then happens.
    pub fn entry(&mut self, at: Timestamp) {
        self.now = at;
        self.seq += 1;
        self.index = 0;
        // A tick is never refused: it lets pass what is due and moves nothing else.
        let _ = self.send(Body::Tick);
    }

    /// Sends one command within the entry.
    pub fn send(&mut self, body: Body) -> Result<Accepted, Refused> {
        self.ids += 1;
        let envelope = Envelope {
            schema: 1,
            id: CommandId::new(self.now, self.ids),
            principal: PrincipalId(1),
            channel: if body.is_own() { Channel::System } else { Channel::Office },
            on_behalf_of: None,
            received_at: self.now,
            body,
        };
        let position = Position { seq: self.seq, index: self.index };
        match self.engine.step(position, self.now, &envelope) {
            Step::Decided(outcome) => {
                self.index += 1;
                outcome
            }
            // Every id is fresh and every tap the next of its terminal, so nothing else is left.
            _ => Err(Refusal::Internal.into()),
        }
    }

    /// The next version of any subject.
    pub const fn version(&mut self) -> u64 {
        self.versions += 1;
        self.versions
    }

    /// The serial of a medium of the story.
    pub fn serial(&self, medium: Handle) -> MediumSerial {
        medium.and_then(|medium| self.serials.get(medium).copied().flatten()).unwrap_or(NO_MEDIUM)
    }

    /// The next tap of the terminal that reads this medium.
    pub fn tap(&mut self, medium: Handle, movement: Movement) -> Body {
        let place = medium.unwrap_or(self.delivered.len());
        let seq = self.delivered.get_mut(place).map_or(1, |count| {
            *count += 1;
            *count
        });
        Body::Tap(Tap {
            device: DeviceNumber(u32::try_from(place).unwrap_or(u32::MAX - 1).saturating_add(1)),
            epoch: 1,
            seq,
            medium: self.serial(medium),
            counter: None,
            opened: true,
            refused: None,
            movement: Some(movement),
        })
    }

    /// Issues a medium of the story to a holder and activates it.
    pub fn issue(&mut self, medium: usize, holder: usize, replaces: Handle) -> Result<Accepted, Refused> {
        let serial = self.engine.state.media.next();
        let issue = IssueMedium {
            medium: serial,
            holder: number(holder),
            kind: word(MEDIUM_KIND),
            assurance: ASSURANCE,
            replaces: replaces.map(|_| self.serial(replaces)),
        };
        self.send(Body::IssueMedium(issue))?;
        if let Some(place) = self.serials.get_mut(medium) {
            *place = Some(serial);
        }
        let version = self.version();
        self.send(Body::ActivateMedium(SetMedium { medium: serial, version, reason: None }))
    }

    /// Account of a holder or a benefit, if it is open.
    pub fn account(&self, key: &AccountKey) -> Option<AccountId> {
        self.engine.state.ledger.find(key)
    }

    fn found(&mut self, story: &Story, published: &Published) -> Result<(), StoryError> {
        self.seq = 1;
        let genesis = Genesis {
            city: word(NAME),
            format: 1,
            hash_key: HASH_KEY,
            keys: Vec::new(),
            parameters: Vec::new(),
        };
        let epoch = Epoch { number: 1, node: word(NAME), build: word(NAME), config: 0 };
        let made_up = story.merchants.iter().map(|(code, merchant_type)| {
            Body::PublishOrganisation(OrganisationDefinition {
                code: *code,
                role: Role::Merchant,
                source: Source { legal_basis: word(NAME), evidence: Evidence::Assumed },
                merchant_type: *merchant_type,
            })
        });
        let founding = [Body::Genesis(genesis), Body::Epoch(epoch)];
        for body in founding.into_iter().chain(published.bodies.iter().cloned()).chain(made_up) {
            let command = body.name();
            self.send(body).map_err(|refused| StoryError {
                file: story.file.clone(),
                line: 1,
                field: "file".to_owned(),
                problem: StoryProblem::Content { command, code: refused.code() },
            })?;
        }
        Ok(())
    }

    /// The city has voted enough for every benefit that a budget pays and every wallet that is given: a story is about
    /// holders, not about a treasury that runs dry.
    fn vote_budgets(&mut self, story: &Story, published: &Published) -> Result<(), StoryError> {
        let wallets = story.given.iter().flat_map(|given| given.wallets.iter().map(|wallet| wallet.1));
        let paid = published.benefits.iter().filter(|(_, versions)| {
            versions.iter().any(|version| matches!(version.rules.funding, Funding::Budget(_)))
        });
        let benefits: BTreeSet<Code> = wallets.chain(paid.map(|(code, _)| *code)).collect();
        let last = story.steps.last().map_or(self.now, |step| step.at);
        let years = self.now.jakarta_date().year()..=last.jakarta_date().year();
        let amount = Amount(self.engine.state.parameters.amount_max.unsigned_abs());
        for benefit in benefits {
            let Some(owner) = self.engine.state.benefits.find(benefit) else { continue };
            for sub in years.clone().filter_map(|year| u32::try_from(year).ok()) {
                let key = |kind| AccountKey { kind, owner, sub, unit: Unit::Rupiah };
                let voted = self.open(key(Kind::Appropriation)).and_then(|debit| {
                    let credit = self.open(key(Kind::Budget))?;
                    self.send(Body::Transfer(vec![Leg { debit, credit, amount }]))
                });
                voted.map_err(|refused| wrong(story, 1, "file", refused))?;
            }
        }
        Ok(())
    }

    fn open(&mut self, key: AccountKey) -> Result<AccountId, Refused> {
        if self.account(&key).is_none() {
            self.send(Body::OpenAccount(OpenAccount { key }))?;
        }
        self.account(&key).ok_or_else(|| Refusal::AccountUnknown.into())
    }

    fn give(&mut self, story: &Story, holder: usize, given: &Given) -> Result<(), StoryError> {
        let (number, bank) = (number(holder), given.bank);
        let open = OpenHolder { holder: number, category: given.category, home: given.home, bank };
        let opened = self.send(Body::OpenHolder(open));
        opened.map_err(|refused| wrong(story, given.line, "holder", refused))?;
        if let Some(medium) = given.medium {
            let issued = self.issue(medium, holder, None);
            issued.map_err(|refused| wrong(story, given.line, "medium", refused))?;
        }
        if let Some((line, amount)) = given.purse.filter(|(_, amount)| !amount.is_zero()) {
            let top_up = TopUp { medium: None, holder: Some(number), bank, amount };
            self.send(Body::TopUp(top_up)).map_err(|refused| wrong(story, line, "amount", refused))?;
        }
        for (line, benefit, amount) in &given.wallets {
            self.give_wallet(holder, *benefit, bank, *amount)
                .map_err(|refused| wrong(story, *line, "programme", refused))?;
        }
        for (line, benefit, from, to) in &given.entitlements {
            let version = self.version();
            let grant = Grant { holder: number, benefit: *benefit, from: *from, to: *to, version };
            self.send(Body::Grant(grant)).map_err(|refused| wrong(story, *line, "benefit", refused))?;
        }
        Ok(())
    }

    fn give_wallet(
        &mut self,
        holder: usize,
        benefit: Code,
        bank: Code,
        amount: Amount,
    ) -> Result<(), Refused> {
        if !amount.is_zero() {
            let disburse = Disburse { holder: number(holder), benefit, bank, amount };
            return self.send(Body::Disburse(disburse)).map(|_| ());
        }
        // Nothing can be paid into an empty wallet, but it is there.
        let key = self.wallet_key(holder, benefit).ok_or(Refusal::BenefitUnknown)?;
        self.open(key).map(|_| ())
    }

    /// The key of a holder's wallet.
    pub fn wallet_key(&self, holder: usize, benefit: Code) -> Option<AccountKey> {
        let owner = self.engine.state.holders.find(number(holder))?;
        let sub = self.engine.state.benefits.find(benefit)?;
        Some(AccountKey { kind: Kind::Wallet, owner, sub, unit: Unit::Rupiah })
    }
}

/// One day before the first thing in the story, so that what is given is known whenever a terminal's clock says so.
fn beginning(story: &Story) -> Timestamp {
    let device = |action: &Action| match action {
        Action::Upload(taps) => taps.iter().map(|(_, movement)| movement.device_at).min(),
        _ => None,
    };
    let first = story.steps.iter().flat_map(|step| [Some(step.at), device(&step.action)]).flatten().min();
    first.unwrap_or_default().plus(-Timestamp::DAY).max(Timestamp::default())
}

fn wrong(story: &Story, line: u64, field: &str, refused: Refused) -> StoryError {
    let problem = StoryProblem::Refused { code: refused.code() };
    StoryError { file: story.file.clone(), line, field: field.to_owned(), problem }
}

/// The number of a holder by the place in the story.
pub fn number(holder: usize) -> HolderNumber {
    let index = u64::try_from(holder).unwrap_or_default().saturating_add(1);
    HolderNumber::new(index % HolderNumber::COUNT)
        .unwrap_or_else(|_| unreachable!("a remainder is below the count"))
}

/// A word of this module as a code.
fn word(text: &'static str) -> Code {
    Code::parse(text).unwrap_or_else(|_| unreachable!("the words of this module are codes"))
}
