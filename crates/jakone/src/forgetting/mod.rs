//! Forgetting where people were: what stands in its way, and what is counted before.
//!
//! Owns legal holds, the check of a date against everything that must be kept, and the signed counts. Never destroys a key;
//! `commands/forget.rs` does.

pub mod aggregate;
pub mod holds;

use base::{CivilDate, Micros, Timestamp};
use engine::journeys::first_kept_date;
use governance::retention::Retention;

use crate::data_directory::DataDirectory;
use crate::problem::Problem;
use holds::Holds;

/// Whether the movement of all days before this one may be forgotten now; the horizon is the engine's for rating again.
///
/// # Errors
/// A [`Problem`] that names what keeps it, and from which day on.
pub fn may_forget(
    directory: &DataDirectory,
    before: CivilDate,
    now: Timestamp,
    horizon: Micros,
) -> anyhow::Result<()> {
    let today = now.jakarta_date();
    let rated = first_kept_date(now, horizon);
    if before > rated {
        return Err(within(
            "forget_within_horizon",
            before,
            rated,
            "taps from {} on may still be rated again",
            "tap sejak {} masih dapat dihitung ulang",
        )
        .into());
    }
    let retention = Retention::on(today).ok_or_else(unreadable)?;
    let kept = retention.claim;
    if before > kept.from {
        let (en, id) = (
            format!("days from {{}} on may still be disputed or claimed for ({})", kept.legal_basis),
            format!("hari sejak {{}} masih dapat disanggah atau ditagihkan ({})", kept.legal_basis),
        );
        return Err(within("forget_within_claims", before, kept.from, &en, &id).into());
    }
    let kept = retention.audit;
    if before > kept.from {
        let (en, id) = (
            format!("the audit of the fiscal year from {{}} on is not over ({})", kept.legal_basis),
            format!("pemeriksaan tahun anggaran sejak {{}} belum selesai ({})", kept.legal_basis),
        );
        return Err(within("forget_within_audit", before, kept.from, &en, &id).into());
    }
    let holds = Holds::read(directory)?;
    let Some(hold) = holds.first_over(before) else { return Ok(()) };
    let (en, id) = (
        format!("{} orders to keep {{}} to {}", hold.document, hold.to),
        format!("{} memerintahkan menyimpan {{}} sampai {}", hold.document, hold.to),
    );
    Err(within("forget_within_hold", before, hold.from, &en, &id).into())
}

fn within(code: &'static str, before: CivilDate, from: CivilDate, en: &str, id: &str) -> Problem {
    let (en, id) = (en.replace("{}", &from.to_string()), id.replace("{}", &from.to_string()));
    Problem::new(
        code,
        format!(
            "The movement of all days before {before} cannot be forgotten yet: {en}. Name {from} or an earlier day. Nothing was destroyed."
        ),
        format!(
            "Gerak sebelum {before} belum boleh dilupakan: {id}. Sebutkan {from} atau hari sebelumnya. Tidak ada yang dimusnahkan."
        ),
    )
}

fn unreadable() -> Problem {
    Problem::new(
        "retention_unreadable",
        "This program has no periods of retention in it. Nothing was destroyed; install a release whose content/retention.yaml can be read.",
        "Program ini tidak memuat masa simpan. Tidak ada yang dimusnahkan; pasang rilis yang content/retention.yaml-nya terbaca.",
    )
}
