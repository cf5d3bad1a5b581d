//! Legal holds: documents that order movement of a period to be kept, whatever its age. Owns `DIR/holds.json`. A hold that was
//! lifted stays in it.

use std::path::PathBuf;

use anyhow::Context as _;
use base::{CivilDate, Clock as _};
use serde::{Deserialize, Serialize};

use crate::data_directory::DataDirectory;
use crate::evidence::read_if_there;
use crate::problem::Problem;
use crate::small_file::write_small;

/// An order to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// Number of the document.
    pub document: String,
    /// First day.
    pub from: CivilDate,
    /// Last day.
    pub to: CivilDate,
    /// Who ordered it, and who put it here.
    pub by: String,
    /// When it was put here.
    pub at: String,
    /// How it ended.
    pub lifted: Option<Lifted>,
}

/// The end of a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifted {
    /// Who ended it, and by which document.
    pub by: String,
    /// When.
    pub at: String,
}

/// All holds of a city, in the order in which they came.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holds {
    holds: Vec<Hold>,
}

impl Holds {
    /// Reads them; none when there is no file.
    ///
    /// # Errors
    /// A [`Problem`] when the file holds something else: then nothing may be forgotten.
    pub fn read(directory: &DataDirectory) -> anyhow::Result<Self> {
        let path = file(directory);
        let Some(text) = read_if_there(&path)? else { return Ok(Self::default()) };
        let holds = serde_json::from_str(&text).map_err(|error| {
            let path = path.display();
            Problem::new(
                "holds_damaged",
                format!("{path} is no list of holds ({error}). Put it back from a copy; until then nothing is forgotten."),
                format!("{path} bukan daftar penahanan ({error}). Pulihkan dari salinan; sampai itu tidak ada yang dilupakan."),
            )
        })?;
        Ok(holds)
    }

    /// All of them.
    pub fn all(&self) -> &[Hold] {
        &self.holds
    }

    /// Those in force that keep a day before this one.
    pub fn over(&self, before: CivilDate) -> impl Iterator<Item = &Hold> {
        self.holds.iter().filter(move |hold| hold.lifted.is_none() && hold.from < before)
    }

    /// Adds a hold and keeps it.
    ///
    /// # Errors
    /// A [`Problem`] when the document has one in force, the period ends before it begins, or the text is empty.
    pub fn add(
        directory: &DataDirectory,
        document: &str,
        days: (CivilDate, CivilDate),
        by: &str,
    ) -> anyhow::Result<()> {
        let mut holds = Self::read(directory)?;
        let ((from, to), document, by) = (days, document.trim(), by.trim());
        if to < from || document.is_empty() || by.is_empty() {
            return Err(Problem::new(
                "hold_invalid",
                "A hold names a document, who ordered it, and a period that does not end before it begins.",
                "Penahanan menyebut dokumen, siapa yang memerintahkan, dan masa yang tidak berakhir sebelum mulai.",
            )
            .into());
        }
        if holds.in_force(document).is_some() {
            return Err(Problem::new(
                "hold_exists",
                format!("{document} has a hold in force already. Lift it first, or name the document of the extension."),
                format!("{document} sudah punya penahanan yang berlaku. Akhiri dahulu, atau sebutkan dokumen perpanjangannya."),
            )
            .into());
        }
        let at = directory.clock()?.now().rfc3339();
        holds.holds.push(Hold {
            document: document.to_owned(),
            from,
            to,
            by: by.to_owned(),
            at,
            lifted: None,
        });
        holds.keep(directory)
    }

    /// Ends the hold of a document.
    ///
    /// # Errors
    /// A [`Problem`] when it has none in force.
    pub fn lift(directory: &DataDirectory, document: &str, by: &str) -> anyhow::Result<()> {
        let mut holds = Self::read(directory)?;
        let at = directory.clock()?.now().rfc3339();
        let hold = holds.in_force(document.trim()).ok_or_else(|| {
            Problem::new(
                "hold_unknown",
                format!("{document} has no hold in force. `jakone hold list` shows all."),
                format!("{document} tidak punya penahanan yang berlaku. Lihat `jakone hold list`."),
            )
        })?;
        hold.lifted = Some(Lifted { by: by.to_owned(), at });
        holds.keep(directory)
    }

    fn in_force(&mut self, document: &str) -> Option<&mut Hold> {
        self.holds.iter_mut().find(|hold| hold.document == document && hold.lifted.is_none())
    }

    fn keep(&self, directory: &DataDirectory) -> anyhow::Result<()> {
        let path = file(directory);
        let text = serde_json::to_string_pretty(self)?;
        write_small(&path, &text).with_context(|| format!("cannot write {}", path.display()))
    }
}

fn file(directory: &DataDirectory) -> PathBuf {
    directory.root().join("holds.json")
}
