//! Names of codes in the office database: one row per kind, code, version and first day.

mod entity;
mod migrations;

use base::{CivilDate, Code};
use engine::{Amount, Evidence, Role};
use platform::database::{Database, DatabaseError};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder};

pub use migrations::Office;

use crate::service::content::{AidMonth, BenefitTerms, Label, LabelKind, Mode, Names};

/// Rows of one statement: SQLite takes 32 766 values, a row has 16.
const ROWS_MAX: usize = 500;

/// All labels, a code's in order of first day and version.
pub async fn read(office: &Database) -> Result<Vec<Label>, StoreError> {
    let rows = entity::Entity::find()
        .order_by_asc(entity::Column::Kind)
        .order_by_asc(entity::Column::Code)
        .order_by_asc(entity::Column::ValidFrom)
        .order_by_asc(entity::Column::Version)
        .all(office.read())
        .await
        .map_err(DatabaseError::from)?;
    rows.into_iter().map(label).collect()
}

/// Writes labels; one that exists is replaced. All or none.
pub async fn write(office: &Database, labels: &[Label]) -> Result<(), StoreError> {
    let rows: Vec<entity::ActiveModel> = labels.iter().map(row).collect();
    let key =
        [entity::Column::Kind, entity::Column::Code, entity::Column::Version, entity::Column::ValidFrom];
    let replaced = [
        entity::Column::Role,
        entity::Column::Mode,
        entity::Column::AgeMin,
        entity::Column::AidRoutine,
        entity::Column::AidPeriodic,
        entity::Column::AidPrivateFees,
        entity::Column::NameId,
        entity::Column::NameEn,
        entity::Column::ValidTo,
        entity::Column::LegalBasis,
        entity::Column::Evidence,
        entity::Column::Reason,
    ];
    let written = office.transact(|txn, _| {
        let (rows, key, replaced) = (rows.clone(), key, replaced);
        Box::pin(async move {
            for some in rows.chunks(ROWS_MAX) {
                let on_conflict = OnConflict::columns(key).update_columns(replaced).to_owned();
                entity::Entity::insert_many(some.to_vec())
                    .on_conflict(on_conflict)
                    .exec_without_returning(txn)
                    .await?;
            }
            Ok::<_, DatabaseError>(())
        })
    });
    Ok(written.await?)
}

/// Why labels could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A row holds something this release does not know.
    #[error("the label {kind} {code} cannot be read: {what}")]
    Record {
        /// Its kind, as stored.
        kind: String,
        /// Its code, as stored.
        code: String,
        /// What is odd about it.
        what: &'static str,
    },
}

fn row(label: &Label) -> entity::ActiveModel {
    let aid = label.terms.aid_month;
    let rupiah = |amount: fn(AidMonth) -> Amount| aid.map(|aid| engine::signed(amount(aid)));
    entity::ActiveModel {
        kind: Set(label.kind.code().to_owned()),
        code: Set(label.code.to_string()),
        version: Set(label.version.into()),
        valid_from: Set(label.valid_from.0.into()),
        valid_to: Set(label.valid_to.map(|date| date.0.into())),
        role: Set(label.role.map(|role| role_word(role).to_owned())),
        mode: Set(label.mode.map(|mode| mode_word(mode).to_owned())),
        age_min: Set(label.terms.age_min.map(Into::into)),
        aid_routine: Set(rupiah(|aid| aid.routine)),
        aid_periodic: Set(rupiah(|aid| aid.periodic)),
        aid_private_fees: Set(rupiah(|aid| aid.private_fees)),
        name_id: Set(label.names.id.clone()),
        name_en: Set(label.names.en.clone()),
        legal_basis: Set(label.legal_basis.clone()),
        evidence: Set(evidence_word(label.evidence).to_owned()),
        reason: Set(label.reason.clone()),
    }
}

fn label(row: entity::Model) -> Result<Label, StoreError> {
    let odd = |what| StoreError::Record { kind: row.kind.clone(), code: row.code.clone(), what };
    let date = |days: i64| i32::try_from(days).map(CivilDate);
    let role = row.role.as_deref().map(|word| ROLES.into_iter().find(|role| role_word(*role) == word));
    let mode = row.mode.as_deref().map(|word| MODES.into_iter().find(|mode| mode_word(*mode) == word));
    let rupiah =
        |amount: Option<i64>| Amount(amount.and_then(|amount| u64::try_from(amount).ok()).unwrap_or(0));
    let aid_month = row.aid_routine.map(|_| AidMonth {
        routine: rupiah(row.aid_routine),
        periodic: rupiah(row.aid_periodic),
        private_fees: rupiah(row.aid_private_fees),
    });
    let age_min = row.age_min.map(u8::try_from).transpose().map_err(|_| odd("its least age"))?;
    let evidence = EVIDENCE.into_iter().find(|one| evidence_word(*one) == row.evidence);
    Ok(Label {
        kind: LabelKind::from_code(&row.kind).ok_or_else(|| odd("its kind"))?,
        code: Code::parse(&row.code).map_err(|_| odd("its code"))?,
        version: u32::try_from(row.version).map_err(|_| odd("its version"))?,
        role: role.map(|role| role.ok_or_else(|| odd("its role"))).transpose()?,
        mode: mode.map(|mode| mode.ok_or_else(|| odd("its mode"))).transpose()?,
        terms: BenefitTerms { age_min, aid_month },
        valid_from: date(row.valid_from).map_err(|_| odd("its first day"))?,
        valid_to: row.valid_to.map(date).transpose().map_err(|_| odd("its last day"))?,
        evidence: evidence.ok_or_else(|| odd("its evidence"))?,
        names: Names { id: row.name_id, en: row.name_en },
        legal_basis: row.legal_basis,
        reason: row.reason,
    })
}

const ROLES: [Role; 3] = [Role::Bank, Role::Merchant, Role::Operator];

const fn role_word(role: Role) -> &'static str {
    match role {
        Role::Bank => "bank",
        Role::Merchant => "merchant",
        Role::Operator => "operator",
    }
}

const MODES: [Mode; 5] = [Mode::Brt, Mode::Feeder, Mode::Rail, Mode::Attraction, Mode::Counter];

const fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Brt => "brt",
        Mode::Feeder => "feeder",
        Mode::Rail => "rail",
        Mode::Attraction => "attraction",
        Mode::Counter => "counter",
    }
}

const EVIDENCE: [Evidence; 3] = [Evidence::Primary, Evidence::Press, Evidence::Assumed];

const fn evidence_word(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Primary => "primary",
        Evidence::Press => "press",
        Evidence::Assumed => "assumed",
    }
}
