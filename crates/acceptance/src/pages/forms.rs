//! Forms that change something: the id of what one sends.

use base::CommandId;
use platform::problems::{self, Problem};

use super::Pages;

impl Pages {
    /// Id of the command that a form would send: made with the form, so that sending it twice acts once.
    ///
    /// # Errors
    /// `internal` when the machine has no randomness.
    pub fn fresh_id(&self) -> Result<CommandId, Problem> {
        let id = CommandId::generate(self.service.clock().callers_now());
        id.map_err(|_| Problem::new(problems::INTERNAL))
    }
}
