//! Who holds a file lock. Owns reading the kernel's table of locks; never takes a lock itself, so that looking does not
//! disturb a server that is just starting.

use std::fmt;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// A process that holds a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Its number.
    pub process: u32,
    /// Its name, where the kernel tells.
    pub name: String,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} ({})", self.process, self.name)
    }
}

/// The process that holds the lock on a file or directory, as far as this machine tells.
pub fn lock_owner(path: &Path) -> Option<Owner> {
    let inode = std::fs::metadata(path).ok()?.ino();
    let table = std::fs::read_to_string("/proc/locks").ok()?;
    let process = table.lines().find_map(|line| owner_in(line, inode))?;
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    Some(Owner { process, name: name.trim().to_owned() })
}

/// `1: FLOCK  ADVISORY  WRITE 708 fd:01:4325 0 EOF`
fn owner_in(line: &str, inode: u64) -> Option<u32> {
    let mut fields = line.split_whitespace().skip(1);
    if fields.next() != Some("FLOCK") {
        return None;
    }
    let process = fields.nth(2)?.parse().ok()?;
    let found: u64 = fields.next()?.rsplit(':').next()?.parse().ok()?;
    (found == inode).then_some(process)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_kernels_table_names_the_process() {
        let line = "7: FLOCK  ADVISORY  WRITE 708 fe:01:4325 0 EOF";
        assert_eq!(owner_in(line, 4_325), Some(708));
        assert_eq!(owner_in(line, 4_326), None);
        assert_eq!(owner_in("8: POSIX  ADVISORY  WRITE 708 fe:01:4325 0 EOF", 4_325), None);
        assert_eq!(owner_in("9: -> FLOCK", 4_325), None);
    }

    #[test]
    fn whoever_locked_a_directory_is_found() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(lock_owner(dir.path()), None);
        let file = std::fs::File::open(dir.path()).unwrap();
        file.lock().unwrap();
        assert_eq!(lock_owner(dir.path()).unwrap().process, std::process::id());
    }
}
