//! The platform's tables in the office database: API clients, devices, outbox.

use sea_orm_migration::prelude::*;

/// Migrations of the platform in the office database.
#[derive(Debug)]
pub struct Office;

#[async_trait::async_trait]
impl MigratorTrait for Office {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(M0001ClientsDevicesOutbox)]
    }

    fn migration_table_name() -> DynIden {
        "platform_migration".into_iden()
    }
}

struct M0001ClientsDevicesOutbox;

impl MigrationName for M0001ClientsDevicesOutbox {
    fn name(&self) -> &'static str {
        "platform_0001_clients_devices_outbox"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for M0001ClientsDevicesOutbox {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(client()).await?;
        manager.create_table(device()).await?;
        manager.create_table(outbox()).await?;
        // The dispatcher asks for the oldest waiting message of each subject.
        let waiting = Index::create()
            .name("platform_outbox_waiting")
            .table("platform_outbox")
            .col("state")
            .col("sequence")
            .take();
        manager.create_index(waiting).await
    }
}

fn client() -> TableCreateStatement {
    Table::create()
        .table("platform_client")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("principal").big_integer().not_null().unique_key())
        .col(ColumnDef::new("name").text().not_null().unique_key())
        .col(ColumnDef::new("role").text().not_null())
        .col(ColumnDef::new("token_hash").binary().not_null().unique_key())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("disabled_at").big_integer())
        .take()
}

fn device() -> TableCreateStatement {
    Table::create()
        .table("platform_device")
        .col(ColumnDef::new("number").big_integer().not_null().primary_key())
        .col(ColumnDef::new("client_id").uuid().not_null())
        .col(ColumnDef::new("public_key").binary().not_null().unique_key())
        .col(ColumnDef::new("place").text())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("disabled_at").big_integer())
        .foreign_key(ForeignKey::create().from("platform_device", "client_id").to("platform_client", "id"))
        .take()
}

fn outbox() -> TableCreateStatement {
    Table::create()
        .table("platform_outbox")
        .col(ColumnDef::new("sequence").big_integer().not_null().auto_increment().primary_key())
        .col(ColumnDef::new("subject").text().not_null())
        .col(ColumnDef::new("command_id").uuid().not_null().unique_key())
        .col(ColumnDef::new("body").binary().not_null())
        .col(ColumnDef::new("state").small_integer().not_null())
        .col(ColumnDef::new("code").text())
        .col(ColumnDef::new("position").big_integer())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("settled_at").big_integer())
        .take()
}
