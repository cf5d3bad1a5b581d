//! A story that makes sense: names that lead somewhere, steps in order of time, one action each. Every mistake is reported,
//! not only the first.

use std::collections::{BTreeMap, BTreeSet};

use base::{CivilDate, Code, Timestamp};
use engine::{Amount, BlockReason, Funds, Item, Member, Movement, Part};
use serde_saphyr::Spanned;

use super::error::{StoryError, StoryErrors, StoryProblem};
use super::expect;
use super::names::nobody;
use super::published::Published;
use super::result::Expectation;
use super::rows::{self, Expectations, Expected};

/// Rider category of a holder of whom nothing is said.
const CATEGORY: &str = "adult";

/// A story that can be run.
#[derive(Debug, Clone)]
pub struct Story {
    /// Its name, a sentence.
    pub name: String,
    pub(super) file: String,
    pub(super) given: Vec<Given>,
    /// Merchants made up for the story, with their types.
    pub(super) merchants: Vec<(Code, Option<Code>)>,
    /// Media in the order in which they are named; the holder of each.
    pub(super) media: Vec<(String, usize)>,
    pub(super) purchases: Vec<Basket>,
    pub(super) steps: Vec<Step>,
    pub(super) end: Vec<(usize, Vec<Expectation>)>,
}

/// A holder before the first step.
#[derive(Debug, Clone)]
pub struct Given {
    pub line: u64,
    pub name: String,
    pub home: Option<Code>,
    pub category: Code,
    pub bank: Code,
    pub medium: Option<usize>,
    pub purse: Option<(u64, Amount)>,
    pub wallets: Vec<(u64, Code, Amount)>,
    pub entitlements: Vec<(u64, Code, CivilDate, CivilDate)>,
}

/// A basket that later steps may name.
#[derive(Debug, Clone)]
pub struct Basket {
    pub name: Option<String>,
    pub holder: Option<usize>,
    pub items: Vec<Item>,
}

/// A step.
#[derive(Debug, Clone)]
pub struct Step {
    pub line: u64,
    pub at: Timestamp,
    pub action: Action,
    /// Whose results are told.
    pub holder: Option<usize>,
    pub expect: Vec<Expectation>,
}

/// What a step does. Media, holders and purchases by their place in the story.
#[derive(Debug, Clone)]
pub enum Action {
    Pass { medium: Handle, movement: Movement, name: &'static str },
    Upload(Vec<(Handle, Movement)>),
    Purchase { purchase: usize, medium: Handle, merchant: Code, from: Funds },
    Refund { purchase: Handle, goods: Vec<Code> },
    Void { purchase: Handle },
    Cash { medium: Handle, wallet: Code, bank: Code, amount: Amount },
    TopUp { medium: Handle, bank: Code, amount: Amount },
    Block { medium: Handle, reason: BlockReason },
    Activate { medium: Handle },
    Replace { medium: Handle, by: usize },
    Grant { holder: usize, benefit: Code, from: CivilDate, to: CivilDate },
    Revoke { holder: usize, benefit: Code },
}

/// A place in a list of the story; none for what a step expects to be unknown.
pub type Handle = Option<usize>;

/// Reads rows into a story.
pub fn plan(file: &str, row: rows::StoryRow, published: &Published) -> Result<Story, StoryErrors> {
    let mut planner = Planner {
        published,
        errors: Vec::new(),
        holders: BTreeMap::new(),
        named: BTreeSet::new(),
        expected: BTreeSet::new(),
        story: Story {
            name: row.name.value.trim().to_owned(),
            file: file.to_owned(),
            given: Vec::new(),
            merchants: Vec::new(),
            media: Vec::new(),
            purchases: Vec::new(),
            steps: Vec::new(),
            end: Vec::new(),
        },
    };
    if planner.story.name.is_empty() {
        let said = "the name is empty; write a sentence".to_owned();
        planner.wrong(&row.name, "name", StoryProblem::Form { said });
    }
    for given in &row.given {
        planner.given(given);
    }
    for step in row.steps {
        planner.step(step);
    }
    planner.end(row.expect_end);
    if planner.errors.is_empty() {
        Ok(planner.story)
    } else {
        planner.errors.sort_by_key(|error| error.line);
        Err(StoryErrors(planner.errors))
    }
}

pub(super) struct Planner<'p> {
    pub(super) published: &'p Published,
    errors: Vec<StoryError>,
    pub(super) holders: BTreeMap<String, usize>,
    /// Names of media and purchases, each with its kind.
    named: BTreeSet<(&'static str, String)>,
    /// Codes that the step at hand expects.
    pub(super) expected: BTreeSet<String>,
    pub(super) story: Story,
}

impl Planner<'_> {
    pub(super) fn wrong<T>(&mut self, at: &Spanned<T>, field: &str, problem: StoryProblem) {
        self.wrong_at(line(at), field, problem);
    }

