//! The command line: what can be asked, with its defaults. Never does anything about it.

mod evidence;

use std::path::PathBuf;

use base::{CivilDate, CivilTime, Timestamp};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::data_directory::LAG_MAX;

pub use evidence::{
    CheckpointArguments, CheckpointKeyArguments, ForgetArguments, HoldCommand, ReceiptArguments,
    VerifyReceiptArguments, WitnessArguments,
};

/// Port of pages and API when nobody says.
const PORT: u16 = 8145;

/// Where the data lies when nobody says.
const DATA: &str = "data";

/// Jakarta One: the city's card, in one program.
#[derive(Debug, Parser)]
#[command(name = "jakone", version, about, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be asked of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show a small invented city with a history and live traffic, on this machine only.
    Demo(DemoArguments),
    /// Run the product on a data directory.
    Serve(ServeArguments),
    /// Load a content file: organisations, places, tariffs, benefits.
    Publish(PublishArguments),
    /// Manage the programs that may call the API.
    #[command(subcommand)]
    Client(ClientCommand),
    /// Manage the people who sign in at work.
    #[command(subcommand)]
    User(UserCommand),
    /// Manage terminals and their keys.
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Look into the journal.
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Say in words how a command was decided: facts, rules, benefits that lost, transfers, what the gate shows.
    Explain(ExplainArguments),
    /// Show one account, holder or device as the journal leaves it.
    #[command(subcommand)]
    State(StateCommand),
    /// Check the journal's chain, leaves and hashes, replay it, and compare the projections at their cursor.
    Verify(VerifyArguments),
    /// Write the engine's state down, so that a start need not replay the whole journal. Works beside a running server.
    Snapshot(SnapshotArguments),
    /// Make a key pair for checkpoints and print the line that others check with.
    CheckpointKey(CheckpointKeyArguments),
    /// Sign what the journal is now, with a proof that it continues the last checkpoint. Works beside a running server.
    Checkpoint(CheckpointArguments),
    /// Sign a checkpoint as a witness outside the operator, if it continues the last one signed.
    Witness(WitnessArguments),
    /// Write a proof that a record is in the journal, which its holder checks without this city.
    Receipt(ReceiptArguments),
    /// Check a receipt with public keys alone.
    VerifyReceipt(VerifyReceiptArguments),
    /// Keep movement that a document says must be kept.
    #[command(subcommand)]
    Hold(HoldCommand),
    /// Destroy the keys of old days, so that nobody can tell any more where people were.
    Forget(ForgetArguments),
    /// Run given/when/then stories against the built-in content: what each step comes to, and what differs.
    Scenario(ScenarioArguments),
    /// Live cities on a clock, a disk and servers that fail by seed, and check what must hold after every step.
    Simulate(SimulateArguments),
    /// Look at everything that commonly goes wrong on a machine.
    Doctor(ReadArguments),
    /// Measure on this machine: throughput, latency, and both against the bound of deciding alone.
    Bench(BenchArguments),
    /// Copy everything that a city needs to go on elsewhere, beside a running server, as of one entry of the journal.
    Backup(BackupArguments),
    /// Make a data directory of a backup, in an empty place, and verify it.
    Restore(RestoreArguments),
}

