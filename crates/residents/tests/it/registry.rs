//! People registered, found, shown; what the files hold; what happens without the keys.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use base::{CivilDate, Code, HolderNumber, ManualClock, RegionCode, Timestamp};
use engine::Body;
use platform::access::{Action, Actor, Leave, Permit, Policies, Resource, authorize};
use platform::cipher::{Cipher, CipherOpenError, KeyError};
use platform::database::{Databases, Place};
use platform::migrations;
use platform::outbox::{CommandSink, Delivery, Dispatcher, Message, Outbox};
use residents::{NewHousehold, NewIndividual, Residents, ResidentsError};

/// Files, or the PostgreSQL database that stands for them.
fn place(directory: &Path) -> Place<'_> {
    fixtures::servers::database_of(directory).map_or(Place::Files(directory), Place::Server)
}

struct Registry {
    databases: Databases,
    outbox: Outbox,
    residents: Residents,
}

async fn open(directory: &Path) -> Result<Registry, CipherOpenError> {
    let databases = Databases::open(place(directory)).await.unwrap();
    migrations::run::<migrations::Office>(&databases.office).await.unwrap();
    let outbox = Outbox::new(databases.office.clone());
    let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-11-22T07:30:00+07:00").unwrap()));
    let cipher = Cipher::open(directory, &databases.office, clock.as_ref()).await?;
    let residents = Residents::open(cipher, outbox.clone(), databases.office.clone(), clock).await.unwrap();
    Ok(Registry { databases, outbox, residents })
}

fn permit(action: Action, resource: Resource) -> Permit {
    authorize(&Policies::embedded().unwrap(), &Actor::system(), action, &resource).unwrap()
}

fn person(name: &str, serial: u32) -> NewIndividual {
    NewIndividual {
        name: name.into(),
        nik: format!("317599411259{serial:04}"),
        birth_date: CivilDate::parse("1959-12-01").unwrap(),
        home: Some(RegionCode::parse("31.75.03.1001").unwrap()),
        category: Code::parse("adult").unwrap(),
        bank: Code::parse("bank_a").unwrap(),
        holder: None,
        phone: None,
    }
}

/// Accepts everything and keeps the commands.
#[derive(Default)]
struct Engine {
    commands: std::sync::Mutex<Vec<Body>>,
}

impl CommandSink for Engine {
    async fn deliver(&self, message: &Message) -> Delivery {
        self.commands.lock().unwrap().push(minicbor::decode(&message.body).unwrap());
        Delivery::Accepted { position: 1 }
    }
}

#[tokio::test]
async fn a_registered_person_is_shown_masked_found_by_number_and_known_to_the_engine() {
    let directory = tempfile::tempdir().unwrap();
    let registry = open(directory.path()).await.unwrap();
    let register = permit(Action::RegisterIndividual, Resource::City);
    let new = person("Sumarni Kartawijaya", 12);
    let registered = registry.residents.register_individual(&register, &new).await.unwrap();

    let view = permit(Action::ViewIndividual, Resource::Holder(registered.holder));
    let shown = registry.residents.show_individual(&view, registered.holder).await.unwrap();
    assert_eq!(
        (shown.name.as_str(), shown.nik_masked.as_str()),
        ("Sumarni Kartawijaya", "31.75.99 •••••• ••12")
    );
    assert_eq!((shown.home, shown.age_on(CivilDate::parse("2026-12-01").unwrap())), (new.home, 67));

    let find = permit(Action::FindIndividual, Resource::City);
    assert_eq!(registry.residents.find_by_nik(&find, &new.nik).await.unwrap(), Some(registered.holder));
    assert_eq!(registry.residents.find_by_nik(&find, "3175994112590013").await.unwrap(), None);

    let engine = Arc::new(Engine::default());
    let clock = Arc::new(ManualClock::new(Timestamp(0)));
    assert_eq!(Dispatcher::new(registry.outbox, Arc::clone(&engine), clock).drain().await.unwrap(), 1);
    let commands = engine.commands.lock().unwrap();
    let Body::OpenHolder(opened) = &commands[0] else { panic!("{commands:?}") };
    assert_eq!(opened.holder, registered.holder);
    assert_eq!(opened.home.map(|home| home.to_string()).as_deref(), Some("31.75.03"));
}

