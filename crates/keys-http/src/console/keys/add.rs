//! A new key: the form, and the one page that shows its secret.

use askama::Template;
use http::StatusCode;
use keys_core::{KeyId, SecretKey};
use keys_service::{IssueError, KeyRequest, Once, ReceivedKey};

use super::list::endpoint;
use super::step;
use crate::console::form::{Field, Texts, instant};
use crate::console::frame::{Frame, Section};
use crate::console::notice::Notice;
use crate::console::place::Whose;
use crate::console::visit::Visit;
use crate::dialect::handlers::{Answer, Replayed};
use crate::ports::EntropyRng;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/key_add.html")]
struct AddPage {
    frame: Frame,
    lead: &'static str,
    list: String,
    texts: Texts,
    expires: Field,
    once: Option<String>,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "console/key_added.html")]
struct AddedPage<'a> {
    frame: Frame,
    list: String,
    close: String,
    called: String,
    access_key: String,
    pair: Option<Pair<'a>>,
    once: Option<String>,
}

/// A secret key, and it with its access key as programs want them.
struct Pair<'a> {
    secret_key: &'a str,
    curl: String,
    netrc: String,
    variables: String,
}

impl<'a> Pair<'a> {
    fn new(access_key: &str, secret_key: &'a str, endpoint: &str) -> Self {
        let machine = machine(endpoint);
        Self {
            secret_key,
            curl: format!("curl -u '{access_key}:{secret_key}' '{endpoint}'"),
            netrc: format!("machine {machine}\n  login {access_key}\n  password {secret_key}"),
            variables: format!(
                "export RANCHER_URL='{endpoint}'\nexport RANCHER_ACCESS_KEY='{access_key}'\nexport \
                 RANCHER_SECRET_KEY='{secret_key}'"
            ),
        }
    }
}

/// The form, with what was typed by somebody who had to log in meanwhile.
pub(super) fn page(visit: &Visit<'_>, whose: Whose) -> Result<Answer, Problem> {
    if !visit.call.context.caller.may_change_keys() {
        return Err(IssueError::Forbidden.into());
    }
    form(visit, whose, StatusCode::OK, (Texts::typed(visit)?, Field::typed(visit, "expires")?), None)
}

fn form(
    visit: &Visit<'_>,
    whose: Whose,
    status: StatusCode,
    (texts, expires): (Texts, Field),
    problem: Option<String>,
) -> Result<Answer, Problem> {
    let page = AddPage {
        frame: frame(visit, whose, "Add")?,
        lead: match whose {
            Whose::Environment(_) => "The key will act in the environment",
            Whose::Own => "The key will act as you, in every environment that you may enter",
        },
        list: super::list(visit, whose),
        texts,
        expires,
        once: visit.forms.once.clone(),
        problem,
    };
    Answer::page(status, page.render())
}

fn frame(visit: &Visit<'_>, whose: Whose, verb: &str) -> Result<Frame, Problem> {
    match whose {
        Whose::Environment(_) => Frame::new(visit, Section::Keys, &format!("{verb} Environment API Key")),
        Whose::Own => Frame::new(visit, Section::OwnKeys, &format!("{verb} Account API Key")),
    }
}

/// Makes the key, once for each time the form was shown, and shows its secret.
pub(super) fn create(visit: &Visit<'_>, whose: Whose) -> Result<Answer, Problem> {
    let (mut texts, mut expires) = (Texts::typed(visit)?, Field::typed(visit, "expires")?);
    let expires_at = expires.read(instant);
    let (Some((name, description)), None) = (texts.read(), &expires.error) else {
        return form(visit, whose, StatusCode::UNPROCESSABLE_ENTITY, (texts, expires), None);
    };
    // Outside an environment an administrator could issue to anybody; here it issues to itself.
    let owner = match whose {
        Whose::Own => Some(visit.outside.caller.principal()),
        Whose::Environment(_) => None,
    };
    let request = KeyRequest { name, description, expires_at, owner };
    let rng = &mut EntropyRng(visit.call.entropy);
    let (authority, context) = (visit.call.authority, visit.call.context);
    let issued = match visit.call.idempotency.key()? {
        None => authority
            .issue_key(context, request, rng)
            .map(|issued| Once { made: ReceivedKey::from(issued), replayed: false }),
        Some(key) => authority.issue_key_once(context, request, key, rng),
    };
    match issued {
        Ok(Once { made, replayed }) => {
            Ok(Answer { replayed: told(replayed, &made), ..added(visit, whose, &made)? })
        }
        Err(IssueError::ExpiryPassed) => {
            expires.refuse("it has passed already: choose a time that is still to come");
            form(visit, whose, StatusCode::UNPROCESSABLE_ENTITY, (texts, expires), None)
        }
        // The form was shown once, sent, and changed: it is another request, and gets another name.
        Err(IssueError::AnotherRequest(_)) => {
            let said = "A key was added with this form already, and the form was changed since. Nothing was added \
                        now: look at the list, and send this form if you want one more key.";
            form(visit, whose, StatusCode::CONFLICT, (texts, expires), Some(said.to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether it was made before is told as everywhere.
const fn told(replayed: bool, received: &ReceivedKey) -> Option<Replayed> {
    match (replayed, &received.secret_key) {
        (false, _) => None,
        (true, Some(_)) => Some(Replayed::Whole),
        (true, None) => Some(Replayed::WithoutSecret),
    }
}

fn added(visit: &Visit<'_>, whose: Whose, received: &ReceivedKey) -> Result<Answer, Problem> {
    let parts = received.record.parts();
    let endpoint = endpoint(visit, whose);
    let access_key = parts.access_key.to_string();
    let secret_key = received.secret_key.as_ref().map(SecretKey::expose);
    let page = AddedPage {
        frame: frame(visit, whose, "New")?,
        list: super::list(visit, whose),
        close: step(visit, whose, parts.id, "close"),
        called: super::called(&received.record),
        pair: secret_key.map(|secret_key| Pair::new(&access_key, secret_key, &endpoint)),
        access_key,
        once: visit.call.idempotency.key()?.map(|key| key.expose().to_owned()),
    };
    Answer::page(StatusCode::CREATED, page.render())
}

/// The name of the machine in an address, as `.netrc` wants it: without scheme, port and path.
pub(in crate::console) fn machine(endpoint: &str) -> String {
    let authority = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    let authority = authority.split('/').next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    host.trim_matches(['[', ']']).to_owned()
}

/// The secret was taken down: nobody needs it again, so nobody gets it again.
pub(super) fn close(visit: &Visit<'_>, whose: Whose, id: KeyId) -> Result<Answer, Problem> {
    if let Some(key) = visit.call.idempotency.key()? {
        // Whether there is still something to forget is all the same.
        visit.call.authority.confirm_receipt(visit.call.context, key)?;
    }
    let id = super::load(visit, whose, id).map(|record| record.parts().id);
    Ok(super::back(visit, whose, Notice::KEY_CLOSED, id.ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_named_as_netrc_wants_it() {
        for (endpoint, name) in [
            ("http://localhost:8080/v1/projects/1a5", "localhost"),
            ("https://keys.example/v1", "keys.example"),
            ("http://[::1]:8080/v1", "::1"),
            ("http://127.0.0.1/v1", "127.0.0.1"),
        ] {
            assert_eq!(machine(endpoint), name, "{endpoint}");
        }
    }
}