/// Arguments of `serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeArguments {
    /// Directory of the city's data; an empty one starts an empty city.
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub data: PathBuf,
    /// PostgreSQL database for journal, office and projections (postgres://user@host:5432/database), kept in the directory
    /// for every later command. Several machines may be given the same: one leads, the others wait to take its place.
    /// Arguments can be read by everybody on the machine: an address with a password goes into the variable.
    #[arg(long, value_name = "URL", env = "JAKONE_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// NATS servers for the journal, beside a database for office and projections; kept in the directory as well
    /// (nats://USER:PASSWORD@HOST:4222,HOST:4222,HOST:4222/STREAM?system=USER:PASSWORD). A user of the system account
    /// lets the servers be asked how they flush; `sync=vouched` instead says that each flushes always.
    #[arg(long, value_name = "URL", env = "JAKONE_JOURNAL", hide_env_values = true)]
    pub journal: Option<String>,
    /// Port on the loopback address; 0 for any free one.
    #[arg(long, default_value_t = PORT)]
    pub port: u16,
    /// Real-time priority (`SCHED_FIFO`, 1 to 99) of the thread that writes the journal, so that a busy machine does not let
    /// a finished flush wait. Needs the right to it: `CAP_SYS_NICE`, or a limit `rtprio`.
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..=99))]
    pub writer_priority: Option<u8>,
    /// How many seconds the tables may be behind the journal: past that, runs over many recipients wait, and nothing else does.
    #[arg(long, value_name = "SECONDS", default_value_t = LAG_MAX.as_secs())]
    pub lag_max: u64,
    /// Message gateway that sends codes to residents' phones (http://127.0.0.1:PORT). Without one residents cannot sign
    /// in. Its token is read from the environment variable `JAKONE_MESSAGE_GATEWAY_TOKEN` or from a file.
    #[arg(long, value_name = "URL")]
    pub message_gateway: Option<String>,
    /// File that holds the message gateway's token.
    #[arg(long, value_name = "FILE", requires = "message_gateway")]
    pub message_gateway_token_file: Option<PathBuf>,
}

/// Arguments of `publish`.
#[derive(Debug, Clone, Args)]
pub struct PublishArguments {
    /// The content file (YAML).
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Directory of the city's data.
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub data: PathBuf,
}

/// What to do about API clients.
#[derive(Debug, Clone, Subcommand)]
pub enum ClientCommand {
    /// Add a client and print its token, once.
    Add {
        /// What it is called.
        name: String,
        /// `terminal_operator`, `bank`, `merchant` or `operator`.
        #[arg(long)]
        role: String,
        /// Code of the bank or merchant it acts for; without one it acts for all, as a payment aggregator.
        #[arg(long, value_name = "CODE")]
        organisation: Option<String>,
        /// Directory of the city's data.
        #[arg(long, value_name = "DIR", default_value = DATA)]
        data: PathBuf,
    },
    /// List all clients.
    List {
        /// Directory of the city's data.
        #[arg(long, value_name = "DIR", default_value = DATA)]
        data: PathBuf,
    },
    /// Disable a client by its principal.
    Disable {
        /// Its principal, as `client list` shows it.
        principal: u32,
        /// Directory of the city's data.
        #[arg(long, value_name = "DIR", default_value = DATA)]
        data: PathBuf,
    },
}

/// What to do about the people who sign in.
#[derive(Debug, Clone, Subcommand)]
pub enum UserCommand {
    /// Add somebody; print the password and the authenticator's secret, once.
    Add {
        /// What they type to sign in: 2 to 40 of a-z, 0-9, point, hyphen.
        login: String,
        /// What they are called.
        #[arg(long)]
        name: String,
        /// `operator`, `data_authority`, `agency`, `monitoring`, `inspector` or `counter`.
        #[arg(long)]
        role: String,
        /// Code of the agency they work for.
        #[arg(long)]
        agency: Option<String>,
        /// Directory of the city's data.
        #[arg(long, value_name = "DIR", default_value = DATA)]
        data: PathBuf,
    },
    /// List everybody.
    List {
        /// Directory of the city's data.
        #[arg(long, value_name = "DIR", default_value = DATA)]
        data: PathBuf,
    },
    /// Let somebody sign in no more, and end what they have open.
    Disable {
        /// What they type to sign in.
        login: String,
        /// Directory of the city's data.
        #[arg(long, value_name = "DIR", default_value = DATA)]
        data: PathBuf,
    },
}

