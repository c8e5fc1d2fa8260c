//! What was done: the audit log, read backwards.

use super::error::ClientError;
use super::resources::escaped;
use super::transport::Client;
use crate::AuditLog;

/// What is looked for in the audit log. What is `None` does not matter; all that is said must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuditQuery<'a> {
    /// To whom the changed thing belongs: the id of an environment or an account.
    pub owner: Option<&'a str>,
    /// The type of what was changed and its id, such as `apiKey` and `1c7`.
    pub resource: Option<(&'a str, &'a str)>,
    /// As whom it was done: the id of an environment or an account.
    pub by: Option<&'a str>,
    /// The key it was done with.
    pub credential: Option<&'a str>,
    /// What was done, such as `api.apiKey.deactivate`.
    pub event_type: Option<&'a str>,
    /// From this second on, as RFC 3339 in UTC.
    pub from: Option<&'a str>,
    /// Before this second.
    pub until: Option<&'a str>,
}

impl AuditQuery<'_> {
    /// As a query, each part with its `&` in front.
    fn filters(&self) -> String {
        let Self { owner, resource, by, credential, event_type, from, until } = *self;
        let filters = [
            ("accountId", owner),
            ("resourceType", resource.map(|(of, _)| of)),
            ("resourceId", resource.map(|(_, id)| id)),
            ("authenticatedAsAccountId", by),
            ("credentialId", credential),
            ("eventType", event_type),
            ("created_gte", from),
            ("created_lt", until),
        ];
        let said = filters.into_iter().filter_map(|(name, value)| Some((name, value?)));
        said.map(|(name, value)| format!("&{name}={}", escaped(value))).collect()
    }
}

impl Client {
    /// The newest entries of the audit log that the caller may see and that are looked for, the newest first, at most
    /// this many.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub fn audit_logs(&self, query: &AuditQuery<'_>, most: usize) -> Result<Vec<AuditLog>, ClientError> {
        if most == 0 {
            // A limit of 0 is none to the server.
            return Ok(Vec::new());
        }
        self.list_most("/auditlogs", &format!("&sort=id&order=desc{}", query.filters()), most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_becomes_filters_that_cannot_become_others() {
        assert_eq!(AuditQuery::default().filters(), "");
        let query = AuditQuery {
            resource: Some(("apiKey", "1c7")),
            from: Some("2026-01-02T03:04:05Z"),
            by: Some("1a1&limit=0 é"),
            ..AuditQuery::default()
        };
        let expected = "&resourceType=apiKey&resourceId=1c7&authenticatedAsAccountId=1a1%26limit%3D0%20%C3%A9\
                        &created_gte=2026-01-02T03%3A04%3A05Z";
        assert_eq!(query.filters(), expected);
    }
}
