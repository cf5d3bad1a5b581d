//! One word to every task: stop after what is under way.

use tokio::sync::watch;

/// Says stop; dropping it says so too, so a task never outlives who started it.
#[derive(Debug)]
pub struct Trigger(watch::Sender<bool>);

/// Hears it. Cheap to clone; each task holds one.
#[derive(Debug, Clone)]
pub struct Shutdown(watch::Receiver<bool>);

/// A trigger and what hears it.
#[must_use]
pub fn channel() -> (Trigger, Shutdown) {
    let (sender, receiver) = watch::channel(false);
    (Trigger(sender), Shutdown(receiver))
}

impl Trigger {
    /// Asks every task to stop.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Shutdown {
    /// Whether stopping was asked for.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits until stopping is asked for.
    pub async fn requested(&mut self) {
        // An error means that the trigger is gone, which asks the same.
        let _gone = self.0.wait_for(|stop| *stop).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn stop_is_heard_once_said_and_also_when_the_trigger_is_gone() {
        let (trigger, mut shutdown) = channel();
        assert!(!shutdown.is_requested());
        trigger.stop();
        shutdown.requested().await;
        assert!(shutdown.is_requested());
        let (trigger, mut shutdown) = channel();
        drop(trigger);
        shutdown.requested().await;
        assert!(shutdown.is_requested());
    }
}
