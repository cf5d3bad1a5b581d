//! The whole state as bytes, and back: what a restart begins with instead of the first entry.
//!
//! Owns the order of the tables and the shape of a piece. A snapshot is a row of pieces, each some rows of one table:
//! `table, count, row …` in deterministic CBOR, so that neither side ever holds more than one piece beside the state.
//! Each module writes and reads its own tables; every struct is taken apart without `..`, so that a field that is added
//! to the state and not kept does not compile. Never does I/O: whoever keeps the pieces frames and guards them.
//!
//! # Invariants
//!
//! - The same state gives the same bytes, however its tables lie in memory.
//! - A state read back has the same digest, and decides the same commands to the same bytes for ever.
//! - What can be made again from the rows (indexes, deadlines in order, chains of taps) is not kept.

use minicbor::decode::Error;
use minicbor::{Decoder, Encode, Encoder};

use crate::state::KeyedState;
use crate::{Genesis, Parameter, Parameters, State};

/// Version of the tables and their rows. A release reads its own and every older one.
pub const SNAPSHOT_SCHEMA: u32 = 1;

/// A piece is closed when its rows have so many bytes; one row may reach past that.
const PIECE_BYTES: usize = 64 * 1024;

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident = $number:literal;)*) => {
        /// The tables of a snapshot in their order. Numbers are part of the format: never reuse one.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Table { $($(#[$doc])* $name = $number,)* }

        impl Table {
            fn of(number: u32) -> Option<Self> {
                match number { $($number => Some(Self::$name),)* _ => None }
            }
        }
    };
}

tables! {
    /// Schema, key of the hash tables. One row, always the first.
    Head = 0;
    /// The founding facts.
    Genesis = 1;
    /// Each parameter with its value.
    Parameters = 2;
    /// Epoch, time, position, whether business has begun.
    Progress = 3;
    /// Accounts in order of handle.
    Accounts = 4;
    /// Totals by unit.
    Totals = 5;
    /// Number of the next hold.
    NextPending = 6;
    /// Open holds in order of number.
    Pendings = 7;
    /// Holders in order of index.
    Holders = 8;
    /// Media in order of serial.
    Media = 9;
    /// Codes of organisations in order of index.
    Organisations = 10;
    /// Their roles.
    Roles = 11;
    /// What they sell.
    MerchantTypes = 12;
    /// Codes of services in order of index.
    Services = 13;
    /// Places in order of index.
    Places = 14;
    /// Calendars in order of first publication.
    Calendars = 15;
    /// Versions of each service's tariff in order of index.
    Tariffs = 16;
    /// Whether a service's single taps depend on other rides, in order of index.
    Coupled = 17;
    /// Versions of integrations in order of publication.
    Integrations = 18;
    /// Benefits in order of index.
    Benefits = 19;
    /// Codes of quota pools in order of index.
    Pools = 20;
    /// Service days, oldest first.
    Days = 21;
    /// Taps by day, in order of arrival.
    Taps = 22;
    /// People inside a place, by day.
    Inside = 23;
    /// Holders whose day is rated with grants from their first day.
    Repriced = 24;
    /// Number of the oldest purchase that is kept.
    FirstPurchase = 25;
    /// Purchases in order of number.
    Purchases = 26;
    /// Wallets that have ended.
    ClosedWallets = 27;
    /// Quotas by the end of their period.
    Quotas = 28;
    /// What each terminal has delivered.
    Devices = 29;
    /// What the office's audit has laid down.
    Attested = 30;
    /// Ids of this second and later are remembered.
    Floor = 31;
    /// Ids already decided, by second and then in order of arrival.
    Ids = 32;
}

/// A snapshot cannot be read: written by a newer release, or not whole.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It has tables that this release does not know.
    #[error("the snapshot has schema {schema}; this release reads up to {SNAPSHOT_SCHEMA}")]
    Newer {
        /// Its schema.
        schema: u32,
    },
    /// A row does not fit its table.
    #[error("the snapshot cannot be read by this release: {0}")]
    Row(#[from] Error),
    /// It has no first piece.
    #[error("the snapshot is empty")]
    Empty,
}

/// Writes rows and gives each full piece away.
pub struct Rows<'g, E> {
    give: &'g mut dyn FnMut(&[u8]) -> Result<(), E>,
    table: Table,
    count: u64,
    rows: Vec<u8>,
    piece: Vec<u8>,
}

impl<E> Rows<'_, E> {
    /// Adds a row to a table.
    pub fn row<T: Encode<()>>(&mut self, table: Table, row: T) -> Result<(), E> {
        if table != self.table || self.rows.len() >= PIECE_BYTES {
            self.close()?;
            self.table = table;
        }
        let Ok(()) = minicbor::encode(row, &mut self.rows) else { unreachable!("memory takes every byte") };
        self.count += 1;
        Ok(())
    }

    /// Adds rows to a table.
    pub fn all<T: Encode<()>>(&mut self, table: Table, rows: impl IntoIterator<Item = T>) -> Result<(), E> {
        rows.into_iter().try_for_each(|row| self.row(table, row))
    }

    fn close(&mut self) -> Result<(), E> {
        if self.count == 0 {
            return Ok(());
        }
        self.piece.clear();
        let mut head = Encoder::new(&mut self.piece);
        let Ok(_) = head.u32(self.table as u32).and_then(|head| head.u64(self.count)) else {
            unreachable!("memory takes every byte")
        };
        self.piece.append(&mut self.rows);
        self.count = 0;
        (self.give)(&self.piece)
    }
}

