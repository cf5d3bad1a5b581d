//! The slice's schema.

use sea_orm_migration::prelude::*;

/// Migrations of the registry in the office database.
#[derive(Debug)]
pub struct Migrations;

#[async_trait::async_trait]
impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(M0001IndividualsHouseholds), Box::new(M0002Phone), Box::new(M0003KeyCheckGone)]
    }

    fn migration_table_name() -> DynIden {
        "residents_migration".into_iden()
    }
}

struct M0001IndividualsHouseholds;

impl MigrationName for M0001IndividualsHouseholds {
    fn name(&self) -> &'static str {
        "residents_0001_individuals_households"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for M0001IndividualsHouseholds {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(key_check()).await?;
        manager.create_table(individual()).await?;
        manager.create_table(household()).await?;
        manager.create_table(member()).await?;
        let of_household = Index::create()
            .name("residents_member_household")
            .table("residents_member")
            .col("household_id")
            .take();
        manager.create_index(of_household).await
    }
}

struct M0002Phone;

impl MigrationName for M0002Phone {
    fn name(&self) -> &'static str {
        "residents_0002_phone"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for M0002Phone {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let phone = ColumnDef::new("phone").binary().take();
        manager.alter_table(Table::alter().table("residents_individual").add_column(phone).take()).await
    }
}

struct M0003KeyCheckGone;

impl MigrationName for M0003KeyCheckGone {
    fn name(&self) -> &'static str {
        "residents_0003_key_check_gone"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for M0003KeyCheckGone {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The platform keeps it now, for every slice that seals fields.
        manager.drop_table(Table::drop().table("residents_key_check").if_exists().take()).await
    }
}

fn key_check() -> TableCreateStatement {
    Table::create()
        .table("residents_key_check")
        .col(ColumnDef::new("id").small_integer().not_null().primary_key())
        .col(ColumnDef::new("value").binary().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .take()
}

fn individual() -> TableCreateStatement {
    Table::create()
        .table("residents_individual")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("holder").big_integer().not_null().unique_key())
        .col(ColumnDef::new("name").binary().not_null())
        .col(ColumnDef::new("nik").binary().not_null())
        .col(ColumnDef::new("nik_index").binary().not_null().unique_key())
        .col(ColumnDef::new("birth_date").integer().not_null())
        .col(ColumnDef::new("home").text())
        .col(ColumnDef::new("category").text().not_null())
        .col(ColumnDef::new("registered_at").big_integer().not_null())
        .take()
}

fn household() -> TableCreateStatement {
    Table::create()
        .table("residents_household")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("number").binary().not_null())
        .col(ColumnDef::new("number_index").binary().not_null().unique_key())
        .col(ColumnDef::new("head_id").uuid().not_null())
        .col(ColumnDef::new("formed_at").big_integer().not_null())
        .foreign_key(
            ForeignKey::create().from("residents_household", "head_id").to("residents_individual", "id"),
        )
        .take()
}

fn member() -> TableCreateStatement {
    let person = ForeignKey::create()
        .from("residents_member", "individual_id")
        .to("residents_individual", "id")
        .take();
    let household =
        ForeignKey::create().from("residents_member", "household_id").to("residents_household", "id").take();
    Table::create()
        .table("residents_member")
        .col(ColumnDef::new("individual_id").uuid().not_null().primary_key())
        .col(ColumnDef::new("household_id").uuid().not_null())
        .foreign_key(&mut { person })
        .foreign_key(&mut { household })
        .take()
}
