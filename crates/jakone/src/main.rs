//! `jakone`, the one binary of Jakarta One.
//!
//! Owns the wiring: reads the command line, hands over to one file per command, prints what went wrong in words and
//! ends with 0 (done), 1 (not done, and why) or 2 (the command line was not understood). Decides nothing about the city.

mod addresses;
mod cli;
mod commands;
mod data_directory;
mod entries;
mod evidence;
mod flush_probe;
mod forgetting;
mod journal_copy;
mod lock_owner;
mod office_key;
mod panics;
mod problem;
mod product;
mod reading;
mod seen;
mod small_file;
mod words;

use std::process::ExitCode;

use clap::Parser as _;

/// The tables that decisions read are large and read at random: in pages of 2 MiB, which `.cargo/config.toml` asks this allocator
/// for, a read finds its page at once. And what one thread makes, another frees, all day long.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    panics::install_hook();
    let arguments = cli::Arguments::parse();
    log(&arguments.command);
    match commands::run(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            problem::print(&error);
            ExitCode::FAILURE
        }
    }
}

/// Messages of the program's parts go to standard error; `RUST_LOG` says which. A simulation's are about faults that it made
/// itself, so nobody hears of them unasked.
fn log(command: &cli::Command) {
    let usual = if matches!(command, cli::Command::Simulate(_)) { "off" } else { "warn" };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(usual));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
