//! References between rows: each leads to something of this publication or of an earlier one.

use base::{Code, RegionCode, RegionTable};
use serde_saphyr::Spanned;

use super::super::TermKind;
use super::super::error::Problem;
use super::Checker;

impl Checker<'_> {
    fn known(&mut self, known: bool, what: &'static str, code: &Spanned<Code>, field: &str) -> Code {
        if !known {
            let problem = Problem::Unknown { what, code: code.value.to_string() };
            self.wrong(code, field, problem);
        }
        code.value
    }

    /// An organisation that runs places or sells goods.
    pub(super) fn merchant(&mut self, code: &Spanned<Code>, field: &str) -> Code {
        let known = self.known.organisations.contains(&code.value);
        if known && !self.known.merchants.contains(&code.value) {
            self.wrong(code, field, Problem::NotMerchant { code: code.value.to_string() });
        }
        self.known(known, "organisation", code, field)
    }

    pub(super) fn service(&mut self, code: &Spanned<Code>, field: &str) -> Code {
        let known = self.known.services.contains(&code.value);
        self.known(known, "service", code, field)
    }

    pub(super) fn services(&mut self, codes: &[Spanned<Code>], field: &str) -> Vec<Code> {
        codes.iter().map(|code| self.service(code, field)).collect()
    }

    pub(super) fn place_of(&mut self, code: &Spanned<Code>, field: &str) -> Code {
        let known = self.known.places.contains(&code.value);
        self.known(known, "place", code, field)
    }

    pub(super) fn places_of(&mut self, codes: &[Spanned<Code>], field: &str) -> Vec<Code> {
        codes.iter().map(|code| self.place_of(code, field)).collect()
    }

    pub(super) fn benefit_of(&mut self, code: &Spanned<Code>, field: &str) -> Code {
        let known = self.benefits.contains(&code.value) || self.known.benefits.contains_key(&code.value);
        self.known(known, "benefit", code, field)
    }

    /// The word for a code: a rider category, a merchant type, a good.
    pub(super) fn term(&mut self, kind: TermKind, code: &Spanned<Code>, field: &str) -> Code {
        let what = match kind {
            TermKind::Programme => "programme among the terms:",
            TermKind::RiderCategory => "rider category among the terms:",
            TermKind::MediumKind => "kind of medium among the terms:",
            TermKind::MerchantType => "merchant type among the terms:",
            TermKind::Good => "good among the terms:",
        };
        let known = self.known.terms.contains(&(kind, code.value));
        self.known(known, what, code, field)
    }

    pub(super) fn terms(&mut self, kind: TermKind, codes: &[Spanned<Code>], field: &str) -> Vec<Code> {
        codes.iter().map(|code| self.term(kind, code, field)).collect()
    }

    pub(super) fn region(&mut self, code: &Spanned<RegionCode>) -> RegionCode {
        if RegionTable::jakarta().get(code.value).is_none() {
            let problem = Problem::Unknown { what: "region", code: code.value.to_string() };
            self.wrong(code, "region", problem);
        }
        code.value
    }

    /// Regions of homes, as the engine knows them: by code.
    pub(super) fn homes(&mut self, codes: &[Spanned<Code>], field: &str) -> Vec<Code> {
        let region =
            |code: Code| code.as_str().parse().ok().and_then(|code| RegionTable::jakarta().get(code));
        codes.iter().map(|code| self.known(region(code.value).is_some(), "region", code, field)).collect()
    }
}
