//! What a gate or a till shows, word for word, in the language the caller asks for. Never the holder's group: bystanders
//! read it.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base::{Code, Rupiah, Timestamp};
use platform::i18n::{Format, Language, Texts};
use platform::problems::ProblemKind;
use programmes::service::content::LabelKind;
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use crate::service::Decision;

/// Which language the caller's display speaks (`Accept-Language`; Indonesian when nothing is said).
pub struct Speaks(pub Language);

impl<S: Send + Sync> FromRequestParts<S> for Speaks {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Language::of_request(parts)))
    }
}

/// The words of a display.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Display {
    /// *GRATIS*, an amount, or *DITOLAK*.
    #[schema(example = "Rp3.500")]
    pub word: String,
    /// Below it: the balance and its time, or why not and what to do next.
    #[schema(example = json!(["Saldo Rp65.000 pada 07.30 WIB"]))]
    pub lines: Vec<String>,
}

/// A decision with what the display shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Answered {
    /// What was decided.
    #[serde(flatten)]
    pub decision: Decision,
    /// What to show.
    pub display: Display,
}

impl Answered {
    /// A tap in the words of a language.
    pub fn of_tap(decision: Decision, api: &Api, language: Language) -> Self {
        let display = display(&decision, decision.balance, api, language);
        Self { decision, display }
    }

    /// A purchase, a refund or cash, once it has happened.
    pub fn of_till(decision: Decision, api: &Api, language: Language) -> Self {
        Self::of_tap(decision, api, language)
    }

    /// An ask in the words of a language: the display shows the purse as it will be once the gate has opened.
    pub fn of_ask(decision: Decision, api: &Api, language: Language) -> Self {
        let balance = decision.balance.map(|balance| balance - decision.charged);
        let display = display(&decision, balance, api, language);
        Self { decision, display }
    }
}

fn display(decision: &Decision, balance: Option<i64>, api: &Api, language: Language) -> Display {
    let texts: &Texts = &api.texts;
    let text = |key: &str| texts.get(language, key);
    let money = |amount: i64| Format(language).rupiah(Rupiah(amount));
    if !decision.open {
        return Display { word: text("acceptance-gate-refused"), lines: refused(decision, api, language) };
    }
    let word = match (decision.held.is_some(), decision.fare.as_deref(), decision.charged) {
        (true, ..) => text("acceptance-gate-open"),
        (false, Some("begun"), _) => text("acceptance-gate-in"),
        (false, Some("left"), _) => text("acceptance-gate-out"),
        (false, _, 0) => text("acceptance-gate-free"),
        (false, _, ..0) => text("acceptance-gate-back"),
        (false, _, charged) => money(charged),
    };
    let passed = matches!(decision.fare.as_deref(), Some("begun" | "left"));
    let change = match decision.charged {
        i64::MIN..0 => Some(("acceptance-gate-comes-back", -decision.charged)),
        0 => None,
        _ if passed => Some(("acceptance-gate-earlier", decision.charged)),
        _ => None,
    };
    let change = change.map(|(key, amount)| texts.with(language, key, &[("amount", money(amount).into())]));
    let at = Timestamp::parse(&decision.at).unwrap_or_default();
    let time = Format(language).time(at.jakarta_time());
    let balance = balance.map(|balance| {
        let values = [("balance", money(balance).into()), ("time", time.into())];
        texts.with(language, "acceptance-gate-balance", &values)
    });
    Display { word, lines: change.into_iter().chain(balance).collect() }
}

/// Why not, and what to do next.
fn refused(decision: &Decision, api: &Api, language: Language) -> Vec<String> {
    let texts: &Texts = &api.texts;
    let Some(code) = &decision.code else { return Vec::new() };
    let missing = Format(language).rupiah(Rupiah(decision.missing.unwrap_or_default()));
    let day = Timestamp::parse(&decision.at).unwrap_or_default().jakarta_date();
    let about = decision.about.as_deref().and_then(|about| Code::parse(about).ok());
    let about = about.map(|about| api.labels.name(LabelKind::Good, about, language, day)).unwrap_or_default();
    // A till knows the basket, not what is missing in the purse; and nobody taps again there.
    let at_till = decision.missing.is_none() && code == engine::Refusal::PurseInsufficient.code();
    let display = if at_till { "till" } else { "gate" };
    let line = |part: &str| {
        let key = format!("acceptance-{display}-{part}-{code}");
        let known = texts.has(language, &key);
        known.then(|| {
            texts.with(
                language,
                &key,
                &[("missing", missing.clone().into()), ("about", about.clone().into())],
            )
        })
    };
    let problem = ProblemKind::find(code);
    let why = line("why").or_else(|| problem.map(|kind| kind.title(texts, language)));
    let next = line("next").or_else(|| problem.map(|kind| kind.next_step(texts, language)));
    why.into_iter().chain(next).collect()
}
