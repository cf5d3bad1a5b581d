//! Schema of the slice in the office database.

use sea_orm_migration::prelude::*;

/// Migrations of this slice, in order.
#[derive(Debug)]
pub struct Office;

#[async_trait::async_trait]
impl MigratorTrait for Office {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(M0001Label)]
    }

    fn migration_table_name() -> DynIden {
        "programmes_migration".into_iden()
    }
}

struct M0001Label;

impl MigrationName for M0001Label {
    fn name(&self) -> &'static str {
        "programmes_0001_label"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for M0001Label {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let key = Index::create().col("kind").col("code").col("version").col("valid_from").take();
        let table = Table::create()
            .table("programmes_label")
            .col(ColumnDef::new("kind").text().not_null())
            .col(ColumnDef::new("code").text().not_null())
            .col(ColumnDef::new("version").big_integer().not_null())
            .col(ColumnDef::new("valid_from").big_integer().not_null())
            .col(ColumnDef::new("valid_to").big_integer())
            .col(ColumnDef::new("role").text())
            .col(ColumnDef::new("name_id").text().not_null())
            .col(ColumnDef::new("name_en").text().not_null())
            .col(ColumnDef::new("legal_basis").text().not_null())
            .col(ColumnDef::new("evidence").text().not_null())
            .col(ColumnDef::new("reason").text())
            .primary_key(&mut key.clone())
            .take();
        manager.create_table(table).await
    }
}