    fn wrong_at(&mut self, line: u64, field: &str, problem: StoryProblem) {
        self.errors.push(StoryError {
            file: self.story.file.clone(),
            line,
            field: field.to_owned(),
            problem,
        });
    }

    pub(super) fn unknown<T>(
        &mut self,
        at: &Spanned<T>,
        field: &str,
        what: &'static str,
        name: String,
        hint: &str,
    ) {
        self.wrong(at, field, StoryProblem::Unknown { what, name, hint: hint.to_owned() });
    }

    fn once(&mut self, what: &'static str, name: &Spanned<String>, field: &str) {
        if name.value.trim().is_empty() {
            self.wrong(name, field, StoryProblem::Form { said: "the name is empty; write one".to_owned() });
        } else if !self.named.insert((what, name.value.clone())) {
            self.wrong(name, field, StoryProblem::Twice { what, name: name.value.clone() });
        }
    }

    fn given(&mut self, row: &rows::GivenRow) {
        self.once("holder", &row.holder, "holder");
        let holder = self.story.given.len();
        self.holders.insert(row.holder.value.clone(), holder);
        let category = match &row.category {
            Some(category) => self.category(category),
            None => Code::parse(CATEGORY).unwrap_or_else(|_| nobody()),
        };
        let medium = row.medium.as_ref().map(|medium| self.medium_of(medium, "medium", holder));
        let bank = match &row.purse {
            Some(purse) => self.bank(&purse.bank),
            None => self.first_bank(),
        };
        let mut wallets: Vec<(u64, Code, Amount)> = Vec::new();
        for wallet in &row.wallets {
            let benefit = self.benefit(&wallet.programme, "programme");
            if wallets.iter().any(|(_, known, _)| *known == benefit) {
                let problem = StoryProblem::Twice { what: "wallet", name: benefit.to_string() };
                self.wrong(&wallet.programme, "programme", problem);
            }
            wallets.push((line(&wallet.programme), benefit, wallet.amount.value));
        }
        let mut entitlements = Vec::with_capacity(row.entitlements.len());
        for one in &row.entitlements {
            let benefit = self.benefit(&one.benefit, "benefit");
            entitlements.push((line(&one.benefit), benefit, one.from, one.to));
        }
        self.story.given.push(Given {
            line: line(&row.holder),
            name: row.holder.value.clone(),
            home: row.home.as_ref().map(|home| home.value),
            category,
            bank,
            medium,
            purse: row.purse.as_ref().map(|purse| (line(&purse.amount), purse.amount.value)),
            wallets,
            entitlements,
        });
    }

    fn medium_of(&mut self, name: &Spanned<String>, field: &str, holder: usize) -> usize {
        self.once("medium", name, field);
        self.story.media.push((name.value.clone(), holder));
        self.story.media.len() - 1
    }

    fn step(&mut self, spanned: Spanned<rows::StepRow>) {
        let line = line(&spanned);
        let row = spanned.value;
        let at = row.at.value.0;
        if let Some(before) = self.story.steps.last().map(|step| step.at).filter(|before| at < *before) {
            self.wrong(&row.at, "at", StoryProblem::Order { at, before });
        }
        self.known_time(&row.at, "at");
        self.expected = expect::codes(&row.expect);
        if let (Some(id), None) = (&row.id, &row.purchase) {
            let advice = "only a purchase has an id; remove it";
            self.wrong(id, "id", StoryProblem::Misplaced { advice });
        }
        let mistakes = self.errors.len();
        let mut actions = self.actions(&row, at);
        let known = "tap, tap_in, tap_out, enter, exit, upload, purchase, refund, void, cash, top_up, block, activate, \
                     replace, grant, revoke";
        let only = if actions.len() == 1 { actions.pop() } else { None };
        let Some((action, holder)) = only else {
            if self.errors.len() > mistakes {
                return;
            }
            let found = if actions.is_empty() { "none".to_owned() } else { actions.len().to_string() };
            return self.wrong_at(line, "step", StoryProblem::Actions { found, known });
        };
        let expect = self.expectations(row.expect, holder, expect::Scope::Step);
        self.story.steps.push(Step { line, at, action, holder, expect });
    }

