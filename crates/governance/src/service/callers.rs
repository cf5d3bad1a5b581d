//! Programs and terminals that call the API: asked for by one person of the operator and approved by another; limited and
//! stopped by one, at once.

use base::{Code, DeviceNumber, PrincipalId};
use platform::access::{Permit, Role};
use platform::audit::{Change, Subject};
use platform::clients::{Client, ClientsError};
use platform::devices::{Device, Devices};
use platform::problems;
use serde_json::json;
use uuid::Uuid;

use super::matters::{CLIENT, DEVICE};
use super::{Governance, GovernanceError};

/// Longest name of a program, in characters.
const NAME_LENGTH_MAX: usize = 100;

/// A program to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCaller {
    /// What it is called.
    pub name: String,
    /// What it may do; one of [`Role::OF_CLIENTS`].
    pub role: Role,
    /// For which bank or merchant; for all of them where there is none.
    pub organisation: Option<Code>,
}

/// Which programs and terminals are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sought<'a> {
    /// A number, or a part of a name or place; empty for all.
    pub text: &'a str,
    /// The program after which the list goes on.
    pub after_client: PrincipalId,
    /// The terminal after which the list goes on.
    pub after_device: Option<DeviceNumber>,
    /// How many of each at most.
    pub limit: u64,
}

/// Programs and terminals that were found.
#[derive(Clone, Debug)]
pub struct Callers {
    /// The programs, by number.
    pub clients: Vec<Client>,
    /// The terminals, by number.
    pub devices: Vec<Device>,
    /// The programs that run these terminals.
    pub run_by: Vec<Client>,
    /// How many programs and how many terminals may call, found or not.
    pub active: (u64, u64),
}

/// A terminal to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTerminal {
    /// Its number, as on its label.
    pub number: DeviceNumber,
    /// The program that runs it.
    pub client: PrincipalId,
    /// Its Ed25519 public key, 64 hexadecimal digits.
    pub key: String,
    /// Where it stands.
    pub place: Option<Code>,
}

impl Governance {
    /// Asks for a program to be added.
    ///
    /// # Errors
    /// `access_denied`; `client_invalid`; `client_exists`; when the database fails.
    pub async fn ask_client(&self, permit: &Permit, new: &NewCaller) -> Result<Uuid, GovernanceError> {
        let name = new.name.trim();
        if !(1..=NAME_LENGTH_MAX).contains(&name.chars().count()) || !Role::OF_CLIENTS.contains(&new.role) {
            return Err(GovernanceError::CallerInvalid(problems::CLIENT_INVALID));
        }
        if self.clients.is_taken(permit, name).await? {
            return Err(GovernanceError::CallerInvalid(problems::CLIENT_EXISTS));
        }
        let organisation = new.organisation.map(|one| one.to_string());
        let body = json!({ "name": name, "role": new.role.as_str(), "organisation": organisation });
        self.ask(permit, CLIENT, &Subject::new("client", "new"), &body).await
    }

    /// Asks for a terminal to be added.
    ///
    /// # Errors
    /// `access_denied`; `device_invalid`; `device_exists`; when the database fails.
    pub async fn ask_device(&self, permit: &Permit, new: &NewTerminal) -> Result<Uuid, GovernanceError> {
        let key = new.key.trim().to_ascii_lowercase();
        let mut bytes = [0u8; 32];
        let is_key = hex::decode_to_slice(&key, &mut bytes).is_ok() && Devices::is_key(&bytes);
        let runs = match self.clients.find(permit, new.client).await {
            Ok(client) => client.disabled_at.is_none(),
            Err(ClientsError::Unknown { .. }) => false,
            Err(error) => return Err(error.into()),
        };
        if !is_key || !runs {
            return Err(GovernanceError::CallerInvalid(problems::DEVICE_INVALID));
        }
        if self.devices.is_taken(permit, new.number, &bytes).await? {
            return Err(GovernanceError::CallerInvalid(problems::DEVICE_EXISTS));
        }
        let place = new.place.map(|place| place.to_string());
        let body = json!({ "number": new.number.0, "client": new.client.0, "key": key, "place": place });
        self.ask(permit, DEVICE, &Subject::new("device", new.number), &body).await
    }

    /// Programs and terminals that a search means, disabled ones too.
    ///
    /// # Errors
    /// `access_denied`; when the tables cannot be read.
    pub async fn callers(&self, permit: &Permit, sought: &Sought<'_>) -> Result<Callers, GovernanceError> {
        let (text, limit) = (sought.text.trim(), sought.limit);
        let devices = self.devices.page(permit, text, sought.after_device, limit).await?;
        let run_by = self.clients.of(permit, devices.iter().map(|one| one.client_id).collect()).await?;
        Ok(Callers {
            clients: self.clients.page(permit, text, sought.after_client, limit).await?,
            devices,
            run_by,
            active: (self.clients.active(permit).await?, self.devices.active(permit).await?),
        })
    }

    /// Stops a program, or sets what it may send a minute.
    ///
    /// # Errors
    /// `access_denied`; `limit_invalid`; `not_found`; when the database fails.
    pub async fn change_client(
        &self,
        permit: &Permit,
        principal: PrincipalId,
        change: CallerChange,
    ) -> Result<(), GovernanceError> {
        let known = self.clients.find(permit, principal).await?;
        let subject = Subject::new("client", principal);
        let told = Change::of(&known.limit_per_minute, &change.limit());
        self.audit.note(permit, &subject, change.what("client"), &told).await?;
        match change {
            CallerChange::Disable => {
                self.clients.disable(permit, principal).await?;
                self.devices.forget_all();
            }
            CallerChange::Limit(limit) => self.clients.limit(permit, principal, limit).await?,
        }
        Ok(())
    }

    /// Stops a terminal, or sets what it may send a minute.
    ///
    /// # Errors
    /// As [`Governance::change_client`].
    pub async fn change_device(
        &self,
        permit: &Permit,
        number: DeviceNumber,
        change: CallerChange,
    ) -> Result<(), GovernanceError> {
        let known = self.devices.managed(permit, number).await?;
        let subject = Subject::new("device", number);
        let told = Change::of(&known.limit_per_minute, &change.limit());
        self.audit.note(permit, &subject, change.what("device"), &told).await?;
        match change {
            CallerChange::Disable => self.devices.disable(permit, number).await?,
            CallerChange::Limit(limit) => self.devices.limit(permit, number, limit).await?,
        }
        Ok(())
    }
}

/// What becomes of a program or terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerChange {
    /// It may call no more.
    Disable,
    /// It may send so many requests a minute, or as many as it likes.
    Limit(Option<u32>),
}

impl CallerChange {
    const fn limit(self) -> Option<u32> {
        match self {
            Self::Disable => Some(0),
            Self::Limit(limit) => limit,
        }
    }

    /// Its name in the audit.
    fn what(self, of: &str) -> &'static str {
        match (self, of) {
            (Self::Disable, "client") => "client_disabled",
            (Self::Disable, _) => "device_disabled",
            (Self::Limit(_), "client") => "client_limited",
            (Self::Limit(_), _) => "device_limited",
        }
    }
}
