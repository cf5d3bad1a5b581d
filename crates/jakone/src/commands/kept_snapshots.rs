//! The snapshots of a data directory, held against the states that a cold replay passes.
//!
//! Reads each of them to its last byte before the walk, so that a job beside it may replace them. Never skips a damaged
//! one: a start does, which is why somebody has to hear of it here.

use engine::{State, state_digest};
use journal::Head;
use runtime::Manifest;

use crate::data_directory::{DataDirectory, snapshot_not_on_journal};
use crate::problem::Problem;
use crate::reading::Walked;

/// Snapshots that wait for the walk to come to their entries.
pub struct KeptSnapshots {
    waiting: Vec<(Manifest, bool)>,
    directory: DataDirectory,
}

impl KeptSnapshots {
    /// Reads all of them.
    ///
    /// # Errors
    /// A [`Problem`] at the first that is damaged.
    pub fn open(directory: &DataDirectory) -> anyhow::Result<Self> {
        let mut waiting = Vec::new();
        for found in directory.snapshots().list()? {
            let path = found.path.display();
            let (manifest, _) = found.state(0).map_err(|unsound| {
                Problem::new(
                    "snapshot_damaged",
                    format!("The snapshot {path} cannot be used: {unsound}. A start skips it and takes longer. Remove it and run `jakone snapshot`."),
                    format!("Snapshot {path} tidak dapat dipakai. Saat mulai ia dilewati dan prosesnya lebih lama. Hapus, lalu jalankan `jakone snapshot`."),
                )
            })?;
            waiting.push((manifest, false));
        }
        Ok(Self { waiting, directory: directory.clone() })
    }

    /// Compares those of this entry with the state right after it.
    ///
    /// # Errors
    /// A [`Problem`] when one has seen another entry or holds another state.
    pub fn meet(&mut self, head: &Head, state: &State) -> anyhow::Result<()> {
        let seq = head.seq;
        let path = self.directory.snapshots().directory().to_path_buf();
        for (manifest, met) in self.waiting.iter_mut().filter(|(manifest, _)| manifest.head().seq == seq) {
            *met = true;
            if manifest.head() != *head {
                return Err(snapshot_not_on_journal(&self.directory, &path, seq).into());
            }
            if manifest.digest() != state_digest(state) {
                return Err(Problem::new(
                    "snapshot_differs",
                    format!("The snapshot of entry {seq} holds another state than a replay of the journal comes to. Remove it, start again from the journal, and report this."),
                    format!("Snapshot entri {seq} berbeda dari hasil putar ulang jurnal. Hapus, mulai lagi dari jurnal, lalu laporkan."),
                )
                .into());
            }
        }
        Ok(())
    }

    /// The last entries of all of them, when the walk is over.
    ///
    /// # Errors
    /// A [`Problem`] when the journal ends before one of them.
    pub fn met(&self, walked: &Walked) -> anyhow::Result<Vec<u64>> {
        let beyond = self.waiting.iter().find(|(_, met)| !met);
        if let Some((manifest, _)) = beyond.filter(|(manifest, _)| manifest.head().seq > walked.head.seq) {
            let path = self.directory.snapshots().directory().to_path_buf();
            return Err(snapshot_not_on_journal(&self.directory, &path, manifest.head().seq).into());
        }
        Ok(self.waiting.iter().map(|(manifest, _)| manifest.head().seq).collect())
    }
}
