//! Filters of lists: `field=value`, `field_modifier=value`, all of them ANDed.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use keys_api::{Applied, Declaration, Field, Modifier, Resource};
use keys_core::Timestamp;
use serde_json::Value;

use super::query::Query;

/// A filter that a caller asked for and the type declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    /// The field's name on the wire.
    pub(crate) field: &'static str,
    /// How it is compared.
    pub(crate) modifier: Modifier,
    /// With what.
    pub(crate) value: String,
}

/// The value of a field, for comparing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FieldValue {
    /// There is none.
    Absent,
    /// Text, compared by bytes.
    Text(String),
    /// A number, or a date in milliseconds, with its text.
    Ordered(i128, String),
}

/// The filters of a query that the type declares. Parameters it does not declare are ignored, as the contract has it.
pub(crate) fn read(declaration: &Declaration, query: &Query) -> Vec<Filter> {
    query.pairs().filter_map(|(name, value)| read_one(declaration, name, value)).collect()
}

fn read_one(declaration: &Declaration, name: &str, value: &str) -> Option<Filter> {
    let declared = |field: &str, modifier: &str| {
        let filter = declaration.filters().find(|filter| filter.field == field)?;
        let modifier = filter.modifiers.iter().find(|own| own.as_str() == modifier)?;
        Some(Filter { field: filter.field, modifier: *modifier, value: value.to_owned() })
    };
    // Behind the last underscore stands the modifier; if it is none, the whole is a field.
    name.rsplit_once('_')
        .and_then(|(field, modifier)| declared(field, modifier))
        .or_else(|| declared(name, Modifier::Eq.as_str()))
}

/// What a list says of its filters: every field it can be filtered by, and how it is.
pub(crate) fn echo(declaration: &Declaration, filters: &[Filter]) -> BTreeMap<String, Option<Vec<Applied>>> {
    let applied = |field: &str| -> Vec<Applied> {
        filters
            .iter()
            .filter(|filter| filter.field == field)
            .map(|filter| Applied {
                value: Some(filter.value.clone()),
                modifier: filter.modifier.as_str().to_owned(),
            })
            .collect()
    };
    declaration
        .filters()
        .map(|declared| {
            let applied = applied(declared.field);
            (declared.field.to_owned(), (!applied.is_empty()).then_some(applied))
        })
        .collect()
}

impl Filter {
    /// Whether a field with this value passes.
    pub(crate) fn passes(&self, own: &FieldValue) -> bool {
        match self.modifier {
            Modifier::Null => *own == FieldValue::Absent,
            Modifier::Notnull => *own != FieldValue::Absent,
            Modifier::Eq => self.compare(own) == Some(Ordering::Equal),
            // SQL's `<>`: what is absent is not different either.
            Modifier::Ne => *own != FieldValue::Absent && self.compare(own) != Some(Ordering::Equal),
            Modifier::Lt => self.compare(own) == Some(Ordering::Less),
            Modifier::Lte => self.compare(own).is_some_and(Ordering::is_le),
            Modifier::Gt => self.compare(own) == Some(Ordering::Greater),
            Modifier::Gte => self.compare(own).is_some_and(Ordering::is_ge),
            Modifier::Prefix => own.text().is_some_and(|text| text.starts_with(&self.value)),
            Modifier::Like => own.text().is_some_and(|text| like(text, &self.value)),
            Modifier::Notlike => own.text().is_some_and(|text| !like(text, &self.value)),
        }
    }

    /// How the field compares with the filter's value; `None` when they cannot be compared.
    fn compare(&self, own: &FieldValue) -> Option<Ordering> {
        match own {
            FieldValue::Absent => None,
            FieldValue::Text(text) => Some(text.as_str().cmp(&self.value)),
            FieldValue::Ordered(number, _) => Some(number.cmp(&ordinal(&self.value)?)),
        }
    }
}

/// Whether a document passes all of the filters, each comparing with what the document shows.
pub(crate) fn passes<T: Resource>(filters: &[Filter], document: &T) -> bool {
    if filters.is_empty() {
        return true;
    }
    let shown = serde_json::to_value(document).unwrap_or_default();
    let value = |name: &str| {
        let field = T::DECLARATION.all_fields().find(|field| field.name == name);
        field.map_or(FieldValue::Absent, |field| FieldValue::shown(field, &shown))
    };
    filters.iter().all(|filter| filter.passes(&value(filter.field)))
}

impl FieldValue {
    /// The value of a field in a document.
    pub(crate) fn shown(field: &Field, document: &Value) -> Self {
        match document.get(field.name) {
            Some(Value::String(text)) if field.filters == Modifier::ORDERED => {
                ordinal(text).map_or(Self::Absent, |number| Self::Ordered(number, text.clone()))
            }
            Some(Value::String(text)) => Self::Text(text.clone()),
            _ => Self::Absent,
        }
    }

