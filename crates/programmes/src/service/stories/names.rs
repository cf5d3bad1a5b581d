//! Names and codes in a story, and what they stand for. An unknown one is a mistake of the story, unless its step expects
//! the refusal that says so.

use base::Code;
use engine::{Funds, Item, Refusal};
use serde_saphyr::Spanned;

use super::error::StoryProblem;
use super::plan::{Basket, Handle, Planner};
use super::rows;

/// What merchants that exist in a story only are called.
const MADE_UP: &str = "contoh";

impl Planner<'_> {
    pub(super) fn place(&mut self, at: &Spanned<Code>, field: &str, place: Code) -> Code {
        if !self.published.places.contains(&place) && !self.expects(Refusal::PlaceUnknown) {
            let hint = "write the code of a published one";
            self.unknown(at, field, "place", place.to_string(), hint);
        }
        place
    }

    pub(super) fn merchant(&mut self, row: &rows::PurchaseRow, items: &[Item]) -> Code {
        if let Some(merchant) = &row.merchant {
            let code = merchant.value;
            let found = self.published.merchants.iter().find(|(known, _)| *known == code).copied();
            if found.is_none() && !self.expects(Refusal::OrganisationUnknown) {
                let hint = "write the code of a published one, or its merchant_type";
                self.unknown(merchant, "merchant", "merchant", code.to_string(), hint);
            }
            if let (Some(wanted), Some((_, known))) = (&row.merchant_type, found)
                && known != Some(wanted.value)
            {
                let advice = "the merchant is published with another type; leave merchant_type out";
                self.wrong(wanted, "merchant_type", StoryProblem::Misplaced { advice });
            }
            return code;
        }
        let merchant_type = row.merchant_type.as_ref().map(|wanted| wanted.value);
        let published = match merchant_type {
            Some(wanted) => self.published.merchant_of(wanted),
            None => items.iter().find_map(|item| self.published.seller_of(item.good)),
        };
        published.unwrap_or_else(|| self.made_up(merchant_type))
    }

    /// A merchant that exists in this story only.
    pub(super) fn made_up(&mut self, merchant_type: Option<Code>) -> Code {
        if let Some((code, _)) = self.story.merchants.iter().find(|(_, known)| *known == merchant_type) {
            return *code;
        }
        let number = self.story.merchants.len();
        let name = merchant_type.map_or_else(|| "toko".to_owned(), |known| known.to_string());
        let code = Code::parse(&format!("{MADE_UP}.{name}"))
            .or_else(|_| Code::parse(&format!("{MADE_UP}.{number}")));
        let code = code.unwrap_or_else(|_| nobody());
        self.story.merchants.push((code, merchant_type));
        code
    }

    pub(super) fn funds(&mut self, row: &rows::PurchaseRow, holder: Handle) -> Funds {
        let given = holder.and_then(|holder| self.story.given.get(holder));
        let wallets: Vec<Code> =
            given.map_or_else(Vec::new, |given| given.wallets.iter().map(|one| one.1).collect());
        let Some(from) = &row.from else {
            return match wallets.as_slice() {
                [only] => Funds::Wallet(*only),
                _ => Funds::Purse,
            };
        };
        let text = from.value.as_str();
        let Some(name) = text.strip_prefix("wallet.") else {
            if text != "purse" {
                let advice = "a purchase is paid from purse, or from wallet. with the programme's code";
                self.wrong(from, "from", StoryProblem::Misplaced { advice });
            }
            return Funds::Purse;
        };
        match wallets.iter().find(|known| known.as_str() == name) {
            Some(wallet) => Funds::Wallet(*wallet),
            None => Funds::Wallet(self.no_wallet(from, "from", name)),
        }
    }

    pub(super) fn no_wallet(&mut self, at: &Spanned<Code>, field: &str, name: &str) -> Code {
        if !self.expects(Refusal::WalletUnknown) {
            let hint = "give the holder one under wallets";
            self.unknown(at, field, "wallet", name.to_owned(), hint);
        }
        Code::parse(name).unwrap_or_else(|_| nobody())
    }

    pub(super) fn of(&mut self, name: &Spanned<String>) -> (Handle, Handle) {
        let named = |basket: &Basket| basket.name.as_ref() == Some(&name.value);
        let found = self.story.purchases.iter().position(named);
        if found.is_none() && !self.expects(Refusal::PurchaseUnknown) {
            let hint = "write the id of a purchase above";
            self.unknown(name, "of", "purchase", name.value.clone(), hint);
        }
        let holder = found.and_then(|index| self.story.purchases.get(index)?.holder);
        (found, holder)
    }

    pub(super) fn medium(&mut self, name: &Spanned<String>) -> (Handle, Handle) {
        let found = self.story.media.iter().position(|(known, _)| *known == name.value);
        if found.is_none() && !self.expects(Refusal::MediumUnknown) {
            let hint = "give it to a holder, or name it in a replace step above";
            self.unknown(name, "medium", "medium", name.value.clone(), hint);
        }
        (found, found.and_then(|index| self.story.media.get(index).map(|(_, holder)| *holder)))
    }

    pub(super) fn holder(&mut self, name: &Spanned<String>) -> Handle {
        let found = self.holders.get(&name.value).copied();
        if found.is_none() {
            self.unknown(name, "holder", "holder", name.value.clone(), "write one that is given");
        }
        found
    }

    pub(super) fn benefit(&mut self, code: &Spanned<Code>, field: &str) -> Code {
        if !self.published.benefits.contains_key(&code.value) && !self.expects(Refusal::BenefitUnknown) {
            let hint = "write the code of a published one";
            self.unknown(code, field, "benefit", code.value.to_string(), hint);
        }
        code.value
    }

    pub(super) fn bank(&mut self, code: &Spanned<Code>) -> Code {
        if !self.published.banks.contains(&code.value) && !self.expects(Refusal::OrganisationUnknown) {
            let hint = "write the code of a published one";
            self.unknown(code, "bank", "bank", code.value.to_string(), hint);
        }
        code.value
    }

    pub(super) fn first_bank(&self) -> Code {
        self.published.banks.first().copied().unwrap_or_else(nobody)
    }

    pub(super) fn category(&mut self, code: &Spanned<Code>) -> Code {
        if !self.published.categories.contains(&code.value) {
            let all: Vec<&str> = self.published.categories.iter().map(Code::as_str).collect();
            let hint = format!("write one of {}", all.join(", "));
            self.unknown(code, "category", "category", code.value.to_string(), &hint);
        }
        code.value
    }

    /// Whether the step at hand expects just this refusal, so that an unknown name is what it is about.
    pub(super) fn expects(&self, refusal: Refusal) -> bool {
        self.expected.contains(refusal.code())
    }
}

/// A code that names nobody, where a mistake is reported anyway.
pub(super) fn nobody() -> Code {
    Code::parse("-").unwrap_or_else(|_| unreachable!("a hyphen is a code"))
}
