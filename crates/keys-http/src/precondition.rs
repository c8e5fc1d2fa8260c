//! Entity tags, and the conditions a request puts on them (RFC 9110 §8.8.3, §13.1).
//!
//! The tag of a record is its revision and a fingerprint of the document: the document also depends on who asks and
//! under which address. Conditions on a change compare the revision alone, so a tag read elsewhere is as good. So it is
//! with the members of an environment, which are changed as a list, whichever page of it was read.

use std::fmt;
use std::hash::{DefaultHasher, Hasher as _};

use http::HeaderMap;
use http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use keys_core::{MembersRevision, Revision};

use crate::problem::Problem;

/// What tells one state of a document from another. Always a strong one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntityTag {
    kept: Option<Kept>,
    fingerprint: u64,
}

/// The state of what is kept, of which a document was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// A record.
    Record(Revision),
    /// The members of an environment.
    Members(MembersRevision),
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(revision) => revision.number().fmt(f),
            Self::Members(revision) => revision.fmt(f),
        }
    }
}

impl EntityTag {
    /// The tag of a document without a revision of its own.
    pub(crate) fn of(document: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(document);
        Self { kept: None, fingerprint: hasher.finish() }
    }

    /// The tag of the same document, of a record at this revision.
    pub(crate) fn at(self, revision: Revision) -> Self {
        Self { kept: Some(Kept::Record(revision)), ..self }
    }

    /// The tag of the same document, of the members of an environment.
    pub(crate) fn of_members(self, revision: MembersRevision) -> Self {
        Self { kept: Some(Kept::Members(revision)), ..self }
    }

    /// The revision of the record.
    pub(crate) fn revision(&self) -> Option<Revision> {
        match self.kept {
            Some(Kept::Record(revision)) => Some(revision),
            Some(Kept::Members(_)) | None => None,
        }
    }

    /// Which members of the environment.
    pub(crate) fn members(&self) -> Option<MembersRevision> {
        match self.kept {
            Some(Kept::Members(revision)) => Some(revision),
            Some(Kept::Record(_)) | None => None,
        }
    }

    /// Whether `opaque` was given out for the same state of what is kept.
    fn is_state(&self, opaque: &[u8]) -> bool {
        match self.kept {
            None => self.to_string().as_bytes() == opaque,
            Some(kept) => {
                let mut halves = opaque.splitn(2, |byte| *byte == b'-');
                let state = kept.to_string();
                halves.next() == Some(state.as_bytes()) && halves.next().is_some_and(is_fingerprint)
            }
        }
    }

    /// Whether `opaque` was given out for the same document.
    fn is_document(&self, opaque: &[u8]) -> bool {
        self.to_string().as_bytes() == opaque
    }
}

/// Without the quotes around it.
impl fmt::Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kept {
            None => write!(f, "{:016x}", self.fingerprint),
            Some(kept) => write!(f, "{kept}-{:016x}", self.fingerprint),
        }
    }
}

fn is_fingerprint(text: &[u8]) -> bool {
    text.len() == 16 && text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// What a request demands of the state it finds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Preconditions {
    matches: Option<Tags>,
    differs: Option<Tags>,
}

#[derive(Debug, PartialEq, Eq)]
enum Tags {
    /// `*`: whatever there is.
    Any,
    /// One of these.
    These(Vec<Tag>),
}

/// A tag as a caller sends it back.
#[derive(Debug, PartialEq, Eq)]
struct Tag {
    weak: bool,
    opaque: Vec<u8>,
}

/// What becomes of a request whose conditions have been looked at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// It is carried out.
    Proceed,
    /// The caller has the document already.
    NotModified,
}

