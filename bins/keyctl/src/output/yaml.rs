//! Answers for programs and people who like YAML: the same fields as in JSON.
//!
//! Written by hand, because every serializer leaves characters in the text that turn or hide what a terminal shows; here
//! they are escaped, which in YAML only quoted texts allow. A text stands without quotes only where no reader, of YAML
//! 1.1 or 1.2, can take it for anything else.

use zeroize::Zeroizing;

use super::escape::is_dangerous;
use super::tree::Tree;

/// The tree as one document.
pub(super) fn render(tree: &Tree) -> Zeroizing<String> {
    // Grown by copies, it would leave pieces of a secret behind: most answers fit.
    let mut text = Zeroizing::new(String::with_capacity(4_096));
    write(tree, 0, Place::Document, &mut text);
    text
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Document,
    /// Behind the name of a field.
    Field,
    /// Behind the dash of an item.
    Item,
}

fn write(tree: &Tree, depth: usize, place: Place, text: &mut String) {
    match tree {
        Tree::List(items) if !items.is_empty() => {
            begin(place, text);
            for item in items {
                indent(depth, text);
                text.push('-');
                write(item, depth + 1, Place::Item, text);
            }
        }
        Tree::Map(fields) if !fields.is_empty() => {
            // The first field stands beside the dash.
            let mut beside_dash = place == Place::Item;
            if !beside_dash {
                begin(place, text);
            }
            for (name, value) in fields {
                if std::mem::take(&mut beside_dash) {
                    text.push(' ');
                } else {
                    indent(depth, text);
                }
                write_text(name, text);
                text.push(':');
                write(value, depth + 1, Place::Field, text);
            }
        }
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) | Tree::List(_) | Tree::Map(_) => {
            if place != Place::Document {
                text.push(' ');
            }
            write_scalar(tree, text);
            text.push('\n');
        }
    }
}

fn begin(place: Place, text: &mut String) {
    if place != Place::Document {
        text.push('\n');
    }
}

fn indent(depth: usize, text: &mut String) {
    text.extend(std::iter::repeat_n("  ", depth));
}

fn write_scalar(tree: &Tree, text: &mut String) {
    match tree {
        Tree::Null => text.push_str("null"),
        Tree::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Tree::Number(value) => text.push_str(&value.to_string()),
        Tree::Text(value) => write_text(value, text),
        Tree::List(_) => text.push_str("[]"),
        Tree::Map(_) => text.push_str("{}"),
    }
}

fn write_text(value: &str, text: &mut String) {
    if is_plain(value) {
        text.push_str(value);
        return;
    }
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            other if is_dangerous(other) || matches!(other, '\u{FFFE}' | '\u{FFFF}') => {
                match u32::from(other) {
                    code @ 0..=0xFF => text.push_str(&format!("\\x{code:02X}")),
                    code @ 0x100..=0xFFFF => text.push_str(&format!("\\u{code:04X}")),
                    code => text.push_str(&format!("\\U{code:08X}")),
                }
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

/// Whether every reader takes these characters for this text: words that begin with a letter, and no word of YAML's own.
fn is_plain(value: &str) -> bool {
    const OWN: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    value.starts_with(|first: char| first.is_ascii_alphabetic())
        && !value.ends_with(' ')
        && value.chars().all(|character| {
            character.is_ascii_alphanumeric() || matches!(character, ' ' | '_' | '-' | '.' | '/')
        })
        && !OWN.iter().any(|own| value.eq_ignore_ascii_case(own))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> Tree {
        Tree::Text(Zeroizing::new(text.to_owned()))
    }

    fn any_tree() -> impl Strategy<Value = Tree> {
        let texts = prop_oneof![any::<String>(), "[ -~]{0,12}", "[0-9a-fxo.:+_-]{1,8}"];
        let leaf = prop_oneof![
            Just(Tree::Null),
            any::<bool>().prop_map(Tree::Bool),
            (0_u64..=i64::MAX as u64).prop_map(Tree::Number),
            texts.prop_map(|it| text(&it)),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Tree::List),
                prop::collection::btree_map("[a-z]{1,3}[A-Z]", inner, 0..4)
                    .prop_map(|map| Tree::Map(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(tree in any_tree()) {
            let yaml = render(&tree);
            let back: Tree = serde_saphyr::from_str(&yaml)
                .map_err(|error| TestCaseError::fail(format!("{error} in {:?}", yaml.as_str())))?;
            prop_assert!(back == tree, "{:?}", yaml.as_str());
            prop_assert!(!yaml.chars().any(|character| character != '\n' && is_dangerous(character)));
        }
    }

    #[test]
    fn every_character_that_moves_a_cursor_is_escaped_and_means_the_same() {
        for character in ('\0'..=char::MAX).filter(|character| is_dangerous(*character)) {
            let tree = text(&format!("a{character}b"));
            let yaml = render(&tree);
            assert!(!yaml.trim_end().chars().any(is_dangerous), "{character:?} came through");
            let back: Tree = serde_saphyr::from_str(&yaml).expect("it is YAML");
            assert!(back == tree, "{character:?} became another");
        }
    }

    #[test]
    fn what_a_reader_could_take_for_something_else_is_quoted() {
        let own =
            ["", "null", "~", "Yes", "NO", "on", "y", "true", "1e5", "1c7", "0x1f", ".5", "12:30", "a: b"];
        let more =
            ["a #b", "- a", "2026-01-02", "a ", "=", "<<", "*a", "&a", "!a", "%a", "@a", "`a", "{", "[", "'"];
        for word in own.into_iter().chain(more) {
            assert!(render(&text(word)).starts_with('"'), "{word}");
        }
        for word in ["ci", "CI of main", "a-b_c.d/e", "active", "nobody", "KC83G4MYSK0KX3K94XX8"] {
            assert_eq!(render(&text(word)).trim_end(), word);
        }
    }

    #[test]
    fn a_document_has_this_shape() {
        let thing = Tree::Map(vec![
            ("id".to_owned(), text("1c7")),
            ("name".to_owned(), Tree::Null),
            ("keysMade".to_owned(), Tree::List(vec![Tree::Map(vec![("id".to_owned(), text("1c8"))])])),
        ]);
        let list = Tree::List(vec![thing.clone(), Tree::List(vec![]), Tree::Bool(true)]);
        let one = "id: \"1c7\"\nname: null\nkeysMade:\n  - id: \"1c8\"\n";
        assert_eq!(render(&thing).as_str(), one);
        let many = "- id: \"1c7\"\n  name: null\n  keysMade:\n    - id: \"1c8\"\n- []\n- true\n";
        assert_eq!(render(&list).as_str(), many);
    }
}
