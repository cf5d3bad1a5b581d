//! What every page knows: language, navigation, who is looking; and how a template becomes an answer.

use std::convert::Infallible;
use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fluent_bundle::FluentValue;

use super::assets;
use super::mark::{Html, Icon, Outcome};
use super::samples::Samples;
use crate::access::{Action, Actor, ActorKind, Policies, Resource, Role};
use crate::i18n::{Format, LANGUAGE_PARAMETER, Language, Texts};
use crate::problems::{ACCESS_DENIED, Problem, SIGN_IN_NEEDED};

/// An entry of the main navigation.
#[derive(Debug, Clone, Copy)]
pub struct NavigationItem {
    /// Address of the page.
    pub href: &'static str,
    /// Key of its name.
    pub key: &'static str,
    /// What whoever goes there must be permitted to do; none for everybody.
    pub action: Option<Action>,
}

/// An entry of the main navigation, ready for the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavigationLink {
    /// Address of the page.
    pub href: &'static str,
    /// Its name in the reader's language.
    pub label: String,
    /// Whether the reader is there.
    pub current: bool,
}

/// What the portal's pages share: made once at start.
#[derive(Debug)]
pub struct Portal {
    /// Every text of the product.
    pub texts: Arc<Texts>,
    /// The main navigation, in order.
    pub navigation: Vec<NavigationItem>,
    /// What is looked up rather than worked with, in order: in the foot of every staff page.
    pub foot: Vec<NavigationItem>,
    /// What decides who may go where.
    pub policies: Arc<Policies>,
    /// Where one signs in, if one can.
    pub account: Option<NavigationItem>,
    /// Who looks at the portal without having signed in.
    pub actor: Actor,
    /// Whom a demonstration suggests to sign in as; elsewhere none.
    pub samples: Option<Samples>,
}

impl Portal {
    /// A portal that leads nowhere yet.
    #[must_use]
    pub const fn bare(texts: Arc<Texts>, policies: Arc<Policies>, actor: Actor) -> Self {
        Self {
            texts,
            navigation: Vec::new(),
            foot: Vec::new(),
            policies,
            account: None,
            actor,
            samples: None,
        }
    }
}

/// Somebody who signed in, as the request's extensions carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// In what capacity they act.
    pub actor: Actor,
    /// What they are called.
    pub name: Arc<str>,
}

/// What the shell and every template ask for. An axum extractor: a page handler takes it as argument.
#[derive(Debug, Clone)]
pub struct PageContext {
    /// The reader's language.
    pub language: Language,
    portal: Arc<Portal>,
    path: String,
    query: String,
    current: &'static str,
    for_residents: bool,
    visitor: Option<Visitor>,
}

impl PageContext {
    /// The context of a request for this path and query.
    #[must_use]
    pub fn new(portal: Arc<Portal>, language: Language, path: &str, query: &str) -> Self {
        Self {
            language,
            portal,
            path: path.into(),
            query: query.into(),
            current: "",
            for_residents: false,
            visitor: None,
        }
    }

    /// The same, seen by somebody who signed in.
    #[must_use]
    pub fn seen_by(mut self, visitor: Option<Visitor>) -> Self {
        self.visitor = visitor;
        self
    }

    /// Whoever signed in.
    #[must_use]
    pub const fn visitor(&self) -> Option<&Visitor> {
        self.visitor.as_ref()
    }

    /// Whoever signed in at work, as an actor.
    ///
    /// # Errors
    /// `sign_in_needed` when nobody did; `access_denied` for a resident.
    pub fn signed_in(&self) -> Result<Actor, Problem> {
        let visitor = self.visitor.as_ref().ok_or_else(|| Problem::new(SIGN_IN_NEEDED))?;
        if visitor.actor.kind() != ActorKind::Staff {
            return Err(Problem::new(ACCESS_DENIED));
        }
        Ok(visitor.actor.clone())
    }

    /// Where one signs in or out.
    #[must_use]
    pub fn account(&self) -> Option<NavigationLink> {
        let item = self.portal.account?;
        let label =
            self.visitor.as_ref().map_or_else(|| self.t(item.key), |visitor| visitor.name.to_string());
        Some(NavigationLink { href: item.href, label, current: item.href == self.current })
    }

    /// Marks the navigation entry the page belongs to, by its address.
    #[must_use]
    pub const fn at(mut self, href: &'static str) -> Self {
        self.current = href;
        self
    }

    /// Makes it a page for residents: large type, one column, no staff navigation.
    #[must_use]
    pub const fn for_residents(mut self) -> Self {
        self.for_residents = true;
        self
    }

