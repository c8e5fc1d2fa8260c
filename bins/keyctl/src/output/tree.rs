//! An answer as a tree: what its JSON says, in its order. YAML, names and single fields are read off it, so that every
//! form says the same.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use super::escape::one_line;

/// A value, and what is in it. Texts are wiped when dropped, because one may be a new secret.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Tree {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(u64),
    /// A text.
    Text(Zeroizing<String>),
    /// Values one after another.
    List(Vec<Self>),
    /// Values with names, in their order.
    Map(Vec<(String, Self)>),
}

impl Tree {
    /// What this JSON says.
    pub(super) fn of_json(json: &str) -> Self {
        // It was written a moment ago; nothing at all would be noticed.
        serde_json::from_str(json).unwrap_or(Self::Null)
    }

    /// The field of this name in every thing there is, a line for each value.
    ///
    /// A value stands on one line whatever is in it, escaped as in a table; things in a field are told by their id.
    pub(super) fn field(&self, name: &str) -> Zeroizing<String> {
        let mut lines = Zeroizing::new(String::new());
        self.each_field(name, &mut |value| value.write_lines(&mut lines));
        lines
    }

    fn each_field(&self, name: &str, see: &mut dyn FnMut(&Self)) {
        match self {
            Self::List(items) => items.iter().for_each(|item| item.each_field(name, see)),
            Self::Map(fields) => {
                fields.iter().filter(|(own, _)| own == name).for_each(|(_, value)| see(value));
            }
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => {}
        }
    }

    fn write_lines(&self, lines: &mut Zeroizing<String>) {
        match self {
            Self::Null => lines.push('\n'),
            Self::Bool(value) => lines.push_str(if *value { "true\n" } else { "false\n" }),
            Self::Number(value) => lines.push_str(&format!("{value}\n")),
            Self::Text(text) => {
                lines.push_str(&Zeroizing::new(one_line(text)));
                lines.push('\n');
            }
            Self::List(items) => items.iter().for_each(|item| item.write_lines(lines)),
            Self::Map(_) => self.each_field("id", &mut |id| id.write_lines(lines)),
        }
    }
}

/// Says what kind of value it is, because it may be a secret.
impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Bool(_) => "Bool",
            Self::Number(_) => "Number",
            Self::Text(_) => "Text",
            Self::List(_) => "List",
            Self::Map(_) => "Map",
        })
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfAnything)
    }
}

struct OfAnything;

impl<'de> Visitor<'de> for OfAnything {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Number(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(Zeroizing::new(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Tree, A::Error> {
        let mut map = Vec::new();
        while let Some(field) = fields.next_entry()? {
            map.push(field);
        }
        Ok(Tree::Map(map))
    }
}
