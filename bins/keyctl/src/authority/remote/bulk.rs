//! Many keys of a server at once.

use keys_api::KeyAtRevision;
use keys_api::client::{Client, ClientError, KeysChange};
use keys_core::Transition;

use super::failures::ClientFailure;
use super::{Remote, parse};
use crate::authority::bulk::{ManyKeys, SeenKey, Wanted, keys_changed};
use crate::exit::{Exit, Failure};
use crate::model::Key;

impl ManyKeys for Remote {
    fn keys_matching(&self, wanted: &Wanted, most: usize) -> Result<Vec<SeenKey>, Failure> {
        let filters = filters(wanted);
        let filters: Vec<_> = filters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let found = self.request(|client| within(client, wanted)?.keys_matching(&filters, most));
        let found = found.map_err(|error| self.not_asked(error))?;
        found.iter().map(parse::seen_key).collect()
    }

    fn change_keys(
        &self,
        wanted: &Wanted,
        keys: &[SeenKey],
        transition: Transition,
    ) -> Result<Vec<Key>, Failure> {
        let change = match transition {
            Transition::Activate => KeysChange::Activate,
            Transition::Deactivate => KeysChange::Deactivate,
            Transition::Delete => KeysChange::Delete,
        };
        let keys: Vec<_> = keys.iter().map(at_revision).collect();
        let moved = self.request(|client| within(client, wanted)?.change_keys(change, keys.clone()));
        let moved = moved.map_err(|error| match error {
            ClientFailure::Client(ClientError::Refused(refusal)) if refusal.code == "KeysChanged" => {
                keys_changed()
            }
            error @ (ClientFailure::Client(_) | ClientFailure::Asking(_)) => self.failure(error),
        })?;
        moved.iter().map(parse::key).collect()
    }
}

impl Remote {
    fn not_asked(&self, error: ClientFailure) -> Failure {
        if error.is_not_found() {
            return Failure::new(
                Exit::Failure,
                "this server finds no keys by what they are: it is older than keyctl",
            )
            .hint("name the keys, such as keyctl list -o name | xargs -r keyctl deactivate");
        }
        self.failure(error)
    }
}

fn within(client: &Client, wanted: &Wanted) -> Result<Client, ClientError> {
    match wanted.within {
        Some(environment) => client.inside(&environment.to_string()),
        None => Ok(client.clone()),
    }
}

fn at_revision(seen: &SeenKey) -> KeyAtRevision {
    KeyAtRevision { id: seen.key.id.to_string(), revision: seen.revision.to_string() }
}

fn filters(wanted: &Wanted) -> Vec<(&'static str, String)> {
    let given = [
        ("state", wanted.state.map(|state| state.to_string())),
        ("owner", wanted.owner.map(|id| id.to_string())),
        ("creator", wanted.creator.map(|id| id.to_string())),
        ("createdFrom", wanted.created_from.map(|at| at.to_string())),
        ("createdBefore", wanted.created_before.map(|at| at.to_string())),
        ("expiresBefore", wanted.expires_before.map(|at| at.to_string())),
        ("name", wanted.name.clone()),
    ];
    given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