    /// Whether the page is one for residents.
    #[must_use]
    pub const fn is_for_residents(&self) -> bool {
        self.for_residents
    }

    /// Whether whoever looks is a resident who signed in.
    #[must_use]
    pub fn is_seen_by_resident(&self) -> bool {
        self.actor().kind() == ActorKind::Resident
    }

    /// Whether the frame leads to the pages of those at work.
    #[must_use]
    pub fn leads_to_staff_pages(&self) -> bool {
        !self.for_residents && !self.is_seen_by_resident()
    }

    /// Where the mark leads: to what the reader begins with.
    #[must_use]
    pub fn home(&self) -> String {
        if !self.is_seen_by_resident() {
            return if self.visitor.is_some() { "/home" } else { "/" }.to_owned();
        }
        format!("/phone/{}?{LANGUAGE_PARAMETER}={}", self.actor().id(), self.language.tag())
    }

    /// Who looks.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        self.visitor.as_ref().map_or(&self.portal.actor, |visitor| &visitor.actor)
    }

    /// Whether whoever looks may do something to the city as a whole: what a page offers.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        self.policies().permits(self.actor(), action, &Resource::City)
    }

    /// Whom a demonstration suggests to sign in as for an action, by sign-in name; elsewhere nobody.
    pub async fn samples_for(&self, action: Action) -> String {
        match &self.portal.samples {
            Some(samples) => samples.who_may(self.policies(), action).await.join(", "),
            None => String::new(),
        }
    }

    /// Where one signs in and comes back from to an address of this portal.
    #[must_use]
    pub fn sign_in_for(&self, address: &str) -> Option<String> {
        let pairs = [(LANGUAGE_PARAMETER, self.language.tag()), ("kembali", address)];
        Some(format!("{}?{}", self.portal.account?.href, serde_urlencoded::to_string(pairs).ok()?))
    }

    /// What decides who may do what.
    #[must_use]
    pub fn policies(&self) -> &Policies {
        &self.portal.policies
    }

    /// Every text of the product.
    #[must_use]
    pub fn texts(&self) -> &Texts {
        &self.portal.texts
    }

    /// The text of a key.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.portal.texts.get(self.language, key)
    }

    /// The text of a key with one variable.
    #[must_use]
    pub fn t1(&self, key: &str, name: &str, value: impl ToString) -> String {
        self.t_with(key, &[(name, FluentValue::from(value.to_string()))])
    }

    /// The text of a key with two variables.
    #[must_use]
    pub fn t2(&self, key: &str, a: &str, a_value: impl ToString, b: &str, b_value: impl ToString) -> String {
        let values = [(a, a_value.to_string().into()), (b, b_value.to_string().into())];
        self.t_with(key, &values)
    }

    /// The text of a key with any variables.
    #[must_use]
    pub fn t_with(&self, key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        self.portal.texts.with(self.language, key, values)
    }

    /// Numbers and dates in the reader's language.
    #[must_use]
    pub const fn format(&self) -> Format {
        Format(self.language)
    }

    /// The badge of an outcome.
    #[must_use]
    pub fn badge(&self, outcome: Outcome) -> Html {
        outcome.badge(self.language)
    }

    /// A shape.
    #[must_use]
    pub fn icon(&self, icon: Icon) -> Html {
        icon.svg()
    }

    /// The key of outcome colours: shape and word of each.
    #[must_use]
    pub fn outcome_key(&self) -> Html {
        let part = |outcome: Outcome| {
            let word = super::mark::escape(&outcome.word(self.language));
            format!("<span>{}{word}</span>", outcome.icon().key_svg(outcome))
        };
        Html::of_escaped(Outcome::ALL.map(part).concat())
    }

    /// The main navigation.
    #[must_use]
    pub fn navigation(&self) -> Vec<NavigationLink> {
        self.links(&self.portal.navigation)
    }

    /// What stands in the foot of the page.
    #[must_use]
    pub fn foot(&self) -> Vec<NavigationLink> {
        self.links(&self.portal.foot)
    }

    fn links(&self, items: &[NavigationItem]) -> Vec<NavigationLink> {
        let link = |item: &NavigationItem| NavigationLink {
            href: item.href,
            label: self.t(item.key),
            current: item.href == self.current,
        };
        let may = |item: &&NavigationItem| {
            item.action
                .is_none_or(|action| self.portal.policies.permits(self.actor(), action, &Resource::City))
        };
        items.iter().filter(may).map(link).collect()
    }

    /// What kind of somebody looks.
    #[must_use]
    pub fn actor_name(&self) -> String {
        let actor = self.actor();
        if actor.kind() == ActorKind::Staff && actor.role() != Role::Console {
            return self.t("platform-actor-officer");
        }
        self.t(&format!("platform-actor-{}", actor.kind().as_str().to_ascii_lowercase()))
    }

    /// In what capacity they look.
    #[must_use]
    pub fn actor_role(&self) -> String {
        self.t(&format!("platform-role-{}", self.actor().role().as_str()))
    }

    /// The same page in the other language, with every other part of its address kept.
    #[must_use]
    pub fn other_language_href(&self) -> String {
        let other = self.language.other().tag();
        let parameter = format!("{LANGUAGE_PARAMETER}=");
        let kept = self.query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with(&parameter));
        let chosen = format!("{parameter}{other}");
        let query: Vec<&str> = kept.chain(std::iter::once(chosen.as_str())).collect();
        format!("{}?{}", self.path, query.join("&"))
    }

    /// The other language.
    #[must_use]
    pub const fn other_language(&self) -> Language {
        self.language.other()
    }

    /// The versioned address of a static file; empty when the build did not find it.
    #[must_use]
    pub fn asset(&self, path: &str) -> String {
        assets::address(path).unwrap_or_default()
    }
}

