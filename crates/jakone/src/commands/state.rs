//! `jakone state account|holder|device`: one thing as the journal leaves it, by replay from the newest snapshot on. Never
//! asks a running system.

use std::io::Write as _;

use base::{DeviceNumber, HolderNumber, MediumSerial};
use engine::ledger::{Account, AccountId, Kind};
use engine::purchases::{Kept, PurchaseState};
use engine::{Amount, State, Unit};
use serde_json::{Value as Json, json};

use crate::cli::{StateArguments, StateCommand};
use crate::data_directory::DataDirectory;
use crate::problem::Problem;
use crate::reading::state_at_end;
use crate::words::{account_name, medium_state, quantity};

/// Comes to the end of the journal and prints what is asked for.
///
/// # Errors
/// When it does not exist, or what a walk finds.
pub fn run(what: &StateCommand) -> anyhow::Result<()> {
    let (StateCommand::Account(arguments)
    | StateCommand::Holder(arguments)
    | StateCommand::Device(arguments)) = what;
    let directory = DataDirectory::at(&arguments.read.data);
    let wanted = Wanted::parse(what, arguments)?;
    let walked = state_at_end(&directory, false)?;
    let state = &walked.state;
    let found = match wanted {
        Wanted::Account(id) => state.ledger.account(id).map(|account| self::account(state, id, account)),
        Wanted::Holder(number) => state.holders.find(number).map(|index| holder(state, index)),
        Wanted::Device(device) => self::device(state, device),
    };
    let (lines, json) = found.ok_or_else(|| unknown(arguments))?;
    let mut out = std::io::stdout().lock();
    if arguments.read.json {
        let mut json = json;
        if let Some(object) = json.as_object_mut() {
            object.insert("position".into(), state.position.to_string().into());
            object.insert("at".into(), state.at.to_string().into());
        }
        writeln!(out, "{json}")?;
    } else {
        lines.iter().try_for_each(|line| writeln!(out, "{line}"))?;
        writeln!(out, "as of {} at {}", state.position, state.at)?;
    }
    Ok(())
}

enum Wanted {
    Account(AccountId),
    Holder(HolderNumber),
    Device(DeviceNumber),
}

impl Wanted {
    fn parse(what: &StateCommand, arguments: &StateArguments) -> anyhow::Result<Self> {
        let id = arguments.id.as_str();
        let parsed = match what {
            StateCommand::Account(_) => id.parse().ok().map(AccountId).map(Self::Account),
            StateCommand::Holder(_) => HolderNumber::parse(id).ok().map(Self::Holder),
            StateCommand::Device(_) => id.parse().ok().map(DeviceNumber).map(Self::Device),
        };
        parsed.ok_or_else(|| {
            let (form, bentuk) = match what {
                StateCommand::Holder(_) => (
                    "a holder number: it looks like P-7F3K-2209, and its last digit must agree with the others",
                    "nomor pemegang: bentuknya seperti P-7F3K-2209, dan angka terakhirnya harus cocok",
                ),
                _ => ("a number", "angka"),
            };
            Problem::new(
                "argument_invalid",
                format!("{id:?} is not {form}. Numbers stand in `jakone journal show`."),
                format!("{id:?} bukan {bentuk}. Nomornya ada di `jakone journal show`."),
            )
            .into()
        })
    }
}

fn unknown(arguments: &StateArguments) -> Problem {
    let id = &arguments.id;
    Problem::new(
        "subject_unknown",
        format!("The journal knows no {id}. `jakone journal grep {id}` shows whether it was ever named."),
        format!("Jurnal tidak mengenal {id}. `jakone journal grep {id}` menunjukkan apakah pernah disebut."),
    )
}

type Told = (Vec<String>, Json);

fn account(state: &State, id: AccountId, account: &Account) -> Told {
    let unit = account.key.unit;
    let said = |sum: u64| quantity(i64::try_from(sum).unwrap_or(i64::MAX), unit);
    let name = account_name(state, id);
    let lines = vec![
        format!("account {}: {name}", id.0),
        format!("  balance {}", quantity(account.balance(), unit)),
        format!("  debits {}, credits {}", said(account.debits), said(account.credits)),
        format!("  on hold: {} out, {} in", said(account.debits_pending), said(account.credits_pending)),
        format!("  {}", account.key.kind.purpose()),
    ];
    let json = json!({
        "account": id.0,
        "name": name,
        "kind": account.key.kind.code(),
        "unit": unit,
        "balance": account.balance(),
        "debits": account.debits,
        "credits": account.credits,
        "debits_pending": account.debits_pending,
        "credits_pending": account.credits_pending,
    });
    (lines, json)
}

