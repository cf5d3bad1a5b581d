//! The Cedar policies: embedded, checked against their schema at start, asked once per distinct question.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::{PoisonError, RwLock};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression, Schema, ValidationMode, Validator,
};

use super::{Action, Actor, ActorKind, Resource};

/// Schema and policies as the source tree has them.
const SCHEMA: &str = include_str!("../../../../policies/schema.cedarschema");
const POLICIES: &str = concat!(
    include_str!("../../../../policies/clients.cedar"),
    include_str!("../../../../policies/console.cedar"),
    include_str!("../../../../policies/residents.cedar"),
    include_str!("../../../../policies/staff.cedar"),
    include_str!("../../../../policies/system.cedar"),
);

/// Answers kept at once. Beyond it the memory is emptied and filled anew.
const ANSWERS_MAX: usize = 16_384;

/// Why the policies cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PoliciesError {
    /// The schema cannot be read.
    #[error("the policy schema cannot be read: {0}")]
    Schema(String),
    /// The policies cannot be read.
    #[error("the policies cannot be read: {0}")]
    Syntax(String),
    /// The policies do not fit the schema.
    #[error("the policies do not fit their schema: {0}")]
    Invalid(String),
}

type Question = (Actor, Action, Resource);

/// The policies in force, with the answers given so far. Policies do not change while the process runs and see
/// nothing but the question, so an answer holds for as long as the process.
pub struct Policies {
    schema: Schema,
    policies: PolicySet,
    authorizer: Authorizer,
    answers: RwLock<HashMap<Question, bool>>,
}

impl std::fmt::Debug for Policies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Policies").field("policies", &self.policies.num_of_policies()).finish_non_exhaustive()
    }
}

impl Policies {
    /// The product's policies.
    ///
    /// # Errors
    /// [`PoliciesError`] when they cannot be read or do not fit the schema; a test keeps that from shipping.
    pub fn embedded() -> Result<Self, PoliciesError> {
        Self::parse(SCHEMA, POLICIES)
    }

    fn parse(schema: &str, policies: &str) -> Result<Self, PoliciesError> {
        let (schema, _warnings) = Schema::from_cedarschema_str(schema)
            .map_err(|error| PoliciesError::Schema(format!("{error:?}")))?;
        let policies =
            PolicySet::from_str(policies).map_err(|error| PoliciesError::Syntax(error.to_string()))?;
        let result = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        if !result.validation_passed() {
            let errors: Vec<String> = result.validation_errors().map(ToString::to_string).collect();
            return Err(PoliciesError::Invalid(errors.join("; ")));
        }
        Ok(Self { schema, policies, authorizer: Authorizer::new(), answers: RwLock::new(HashMap::new()) })
    }

    /// Whether some policy permits and none forbids. A question that does not fit the schema is answered no.
    #[must_use]
    pub fn permits(&self, actor: &Actor, action: Action, resource: &Resource) -> bool {
        let question = (actor.clone(), action, *resource);
        let known = self.answers.read().unwrap_or_else(PoisonError::into_inner).get(&question).copied();
        if let Some(answer) = known {
            return answer;
        }
        let answer = self.evaluate(actor, action, resource).unwrap_or_else(|reason| {
            tracing::debug!(reason, action = action.as_str(), "a question outside the policy schema");
            false
        });
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= ANSWERS_MAX {
            answers.clear();
        }
        answers.insert(question, answer);
        answer
    }

