//! One row per outcome: accepted or refused, as it was answered.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_outcome")]
pub struct Model {
    /// Entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub idx: i32,
    /// Time of the entry.
    pub at: i64,
    /// Who sent it.
    pub principal: i64,
    /// Id of the command, 16 bytes.
    pub command: Vec<u8>,
    /// Name of the command.
    pub kind: String,
    /// Whether it was accepted.
    pub accepted: bool,
    /// Why not; for a gate that stayed shut, the reason the terminal gave.
    pub code: Option<String>,
    /// Index of the holder.
    pub holder: Option<i64>,
    /// Serial of the medium.
    pub medium: Option<i64>,
    /// Terminal.
    pub device: Option<i64>,
    /// Epoch of the terminal.
    pub epoch: Option<i64>,
    /// Number of the fact.
    pub device_seq: Option<i64>,
    /// Whether the gate opened.
    pub opened: bool,
    /// Code of the service.
    pub service: Option<String>,
    /// Place (movement; dropped with its key).
    pub place: Option<String>,
    /// Line (movement).
    pub line: Option<String>,
    /// Clock of the terminal (movement).
    pub device_at: Option<i64>,
    /// What the tariff asks, or what came in.
    pub full: i64,
    /// What the holder was asked.
    pub charged: i64,
    /// Of that, what became debt.
    pub debt: i64,
    /// The purse afterwards.
    pub balance: Option<i64>,
    /// Benefit that set the price.
    pub benefit: Option<String>,
    /// Its version.
    pub benefit_version: Option<i32>,
    /// What people have to look at.
    pub incident: Option<String>,
    /// Why a tap was kept without a price.
    pub held: Option<String>,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
