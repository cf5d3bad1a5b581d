//! The platform's tables in the office database: API clients, devices, outbox, audit, approvals.

use sea_orm_migration::prelude::*;

/// Migrations of the platform in the office database.
#[derive(Debug)]
pub struct Office;

#[async_trait::async_trait]
impl MigratorTrait for Office {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(M0001ClientsDevicesOutbox),
            Box::new(M0002AuditApprovals),
            Box::new(M0003KeyCheck),
            Box::new(M0004Organisation),
        ]
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

struct M0002AuditApprovals;

impl MigrationName for M0002AuditApprovals {
    fn name(&self) -> &'static str {
        "platform_0002_audit_approvals"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for M0002AuditApprovals {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [audit(), audit_key(), request(), decision(), delegation()] {
            manager.create_table(table).await?;
        }
        for (name, table, columns) in [
            ("platform_audit_subject", "platform_audit", &["subject", "sequence"][..]),
            ("platform_audit_actor", "platform_audit", &["actor", "sequence"]),
            ("platform_audit_number", "platform_audit", &["number"]),
            ("platform_request_maker", "platform_request", &["maker", "id"]),
            ("platform_delegation_delegate", "platform_delegation", &["delegate", "id"]),
        ] {
            let mut index = Index::create();
            index.name(name).table(table);
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        // A step is decided once, also by two people at the same moment.
        let once = Index::create()
            .name("platform_decision_step")
            .table("platform_decision")
            .col("request_id")
            .col("step")
            .unique()
            .take();
        manager.create_index(once).await?;
        for table in ["platform_client", "platform_device"] {
            let limit = ColumnDef::new("limit_per_minute").integer().take();
            manager.alter_table(Table::alter().table(table).add_column(limit).take()).await?;
        }
        Ok(())
    }
}

struct M0003KeyCheck;

impl MigrationName for M0003KeyCheck {
    fn name(&self) -> &'static str {
        "platform_0003_key_check"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for M0003KeyCheck {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // It was the registry's alone before.
        if manager.has_table("residents_key_check").await? {
            let rename = Table::rename().table("residents_key_check", "platform_key_check").take();
            return manager.rename_table(rename).await;
        }
        manager.create_table(key_check()).await
    }
}

struct M0004Organisation;

impl MigrationName for M0004Organisation {
    fn name(&self) -> &'static str {
        "platform_0004_organisation"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for M0004Organisation {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let organisation = ColumnDef::new("organisation").text().take();
        manager.alter_table(Table::alter().table("platform_client").add_column(organisation).take()).await
    }
}

fn key_check() -> TableCreateStatement {
    Table::create()
        .table("platform_key_check")
        .col(ColumnDef::new("id").small_integer().not_null().primary_key())
        .col(ColumnDef::new("value").binary().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .take()
}

fn audit() -> TableCreateStatement {
    Table::create()
        .table("platform_audit")
        .col(ColumnDef::new("sequence").big_integer().not_null().auto_increment().primary_key())
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(ColumnDef::new("actor_kind").text().not_null())
        .col(ColumnDef::new("actor").text().not_null())
        .col(ColumnDef::new("role").text().not_null())
        .col(ColumnDef::new("agency").text())
        .col(ColumnDef::new("action").text().not_null())
        .col(ColumnDef::new("subject").text().not_null())
        .col(ColumnDef::new("what").text().not_null())
        .col(ColumnDef::new("basis").text())
        .col(ColumnDef::new("before").binary())
        .col(ColumnDef::new("after").binary())
        .col(ColumnDef::new("digest").binary().not_null())
        .col(ColumnDef::new("number").big_integer())
        .take()
}

fn audit_key() -> TableCreateStatement {
    Table::create()
        .table("platform_audit_key")
        .col(ColumnDef::new("subject").text().not_null().primary_key())
        .col(ColumnDef::new("value").binary().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .take()
}

fn request() -> TableCreateStatement {
    Table::create()
        .table("platform_request")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("matter").text().not_null())
        .col(ColumnDef::new("subject").text().not_null())
        .col(ColumnDef::new("body").text().not_null())
        .col(ColumnDef::new("parent").uuid())
        .col(ColumnDef::new("maker").text().not_null())
        .col(ColumnDef::new("made_at").big_integer().not_null())
        .take()
}

fn decision() -> TableCreateStatement {
    Table::create()
        .table("platform_decision")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("request_id").uuid().not_null())
        .col(ColumnDef::new("step").integer().not_null())
        .col(ColumnDef::new("verdict").text().not_null())
        .col(ColumnDef::new("decided_by").text().not_null())
        .col(ColumnDef::new("stands_for").text())
        .col(ColumnDef::new("letter").uuid())
        .col(ColumnDef::new("reason").text())
        .col(ColumnDef::new("closes").boolean().not_null())
        .col(ColumnDef::new("decided_at").big_integer().not_null())
        .foreign_key(
            ForeignKey::create().from("platform_decision", "request_id").to("platform_request", "id"),
        )
        .take()
}

fn delegation() -> TableCreateStatement {
    Table::create()
        .table("platform_delegation")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("principal").text().not_null())
        .col(ColumnDef::new("role").text().not_null())
        .col(ColumnDef::new("agency").text())
        .col(ColumnDef::new("delegate").text().not_null())
        .col(ColumnDef::new("document").text().not_null())
        .col(ColumnDef::new("from_day").integer().not_null())
        .col(ColumnDef::new("to_day").integer().not_null())
        .col(ColumnDef::new("made_at").big_integer().not_null())
        .col(ColumnDef::new("ended_at").big_integer())
        .take()
}
