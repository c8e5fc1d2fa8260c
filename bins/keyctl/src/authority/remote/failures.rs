//! What the failures of the client mean to a reader.

use keys_api::client::{BaseUrl, ClientError, Refusal};

use crate::exit::{Exit, Failure};

/// Why a request has no answer.
#[derive(Debug)]
pub(super) enum ClientFailure {
    /// As the client says.
    Client(ClientError),
    /// A person was asked for a credential, and that failed.
    Asking(Failure),
}

impl ClientFailure {
    /// Whether the server said that what was asked for is not there.
    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::Client(ClientError::Refused(refusal)) if refusal.status == 404)
    }

    /// Whether the server knows who asks and does not let them.
    pub(super) fn is_forbidden(&self) -> bool {
        matches!(self, Self::Client(ClientError::Refused(refusal)) if refusal.status == 403)
    }

    /// Whether the server did not accept what was presented.
    pub(super) const fn is_unauthenticated(&self) -> bool {
        matches!(self, Self::Client(ClientError::Unauthenticated { .. }))
    }

    /// What it means to a reader.
    pub(super) fn in_words(self, url: &BaseUrl) -> Failure {
        match self {
            Self::Client(error) => in_words(error, url),
            Self::Asking(failure) => failure,
        }
    }
}

/// What a request that did not end well means to a reader.
fn in_words(error: ClientError, url: &BaseUrl) -> Failure {
    match error {
        ClientError::Refused(refusal) => refused(&refusal),
        ClientError::Unauthenticated { presented: false } => {
            Failure::new(Exit::NotAllowed, "the server asks for an API key").hint(
                "set KEYCTL_ACCESS_KEY and KEYCTL_SECRET_KEY, pass --access-key with --secret-stdin, \
                 put the pair into ~/.netrc, or log in with keyctl login",
            )
        }
        ClientError::Unauthenticated { presented: true } => {
            Failure::new(Exit::NotAllowed, "the server does not accept the API key")
                .hint("it may be mistyped, Inactive, expired or deleted, or its environment is not active")
        }
        ClientError::Unreachable(cause) => {
            Failure::new(Exit::Unreachable, format!("the server at {url} cannot be reached: {cause}"))
                .hint(if url.is_secure() {
                    "does it speak TLS, with a certificate of a public authority? for another give --ca-file"
                } else {
                    "is api-server running there?"
                })
        }
        ClientError::NoAnswer(cause) => Failure::new(
            Exit::Unreachable,
            format!("the server at {url} did not answer ({cause}); it is unknown whether the command was carried out"),
        )
        .hint("look before you try again"),
        ClientError::SecretGone { id } => Failure::new(
            Exit::Failure,
            format!("key {id} was made, but its secret was lost on the way and is no longer shown"),
        )
        .hint("deactivate and delete it, and create another"),
        ClientError::NotTheAuthority { status: Some(502..=504), .. } => {
            Failure::new(Exit::Unreachable, format!("a proxy at {url} does not reach the server"))
                .hint("try again")
        }
        ClientError::NotTheAuthority { .. } | ClientError::InvalidId | _ => {
            Failure::new(Exit::Failure, format!("{url}: {error}")).hint("check the URL")
        }
    }
}

/// A "no" of the server for which there are no words of our own.
pub(super) fn refused(refusal: &Refusal) -> Failure {
    let exit = match refusal.status {
        404 => Exit::NotFound,
        401 | 403 | 405 => Exit::NotAllowed,
        // The actions asked for here all exist: this one is not this caller's.
        422 if refusal.code == "InvalidAction" => Exit::NotAllowed,
        409 | 412 | 422 if !is_input(refusal) => Exit::Conflict,
        400 | 413 | 422 => Exit::Usage,
        429 | 502..=504 => Exit::Unreachable,
        _ => Exit::Failure,
    };
    let failure = Failure::new(exit, format!("the server refused: {refusal}"));
    if exit == Exit::NotFound {
        return failure.hint("is it the URL of a server, of its /v1, or the endpoint of an environment?");
    }
    if exit == Exit::NotAllowed {
        return failure.hint("you may not do that, an administrator may; who you are: keyctl whoami");
    }
    failure
}

/// Whether a field that was sent is at fault.
fn is_input(refusal: &Refusal) -> bool {
    refusal.field_name.as_deref().is_some_and(|field| field != "action")
}