fn holder(state: &State, index: u32) -> Told {
    let Some(holder) = state.holders.get(index) else { return (Vec::new(), Json::Null) };
    let home = holder.home.as_deref().map_or_else(|| "outside the city".to_owned(), |home| home.to_string());
    let mut lines =
        vec![format!("holder {}: {}, home {home}, index {index}", holder.number, *holder.category)];
    let mut accounts = Vec::new();
    for id in [holder.purse, holder.debt].into_iter().flatten() {
        let Some(known) = state.ledger.account(id) else { continue };
        let (name, balance) = (account_name(state, id), known.balance());
        lines.push(format!("  account {}: {name}, balance {}", id.0, quantity(balance, known.key.unit)));
        accounts.push(json!({ "account": id.0, "name": name, "balance": balance }));
    }
    for (id, known) in (0u32..)
        .zip(state.ledger.accounts())
        .filter(|(_, known)| matches!(known.key.kind, Kind::Wallet | Kind::Quota) && known.key.owner == index)
    {
        let (name, balance) = (account_name(state, AccountId(id)), known.balance());
        lines.push(format!("  account {id}: {name}, balance {}", quantity(balance, known.key.unit)));
        accounts.push(json!({ "account": id, "name": name, "balance": balance }));
    }
    let mut purchases = Vec::new();
    for (number, kept) in state.purchases.iter().filter(|(_, kept)| kept.told.holder == index) {
        let (amount, left) = (rupiah(kept.told.amount), rupiah(kept.left()));
        let now = purchase_state(kept, state);
        lines.push(format!("  purchase {number}: {amount}, {now}, {left} can be taken back"));
        purchases.push(json!({
            "purchase": number, "amount": kept.told.amount, "state": now, "left": kept.left(),
        }));
    }
    let mut media = Vec::new();
    for (serial, medium) in (0u32..).zip(state.media.all()).filter(|(_, medium)| medium.holder == index) {
        let now = medium_state(medium.state);
        lines.push(format!(
            "  medium {}: {}, {now} since {}",
            MediumSerial(serial),
            *medium.kind,
            medium.since
        ));
        media.push(
            json!({ "medium": serial, "kind": *medium.kind, "state": now, "assurance": medium.assurance }),
        );
    }
    let mut entitlements = Vec::new();
    for one in &holder.entitlements {
        let Some(benefit) = state.benefits.get(one.benefit) else { continue };
        let revoked = one.revoked_at.map(|at| format!(", revoked {at}")).unwrap_or_default();
        lines.push(format!("  benefit {}: {} to {}{revoked}", benefit.code, one.from, one.to));
        entitlements.push(json!({
            "benefit": benefit.code, "from": one.from, "to": one.to, "version": one.version,
            "revoked_at": one.revoked_at.map(|at| at.to_string()),
        }));
    }
    let taps = state.journeys.of(index);
    lines.push(format!("  {} taps within the re-rate horizon whose movement can be read", taps.len()));
    let json = json!({
        "holder": holder.number, "index": index, "category": *holder.category, "home": holder.home.as_deref(),
        "accounts": accounts, "media": media, "entitlements": entitlements,
        "purchases": purchases, "taps": taps.len(),
    });
    (lines, json)
}

fn rupiah(amount: Amount) -> String {
    quantity(i64::try_from(amount.0).unwrap_or(i64::MAX), Unit::Rupiah)
}

fn purchase_state(kept: &Kept, state: &State) -> &'static str {
    match kept.state {
        PurchaseState::Authorised if kept.is_held(&state.ledger) => "held",
        PurchaseState::Authorised => "lapsed",
        PurchaseState::Captured => "captured",
        PurchaseState::Voided => "voided",
    }
}

fn device(state: &State, device: DeviceNumber) -> Option<Told> {
    let known: Vec<_> =
        state.devices.sorted().into_iter().filter(|((number, _), _)| *number == device).collect();
    if known.is_empty() {
        return None;
    }
    let mut lines = vec![format!("device {device}")];
    let mut epochs = Vec::new();
    for ((_, epoch), received) in known {
        let above = &received.ranges;
        let missing =
            if above.is_empty() { String::new() } else { format!(", then {above:?}; the rest is missing") };
        lines.push(format!("  epoch {epoch}: received up to {}{missing}", received.contiguous));
        epochs.push(json!({ "epoch": epoch, "contiguous": received.contiguous, "ranges": above }));
    }
    Some((lines, json!({ "device": device.0, "epochs": epochs })))
}
