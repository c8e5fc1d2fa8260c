//! Text of a script that stands in a page.

use std::fmt::{self, Write as _};

use askama::filters::HtmlSafe;
use serde_json::Value;

/// Statements and literals of a script in which nothing can end the element they stand in, begin another or be taken
/// for an entity: there is no `<`, no `>` and no `&` in it, and no `/` inside a literal that is not behind a backslash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Script(String);

// The three characters that HTML reads in a script are not in it.
impl HtmlSafe for Script {}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Script {
    /// A value as a literal.
    pub(super) fn value(value: &Value) -> Self {
        Self::json(&value.to_string())
    }

    /// A JSON text as a literal of the same value: `/` as Rancher v1 writes it, and by their numbers the characters that
    /// mean something to HTML, or to scripts older than the rule that JSON is one.
    pub(super) fn json(text: &str) -> Self {
        let mut escaped = String::with_capacity(text.len().saturating_add(text.len() / 8));
        let mut is_escape = false;
        for character in text.chars() {
            match character {
                '/' if !is_escape => escaped.push_str("\\/"),
                '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                    // Writing to a string cannot fail.
                    let _ = write!(escaped, "\\u{:04x}", u32::from(character));
                }
                other => escaped.push(other),
            }
            is_escape = character == '\\' && !is_escape;
        }
        Self(escaped)
    }

    /// Adds a variable.
    pub(super) fn assign(&mut self, name: &'static str, value: &Self) {
        for part in ["var ", name, " = ", &value.0, ";\n"] {
            self.0.push_str(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_in_it_means_anything_to_html_and_the_value_is_the_same() {
        for text in [
            "</script><script>alert(1)</script>",
            "<!--<script>",
            "a\\/b",
            "\\</script>",
            "\\\\</script>",
            "&lt;&#60;&amp;",
            "one\u{2028}two\u{2029}three\r\n\t\u{0}",
            "\"';//*/",
            "]]>",
        ] {
            let value = json!({ text: [text, { "a": text }] });
            let script = Script::value(&value).to_string();
            assert!(!script.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{script}");
            let mut before_slashes = script.rsplit('/').skip(1);
            assert!(before_slashes.all(|part| part.ends_with('\\')), "{script}");
            assert_eq!(serde_json::from_str::<Value>(&script).unwrap(), value);
        }
    }

    #[test]
    fn a_slash_that_has_its_backslash_gets_no_second_one() {
        for (text, escaped) in
            [(r#""a\/b""#, r#""a\/b""#), (r#""\\/""#, r#""\\\/""#), (r#""\\\/""#, r#""\\\/""#)]
        {
            assert_eq!(Script::json(text).to_string(), escaped);
        }
    }

    #[test]
    fn variables_stand_one_after_the_other() {
        let mut script = Script::default();
        script.assign("a", &Script::value(&json!("x/y")));
        script.assign("b", &Script::value(&json!(false)));
        assert_eq!(script.to_string(), "var a = \"x\\/y\";\nvar b = false;\n");
    }
}
