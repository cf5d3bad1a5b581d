//! `jakone checkpoint-key`: a key pair for checkpoints. The file signs and is its owner's alone; the line that is printed goes
//! to whoever checks. Never replaces a key.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use journal::evidence::{KeyKind, read_signer, secret_line};

use crate::cli::CheckpointKeyArguments;
use crate::problem::Problem;

/// Makes the pair, keeps it and prints the public line.
///
/// # Errors
/// When the name cannot be a key's, the file exists, or it cannot be written.
pub fn run(arguments: &CheckpointKeyArguments) -> anyhow::Result<()> {
    let kind = if arguments.witness { KeyKind::Witness } else { KeyKind::Log };
    let mut secret = [0u8; 32];
    getrandom::fill(&mut secret).context("the operating system has no randomness to give")?;
    let name = &arguments.name;
    let line = secret_line(name, kind, &secret).map_err(|error| {
        Problem::new(
            "evidence_key_name_invalid",
            format!("{error}. Take the journal's address, such as jakarta-one.go.id/journal."),
            format!("{name:?} tidak dapat menjadi nama kunci: tanpa spasi dan tanda tambah. Contoh: jakarta-one.go.id/journal."),
        )
    })?;
    keep(&arguments.file, &line)?;
    println!("{}", read_signer(&line)?.key().to_line());
    eprintln!(
        "The line above checks what the key signs: publish it. Keep the file away from the server. / Baris di atas untuk memeriksa: umumkan. Simpan berkasnya jauh dari server."
    );
    Ok(())
}

fn keep(path: &Path, line: &str) -> anyhow::Result<()> {
    let shown = path.display();
    let mut file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Problem::new(
                "evidence_key_exists",
                format!(
                    "{shown} exists already, and a key that signed is never replaced. Name another file."
                ),
                format!(
                    "{shown} sudah ada; kunci yang pernah menandatangani tidak diganti. Sebutkan berkas lain."
                ),
            )
            .into());
        }
        opened => opened.with_context(|| format!("cannot make {shown}"))?,
    };
    writeln!(file, "{line}")
        .and_then(|()| file.sync_all())
        .with_context(|| format!("cannot write {shown}"))?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .with_context(|| format!("cannot flush {shown}"))
}
