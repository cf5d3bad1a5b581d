//! Stopping a medium: the most urgent command there is.

use base::{CommandId, MediumSerial};
use engine::{BlockReason, Body, Channel, SetMedium};
use platform::access::{Action, Actor, Resource};
use platform::audit::Change;
use platform::problems::{self, Problem};
use runtime::Class;

use super::{Decision, Service, busy, failed};

/// Which medium, and why.
#[derive(Clone, Debug)]
pub struct BlockInput {
    /// Id of the command.
    pub id: CommandId,
    /// Which medium.
    pub medium: MediumSerial,
    /// Why.
    pub reason: BlockReason,
}

impl Service {
    /// Blocks a medium; one that is blocked already stays so. Sent twice with the same id, the second is answered as the
    /// first.
    ///
    /// # Errors
    /// A problem when nothing was decided.
    pub async fn block(
        &self,
        actor: &Actor,
        channel: Channel,
        input: BlockInput,
    ) -> Result<Decision, Problem> {
        let serial = input.medium;
        let known = self.runtime.read(move |engine| {
            let medium = engine.state.media.get(serial)?;
            let holder = engine.state.holders.get(medium.holder)?;
            Some((medium.version, holder.number))
        });
        let known = known.await.map_err(busy)?.value;
        let whose = known.map_or(Resource::City, |(_, holder)| Resource::Holder(holder));
        let permit = self.authorize(actor, Action::ManageMedium, &whose)?;
        if let Some(row) = self.known(actor, input.id, input.medium).await? {
            return Ok(Decision::of_row(&row));
        }
        let told = Change::new(&(input.medium.0, input.reason.code()));
        self.audit.note(&permit, &whose.into(), "medium_blocked", &told).await.map_err(failed)?;
        let (version, _) = known.ok_or_else(|| Problem::new(problems::MEDIUM_UNKNOWN))?;
        let set = SetMedium { medium: input.medium, version: version + 1, reason: Some(input.reason) };
        let envelope = self.envelope(actor, channel, input.id, Body::BlockMedium(set));
        self.submit_one(Class::Block, envelope).await
    }
}
