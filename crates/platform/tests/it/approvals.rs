//! Two pairs of eyes: requests, decisions, letters.

use std::path::Path;
use std::sync::Arc;

use base::{CivilDate, ManualClock, Timestamp};
use platform::access::{Action, Actor, Permit, Policies, Resource, Role, authorize};
use platform::approvals::{
    ApprovalError, Approvals, Decided, Handover, Matter, NewDelegation, Request, Standing, Verdict,
};
use platform::audit::{Audit, Subject};
use platform::database::{Databases, Place, Transaction, Work};
use platform::web::PageContext;
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

/// Files, or the PostgreSQL database that stands for them.
fn place(directory: &Path) -> Place<'_> {
    fixtures::servers::database_of(directory).map_or(Place::Files(directory), Place::Server)
}

/// Needs one who grants and then one who connects; writes down that it was done.
struct Bridge;

impl Matter for Bridge {
    fn code(&self) -> &'static str {
        "bridge"
    }

    fn steps(&self) -> &'static [Action] {
        &[Action::ManageAccess, Action::ManageClients]
    }

    fn tell(&self, _: &PageContext, request: &Request) -> Vec<(String, String)> {
        vec![("span".into(), request.text("span").into())]
    }

    fn carry_out<'t>(
        &'t self,
        txn: &'t Transaction,
        request: &'t Request,
        _: &'t Permit,
    ) -> Work<'t, Option<Handover>, ApprovalError> {
        Box::pin(async move {
            let span = request.text("span");
            txn.execute_unprepared(&format!("insert into built values ('{span}')")).await?;
            Ok(Some(Handover { key: "key-of-the-gate", secret: "open sesame".into() }))
        })
    }
}

struct House {
    approvals: Approvals,
    audit: Audit,
    databases: Databases,
    clock: Arc<ManualClock>,
    policies: Arc<Policies>,
    _directory: tempfile::TempDir,
}

fn staff(id: &str, role: Role) -> Actor {
    Actor::staff(id, role)
}

