//! What two people of an office decide here: grants, new users, recoveries, programs and terminals that may call.

use std::sync::Arc;

use base::{CivilDate, Clock, Code, DeviceNumber, PrincipalId, Timestamp};
use platform::access::{Action, Permit, Role};
use platform::agencies;
use platform::approvals::{ApprovalError, Handover, Matter, Request};
use platform::audit::{Audit, Change, Subject};
use platform::clients::{Clients, ClientsError};
use platform::database::{Transaction, Work};
use platform::devices::{Devices, DevicesError, NewDevice};
use platform::ids::uuid_v7;
use platform::problems;
use platform::web::PageContext;
use sea_orm::ActiveModelTrait;
use uuid::Uuid;

use super::grants::{Changing, Column, GrantChange, NewGrant};
use super::{GovernanceError, NewUser, add_user, grants, recover};
use crate::settings::Settings;

/// Leave to see persons.
pub const GRANT: &str = "grant";
/// A suspended grant that is to work again.
pub const RESUME: &str = "resume";
/// Somebody who may sign in.
pub const USER: &str = "user";
/// A new password and authenticator.
pub const RECOVERY: &str = "recovery";
/// A program that may call.
pub const CLIENT: &str = "client";
/// A terminal that may call.
pub const DEVICE: &str = "device";

/// What carrying out stands on.
#[derive(Clone)]
struct Ground {
    clock: Arc<dyn Clock>,
    audit: Audit,
    settings: Settings,
}

/// The matters of this slice. `clock` is the city's.
#[must_use]
pub fn matters(clock: &Arc<dyn Clock>, audit: &Audit, settings: Settings) -> Vec<Arc<dyn Matter>> {
    let ground = || Ground { clock: Arc::clone(clock), audit: audit.clone(), settings };
    vec![
        Arc::new(GrantMatter(ground())),
        Arc::new(ResumeMatter(ground())),
        Arc::new(UserMatter(ground())),
        Arc::new(RecoveryMatter(ground())),
        Arc::new(ClientMatter(ground())),
        Arc::new(DeviceMatter(ground())),
    ]
}

type Told = Vec<(String, String)>;

/// Labels by key, values as they are.
fn told<const N: usize>(page: &PageContext, lines: [(&str, String); N]) -> Told {
    let line = |(key, value): (&str, String)| (page.t(&format!("governance-told-{key}")), value);
    lines.into_iter().filter(|(_, value)| !value.is_empty()).map(line).collect()
}

fn role(page: &PageContext, request: &Request) -> String {
    page.t(&format!("platform-role-{}", request.text("role")))
}

/// What cannot be read back was not written by this release.
const fn unreadable() -> ApprovalError {
    ApprovalError::Refused(problems::REQUEST_MALFORMED)
}

fn carried(error: GovernanceError) -> ApprovalError {
    match error {
        GovernanceError::Database(error) => error.into(),
        error => ApprovalError::Refused(platform::problems::Problem::from(error).kind()),
    }
}

/// The office of a request, as it is called today.
fn agency(page: &PageContext, request: &Request, now: Timestamp) -> String {
    let code = Code::parse(request.text("agency")).ok();
    code.map(|code| agencies::name(code, page.language, now.jakarta_date())).unwrap_or_default()
}

fn tell_grant(page: &PageContext, request: &Request, now: Timestamp) -> Told {
    let Some(new) = NewGrant::of_json(&request.body) else { return Vec::new() };
    let column = |column: &Column| page.t(&format!("governance-grants-column-{}", column.as_str()));
    let format = page.format();
    told(
        page,
        [
            ("role", role(page, request)),
            ("agency", agency(page, request, now)),
            ("columns", new.columns.iter().map(column).collect::<Vec<_>>().join("; ")),
            ("purpose", new.purpose.clone()),
            ("document", new.document.clone()),
            ("from", format.date(new.from)),
            ("until", format.date(new.to)),
            ("reason", request.text("reason").into()),
        ],
    )
}

struct ResumeMatter(Ground);

impl Matter for ResumeMatter {
    fn code(&self) -> &'static str {
        RESUME
    }

    fn steps(&self) -> &'static [Action] {
        &[Action::ManageAccess]
    }

    fn tell(&self, page: &PageContext, request: &Request) -> Told {
        tell_grant(page, request, self.0.clock.now())
    }

    fn carry_out<'t>(
        &'t self,
        txn: &'t Transaction,
        request: &'t Request,
        by: &'t Permit,
    ) -> Work<'t, Option<Handover>, ApprovalError> {
        Box::pin(async move {
            let id = Uuid::parse_str(request.text("grant")).map_err(|_| unreadable())?;
            let (change, now) = (GrantChange::Resumed, self.0.clock.now());
            let new = Changing { id, change, reason: request.text("reason"), by: &request.maker, now };
            new.write(txn, by, &self.0.audit).await.map_err(carried)?;
            Ok(None)
        })
    }
}