    fn known_time(&mut self, at: &Spanned<rows::Moment>, field: &str) {
        let known = (1971..=2999).contains(&at.value.0.jakarta_date().year());
        if !known {
            let advice = "a story plays between 1971 and 2999; write a year in between";
            self.wrong(at, field, StoryProblem::Misplaced { advice });
        }
    }

    /// Everything a step does, each with the holder it concerns.
    fn actions(&mut self, row: &rows::StepRow, at: Timestamp) -> Vec<(Action, Handle)> {
        let mut actions = Vec::new();
        let taps = [
            ("tap", &row.tap, Part::Single),
            ("tap_in", &row.tap_in, Part::In),
            ("tap_out", &row.tap_out, Part::Out),
        ];
        for (name, tap, part) in taps {
            actions.extend(tap.as_ref().map(|tap| self.tap(name, tap, part, at)));
        }
        for (name, visit, part) in [("enter", &row.enter, Part::In), ("exit", &row.exit, Part::Out)] {
            actions.extend(visit.as_ref().map(|visit| self.visit(name, visit, part, at)));
        }
        actions.extend(row.upload.as_ref().map(|upload| self.upload(upload)));
        actions.extend(row.purchase.as_ref().map(|one| self.purchase(one, row.id.as_ref())));
        actions.extend(row.refund.as_ref().map(|refund| {
            let (purchase, holder) = self.of(&refund.of);
            let goods = refund.goods.iter().map(|good| good.value).collect();
            (Action::Refund { purchase, goods }, holder)
        }));
        actions.extend(row.void.as_ref().map(|void| {
            let (purchase, holder) = self.of(&void.of);
            (Action::Void { purchase }, holder)
        }));
        actions.extend(row.cash.as_ref().map(|cash| self.cash(cash)));
        actions.extend(row.top_up.as_ref().map(|top_up| {
            let (medium, holder) = self.medium(&top_up.medium);
            let bank = self.bank(&top_up.bank);
            (Action::TopUp { medium, bank, amount: top_up.amount }, holder)
        }));
        actions.extend(row.block.as_ref().map(|block| {
            let (medium, holder) = self.medium(&block.medium);
            (Action::Block { medium, reason: block.reason.into() }, holder)
        }));
        actions.extend(row.activate.as_ref().map(|activate| {
            let (medium, holder) = self.medium(&activate.medium);
            (Action::Activate { medium }, holder)
        }));
        actions.extend(row.replace.as_ref().and_then(|replace| self.replace(replace)));
        actions.extend(row.grant.as_ref().and_then(|grant| {
            let benefit = self.benefit(&grant.benefit, "benefit");
            let holder = self.holder(&grant.holder)?;
            Some((Action::Grant { holder, benefit, from: grant.from, to: grant.to }, Some(holder)))
        }));
        actions.extend(row.revoke.as_ref().and_then(|revoke| {
            let benefit = self.benefit(&revoke.benefit, "benefit");
            let holder = self.holder(&revoke.holder)?;
            Some((Action::Revoke { holder, benefit }, Some(holder)))
        }));
        actions
    }

    fn tap(&mut self, name: &'static str, row: &rows::TapRow, part: Part, at: Timestamp) -> (Action, Handle) {
        let (medium, holder) = self.medium(&row.medium);
        let movement = self.movement(row, part, at);
        (Action::Pass { medium, movement, name }, holder)
    }

    fn movement(&mut self, row: &rows::TapRow, part: Part, at: Timestamp) -> Movement {
        if let Some(distance) = row.distance_km.as_ref().filter(|_| part != Part::Out) {
            let advice = "the distance is said at the tap_out; move it there";
            self.wrong(distance, "distance_km", StoryProblem::Misplaced { advice });
        }
        let metres = row.distance_km.as_ref().map(|distance| distance.value.0);
        Movement { part, metres, ..Movement::new(self.place_of_tap(row), at) }
    }

    fn place_of_tap(&mut self, row: &rows::TapRow) -> Code {
        let service = row.service.value;
        let Some(stop) = &row.stop else { return self.place(&row.service, "service", service) };
        let joined = Code::parse(&format!("{service}.{}", stop.value)).ok();
        match joined.filter(|place| self.published.places.contains(place)) {
            Some(place) => place,
            None => self.place(stop, "stop", stop.value),
        }
    }

    fn visit(
        &mut self,
        name: &'static str,
        row: &rows::VisitRow,
        part: Part,
        at: Timestamp,
    ) -> (Action, Handle) {
        let (medium, holder) = self.medium(&row.medium);
        let place = self.place(&row.place, "place", row.place.value);
        let mut party = Vec::with_capacity(row.party.len());
        for member in &row.party {
            party.push(Member { category: self.category(&member.category), count: member.count });
        }
        let movement = Movement { part, party, ..Movement::new(place, at) };
        (Action::Pass { medium, movement, name }, holder)
    }

