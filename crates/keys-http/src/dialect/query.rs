//! The query of an address.

use crate::problem::Problem;

/// The parameters, decoded once, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Parses what stands behind the `?`.
    ///
    /// # Errors
    ///
    /// [`Problem::BadRequest`] for a NUL.
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        if pairs.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(Problem::BadRequest("the query has a NUL"));
        }
        Ok(Self(pairs))
    }

    /// The first value of a parameter, if it is not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs().find(|(own, value)| *own == name && !value.is_empty()).map(|(_, value)| value)
    }

    /// All parameters.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The query written again without the parameters named, and with others behind.
    pub(crate) fn rewritten(&self, without: &[&str], with: &[(&str, &str)]) -> String {
        let mut writer = form_urlencoded::Serializer::new(String::new());
        writer.extend_pairs(self.pairs().filter(|(name, _)| !without.contains(name)));
        writer.extend_pairs(with);
        writer.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_and_written_again() {
        let query = Query::parse("name=a%26b&limit=2&removed_null&marker=m1&name=c+d").unwrap();
        assert_eq!(query.get("name"), Some("a&b"));
        assert_eq!(query.get("removed_null"), None);
        assert_eq!(query.pairs().filter(|(name, _)| *name == "name").count(), 2);
        assert_eq!(
            query.rewritten(&["marker"], &[("marker", "m2")]),
            "name=a%26b&limit=2&removed_null=&name=c+d&marker=m2"
        );
    }

    #[test]
    fn a_nul_is_refused_and_broken_escapes_stand_for_themselves() {
        assert!(Query::parse("name=%00").is_err());
        assert_eq!(Query::parse("name=%zz%4").unwrap().get("name"), Some("%zz%4"));
    }
}
