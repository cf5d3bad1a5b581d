//! Clients and devices: added, recognised, disabled.

use std::path::Path;
use std::sync::Arc;

use base::{Code, DeviceNumber, ManualClock, PrincipalId, Timestamp};
use ed25519_dalek::{Signer, SigningKey};
use platform::access::{Action, Actor, Permit, Policies, Resource, Role, authorize};
use platform::clients::{Clients, ClientsError, Token};
use platform::database::{Databases, Place};
use platform::devices::{Devices, DevicesError, NewDevice};
use platform::migrations;

/// Files, or the PostgreSQL database that stands for them.
fn place(directory: &Path) -> Place<'_> {
    fixtures::servers::database_of(directory).map_or(Place::Files(directory), Place::Server)
}

struct Office {
    directory: tempfile::TempDir,
    databases: Databases,
    clients: Clients,
    devices: Devices,
    permit: Permit,
}

async fn office() -> Office {
    let directory = tempfile::tempdir().unwrap();
    let databases = Databases::open(place(directory.path())).await.unwrap();
    migrations::run::<migrations::Office>(&databases.office).await.unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-11-22T07:30:00+07:00").unwrap()));
    let clients = Clients::new(databases.office.clone(), clock.clone());
    let devices = Devices::new(databases.office.clone(), clock);
    let policies = Policies::embedded().unwrap();
    let permit = authorize(&policies, &Actor::system(), Action::ManageClients, &Resource::City).unwrap();
    Office { directory, databases, clients, devices, permit }
}

#[tokio::test]
async fn a_client_is_known_by_its_token_until_it_is_disabled() {
    let office = office().await;
    let (bank, token) = office.clients.add(&office.permit, "Bank contoh", Role::Bank, None).await.unwrap();
    let (second, other) =
        office.clients.add(&office.permit, "Gerbang", Role::TerminalOperator, None).await.unwrap();
    assert_eq!((bank.principal, second.principal), (PrincipalId(100), PrincipalId(101)));

    let actor = office.clients.authenticate(&token).await.unwrap().unwrap();
    assert_eq!((actor.role(), actor.principal()), (Role::Bank, bank.principal));
    assert_eq!(office.clients.authenticate(&Token::generate().unwrap()).await.unwrap(), None);

    office.clients.disable(&office.permit, bank.principal).await.unwrap();
    assert_eq!(office.clients.authenticate(&token).await.unwrap(), None);
    assert!(office.clients.authenticate(&other).await.unwrap().is_some());
    let list = office.clients.list(&office.permit).await.unwrap();
    assert_eq!(list.iter().map(|client| client.disabled_at.is_some()).collect::<Vec<_>>(), [true, false]);
}

#[tokio::test]
async fn the_database_does_not_hold_the_token() {
    let office = office().await;
    let (_, token) = office.clients.add(&office.permit, "Bank contoh", Role::Bank, None).await.unwrap();
    let secret = token.reveal();
    office.databases.close().await.unwrap();
    let bytes = std::fs::read(office.directory.path().join("office.sqlite")).unwrap();
    let raw = hex::decode(secret.strip_prefix("jakone_").unwrap()).unwrap();
    assert!(!bytes.windows(raw.len()).any(|window| window == raw));
    assert!(!String::from_utf8_lossy(&bytes).contains(&secret));
}

#[tokio::test]
async fn a_name_is_given_once_and_a_permit_for_something_else_opens_nothing() {
    let office = office().await;
    office.clients.add(&office.permit, "Bank contoh", Role::Bank, None).await.unwrap();
    let again = office.clients.add(&office.permit, "Bank contoh", Role::Bank, None).await;
    assert!(matches!(again, Err(ClientsError::Exists { .. })));
    assert!(matches!(
        office.clients.add(&office.permit, "", Role::Bank, None).await,
        Err(ClientsError::Name)
    ));
    let policies = Policies::embedded().unwrap();
    let other = authorize(&policies, &Actor::system(), Action::Tap, &Resource::City).unwrap();
    assert!(matches!(office.clients.add(&other, "x", Role::Bank, None).await, Err(ClientsError::Denied(_))));
    let unknown = office.clients.disable(&office.permit, PrincipalId(7)).await;
    assert!(matches!(unknown, Err(ClientsError::Unknown { .. })));
}

#[tokio::test]
async fn a_device_signs_with_its_own_key_and_acts_for_its_client() {
    let office = office().await;
    let (client, _) =
        office.clients.add(&office.permit, "Gerbang", Role::TerminalOperator, None).await.unwrap();
    let key = SigningKey::from_bytes(&[7; 32]);
    let public_key = key.verifying_key().to_bytes();
    let place = Some(Code::parse("tj.bundaran_hi").unwrap());
    let number = DeviceNumber(41);
    let new = NewDevice { number, client: client.principal, public_key: &public_key, place };
    office.devices.add(&office.permit, &[new]).await.unwrap();

    let known = office.devices.find(number).await.unwrap().unwrap();
    assert_eq!((known.actor.principal(), known.device.place), (client.principal, place));
    let signature = key.sign(b"batch").to_bytes();
    assert!(known.verifies(b"batch", &signature));
    assert!(!known.verifies(b"batcj", &signature));

    let taken = NewDevice { number: DeviceNumber(42), ..new };
    assert!(matches!(office.devices.add(&office.permit, &[taken]).await, Err(DevicesError::Exists { .. })));
    let weak = NewDevice { number: DeviceNumber(43), public_key: &[0; 32], ..new };
    assert!(matches!(office.devices.add(&office.permit, &[weak]).await, Err(DevicesError::Key { .. })));

    office.devices.disable(&office.permit, number).await.unwrap();
    assert!(office.devices.find(number).await.unwrap().is_none());
    assert_eq!(office.devices.list(&office.permit).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_device_of_a_disabled_client_is_not_known() {
    let office = office().await;
    let (client, _) =
        office.clients.add(&office.permit, "Gerbang", Role::TerminalOperator, None).await.unwrap();
    let public_key = SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes();
    let new =
        NewDevice { number: DeviceNumber(1), client: client.principal, public_key: &public_key, place: None };
    office.devices.add(&office.permit, &[new]).await.unwrap();
    office.clients.disable(&office.permit, client.principal).await.unwrap();
    assert!(office.devices.find(DeviceNumber(1)).await.unwrap().is_none());
}

#[tokio::test]
async fn clients_added_by_many_tasks_at_once_get_principals_of_their_own() {
    let office = office().await;
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let (clients, permit) = (office.clients.clone(), office.permit.clone());
            tokio::spawn(async move { clients.add(&permit, &format!("Bank {n}"), Role::Bank, None).await })
        })
        .collect();
    let mut principals = Vec::new();
    for task in tasks {
        principals.push(task.await.unwrap().unwrap().0.principal.0);
    }
    principals.sort_unstable();
    assert_eq!(principals, (100..120).collect::<Vec<u32>>());
}
