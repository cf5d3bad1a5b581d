//! `jakone client`, `jakone user` and `jakone device`: who may call the API, who may sign in, and which terminals there are. Works beside a running
//! server, which knows of a change within half a minute.

use std::sync::Arc;

use anyhow::Context as _;
use base::{Clock, Code, DeviceNumber, PrincipalId};
use governance::Settings;
use governance::service::{Governance, NewUser, Secrets};
use platform::access::{Action, Policies, Role};
use platform::audit::{Audit, Change, Subject};
use platform::cipher::Cipher;
use platform::clients::Clients;
use platform::database::Databases;
use platform::devices::{Devices, NewDevice};

use super::serve::tasks;
use crate::cli::{ClientCommand, DeviceCommand, UserCommand};
use crate::data_directory::DataDirectory;
use crate::problem::Problem;
use crate::product::{open_databases, system_permit};

/// Adds, lists or disables API clients.
///
/// # Errors
/// What is wrong with the names, or the database.
pub fn client(command: &ClientCommand) -> anyhow::Result<()> {
    let directory = match command {
        ClientCommand::Add { data, .. } => DataDirectory::open_or_create(data)?,
        ClientCommand::List { data } | ClientCommand::Disable { data, .. } => DataDirectory::open(data)?,
    };
    tasks()?.block_on(async {
        let databases = open_databases(directory.place()).await?;
        let (office, clock) = (databases.office.clone(), clock(&directory)?);
        let audit = Audit::new(office.clone(), Arc::clone(&clock));
        let clients = Clients::new(office, clock);
        let permit = system_permit(Action::ManageClients)?;
        match command {
            ClientCommand::Add { name, role, organisation, .. } => {
                let organisation = organisation.as_deref().map(Code::parse).transpose()?;
                let role = parse_role(role, &Role::OF_CLIENTS)?;
                let (client, token) = clients.add(&permit, name, role, organisation).await?;
                let subject = Subject::new("client", client.principal);
                audit.note(&permit, &subject, "client_added", &Change::new(&(name, role.as_str()))).await?;
                println!("principal {}", client.principal);
                println!("token {}", token.reveal());
                eprintln!("Keep the token now: it is not shown again. / Simpan token ini sekarang: tidak ditampilkan lagi.");
            }
            ClientCommand::List { .. } => {
                for client in clients.list(&permit).await? {
                    let state = if client.disabled_at.is_some() { "disabled" } else { "active" };
                    println!("{}\t{}\t{}\t{state}", client.principal, client.role.as_str(), client.name);
                }
            }
            ClientCommand::Disable { principal, .. } => {
                clients.disable(&permit, PrincipalId(*principal)).await?;
                let subject = Subject::new("client", principal);
                audit.note(&permit, &subject, "client_disabled", &Change::default()).await?;
            }
        }
        close(databases).await
    })
}

/// Adds, lists or disables people who sign in.
///
/// # Errors
/// What is wrong with the names, or the database.
pub fn user(command: &UserCommand) -> anyhow::Result<()> {
    let directory = match command {
        UserCommand::Add { data, .. } => DataDirectory::open_or_create(data)?,
        UserCommand::List { data } | UserCommand::Disable { data, .. } => DataDirectory::open(data)?,
    };
    tasks()?.block_on(async {
        let databases = open_databases(directory.place()).await?;
        let (office, clock) = (databases.office.clone(), clock(&directory)?);
        let callers =
            (Clients::new(office.clone(), Arc::clone(&clock)), Devices::new(office.clone(), Arc::clone(&clock)));
        let audit = Audit::new(office.clone(), Arc::clone(&clock));
        let policies = Arc::new(Policies::embedded()?);
        let cipher = Cipher::open(directory.root(), &office, clock.as_ref()).await?;
        let office = (office, cipher);
        let settings = Settings::on(clock.now().jakarta_date()).context("no limits of signing in")?;
        let governance = Governance::new(office, clock, settings, policies, audit, callers)?;
        let permit = system_permit(Action::ManageAccess)?;
        match command {
            UserCommand::Add { login, name, role, agency, .. } => {
                let secrets = Secrets::generate()?;
                let agency = agency.as_deref().map(Code::parse).transpose()?;
                let role = parse_role(role, &Role::OF_STAFF)?;
                let new = NewUser { login: login.clone(), name: name.clone(), role, agency };
                governance.add_user(&permit, new, &secrets).await?;
                println!("password {}", secrets.password.reveal());
                println!("authenticator {}", secrets.code.reveal());
                eprintln!("Keep both now: they are not shown again. / Simpan keduanya sekarang: tidak ditampilkan lagi.");
            }
            UserCommand::List { .. } => {
                for user in governance.users(&permit).await? {
                    let state = if user.disabled_at.is_some() { "disabled" } else { "active" };
                    println!("{}\t{}\t{}\t{state}", user.login, user.role, user.name);
                }
            }
            UserCommand::Disable { login, .. } => governance.disable_user(&permit, login).await?,
        }
        close(databases).await
    })
}

