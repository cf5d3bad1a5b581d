//! Panics become words. Owns the process's panic hook, so that a record which does not fit the state is told as a finding
//! and not as a back trace.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    static CAUGHT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Installs the hook.
pub fn install_hook() {
    std::panic::set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let said = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let said = said.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
        if CATCHING.get() {
            CAUGHT.set(said);
            return;
        }
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        eprintln!(
            "error[internal]: {said} ({place}). This is a fault of the program: please report it with this line."
        );
        eprintln!("  Kesalahan di dalam program. Laporkan dengan baris di atas.");
    }));
}

/// Runs something that may find its own assumptions broken, and answers what it said then.
///
/// # Errors
/// The message of the panic. What was being changed is worth nothing afterwards.
pub fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    CATCHING.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(run));
    CATCHING.set(false);
    outcome.map_err(|_| CAUGHT.take())
}
