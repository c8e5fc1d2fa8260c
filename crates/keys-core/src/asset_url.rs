//! Addresses of files that a page loads: scripts and stylesheets.

use alloc::boxed::Box;
use core::fmt;
use core::str::FromStr;

/// Where a page finds a script or a stylesheet: an absolute `http` or `https` URL, or a path on the origin of the page.
///
/// It is plain ASCII as RFC 3986 writes it and names a host without a user, so that the origin can be named in a
/// `Content-Security-Policy` as it stands. Text form, for ever: the URL.
///
/// ```
/// use keys_core::AssetUrl;
///
/// let script: AssetUrl = "https://files.example:8443/api-ui/1.0.4/ui.min.js".parse()?;
/// assert_eq!(script.origin(), Some("https://files.example:8443"));
/// assert_eq!(script.folder(), "https://files.example:8443/api-ui/1.0.4");
///
/// let own: AssetUrl = "/api-ui/ui.min.js".parse()?;
/// assert_eq!(own.origin(), None);
/// # Ok::<(), keys_core::ParseAssetUrlError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetUrl {
    text: Box<str>,
    /// Where the path begins; 0 for a path on the origin of the page.
    path: usize,
}

impl AssetUrl {
    /// The longest, in bytes.
    pub const MAX_BYTES: usize = 255;

    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port as they were written; `None` for the origin of the page.
    #[must_use]
    pub fn origin(&self) -> Option<&str> {
        self.text.get(..self.path).filter(|origin| !origin.is_empty())
    }

    /// What is before the last slash of the path: the folder that the file is in.
    #[must_use]
    pub fn folder(&self) -> &str {
        let end = self.text.find('?').unwrap_or(self.text.len());
        let file = self.text.get(self.path..end).and_then(|path| path.rfind('/')).unwrap_or_default();
        self.text.get(..self.path.saturating_add(file)).unwrap_or_default()
    }
}

impl fmt::Display for AssetUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// Why a text is no [`AssetUrl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseAssetUrlError {
    /// It is longer than [`AssetUrl::MAX_BYTES`].
    #[error("longer than 255 bytes")]
    TooLong,
    /// A character that must be written as `%` and two digits, or a fragment.
    #[error("a character that a URL cannot have as it stands: write it as `%` and two hexadecimal digits")]
    Character,
    /// It is neither of the two kinds.
    #[error("expected `http://` or `https://` and a host, or a path that begins with one `/`")]
    Kind,
    /// What stands for host and port is none, or a user stands before it.
    #[error("not a host and a port: expected a name in ASCII or an IPv4 address, and no user before it")]
    Host,
}

impl FromStr for AssetUrl {
    type Err = ParseAssetUrlError;

    fn from_str(text: &str) -> Result<Self, ParseAssetUrlError> {
        if text.len() > Self::MAX_BYTES {
            return Err(ParseAssetUrlError::TooLong);
        }
        if !text.bytes().all(is_legal) {
            return Err(ParseAssetUrlError::Character);
        }
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let path = match rest {
            Some(rest) => {
                let (authority, path) = rest.split_once('/').ok_or(ParseAssetUrlError::Kind)?;
                if !is_authority(authority) {
                    return Err(ParseAssetUrlError::Host);
                }
                // The slash is the path's.
                text.len().saturating_sub(path.len()).saturating_sub(1)
            }
            // Two slashes would be a host.
            None if text.starts_with('/') && !text.starts_with("//") => 0,
            None => return Err(ParseAssetUrlError::Kind),
        };
        Ok(Self { text: text.into(), path })
    }
}

/// The characters of RFC 3986 without `#`: what is loaded has no fragment.
const fn is_legal(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b':'
                | b'/'
                | b'?'
                | b'@'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
                | b'%'
        )
}

/// Whether this is a host with or without a port as a `Content-Security-Policy` can name it: no user, no wildcard, and
/// no IPv6 address, for which that has no form.
fn is_authority(text: &str) -> bool {
    let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
    host.split('.').all(is_label) && is_port(port)
}

fn is_label(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Nothing, or a colon and a number from 1 to 65535.
fn is_port(text: &str) -> bool {
    match text.strip_prefix(':') {
        Some(port) => {
            port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
        }
        None => text.is_empty(),
    }
}
