//! Many rows at once, by statements of a few sizes only: each is built once and prepared once, and all that is left to do per row
//! is to bind its values.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::sea_query::{OnConflict, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, EntityTrait, IdenStatic, Iterable, ModelTrait, Statement, Value};

use super::{DatabaseError, Transaction};

/// Rows of the largest statement. Smaller ones have half as many, a quarter and so on down to one, so that any number of
/// rows is some of them; the widest table binds forty values a row, a third of what a statement may bind (32 766).
const ROWS_MAX: usize = 256;

/// Statements that a writer keeps prepared: the sizes of all tables that many rows are written to.
pub(super) const STATEMENTS: usize = 512;

/// The texts of statements by table and number of rows: kept by whoever writes many rows again and again.
#[derive(Debug, Default)]
pub struct Texts(Mutex<BTreeMap<(&'static str, usize), Arc<str>>>);

impl Texts {
    /// Inserts rows.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn insert<M: ModelTrait>(&self, txn: &Transaction, rows: &[M]) -> Result<(), DatabaseError> {
        self.write(txn, rows, None).await
    }

    /// Inserts rows, or does to those already there what `conflict` says. One table is always written with the same.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn upsert<M: ModelTrait>(
        &self,
        txn: &Transaction,
        rows: &[M],
        conflict: &OnConflict,
    ) -> Result<(), DatabaseError> {
        self.write(txn, rows, Some(conflict)).await
    }

    async fn write<M: ModelTrait>(
        &self,
        txn: &Transaction,
        mut rows: &[M],
        conflict: Option<&OnConflict>,
    ) -> Result<(), DatabaseError> {
        let mut size = ROWS_MAX;
        while !rows.is_empty() {
            while size > rows.len() {
                size /= 2;
            }
            let (some, rest) = rows.split_at(size);
            rows = rest;
            let text = self.text::<M::Entity>(txn, size, conflict);
            let columns = <M::Entity as EntityTrait>::Column::iter;
            let values = some.iter().flat_map(|row| columns().map(|column| row.get(column)));
            let statement = Statement::from_sql_and_values(txn.get_database_backend(), text.as_ref(), values);
            txn.execute_raw(statement).await?;
        }
        Ok(())
    }

    fn text<E: EntityTrait>(
        &self,
        txn: &Transaction,
        size: usize,
        conflict: Option<&OnConflict>,
    ) -> Arc<str> {
        let entity = E::default();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = known.entry((entity.table_name(), size)).or_insert_with(|| {
            let columns: Vec<&str> = E::Column::iter().map(|column| column.as_str()).collect();
            let row = || columns.iter().map(|_| SimpleExpr::Value(Value::Bool(None)));
            let mut insert = Query::insert();
            insert.into_table(entity.table_ref()).columns(columns.iter().copied());
            for _ in 0..size {
                insert.values_panic(row());
            }
            if let Some(conflict) = conflict {
                insert.on_conflict(conflict.clone());
            }
            txn.get_database_backend().build(&insert).sql.into()
        });
        Arc::clone(text)
    }
}
