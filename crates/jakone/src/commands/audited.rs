//! Does the office's audit still say what the journal holds of it, and do the rows it told of still stand as they were written?

use engine::{Attested, Body};
use platform::audit::{Checked, Kept};
use platform::database::{DatabaseError, Transaction, View};

use crate::data_directory::DataDirectory;
use crate::problem::Problem;

/// Holds the audit of a data directory against what was laid down in the journal up to an entry. Answers how many lines agree.
/// To be called after the journal was read: lines that were handed over since are then in the table already.
///
/// # Errors
/// The first line that was changed, is missing or was added; when the office cannot be read.
pub fn check(directory: &DataDirectory, entry: u64, attested: &Attested) -> anyhow::Result<u64> {
    let tasks = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let checked = tasks.block_on(async {
        let Some(view) = View::of_office(directory.place()).await? else { return Ok(None) };
        let checked = Checked::check(view.connection(), entry, digests_of).await?;
        // The tables of one release are made together.
        let has_rows = view.has_table("governance_grant_change").await?;
        let kept = if has_rows { check_rows(view.connection()).await? } else { Kept::Agree };
        Ok::<_, DatabaseError>(Some((checked, kept)))
    })?;
    let Some((checked, kept)) = checked else {
        return if attested.lines == 0 { Ok(0) } else { Err(missing(1).into()) };
    };
    if let Some(number) = checked.missing {
        return Err(missing(number.unsigned_abs()).into());
    }
    if let Some(number) = checked.changed {
        return Err(changed(number).into());
    }
    if let Some(number) = checked.misplaced {
        return Err(changed(number).into());
    }
    if let Some(number) = checked.keyless {
        return Err(keyless(number).into());
    }
    let numbered = checked.digests.len() as u64;
    if numbered < attested.lines {
        return Err(missing(numbered + 1).into());
    }
    if checked.refused > 0 || numbered > attested.lines + checked.waiting {
        return Err(added(attested.lines + 1).into());
    }
    let lines = usize::try_from(attested.lines).unwrap_or(usize::MAX);
    let laid_down = Attested::default().after(checked.digests.iter().take(lines));
    if laid_down != *attested {
        return Err(changed(0).into());
    }
    match kept {
        Kept::Agree => Ok(attested.lines),
        Kept::Changed(row) => Err(row_changed(&row).into()),
        Kept::Missing(line) => Err(row_missing(line).into()),
    }
}

/// Holds requests, decisions, grants and their changes against the lines that told of them.
async fn check_rows(office: &Transaction) -> Result<Kept, DatabaseError> {
    let mut rows = platform::approvals::kept_rows(office).await?;
    rows.extend(governance::service::kept_rows(office).await?);
    let whats = [&platform::approvals::TELLING[..], &governance::service::TELLING].concat();
    Kept::check(office, &rows, &whats).await
}

/// How many digests a message to the engine lays down.
fn digests_of(body: &[u8]) -> u64 {
    match minicbor::decode(body) {
        Ok(Body::Attest(attest)) => attest.digests.len() as u64,
        _ => 0,
    }
}

fn row_changed(row: &str) -> Problem {
    Problem::new(
        "office_row_changed",
        format!(
            "No line of the audit told of the row {row} as it stands there: somebody changed or added it in the office's database. Keep the database and report this."
        ),
        format!(
            "Tidak ada baris jejak audit tentang baris {row} seperti adanya sekarang: ada yang mengubah atau menambahkannya di basis data kantor. Simpan basis data itu, lalu laporkan."
        ),
    )
}

fn row_missing(line: i64) -> Problem {
    Problem::new(
        "office_row_missing",
        format!(
            "The audit told of a request, decision or grant (platform_audit, sequence {line}) that is gone from the office's database. Put the database back from a copy that has it, and report this."
        ),
        format!(
            "Jejak audit mencatat permintaan, keputusan, atau izin (platform_audit, sequence {line}) yang hilang dari basis data kantor. Pulihkan dari salinan, lalu laporkan."
        ),
    )
}

fn keyless(number: i64) -> Problem {
    Problem::new(
        "audit_key_missing",
        format!(
            "Line {number} of the audit cannot be checked: the key of whom it is about is gone from the office's database, and nobody was erased. Put the database back from a copy that has it, and report this."
        ),
        format!(
            "Baris {number} jejak audit tidak dapat diperiksa: kunci orangnya hilang dari basis data kantor padahal tidak ada yang dihapus. Pulihkan dari salinan, lalu laporkan."
        ),
    )
}

fn added(number: u64) -> Problem {
    Problem::new(
        "audit_line_added",
        format!(
            "Line {number} of the audit and what follows is not in the journal and will not be: somebody numbered lines by hand. Keep the database and report this."
        ),
        format!(
            "Baris {number} jejak audit dan seterusnya tidak ada di jurnal dan tidak akan masuk: ada yang memberi nomor sendiri. Simpan basis data itu, lalu laporkan."
        ),
    )
}

fn missing(number: u64) -> Problem {
    Problem::new(
        "audit_line_missing",
        format!(
            "Line {number} of the audit is in the journal, but not in the office's database. Put the database back from a copy that has it, and report this."
        ),
        format!(
            "Baris {number} jejak audit ada di jurnal tetapi tidak ada di basis data kantor. Pulihkan dari salinan, lalu laporkan."
        ),
    )
}

fn changed(number: i64) -> Problem {
    let which = if number == 0 { "A line".to_owned() } else { format!("Line {number}") };
    let baris = if number == 0 { "Sebuah baris".to_owned() } else { format!("Baris {number}") };
    Problem::new(
        "audit_line_changed",
        format!(
            "{which} of the audit is not what was laid down in the journal: somebody changed the office's database. Keep the database and report this."
        ),
        format!(
            "{baris} jejak audit berbeda dari yang tercatat di jurnal: ada yang mengubah basis data kantor. Simpan basis data itu, lalu laporkan."
        ),
    )
}
