//! Which threads wait for which: whoever answers somebody goes first.

/// How much a thread gives way (`nice`): on a busy core it gets a tenth of what one that does not is given.
const GIVES_WAY: i32 = 10;

/// From here on this thread, and every thread it starts, gives way to the others of this process and machine: for what may be
/// behind for a moment, while gates may not. Where the system refuses, all share alike.
pub fn give_way() {
    // On Linux this is of the thread alone.
    let _ = rustix::process::setpriority_process(None, GIVES_WAY);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> i32 {
        rustix::process::getpriority_process(None).unwrap()
    }

    #[test]
    fn a_thread_gives_way_with_those_it_starts_and_no_other() {
        let before = own();
        let gave = std::thread::spawn(|| {
            give_way();
            (own(), std::thread::spawn(own).join().unwrap())
        });
        assert_eq!(gave.join().unwrap(), (GIVES_WAY.max(before), GIVES_WAY.max(before)));
        assert_eq!(own(), before);
    }
}
