//! Runs a story: step by step through its city, each compared with what is expected.

use engine::{
    Accepted, Ask, Body, CashOut, Grant, Movement, Purchase, PurchaseStep, Refund, RefundLine, Refused,
    Revoke, SetMedium, TopUp, VoidPurchase,
};

use super::answer::Answer;
use super::error::StoryError;
use super::plan::{Action, Basket, Handle, Step, Story};
use super::published::Published;
use super::result::{EndReport, Report, StepReport};
use super::words;
use super::world::{World, number};

/// A purchase number that none has.
const NO_PURCHASE: u64 = u64::MAX;

/// Runs a story in a city of its own.
pub fn run(story: &Story, published: &Published) -> Result<Report, StoryError> {
    let world = World::new(story, published)?;
    let mut run = Run { story, published, world, bought: vec![Bought::default(); story.purchases.len()] };
    let steps: Vec<StepReport> = story.steps.iter().map(|step| run.step(step)).collect();
    let end: Vec<EndReport> = run.end();
    let mut report = Report { name: story.name.clone(), ok: true, steps, end };
    report.ok = report.mismatches() == 0;
    Ok(report)
}

/// What became of a purchase.
#[derive(Debug, Clone, Default)]
struct Bought {
    number: Option<u64>,
    /// Lines that came back.
    returned: Vec<u16>,
}

pub struct Run<'s> {
    story: &'s Story,
    published: &'s Published,
    world: World,
    bought: Vec<Bought>,
}