struct GrantMatter(Ground);

impl Matter for GrantMatter {
    fn code(&self) -> &'static str {
        GRANT
    }

    fn steps(&self) -> &'static [Action] {
        &[Action::ManageAccess]
    }

    fn tell(&self, page: &PageContext, request: &Request) -> Told {
        tell_grant(page, request, self.0.clock.now())
    }

    fn carry_out<'t>(
        &'t self,
        txn: &'t Transaction,
        request: &'t Request,
        by: &'t Permit,
    ) -> Work<'t, Option<Handover>, ApprovalError> {
        Box::pin(async move {
            let new = NewGrant::of_json(&request.body).ok_or_else(unreadable)?;
            let row = grants::row(&new, &request.maker, self.0.clock.now()).map_err(carried)?;
            let row = row.insert(txn).await?;
            let subject = Subject::new("grant", row.id);
            self.0.audit.change(txn, by, &subject, "grant_issued", &Change::new(&row.told())).await?;
            Ok(None)
        })
    }
}

struct UserMatter(Ground);

impl Matter for UserMatter {
    fn code(&self) -> &'static str {
        USER
    }

    fn steps(&self) -> &'static [Action] {
        &[Action::ManageAccess]
    }

    fn tell(&self, page: &PageContext, request: &Request) -> Told {
        told(
            page,
            [
                ("login", request.text("login").into()),
                ("name", request.text("name").into()),
                ("role", role(page, request)),
                ("agency", agency(page, request, self.0.clock.now())),
            ],
        )
    }

    fn carry_out<'t>(
        &'t self,
        txn: &'t Transaction,
        request: &'t Request,
        by: &'t Permit,
    ) -> Work<'t, Option<Handover>, ApprovalError> {
        Box::pin(async move {
            let new = NewUser::of_json(&request.body).ok_or_else(unreadable)?;
            let now = self.0.clock.now();
            let id = uuid_v7(now)?;
            // Nothing lets them in yet: only the code lets them choose password and authenticator.
            let none = (String::new(), Vec::new());
            add_user::insert(txn, id, &new, none, now).await.map_err(carried)?;
            let subject = Subject::new("user", id);
            self.0.audit.change(txn, by, &subject, "user_added", &Change::new(&request.body)).await?;
            recover::give_code(txn, id, request, now, self.0.settings.recovery).await.map(Some)
        })
    }
}

struct RecoveryMatter(Ground);

impl Matter for RecoveryMatter {
    fn code(&self) -> &'static str {
        RECOVERY
    }

    fn steps(&self) -> &'static [Action] {
        &[Action::ManageAccess]
    }

    fn tell(&self, page: &PageContext, request: &Request) -> Told {
        told(page, [("login", request.text("login").into()), ("name", request.text("name").into())])
    }

    fn carry_out<'t>(
        &'t self,
        txn: &'t Transaction,
        request: &'t Request,
        by: &'t Permit,
    ) -> Work<'t, Option<Handover>, ApprovalError> {
        Box::pin(async move {
            let id = Uuid::parse_str(request.text("user")).map_err(|_| unreadable())?;
            // Nobody gives themself a new password, in whichever role.
            if by.actor().id() == id.to_string() {
                return Err(ApprovalError::Own);
            }
            let subject = Subject::new("user", id);
            self.0.audit.change(txn, by, &subject, "recovery_given", &Change::new(&request.id)).await?;
            let now = self.0.clock.now();
            recover::give_code(txn, id, request, now, self.0.settings.recovery).await.map(Some)
        })
    }
}

struct ClientMatter(Ground);

impl Matter for ClientMatter {
    fn code(&self) -> &'static str {
        CLIENT
    }

    fn steps(&self) -> &'static [Action] {
        &[Action::ManageClients]
    }

    fn tell(&self, page: &PageContext, request: &Request) -> Told {
        let whose = match request.text("organisation") {
            "" => page.t("governance-callers-all-organisations"),
            code => code.to_owned(),
        };
        let name = request.text("name").into();
        told(page, [("client", name), ("role", role(page, request)), ("organisation", whose)])
    }

    fn carry_out<'t>(
        &'t self,
        txn: &'t Transaction,
        request: &'t Request,
        by: &'t Permit,
    ) -> Work<'t, Option<Handover>, ApprovalError> {
        Box::pin(async move {
            let role = Role::parse(request.text("role")).map_err(|_| unreadable())?;
            let now = self.0.clock.now();
            let organisation = request.text("organisation");
            let organisation = (!organisation.is_empty()).then(|| Code::parse(organisation)).transpose();
            let organisation = organisation.map_err(|_| unreadable())?;
            let added = Clients::add_within(txn, now, request.text("name"), role, organisation).await;
            let (client, token) = added.map_err(|error| match error {
                ClientsError::Database(error) => error.into(),
                ClientsError::Exists { .. } => ApprovalError::Refused(problems::CLIENT_EXISTS),
                _ => ApprovalError::Refused(problems::CLIENT_INVALID),
            })?;
            let subject = Subject::new("client", client.principal);
            self.0.audit.change(txn, by, &subject, "client_added", &Change::new(&request.body)).await?;
            let secret = token.reveal();
            Ok(Some(Handover { key: "governance-handover-token", secret }))
        })
    }
}

