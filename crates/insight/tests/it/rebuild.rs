//! The tables are a function of the journal: however it is told, with restarts between, and when movement is forgotten.

use std::collections::BTreeMap;

use insight::store::entities::{
    benefit_day, budget, day, dwell, entitled, flow, flow_day, flow_hour, grant, home, inside, open,
    place_hour, stay,
};
use platform::database::Database;
use sea_orm::{EntityTrait, ModelTrait};

use crate::town::{Office, Town};

/// Rows of a table in no order of their own, as text.
async fn rows<E: EntityTrait>(tables: &Database) -> Vec<String>
where
    E::Model: ModelTrait + std::fmt::Debug,
{
    let found = E::find().all(tables.read()).await.unwrap();
    let mut rows: Vec<String> = found.iter().map(|row| format!("{row:?}")).collect();
    rows.sort();
    rows
}

/// Every table of counts. Packed taps depend on how batches were cut; there are none once every day has ended.
fn tables(office: &Office) -> BTreeMap<&'static str, Vec<String>> {
    let tables = &office.databases.projections;
    office.tasks.block_on(async {
        BTreeMap::from([
            ("benefit_day", rows::<benefit_day::Entity>(tables).await),
            ("budget", rows::<budget::Entity>(tables).await),
            ("day", rows::<day::Entity>(tables).await),
            ("dwell", rows::<dwell::Entity>(tables).await),
            ("entitled", rows::<entitled::Entity>(tables).await),
            ("flow", rows::<flow::Entity>(tables).await),
            ("flow_day", rows::<flow_day::Entity>(tables).await),
            ("flow_hour", rows::<flow_hour::Entity>(tables).await),
            ("grant", rows::<grant::Entity>(tables).await),
            ("home", rows::<home::Entity>(tables).await),
            ("inside", rows::<inside::Entity>(tables).await),
            ("open", rows::<open::Entity>(tables).await),
            ("place_hour", rows::<place_hour::Entity>(tables).await),
            ("stay", rows::<stay::Entity>(tables).await),
        ])
    })
}

#[test]
fn the_same_journal_gives_the_same_tables_however_it_is_told() {
    let entries = Town::lived().followed(false);
    let at_once = Office::open();
    at_once.tell(&entries, entries.len(), 1);
    let expected = tables(&at_once);
    assert!(expected["open"].is_empty(), "the taps of ended days are gone");
    assert!(expected["flow"].len() > 1 && expected["dwell"].len() == 1, "{expected:?}");
    for (size, restart_every) in [(1, 1_000), (7, 1), (40, 2)] {
        let other = Office::open();
        other.tell(&entries, size, restart_every);
        for (table, rows) in tables(&other) {
            assert_eq!(rows, expected[table], "{table} in groups of {size}");
        }
    }
}

#[test]
fn days_journeys_and_visits_are_counted_as_the_town_lived_them() {
    let office = Office::open();
    let town = Town::lived();
    office.tell(&town.followed(false), 50, 3);
    let projections = &office.databases.projections;
    let (days, stays, flows, entitled) = office.tasks.block_on(async {
        (
            day::Entity::find().all(projections.read()).await.unwrap(),
            stay::Entity::find().all(projections.read()).await.unwrap(),
            flow_day::Entity::find().all(projections.read()).await.unwrap(),
            entitled::Entity::find().all(projections.read()).await.unwrap(),
        )
    });
    let monday = &days[0];
    // 26 there and back by bus, three by rail, one whose single tap leads nowhere.
    assert_eq!((monday.journeys, monday.unended, monday.late), (26 * 2 + 3 + 1, 1, 1));
    assert_eq!((monday.known, monday.inferred, monday.unknown), (3, 52, 1));
    let zoo = stays.iter().find(|row| row.place == "ragunan").unwrap();
    assert_eq!(
        (zoo.entered, zoo.left_out, zoo.moved),
        (5, 3, 1),
        "the family left, one forgot, one was seen"
    );
    let out = flows.iter().find(|row| row.day == monday.day && row.origin == 3_174).unwrap();
    assert_eq!((out.destination, out.journeys, out.people), (3_171, 29, 29));
    let holders: i64 = entitled
        .iter()
        .filter(|row| row.benefit == "transport_gratis.pkk" && row.day <= monday.day)
        .map(|row| row.change)
        .sum();
    assert_eq!(holders, 24, "one was revoked on the same day");
}

#[test]
fn money_of_each_kind_is_that_of_the_transfers() {
    let office = Office::open();
    office.tell(&Town::lived().followed(false), 50, 3);
    let projections = &office.databases.projections;
    let (gave, budgets) = office.tasks.block_on(async {
        (
            benefit_day::Entity::find().all(projections.read()).await.unwrap(),
            budget::Entity::find().all(projections.read()).await.unwrap(),
        )
    });
    let sum = |benefit: &str, of: fn(&benefit_day::Model) -> i64| -> i64 {
        gave.iter().filter(|row| row.benefit == benefit).map(of).sum()
    };
    let pkk = "transport_gratis.pkk";
    // 24 people who still hold it, two rides on two days, Rp3.500 each.
    assert_eq!((sum(pkk, |row| row.uses), sum(pkk, |row| row.forgone)), (96, 96 * 3_500));
    assert_eq!((sum(pkk, |row| row.people), sum(pkk, |row| row.funded)), (48, 0));
    assert_eq!((sum("klj", |row| row.aid), sum("klj", |row| row.forgone)), (300_000, 0));
    let [budget] = budgets.as_slice() else { panic!("{budgets:?}") };
    assert_eq!((budget.voted, budget.balance, budget.year), (600_000, 300_000, 2026));
}

#[test]
fn taps_whose_movement_is_forgotten_are_counted_without_a_place() {
    let office = Office::open();
    let town = Town::lived();
    office.tell(&town.followed(true), 50, 3);
    let projections = &office.databases.projections;
    let hours = office.tasks.block_on(place_hour::Entity::find().all(projections.read())).unwrap();
    assert!(hours.iter().all(|row| row.place.is_empty()), "{hours:?}");
    let remembered = Office::open();
    remembered.tell(&town.followed(false), 50, 3);
    let projections = &remembered.databases.projections;
    let known = remembered.tasks.block_on(place_hour::Entity::find().all(projections.read())).unwrap();
    let taps = |rows: &[place_hour::Model]| -> i64 {
        rows.iter().map(|row| row.free + row.paid + row.passed + row.refused + row.incident + row.held).sum()
    };
    assert_eq!(taps(&hours), taps(&known));
}
