//! Schema of the projection.

use sea_orm::{DbErr, Schema};
use sea_orm_migration::prelude::*;

use super::entities::{
    account, benefit_day, budget, cursor, day, definition, dwell, entitled, flow, flow_day, flow_hour, grant,
    home, inside, open, place_hour, stay,
};

/// Migrations of the projection, in order.
pub struct Projections;

#[async_trait::async_trait]
impl MigratorTrait for Projections {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(First)]
    }

    fn migration_table_name() -> DynIden {
        "insight_migration".into_iden()
    }
}

struct First;

impl MigrationName for First {
    fn name(&self) -> &'static str {
        "insight_0001_projection"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for First {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = Schema::new(manager.get_database_backend());
        let tables = [
            schema.create_table_from_entity(cursor::Entity),
            schema.create_table_from_entity(definition::Entity),
            schema.create_table_from_entity(account::Entity),
            schema.create_table_from_entity(home::Entity),
            schema.create_table_from_entity(open::Entity),
            schema.create_table_from_entity(grant::Entity),
            schema.create_table_from_entity(place_hour::Entity),
            schema.create_table_from_entity(stay::Entity),
            schema.create_table_from_entity(dwell::Entity),
            schema.create_table_from_entity(inside::Entity),
            schema.create_table_from_entity(flow::Entity),
            schema.create_table_from_entity(flow_hour::Entity),
            schema.create_table_from_entity(flow_day::Entity),
            schema.create_table_from_entity(day::Entity),
            schema.create_table_from_entity(benefit_day::Entity),
            schema.create_table_from_entity(entitled::Entity),
            schema.create_table_from_entity(budget::Entity),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        let by_day =
            [("insight_place_hour", "insight_place_hour_day"), ("insight_dwell", "insight_dwell_day")];
        for (table, name) in by_day {
            let index = Index::create().name(name).table(Alias::new(table)).col(Alias::new("day")).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
