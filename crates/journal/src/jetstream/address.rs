//! The address of a journal on JetStream, as one line of text.
//!
//! Owns its form. Never says it back: it may hold passwords.
//!
//! ```text
//! nats://USER:PASSWORD@HOST:4222,HOST:4222,HOST:4222/STREAM?system=USER:PASSWORD&tls_roots=FILE
//! ```
//!
//! `tls://` asks for TLS. User, stream (`JOURNAL`) and `tls_roots` may be left out. Either `system` names a user of the
//! system account, with which every server is asked how it flushes, or `sync=vouched` says that the operator vouches for it.
//! `copies=1` keeps one copy, on one machine. In names and passwords `%2F` stands for `/`, and so on.

use super::options::{Copies, JetstreamError, JetstreamOptions, SyncAlways};

/// Port of a server when nobody says.
const PORT: &str = "4222";

impl JetstreamOptions {
    /// The journal at an address.
    ///
    /// # Errors
    /// [`JetstreamError::Address`] says what is missing or not understood, without the address itself.
    pub fn parse(address: &str) -> Result<Self, JetstreamError> {
        let (scheme, rest) =
            address.split_once("://").ok_or(wrong("it does not begin with nats:// or tls://"))?;
        if !matches!(scheme, "nats" | "tls") {
            return Err(wrong("it does not begin with nats:// or tls://"));
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (rest, stream) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, hosts) = match rest.rsplit_once('@') {
            Some((user, hosts)) => (Some(named(user)?), hosts),
            None => (None, rest),
        };
        let servers = hosts.split(',').map(|host| server(scheme, host)).collect::<Result<_, _>>()?;
        // Replaced by what the address says; one that says neither is refused.
        let mut options = Self { user, ..Self::new(servers, SyncAlways::Vouched) };
        if !stream.is_empty() {
            options.stream = stream_name(stream)?;
        }
        let mut has_sync = false;
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("system", who)) => {
                    let (user, password) = named(who)?;
                    options.sync = SyncAlways::Asked { user, password };
                    has_sync = true;
                }
                Some(("sync", "vouched")) => has_sync = true,
                Some(("copies", "3")) => options.copies = Copies::Three,
                Some(("copies", "1")) => options.copies = Copies::OneMachine,
                Some(("tls_roots", file)) => options.tls_roots = Some(plain(file)?.into()),
                _ => {
                    return Err(wrong(
                        "behind the ? it knows system, sync=vouched, copies=1 or 3, tls_roots",
                    ));
                }
            }
        }
        if has_sync { Ok(options) } else { Err(wrong("it does not say who knows how the servers flush")) }
    }
}

const fn wrong(why: &'static str) -> JetstreamError {
    JetstreamError::Address { why }
}

fn server(scheme: &str, host: &str) -> Result<String, JetstreamError> {
    if host.is_empty() || host.contains(char::is_whitespace) {
        return Err(wrong("a host is empty"));
    }
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    Ok(if has_port { format!("{scheme}://{host}") } else { format!("{scheme}://{host}:{PORT}") })
}

/// A stream's name is a part of its subject, so it holds no point, star or blank.
fn stream_name(text: &str) -> Result<String, JetstreamError> {
    let fits = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if fits {
        Ok(text.to_owned())
    } else {
        Err(wrong("a stream's name consists of letters, digits, _ and -"))
    }
}

/// User and password.
fn named(text: &str) -> Result<(String, String), JetstreamError> {
    let (user, password) = text.split_once(':').ok_or(wrong("a user has a password, USER:PASSWORD"))?;
    Ok((plain(user)?, plain(password)?))
}

/// Text in which `%` and two hexadecimal digits stand for a byte.
fn plain(text: &str) -> Result<String, JetstreamError> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) =
            part.split_at_checked(2).ok_or(wrong("% stands before two hexadecimal digits"))?;
        bytes.push(
            u8::from_str_radix(digits, 16).map_err(|_| wrong("% stands before two hexadecimal digits"))?,
        );
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).map_err(|_| wrong("a name or password is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_everything_that_a_journal_needs() {
        let address = "tls://journal:a%2Fb%3F@one:4333,two,[::1]:4222/CITY?system=sys:c:d&copies=1&tls_roots=/etc/ca%20s.pem";
        let options = JetstreamOptions::parse(address).unwrap();
        assert_eq!(options.servers, ["tls://one:4333", "tls://two:4222", "tls://[::1]:4222"]);
        assert_eq!(options.user, Some(("journal".to_owned(), "a/b?".to_owned())));
        assert_eq!((options.stream.as_str(), options.copies), ("CITY", Copies::OneMachine));
        assert_eq!(options.tls_roots.unwrap().to_str(), Some("/etc/ca s.pem"));
        let SyncAlways::Asked { user, password } = options.sync else { panic!("it names a system user") };
        assert_eq!((user.as_str(), password.as_str()), ("sys", "c:d"));
        let short = JetstreamOptions::parse("nats://one?sync=vouched").unwrap();
        assert_eq!((short.servers.len(), short.user, short.stream.as_str()), (1, None, "JOURNAL"));
        assert!(matches!((short.sync, short.copies), (SyncAlways::Vouched, Copies::Three)));
    }

    #[test]
    fn what_is_missing_is_said_without_the_password() {
        for (address, says) in [
            ("postgres://one", "nats://"),
            ("one:4222", "nats://"),
            ("nats://one", "how the servers flush"),
            ("nats://?sync=vouched", "host"),
            ("nats://one,,two?sync=vouched", "host"),
            ("nats://geheim@one?sync=vouched", "USER:PASSWORD"),
            ("nats://u:geheim@one/a.b?sync=vouched", "stream"),
            ("nats://u:geheim%2@one?sync=vouched", "%"),
            ("nats://u:geheim%zz@one?sync=vouched", "%"),
            ("nats://u:geheim@one?sync=vouched&copies=2", "copies"),
            ("nats://u:geheim@one?sync=yes", "sync=vouched"),
            ("nats://one?system=geheim", "USER:PASSWORD"),
        ] {
            let said = JetstreamOptions::parse(address).unwrap_err().to_string();
            assert!(said.contains(says) && !said.contains("geheim"), "{address}: {said}");
        }
    }
}
