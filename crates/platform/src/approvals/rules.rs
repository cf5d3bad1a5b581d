//! How a request stands and who may decide it: from the rows alone, without a database.

use base::Timestamp;
use uuid::Uuid;

use super::ApprovalError;
use super::entities::{decision, request};

/// What somebody says of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Approved,
    /// No, with the reason.
    Rejected,
    /// Whoever asked takes it back.
    Withdrawn,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 3] = [Self::Approved, Self::Rejected, Self::Withdrawn];

    /// Its name in tables and forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Its name in the audit.
    pub(super) const fn audited(self) -> &'static str {
        match self {
            Self::Approved => "request_approved",
            Self::Rejected => "request_rejected",
            Self::Withdrawn => "request_withdrawn",
        }
    }

    /// The verdict of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == name)
    }
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Of which step, from 0.
    pub step: usize,
    /// What.
    pub verdict: Verdict,
    /// By whom.
    pub by: String,
    /// In whose place, by letter.
    pub stands_for: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Something asked for, with what was decided of it so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Its id.
    pub id: Uuid,
    /// What kind of thing.
    pub matter: String,
    /// Whom or what it is about.
    pub subject: String,
    /// What is asked for, as its matter wrote it.
    pub body: serde_json::Value,
    /// What must be approved before.
    pub parent: Option<Uuid>,
    /// Who asked.
    pub maker: String,
    /// When.
    pub made_at: Timestamp,
    /// Decisions, oldest first.
    pub decisions: Vec<Decision>,
}

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It waits for the decision of a step, from 0.
    Waiting {
        /// Which.
        step: usize,
    },
    /// Every step was approved and it was done.
    Approved,
    /// Somebody said no.
    Rejected,
    /// Whoever asked took it back.
    Withdrawn,
}

impl Standing {
    /// Its name in texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Request {
    pub(super) fn read(row: request::Model, decisions: Vec<decision::Model>) -> Self {
        let decision = |row: decision::Model| {
            Some(Decision {
                step: usize::try_from(row.step).ok()?,
                verdict: Verdict::parse(&row.verdict)?,
                by: row.decided_by,
                stands_for: row.stands_for,
                reason: row.reason,
                at: Timestamp(row.decided_at),
            })
        };
        Self {
            id: row.id,
            matter: row.matter,
            subject: row.subject,
            body: serde_json::from_str(&row.body).unwrap_or_default(),
            parent: row.parent,
            maker: row.maker,
            made_at: Timestamp(row.made_at),
            decisions: decisions.into_iter().filter_map(decision).collect(),
        }
    }

    /// How it stands, if its matter has so many steps.
    #[must_use]
    pub fn standing(&self, steps: usize) -> Standing {
        match self.decisions.last() {
            None => Standing::Waiting { step: 0 },
            Some(Decision { verdict: Verdict::Rejected, .. }) => Standing::Rejected,
            Some(Decision { verdict: Verdict::Withdrawn, .. }) => Standing::Withdrawn,
            Some(last) if last.step + 1 >= steps => Standing::Approved,
            Some(last) => Standing::Waiting { step: last.step + 1 },
        }
    }

    /// Since when it stands as it does.
    #[must_use]
    pub const fn since(&self) -> Timestamp {
        match self.decisions.as_slice() {
            [.., last] => last.at,
            [] => self.made_at,
        }
    }

    /// A text of the body; empty where there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.body.get(name).and_then(serde_json::Value::as_str).unwrap_or_default()
    }
}

/// The step that a verdict is about.
pub(super) fn next_step(
    request: &Request,
    verdict: Verdict,
    by: &str,
    steps: usize,
) -> Result<usize, ApprovalError> {
    let Standing::Waiting { step } = request.standing(steps) else { return Err(ApprovalError::Closed) };
    if verdict == Verdict::Withdrawn && request.maker != by {
        return Err(ApprovalError::NotMaker);
    }
    Ok(step)
}

/// Whoever asked does not decide, and nobody decides two steps, in whichever name.
pub(super) fn may_decide(request: &Request, who: &str) -> Result<(), ApprovalError> {
    if request.maker == who {
        return Err(ApprovalError::Own);
    }
    let decided = |one: &Decision| one.by == who || one.stands_for.as_deref() == Some(who);
    if request.decisions.iter().any(decided) { Err(ApprovalError::Repeated) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(decisions: &[(usize, Verdict, &str, Option<&str>)]) -> Request {
        let decision = |(step, verdict, by, stands_for): &(usize, Verdict, &str, Option<&str>)| Decision {
            step: *step,
            verdict: *verdict,
            by: (*by).into(),
            stands_for: stands_for.map(str::to_owned),
            reason: None,
            at: Timestamp(0),
        };
        Request {
            id: Uuid::nil(),
            matter: "grant".into(),
            subject: "city/jakarta".into(),
            body: serde_json::Value::Null,
            parent: None,
            maker: "maker".into(),
            made_at: Timestamp(0),
            decisions: decisions.iter().map(decision).collect(),
        }
    }

    #[test]
    fn a_request_stands_as_its_decisions_say() {
        use Verdict::{Approved, Rejected, Withdrawn};
        for (decisions, steps, standing) in [
            (&[][..], 1, Standing::Waiting { step: 0 }),
            (&[(0, Approved, "a", None)], 1, Standing::Approved),
            (&[(0, Approved, "a", None)], 2, Standing::Waiting { step: 1 }),
            (&[(0, Approved, "a", None), (1, Approved, "b", None)], 2, Standing::Approved),
            (&[(0, Approved, "a", None), (1, Rejected, "b", None)], 2, Standing::Rejected),
            (&[(0, Withdrawn, "maker", None)], 2, Standing::Withdrawn),
        ] {
            assert_eq!(request(decisions).standing(steps), standing, "{decisions:?}");
        }
    }

    #[test]
    fn the_maker_does_not_check_and_nobody_decides_twice_in_whichever_name() {
        let by_letter = request(&[(0, Verdict::Approved, "deputy", Some("head"))]);
        for (who, expected) in [
            ("maker", Err(ApprovalError::Own)),
            ("deputy", Err(ApprovalError::Repeated)),
            ("head", Err(ApprovalError::Repeated)),
            ("another", Ok(())),
        ] {
            assert_eq!(format!("{:?}", may_decide(&by_letter, who)), format!("{expected:?}"), "{who}");
        }
    }

    #[test]
    fn what_is_closed_stays_closed_and_only_the_maker_takes_back() {
        let open = request(&[]);
        assert!(matches!(next_step(&open, Verdict::Withdrawn, "maker", 1), Ok(0)));
        assert!(matches!(next_step(&open, Verdict::Withdrawn, "other", 1), Err(ApprovalError::NotMaker)));
        let closed = request(&[(0, Verdict::Rejected, "a", None)]);
        for verdict in Verdict::ALL {
            assert!(matches!(next_step(&closed, verdict, "maker", 1), Err(ApprovalError::Closed)));
        }
    }
}
