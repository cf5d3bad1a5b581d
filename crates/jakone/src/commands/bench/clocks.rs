//! What a measurement reads of the machine: processor time, and memory that is really there. Decides nothing.

use std::time::Duration;

/// Processor time of this process, all threads together.
pub fn processor_time() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(spent).unwrap_or_default()
}

/// Processor time of the calling thread.
pub fn own_processor_time() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(spent).unwrap_or_default()
}

/// Processor time of the threads of that name; zero where the kernel does not tell.
pub fn thread_time(name: &str) -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let spent = threads.filter_map(|thread| {
        let dir = thread.path();
        let named = std::fs::read_to_string(dir.join("comm")).ok()?;
        let spent = std::fs::read_to_string(dir.join("schedstat")).ok()?;
        let nanoseconds: u64 = spent.split_whitespace().next()?.parse().ok()?;
        (named.trim() == name).then_some(nanoseconds)
    });
    Duration::from_nanos(spent.sum())
}

/// Memory of this process that is really there, in bytes; 0 where the kernel does not tell.
pub fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes: u64 = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    kilobytes << 10
}