impl<S> FromRequestParts<S> for PageContext
where
    S: Send + Sync,
    Arc<Portal>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let language = Language::of_request(parts);
        let query = parts.uri.query().unwrap_or_default();
        let visitor = parts.extensions.get::<Visitor>().cloned();
        Ok(Self::new(Arc::from_ref(state), language, parts.uri.path(), query).seen_by(visitor))
    }
}

/// A template as an answer; an error of rendering is an internal problem.
pub fn render(template: &impl Template) -> Response {
    render_as(StatusCode::OK, template)
}

/// A template as an answer of another status.
pub fn render_as(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(page) => {
            let kind = HeaderValue::from_static("text/html; charset=utf-8");
            (status, [(header::CONTENT_TYPE, kind)], page).into_response()
        }
        Err(error) => Problem::internal(&error).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str, query: &str) -> PageContext {
        let portal = Portal {
            texts: Arc::new(Texts::load(&[]).unwrap()),
            navigation: vec![NavigationItem {
                href: "/problems",
                key: "platform-problems-title",
                action: None,
            }],
            foot: Vec::new(),
            policies: Arc::new(Policies::embedded().unwrap()),
            account: None,
            actor: Actor::console(),
            samples: None,
        };
        PageContext::new(Arc::new(portal), Language::Indonesian, path, query).at("/problems")
    }

    #[test]
    fn the_language_switch_keeps_the_page_and_its_question() {
        assert_eq!(page("/live", "").other_language_href(), "/live?bahasa=en");
        assert_eq!(
            page("/live", "bahasa=id&p=1&q=a%26b").other_language_href(),
            "/live?p=1&q=a%26b&bahasa=en"
        );
    }

    #[test]
    fn every_kind_of_actor_and_every_role_has_a_name() {
        let kinds =
            ["client", "device", "staff", "resident", "system"].map(|kind| format!("platform-actor-{kind}"));
        let roles = crate::access::Role::ALL.map(|role| format!("platform-role-{}", role.as_str()));
        for key in kinds.iter().chain(&roles) {
            assert!(Texts::platform().has(Language::Indonesian, key), "{key}");
        }
    }

    #[test]
    fn residents_who_signed_in_are_led_to_their_own_page_and_to_none_of_the_staff() {
        let number = base::HolderNumber::new(7).unwrap();
        let seen = |actor| {
            let visitor = Visitor { actor, name: "x".into() };
            page("/holders", "").seen_by(Some(visitor))
        };
        let resident = seen(Actor::resident(number));
        assert_eq!(resident.home(), format!("/phone/{number}?bahasa=id"));
        assert!(resident.is_seen_by_resident() && !resident.leads_to_staff_pages());
        let staff = seen(Actor::staff("u", crate::access::Role::Operator));
        assert_eq!(staff.home(), "/home");
        assert!(staff.leads_to_staff_pages() && !staff.for_residents().leads_to_staff_pages());
    }

    #[test]
    fn the_navigation_marks_where_the_reader_is() {
        let links = page("/problems", "").navigation();
        assert_eq!(links, [NavigationLink { href: "/problems", label: "Kode galat".into(), current: true }]);
    }
}