    fn evaluate(&self, actor: &Actor, action: Action, resource: &Resource) -> Result<bool, String> {
        let (resource_type, resource_id) = resource.entity();
        let principal = uid(actor.kind().as_str(), actor.id())?;
        let action = uid("Action", action.as_str())?;
        let resource = uid(resource_type, &resource_id)?;
        let mut facts = HashMap::from([("role".to_owned(), text(actor.role().as_str()))]);
        if let Some(agency) = actor.agency() {
            facts.insert("agency".to_owned(), text(agency.as_str()));
        }
        if matches!(actor.kind(), ActorKind::Staff | ActorKind::Client) {
            let granted = actor.granted().iter().map(|leave| text(leave.action.as_str()));
            facts.insert("granted".to_owned(), RestrictedExpression::new_set(granted));
        }
        if let (ActorKind::Client, Some(code)) = (actor.kind(), actor.agency()) {
            let whose = RestrictedExpression::new_entity_uid(uid("Organisation", code.as_str())?);
            facts.insert("organisation".to_owned(), whose);
        }
        if actor.kind() == ActorKind::Resident {
            let own = RestrictedExpression::new_entity_uid(uid("Holder", actor.id())?);
            facts.insert("holder".to_owned(), own);
        }
        let entity =
            Entity::new(principal.clone(), facts, HashSet::new()).map_err(|error| error.to_string())?;
        let entities =
            Entities::from_entities([entity], Some(&self.schema)).map_err(|error| error.to_string())?;
        let request = Request::new(principal, action, resource, Context::empty(), Some(&self.schema))
            .map_err(|error| error.to_string())?;
        let response = self.authorizer.is_authorized(&request, &self.policies, &entities);
        Ok(response.decision() == Decision::Allow)
    }
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn uid(kind: &str, id: &str) -> Result<EntityUid, String> {
    let kind = EntityTypeName::from_str(kind).map_err(|error| error.to_string())?;
    Ok(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
}

#[cfg(test)]
mod tests {
    use base::{DeviceNumber, HolderNumber, PrincipalId};

    use super::*;
    use crate::access::{Leave, Role, authorize};

    #[test]
    fn the_embedded_policies_fit_their_schema() {
        assert!(Policies::embedded().unwrap().policies.num_of_policies() > 0);
    }

    #[test]
    fn a_policy_with_a_mistyped_fact_does_not_start() {
        let wrong = r#"permit (principal is Client, action == Action::"tap", resource)
                       when { principal.rolle == "bank" };"#;
        assert!(matches!(Policies::parse(SCHEMA, wrong), Err(PoliciesError::Invalid(_))));
    }

    #[test]
    fn the_schema_names_exactly_our_actions() {
        let policies = Policies::embedded().unwrap();
        let mut named: Vec<String> =
            policies.schema.actions().map(|action| action.id().unescaped().to_owned()).collect();
        let mut ours: Vec<String> = Action::ALL.map(|action| action.as_str().to_owned()).to_vec();
        named.sort();
        ours.sort();
        assert_eq!(named, ours);
    }

    #[test]
    fn every_policy_names_its_clause() {
        let policies = Policies::embedded().unwrap();
        for policy in policies.policies.policies() {
            let clause = policy.annotation("clause").unwrap_or_default();
            assert!(clause.contains(|c: char| c.is_ascii_digit()), "{} names no clause", policy.id());
        }
    }

    fn leave() -> [Leave; 2] {
        [Action::ViewHolder, Action::ViewIndividual].map(|action| Leave { action, basis: "1".into() })
    }

    fn actors() -> Vec<(String, Actor)> {
        let client = |role| Actor::client("c", role, PrincipalId(100));
        [
            ("client terminal_operator", client(Role::TerminalOperator)),
            ("client bank", client(Role::Bank)),
            ("client merchant", client(Role::Merchant)),
            ("client operator", client(Role::Operator)),
            // A client cannot lend itself the console's or the system's rights.
            ("client console", client(Role::Console)),
            ("client system", client(Role::System)),
            ("device terminal_operator", Actor::device("7", Role::TerminalOperator, PrincipalId(100))),
            ("device bank", Actor::device("7", Role::Bank, PrincipalId(100))),
            ("console", Actor::console()),
            ("system", Actor::system()),
            ("nobody", Actor::nobody()),
            ("client operator with grants", client(Role::Operator).with_grants(leave())),
            ("client bank with grants", client(Role::Bank).with_grants(leave())),
            ("resident, of their own", Actor::resident(HolderNumber::new(1).unwrap())),
            ("resident, of another", Actor::resident(HolderNumber::new(2).unwrap())),
        ]
        .into_iter()
        .chain(Role::OF_STAFF.map(|role| (role.as_str(), Actor::staff("u", role))))
        .map(|(name, actor)| (name.to_owned(), actor))
        .chain(Role::OF_STAFF.map(|role| {
            (format!("{} with grants", role.as_str()), Actor::staff("u", role).with_grants(leave()))
        }))
        .collect()
    }

    /// The resource each action is asked about.
    fn resource(action: Action) -> Resource {
        match action {
            Action::ViewHolder | Action::ViewIndividual => Resource::Holder(HolderNumber::new(1).unwrap()),
            Action::TopUp | Action::CashOut | Action::Purchase => {
                Resource::Organisation("one".parse().unwrap())
            }
            _ => Resource::City,
        }
    }

    #[test]
    fn each_role_may_do_exactly_what_the_table_says() {
        let policies = Policies::embedded().unwrap();
        let mut table = String::new();
        for (name, actor) in actors() {
            let allowed: Vec<&str> = Action::ALL
                .into_iter()
                .filter(|action| authorize(&policies, &actor, *action, &resource(*action)).is_ok())
                .map(Action::as_str)
                .collect();
            table.push_str(&format!("{name}: {}\n", allowed.join(" ")));
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn a_resident_sees_and_blocks_what_is_their_own_and_nothing_else() {
        let policies = Policies::embedded().unwrap();
        let own = HolderNumber::new(7).unwrap();
        let resident = Actor::resident(own);
        for action in Action::ALL {
            let may = |resource| authorize(&policies, &resident, action, &resource).is_ok();
            let is_theirs =
                matches!(action, Action::ViewHolder | Action::ViewIndividual | Action::ManageMedium);
            assert_eq!(may(Resource::Holder(own)), is_theirs, "{action:?}");
            for other in [0, 6, 8, 700, HolderNumber::COUNT - 1] {
                assert!(!may(Resource::Holder(HolderNumber::new(other).unwrap())), "{action:?} of {other}");
            }
            for other in [Resource::City, Resource::Place("ragunan".parse().unwrap())] {
                assert!(!may(other), "{action:?} of {other:?}");
            }
        }
    }

    #[test]
    fn a_banks_or_merchants_program_acts_for_no_other() {
        let policies = Policies::embedded().unwrap();
        let [one, other] = ["one", "other"].map(|code| code.parse().unwrap());
        for (role, action) in
            [(Role::Bank, Action::TopUp), (Role::Bank, Action::CashOut), (Role::Merchant, Action::Purchase)]
        {
            let own = Actor::client("c", role, PrincipalId(100)).of_agency(one);
            let may = |actor: &Actor, code| {
                authorize(&policies, actor, action, &Resource::Organisation(code)).is_ok()
            };
            assert!(may(&own, one) && !may(&own, other), "{action:?}");
            let aggregator = Actor::client("c", role, PrincipalId(100));
            assert!(may(&aggregator, one) && may(&aggregator, other), "{action:?}");
        }
    }

    #[test]
    fn an_answer_is_the_same_the_second_time_and_a_permit_is_for_one_action() {
        let policies = Policies::embedded().unwrap();
        let bank = Actor::client("b", Role::Bank, PrincipalId(100));
        let holder = resource(Action::TopUp);
        for _ in 0..2 {
            let permit = authorize(&policies, &bank, Action::TopUp, &holder).unwrap();
            assert!(permit.require(Action::TopUp).is_ok() && permit.require(Action::Tap).is_err());
            assert!(authorize(&policies, &bank, Action::Tap, &Resource::Device(DeviceNumber(1))).is_err());
        }
    }
}
