//! What a gateway does wrong when told to.

use std::time::Duration;

use serde::Deserialize;

/// Longest delay of an answer that can be asked for.
const DELAY_MAX: Duration = Duration::from_secs(60);

/// What goes wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// It is delivered at once, but the answer takes so long: whoever sent it does not know.
    Slow {
        /// How long.
        ms: u64,
    },
    /// It is taken, and never reaches the phone.
    Lost,
    /// It is refused for good.
    Refuse,
    /// It is not taken now; the same message may be sent again.
    Busy,
    /// It reaches the phone twice.
    Duplicate,
}

impl Fault {
    /// How long the answer waits.
    pub(super) fn delay(self) -> Duration {
        match self {
            Self::Slow { ms } => Duration::from_millis(ms).min(DELAY_MAX),
            Self::Lost | Self::Refuse | Self::Busy | Self::Duplicate => Duration::ZERO,
        }
    }
}

/// A fault for the next messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Faults {
    /// What goes wrong.
    #[serde(flatten)]
    pub fault: Fault,
    /// With how many messages; zero for none any more.
    pub times: u32,
}
