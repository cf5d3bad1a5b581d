//! The audit: what is written, what is laid down, and what shows when somebody meddles with it.

use std::path::Path;
use std::sync::Arc;

use base::{HolderNumber, ManualClock, Timestamp};
use platform::access::{Action, Actor, Leave, Permit, Policies, Resource, Role, authorize};
use platform::audit::{Audit, AuditFilter, Change, Checked, Subject};
use platform::database::{DatabaseError, Databases, Place};
use platform::outbox::Outbox;
use sea_orm::ConnectionTrait;

/// Files, or the PostgreSQL database that stands for them.
fn place(directory: &Path) -> Place<'_> {
    fixtures::servers::database_of(directory).map_or(Place::Files(directory), Place::Server)
}

struct Office {
    audit: Audit,
    outbox: Outbox,
    databases: Databases,
    clock: Arc<ManualClock>,
    _directory: tempfile::TempDir,
}

const HOLDER: u64 = 7;

fn holder() -> Resource {
    Resource::Holder(HolderNumber::new(HOLDER).unwrap())
}

fn permit(actor: &Actor, action: Action, resource: &Resource) -> Permit {
    authorize(&Policies::embedded().unwrap(), actor, action, resource).unwrap()
}

fn counter() -> Permit {
    let leave = [Leave { action: Action::ViewHolder, basis: "12/IZIN/2026: bantuan di loket".into() }];
    permit(&Actor::staff("ratna", Role::Counter).with_grants(leave), Action::ViewHolder, &holder())
}

fn inspector() -> Permit {
    permit(&Actor::staff("dewi", Role::Inspector), Action::ViewAudit, &Resource::City)
}

fn encode(first: u64, digests: &[[u8; 32]]) -> Vec<u8> {
    let mut bytes = first.to_be_bytes().to_vec();
    bytes.extend(digests.iter().flatten());
    bytes
}

/// How many digests such a message has.
fn numbered(body: &[u8]) -> u64 {
    (body.len() as u64).saturating_sub(8) / 32
}

impl Office {
    async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let databases = Databases::open(place(directory.path())).await.unwrap();
        platform::migrations::run::<platform::migrations::Office>(&databases.office).await.unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp(1_795_000_000 * Timestamp::SECOND)));
        let audit = Audit::new(databases.office.clone(), Arc::<ManualClock>::clone(&clock) as _);
        let outbox = Outbox::new(databases.office.clone());
        Self { audit, outbox, databases, clock, _directory: directory }
    }

    async fn run(&self, sql: &'static str) {
        self.databases
            .office
            .transact(|txn, _| {
                Box::pin(async move {
                    txn.execute_unprepared(sql).await?;
                    Ok::<_, DatabaseError>(())
                })
            })
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_says_who_what_why_and_when_and_the_subject_sees_it() {
    let office = Office::open().await;
    office.audit.read(&counter(), "holder_card").await.unwrap();
    office.clock.advance(Timestamp::MINUTE);
    let city = permit(&Actor::system(), Action::ManageAccess, &Resource::City);
    let audit = &office.audit;
    office
        .databases
        .office
        .transact(|txn, _| {
            let city = &city;
            Box::pin(async move {
                let (subject, change) = (Subject::new("user", "7"), Change::of(&"old", &"new"));
                audit.change(txn, city, &subject, "user_disabled", &change).await
            })
        })
        .await
        .unwrap();
    let seen = office.audit.looks_at(&holder().into(), None, 10).await.unwrap();
    let [look] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!((look.role.as_str(), look.what.as_str()), ("counter", "holder_card"));
    assert_eq!(look.basis.as_deref(), Some("12/IZIN/2026: bantuan di loket"));
    let all = office.audit.lines(&inspector(), &AuditFilter::default(), 10).await.unwrap();
    assert_eq!(all.len(), 2);
    for (filter, count) in [
        (AuditFilter { actor: Some("ratna".into()), ..Default::default() }, 1),
        (AuditFilter { subject: Some("user/7".into()), ..Default::default() }, 1),
        (AuditFilter { from: Some(all[0].at), ..Default::default() }, 1),
        (AuditFilter { until: Some(all[0].at), ..Default::default() }, 1),
        (AuditFilter { before: Some(all[0].sequence), ..Default::default() }, 1),
        (AuditFilter { subject: Some("user/8".into()), ..Default::default() }, 0),
    ] {
        assert_eq!(office.audit.lines(&inspector(), &filter, 10).await.unwrap().len(), count, "{filter:?}");
    }
    assert!(office.audit.lines(&city, &AuditFilter::default(), 10).await.is_err(), "not with any permit");
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_laid_down_once_in_order_and_numbered_without_a_gap() {
    let office = Office::open().await;
    for _ in 0..300 {
        office.audit.read(&counter(), "holder_card").await.unwrap();
    }
    let handed = [
        office.audit.lay_down(&office.outbox, encode).await.unwrap(),
        office.audit.lay_down(&office.outbox, encode).await.unwrap(),
        office.audit.lay_down(&office.outbox, encode).await.unwrap(),
    ];
    assert_eq!(handed, [256, 44, 0]);
    assert_eq!(office.outbox.waiting().await.unwrap(), 2);
    let checked = Checked::check(office.databases.office.read(), 0, numbered).await.unwrap();
    assert_eq!(
        (checked.digests.len(), checked.changed, checked.missing, checked.keyless, checked.waiting),
        (300, None, None, None, 300)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn meddling_shows_whatever_it_is() {
    let renumbered = "update platform_audit set number = 5 where number = 3";
    let forged = "insert into platform_audit (at, actor_kind, actor, role, agency, action, subject, what, basis, digest, number) select at, actor_kind, actor, role, agency, action, subject, what, basis, digest, 4 from platform_audit where number = 3";
    let hidden = "update platform_audit set number = null where number = 2";
    for (meddling, changed, missing, keyless, misplaced, numbered_lines) in [
        ("update platform_audit set actor = 'nobody' where number = 2", Some(2), None, None, None, 3),
        ("update platform_audit set basis = null where number = 3", Some(3), None, None, None, 3),
        ("update platform_audit set digest = zeroblob(32) where number = 1", Some(1), None, None, None, 3),
        ("delete from platform_audit where number = 2", None, Some(2), None, None, 2),
        ("delete from platform_audit_key", None, None, Some(1), None, 3),
        (renumbered, None, Some(3), None, None, 3),
        (forged, None, None, None, None, 4),
        (hidden, None, Some(2), None, Some(2), 2),
    ] {
        let office = Office::open().await;
        for _ in 0..3 {
            office.audit.read(&counter(), "holder_card").await.unwrap();
        }
        office.audit.lay_down(&office.outbox, encode).await.unwrap();
        office.run(meddling).await;
        let checked = Checked::check(office.databases.office.read(), 0, numbered).await.unwrap();
        assert_eq!(
            (checked.changed, checked.missing, checked.keyless, checked.misplaced, checked.digests.len()),
            (changed, missing, keyless, misplaced, numbered_lines),
            "{meddling}"
        );
    }
}
