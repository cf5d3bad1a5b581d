//! Opening the journal on JetStream: servers, stream, last entry, what others have seen.
//!
//! Owns the decision whether a stream may be used. Changes nothing but that it makes a stream where there is none.

use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{CreateStreamErrorKind, GetStreamErrorKind};
use async_nats::jetstream::stream::Info;

use super::link::{Link, Trouble};
use super::options::{JetstreamError, JetstreamOptions, is_late_enough};
use super::servers::{self, Servers};
use super::stream::{self, MESSAGE_BYTES_MAX};
use crate::embedded::{Cover, Finding};
use crate::entry::Entry;
use crate::hash::Hash;
use crate::log::{Head, ReadError};
use crate::server::{WrongEntry, check_cover};

/// More servers than a cluster has: all that answer are looked at.
const SERVERS_MAX: usize = 100;

/// How long servers that have just started may take to agree on one that leads: two or three of their elections, of four to nine
/// seconds.
const ELECTION_MAX: Duration = Duration::from_secs(30);

/// How long to wait before servers that did not answer are asked again.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A stream that may be used.
pub(crate) struct Opened {
    pub(crate) link: Link,
    pub(crate) servers: Option<Servers>,
    pub(crate) head: Head,
}

/// Checks everything.
pub(crate) fn open(options: &JetstreamOptions, cover: Option<Cover>) -> Result<Opened, JetstreamError> {
    let link = Link::new(options)?;
    let own = link.client.server_info();
    if !is_late_enough(&own.version) {
        return Err(JetstreamError::Version { server: own.server_name, found: own.version });
    }
    if own.max_payload < MESSAGE_BYTES_MAX {
        return Err(JetstreamError::Payload { found: own.max_payload, needed: MESSAGE_BYTES_MAX });
    }
    let servers = Servers::new(&link, options)?;
    if let Some(servers) = &servers {
        servers::check(&servers.ask(&link, SERVERS_MAX)?, options.copies)?;
    }
    let info = find_or_make(&link, options)?;
    stream::check(options, &info.config, &info.state)?;
    let last = info.state.last_sequence;
    let head = if last == 0 {
        Head::EMPTY
    } else {
        entry_at(&link, options, last)?.ok_or_else(|| missing(options, last))?
    };
    if let Some(cover) = cover.filter(|cover| cover.seq > 0) {
        let found = if cover.seq > head.seq { None } else { entry_at(&link, options, cover.seq)? };
        check_cover(head, cover, found.map(|found| found.hash))?;
    }
    Ok(Opened { link, servers, head })
}

/// The stream as the servers have it; made if there is none.
fn find_or_make(link: &Link, options: &JetstreamOptions) -> Result<Info, JetstreamError> {
    let found = link.run_within(ELECTION_MAX, async {
        loop {
            let got = link.context.get_stream(&options.stream).await;
            match got.as_ref().map_err(|error| error.kind()) {
                Ok(stream) => return Ok(Some(stream.cached_info().clone())),
                Err(GetStreamErrorKind::JetStream(cause))
                    if cause.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    return Ok(None);
                }
                // Servers that have just started answer nobody until one of them leads.
                Err(GetStreamErrorKind::Request) => tokio::time::sleep(LOOK_AGAIN).await,
                Err(other) => return Err(Trouble::Unsure(other.to_string())),
            }
        }
    });
    if let Some(info) = found.map_err(|trouble| reach(link, "look for the stream", trouble))? {
        return Ok(info);
    }
    let made = link.run(async {
        let made = link.context.create_stream(stream::wanted(options)).await;
        made.map(|stream| stream.cached_info().clone()).map_err(|error| match error.kind() {
            CreateStreamErrorKind::JetStream(cause) => Trouble::Refused(cause.to_string()),
            other => Trouble::Unsure(other.to_string()),
        })
    });
    made.map_err(|trouble| reach(link, "make the stream", trouble))
}

fn reach(link: &Link, action: &'static str, trouble: Trouble) -> JetstreamError {
    JetstreamError::Reach { action, servers: link.servers.clone(), reason: trouble.reason() }
}

/// Position after the entry with this number, which must be whole.
fn entry_at(link: &Link, options: &JetstreamOptions, seq: u64) -> Result<Option<Head>, JetstreamError> {
    let found = link.message(seq).map_err(|trouble| reach(link, "read an entry", trouble))?;
    let Some(bytes) = found else {
        return Ok(None);
    };
    let wrong = |finding| ReadError::Wrong(WrongEntry { place: place(&options.stream), seq, finding });
    let entry = Entry::parse(&bytes).map_err(|damage| wrong(Finding::Entry(damage)))?;
    if entry.seq() == seq { Ok(Some(entry.head())) } else { Err(wrong(Finding::NotNext).into()) }
}

fn missing(options: &JetstreamOptions, seq: u64) -> JetstreamError {
    ReadError::Wrong(WrongEntry { place: place(&options.stream), seq, finding: Finding::Missing }).into()
}

/// What damage is reported of.
pub(crate) fn place(stream: &str) -> String {
    format!("the stream {stream}")
}

/// Whether two entries are the same, for one that is there already.
pub(crate) fn is_same(bytes: &[u8], hash: Hash) -> bool {
    Entry::parse_unchecked_hashes(bytes).is_ok_and(|entry| entry.head().hash == hash)
}
