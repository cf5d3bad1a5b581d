//! What the servers say of themselves to the system account: version, flushing, room.
//!
//! Owns the question and the reading of the answers. Never asks another account's affairs.

use std::time::Duration;

use async_nats::Client;
use futures_util::StreamExt as _;
use serde_json::Value;

use super::link::{CONNECT_MAX, Link, connect};
use super::options::{Copies, JetstreamError, JetstreamOptions, SyncAlways, is_late_enough};

/// How long the answers may be apart. How many will come is not known: a server that is gone is counted for minutes.
const QUIET: Duration = Duration::from_millis(500);
/// How long all of them together may take.
const ANSWERS_MAX: Duration = Duration::from_secs(3);
const QUESTION: &str = "$SYS.REQ.SERVER.PING.STATSZ";

/// One server's answer.
#[derive(Debug)]
pub(crate) struct Server {
    name: String,
    version: String,
    sync_always: bool,
    /// Bytes its JetStream may still store; `None` where it runs without JetStream.
    pub(crate) room: Option<u64>,
}

/// A connection of the system account.
pub(crate) struct Servers(Client);

impl Servers {
    /// Connects, if the options say with whom.
    pub(crate) fn new(link: &Link, options: &JetstreamOptions) -> Result<Option<Self>, JetstreamError> {
        let SyncAlways::Asked { user, password } = &options.sync else {
            return Ok(None);
        };
        let user = Some((user.clone(), password.clone()));
        let connected = link.blocking.run(CONNECT_MAX, connect(options, user));
        match connected.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
            Ok(client) => Ok(Some(Self(client))),
            Err(reason) => {
                let servers = link.servers.clone();
                Err(JetstreamError::Reach { action: "connect to the system account", servers, reason })
            }
        }
    }

    /// Asks every server, and waits for so many answers, or until no more come.
    pub(crate) fn ask(&self, link: &Link, enough: usize) -> Result<Vec<Server>, JetstreamError> {
        let asked = link.blocking.run(ANSWERS_MAX, self.answers(enough));
        asked.unwrap_or_else(|_| Err("no answer in time".to_owned())).map_err(|reason| {
            let servers = link.servers.clone();
            JetstreamError::Reach { action: "ask the servers how they flush", servers, reason }
        })
    }

    async fn answers(&self, enough: usize) -> Result<Vec<Server>, String> {
        let inbox = self.0.new_inbox();
        let mut answers = self.0.subscribe(inbox.clone()).await.map_err(|e| e.to_string())?;
        self.0.publish_with_reply(QUESTION, inbox, "".into()).await.map_err(|e| e.to_string())?;
        self.0.flush().await.map_err(|e| e.to_string())?;
        let mut servers = Vec::new();
        while servers.len() < enough {
            let Ok(Some(answer)) = tokio::time::timeout(QUIET, answers.next()).await else {
                break;
            };
            let said: Value = serde_json::from_slice(&answer.payload).map_err(|e| e.to_string())?;
            servers.push(server(&said));
        }
        Ok(servers)
    }
}

fn number(said: &Value, place: &str) -> Option<u64> {
    said.pointer(place).and_then(Value::as_u64)
}

fn server(said: &Value) -> Server {
    let text = |place: &str| said.pointer(place).and_then(Value::as_str).unwrap_or_default().to_owned();
    let sync = said.pointer("/statsz/jetstream/config/sync_always").and_then(Value::as_bool);
    let limit = number(said, "/statsz/jetstream/config/max_storage");
    let used = number(said, "/statsz/jetstream/stats/storage").unwrap_or_default();
    Server {
        name: text("/server/name"),
        version: text("/server/ver"),
        sync_always: sync == Some(true),
        room: limit.map(|limit| limit.saturating_sub(used)),
    }
}

/// Requires that every server that answered keeps what it acknowledges, and that enough of them answered for an entry to
/// be acknowledged at all. One that is away now is asked at the next start.
pub(crate) fn check(servers: &[Server], copies: Copies) -> Result<(), JetstreamError> {
    for server in servers {
        if !is_late_enough(&server.version) {
            let (server, found) = (server.name.clone(), server.version.clone());
            return Err(JetstreamError::Version { server, found });
        }
        if server.room.is_some() && !server.sync_always {
            return Err(JetstreamError::SyncLater { server: server.name.clone() });
        }
    }
    let (answered, needed) =
        (servers.iter().filter(|server| server.room.is_some()).count(), copies.count() / 2 + 1);
    if answered < needed { Err(JetstreamError::Silent { answered, needed }) } else { Ok(()) }
}
