//! Forgetting where people were: what stands in its way, and what is counted before.
//!
//! Owns legal holds, the check of a date against everything that must be kept, and the signed counts. Never destroys a key;
//! `commands/forget.rs` does.

pub mod aggregate;
pub mod holds;

use base::{CivilDate, Micros, Timestamp};
use engine::journeys::first_kept_date;
use governance::retention::{Kept, Retention};

use crate::data_directory::DataDirectory;
use crate::problem::Problem;
use holds::{Hold, Holds};

/// What keeps the movement of a day from being forgotten.
struct Obstacle {
    code: &'static str,
    /// The first day that is kept.
    from: CivilDate,
    english: String,
    indonesian: String,
}

/// Whether the movement of all days before this one may be forgotten now; the horizon is the engine's for rating again.
///
/// # Errors
/// A [`Problem`] that names everything that keeps it and the last day that nothing keeps, under the code of the first.
pub fn may_forget(
    directory: &DataDirectory,
    before: CivilDate,
    now: Timestamp,
    horizon: Micros,
) -> anyhow::Result<()> {
    let holds = Holds::read(directory)?;
    let Retention { claim, audit } = Retention::on(now.jakarta_date()).ok_or_else(unreadable)?;
    let kept = [rated_again(first_kept_date(now, horizon)), claimed(&claim), audited(&audit)];
    let kept = kept.into_iter().filter(|obstacle| before > obstacle.from);
    let obstacles: Vec<Obstacle> = kept.chain(holds.over(before).map(held)).collect();
    let allowed = obstacles.iter().map(|obstacle| obstacle.from).min();
    match (obstacles.first(), allowed) {
        (Some(first), Some(allowed)) => Err(refused(first.code, before, &obstacles, allowed).into()),
        _ => Ok(()),
    }
}

fn rated_again(from: CivilDate) -> Obstacle {
    Obstacle {
        code: "forget_within_horizon",
        from,
        english: format!("taps from {from} on may still be rated again"),
        indonesian: format!("tap sejak {from} masih dapat dihitung ulang"),
    }
}

fn claimed(Kept { from, legal_basis }: &Kept) -> Obstacle {
    Obstacle {
        code: "forget_within_claims",
        from: *from,
        english: format!("days from {from} on may still be disputed or claimed for ({legal_basis})"),
        indonesian: format!("hari sejak {from} masih dapat disanggah atau ditagihkan ({legal_basis})"),
    }
}

fn audited(Kept { from, legal_basis }: &Kept) -> Obstacle {
    Obstacle {
        code: "forget_within_audit",
        from: *from,
        english: format!("the audit of the fiscal year from {from} on is not over ({legal_basis})"),
        indonesian: format!("pemeriksaan tahun anggaran sejak {from} belum selesai ({legal_basis})"),
    }
}

fn held(Hold { document, from, to, .. }: &Hold) -> Obstacle {
    Obstacle {
        code: "forget_within_hold",
        from: *from,
        english: format!("{document} orders to keep {from} to {to}"),
        indonesian: format!("{document} memerintahkan menyimpan {from} sampai {to}"),
    }
}

fn refused(code: &'static str, before: CivilDate, obstacles: &[Obstacle], allowed: CivilDate) -> Problem {
    let listed = |text: fn(&Obstacle) -> &str| {
        let each = obstacles.iter().map(|obstacle| format!("{} [{}]", text(obstacle), obstacle.code));
        each.collect::<Vec<_>>().join("; ")
    };
    Problem::new(
        code,
        format!(
            "The movement of all days before {before} cannot be forgotten yet: {}. Name {allowed} or an earlier day. Nothing was destroyed.",
            listed(|obstacle| &obstacle.english)
        ),
        format!(
            "Gerak sebelum {before} belum boleh dilupakan: {}. Sebutkan {allowed} atau hari sebelumnya. Tidak ada yang dimusnahkan.",
            listed(|obstacle| &obstacle.indonesian)
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