struct DeviceMatter(Ground);

impl Matter for DeviceMatter {
    fn code(&self) -> &'static str {
        DEVICE
    }

    fn steps(&self) -> &'static [Action] {
        &[Action::ManageClients]
    }

    fn tell(&self, page: &PageContext, request: &Request) -> Told {
        let number = |name: &str| request.body.get(name).map(ToString::to_string).unwrap_or_default();
        told(
            page,
            [
                ("device", number("number")),
                ("runs", number("client")),
                ("key", request.text("key").into()),
                ("place", request.text("place").into()),
            ],
        )
    }

    fn carry_out<'t>(
        &'t self,
        txn: &'t Transaction,
        request: &'t Request,
        by: &'t Permit,
    ) -> Work<'t, Option<Handover>, ApprovalError> {
        Box::pin(async move {
            let number = |name: &str| {
                let number = request.body.get(name).and_then(serde_json::Value::as_u64);
                number.and_then(|number| u32::try_from(number).ok()).ok_or_else(unreadable)
            };
            let mut public_key = [0u8; 32];
            hex::decode_to_slice(request.text("key"), &mut public_key).map_err(|_| unreadable())?;
            let place = request.text("place");
            let new = NewDevice {
                number: DeviceNumber(number("number")?),
                client: PrincipalId(number("client")?),
                public_key: &public_key,
                place: (!place.is_empty())
                    .then(|| Code::parse(place))
                    .transpose()
                    .map_err(|_| unreadable())?,
            };
            let added = Devices::add_within(txn, self.0.clock.now(), &[new]).await;
            added.map_err(|error| match error {
                DevicesError::Database(error) => ApprovalError::from(error),
                DevicesError::Exists { .. } => ApprovalError::Refused(problems::DEVICE_EXISTS),
                _ => ApprovalError::Refused(problems::DEVICE_INVALID),
            })?;
            let subject = Subject::new("device", new.number);
            self.0.audit.change(txn, by, &subject, "device_added", &Change::new(&request.body)).await?;
            Ok(None)
        })
    }
}

impl NewGrant {
    /// As a request holds it.
    pub(super) fn to_json(&self) -> serde_json::Value {
        let columns: Vec<&str> = self.columns.iter().map(|column| column.as_str()).collect();
        serde_json::json!({
            "role": self.role.as_str(),
            "agency": self.agency.map(|agency| agency.to_string()),
            "columns": columns,
            "purpose": self.purpose.trim(),
            "document": self.document.trim(),
            "from": self.from.to_string(),
            "to": self.to.to_string(),
        })
    }

    /// As a request held it.
    fn of_json(body: &serde_json::Value) -> Option<Self> {
        let text = |name: &str| body.get(name).and_then(serde_json::Value::as_str);
        let columns = body.get("columns")?.as_array()?;
        Some(Self {
            role: Role::parse(text("role")?).ok()?,
            agency: text("agency").map(Code::parse).transpose().ok()?,
            columns: columns.iter().filter_map(|name| Column::parse(name.as_str()?)).collect(),
            purpose: text("purpose")?.to_owned(),
            document: text("document")?.to_owned(),
            from: CivilDate::parse(text("from")?)?,
            to: CivilDate::parse(text("to")?)?,
        })
    }
}

impl NewUser {
    /// As a request holds it.
    pub(super) fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "login": self.login,
            "name": self.name.trim(),
            "role": self.role.as_str(),
            "agency": self.agency.map(|agency| agency.to_string()),
        })
    }

    /// As a request held it.
    fn of_json(body: &serde_json::Value) -> Option<Self> {
        let text = |name: &str| body.get(name).and_then(serde_json::Value::as_str);
        Some(Self {
            login: text("login")?.to_owned(),
            name: text("name")?.to_owned(),
            role: Role::parse(text("role")?).ok()?,
            agency: text("agency").map(Code::parse).transpose().ok()?,
        })
    }
}
