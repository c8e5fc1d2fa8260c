//! What people write about a key: its name and its description.
//!
//! Both are kept byte for byte: no trimming, no normalisation. What could change how a line reads on a terminal or
//! in a log is refused instead: control characters, and the characters that turn the direction of text (Trojan
//! Source, CVE-2021-42574).

use alloc::boxed::Box;
use core::fmt;
use core::str::FromStr;

/// A name: 0 to 255 characters, none of them a control or a direction character.
///
/// ```
/// use keys_core::{Name, NameError};
///
/// assert_eq!(Name::new("build box")?.as_str(), "build box");
/// assert_eq!(Name::new("two\nlines"), Err(NameError::Forbidden { character: '\n', position: 3 }));
/// # Ok::<(), NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Box<str>);

impl Name {
    /// The most characters (Unicode scalar values) a name has.
    pub const MAX_CHARS: usize = 255;

    /// Takes a text as a name.
    ///
    /// # Errors
    ///
    /// [`NameError::TooLong`] past [`MAX_CHARS`](Self::MAX_CHARS); [`NameError::Forbidden`] for a character that is
    /// refused.
    pub fn new(text: impl Into<Box<str>>) -> Result<Self, NameError> {
        let text = text.into();
        let length = text.chars().count();
        if length > Self::MAX_CHARS {
            return Err(NameError::TooLong { length });
        }
        match text.chars().enumerate().find(|(_, character)| forbidden_in_name(*character)) {
            Some((position, character)) => Err(NameError::Forbidden { character, position }),
            None => Ok(Self(text)),
        }
    }

    /// The text, exactly as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::new(text)
    }
}

/// Why a text is no [`Name`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// More characters than a name has.
    #[error("a name has at most 255 characters, this one has {length}")]
    TooLong {
        /// How many characters were given.
        length: usize,
    },
    /// A control or direction character.
    #[error("a name has no control or text-direction characters; character {} is U+{:04X}", position + 1, u32::from(*character))]
    Forbidden {
        /// The character.
        character: char,
        /// How many characters stand before it.
        position: usize,
    },
}

/// A description: 0 to 1024 characters, tabs and line breaks allowed, no other control and no direction character.
///
/// ```
/// use keys_core::Description;
///
/// assert_eq!(Description::new("first line\nsecond line")?.as_str(), "first line\nsecond line");
/// # Ok::<(), keys_core::DescriptionError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Description(Box<str>);

impl Description {
    /// The most characters (Unicode scalar values) a description has.
    pub const MAX_CHARS: usize = 1024;

    /// Takes a text as a description.
    ///
    /// # Errors
    ///
    /// [`DescriptionError::TooLong`] past [`MAX_CHARS`](Self::MAX_CHARS); [`DescriptionError::Forbidden`] for a
    /// character that is refused.
    pub fn new(text: impl Into<Box<str>>) -> Result<Self, DescriptionError> {
        let text = text.into();
        let length = text.chars().count();
        if length > Self::MAX_CHARS {
            return Err(DescriptionError::TooLong { length });
        }
        match text.chars().enumerate().find(|(_, character)| forbidden_in_description(*character)) {
            Some((position, character)) => Err(DescriptionError::Forbidden { character, position }),
            None => Ok(Self(text)),
        }
    }

    /// The text, exactly as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Description {
    type Err = DescriptionError;

    fn from_str(text: &str) -> Result<Self, DescriptionError> {
        Self::new(text)
    }
}

/// Why a text is no [`Description`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DescriptionError {
    /// More characters than a description has.
    #[error("a description has at most 1024 characters, this one has {length}")]
    TooLong {
        /// How many characters were given.
        length: usize,
    },
    /// A control character other than tab and line break, or a direction character.
    #[error("a description has no control characters but tabs and line breaks, and no text-direction characters; character {} is U+{:04X}", position + 1, u32::from(*character))]
    Forbidden {
        /// The character.
        character: char,
        /// How many characters stand before it.
        position: usize,
    },
}

fn forbidden_in_name(character: char) -> bool {
    // U+2028 and U+2029 break lines without being control characters.
    character.is_control() || turns_direction(character) || matches!(character, '\u{2028}' | '\u{2029}')
}

fn forbidden_in_description(character: char) -> bool {
    !matches!(character, '\t' | '\n' | '\r') && (character.is_control() || turns_direction(character))
}

/// The characters of Unicode's `Bidi_Control` property.
const fn turns_direction(character: char) -> bool {
    matches!(character, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
