//! The stream as a journal needs it.
//!
//! Owns its configuration, and the comparison of one that is there. Never changes a stream that exists.

use std::time::Duration;

use async_nats::jetstream::stream::{
    Config, DiscardPolicy, PersistenceMode, RetentionPolicy, State, StorageType,
};

use super::options::{JetstreamError, JetstreamOptions};
use crate::layout::ENTRY_BYTES_MAX;

/// Bytes of an entry with the headers it is published with.
pub(crate) const MESSAGE_BYTES_MAX: usize = ENTRY_BYTES_MAX + 1024;

/// What a new journal's stream looks like.
pub(crate) fn wanted(options: &JetstreamOptions) -> Config {
    Config {
        name: options.stream.clone(),
        subjects: vec![options.subject()],
        storage: StorageType::File,
        num_replicas: options.copies.count(),
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::New,
        max_bytes: -1,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_message_size: -1,
        max_consumers: -1,
        duplicate_window: Duration::from_secs(120),
        deny_delete: true,
        deny_purge: true,
        allow_direct: false,
        description: Some("journal of Jakarta One; entries are only ever added, by one writer".to_owned()),
        ..Config::default()
    }
}

/// Compares what is there, field by field, and names the first that is wrong.
pub(crate) fn check(
    options: &JetstreamOptions,
    config: &Config,
    state: &State,
) -> Result<(), JetstreamError> {
    let wrong = |field, found: String, wanted: String| {
        Err(JetstreamError::Stream { stream: options.stream.clone(), field, found, wanted })
    };
    let texts = [
        ("subjects", config.subjects.join(", "), options.subject()),
        ("storage", format!("{:?}", config.storage), format!("{:?}", StorageType::File)),
        ("num_replicas", config.num_replicas.to_string(), options.copies.count().to_string()),
        ("retention", format!("{:?}", config.retention), format!("{:?}", RetentionPolicy::Limits)),
        ("discard", format!("{:?}", config.discard), format!("{:?}", DiscardPolicy::New)),
    ];
    for (field, found, wanted) in texts {
        if found != wanted {
            return wrong(field, found, wanted);
        }
    }
    let smallest = i64::try_from(MESSAGE_BYTES_MAX).unwrap_or(i64::MAX);
    let message_size = i64::from(config.max_message_size);
    let limits = [
        ("max_age", i64::try_from(config.max_age.as_nanos()).unwrap_or(i64::MAX)),
        ("max_bytes", config.max_bytes),
        ("max_msgs", config.max_messages),
        ("max_msgs_per_subject", config.max_messages_per_subject),
        ("max_msg_size", if message_size >= smallest { -1 } else { message_size }),
    ];
    for (field, limit) in limits {
        if limit > 0 {
            return wrong(field, limit.to_string(), "no limit".to_owned());
        }
    }
    for (field, found, wanted) in switches(config) {
        if found != wanted {
            return wrong(field, found.to_string(), wanted.to_string());
        }
    }
    let first = state.first_sequence;
    if first > 1 {
        return wrong("first_seq", first.to_string(), "1: entries were removed".to_owned());
    }
    match state.deleted_count {
        Some(deleted) if deleted > 0 => wrong("num_deleted", deleted.to_string(), "0".to_owned()),
        _ => Ok(()),
    }
}

/// What must be off or on: what is off would add, replace, hide or move entries, or acknowledge them too early.
fn switches(config: &Config) -> [(&'static str, bool, bool); 16] {
    [
        ("deny_delete", config.deny_delete, true),
        ("deny_purge", config.deny_purge, true),
        ("allow_direct", config.allow_direct, false),
        ("mirror_direct", config.mirror_direct, false),
        ("sealed", config.sealed, false),
        ("no_ack", config.no_ack, false),
        ("allow_rollup_hdrs", config.allow_rollup, false),
        ("allow_msg_ttl", config.allow_message_ttl, false),
        ("allow_msg_counter", config.allow_message_counter, false),
        ("allow_msg_schedules", config.allow_message_schedules, false),
        ("persist_mode async", config.persist_mode == Some(PersistenceMode::Async), false),
        ("mirror", config.mirror.is_some(), false),
        ("sources", config.sources.as_ref().is_some_and(|sources| !sources.is_empty()), false),
        ("republish", config.republish.is_some(), false),
        ("subject_transform", config.subject_transform.is_some(), false),
        ("first_seq above 1", config.first_sequence.is_some_and(|first| first > 1), false),
    ]
}