#[tokio::test]
async fn neither_name_nor_number_stands_in_any_file() {
    let directory = tempfile::tempdir().unwrap();
    let registry = open(directory.path()).await.unwrap();
    let register = permit(Action::RegisterIndividual, Resource::City);
    let new = NewIndividual { phone: Some("0840 5550 1234".into()), ..person("Sumarni Kartawijaya", 12) };
    let registered = registry.residents.register_individual(&register, &new).await.unwrap();
    let family_card = "3175990112100001".to_owned();
    let household = NewHousehold { family_card, head: registered.holder, members: vec![registered.holder] };
    let form = permit(Action::FormHousehold, Resource::City);
    registry.residents.form_household(&form, &household).await.unwrap();
    let secrets = ["Sumarni", "Kartawijaya", new.nik.as_str(), household.family_card.as_str(), "84055501234"];
    let search = || {
        for entry in std::fs::read_dir(directory.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let bytes = std::fs::read(&path).unwrap();
                for secret in secrets {
                    let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                    assert!(!found, "{} holds a secret", path.display());
                }
            }
        }
    };
    // Once with the write-ahead log beside the database, once after everything was moved into it.
    search();
    registry.databases.close().await.unwrap();
    search();
}

#[tokio::test]
async fn the_same_identity_number_is_registered_once() {
    let directory = tempfile::tempdir().unwrap();
    let registry = open(directory.path()).await.unwrap();
    let register = permit(Action::RegisterIndividual, Resource::City);
    registry.residents.register_individual(&register, &person("Siti", 1)).await.unwrap();
    let again = registry.residents.register_individual(&register, &person("Siti lain", 1)).await;
    assert!(matches!(again, Err(ResidentsError::NikRegistered)));
    let twice_at_once = registry.residents.register_many(&register, &[person("A", 2), person("B", 2)]).await;
    assert!(matches!(twice_at_once, Err(ResidentsError::NikRegistered)));
    assert_eq!(registry.outbox.waiting().await.unwrap(), 1, "a refused registration left a command");
    let impossible = NewIndividual { nik: "3175994113590001".into(), ..person("Siti", 1) };
    let refused = registry.residents.register_individual(&register, &impossible).await;
    assert!(matches!(refused, Err(ResidentsError::NikInvalid(_))));
}

#[tokio::test]
async fn a_city_is_registered_in_bulk_with_numbers_of_its_own_and_drawn_ones() {
    let directory = tempfile::tempdir().unwrap();
    let registry = open(directory.path()).await.unwrap();
    let register = permit(Action::RegisterIndividual, Resource::City);
    let own = HolderNumber::new(77).unwrap();
    let mut people: Vec<_> = (1..=5_000).map(|n| person(&format!("Warga {n}"), n)).collect();
    people[3].holder = Some(own);
    let registered = registry.residents.register_many(&register, &people).await.unwrap();
    let distinct: BTreeSet<_> = registered.iter().map(|registered| registered.holder).collect();
    assert_eq!((registered.len(), distinct.len(), registered[3].holder), (5_000, 5_000, own));
    assert_eq!(registry.outbox.waiting().await.unwrap(), 5_000);

    let view = permit(Action::ViewIndividual, Resource::City);
    let asked = [registered[0].holder, own, registered[4_999].holder];
    let names = registry.residents.names_of(&view, &asked).await.unwrap();
    assert_eq!(names[&own], "Warga 4");
    assert_eq!((names.len(), names[&registered[4_999].holder].as_str()), (3, "Warga 5000"));

    let taken = NewIndividual { holder: Some(own), ..person("Lain", 6_000) };
    let refused = registry.residents.register_individual(&register, &taken).await;
    assert!(matches!(refused, Err(ResidentsError::HolderTaken { holder }) if holder == own));
}

#[tokio::test]
async fn a_household_is_formed_once_of_people_who_are_registered_and_free() {
    let directory = tempfile::tempdir().unwrap();
    let registry = open(directory.path()).await.unwrap();
    let register = permit(Action::RegisterIndividual, Resource::City);
    let people = [person("Siti", 1), person("Budi", 2), person("Ani", 3)];
    let people = registry.residents.register_many(&register, &people).await.unwrap();
    let holders: Vec<_> = people.iter().map(|person| person.holder).collect();
    let household = |card: &str, members: &[HolderNumber]| NewHousehold {
        family_card: card.into(),
        head: members[0],
        members: members.to_vec(),
    };
    let form = permit(Action::FormHousehold, Resource::City);
    let residents = &registry.residents;
    let formed =
        residents.form_household(&form, &household("3175990112100001", &holders[..2])).await.unwrap();
    assert_eq!(formed.head, holders[0]);
    let same_card = residents.form_household(&form, &household("3175990112100001", &holders[2..])).await;
    assert!(matches!(same_card, Err(ResidentsError::HouseholdRegistered)));
    let same_member = residents.form_household(&form, &household("3175990112100002", &holders[1..])).await;
    assert!(matches!(same_member, Err(ResidentsError::HouseholdRegistered)));
    let nobody = HolderNumber::new(HolderNumber::COUNT - 1).unwrap();
    let unknown =
        residents.form_household(&form, &household("3175990112100003", &[holders[2], nobody])).await;
    assert!(matches!(unknown, Err(ResidentsError::HolderUnknown { .. })));
    assert!(residents.form_household(&form, &household("3175990112100003", &holders[2..])).await.is_ok());
}

