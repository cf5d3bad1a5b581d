//! The message gateway of `jakone serve`: its address stands on the command line, its token never does.

use std::env;
use std::fs;

use anyhow::Context as _;
use governance::gateway::{Gateway, GatewayError};

use crate::cli::ServeArguments;
use crate::problem::Problem;

/// Environment variable that holds the token.
const TOKEN: &str = "JAKONE_MESSAGE_GATEWAY_TOKEN";

/// The gateway that the arguments name; none without one.
///
/// # Errors
/// What is wrong with its address, or that there is no token.
pub fn of(arguments: &ServeArguments) -> anyhow::Result<Option<Gateway>> {
    let Some(root) = &arguments.message_gateway else { return Ok(None) };
    Gateway::new(root, &token(arguments)?).map(Some).map_err(|error| match error {
        GatewayError::Address => Problem::new(
            "message_gateway_invalid",
            "A message gateway is reached at http://127.0.0.1:PORT: codes and numbers cross no network in the clear. Put a relay that speaks TLS on this machine and name that.",
            "Alamat pengirim pesan berbentuk http://127.0.0.1:PORTA: kode dan nomor tidak melewati jaringan tanpa sandi. Pasang perantara TLS di mesin ini, lalu sebutkan alamatnya.",
        )
        .into(),
        GatewayError::Token => no_token(),
    })
}

fn token(arguments: &ServeArguments) -> anyhow::Result<String> {
    if let Some(file) = &arguments.message_gateway_token_file {
        return fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()));
    }
    env::var(TOKEN).map_err(|_| no_token())
}

fn no_token() -> anyhow::Error {
    Problem::new(
        "message_gateway_token_missing",
        format!("The message gateway's token is missing. Put it in the environment variable {TOKEN}, or in a file and name that with --message-gateway-token-file."),
        format!("Token pengirim pesan tidak ada. Isi variabel lingkungan {TOKEN}, atau simpan dalam berkas dan sebutkan dengan --message-gateway-token-file."),
    )
    .into()
}
