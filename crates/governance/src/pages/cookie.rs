//! The cookies of a session and of whoever waits for a code: for this host alone, over TLS or the loopback address, never for scripts.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use platform::clients::Token;

/// The prefix keeps other hosts and unsafe connections from setting it.
const NAME: &str = "__Host-jakone";

/// What a browser keeps from asking for a code until it is typed.
const CODE_NAME: &str = "__Host-jakone-code";

/// How long it keeps that, in seconds: longer than a code lasts, so that one typed late is told so.
const CODE_SECONDS: u32 = 3_600;

const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// The session that a request carries.
pub fn session(headers: &HeaderMap) -> Option<Token> {
    named(headers, NAME)
}

/// What the browser asked for a code with.
pub fn asker(headers: &HeaderMap) -> Option<Token> {
    named(headers, CODE_NAME)
}

fn named(headers: &HeaderMap, wanted: &str) -> Option<Token> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == wanted)?;
    Token::parse(value).ok()
}

/// The line that sets a session: until the browser is closed.
pub fn set(token: &Token) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{NAME}={}; {ATTRIBUTES}", token.reveal())).ok()
}

/// The line that sets what the browser asked with.
pub fn set_asker(token: &Token) -> Option<HeaderValue> {
    let token = token.reveal();
    HeaderValue::from_str(&format!("{CODE_NAME}={token}; Max-Age={CODE_SECONDS}; {ATTRIBUTES}")).ok()
}

/// The line that takes that away.
pub fn clear_asker() -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{CODE_NAME}=; Max-Age=0; {ATTRIBUTES}")).ok()
}

/// The line that takes a session away.
pub fn clear() -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{NAME}=; Max-Age=0; {ATTRIBUTES}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_found_among_other_cookies() {
        let token = Token::generate().unwrap();
        let set = set(&token).unwrap();
        let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        let read = |line: &str| session(&HeaderMap::from_iter([(COOKIE, line.parse().unwrap())]));
        assert_eq!(read(&format!("bahasa=en; {pair}")), Some(token.clone()));
        for other in ["", "bahasa=en", "__Host-jakone=", "__Host-jakone=x", &format!("x{pair}")] {
            assert_eq!(read(other), None, "{other}");
        }
        let both = format!("__Host-jakone-code={}; {pair}", Token::generate().unwrap().reveal());
        assert_eq!(read(&both), Some(token), "the other cookie begins alike");
    }
}
