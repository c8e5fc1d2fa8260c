//! Searching a list for one text, in everything that people call a thing by.

use keys_core::{EnvironmentRecord, KeyRecord};

/// A text to be searched for: at any place, in any letter case.
///
/// Letters are compared one by one as their lower case, whatever language they are of; nothing else is taken for the same.
///
/// ```
/// use keys_service::SearchText;
///
/// let text = SearchText::new(" Größe ").ok_or("empty")?;
/// assert!(text.is_in("DIE GRÖSSE") == false && text.is_in("die GRÖßE"));
/// assert!(SearchText::new("  ").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText(Box<str>);

impl SearchText {
    /// What somebody typed, without the blanks round it; `None` when nothing is left, which is no search.
    #[must_use]
    pub fn new(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        (!typed.is_empty()).then(|| Self(folded(typed).into()))
    }

    /// Whether it is in this text.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        folded(text).contains(&*self.0)
    }

    /// Whether it is this text, whole.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        folded(text) == *self.0
    }

    /// Whether it is in the name, the description or the access key.
    #[must_use]
    pub fn finds_key(&self, record: &KeyRecord) -> bool {
        let parts = record.parts();
        self.is_in(parts.access_key.as_str())
            || parts.name.as_ref().is_some_and(|name| self.is_in(name.as_str()))
            || parts.description.as_ref().is_some_and(|description| self.is_in(description.as_str()))
    }

    /// Whether it is in the name or the description.
    #[must_use]
    pub fn finds_environment(&self, record: &EnvironmentRecord) -> bool {
        let parts = record.parts();
        parts.name.as_ref().is_some_and(|name| self.is_in(name.as_str()))
            || parts.description.as_ref().is_some_and(|description| self.is_in(description.as_str()))
    }
}

/// Letter by letter: `str::to_lowercase` looks at the letters around a Σ, so a word would not have its own beginning in it.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.chars().flat_map(char::to_lowercase).collect()
    }
}
