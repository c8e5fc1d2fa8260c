//! Lists.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::resource::Links;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Collection<T> {
    /// Always `collection`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The type of the members.
    pub resource_type: String,
    /// `self`, and for the root document `latest`.
    pub links: Links,
    /// Always empty: a create goes to `links.self`.
    #[serde(default)]
    pub create_types: Links,
    /// Always empty.
    #[serde(default)]
    pub actions: Links,
    /// The members, in order.
    pub data: Vec<T>,
    /// For each field that can be sorted by, the list so sorted.
    #[serde(default)]
    pub sort_links: Links,
    /// Where this page stands; `None` for lists that come whole.
    #[serde(default)]
    pub pagination: Option<Pagination>,
    /// What the list is sorted by, when the caller asked for it.
    #[serde(default)]
    pub sort: Option<Sort>,
    /// For each field that can be filtered by, the filters in force.
    #[serde(default)]
    pub filters: BTreeMap<String, Option<Vec<Applied>>>,
    /// Always empty.
    #[serde(default)]
    pub create_defaults: BTreeMap<String, Value>,
}

impl<T> Collection<T> {
    /// A list that comes whole.
    #[must_use]
    pub fn whole(resource_type: &str, own_url: String, data: Vec<T>) -> Self {
        Self {
            type_name: "collection".to_owned(),
            resource_type: resource_type.to_owned(),
            links: Links::from([("self".to_owned(), own_url)]),
            create_types: Links::new(),
            actions: Links::new(),
            data,
            sort_links: Links::new(),
            pagination: None,
            sort: None,
            filters: BTreeMap::new(),
            create_defaults: BTreeMap::new(),
        }
    }
}

/// Where a page of a list stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pagination {
    /// The first page; `None` on it.
    #[serde(default)]
    pub first: Option<String>,
    /// Always `None`: lists are read forwards.
    #[serde(default)]
    pub previous: Option<String>,
    /// The next page; `None` on the last.
    #[serde(default)]
    pub next: Option<String>,
    /// The most members of a page.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Always `None`: nobody counts.
    #[serde(default)]
    pub total: Option<u64>,
    /// Whether there is more behind this page.
    #[serde(default)]
    pub partial: bool,
}

/// What a list is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// The field.
    pub name: String,
    /// `asc` or `desc`.
    pub order: String,
    /// The same list the other way round.
    pub reverse: String,
}

/// A filter in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// What the field is compared with, as the caller wrote it.
    pub value: Option<String>,
    /// How.
    pub modifier: String,
}
