//! `demo.json`: what the demonstration needs to go on, and the keys with which anybody on this machine may try the API.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context as _;
use base::CivilDate;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::small_file::write_small;

const FILE: &str = "demo.json";

/// The demonstration of a data directory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Demo {
    /// What the city was drawn from.
    pub seed: u64,
    /// How many people.
    pub residents: usize,
    /// First day of the history.
    pub from: CivilDate,
    /// Whether the history is complete.
    pub finished: bool,
    /// API clients, by role.
    pub clients: Vec<DemoClient>,
    /// Terminals with the keys they sign with.
    pub terminals: Vec<DemoTerminal>,
    /// People at work who may sign in.
    #[serde(default)]
    pub users: Vec<DemoUser>,
}

/// Somebody at work in the demonstration, with what they sign in with. Protects nothing real.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoUser {
    /// Sign-in name.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// In what capacity.
    pub role: String,
    /// Password.
    pub password: String,
    /// What their authenticator knows, hex.
    pub code_secret: String,
}

/// A terminal of the demonstration with its key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoTerminal {
    /// Its number.
    pub number: u32,
    /// Where it stands.
    pub place: String,
    /// Ed25519 secret key, hex. Protects nothing real.
    pub secret_key: String,
}

/// A client of the demonstration with its token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoClient {
    /// What it may do.
    pub role: String,
    /// Under which its commands reach the engine.
    pub principal: u32,
    /// Bearer token.
    pub token: String,
}

impl Demo {
    /// A demonstration that has just begun.
    pub const fn begin(seed: u64, residents: usize, from: CivilDate) -> Self {
        Self {
            seed,
            residents,
            from,
            finished: false,
            clients: Vec::new(),
            terminals: Vec::new(),
            users: Vec::new(),
        }
    }

    /// What is kept in a directory, if a demonstration was ever begun there.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn read(root: &Path) -> anyhow::Result<Option<Self>> {
        let path = root.join(FILE);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        serde_json::from_str(&text).map(Some).map_err(|error| {
            let path = path.display();
            Problem::new(
                "demo_file_damaged",
                format!("{path} is not a demonstration's file ({error}). Delete the data directory and start again."),
                format!("{path} bukan berkas demo ({error}). Hapus direktori data, lalu mulai lagi."),
            )
            .into()
        })
    }

    /// Keeps it, for its owner's eyes alone.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, root: &Path) -> anyhow::Result<()> {
        let path = root.join(FILE);
        write_small(&path, &serde_json::to_string_pretty(self)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// The client of a role.
    pub fn client(&self, role: &str) -> Option<&DemoClient> {
        self.clients.iter().find(|client| client.role == role)
    }
}
