//! Schema of the slice in the office database.

use sea_orm_migration::prelude::*;

/// Migrations of this slice, in order.
#[derive(Debug)]
pub struct Office;

#[async_trait::async_trait]
impl MigratorTrait for Office {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(M0001Label), Box::new(M0002Terms)]
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

/// What a label says beside the name: the mode of a service, least age and monthly aid of a benefit. Labels of an earlier
/// release have none of it until the content is published again.
struct M0002Terms;

impl MigrationName for M0002Terms {
    fn name(&self) -> &'static str {
        "programmes_0002_terms"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for M0002Terms {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ColumnDef::new("mode").text().take(),
            ColumnDef::new("age_min").small_integer().take(),
            ColumnDef::new("aid_routine").big_integer().take(),
            ColumnDef::new("aid_periodic").big_integer().take(),
            ColumnDef::new("aid_private_fees").big_integer().take(),
        ];
        for column in columns {
            let table = Table::alter().table("programmes_label").add_column(column).take();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
