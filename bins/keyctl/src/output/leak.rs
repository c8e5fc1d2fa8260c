//! What a scan found, in words.

use keys_core::{Encoding, FindingKind};
use serde::Serialize;

use crate::scan::Leak;

/// The names of its fields.
pub(crate) const FIELDS: &[&str] =
    &["place", "path", "line", "column", "offset", "length", "kind", "encoding", "accessKey"];

/// What was found, as JSON has it. Never the secret, nor a part of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JsonLeak<'a> {
    place: String,
    path: &'a str,
    /// A binary file has no lines.
    line: Option<u64>,
    column: Option<u64>,
    offset: u64,
    length: usize,
    kind: &'static str,
    encoding: &'static str,
    access_key: Option<String>,
}

impl<'a> JsonLeak<'a> {
    pub(super) fn new(leak: &'a Leak) -> Self {
        let finding = &leak.finding;
        Self {
            place: leak.place(),
            path: &leak.path,
            line: (!leak.binary).then_some(finding.line),
            column: (!leak.binary).then_some(finding.column),
            offset: finding.offset,
            length: finding.length,
            kind: match finding.kind {
                FindingKind::Pair => "pair",
                FindingKind::SecretKey => "secretKey",
            },
            encoding: match finding.encoding {
                Encoding::Base64 => "base64",
                Encoding::Plain => "plain",
            },
            access_key: finding.access_key.map(|key| key.to_string()),
        }
    }
}

/// What was found, as a row of a table.
pub(super) fn row(leak: &Leak) -> [String; 3] {
    let kind = match (leak.finding.kind, leak.finding.encoding) {
        (FindingKind::Pair, Encoding::Base64) => "pair in base64",
        (FindingKind::Pair, Encoding::Plain) => "pair",
        (FindingKind::SecretKey, Encoding::Base64) => "secret key in base64",
        (FindingKind::SecretKey, Encoding::Plain) => "secret key",
    };
    let access_key = leak.finding.access_key.map_or_else(|| "-".to_owned(), |key| key.to_string());
    [super::escape::one_line(&leak.place()), kind.to_owned(), access_key]
}