/// What to do about terminals.
#[derive(Debug, Clone, Subcommand)]
pub enum DeviceCommand {
    /// Add a terminal of a client.
    Add {
        /// Its number, above zero.
        #[arg(value_parser = clap::value_parser!(u32).range(1..))]
        number: u32,
        /// Principal of the client that runs it.
        #[arg(long)]
        client: u32,
        /// Ed25519 public key, 64 hexadecimal digits.
        #[arg(long, value_name = "HEX")]
        public_key: String,
        /// Code of the place where it stands.
        #[arg(long)]
        place: Option<String>,
        /// Directory of the city's data.
        #[arg(long, value_name = "DIR", default_value = DATA)]
        data: PathBuf,
    },
    /// List all terminals.
    List {
        /// Directory of the city's data.
        #[arg(long, value_name = "DIR", default_value = DATA)]
        data: PathBuf,
    },
    /// Disable a terminal.
    Disable {
        /// Its number.
        number: u32,
        /// Directory of the city's data.
        #[arg(long, value_name = "DIR", default_value = DATA)]
        data: PathBuf,
    },
}

/// Arguments of `demo`.
#[derive(Debug, Clone, Args)]
pub struct DemoArguments {
    /// Directory of the demonstration; a second start goes on with what is there.
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub data: PathBuf,
    /// Port on the loopback address; 0 for any free one.
    #[arg(long, default_value_t = PORT)]
    pub port: u16,
    /// People in a new city.
    #[arg(long, default_value_t = 20_000)]
    pub residents: usize,
    /// Days of history in a new city, before today.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=366))]
    pub days: u32,
    /// First day of the history (2026-11-21); default: so many days before today.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub from: Option<CivilDate>,
    /// Time of day in a new city when its history ends and the traffic begins (07:30), or `now`.
    #[arg(long, value_name = "TIME", default_value = "09:30", value_parser = time_of_day)]
    pub at: TimeOfDay,
    /// What a new city is drawn from: the same seed gives the same city.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Live taps per second on average over a day, more at its peaks and none at night; 0 for none at all. Default: as many as
    /// the history has.
    #[arg(long, value_name = "TAPS_PER_S", value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub rate: Option<u32>,
}

fn date(text: &str) -> Result<CivilDate, String> {
    CivilDate::parse(text).ok_or_else(|| "a date looks like 2026-11-21".to_owned())
}

/// A time of day in Jakarta.
#[derive(Debug, Clone, Copy)]
pub enum TimeOfDay {
    /// As it is in Jakarta now.
    Now,
    /// A time of day.
    At(CivilTime),
}

fn time_of_day(text: &str) -> Result<TimeOfDay, String> {
    if text == "now" {
        return Ok(TimeOfDay::Now);
    }
    let parts = text
        .split_once([':', '.'])
        .and_then(|(hour, minute)| Some((hour.parse().ok()?, minute.parse().ok()?)));
    let known =
        parts.filter(|(hour, minute): &(i64, i64)| (0..24).contains(hour) && (0..60).contains(minute));
    let time = known.map(|(hour, minute)| CivilTime(hour * Timestamp::HOUR + minute * Timestamp::MINUTE));
    time.map(TimeOfDay::At).ok_or_else(|| "a time looks like 07:30; `now` is the time in Jakarta".to_owned())
}

/// Which data, and for whom the output is.
#[derive(Debug, Clone, Args)]
pub struct ReadArguments {
    /// Directory of the city's data.
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub data: PathBuf,
    /// Print JSON instead of text.
    #[arg(long)]
    pub json: bool,
}

/// Ways to look into the journal.
#[derive(Debug, Subcommand)]
pub enum JournalCommand {
    /// Print entries and their records in words.
    Show(ShowArguments),
    /// Print the records that concern a holder, medium, device, account, command or code.
    Grep(GrepArguments),
    /// Replace a damaged or short end of the segment files from a copy; the old files are set aside. Of a journal on NATS,
    /// append what is missing.
    Repair(RepairArguments),
}

/// Arguments of `journal show`.
#[derive(Debug, Args)]
pub struct ShowArguments {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub read: ReadArguments,
    /// First entry.
    #[arg(long, value_name = "SEQ", default_value_t = 1)]
    pub from: u64,
    /// Last entry.
    #[arg(long, value_name = "SEQ")]
    pub to: Option<u64>,
}