/// Gives the state away piece by piece.
///
/// # Errors
/// What `give` answers.
pub fn write_snapshot<E>(state: &State, mut give: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    let (rows, piece) = (Vec::with_capacity(2 * PIECE_BYTES), Vec::with_capacity(2 * PIECE_BYTES));
    let mut out = Rows { give: &mut give, table: Table::Head, count: 0, rows, piece };
    let State {
        genesis,
        parameters,
        epoch,
        at,
        position,
        open_for_business,
        ledger,
        holders,
        media,
        places,
        calendars,
        tariffs,
        benefits,
        journeys,
        purchases,
        quotas,
        devices,
        attested,
        window,
    } = state;
    out.row(Table::Head, (SNAPSHOT_SCHEMA, window.keyed().key()))?;
    out.all(Table::Genesis, genesis)?;
    let values = Parameter::ALL.iter().map(|parameter| (*parameter, parameters.get(*parameter)));
    out.all(Table::Parameters, values)?;
    out.row(Table::Progress, (epoch, at, position, open_for_business))?;
    ledger.keep(&mut out)?;
    holders.keep(&mut out)?;
    media.keep(&mut out)?;
    places.keep(&mut out)?;
    calendars.keep(&mut out)?;
    tariffs.keep(&mut out)?;
    benefits.keep(&mut out)?;
    journeys.keep(&mut out)?;
    purchases.keep(&mut out)?;
    out.all(Table::Quotas, quotas)?;
    devices.keep(&mut out)?;
    out.row(Table::Attested, attested)?;
    window.keep(&mut out)?;
    out.close()
}

/// A state that is being read, piece by piece.
#[derive(Debug)]
pub struct ReadSnapshot {
    state: Option<State>,
    last: Table,
    reserve: usize,
}

impl ReadSnapshot {
    /// Begins with nothing; tables get room for so many holders, media, accounts and ids.
    #[must_use]
    pub const fn new(reserve: usize) -> Self {
        Self { state: None, last: Table::Head, reserve }
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// [`SnapshotError`]; what was read is then worth nothing.
    pub fn piece(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        let mut d = Decoder::new(bytes);
        let (number, count) = (d.u32()?, d.u64()?);
        let wrong = |what| SnapshotError::Row(Error::message(what));
        let table = Table::of(number).ok_or_else(|| wrong("an unknown table"))?;
        if table < self.last {
            return Err(wrong("tables out of order"));
        }
        self.last = table;
        for _ in 0..count {
            match &mut self.state {
                None if table == Table::Head => self.state = Some(begin(&mut d, self.reserve)?),
                None => return Err(wrong("the first table is missing")),
                Some(state) => take(state, table, &mut d)?,
            }
        }
        if d.position() == bytes.len() { Ok(()) } else { Err(wrong("bytes after the rows")) }
    }

    /// The state, when every piece has been taken.
    ///
    /// # Errors
    /// [`SnapshotError::Empty`].
    pub fn end(self) -> Result<State, SnapshotError> {
        self.state.ok_or(SnapshotError::Empty)
    }
}

fn begin(d: &mut Decoder<'_>, reserve: usize) -> Result<State, SnapshotError> {
    let fields = d.array()?;
    let schema = d.u32()?;
    if schema > SNAPSHOT_SCHEMA {
        return Err(SnapshotError::Newer { schema });
    }
    if fields != Some(2) {
        return Err(Error::message("the first row").into());
    }
    let mut state = State::new(d.u64()?);
    state.reserve(reserve);
    Ok(state)
}

/// Reads one row into its table.
fn take(state: &mut State, table: Table, d: &mut Decoder<'_>) -> Result<(), Error> {
    match table {
        Table::Head => return Err(Error::message("a second first row")),
        Table::Genesis => state.genesis = Some(d.decode::<Genesis>()?),
        Table::Parameters => {
            let (parameter, value) = d.decode()?;
            Parameters::set(&mut state.parameters, parameter, value);
        }
        Table::Progress => {
            (state.epoch, state.at, state.position, state.open_for_business) = d.decode()?;
        }
        Table::Accounts | Table::Totals | Table::NextPending | Table::Pendings => {
            state.ledger.take(table, d)?;
        }
        Table::Holders => state.holders.take(d.decode()?)?,
        Table::Media => state.media.take(d.decode()?),
        Table::Organisations | Table::Roles | Table::MerchantTypes | Table::Services | Table::Places => {
            state.places.take(table, d)?;
        }
        Table::Calendars => state.calendars.take(d.decode()?),
        Table::Tariffs | Table::Coupled | Table::Integrations => state.tariffs.take(table, d)?,
        Table::Benefits | Table::Pools => state.benefits.take(table, d)?,
        Table::Days | Table::Taps | Table::Inside | Table::Repriced => state.journeys.take(table, d)?,
        Table::FirstPurchase | Table::Purchases | Table::ClosedWallets => state.purchases.take(table, d)?,
        Table::Quotas => {
            state.quotas.insert(d.decode()?);
        }
        Table::Devices => state.devices.take(d)?,
        Table::Attested => state.attested = d.decode()?,
        Table::Floor | Table::Ids => state.window.take(table, d)?,
    }
    Ok(())
}

/// A row that only the state of another release can have.
pub fn misplaced() -> Error {
    Error::message("a row that does not follow the one before it")
}

impl KeyedState {
    /// The key, as genesis gave it.
    pub(crate) const fn key(self) -> u64 {
        self.0
    }
}
