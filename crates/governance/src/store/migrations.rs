//! The slice's schema.

use sea_orm_migration::prelude::*;

/// Migrations of users and sessions in the office database.
#[derive(Debug)]
pub struct Migrations;

#[async_trait::async_trait]
impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(M0001UsersSessions),
            Box::new(M0002Grants),
            Box::new(M0003ResidentSessions),
            Box::new(M0004Recovery),
            Box::new(M0005Delivered),
        ]
    }

    fn migration_table_name() -> DynIden {
        "governance_migration".into_iden()
    }
}

struct M0001UsersSessions;

impl MigrationName for M0001UsersSessions {
    fn name(&self) -> &'static str {
        "governance_0001_users_sessions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for M0001UsersSessions {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(user()).await?;
        manager.create_table(session()).await?;
        let of_user =
            Index::create().name("governance_session_user").table("governance_session").col("user_id").take();
        manager.create_index(of_user).await
    }
}

struct M0002Grants;

impl MigrationName for M0002Grants {
    fn name(&self) -> &'static str {
        "governance_0002_grants"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for M0002Grants {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(grant()).await?;
        manager.create_table(grant_change()).await?;
        let of_grant = Index::create()
            .name("governance_grant_change_grant")
            .table("governance_grant_change")
            .col("grant_id")
            .take();
        manager.create_index(of_grant).await
    }
}

struct M0003ResidentSessions;

impl MigrationName for M0003ResidentSessions {
    fn name(&self) -> &'static str {
        "governance_0003_resident_sessions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for M0003ResidentSessions {
    /// Sessions last for hours and are made anew: whoever was signed in signs in once more.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("governance_session").take()).await?;
        manager.create_table(session_of_either()).await?;
        let of_user =
            Index::create().name("governance_session_user").table("governance_session").col("user_id").take();
        manager.create_index(of_user).await?;
        manager.create_table(code()).await?;
        let of_holder =
            Index::create().name("governance_code_holder").table("governance_code").col("holder").take();
        manager.create_index(of_holder).await
    }
}

fn session_of_either() -> TableCreateStatement {
    let is_user = Expr::col("user_id").is_not_null().and(Expr::col("holder").is_null());
    let is_holder = Expr::col("user_id").is_null().and(Expr::col("holder").is_not_null());
    Table::create()
        .table("governance_session")
        .col(ColumnDef::new("token_hash").binary().not_null().primary_key())
        .col(ColumnDef::new("user_id").uuid())
        .col(ColumnDef::new("holder").big_integer())
        .col(ColumnDef::new("begun_at").big_integer().not_null())
        .col(ColumnDef::new("seen_at").big_integer().not_null())
        .col(ColumnDef::new("ended_at").big_integer())
        .foreign_key(ForeignKey::create().from("governance_session", "user_id").to("governance_user", "id"))
        .check(is_user.or(is_holder))
        .take()
}

fn code() -> TableCreateStatement {
    Table::create()
        .table("governance_code")
        .col(ColumnDef::new("asker").binary().not_null().primary_key())
        .col(ColumnDef::new("holder").big_integer().not_null())
        .col(ColumnDef::new("code_mac").binary().not_null())
        .col(ColumnDef::new("asked_at").big_integer().not_null())
        .col(ColumnDef::new("is_sent").boolean().not_null())
        .col(ColumnDef::new("tries").integer().not_null())
        .col(ColumnDef::new("ended_at").big_integer())
        .take()
}

struct M0005Delivered;

impl MigrationName for M0005Delivered {
    fn name(&self) -> &'static str {
        "governance_0005_delivered"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for M0005Delivered {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let delivered = ColumnDef::new("delivered_at").big_integer().take();
        manager.alter_table(Table::alter().table("governance_code").add_column(delivered).take()).await
    }
}

struct M0004Recovery;

impl MigrationName for M0004Recovery {
    fn name(&self) -> &'static str {
        "governance_0004_recovery"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for M0004Recovery {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(recovery()).await?;
        let of_user = Index::create()
            .name("governance_recovery_user")
            .table("governance_recovery")
            .col("user_id")
            .col("id")
            .take();
        manager.create_index(of_user).await
    }
}

fn recovery() -> TableCreateStatement {
    Table::create()
        .table("governance_recovery")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("user_id").uuid().not_null())
        .col(ColumnDef::new("code_hash").binary().not_null())
        .col(ColumnDef::new("made_at").big_integer().not_null())
        .col(ColumnDef::new("expires_at").big_integer().not_null())
        .col(ColumnDef::new("failures").integer().not_null())
        .col(ColumnDef::new("used_at").big_integer())
        .foreign_key(ForeignKey::create().from("governance_recovery", "user_id").to("governance_user", "id"))
        .take()
}

fn grant() -> TableCreateStatement {
    Table::create()
        .table("governance_grant")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("role").text().not_null())
        .col(ColumnDef::new("agency").text())
        .col(ColumnDef::new("columns").text().not_null())
        .col(ColumnDef::new("purpose").text().not_null())
        .col(ColumnDef::new("document").text().not_null())
        .col(ColumnDef::new("from_day").integer().not_null())
        .col(ColumnDef::new("to_day").integer().not_null())
        .col(ColumnDef::new("issued_by").text().not_null())
        .col(ColumnDef::new("issued_at").big_integer().not_null())
        .take()
}

fn grant_change() -> TableCreateStatement {
    Table::create()
        .table("governance_grant_change")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("grant_id").uuid().not_null())
        .col(ColumnDef::new("kind").text().not_null())
        .col(ColumnDef::new("reason").text().not_null())
        .col(ColumnDef::new("changed_by").text().not_null())
        .col(ColumnDef::new("changed_at").big_integer().not_null())
        .foreign_key(
            ForeignKey::create().from("governance_grant_change", "grant_id").to("governance_grant", "id"),
        )
        .take()
}

fn user() -> TableCreateStatement {
    Table::create()
        .table("governance_user")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("login").text().not_null().unique_key())
        .col(ColumnDef::new("name").text().not_null())
        .col(ColumnDef::new("role").text().not_null())
        .col(ColumnDef::new("agency").text())
        .col(ColumnDef::new("password").text().not_null())
        .col(ColumnDef::new("code_secret").binary().not_null())
        .col(ColumnDef::new("code_step").big_integer().not_null())
        .col(ColumnDef::new("failures").integer().not_null())
        .col(ColumnDef::new("paused_until").big_integer())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("disabled_at").big_integer())
        .take()
}

fn session() -> TableCreateStatement {
    Table::create()
        .table("governance_session")
        .col(ColumnDef::new("token_hash").binary().not_null().primary_key())
        .col(ColumnDef::new("user_id").uuid().not_null())
        .col(ColumnDef::new("begun_at").big_integer().not_null())
        .col(ColumnDef::new("seen_at").big_integer().not_null())
        .col(ColumnDef::new("ended_at").big_integer())
        .foreign_key(ForeignKey::create().from("governance_session", "user_id").to("governance_user", "id"))
        .take()
}
