//! Pairs as lines: `ACCESS SECRET [NAME]`, `ACCESS:SECRET [NAME]`, or `kc_ACCESS_SECRET [NAME]`.

use keys_core::Credential;

use super::{Collected, LONGEST, Problem, Words, malformed};

pub(super) fn parse(text: &str, collected: &mut Collected) {
    let lines = text.split('\n').flat_map(ends_of_old);
    for (number, line) in (1..).zip(lines) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        collected.add(number, pair(line, number));
    }
}

/// A line may end with CR LF, and in files of old with CR alone.
fn ends_of_old(line: &str) -> impl Iterator<Item = &str> {
    line.strip_suffix('\r').unwrap_or(line).split('\r')
}

fn pair(line: &str, number: u64) -> Result<keys_service::ExistingPair, Problem> {
    if line.len() > LONGEST {
        return Err(Problem::new(number, format!("longer than {LONGEST} bytes")));
    }
    if line.starts_with(Credential::JOINED_PREFIX) {
        let (joined, name) = word(line);
        let joined = Credential::parse_joined(joined).map_err(|error| malformed(number, &error))?;
        let (access_key, secret_key) = (joined.access_key(), joined.secret_key().expose());
        return Words { access_key: access_key.as_str(), secret_key, name, ..Words::default() }.pair(number);
    }
    let is_between = |character: char| character == ':' || character.is_whitespace();
    let Some((access_key, rest)) = line.split_once(is_between) else {
        return Err(Problem::new(number, "expected ACCESS SECRET, ACCESS:SECRET or kc_ACCESS_SECRET"));
    };
    let (secret_key, name) = word(rest.trim_start());
    Words { access_key, secret_key, name, ..Words::default() }.pair(number)
}

/// The first word, and what comes behind it.
fn word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim())
}
