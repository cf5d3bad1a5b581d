//! The connection to the servers, and what their failures mean.
//!
//! Owns the difference between "refused" (nothing was written, and that is certain) and "unsure" (nobody knows yet).
//! Reads through the stream's leader only: another node may not have applied what was acknowledged. Never sends while
//! no server is connected, so that nothing waits in the client to be sent later.

use std::error::Error as _;
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::stream::{RawMessageError, RawMessageErrorKind, Stream};
use async_nats::jetstream::{Context, Error as ServerError, ErrorCode};
use async_nats::{Client, ConnectOptions};
use tokio::task::JoinSet;

use super::options::{JetstreamError, JetstreamOptions};
use crate::seal::Sealed;
use crate::server::{Blocking, TimeOver};

/// How long connecting may take, all addresses together.
pub(crate) const CONNECT_MAX: Duration = Duration::from_secs(10);

/// Why something asked of the servers has no result.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The stream does not end where the entry was chained to.
    NotLast,
    /// Whether it was carried out is not known, or could not be at the moment.
    Unsure(String),
    /// There is no room; it was not carried out.
    Full,
    /// It was not carried out and will not be.
    Refused(String),
}

/// A connection to the servers and the stream.
pub(crate) struct Link {
    pub(crate) blocking: Blocking,
    pub(crate) client: Client,
    pub(crate) context: Context,
    stream: Stream<()>,
    name: String,
    subject: String,
    pub(crate) wait_max: Duration,
    /// What the servers are called in messages.
    pub(crate) servers: String,
}

impl Link {
    /// Connects, as the user of the stream's account.
    pub(crate) fn new(options: &JetstreamOptions) -> Result<Self, JetstreamError> {
        let blocking = Blocking::with_a_thread("journal-nats")?;
        let servers = addresses(&options.servers);
        let failed =
            |reason: String| JetstreamError::Reach { action: "connect", servers: servers.clone(), reason };
        let connected = blocking.run(CONNECT_MAX, async {
            let client = connect(options, options.user.clone()).await?;
            let mut context = async_nats::jetstream::new(client.clone());
            context.set_timeout(options.wait_max);
            let stream = context.get_stream_no_info(&options.stream).await.map_err(|e| e.to_string())?;
            Ok((client, context, stream))
        });
        let connected = connected.map_err(|TimeOver| failed(format!("no answer within {CONNECT_MAX:?}")))?;
        let (client, context, stream) = connected.map_err(failed)?;
        let (name, subject, wait_max) = (options.stream.clone(), options.subject(), options.wait_max);
        Ok(Self { blocking, client, context, stream, name, subject, wait_max, servers })
    }

    /// Waits for an answer, within the time limit.
    pub(crate) fn run<T>(&self, work: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
        self.run_within(self.wait_max, work)
    }

    /// As [`Link::run`], within another time.
    pub(crate) fn run_within<T>(
        &self,
        most: Duration,
        work: impl Future<Output = Result<T, Trouble>>,
    ) -> Result<T, Trouble> {
        match self.blocking.run(most, work) {
            Ok(done) => done,
            Err(TimeOver) => Err(Trouble::Unsure(format!("no answer within {most:?}"))),
        }
    }

    /// Publishes an entry as the one after its predecessor, or not at all.
    pub(crate) fn publish(&self, sealed: &Sealed) -> Result<PublishAck, Trouble> {
        let message = PublishMessage::build()
            .payload(sealed.bytes.clone().into())
            .expected_stream(&self.name)
            .expected_last_sequence(sealed.head.seq.saturating_sub(1))
            .message_id(sealed.head.hash.to_string());
        self.run(async {
            self.connected().await;
            let sent = self.context.send_publish(self.subject.clone(), message).await?;
            Ok(sent.await?)
        })
    }

