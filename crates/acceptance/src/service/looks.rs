//! Who looked at a holder: for the holder.

use base::HolderNumber;
use platform::access::{Actor, Resource};
use platform::audit::AuditLine;
use platform::problems::Problem;

use super::{Service, failed};

impl Service {
    /// Looks of others at a holder, newest first, before a line. That the holder looks here is not a look.
    ///
    /// # Errors
    /// `access_denied`; when the table cannot be read.
    pub async fn looks_at(
        &self,
        actor: &Actor,
        number: HolderNumber,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<AuditLine>, Problem> {
        let holder = Resource::Holder(number);
        // Whoever reads who looked looks too.
        self.looking(actor, &holder, "looks_read").await?;
        self.audit.looks_at(&holder.into(), before, limit).await.map_err(failed)
    }
}