/// Arguments of `journal grep`.
#[derive(Debug, Args)]
pub struct GrepArguments {
    /// A holder (P-7F3K-2209), a command id, a code or refusal (`bank_a`, `medium_blocked`), `medium:5`, `device:3`,
    /// `account:7`, or a bare number, which means any of the three.
    pub pattern: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub read: ReadArguments,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// A command id, or a position `seq.index`.
    pub id: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub read: ReadArguments,
}

/// What of the state to show.
#[derive(Debug, Subcommand)]
pub enum StateCommand {
    /// An account by its number.
    Account(StateArguments),
    /// A holder by number (P-7F3K-2209).
    Holder(StateArguments),
    /// A terminal by its number.
    Device(StateArguments),
}

/// Arguments of `state`.
#[derive(Debug, Args)]
pub struct StateArguments {
    /// Which one.
    pub id: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub read: ReadArguments,
}

/// Arguments of `snapshot`.
#[derive(Debug, Args)]
pub struct SnapshotArguments {
    /// Directory of the city's data.
    #[arg(value_name = "DIR", default_value = DATA)]
    pub data: PathBuf,
    /// Print JSON instead of text.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArguments {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub read: ReadArguments,
}

/// Arguments of `scenario`.
#[derive(Debug, Clone, Args)]
pub struct ScenarioArguments {
    /// Stories (YAML), or directories of them.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// A content file published beside the built-in content, to try a new benefit or price; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub content: Vec<PathBuf>,
    /// Print JSON instead of text, one object per story.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `simulate`.
#[derive(Debug, Clone, Args)]
pub struct SimulateArguments {
    /// How many cities.
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub seeds: u64,
    /// Seed of the first one; the others follow.
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    pub from: u64,
    /// Print every step, one city after the other.
    #[arg(long, conflicts_with = "json")]
    pub trace: bool,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub json: bool,
}

/// What a bench measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BenchSubject {
    /// Transfers between purses.
    Transfers,
    /// Taps: medium, benefits, fare, transfers.
    Taps,
    /// Taps over HTTP: uploads of a batch each, or single taps with `--batch 1`.
    Http,
    /// Transfers in batches over a loopback socket, beside the same handed over in process.
    Client,
    /// Applying a journal of taps from its first entry.
    Replay,
    /// A start from a snapshot and a tail of taps, beside one without the snapshot.
    Restart,
    /// Memory per holder with medium, purse and two entitlements.
    Memory,
    /// Taps into the tables of all projections, and how far those are behind at 2 000 taps a second.
    Project,
    /// Aid for every holder, while gates ask.
    Recipients,
    /// The same transfers and the same aid in a database by itself: SQLite (embedded) or PostgreSQL.
    Peer,
}

impl BenchSubject {
    /// Name in the output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transfers => "transfers",
            Self::Taps => "taps",
            Self::Http => "http",
            Self::Client => "client",
            Self::Replay => "replay",
            Self::Restart => "restart",
            Self::Memory => "memory",
            Self::Project => "project",
            Self::Recipients => "recipients",
            Self::Peer => "peer",
        }
    }

    /// Whether it can be measured on a backend.
    pub const fn runs_on(self, backend: BenchBackend) -> bool {
        match self {
            Self::Transfers | Self::Taps | Self::Client | Self::Replay => true,
            Self::Http | Self::Project | Self::Recipients | Self::Peer => {
                matches!(backend, BenchBackend::Embedded | BenchBackend::Postgres)
            }
            Self::Restart | Self::Memory => matches!(backend, BenchBackend::Embedded),
        }
    }

    /// The options that make a difference to it, beside those that each has.
    pub const fn uses(self) -> &'static [BenchOption] {
        use BenchOption::{Batch, Count, InFlight, Rate, Rounds};
        match self {
            Self::Transfers | Self::Taps | Self::Client => &[Count, Batch, InFlight, Rate, Rounds],
            Self::Http | Self::Replay => &[Count, Batch, InFlight, Rounds],
            Self::Restart | Self::Project => &[Count, Batch, InFlight],
            Self::Memory => &[],
            Self::Recipients => &[Batch, InFlight],
            Self::Peer => &[Count, Batch, Rounds],
        }
    }
}

