//! Who a holder is, asked of the registry under the viewer's own permit.

use std::collections::BTreeMap;

use base::{CivilDate, HolderNumber, RegionCode, RegionLevel, RegionTable, Timestamp};
use platform::access::{Action, Actor, Resource};
use platform::audit::Subject;
use platform::problems::{self, Problem};
use platform::web::PageContext;

use super::Pages;
use super::words::Words;
use crate::service::{HolderCard, Uses};

/// A person as the pages show one.
pub struct Person {
    /// Name.
    pub name: String,
    /// Identity number, masked.
    pub nik_masked: String,
    /// Whole years on the day asked for.
    pub age: i16,
    /// Region of the registered address.
    pub home: Option<RegionCode>,
}

impl Pages {
    /// The record of a holder whose number stands in an address, and the city's time it is of.
    ///
    /// # Errors
    /// `holder_unknown`, `access_denied`, `projection_behind`.
    pub async fn card(
        &self,
        page: &PageContext,
        number: &str,
        uses: Uses,
    ) -> Result<(HolderCard, Timestamp), Problem> {
        let number = HolderNumber::parse(number).map_err(|_| Problem::new(problems::HOLDER_UNKNOWN))?;
        let now = self.service.clock().now();
        let card = self.service.holder_card(page.actor(), number, now.jakarta_date(), uses).await?;
        Ok((card, now))
    }

    /// The person behind a number; none where the registry has no record, or the viewer may not see who it is.
    pub async fn person(
        &self,
        actor: &Actor,
        holder: HolderNumber,
        today: CivilDate,
    ) -> Result<Option<Person>, Problem> {
        let permit = self.service.authorize(actor, Action::ViewIndividual, &Resource::Holder(holder));
        let Ok(permit) = permit else { return Ok(None) };
        let kept = self.service.audit().read(&permit, "identity_shown").await;
        kept.map_err(|error| Problem::internal(&error))?;
        match self.residents.show_individual(&permit, holder).await.map_err(Problem::from) {
            Ok(found) => {
                let age = found.age_on(today);
                Ok(Some(Person { name: found.name, nik_masked: found.nik_masked, age, home: found.home }))
            }
            Err(problem) if problem.kind() == problems::HOLDER_UNKNOWN => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    /// The names behind numbers, where the registry knows them and the viewer may see them.
    pub async fn names(
        &self,
        actor: &Actor,
        holders: &[HolderNumber],
    ) -> Result<BTreeMap<HolderNumber, String>, Problem> {
        let permit = self.service.authorize(actor, Action::ViewIndividual, &Resource::City);
        let Ok(permit) = permit else { return Ok(BTreeMap::new()) };
        let names = self.residents.names_of(&permit, holders).await?;
        let named: Vec<Subject> = names.keys().map(|holder| Resource::Holder(*holder).into()).collect();
        let kept = self.service.audit().read_each(&permit, &named, "name_listed").await;
        kept.map_err(|error| Problem::internal(&error))?;
        Ok(names)
    }
}

/// A region with the city it lies in: `Kampung Melayu, Jakarta Timur`.
pub fn region(words: &Words<'_>, code: RegionCode) -> String {
    let table = RegionTable::jakarta();
    let name = |code: RegionCode| table.name(code).map(short);
    let city = code.at(RegionLevel::City).filter(|city| *city != code).and_then(name);
    match (name(code), city) {
        (Some(own), Some(city)) => format!("{own}, {city}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => words.t("acceptance-word-elsewhere"),
    }
}

/// The name of a city as people say it, without what the decree puts before it.
fn short(name: &str) -> &str {
    let before = ["Kota Administrasi ", "Kabupaten Administrasi "];
    before.into_iter().find_map(|before| name.strip_prefix(before)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cities_are_called_as_people_call_them() {
        assert_eq!(short("Kota Administrasi Jakarta Pusat"), "Jakarta Pusat");
        assert_eq!(short("Kabupaten Administrasi Kepulauan Seribu"), "Kepulauan Seribu");
        assert_eq!(short("Gambir"), "Gambir");
    }
}
