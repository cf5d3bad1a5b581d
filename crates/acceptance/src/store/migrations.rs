//! Schema of the projection.

use sea_orm::{DbErr, Schema};
use sea_orm_migration::prelude::*;

use super::entities::{account, chain, code, cursor, entitlement, holder, medium, minute, outcome, transfer};

/// Migrations of the projection, in order.
pub struct Projections;

#[async_trait::async_trait]
impl MigratorTrait for Projections {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(First)]
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

struct First;

impl MigrationName for First {
    fn name(&self) -> &'static str {
        "acceptance_0001_projection"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for First {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = Schema::new(manager.get_database_backend());
        let tables = [
            schema.create_table_from_entity(cursor::Entity),
            schema.create_table_from_entity(code::Entity),
            schema.create_table_from_entity(account::Entity),
            schema.create_table_from_entity(transfer::Entity),
            schema.create_table_from_entity(holder::Entity),
            schema.create_table_from_entity(medium::Entity),
            schema.create_table_from_entity(entitlement::Entity),
            schema.create_table_from_entity(minute::Entity),
            schema.create_table_from_entity(outcome::Entity),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        let indexes = [
            ("acceptance_outcome", "acceptance_outcome_holder", vec!["holder", "seq", "idx"], false),
            ("acceptance_outcome", "acceptance_outcome_command", vec!["principal", "command"], false),
            ("acceptance_outcome", "acceptance_outcome_fact", vec!["device", "epoch", "device_seq"], false),
            ("acceptance_holder", "acceptance_holder_number", vec!["holder"], true),
            ("acceptance_medium", "acceptance_medium_holder", vec!["holder"], false),
            ("acceptance_account", "acceptance_account_owner", vec!["kind", "owner"], false),
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
}
