//! What was done, by whom.

use crate::date::Date;
use crate::declaration::{Declaration, Field, Link};
use crate::resource::resource;

resource! {
    /// One change: what was done, to what, by whom, from where.
    AuditLog {
        /// To whom the changed thing belongs: an environment or an account.
        account_id: Option<String> = Field::reference("accountId", "reference[account]");
        /// How the caller was known: `BasicAuth` by an API key, `AdminAuth` while access control was off or on the
        /// server's machine; `None` for the system itself.
        auth_type: Option<String> = Field::text("authType", 255);
        /// As whom it was done.
        authenticated_as_account_id: Option<String> =
            Field::reference("authenticatedAsAccountId", "reference[account]");
        /// Always `None` while nobody logs in.
        authenticated_as_identity_id: Option<String> = Field::text("authenticatedAsIdentityId", 255);
        /// From which address.
        client_ip: Option<String> = Field::text("clientIp", 255);
        /// When.
        created: Option<Date> = Field::date("created");
        /// The key it was done with.
        credential_id: Option<String> = Field::reference("credentialId", "reference[credential]");
        /// Of a member: its account and its role; else `None`.
        description: Option<String> = Field::text("description", 255);
        /// What was done, such as `api.apiKey.create` or `api.environment.deactivate`.
        event_type: Option<String> = Field::text("eventType", 255);
        /// Always `auditLog`.
        kind: Option<String> = Field::text("kind", 255);
        /// The request it was done in, as its answer's `X-Request-Id` and the server's log have it.
        request_id: Option<String> = Field::text("requestId", 64);
        /// Always `None`: what was sent is not kept.
        request_object: Option<String> = Field::text("requestObject", 255).unfiltered();
        /// What was changed: its id.
        resource_id: Option<String> = Field::text("resourceId", 255);
        /// What was changed: its type.
        resource_type: Option<String> = Field::text("resourceType", 255);
        /// Always `None`: changes that failed are none.
        response_code: Option<String> = Field::text("responseCode", 255).unfiltered();
        /// Always `None`: what was answered is not kept.
        response_object: Option<String> = Field::text("responseObject", 255).unfiltered();
    }
    Declaration {
        links: &[Link::ACCOUNT],
        ..Declaration::readable("auditLog", "auditLogs")
    }
}
