//! Schema of the projection.

use sea_orm::{DbBackend, DbErr, Schema};
use sea_orm_migration::prelude::*;

use super::entities::{
    account, cash_out, chain, code, cursor, disbursement, entitlement, holder, medium, minute, outcome,
    purchase, purchase_line, refund, rerating, sum, transfer,
};

/// Migrations of the projection, in order.
pub struct Projections;

#[async_trait::async_trait]
impl MigratorTrait for Projections {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let earlier = [
            "acceptance_0001_projection",
            "acceptance_0002_projection",
            "acceptance_0003_without_visits",
            "acceptance_0004_sums",
        ];
        let earlier = earlier.map(|name| -> Box<dyn MigrationTrait> { Box::new(Earlier(name)) });
        earlier.into_iter().chain([Box::new(Current) as Box<dyn MigrationTrait>]).collect()
    }

    fn migration_table_name() -> DynIden {
        "acceptance_migration".into_iden()
    }
}

/// Migrations of this slice's own office data, in order.
pub struct Office;

#[async_trait::async_trait]
impl MigratorTrait for Office {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(FirstChains)]
    }

    fn migration_table_name() -> DynIden {
        "acceptance_migration".into_iden()
    }
}

struct FirstChains;

impl MigrationName for FirstChains {
    fn name(&self) -> &'static str {
        "acceptance_0001_chain"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for FirstChains {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = Schema::new(manager.get_database_backend());
        manager.create_table(schema.create_table_from_entity(chain::Entity)).await
    }
}

/// A schema that is no more; the last migration builds the tables anew.
struct Earlier(&'static str);

impl MigrationName for Earlier {
    fn name(&self) -> &str {
        self.0
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Earlier {
    async fn up(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}

/// The tables as they are. What was there before is dropped with its cursor: the rows are a function of the journal and
/// are built again from its beginning.
struct Current;

impl MigrationName for Current {
    fn name(&self) -> &'static str {
        "acceptance_0005_by_position"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Current {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            let name = Alias::new(format!("acceptance_{table}"));
            manager.drop_table(Table::drop().table(name).if_exists().to_owned()).await?;
        }
        create_tables(manager).await?;
        create_indexes(manager).await
    }
}

/// Every table the projection has ever had.
const TABLES: [&str; 17] = [
    "cursor",
    "code",
    "account",
    "transfer",
    "holder",
    "medium",
    "entitlement",
    "minute",
    "outcome",
    "purchase",
    "purchase_line",
    "refund",
    "cash_out",
    "disbursement",
    "rerating",
    "visit",
    "sum",
];

async fn create_tables(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let schema = Schema::new(manager.get_database_backend());
    let tables = [
        schema.create_table_from_entity(cursor::Entity),
        schema.create_table_from_entity(code::Entity),
        schema.create_table_from_entity(account::Entity),
        schema.create_table_from_entity(holder::Entity),
        schema.create_table_from_entity(medium::Entity),
        schema.create_table_from_entity(entitlement::Entity),
        schema.create_table_from_entity(minute::Entity),
        schema.create_table_from_entity(purchase::Entity),
        schema.create_table_from_entity(purchase_line::Entity),
        schema.create_table_from_entity(refund::Entity),
        schema.create_table_from_entity(cash_out::Entity),
        schema.create_table_from_entity(disbursement::Entity),
        schema.create_table_from_entity(rerating::Entity),
        schema.create_table_from_entity(sum::Entity),
    ];
    for table in tables {
        manager.create_table(table).await?;
    }
    // The two that grow with every tap lie in order of position, without a number for each row besides and an index from one
    // to the other.
    for mut table in
        [schema.create_table_from_entity(transfer::Entity), schema.create_table_from_entity(outcome::Entity)]
    {
        if manager.get_database_backend() == DbBackend::Sqlite {
            table.extra("WITHOUT ROWID");
        }
        manager.create_table(table).await?;
    }
    Ok(())
}

async fn create_indexes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let indexes = [
        ("acceptance_outcome", "acceptance_outcome_holder", vec!["holder", "seq", "idx"], false),
        ("acceptance_outcome", "acceptance_outcome_command", vec!["command", "principal"], false),
        ("acceptance_outcome", "acceptance_outcome_fact", vec!["device", "epoch", "device_seq"], false),
        ("acceptance_holder", "acceptance_holder_number", vec!["holder"], true),
        ("acceptance_medium", "acceptance_medium_holder", vec!["holder"], false),
        ("acceptance_account", "acceptance_account_owner", vec!["kind", "owner"], false),
        ("acceptance_account", "acceptance_account_opened", vec!["opened"], false),
        ("acceptance_purchase", "acceptance_purchase_holder", vec!["holder", "number"], false),
        ("acceptance_purchase", "acceptance_purchase_hold", vec!["hold"], false),
        ("acceptance_refund", "acceptance_refund_purchase", vec!["purchase"], false),
        ("acceptance_cash_out", "acceptance_cash_out_holder", vec!["holder", "at"], false),
        ("acceptance_rerating", "acceptance_rerating_tap", vec!["tap_seq", "tap_idx"], false),
        ("acceptance_transfer", "acceptance_transfer_debit", vec!["debit", "seq", "idx", "leg"], false),
        ("acceptance_transfer", "acceptance_transfer_credit", vec!["credit", "seq", "idx", "leg"], false),
        ("acceptance_transfer", "acceptance_transfer_unit", vec!["unit", "amount"], false),
    ];
    for (table, name, columns, unique) in indexes {
        let mut index = Index::create().name(name).table(Alias::new(table)).to_owned();
        for column in columns {
            index.col(Alias::new(column));
        }
        if unique {
            index.unique();
        }
        manager.create_index(index).await?;
    }
    Ok(())
}