/// Adds, lists or disables terminals.
///
/// # Errors
/// What is wrong with numbers or keys, or the database.
pub fn device(command: &DeviceCommand) -> anyhow::Result<()> {
    let directory = match command {
        DeviceCommand::Add { data, .. } => DataDirectory::open_or_create(data)?,
        DeviceCommand::List { data } | DeviceCommand::Disable { data, .. } => DataDirectory::open(data)?,
    };
    tasks()?.block_on(async {
        let databases = open_databases(directory.place()).await?;
        let (office, clock) = (databases.office.clone(), clock(&directory)?);
        let audit = Audit::new(office.clone(), Arc::clone(&clock));
        let devices = Devices::new(office, clock);
        let permit = system_permit(Action::ManageClients)?;
        match command {
            DeviceCommand::Add { number, client, public_key, place, .. } => {
                let public_key = parse_key(public_key)?;
                let place = place.as_deref().map(Code::parse).transpose()?;
                let (number, client) = (DeviceNumber(*number), PrincipalId(*client));
                devices.add(&permit, &[NewDevice { number, client, public_key: &public_key, place }]).await?;
                let told = Change::new(&(client.0, hex::encode(public_key)));
                audit.note(&permit, &Subject::new("device", number), "device_added", &told).await?;
            }
            DeviceCommand::List { .. } => {
                for device in devices.list(&permit).await? {
                    let state = if device.disabled_at.is_some() { "disabled" } else { "active" };
                    let place = device.place.map_or_else(String::new, |place| place.to_string());
                    let key = hex::encode(device.public_key.to_bytes());
                    println!("{}\t{place}\t{key}\t{state}", device.number);
                }
            }
            DeviceCommand::Disable { number, .. } => {
                devices.disable(&permit, DeviceNumber(*number)).await?;
                let subject = Subject::new("device", DeviceNumber(*number));
                audit.note(&permit, &subject, "device_disabled", &Change::default()).await?;
            }
        }
        close(databases).await
    })
}

fn clock(directory: &DataDirectory) -> anyhow::Result<Arc<dyn Clock>> {
    Ok(Arc::new(directory.clock()?))
}

async fn close(databases: Databases) -> anyhow::Result<()> {
    databases.close().await.context("the databases did not close")
}

fn parse_role(name: &str, roles: &[Role]) -> anyhow::Result<Role> {
    roles.iter().copied().find(|role| role.as_str() == name).ok_or_else(|| {
        let known = roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
        Problem::new(
            "role_unknown",
            format!("{name:?} is no role here. Choose one of: {known}."),
            format!("{name:?} bukan peran di sini. Pilih salah satu: {known}."),
        )
        .into()
    })
}

fn parse_key(text: &str) -> anyhow::Result<[u8; 32]> {
    let bytes = hex::decode(text).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.ok_or_else(|| {
        Problem::new(
            "key_invalid",
            "A terminal's public key is 32 bytes of Ed25519 as 64 hexadecimal digits.",
            "Kunci publik perangkat adalah 32 byte Ed25519, ditulis 64 angka heksadesimal.",
        )
        .into()
    })
}
