//! People at work in the demonstration: each role, so that anybody can see the city with their eyes, and two where two
//! decide.

use anyhow::Context as _;
use base::{CivilDate, Code};
use governance::pages::Sample;
use governance::secrets::{CodeSecret, Password};
use governance::service::{Column, NewGrant, NewUser, Secrets};
use platform::access::{Action, Permit, Role};

use super::credentials::{Demo, DemoUser};
use crate::product::{Product, system_permit};

/// Sign-in name, invented name and office of each.
const PEOPLE: [(Role, &str, &str, &str); 8] = [
    (Role::Operator, "pengelola", "Ratna Wibisana", "jakpro"),
    (Role::Operator, "pengelola2", "Yusuf Hartadi", "jakpro"),
    (Role::DataAuthority, "diskominfotik", "Hendra Kusumajaya", "diskominfotik"),
    (Role::DataAuthority, "diskominfotik2", "Maya Larasati", "diskominfotik"),
    (Role::Agency, "disdik", "Sri Lestarini", "disdik"),
    (Role::Monitoring, "monev", "Agus Purwanegara", "biro_perekonomian"),
    (Role::Inspector, "inspektorat", "Dewi Anggrasari", "inspektorat"),
    (Role::Counter, "loket", "Bambang Sutedja", "jakpro"),
];

/// How long the demonstration's grants last after its history, in days.
const GRANTED_DAYS: i32 = 365;

/// Adds these users to a new city and keeps their secrets for whoever tries them. Their grants begin with its history and last
/// from the day on which that ends.
///
/// # Errors
/// When the database fails or there is no randomness.
pub async fn enter(product: &Product, demo: &mut Demo, lived_until: CivilDate) -> anyhow::Result<()> {
    let permit = system_permit(Action::ManageAccess)?;
    demo.users.clear();
    for (role, login, name, agency) in PEOPLE {
        let secrets = Secrets::generate()?;
        let agency = Some(Code::parse(agency)?);
        let new = NewUser { login: login.into(), name: name.into(), role, agency };
        product.governance().add_user(&permit, new, &secrets).await?;
        demo.users.push(DemoUser {
            login: login.into(),
            name: name.into(),
            role: role.as_str().into(),
            password: secrets.password.reveal().into(),
            code_secret: hex::encode(secrets.code.bytes()),
        });
    }
    grant(product, &permit, lived_until).await
}

/// What the roles of the demonstration may see of persons, with invented documents: the operator and the counter cards
/// and names, the inspectorate cards alone.
async fn grant(product: &Product, permit: &Permit, lived_until: CivilDate) -> anyhow::Result<()> {
    let begin = product.governance().clock().now().jakarta_date();
    let both = vec![Column::Card, Column::Identity];
    for (role, columns, purpose, document) in [
        (Role::Operator, both.clone(), "Pengelolaan media pemegang", "CONTOH-1/IZIN/2026"),
        (Role::Counter, both, "Bantuan di gerbang dan loket", "CONTOH-2/IZIN/2026"),
        (Role::Inspector, vec![Column::Card], "Pemeriksaan pembayaran", "CONTOH-3/IZIN/2026"),
    ] {
        let new = NewGrant {
            role,
            agency: None,
            columns,
            purpose: purpose.into(),
            document: document.into(),
            from: begin,
            to: lived_until.plus_days(GRANTED_DAYS),
        };
        product.governance().issue_grant(permit, new).await?;
    }
    Ok(())
}

/// For which office somebody of the demonstration works.
fn office(login: &str) -> anyhow::Result<Option<Code>> {
    let office = PEOPLE.iter().find(|person| person.1 == login).map(|person| Code::parse(person.3));
    Ok(office.transpose()?)
}

/// The users of a demonstration, to be shown where one signs in.
///
/// # Errors
/// When the demonstration's file holds something else.
pub fn samples(demo: &Demo) -> anyhow::Result<Vec<Sample>> {
    let sample = |user: &DemoUser| -> anyhow::Result<Sample> {
        let mut bytes = [0u8; 20];
        hex::decode_to_slice(&user.code_secret, &mut bytes)
            .context("a secret of the demonstration is not hex")?;
        Ok(Sample {
            login: user.login.clone(),
            name: user.name.clone(),
            role: Role::parse(&user.role)?,
            agency: office(&user.login)?,
            password: Password::new(user.password.clone()),
            code: CodeSecret::new(bytes),
        })
    };
    demo.users.iter().map(sample).collect()
}
