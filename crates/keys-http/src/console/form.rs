//! Forms: what was typed into each field, and what is wrong with it.

use keys_core::{Description, Name, Password, Timestamp};
use zeroize::Zeroizing;

use super::visit::Visit;
use crate::problem::Problem;

/// One field as it is shown: what stands in it, and what is wrong with that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Field {
    /// What was typed, or what is kept.
    pub(super) value: String,
    /// What is wrong with it.
    pub(super) error: Option<String>,
}

impl Field {
    /// A field that holds what is kept.
    pub(super) fn holding(value: Option<&str>) -> Self {
        Self { value: value.unwrap_or_default().to_owned(), error: None }
    }

    /// A field that holds what was typed into it, or what the address suggests.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`] for what is no text.
    pub(super) fn typed(visit: &Visit<'_>, name: &str) -> Result<Self, Problem> {
        Ok(Self { value: visit.typed(name)?, error: None })
    }

    /// A field of a form whose answers stand in the address of the page: that of a search.
    pub(super) fn asked(visit: &Visit<'_>, name: &str) -> Self {
        Self::holding(visit.call.query.get(name).map(str::trim))
    }

    /// What the field says, if anything; what is wrong stays beside it.
    pub(super) fn read<T, E: ToString>(&mut self, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        if self.value.is_empty() {
            return None;
        }
        match parse(&self.value) {
            Ok(value) => Some(value),
            Err(error) => {
                self.error = Some(error.to_string());
                None
            }
        }
    }

    /// Something else that is wrong with it.
    pub(super) fn refuse(&mut self, error: &str) {
        self.error = Some(error.to_owned());
    }
}

/// A field for a password: what was typed is never shown again, what is wrong with it is.
#[derive(Default)]
pub(super) struct Secret {
    typed: Zeroizing<String>,
    /// What is wrong with it.
    pub(super) error: Option<String>,
}

impl Secret {
    /// A field that was filled in.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`] for what is no text.
    pub(super) fn typed(visit: &Visit<'_>, name: &str) -> Result<Self, Problem> {
        Ok(Self { typed: visit.secret(name)?, error: None })
    }

    /// Whether nothing was typed.
    pub(super) fn is_empty(&self) -> bool {
        self.typed.is_empty()
    }

    /// The password, if it can be one; what is wrong stays beside it.
    pub(super) fn read(&mut self) -> Option<Password> {
        match Password::new(&self.typed) {
            Ok(password) => Some(password),
            Err(error) => {
                self.error = Some(error.to_string());
                None
            }
        }
    }

    /// Whether the same was typed into both; that it was not stays beside this one.
    pub(super) fn repeats(&mut self, other: &Self) -> bool {
        let same = self.typed == other.typed;
        if !same {
            self.refuse("this is not the same as above: type the new password twice");
        }
        same
    }

    /// Something else that is wrong with it.
    pub(super) fn refuse(&mut self, error: &str) {
        self.error = Some(error.to_owned());
    }
}

/// Name and description, which everything here has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Texts {
    /// The name.
    pub(super) name: Field,
    /// The description.
    pub(super) description: Field,
}

impl Texts {
    /// What was typed.
    ///
    /// # Errors
    ///
    /// [`Problem::Invalid`] for what is no text.
    pub(super) fn typed(visit: &Visit<'_>) -> Result<Self, Problem> {
        Ok(Self { name: Field::typed(visit, "name")?, description: Field::typed(visit, "description")? })
    }

    /// What is kept.
    pub(super) fn holding(name: Option<&Name>, description: Option<&Description>) -> Self {
        Self {
            name: Field::holding(name.map(Name::as_str)),
            description: Field::holding(description.map(Description::as_str)),
        }
    }

    /// Both, if nothing is wrong with either.
    pub(super) fn read(&mut self) -> Option<(Option<Name>, Option<Description>)> {
        let name = self.name.read(|text| Name::new(text));
        let description = self.description.read(|text| Description::new(text));
        (self.name.error.is_none() && self.description.error.is_none()).then_some((name, description))
    }
}

/// An instant as a browser's field gives it, which knows no zone: it is meant in UTC, and the page says so.
///
/// # Errors
///
/// A text that says what was expected.
pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    let whole = match text.len() {
        16 => format!("{text}:00Z"),
        19..=23 if !text.ends_with('Z') => format!("{text}Z"),
        _ => text.to_owned(),
    };
    whole.parse().map_err(|_| "expected a date and a time in UTC, such as 2027-01-31T12:00".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_stays_beside_what_was_typed() {
        let mut texts = Texts {
            name: Field { value: "a\u{202e}b".to_owned(), error: None },
            description: Field { value: "fine".to_owned(), error: None },
        };
        assert_eq!(texts.read(), None);
        assert_eq!(texts.name.value, "a\u{202e}b");
        assert!(texts.name.error.is_some() && texts.description.error.is_none());
        let mut empty = Texts::default();
        assert_eq!(empty.read(), Some((None, None)));
    }

    #[test]
    fn an_instant_of_a_browser_is_meant_in_utc() {
        for text in ["2027-01-31T12:00", "2027-01-31T12:00:00", "2027-01-31T12:00:00Z"] {
            assert_eq!(instant(text), Ok("2027-01-31T12:00:00Z".parse().unwrap()), "{text}");
        }
        assert!(instant("tomorrow").is_err());
        assert!(instant("äääääääääääääääää").is_err());
    }
}