impl House {
    async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let databases = Databases::open(place(directory.path())).await.unwrap();
        platform::migrations::run::<platform::migrations::Office>(&databases.office).await.unwrap();
        databases
            .office
            .transact(|txn, _| {
                Box::pin(async move {
                    txn.execute_unprepared("create table built (span text)").await?;
                    Ok::<_, ApprovalError>(())
                })
            })
            .await
            .unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp(1_795_000_000 * Timestamp::SECOND)));
        let audit = Audit::new(databases.office.clone(), Arc::<ManualClock>::clone(&clock) as _);
        let policies = Arc::new(Policies::embedded().unwrap());
        let matters: Vec<Arc<dyn Matter>> = vec![Arc::new(Bridge)];
        let approvals = Approvals::new(
            databases.office.clone(),
            Arc::<ManualClock>::clone(&clock) as _,
            audit.clone(),
            Arc::clone(&policies),
            matters,
        );
        Self { approvals, audit, databases, clock, policies, _directory: directory }
    }

    fn permit(&self, actor: &Actor, action: Action) -> Permit {
        authorize(&self.policies, actor, action, &Resource::City).unwrap()
    }

    async fn ask(&self, by: &Actor, span: &str, parent: Option<Uuid>) -> Result<Uuid, ApprovalError> {
        let permit = self.permit(by, Action::ManageAccess);
        let (approvals, permit, body) = (&self.approvals, &permit, &json!({ "span": span }));
        self.databases
            .office
            .transact(|txn, _| {
                Box::pin(async move {
                    let subject = Subject::new("bridge", "1");
                    approvals.ask(txn, permit, "bridge", &subject, body, parent).await
                })
            })
            .await
    }

    async fn approve(&self, by: &Actor, id: Uuid) -> Result<Decided, ApprovalError> {
        self.approvals.decide(by, id, Verdict::Approved, "").await
    }

    async fn built(&self) -> i64 {
        let count = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "select count(*) from built");
        let row = self.databases.office.read().query_one_raw(count).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_people_approved_is_done_once_and_handed_over() {
    let house = House::open().await;
    let (maker, checker) = (staff("a", Role::DataAuthority), staff("b", Role::DataAuthority));
    let operator = staff("c", Role::Operator);
    let id = house.ask(&maker, "long", None).await.unwrap();
    assert!(matches!(house.approve(&maker, id).await, Err(ApprovalError::Own)));
    assert!(matches!(house.approve(&operator, id).await, Err(ApprovalError::Denied(_))), "not this step");
    assert_eq!(house.approvals.waiting_for(&checker).await.unwrap().len(), 1);
    assert!(house.approvals.waiting_for(&operator).await.unwrap().is_empty());
    assert!(house.approvals.waiting_for(&maker).await.unwrap().is_empty());
    let first = house.approve(&checker, id).await.unwrap();
    assert_eq!(first, Decided { standing: Standing::Waiting { step: 1 }, handover: None });
    assert_eq!(house.built().await, 0);
    assert_eq!(house.approvals.waiting_for(&operator).await.unwrap().len(), 1);
    let last = house.approve(&operator, id).await.unwrap();
    assert_eq!(last.standing, Standing::Approved);
    assert_eq!(last.handover.unwrap().secret, "open sesame");
    assert!(matches!(house.approve(&operator, id).await, Err(ApprovalError::Closed)));
    assert_eq!(house.built().await, 1);
    let inspector = house.permit(&staff("i", Role::Inspector), Action::ViewAudit);
    let lines = house.audit.lines(&inspector, &Default::default(), 10).await.unwrap();
    let whats: Vec<&str> = lines.iter().map(|line| line.what.as_str()).collect();
    assert_eq!(whats, ["request_approved", "request_approved", "request_made"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_decide_a_step_once() {
    let house = House::open().await;
    let maker = staff("a", Role::DataAuthority);
    let id = house.ask(&maker, "wide", None).await.unwrap();
    house.approve(&staff("b", Role::DataAuthority), id).await.unwrap();
    let both = ["c", "d", "e", "f"].map(|who| {
        let approvals = house.approvals.clone();
        tokio::spawn(
            async move { approvals.decide(&staff(who, Role::Operator), id, Verdict::Approved, "").await },
        )
    });
    let mut approved = 0;
    for one in both {
        approved += i32::from(one.await.unwrap().is_ok());
    }
    assert_eq!((approved, house.built().await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_needs_a_reason_and_ends_it_and_only_the_maker_takes_back() {
    let house = House::open().await;
    let (maker, checker) = (staff("a", Role::DataAuthority), staff("b", Role::DataAuthority));
    let id = house.ask(&maker, "red", None).await.unwrap();
    let reject = |reason| house.approvals.decide(&checker, id, Verdict::Rejected, reason);
    assert!(matches!(reject("  ").await, Err(ApprovalError::Reason)));
    let long = "x".repeat(201);
    assert!(matches!(reject(&long).await, Err(ApprovalError::Reason)));
    assert_eq!(reject("no river here").await.unwrap().standing, Standing::Rejected);
    assert!(matches!(house.approve(&checker, id).await, Err(ApprovalError::Closed)));
    house.clock.advance(Timestamp::SECOND);
    let id = house.ask(&maker, "blue", None).await.unwrap();
    let withdraw = |who| house.approvals.decide(who, id, Verdict::Withdrawn, "");
    assert!(matches!(withdraw(&checker).await, Err(ApprovalError::NotMaker)));
    assert_eq!(withdraw(&maker).await.unwrap().standing, Standing::Withdrawn);
    let inspector = house.permit(&staff("i", Role::Inspector), Action::ViewAudit);
    let lines = house.audit.lines(&inspector, &Default::default(), 10).await.unwrap();
    assert_eq!((lines[0].what.as_str(), lines[0].actor.as_str()), ("request_withdrawn", maker.id()));
    let standings: Vec<Standing> =
        house.approvals.asked_by(&maker).await.unwrap().into_iter().map(|(_, standing)| standing).collect();
    assert_eq!(standings, [Standing::Withdrawn, Standing::Rejected]);
    assert_eq!(house.built().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_not_approved_before_its_parent() {
    let house = House::open().await;
    let (maker, checker) = (staff("a", Role::DataAuthority), staff("b", Role::DataAuthority));
    let parent = house.ask(&maker, "pier", None).await.unwrap();
    let child = house.ask(&maker, "deck", Some(parent)).await.unwrap();
    assert!(matches!(house.ask(&maker, "air", Some(Uuid::nil())).await, Err(ApprovalError::Unknown)));
    assert!(matches!(house.approve(&checker, child).await, Err(ApprovalError::ParentOpen)));
    house.approve(&checker, parent).await.unwrap();
    assert!(matches!(house.approve(&checker, child).await, Err(ApprovalError::ParentOpen)), "half approved");
    house.approve(&staff("c", Role::Operator), parent).await.unwrap();
    house.approve(&checker, child).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_decides_by_letter_within_its_period_and_never_for_two() {
    let house = House::open().await;
    let (maker, head) = (staff("a", Role::DataAuthority), staff("head", Role::DataAuthority));
    let deputy = staff("deputy", Role::Counter);
    let today = house.clock_day();
    let letter = |delegate: &str, from: CivilDate, to| NewDelegation {
        delegate: delegate.into(),
        document: "ND-7/2026".into(),
        from,
        to,
    };
    for (bad, what) in [
        (letter("head", today, today), "delegate"),
        (letter("deputy", today, today.plus_days(-1)), "period"),
        (NewDelegation { document: " ".into(), ..letter("deputy", today, today) }, "document"),
    ] {
        let refused = house.approvals.delegate(&head, &bad).await;
        assert!(matches!(refused, Err(ApprovalError::Letter { what: told }) if told == what), "{what}");
    }
    let id = house.ask(&maker, "arch", None).await.unwrap();
    let kept =
        house.approvals.delegate(&head, &letter("deputy", today.plus_days(1), today.plus_days(2))).await;
    assert!(matches!(house.approve(&deputy, id).await, Err(ApprovalError::Denied(_))), "not yet");
    house.clock.advance(Timestamp::DAY);
    house.approve(&deputy, id).await.unwrap();
    assert!(matches!(house.approve(&head, id).await, Err(ApprovalError::Denied(_))), "the second step");
    let by_letter = house.approvals.request(&maker, id).await.unwrap().0.decisions;
    assert_eq!((by_letter[0].by.as_str(), by_letter[0].stands_for.as_deref()), ("deputy", Some("head")));
    // Whoever asked cannot decide through a deputy either.
    let own = house.ask(&head, "gate", None).await.unwrap();
    assert!(matches!(house.approve(&deputy, own).await, Err(ApprovalError::Own)));
    house.approvals.end_delegation(&head, kept.unwrap()).await.unwrap();
    let other = house.ask(&maker, "vault", None).await.unwrap();
    assert!(matches!(house.approve(&deputy, other).await, Err(ApprovalError::Denied(_))), "taken back");
    let unknown = house.approvals.request(&staff("x", Role::Monitoring), other).await;
    assert!(matches!(unknown, Err(ApprovalError::Unknown)), "none of their business");
}

impl House {
    fn clock_day(&self) -> CivilDate {
        base::Clock::now(self.clock.as_ref()).jakarta_date()
    }
}