/// An option that not every bench has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BenchOption {
    /// Commands measured.
    Count,
    /// Commands handed over together.
    Batch,
    /// Batches on their way.
    InFlight,
    /// Commands offered per second.
    Rate,
    /// Rounds.
    Rounds,
}

impl BenchOption {
    /// As it is written on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "--count",
            Self::Batch => "--batch",
            Self::InFlight => "--in-flight",
            Self::Rate => "--rate",
            Self::Rounds => "--rounds",
        }
    }
}

/// Where a bench writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BenchBackend {
    /// Segment files, durable before the answer; tables in SQLite.
    Embedded,
    /// PostgreSQL, a private server on this machine; tables there too.
    Postgres,
    /// NATS JetStream, three private nodes on this machine.
    Jetstream,
    /// Memory: what the journal's disk costs, left out.
    Memory,
}

impl BenchBackend {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Embedded, Self::Postgres, Self::Jetstream, Self::Memory];

    /// Name in the output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Postgres => "postgres",
            Self::Jetstream => "jetstream",
            Self::Memory => "memory",
        }
    }
}

/// Arguments of `bench`.
#[derive(Debug, Clone, Args)]
pub struct BenchArguments {
    /// What to measure.
    pub subject: BenchSubject,
    /// Where the journal lies. Servers are private ones, started on this machine and ended with the bench.
    #[arg(long, value_enum, default_value = "embedded")]
    pub backend: BenchBackend,
    /// Purses or holders. Default: as fits the subject, 1 000 000 for transfers, 10 000 000 for memory.
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..))]
    pub accounts: Option<u32>,
    /// Commands measured, over all rounds. Default: as fits the subject, 3 000 000 transfers, 1 500 000 taps. Memory and
    /// recipients measure every holder instead.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub count: Option<u32>,
    /// Commands handed over together, which may span several entries (8 192; over HTTP 1 000; one in flight: 1).
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub batch: Option<u32>,
    /// Batches on their way at a time (2: one being decided while one is being written); 1 measures single commands. Over
    /// HTTP, connections (8, for single taps 64).
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub in_flight: Option<u32>,
    /// Commands offered per second, for transfers, taps and client; as many as are answered when absent.
    #[arg(long, value_name = "PER_S", value_parser = clap::value_parser!(u32).range(1..))]
    pub rate: Option<u32>,
    /// Rounds, one after the other; the figures are the median round's (3; for what sets up a large city 1).
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub rounds: Option<u32>,
    /// Seed of the random choices.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Directory to work in; a subdirectory is made in it and removed afterwards. Default: the system's place for
    /// temporary files.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print one JSON object per line instead of a table.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `backup`.
#[derive(Debug, Clone, Args)]
pub struct BackupArguments {
    /// Directory to write to: a new or an empty one, best on another disk.
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
    /// Directory of the city's data.
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub data: PathBuf,
    /// Print JSON instead of text.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `restore`.
#[derive(Debug, Clone, Args)]
pub struct RestoreArguments {
    /// The backup.
    #[arg(value_name = "BACKUP")]
    pub backup: PathBuf,
    /// Directory to make: a new or an empty one.
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub data: PathBuf,
    /// Database that the dump goes into, where it is another than the one that was backed up.
    #[arg(long, value_name = "URL", env = "JAKONE_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// NATS servers that the journal goes into, where they or the stream are others than those that were backed up.
    #[arg(long, value_name = "URL", env = "JAKONE_JOURNAL", hide_env_values = true)]
    pub journal: Option<String>,
    /// Print JSON instead of text.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `journal repair`.
#[derive(Debug, Args)]
pub struct RepairArguments {
    /// The copy: a backup, another data directory, or a directory of segment files, such as DIR/copy.
    #[arg(long, value_name = "COPY")]
    pub from: PathBuf,
    /// NATS servers with an empty stream that the journal goes into, where the old stream is damaged; kept in the directory
    /// in place of the old address.
    #[arg(long, value_name = "URL", env = "JAKONE_JOURNAL", hide_env_values = true)]
    pub journal: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub read: ReadArguments,
}