impl Preconditions {
    /// Reads `If-Match` and `If-None-Match`. The conditions on dates are not ours: no document has a date of change.
    ///
    /// # Errors
    ///
    /// [`Problem::BadRequest`] for what is no `*` and no list of entity tags.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        let malformed = |_: Malformed| {
            Problem::BadRequest("`If-Match` and `If-None-Match` are `*` or a list of quoted entity tags")
        };
        Ok(Self {
            matches: tags(headers, &IF_MATCH).map_err(malformed)?,
            differs: tags(headers, &IF_NONE_MATCH).map_err(malformed)?,
        })
    }

    /// Whether there are any.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Compares them, in the order of RFC 9110 §13.2.2, with the document as it is now.
    ///
    /// # Errors
    ///
    /// [`Problem::PreconditionFailed`].
    pub(crate) fn check(&self, current: Option<&EntityTag>, reads: bool) -> Result<Finding, Problem> {
        let listed = |tags: &Tags, is: &dyn Fn(&EntityTag, &Tag) -> bool| match (tags, current) {
            (Tags::Any, _) => true,
            (Tags::These(_), None) => false,
            (Tags::These(tags), Some(current)) => tags.iter().any(|tag| is(current, tag)),
        };
        if let Some(tags) = &self.matches
            && !listed(tags, &|current, tag| !tag.weak && current.is_state(&tag.opaque))
        {
            return Err(Problem::PreconditionFailed);
        }
        match &self.differs {
            Some(tags) if reads && listed(tags, &|current, tag| current.is_document(&tag.opaque)) => {
                Ok(Finding::NotModified)
            }
            Some(tags) if !reads && listed(tags, &|current, tag| current.is_state(&tag.opaque)) => {
                Err(Problem::PreconditionFailed)
            }
            _ => Ok(Finding::Proceed),
        }
    }

    /// Whether a change is only right at the revision that was compared. `*` says that there be something, not what.
    pub(crate) fn pin_revision(&self) -> bool {
        matches!(self.matches, Some(Tags::These(_))) || matches!(self.differs, Some(Tags::These(_)))
    }
}

#[derive(Debug)]
struct Malformed;

