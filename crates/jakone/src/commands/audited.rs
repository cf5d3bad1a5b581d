//! Does the office's audit still say what the journal holds of it?

use engine::Attested;
use platform::audit::Checked;
use platform::database::View;

use crate::data_directory::DataDirectory;
use crate::problem::Problem;

/// Holds the audit of a data directory against what was laid down in the journal. Answers how many lines agree. To be called
/// after the journal was read: lines that were handed over since are then in the table already.
///
/// # Errors
/// The first line that was changed or is missing; when the office cannot be read.
pub fn check(directory: &DataDirectory, attested: &Attested) -> anyhow::Result<u64> {
    if attested.lines == 0 {
        return Ok(0);
    }
    let tasks = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let checked = tasks.block_on(async {
        let Some(view) = View::of_office(directory.root()).await? else { return Ok(None) };
        Checked::check(view.connection()).await.map(Some)
    })?;
    let lines = usize::try_from(attested.lines).unwrap_or(usize::MAX);
    let Some(checked) = checked.filter(|checked| checked.digests.len() >= lines) else {
        return Err(missing(attested.lines).into());
    };
    if let Some(number) = checked.missing {
        return Err(missing(u64::try_from(number).unwrap_or_default()).into());
    }
    if let Some(number) = checked.changed {
        return Err(changed(number).into());
    }
    let laid_down = Attested::default().after(checked.digests.iter().take(lines));
    if laid_down != *attested {
        return Err(changed(0).into());
    }
    Ok(attested.lines)
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
    Problem::new(
        "audit_line_changed",
        format!("{which} of the audit is not what was laid down in the journal: somebody changed the office's database. Keep the database and report this."),
        "Jejak audit di basis data kantor berbeda dari jurnal: ada yang mengubahnya. Simpan basis data itu, lalu laporkan.".to_owned(),
    )
}
