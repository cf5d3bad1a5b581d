//! The command line of evidence and forgetting.

use std::path::PathBuf;

use base::CivilDate;
use clap::{Args, Subcommand};

use super::{DATA, date};

/// Arguments of `checkpoint-key`.
#[derive(Debug, Args)]
pub struct CheckpointKeyArguments {
    /// File to make; it signs, so keep it where the server cannot read it.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Whose key it is: the operator's key has the journal's name (jakarta-one.go.id/journal), a witness its own.
    #[arg(long)]
    pub name: String,
    /// Make the key of a witness outside the operator.
    #[arg(long)]
    pub witness: bool,
}

/// Arguments of `checkpoint`.
#[derive(Debug, Args)]
pub struct CheckpointArguments {
    /// The operator's key, as `checkpoint-key` made it.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// Prove that it continues the checkpoint of so many entries, for a witness that missed some. Default: the last one.
    #[arg(long, value_name = "ENTRIES")]
    pub since: Option<u64>,
    /// Directory of the city's data.
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub data: PathBuf,
}

/// Arguments of `witness`.
#[derive(Debug, Args)]
pub struct WitnessArguments {
    /// The checkpoint; the signature is put under it.
    #[arg(value_name = "CHECKPOINT")]
    pub checkpoint: PathBuf,
    /// The proof that it continues what was signed last.
    #[arg(value_name = "PROOF")]
    pub proof: PathBuf,
    /// The witness's key, as `checkpoint-key --witness` made it.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// File with the line of the operator's key.
    #[arg(long, value_name = "FILE")]
    pub operator_key: PathBuf,
    /// File that keeps what was signed last; made at the first checkpoint, which is believed as it is.
    #[arg(long, value_name = "FILE")]
    pub state: PathBuf,
}

/// Arguments of `receipt`.
#[derive(Debug, Args)]
pub struct ReceiptArguments {
    /// A command id, or a position `seq.index`.
    pub id: String,
    /// File to write; without one it is printed.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Show the sealed movement too. It stays sealed, and opens for nobody once its day is forgotten.
    #[arg(long)]
    pub movement: bool,
    /// The checkpoint to prove by, such as one that came back from the witness. Default: the last one made here.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// Directory of the city's data.
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub data: PathBuf,
}

/// Arguments of `verify-receipt`.
#[derive(Debug, Args)]
pub struct VerifyReceiptArguments {
    /// The receipt.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// File with the line of the operator's key, had from somebody who is to be believed.
    #[arg(long, value_name = "FILE")]
    pub operator_key: PathBuf,
    /// File with the line of the witness's key: its signature must be there too.
    #[arg(long, value_name = "FILE")]
    pub witness_key: Option<PathBuf>,
    /// Print JSON instead of text.
    #[arg(long)]
    pub json: bool,
}

/// What to do about legal holds.
#[derive(Debug, Subcommand)]
pub enum HoldCommand {
    /// Keep the movement of a period whatever its age, because a document says so.
    Add {
        /// Number of the document.
        document: String,
        /// First day.
        #[arg(long, value_name = "DATE", value_parser = date)]
        from: CivilDate,
        /// Last day.
        #[arg(long, value_name = "DATE", value_parser = date)]
        to: CivilDate,
        /// Who ordered it, and who put it here.
        #[arg(long)]
        by: String,
        /// Directory of the city's data.
        #[arg(long, value_name = "DIR", default_value = DATA)]
        data: PathBuf,
    },
    /// End a hold; it stays in the list.
    Lift {
        /// Number of the document that ordered it.
        document: String,
        /// Who ended it, and by which document.
        #[arg(long)]
        by: String,
        /// Directory of the city's data.
        #[arg(long, value_name = "DIR", default_value = DATA)]
        data: PathBuf,
    },
    /// List all holds.
    List {
        /// Directory of the city's data.
        #[arg(long, value_name = "DIR", default_value = DATA)]
        data: PathBuf,
    },
}

/// Arguments of `forget`.
#[derive(Debug, Args)]
pub struct ForgetArguments {
    /// Forget the movement of all days before this one, for good.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub movement_before: CivilDate,
    /// The operator's key, which signs what was counted.
    #[arg(long, value_name = "FILE", required_unless_present = "dry_run")]
    pub key: Option<PathBuf>,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Directory of the city's data.
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub data: PathBuf,
}