    fn upload(&mut self, rows: &Spanned<Vec<Spanned<rows::UploadRow>>>) -> (Action, Handle) {
        let mut taps = Vec::with_capacity(rows.value.len());
        let mut last = None;
        for spanned in &rows.value {
            let row = &spanned.value;
            let at = row.device_at.value.0;
            self.known_time(&row.device_at, "device_at");
            let all = [(&row.tap, Part::Single), (&row.tap_in, Part::In), (&row.tap_out, Part::Out)];
            let mut found = all.into_iter().filter_map(|(tap, part)| tap.as_ref().map(|tap| (tap, part)));
            let (Some((tap, part)), None) = (found.next(), found.next()) else {
                let found = "none, or more than one".to_owned();
                let problem = StoryProblem::Actions { found, known: "tap, tap_in, tap_out" };
                self.wrong(spanned, "upload", problem);
                continue;
            };
            let (medium, holder) = self.medium(&tap.medium);
            taps.push((medium, self.movement(tap, part, at)));
            last = holder;
        }
        if rows.value.is_empty() {
            let advice = "the list is empty; write at least one tap";
            self.wrong(rows, "upload", StoryProblem::Misplaced { advice });
        }
        (Action::Upload(taps), last)
    }

    fn purchase(&mut self, row: &rows::PurchaseRow, id: Option<&Spanned<String>>) -> (Action, Handle) {
        let (medium, holder) = self.medium(&row.medium);
        if let Some(id) = id {
            self.once("purchase", id, "id");
        }
        let item =
            |row: &rows::GoodRow| Item { good: row.good.value, quantity: row.quantity, amount: row.amount };
        let items: Vec<Item> = row.goods.value.iter().map(item).collect();
        let merchant = self.merchant(row, &items);
        let from = self.funds(row, holder);
        let name = id.map(|id| id.value.clone());
        self.story.purchases.push(Basket { name, holder, items });
        let purchase = self.story.purchases.len() - 1;
        (Action::Purchase { purchase, medium, merchant, from }, holder)
    }

    fn cash(&mut self, row: &rows::CashRow) -> (Action, Handle) {
        let (medium, holder) = self.medium(&row.medium);
        let given = holder.and_then(|holder| self.story.given.get(holder));
        let bank = given.map_or_else(|| self.first_bank(), |given| given.bank);
        let wallet = row.wallet.value;
        let has = given.is_none_or(|given| given.wallets.iter().any(|known| known.1 == wallet));
        if !has {
            self.no_wallet(&row.wallet, "wallet", wallet.as_str());
        }
        (Action::Cash { medium, wallet, bank, amount: row.amount }, holder)
    }

    fn replace(&mut self, row: &rows::ReplaceRow) -> Option<(Action, Handle)> {
        let (medium, holder) = self.medium(&row.medium);
        let by = self.medium_of(&row.by, "by", holder?);
        Some((Action::Replace { medium, by }, holder))
    }

    fn expectations(&mut self, rows: Expectations, holder: Handle, scope: expect::Scope) -> Vec<Expectation> {
        let given = holder.and_then(|holder| self.story.given.get(holder));
        let (expected, problems) = expect::check(rows, given, self.published, scope);
        for (line, key, problem) in problems {
            self.wrong_at(line, &key, problem);
        }
        expected
    }

    fn end(&mut self, rows: Expectations) {
        self.expected.clear();
        let mut flat = Vec::new();
        for (key, value) in rows.0 {
            let line = line(&key);
            match value.value {
                Expected::Under(under) => match self.holder(&key) {
                    Some(holder) => {
                        let expect = self.expectations(under, Some(holder), expect::Scope::End);
                        self.story.end.push((holder, expect));
                    }
                    None => continue,
                },
                _ if self.story.given.len() > 1 => {
                    let advice = "with several holders what is expected stands under each holder's name";
                    self.wrong_at(line, &key.value, StoryProblem::Misplaced { advice });
                }
                _ => flat.push((key, value)),
            }
        }
        if !flat.is_empty() {
            let holder = (!self.story.given.is_empty()).then_some(0);
            let expect = self.expectations(Expectations(flat), holder, expect::Scope::End);
            self.story.end.push((0, expect));
        }
    }
}

/// The line a value stands on.
pub fn line<T>(at: &Spanned<T>) -> u64 {
    at.referenced.line().max(1)
}
