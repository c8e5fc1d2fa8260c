//! What the server is to do: chosen from flags, environment, file and defaults, then checked.

mod error;
mod file;
mod layers;

use std::io::{self, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use keys_http::{Exposure, Network, PublicUrl};
use keys_store::StoreUrl;
use tracing::Level;

pub(crate) use self::error::ConfigError;
use self::layers::{Choices, Chosen};
use crate::cli::Options;
use crate::clock;
use crate::exit::{Failure, with_causes};
use crate::tls::TlsFiles;

/// A checked configuration.
#[derive(Debug)]
pub(crate) struct Config {
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// Who can reach that.
    pub(crate) exposure: Exposure,
    /// What TLS is spoken with, if it is.
    pub(crate) tls: Option<TlsFiles>,
    /// The proxies whose `X-Forwarded-*` are believed.
    pub(crate) trusted_proxies: Vec<Network>,
    /// What links in answers begin with, if that is fixed.
    pub(crate) public_url: Option<PublicUrl>,
    /// The directory of what has no place of its own.
    pub(crate) data_dir: PathBuf,
    /// Where keys are kept.
    pub(crate) database: StoreUrl,
    /// The file of the peppers. `None` for a store that keeps nothing: its peppers need not outlive it.
    pub(crate) pepper_file: Option<PathBuf>,
    /// Whether to start without a pepper that keys were made under.
    pub(crate) accept_lost_pepper: bool,
    /// How the log is written.
    pub(crate) log_format: LogFormat,
    /// The least severe events logged.
    pub(crate) log_level: Level,
    /// Variables of the environment that look like settings and are none.
    pub(crate) unknown_variables: Vec<String>,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// Chooses and checks.
    ///
    /// # Errors
    ///
    /// See [`ConfigError`].
    pub(crate) fn load(flags: Options) -> Result<Self, ConfigError> {
        Self::of(&Choices::make(flags, &layers::environment())?)
    }

    /// Checks what was chosen, all of it, so that one look shows everything that is wrong.
    fn of(choices: &Choices) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let listen = take(&choices.listen, address, &mut problems);
        let tls = tls(choices).map_err(|problem| problems.push(problem)).ok();
        let behind_tls_proxy = take(&choices.behind_tls_proxy, boolean, &mut problems);
        let trusted_proxies = take(&choices.trusted_proxy, networks, &mut problems);
        let public_url = take(&choices.public_url, public_url, &mut problems);
        let accept_lost_pepper = take(&choices.accept_lost_pepper, boolean, &mut problems);
        let data_dir = take(&choices.data_dir, path, &mut problems);
        let pepper_file = take(&choices.pepper_file, path, &mut problems);
        let database = take(&choices.database, database, &mut problems);
        let log_format = take(&choices.log_format, log_format, &mut problems);
        let log_level = take(&choices.log_level, log_level, &mut problems);
        let exposure = listen.zip(behind_tls_proxy).and_then(|(listen, proxied)| {
            let own = !choices.tls_cert.text.is_empty();
            exposure(listen, own, proxied).map_err(|text| problems.push(text)).ok()
        });
        let config = (|| {
            Some(Self {
                listen: listen?,
                exposure: exposure?,
                tls: tls?,
                trusted_proxies: trusted_proxies?,
                public_url: public_url?,
                data_dir: data_dir?,
                pepper_file: if choices.keeps_nothing() { None } else { Some(pepper_file?) },
                database: database?,
                accept_lost_pepper: accept_lost_pepper?,
                log_format: log_format?,
                log_level: log_level?,
                unknown_variables: choices.unknown_variables.clone(),
            })
        })();
        config.ok_or(ConfigError::Invalid { problems })
    }
}

/// Prints every setting in force and where it comes from, as a configuration file that says the same, then what is
/// wrong with it, if anything.
///
/// # Errors
///
/// The failure of a wrong configuration.
pub(crate) fn check(flags: Options) -> Result<(), Failure> {
    let choices = Choices::make(flags, &layers::environment())?;
    let print = |text: String| io::stdout().write_all(text.as_bytes()).map_err(Failure::stdout);
    print(choices.to_string())?;
    let config = Config::of(&choices)?;
    if let Some(tls) = &config.tls {
        print(format!("# {}\n", tls.validity(clock::wall_clock())))?;
    }
    print("# ok\n".to_owned())
}

fn take<T>(
    chosen: &Chosen,
    parse: impl FnOnce(&str) -> Result<T, String>,
    problems: &mut Vec<String>,
) -> Option<T> {
    parse(&chosen.text)
        .map_err(|expected| problems.push(format!("{} ({}): {expected}", chosen.setting, chosen.source)))
        .ok()
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let numeric = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    numeric
        .as_deref()
        .unwrap_or(text)
        .parse()
        .map_err(|_| format!("`{text}` is no address and port; write it as 127.0.0.1:8080 or [::1]:8080"))
}

fn boolean(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| format!("`{text}` is neither true nor false"))
}

/// Networks with commas between them; none is none.
fn networks(text: &str) -> Result<Vec<Network>, String> {
    let networks = text.split(',').map(str::trim).filter(|network| !network.is_empty());
    networks
        .map(|network| {
            network.parse().map_err(|error| format!("`{network}` is no proxy to believe: {error}"))
        })
        .collect()
}

fn public_url(text: &str) -> Result<Option<PublicUrl>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error| format!("`{text}` is no URL of a server: {error}"))
}

fn path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("the path is empty".to_owned()) } else { Ok(text.into()) }
}

/// The text may hold a password, so it is not repeated.
fn database(text: &str) -> Result<StoreUrl, String> {
    text.parse().map_err(|error: keys_store::ParseStoreUrlError| error.to_string())
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("`{text}` is neither text nor json")),
    }
}

fn log_level(text: &str) -> Result<Level, String> {
    match text {
        "error" => Ok(Level::ERROR),
        "warn" => Ok(Level::WARN),
        "info" => Ok(Level::INFO),
        "debug" => Ok(Level::DEBUG),
        "trace" => Ok(Level::TRACE),
        _ => Err(format!("`{text}` is none of error, warn, info, debug, trace")),
    }
}

/// The certificate and its key: both, or neither.
fn tls(choices: &Choices) -> Result<Option<TlsFiles>, String> {
    let (certificate, key) = (&choices.tls_cert, &choices.tls_key);
    match (certificate.text.as_str(), key.text.as_str()) {
        ("", "") => Ok(None),
        (_, "") => Err(format!(
            "tls-cert ({}): its private key is missing: name it with --tls-key",
            certificate.source
        )),
        ("", _) => {
            Err(format!("tls-key ({}): its certificate is missing: name it with --tls-cert", key.source))
        }
        (certificate, key) => {
            TlsFiles::read(certificate.into(), key.into()).map(Some).map_err(|error| with_causes(&error))
        }
    }
}

fn exposure(listen: SocketAddr, own_tls: bool, behind_tls_proxy: bool) -> Result<Exposure, String> {
    match (is_loopback(listen.ip()), own_tls, behind_tls_proxy) {
        (_, _, true) => Ok(Exposure::BehindTlsProxy),
        (true, _, false) => Ok(Exposure::Loopback),
        (false, true, false) => Ok(Exposure::Network),
        (false, false, false) => Err(format!(
            "listen: {listen} can be reached from other machines, where secrets would travel unencrypted; listen on \
             127.0.0.1, speak TLS with --tls-cert and --tls-key, or put a proxy that does in front and say so with \
             --behind-tls-proxy"
        )),
    }
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests;
