//! Opening a database for as much as a command needs.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use keys_core::{HashPolicy, Keyring, Revision, Timestamp, Uuid};
use keys_service::{AuthorityConfig, Maintenance};
use keys_store::{KeyStore, OpenMode, StoreUrl, pepper_file};

use super::failures::{backend_failed, chain, not_opened, not_opened_to_issue};
use super::{Local, Service};
use crate::command::Need;
use crate::exit::{Exit, Failure};
use crate::system;

/// Opens the database at `url` for what a command needs. Never makes one, and never changes its schema: both are the
/// server's, which has the say about peppers.
///
/// # Errors
///
/// [`Exit::Usage`] for a URL that names no database file; [`Exit::NotFound`] when there is none;
/// [`Exit::Conflict`] when a server owns it.
pub(crate) fn open(
    url: &str,
    pepper_path: Option<&Path>,
    need: Need,
    now: Timestamp,
) -> Result<Local, Failure> {
    let named = url;
    let url: StoreUrl = named.parse().map_err(|error: keys_store::ParseStoreUrlError| {
        Failure::new(Exit::Usage, format!("--database: {error}"))
    })?;
    let Some(path) = url.path().map(Path::to_path_buf) else {
        let message = "--database: a store in memory lives in its server's process only";
        return Err(Failure::new(Exit::Usage, message).hint("reach it with --url"));
    };
    let store = open_set_up(&url, OpenMode::ReadOnly, &path)?;
    let store = match need {
        Need::Read | Need::Verify => store,
        Need::Change | Need::Issue | Need::Import { .. } => {
            drop(store);
            open_set_up(&url, OpenMode::Own, &path)?
        }
    };
    // A change must not be written as older than what is there, whatever became of the clock.
    let latest = store.head().map_err(backend_failed)?.latest;
    let now = latest.map_or(now, |latest| latest.max(now));
    let service = match need {
        Need::Read => Service::None,
        Need::Verify => Service::Keyring(keyring(pepper_path, &path)?),
        Need::Change => Service::Maintenance(
            Maintenance::open(Arc::clone(&store), &mut system::rng()).map_err(not_opened_to_issue)?,
        ),
        Need::Issue => {
            let config = config(keyring(pepper_path, &path)?);
            Service::Whole(open_whole(&store, config, now)?)
        }
        Need::Import { accept_lost_pepper } => {
            let config = config(keyring(pepper_path, &path)?);
            let config = AuthorityConfig { hashers: system::processors(), accept_lost_pepper, ..config };
            Service::Whole(open_whole(&store, config, now)?)
        }
    };
    Ok(Local { store, path, service, now, url: named.to_owned() })
}

fn open_set_up(url: &StoreUrl, mode: OpenMode, path: &Path) -> Result<Arc<dyn KeyStore>, Failure> {
    let store = url.open(mode).map_err(not_opened)?;
    if store.head().map_err(backend_failed)?.revision == Revision::ZERO {
        return Err(Failure::new(Exit::NotFound, format!("the database at {} is empty", path.display()))
            .hint("start api-server on it once"));
    }
    Ok(store)
}

/// What one key at a time takes.
const fn config(keyring: Keyring) -> AuthorityConfig {
    AuthorityConfig {
        keyring,
        policy: HashPolicy::STANDARD,
        hashers: NonZeroUsize::MIN,
        hash_queue: 0,
        index_capacity: None,
        accept_lost_pepper: false,
    }
}

fn open_whole(
    store: &Arc<dyn KeyStore>,
    config: AuthorityConfig,
    now: Timestamp,
) -> Result<keys_service::Authority, Failure> {
    let mut rng = system::rng();
    let request_id = Uuid::generate(&mut rng)
        .map_err(|error| Failure::new(Exit::Failure, error.to_string()))?
        .as_str()
        .parse()
        .map_err(|error: keys_core::ParseRequestIdError| Failure::new(Exit::Failure, error.to_string()))?;
    keys_service::Authority::open(Arc::clone(store), config, request_id, now, &mut rng)
        .map_err(not_opened_to_issue)
}

/// The peppers of a database: in a file beside it unless another is named.
fn keyring(named: Option<&Path>, database: &Path) -> Result<Keyring, Failure> {
    let path = named.map_or_else(|| database.with_file_name("pepper"), Path::to_path_buf);
    pepper_file::read(&path)
        .map_err(|error| Failure::new(Exit::Usage, chain(&error)).hint("--pepper-file names another"))
}