    /// A date, by the second, as its document shows it.
    pub(crate) fn date(instant: Option<Timestamp>) -> Self {
        instant.map_or(Self::Absent, |instant| {
            let text = super::views::date(instant).as_str().to_owned();
            Self::Ordered(second(instant), text)
        })
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Absent => None,
            Self::Text(text) | Self::Ordered(_, text) => Some(text),
        }
    }
}

/// An id as its number, a date as the second it names, in milliseconds.
fn ordinal(value: &str) -> Option<i128> {
    if let Ok(instant) = value.parse::<Timestamp>() {
        return Some(second(instant));
    }
    let id = value.strip_prefix('1')?.trim_start_matches(|letter: char| letter.is_ascii_lowercase());
    if id.bytes().all(|byte| byte.is_ascii_digit()) { id.parse().ok() } else { None }
}

fn second(instant: Timestamp) -> i128 {
    i128::from(instant.as_millis()).div_euclid(1_000) * 1_000
}

/// SQL's `LIKE` with `%` and `_`, by characters. Linear in the product of the lengths, both of which are bounded.
fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // Which lengths of the text's beginning the pattern so far can stand for.
    let mut reached: Vec<bool> = std::iter::once(true).chain(text.iter().map(|_| false)).collect();
    for symbol in pattern.chars() {
        if symbol == '%' {
            let mut any = false;
            for place in &mut reached {
                any |= *place;
                *place = any;
            }
        } else {
            let mut before = false;
            let letters = std::iter::once(None).chain(text.iter().map(Some));
            for (place, letter) in reached.iter_mut().zip(letters) {
                let here = letter.is_some_and(|letter| symbol == '_' || *letter == symbol);
                let was = std::mem::replace(place, before && here);
                before = was;
            }
        }
    }
    reached.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use keys_api::{ApiKey, Resource as _};

    use super::*;

    fn filters(query: &str) -> Vec<(&'static str, &'static str, String)> {
        read(&ApiKey::DECLARATION, &Query::parse(query).unwrap())
            .into_iter()
            .map(|filter| (filter.field, filter.modifier.as_str(), filter.value))
            .collect()
    }

    fn passes(modifier: Modifier, value: &str, own: &FieldValue) -> bool {
        Filter { field: "x", modifier, value: value.to_owned() }.passes(own)
    }

    #[test]
    fn declared_filters_are_read_and_others_ignored() {
        assert_eq!(
            filters(
                "name=a&name_like=b%25&state_ne=x&state_ne=y&removed_null&limit=1&_trim=True&what=1&name_gt=1"
            ),
            [
                ("name", "eq", "a".to_owned()),
                ("name", "like", "b%".to_owned()),
                ("state", "ne", "x".to_owned()),
                ("state", "ne", "y".to_owned()),
                ("removed", "null", String::new()),
            ]
        );
        assert_eq!(filters("secretValue=x&secretValue_prefix=a"), []);
    }

    #[test]
    fn text_is_compared_by_bytes() {
        let own = FieldValue::Text("build box".into());
        assert!(passes(Modifier::Eq, "build box", &own));
        assert!(!passes(Modifier::Eq, "Build box", &own));
        assert!(passes(Modifier::Ne, "x", &own));
        assert!(passes(Modifier::Prefix, "build", &own));
        assert!(passes(Modifier::Notnull, "", &own));
        assert!(!passes(Modifier::Null, "", &own));
        assert!(!passes(Modifier::Ne, "x", &FieldValue::Absent));
        assert!(passes(Modifier::Null, "", &FieldValue::Absent));
    }

    #[test]
    fn patterns_match_as_in_sql() {
        for (pattern, matches) in [
            ("%", true),
            ("build box", true),
            ("build%", true),
            ("%box", true),
            ("%ld%bo%", true),
            ("b____ b_x", true),
            ("build", false),
            ("_", false),
            ("%z%", false),
            ("build box%%_", false),
        ] {
            assert_eq!(like("build box", pattern), matches, "{pattern}");
        }
        assert!(like("", "%") && like("", "") && !like("", "_"));
        assert!(like("ünï", "___"));
    }

    #[test]
    fn ids_and_dates_are_compared_by_their_order() {
        let id = FieldValue::Ordered(7, "1c7".into());
        assert!(passes(Modifier::Eq, "1c7", &id));
        assert!(passes(Modifier::Lt, "1c10", &id));
        assert!(!passes(Modifier::Eq, "7", &id));
        assert!(!passes(Modifier::Lt, "x", &id));
        let date = FieldValue::Ordered(1_459_591_872_000, "2016-04-02T10:11:12Z".into());
        assert!(passes(Modifier::Eq, "2016-04-02T10:11:12Z", &date));
        assert!(passes(Modifier::Gte, "2016-04-02T10:11:12Z", &date));
        assert!(passes(Modifier::Gt, "2016-04-02T10:11:11Z", &date));
    }
}