/// The tags of all the lines of a header; `None` when there is no line.
fn tags(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Tags>, Malformed> {
    let lines: Vec<&[u8]> = headers.get_all(name).iter().map(|line| line.as_bytes()).collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let list = lines.join(&b',');
    if list.trim_ascii() == b"*" {
        return Ok(Some(Tags::Any));
    }
    let mut tags = Vec::new();
    let mut rest = list.as_slice();
    loop {
        rest = skip(rest, |byte| matches!(byte, b' ' | b'\t' | b','));
        if rest.is_empty() {
            return Ok(Some(Tags::These(tags)));
        }
        let (tag, behind) = take_tag(rest)?;
        tags.push(tag);
        rest = skip(behind, |byte| matches!(byte, b' ' | b'\t'));
        if !matches!(rest.first(), None | Some(b',')) {
            return Err(Malformed);
        }
    }
}

fn take_tag(text: &[u8]) -> Result<(Tag, &[u8]), Malformed> {
    let (weak, text) = match text.strip_prefix(b"W/") {
        Some(text) => (true, text),
        None => (false, text),
    };
    let quoted = text.strip_prefix(b"\"").ok_or(Malformed)?;
    let length = quoted.iter().position(|byte| *byte == b'"').ok_or(Malformed)?;
    let (opaque, behind) = quoted.split_at_checked(length).ok_or(Malformed)?;
    // Visible characters and what is no ASCII; a space ends no tag and belongs to none.
    if opaque.iter().any(|byte| matches!(byte, 0..=0x20 | 0x7f)) {
        return Err(Malformed);
    }
    Ok((Tag { weak, opaque: opaque.to_vec() }, behind.strip_prefix(b"\"").ok_or(Malformed)?))
}

fn skip(text: &[u8], is_skipped: impl Fn(u8) -> bool) -> &[u8] {
    let length = text.iter().position(|byte| !is_skipped(*byte)).unwrap_or(text.len());
    text.split_at_checked(length).map_or(&[], |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(lines: &[(&'static str, &[u8])]) -> Result<Preconditions, Problem> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_bytes(value).unwrap());
        }
        Preconditions::read(&headers)
    }

    fn record() -> EntityTag {
        EntityTag::of(b"document").at(Revision::new(12))
    }

    #[test]
    fn lists_are_read_with_all_the_freedom_they_have() {
        let opaque = |tags: &Tags| match tags {
            Tags::Any => vec!["*".to_owned()],
            Tags::These(tags) => tags
                .iter()
                .map(|tag| format!("{}{}", if tag.weak { "W" } else { "" }, tag.opaque.escape_ascii()))
                .collect(),
        };
        for (value, expected) in [
            (&b"*"[..], vec!["*"]),
            (b" * ", vec!["*"]),
            (b"\"a\"", vec!["a"]),
            (b"\"a\",W/\"b\"", vec!["a", "Wb"]),
            (b" , \"a\" ,,\t\"\" , ", vec!["a", ""]),
            (b"\"a,b\", \"*\"", vec!["a,b", "*"]),
            (b"\"\xe4\"", vec!["\\xe4"]),
            (b"", vec![]),
        ] {
            let read = read(&[("if-match", value)]).unwrap();
            assert_eq!(opaque(&read.matches.unwrap()), expected, "{}", value.escape_ascii());
            assert_eq!(read.differs, None);
        }
        let lines: [(&str, &[u8]); 2] = [("if-none-match", b"\"a\""), ("if-none-match", b"\"b\"")];
        assert_eq!(opaque(&read(&lines).unwrap().differs.unwrap()), ["a", "b"]);
        assert!(read(&[]).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_list_of_tags_is_refused() {
        for value in [
            &b"a"[..],
            b"\"a",
            b"a\"",
            b"w/\"a\"",
            b"W\"a\"",
            b"W/ \"a\"",
            b"W/",
            b"\"a\" \"b\"",
            b"\"a\"b",
            b"**",
            b"*, \"a\"",
            b"\"a\", *",
            b"*,*",
            b"\"a b\"",
            b"\"a\tb\"",
            b"'a'",
            b"\"a\";q=1",
        ] {
            for name in ["if-match", "if-none-match"] {
                let refused = read(&[(name, value)]);
                assert!(matches!(refused, Err(Problem::BadRequest(_))), "{}", value.escape_ascii());
            }
        }
        assert!(read(&[("if-match", b"*"), ("if-match", b"\"a\"")]).is_err());
    }

    #[test]
    fn a_change_compares_the_revision_and_strongly() {
        let own = format!("\"{}\"", record());
        let elsewhere = format!("\"{}\"", EntityTag::of(b"other").at(Revision::new(12)));
        let older = format!("\"{}\"", EntityTag::of(b"document").at(Revision::new(11)));
        let check =
            |value: &str| read(&[("if-match", value.as_bytes())]).unwrap().check(Some(&record()), false);
        for value in [own.as_str(), elsewhere.as_str(), "*", &format!("\"x\", {own}")] {
            assert!(matches!(check(value), Ok(Finding::Proceed)), "{value}");
        }
        for value in [
            older.as_str(),
            "",
            "\"12\"",
            "\"12-\"",
            "\"012-0000000000000000\"",
            "\"12-x\"",
            &format!("W/{own}"),
        ] {
            assert!(matches!(check(value), Err(Problem::PreconditionFailed)), "{value}");
        }
        let none =
            |value: &str| read(&[("if-none-match", value.as_bytes())]).unwrap().check(Some(&record()), false);
        for value in ["*", &own, &elsewhere, &format!("W/{own}")] {
            assert!(matches!(none(value), Err(Problem::PreconditionFailed)), "{value}");
        }
        assert!(matches!(none(&older), Ok(Finding::Proceed)));
    }

    #[test]
    fn a_read_compares_the_document_and_weakly() {
        let own = format!("\"{}\"", record());
        let elsewhere = format!("\"{}\"", EntityTag::of(b"other").at(Revision::new(12)));
        let check =
            |value: &str| read(&[("if-none-match", value.as_bytes())]).unwrap().check(Some(&record()), true);
        for value in [own.as_str(), &format!("W/{own}"), &format!("\"x\", {own}"), "*"] {
            assert!(matches!(check(value), Ok(Finding::NotModified)), "{value}");
        }
        for value in [elsewhere.as_str(), "", "\"12\""] {
            assert!(matches!(check(value), Ok(Finding::Proceed)), "{value}");
        }
        let both: [(&str, &[u8]); 2] = [("if-match", b"\"x\""), ("if-none-match", own.as_bytes())];
        let both = read(&both).unwrap();
        assert!(matches!(both.check(Some(&record()), true), Err(Problem::PreconditionFailed)));
    }
}
