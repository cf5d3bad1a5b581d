//! The commands, one file each. Owns the dispatch and nothing else.

mod access;
mod audited;
mod backup;
mod backup_manifest;
mod bench;
mod checkpoint;
mod checkpoint_key;
mod counts;
mod demo;
mod doctor;
mod explain;
mod forget;
mod hold;
mod journal;
mod journal_repair;
mod kept_snapshots;
mod message_gateway;
mod office_books;
mod publish;
mod receipt;
mod restore;
mod scenario;
mod serve;
mod simulate;
mod snapshot;
mod state;
mod stream_repair;
mod tables;
mod verify;
mod verify_receipt;
mod witness;

use crate::cli::{Command, JournalCommand};

/// Runs a command to its end.
///
/// # Errors
/// What a person at the terminal has to hear.
pub fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Publish(arguments) => publish::run(&arguments),
        Command::Client(command) => access::client(&command),
        Command::User(command) => access::user(&command),
        Command::Device(command) => access::device(&command),
        Command::Journal(JournalCommand::Show(arguments)) => journal::show(&arguments),
        Command::Journal(JournalCommand::Grep(arguments)) => journal::grep(&arguments),
        Command::Journal(JournalCommand::Repair(arguments)) => journal_repair::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::State(what) => state::run(&what),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Snapshot(arguments) => snapshot::run(&arguments),
        Command::CheckpointKey(arguments) => checkpoint_key::run(&arguments),
        Command::Checkpoint(arguments) => checkpoint::run(&arguments),
        Command::Witness(arguments) => witness::run(&arguments),
        Command::Receipt(arguments) => receipt::run(&arguments),
        Command::VerifyReceipt(arguments) => verify_receipt::run(&arguments),
        Command::Hold(command) => hold::run(&command),
        Command::Forget(arguments) => forget::run(&arguments),
        Command::Scenario(arguments) => scenario::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Restore(arguments) => restore::run(&arguments),
    }
}
