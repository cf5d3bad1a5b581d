//! `jakone hold`: documents that order movement of a period to be kept. Works beside a running server.

use crate::cli::HoldCommand;
use crate::data_directory::DataDirectory;
use crate::forgetting::holds::Holds;

/// Adds, lifts or lists holds.
///
/// # Errors
/// What is wrong with the hold, or the file.
pub fn run(command: &HoldCommand) -> anyhow::Result<()> {
    match command {
        HoldCommand::Add { document, from, to, by, data } => {
            let directory = DataDirectory::open(data)?;
            Holds::add(&directory, document, (*from, *to), by)?;
            println!("held: {document}, {from} to {to}");
        }
        HoldCommand::Lift { document, by, data } => {
            Holds::lift(&DataDirectory::open(data)?, document, by)?;
            println!("lifted: {document}");
        }
        HoldCommand::List { data } => {
            for hold in Holds::read(&DataDirectory::open(data)?)?.all() {
                let state = hold.lifted.as_ref().map_or_else(
                    || "in force".to_owned(),
                    |lifted| format!("lifted {} by {}", lifted.at, lifted.by),
                );
                println!("{}\t{}\t{}\t{}\t{state}", hold.document, hold.from, hold.to, hold.by);
            }
        }
    }
    Ok(())
}
