//! Changes to rows that are there already: purchases, one statement each, in the order of the journal.

use platform::database::{DatabaseError, Transaction};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::entities::{purchase, purchase_line};
use super::goods::PurchaseChange;

/// Writes what became of purchases.
pub async fn change_purchases(txn: &Transaction, changes: &[PurchaseChange]) -> Result<(), DatabaseError> {
    for change in changes {
        match change {
            PurchaseChange::Captured { purchase, amount, kept } => {
                captured(txn, *purchase, *amount, kept).await?;
            }
            PurchaseChange::Voided { purchase } => {
                let row = purchase::ActiveModel {
                    number: Set(*purchase),
                    state: Set("voided".into()),
                    hold: Set(None),
                    ..Default::default()
                };
                purchase::Entity::update(row).exec(txn).await?;
            }
            PurchaseChange::Refunded { purchase, amount, lines, voided } => {
                refunded(txn, *purchase, *amount, lines, *voided).await?;
            }
            PurchaseChange::Lapsed { hold } => {
                purchase::Entity::update_many()
                    .col_expr(purchase::Column::State, Expr::value("lapsed"))
                    .col_expr(purchase::Column::Hold, Expr::value(Option::<i64>::None))
                    .filter(purchase::Column::Hold.eq(*hold))
                    .exec(txn)
                    .await?;
            }
        }
    }
    Ok(())
}

async fn captured(txn: &Transaction, number: i64, amount: i64, kept: &[i32]) -> Result<(), DatabaseError> {
    let row = purchase::ActiveModel {
        number: Set(number),
        state: Set("captured".into()),
        amount: Set(amount),
        hold: Set(None),
        ..Default::default()
    };
    purchase::Entity::update(row).exec(txn).await?;
    if !kept.is_empty() {
        purchase_line::Entity::update_many()
            .col_expr(purchase_line::Column::LeftOut, Expr::value(true))
            .filter(purchase_line::Column::Purchase.eq(number))
            .filter(purchase_line::Column::Line.is_not_in(kept.iter().copied()))
            .exec(txn)
            .await?;
    }
    Ok(())
}

async fn refunded(
    txn: &Transaction,
    number: i64,
    amount: i64,
    lines: &[(i32, i64)],
    voided: bool,
) -> Result<(), DatabaseError> {
    let back = Expr::col(purchase::Column::Refunded).add(amount);
    let mut update = purchase::Entity::update_many().col_expr(purchase::Column::Refunded, back);
    if voided {
        update = update.col_expr(purchase::Column::State, Expr::value("voided"));
    }
    update.filter(purchase::Column::Number.eq(number)).exec(txn).await?;
    for (line, amount) in lines {
        purchase_line::Entity::update_many()
            .col_expr(
                purchase_line::Column::Refunded,
                Expr::col(purchase_line::Column::Refunded).add(*amount),
            )
            .filter(purchase_line::Column::Purchase.eq(number))
            .filter(purchase_line::Column::Line.eq(*line))
            .exec(txn)
            .await?;
    }
    Ok(())
}
