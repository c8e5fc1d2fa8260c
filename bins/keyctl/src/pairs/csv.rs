//! Records of a CSV, as RFC 4180 has them and no other way.
//!
//! The readers there are forgive what is no CSV: a quote that is never closed, or text behind a closing one. Here that must
//! be an error: with a quote that was forgotten they would take the lines up to the next one for part of a description, and
//! the secrets in them would be stored, and shown, in the clear. They also read through buffers that cannot be wiped.

use zeroize::Zeroizing;

use super::LONGEST;

/// The fields of a record, wiped when dropped.
pub(super) type Fields = Vec<Zeroizing<String>>;

/// One record.
pub(super) struct Record {
    /// The line where it begins.
    pub(super) line: u64,
    /// Its fields, one at least.
    pub(super) fields: Fields,
}

/// Why a text is no CSV: at this line, for this reason. What comes behind it cannot be told apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoCsv {
    pub(super) line: u64,
    pub(super) reason: &'static str,
}

/// Reads one record after the other. Lines without anything on them are none.
pub(super) struct Records<'a> {
    rest: &'a str,
    line: u64,
}

/// What ends a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Comma,
    Line,
}

impl<'a> Records<'a> {
    pub(super) const fn of(text: &'a str) -> Self {
        Self { rest: text, line: 1 }
    }

    /// The next record.
    fn record(&mut self) -> Result<Record, NoCsv> {
        let (line, begin) = (self.line, self.rest.len());
        let mut fields = Fields::new();
        loop {
            let (field, end) = if self.rest.starts_with('"') { self.quoted()? } else { self.bare()? };
            fields.push(field);
            if begin - self.rest.len() > LONGEST {
                return Err(NoCsv { line, reason: "longer than 16 KiB" });
            }
            if end == End::Line {
                return Ok(Record { line, fields });
            }
        }
    }

    fn bare(&mut self) -> Result<(Zeroizing<String>, End), NoCsv> {
        let line = self.line;
        let length = self.rest.find([',', '\n', '\r']).unwrap_or(self.rest.len());
        let (field, rest) = self.rest.split_at(length);
        if field.contains('"') {
            return Err(NoCsv { line, reason: "a quote inside a field that is not in quotes" });
        }
        self.rest = rest;
        Ok((Zeroizing::new(field.to_owned()), self.end().unwrap_or(End::Line)))
    }

    fn quoted(&mut self) -> Result<(Zeroizing<String>, End), NoCsv> {
        let begins = self.line;
        let mut inside = self.rest.strip_prefix('"').unwrap_or_default();
        // Room for all there can be, so that nothing is left behind where it grew.
        let room = inside.len().min(LONGEST);
        let mut field = Zeroizing::new(String::with_capacity(room));
        loop {
            let closed = inside.split_once('"').filter(|(text, _)| field.len() + text.len() < room);
            let Some((text, behind)) = closed else {
                return Err(NoCsv { line: begins, reason: "a quote that is not closed, or too far behind" });
            };
            field.push_str(text);
            self.line += lines_in(text);
            self.rest = behind;
            match behind.strip_prefix('"') {
                Some(further) => {
                    field.push('"');
                    inside = further;
                }
                None => break,
            }
        }
        let end = self.end().ok_or(NoCsv { line: self.line, reason: "text behind a closing quote" })?;
        Ok((field, end))
    }

    /// What ends the field that was just read; `None` when it does not end here.
    fn end(&mut self) -> Option<End> {
        if self.rest.is_empty() {
            return Some(End::Line);
        }
        if let Some(rest) = self.rest.strip_prefix(',') {
            self.rest = rest;
            return Some(End::Comma);
        }
        let rest = self.rest.strip_prefix("\r\n").or_else(|| self.rest.strip_prefix(['\n', '\r']))?;
        self.rest = rest;
        self.line += 1;
        Some(End::Line)
    }
}

impl Iterator for Records<'_> {
    type Item = Result<Record, NoCsv>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let record = self.record();
            match &record {
                Ok(Record { fields, .. })
                    if fields.iter().all(|field| field.is_empty()) && fields.len() == 1 => {}
                Ok(_) => return Some(record),
                Err(_) => {
                    self.rest = "";
                    return Some(record);
                }
            }
        }
        None
    }
}

/// How many lines end in a text, each by LF, CR LF, or CR alone.
fn lines_in(text: &str) -> u64 {
    let behind = text.bytes().skip(1).map(Some).chain([None]);
    let ends = text.bytes().zip(behind).filter(|(byte, behind)| match byte {
        b'\n' => true,
        b'\r' => *behind != Some(b'\n'),
        _ => false,
    });
    ends.map(|_| 1).sum()
}