    /// Whether there is a server to ask.
    pub(crate) fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// Waits for a server; the caller's time limit ends it.
    async fn connected(&self) {
        while !self.is_connected() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The messages with these numbers as the leader has them, in order; `None` where there is none.
    pub(crate) fn messages(&self, seqs: impl Iterator<Item = u64>) -> Result<Vec<Option<Vec<u8>>>, Trouble> {
        self.run(async {
            self.connected().await;
            let mut asked = JoinSet::new();
            for (place, seq) in seqs.enumerate() {
                let stream = self.stream.clone();
                asked.spawn(async move { (place, stream.get_raw_message(seq).await) });
            }
            let mut found = vec![None; asked.len()];
            while let Some(done) = asked.join_next().await {
                let (place, message) = done.map_err(|error| Trouble::Unsure(error.to_string()))?;
                let bytes = match message {
                    Ok(message) => Some(message.payload.to_vec()),
                    Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => None,
                    Err(error) => return Err(error.into()),
                };
                if let Some(target) = found.get_mut(place) {
                    *target = bytes;
                }
            }
            Ok(found)
        })
    }

    /// The number of the last message as the leader has it.
    pub(crate) fn last(&self) -> Result<u64, Trouble> {
        self.run(async {
            self.connected().await;
            let stream = self.context.get_stream(&self.name).await;
            let stream = stream.map_err(|error| Trouble::Unsure(error.to_string()))?;
            Ok(stream.cached_info().state.last_sequence)
        })
    }

    /// Bytes that each copy of the stream may still grow by, as far as account and stream are limited.
    pub(crate) fn room(&self, copies: u64) -> Result<u64, Trouble> {
        let unsure = |error: &dyn std::fmt::Display| Trouble::Unsure(error.to_string());
        self.run(async {
            let account = self.context.query_account().await.map_err(|error| unsure(&error))?;
            let stream = self.context.get_stream(&self.name).await.map_err(|error| unsure(&error))?;
            let info = stream.cached_info();
            let limit = account.limits.max_storage.and_then(|limit| u64::try_from(limit).ok());
            let of_account = limit.map_or(u64::MAX, |limit| limit.saturating_sub(account.storage) / copies);
            // Somebody may have limited it since it was opened.
            let limit = u64::try_from(info.config.max_bytes).ok().filter(|limit| *limit > 0);
            let of_stream = limit.map_or(u64::MAX, |limit| limit.saturating_sub(info.state.bytes));
            Ok(of_account.min(of_stream))
        })
    }

    /// The message with this number as the leader has it.
    pub(crate) fn message(&self, seq: u64) -> Result<Option<Vec<u8>>, Trouble> {
        self.messages(std::iter::once(seq)).map(|mut found| found.pop().flatten())
    }
}

/// Addresses as they are shown: without user and password.
fn addresses(servers: &[String]) -> String {
    let shown = servers.iter().map(|url| url.rsplit(['/', '@']).next().unwrap_or(url));
    format!("NATS {}", shown.collect::<Vec<_>>().join(", "))
}

/// Connects one client, and comes back by itself when a server goes.
pub(crate) async fn connect(
    options: &JetstreamOptions,
    user: Option<(String, String)>,
) -> Result<Client, String> {
    let mut connect = ConnectOptions::new()
        .name("jakone-journal")
        .connection_timeout(Duration::from_secs(2))
        .request_timeout(Some(options.wait_max))
        .ping_interval(Duration::from_secs(5))
        .max_reconnects(None)
        .reconnect_delay_callback(|tries| Duration::from_millis(if tries < 2 { 20 } else { 200 }));
    if let Some((user, password)) = user {
        connect = connect.user_and_password(user, password);
    }
    if let Some(roots) = &options.tls_roots {
        connect = connect.add_root_certificates(roots.clone()).require_tls(true);
    }
    connect.connect(options.servers.clone()).await.map_err(|error| error.to_string())
}

impl From<PublishError> for Trouble {
    fn from(error: PublishError) -> Self {
        match error.kind() {
            PublishErrorKind::WrongLastSequence => Self::NotLast,
            PublishErrorKind::MaxPayloadExceeded => Self::Refused(error.to_string()),
            PublishErrorKind::Other => {
                match error.source().and_then(|cause| cause.downcast_ref::<ServerError>()) {
                    Some(cause) => cause.into(),
                    None => Self::Unsure(error.to_string()),
                }
            }
            _ => Self::Unsure(error.to_string()),
        }
    }
}

impl From<RawMessageError> for Trouble {
    fn from(error: RawMessageError) -> Self {
        match error.kind() {
            RawMessageErrorKind::JetStream(cause) => (&cause).into(),
            _ => Self::Unsure(error.to_string()),
        }
    }
}

impl From<&ServerError> for Trouble {
    fn from(error: &ServerError) -> Self {
        match error.error_code() {
            ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT => Self::NotLast,
            ErrorCode::ACCOUNT_RESOURCES_EXCEEDED
            | ErrorCode::INSUFFICIENT_RESOURCES
            | ErrorCode::STORAGE_RESOURCES_EXCEEDED => Self::Full,
            // A limit of the stream itself; the code alone says no more than that it was not stored.
            ErrorCode::STREAM_STORE_FAILED if is_of_a_limit(error) => Self::Full,
            ErrorCode::STREAM_DUPLICATE_MESSAGE_CONFLICT => Self::Unsure(error.to_string()),
            // Unavailable: no leader at the moment, or one that is not ready.
            _ if error.code() == 503 => Self::Unsure(error.to_string()),
            _ => Self::Refused(error.to_string()),
        }
    }
}

/// Says "maximum bytes exceeded", or messages.
fn is_of_a_limit(error: &ServerError) -> bool {
    let said = error.to_string();
    said.contains("maximum bytes exceeded") || said.contains("maximum messages exceeded")
}
