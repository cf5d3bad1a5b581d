//! The chart of accounts that people read is the one the engine keeps.

use crate::blessed;

#[test]
fn the_written_chart_of_accounts_is_the_engines() {
    blessed::check("../../docs/chart-of-accounts.md", &engine::ledger::chart_markdown());
}
