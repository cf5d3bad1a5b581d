//! What the servers say of themselves to the system account: version, flushing, room.
//!
//! Owns the question and the reading of the answers. Never asks another account's affairs.

use std::time::Duration;

use async_nats::Client;
use futures_util::StreamExt as _;
use serde_json::Value;

use super::link::{Link, connect};
use super::options::{JetstreamError, JetstreamOptions, SyncAlways, is_late_enough};

/// How long the answers may be apart.
const QUIET: Duration = Duration::from_millis(500);
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
        let connected = link.blocking.run(link.wait_max, connect(options, user));
        match connected.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
            Ok(client) => Ok(Some(Self(client))),
            Err(reason) => {
                let servers = link.servers.clone();
                Err(JetstreamError::Reach { action: "connect to the system account", servers, reason })
            }
        }
    }

    /// Asks every server; the count beside the answers is how many servers there are.
    pub(crate) fn ask(&self, link: &Link) -> Result<(Vec<Server>, usize), JetstreamError> {
        let asked = link.blocking.run(link.wait_max, self.answers());
        asked.unwrap_or_else(|_| Err("no answer in time".to_owned())).map_err(|reason| {
            let servers = link.servers.clone();
            JetstreamError::Reach { action: "ask the servers how they flush", servers, reason }
        })
    }

    async fn answers(&self) -> Result<(Vec<Server>, usize), String> {
        let inbox = self.0.new_inbox();
        let mut answers = self.0.subscribe(inbox.clone()).await.map_err(|e| e.to_string())?;
        self.0.publish_with_reply(QUESTION, inbox, "".into()).await.map_err(|e| e.to_string())?;
        self.0.flush().await.map_err(|e| e.to_string())?;
        let (mut servers, mut active) = (Vec::new(), 1);
        while servers.len() < active {
            let Ok(Some(answer)) = tokio::time::timeout(QUIET, answers.next()).await else {
                break;
            };
            let said: Value = serde_json::from_slice(&answer.payload).map_err(|e| e.to_string())?;
            active = active.max(number(&said, "/statsz/active_servers").and_then(|n| n.try_into().ok()).unwrap_or(1));
            servers.push(server(&said));
        }
        Ok((servers, active))
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

/// Requires that every server keeps what it acknowledges.
pub(crate) fn check(servers: &[Server], active: usize) -> Result<(), JetstreamError> {
    for server in servers {
        if !is_late_enough(&server.version) {
            let (server, found) = (server.name.clone(), server.version.clone());
            return Err(JetstreamError::Version { server, found });
        }
        if server.room.is_some() && !server.sync_always {
            return Err(JetstreamError::SyncLater { server: server.name.clone() });
        }
    }
    let answered = servers.len();
    if answered < active { Err(JetstreamError::Silent { answered, active }) } else { Ok(()) }
}