impl Run<'_> {
    fn step(&mut self, step: &Step) -> StepReport {
        // What is due until now happened before this step, not in it.
        self.world.entry(step.at);
        let before = self.held();
        let mut answer = Answer::default();
        self.act(step, &mut answer);
        if !matches!(step.action, Action::TopUp { .. }) {
            answer.charged = before.saturating_sub(self.held());
        }
        let mut result = answer.values(&step.action);
        self.holdings(step.holder, &step.expect, step.at, &mut result);
        StepReport {
            line: step.line,
            at: step.at,
            step: words::name(&step.action),
            said: words::said(self.story, &step.action),
            expected: step.expect.len(),
            mismatches: result.compare(&step.expect),
            result,
        }
    }

    fn act(&mut self, step: &Step, answer: &mut Answer) {
        match &step.action {
            Action::Pass { medium, movement, .. } => {
                let outcome = self.pass(*medium, movement);
                answer.note(outcome);
            }
            Action::Upload(taps) => {
                for (medium, movement) in taps {
                    let tap = self.world.tap(*medium, movement.clone());
                    answer.note(self.world.send(tap));
                }
            }
            Action::Purchase { purchase, medium, merchant, from } => {
                let items = self.basket(Some(*purchase)).map_or_else(Vec::new, |basket| basket.items.clone());
                let medium = self.world.serial(*medium);
                let (merchant, from) = (*merchant, *from);
                let step = PurchaseStep::Capture;
                let outcome =
                    self.world.send(Body::Purchase(Purchase { medium, merchant, from, items, step }));
                if let (Ok(accepted), Some(bought)) = (&outcome, self.bought.get_mut(*purchase)) {
                    bought.number = accepted.purchase;
                }
                answer.note(outcome);
            }
            Action::Refund { purchase, goods } => answer.note(self.refund(*purchase, goods)),
            Action::Void { purchase } => {
                let purchase = self.number(*purchase);
                answer.note(self.world.send(Body::VoidPurchase(VoidPurchase { purchase })));
            }
            other => answer.note(self.office(other)),
        }
    }

    /// Asks first and opens the gate only if it may: a refusal moves nothing.
    fn pass(&mut self, medium: Handle, movement: &Movement) -> Result<Accepted, Refused> {
        let ask = Ask { medium: self.world.serial(medium), movement: Some(movement.clone()) };
        self.world.send(Body::Ask(ask))?;
        let tap = self.world.tap(medium, movement.clone());
        self.world.send(tap)
    }

    fn refund(&mut self, purchase: Handle, goods: &[base::Code]) -> Result<Accepted, Refused> {
        let items = self.basket(purchase).map_or_else(Vec::new, |basket| basket.items.clone());
        let returned = purchase
            .and_then(|index| self.bought.get(index))
            .map_or_else(Vec::new, |one| one.returned.clone());
        let all: Vec<u16> = (0..).zip(&items).map(|(line, _)| line).collect();
        let beyond = u16::try_from(items.len()).unwrap_or(u16::MAX);
        let mut lines: Vec<u16> = Vec::new();
        for good in goods {
            let of_good =
                all.iter().zip(&items).filter(|(_, item)| item.good == *good).map(|(line, _)| *line);
            let before = lines.len();
            lines.extend(of_good);
            if lines.len() == before {
                lines.push(beyond);
            }
        }
        if goods.is_empty() {
            lines = all.iter().copied().filter(|line| !returned.contains(line)).collect();
            // With nothing left the engine says so.
            lines = if lines.is_empty() { all } else { lines };
        }
        let refund = Refund {
            purchase: self.number(purchase),
            lines: lines.iter().map(|line| RefundLine { line: *line, amount: None }).collect(),
        };
        let outcome = self.world.send(Body::Refund(refund))?;
        if let Some(bought) = purchase.and_then(|index| self.bought.get_mut(index)) {
            bought.returned.extend(lines);
        }
        Ok(outcome)
    }

    fn office(&mut self, action: &Action) -> Result<Accepted, Refused> {
        let body = match action {
            Action::Cash { medium, wallet, bank, amount } => {
                let medium = self.world.serial(*medium);
                Body::CashOut(CashOut { medium, benefit: *wallet, bank: *bank, amount: *amount })
            }
            Action::TopUp { medium, bank, amount } => {
                let medium = Some(self.world.serial(*medium));
                Body::TopUp(TopUp { medium, holder: None, bank: *bank, amount: *amount })
            }
            Action::Block { medium, reason } => {
                let (medium, version) = (self.world.serial(*medium), self.world.version());
                Body::BlockMedium(SetMedium { medium, version, reason: Some(*reason) })
            }
            Action::Activate { medium } => {
                let (medium, version) = (self.world.serial(*medium), self.world.version());
                Body::ActivateMedium(SetMedium { medium, version, reason: None })
            }
            Action::Replace { medium, by } => {
                let holder = self.story.media.get(*by).map_or(0, |(_, holder)| *holder);
                return self.world.issue(*by, holder, *medium);
            }
            Action::Grant { holder, benefit, from, to } => {
                let version = self.world.version();
                Body::Grant(Grant {
                    holder: number(*holder),
                    benefit: *benefit,
                    from: *from,
                    to: *to,
                    version,
                })
            }
            Action::Revoke { holder, benefit } => {
                let version = self.world.version();
                Body::Revoke(Revoke { holder: number(*holder), benefit: *benefit, version })
            }
            Action::Pass { .. }
            | Action::Upload(_)
            | Action::Purchase { .. }
            | Action::Refund { .. }
            | Action::Void { .. } => return Ok(Accepted::default()),
        };
        self.world.send(body)
    }

    fn basket(&self, purchase: Handle) -> Option<&Basket> {
        purchase.and_then(|index| self.story.purchases.get(index))
    }

    fn number(&self, purchase: Handle) -> u64 {
        purchase.and_then(|index| self.bought.get(index)?.number).unwrap_or(NO_PURCHASE)
    }

    fn end(&self) -> Vec<EndReport> {
        let at = self.story.steps.last().map(|step| step.at).unwrap_or_default();
        let report = |(holder, expect): &(usize, Vec<super::result::Expectation>)| {
            let mut result = super::result::Values::default();
            self.holdings(Some(*holder), expect, at, &mut result);
            EndReport {
                holder: self.story.given.get(*holder).map_or_else(String::new, |given| given.name.clone()),
                expected: expect.len(),
                mismatches: result.compare(expect),
                result,
            }
        };
        self.story.end.iter().map(report).collect()
    }

    pub(super) const fn parts(&self) -> (&Story, &World, &Published) {
        (self.story, &self.world, self.published)
    }
}