#[tokio::test]
async fn without_the_right_keys_the_registry_does_not_open() {
    let directory = tempfile::tempdir().unwrap();
    let registry = open(directory.path()).await.unwrap();
    let register = permit(Action::RegisterIndividual, Resource::City);
    registry.residents.register_individual(&register, &person("Siti", 1)).await.unwrap();
    registry.databases.close().await.unwrap();
    let path = directory.path().join("keys/office.key");
    let good = std::fs::read_to_string(&path).unwrap();

    std::fs::remove_file(&path).unwrap();
    let missing = open(directory.path()).await;
    assert!(matches!(missing, Err(CipherOpenError::Keys(KeyError::Missing { .. }))));
    assert!(!path.exists(), "new keys were made beside old records");

    let other = good.replace(['1', '2'], "3");
    std::fs::write(&path, other.replacen("keys 3", "keys 1", 1)).unwrap();
    let Err(wrong) = open(directory.path()).await else { panic!("wrong keys opened the registry") };
    assert!(matches!(wrong, CipherOpenError::Keys(KeyError::Wrong { .. })), "{wrong:?}");

    std::fs::write(&path, good).unwrap();
    assert!(open(directory.path()).await.is_ok());
}

#[tokio::test]
async fn a_permit_opens_its_own_door_only() {
    let directory = tempfile::tempdir().unwrap();
    let registry = open(directory.path()).await.unwrap();
    let register = permit(Action::RegisterIndividual, Resource::City);
    let siti = registry.residents.register_individual(&register, &person("Siti", 1)).await.unwrap();
    let other = permit(Action::ViewIndividual, Resource::Holder(HolderNumber::new(1).unwrap()));
    assert!(matches!(
        registry.residents.show_individual(&other, siti.holder).await,
        Err(ResidentsError::Denied(_))
    ));
    assert!(matches!(
        registry.residents.names_of(&other, &[siti.holder]).await,
        Err(ResidentsError::Denied(_))
    ));
    assert!(matches!(
        registry.residents.show_individual(&register, siti.holder).await,
        Err(ResidentsError::Denied(_))
    ));
}

#[tokio::test]
async fn a_mobile_number_comes_back_in_one_form_for_the_system_alone() {
    let directory = tempfile::tempdir().unwrap();
    let registry = open(directory.path()).await.unwrap();
    let register = permit(Action::RegisterIndividual, Resource::City);
    let with = |phone: Option<&str>, serial| NewIndividual {
        phone: phone.map(str::to_owned),
        ..person("Siti", serial)
    };
    let people = [with(Some("0840-5550-1234"), 1), with(Some("+62 840 5550 9999"), 2), with(None, 3)];
    let people = registry.residents.register_many(&register, &people).await.unwrap();
    for (person, phone) in people.iter().zip([Some("+6284055501234"), Some("+6284055509999"), None]) {
        let view = permit(Action::ViewIndividual, Resource::Holder(person.holder));
        let found = registry.residents.contact_of(&view, person.holder).await.unwrap();
        assert_eq!(found.map(base::PhoneNumber::reveal).as_deref(), phone);
        let other = permit(Action::ViewIndividual, Resource::City);
        assert!(registry.residents.contact_of(&other, person.holder).await.is_err(), "one holder at a time");
    }
    let nobody = HolderNumber::new(HolderNumber::COUNT - 1).unwrap();
    let view = permit(Action::ViewIndividual, Resource::Holder(nobody));
    assert_eq!(registry.residents.contact_of(&view, nobody).await.unwrap(), None);
    let holder = people[0].holder;
    let policies = Policies::embedded().unwrap();
    let granted = Actor::staff("u", platform::access::Role::Operator)
        .with_grants([Leave { action: Action::ViewIndividual, basis: "1".into() }]);
    let view = authorize(&policies, &granted, Action::ViewIndividual, &Resource::Holder(holder)).unwrap();
    assert!(registry.residents.show_individual(&view, holder).await.is_ok());
    let denied = registry.residents.contact_of(&view, holder).await;
    assert!(matches!(denied, Err(ResidentsError::Denied(_))), "no grant names the mobile number");
    for printed in [format!("{:?}", with(Some("0840-5550-1234"), 9)), format!("{people:?}")] {
        // Longer than what a holder's random number might hold by chance.
        for digits in ["5550-1234", "55501234", "55509999"] {
            assert!(!printed.contains(digits), "{printed}");
        }
    }
    let refused = registry.residents.register_individual(&register, &with(Some("021 555"), 4)).await;
    assert!(matches!(refused, Err(ResidentsError::PhoneInvalid(_))));
}
