//! What a step does, in words for people. Names and codes as the story writes them.

use base::Rupiah;
use engine::{Amount, BlockReason, Funds, Item, Movement, signed};

use super::plan::{Action, Handle, Story};

/// The action, as the file names it.
pub const fn name(action: &Action) -> &'static str {
    match action {
        Action::Pass { name, .. } => name,
        Action::Upload(_) => "upload",
        Action::Purchase { .. } => "purchase",
        Action::Refund { .. } => "refund",
        Action::Void { .. } => "void",
        Action::Cash { .. } => "cash",
        Action::TopUp { .. } => "top_up",
        Action::Block { .. } => "block",
        Action::Activate { .. } => "activate",
        Action::Replace { .. } => "replace",
        Action::Grant { .. } => "grant",
        Action::Revoke { .. } => "revoke",
    }
}

/// The action with whom and what it concerns.
pub fn said(story: &Story, action: &Action) -> String {
    let medium = |handle: &Handle| medium_name(story, *handle);
    let holder = |index: &usize| story.given.get(*index).map_or("?", |given| given.name.as_str());
    match action {
        Action::Pass { medium: handle, movement, .. } => {
            format!("{} {}", medium(handle), movement_said(movement))
        }
        Action::Upload(taps) => {
            let one = |(handle, movement): &(Handle, Movement)| {
                let (day, time) = (movement.device_at.jakarta_date(), movement.device_at.jakarta_time());
                let clock = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
                format!("{} {} of {day} {clock}", medium(handle), movement_said(movement))
            };
            taps.iter().map(one).collect::<Vec<_>>().join("; ")
        }
        Action::Purchase { purchase, medium: handle, merchant, from } => {
            let items = story.purchases.get(*purchase).map_or(&[][..], |basket| basket.items.as_slice());
            let goods: Vec<String> = items.iter().map(item_said).collect();
            let from = match from {
                Funds::Purse => "purse".to_owned(),
                Funds::Wallet(wallet) => format!("wallet.{wallet}"),
            };
            format!("{} buys {} at {merchant} from {from}", medium(handle), goods.join(", "))
        }
        Action::Refund { purchase, goods } if goods.is_empty() => purchase_name(story, *purchase),
        Action::Refund { purchase, goods } => {
            let goods: Vec<&str> = goods.iter().map(base::Code::as_str).collect();
            format!("{} of {}", goods.join(", "), purchase_name(story, *purchase))
        }
        Action::Void { purchase } => purchase_name(story, *purchase),
        Action::Cash { medium: handle, wallet, amount, .. } => {
            format!("{} takes {} out of wallet.{wallet}", medium(handle), rupiah(*amount))
        }
        Action::TopUp { medium: handle, bank, amount } => {
            format!("{} with {} through {bank}", medium(handle), rupiah(*amount))
        }
        Action::Block { medium: handle, reason } => format!("{}, {}", medium(handle), reason_said(*reason)),
        Action::Activate { medium: handle } => medium(handle),
        Action::Replace { medium: handle, by } => format!("{} by {}", medium(handle), medium(&Some(*by))),
        Action::Grant { holder: index, benefit, from, to } => {
            format!("{benefit} to {} from {from} to {to}", holder(index))
        }
        Action::Revoke { holder: index, benefit } => format!("{benefit} of {}", holder(index)),
    }
}

fn movement_said(movement: &Movement) -> String {
    let mut said = format!("at {}", movement.place);
    if let Some(metres) = movement.metres {
        let (kilometres, rest) = (metres / 1_000, metres % 1_000);
        let part = format!(".{rest:03}");
        said.push_str(&format!(" after {kilometres}{} km", part.trim_end_matches(['0', '.'])));
    }
    if !movement.party.is_empty() {
        let members = movement.party.iter().map(|member| format!("{} {}", member.count, member.category));
        said.push_str(&format!(" with {}", members.collect::<Vec<_>>().join(", ")));
    }
    said
}

fn item_said(item: &Item) -> String {
    let times = if item.quantity == 1 { String::new() } else { format!("{} ", item.quantity) };
    format!("{times}{} {}", item.good, rupiah(item.amount))
}

const fn reason_said(reason: BlockReason) -> &'static str {
    match reason {
        BlockReason::Lost => "lost",
        BlockReason::Stolen => "stolen",
        BlockReason::Damaged => "damaged",
        BlockReason::Office => "by the office",
        BlockReason::Replaced => "replaced",
    }
}

fn rupiah(amount: Amount) -> String {
    Rupiah(signed(amount)).to_string()
}

fn medium_name(story: &Story, medium: Handle) -> String {
    let known = medium.and_then(|index| story.media.get(index));
    known.map_or_else(|| "an unknown medium".to_owned(), |(name, _)| name.clone())
}

fn purchase_name(story: &Story, purchase: Handle) -> String {
    let known = purchase.and_then(|index| story.purchases.get(index)?.name.clone());
    known.unwrap_or_else(|| "an unknown purchase".to_owned())
}
