//! From a configuration to an authority: directory, database, peppers.

use std::error::Error;
use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use getrandom::SysRng;
use keys_core::{AccessControl, HashPolicy, Keyring, ParseRequestIdError, Pepper, PepperId, RequestId};
use keys_http::{Clock as _, Exposure};
use keys_service::{Authority, AuthorityConfig};
use keys_store::pepper_file::{self, PepperFileError};
use keys_store::{BackendError, KeyStore, OpenError, OpenMode, SqliteStore, StoreUrl};

use crate::clock::ServerClock;
use crate::config::Config;
use crate::set_up::{self, SetUp};

/// The cost of every digest this server makes. It is not configurable, so no configuration can make it cheap.
const POLICY: HashPolicy = HashPolicy::STANDARD;
const _: () = assert!(POLICY.meets_floor(), "a server hashes at full cost");

/// Callers that may wait for each hasher.
const WAITING_PER_HASHER: usize = 4;

/// Why there is no authority.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The data directory cannot be made.
    #[error("the data directory {} cannot be made; choose another with --data-dir", path.display())]
    DataDir {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database was refused.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The database was opened and then failed.
    #[error("the database cannot be read")]
    Read(#[from] BackendError),
    /// The pepper file was refused.
    #[error(transparent)]
    PepperFile(#[from] PepperFileError),
    /// Keys were made, and their peppers are gone.
    #[error(
        "there is no pepper file at {path}, but {database} holds keys made with one: restore the file from where it is \
         backed up or name its place with --pepper-file; if it is lost for good, --accept-lost-pepper starts with a \
         new pepper and checks each old key the slow way once"
    )]
    PepperMissing {
        /// Where it should be.
        path: String,
        /// Beside what.
        database: StoreUrl,
    },
    /// Keys were made under a pepper that the file lacks.
    #[error(
        "keys in {database} were made under pepper {pepper}, which the pepper file lacks: add the pepper back to the \
         file; if it is lost for good, --accept-lost-pepper checks each key made under it the slow way once"
    )]
    PepperLost {
        /// Which.
        pepper: PepperId,
        /// In what.
        database: StoreUrl,
    },
    /// Others could reach a server that lets everybody in.
    #[error(
        "access control was switched off in {database}, so nobody else must reach this server: start it on 127.0.0.1 \
         without --behind-tls-proxy; or switch access control on first, with `keyctl --database {database} create \
         --account` if no administrator has a key or a password, and `keyctl --database {database} access-control \
         enable`"
    )]
    AccessControlOff {
        /// Where.
        database: StoreUrl,
    },
    /// The file of the set-up token cannot be made or removed.
    #[error("the set-up token cannot be kept in {}; see that the data directory can be written to", path.display())]
    SetUpToken {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// An empty database could not be set up.
    #[error("the authority cannot be set up")]
    SetUp(#[source] keys_service::OpenError),
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes")]
    Random(#[source] Box<dyn Error + Send + Sync>),
}

/// An authority ready to be served, and the clock it was opened by.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The authority.
    pub(crate) authority: Arc<Authority>,
    /// The clock.
    pub(crate) clock: Arc<ServerClock>,
    /// The database, if the store is one, for what only a database can be asked.
    pub(crate) database: Option<Arc<SqliteStore>>,
    /// How its first administrator is made, while there is none.
    pub(crate) set_up: Option<SetUp>,
}

/// Opens what the configuration names, and makes what an empty database needs.
///
/// # Errors
///
/// See [`StartError`].
pub(crate) fn open(config: &Config) -> Result<Opened, StartError> {
    make_data_dir(config)?;
    let database = open_database(&config.database)?;
    let store: Arc<dyn KeyStore> = match &database {
        Some(database) => Arc::clone(database) as _,
        None => config.database.open(OpenMode::Own)?,
    };
    let head = store.head()?;
    let keyring = keyring(config, head.audit.is_none())?;
    let clock = Arc::new(ServerClock::new(head.latest));
    warn_of_a_clock_behind(&clock);
    let authority = Arc::new(authority(config, keyring, store, &clock)?);
    let set_up = set_up(config, &authority, &clock)?;
    Ok(Opened { authority, clock, database, set_up })
}

/// Opens the database, if the store is one.
fn open_database(url: &StoreUrl) -> Result<Option<Arc<SqliteStore>>, OpenError> {
    if let StoreUrl::Sqlite(path) = url {
        Ok(Some(Arc::new(SqliteStore::open(path, OpenMode::Own)?)))
    } else {
        Ok(None)
    }
}

/// Makes the data directory, for its user alone, if anything will be kept in it.
fn make_data_dir(config: &Config) -> Result<(), StartError> {
    let within = |path: Option<&Path>| path.is_some_and(|path| path.starts_with(&config.data_dir));
    let needed = within(config.database.path()) || within(config.pepper_file.as_deref());
    if needed { make_private_dir(&config.data_dir) } else { Ok(()) }
}

fn make_private_dir(path: &Path) -> Result<(), StartError> {
    if path.is_dir() {
        return Ok(());
    }
    let failed = |source| StartError::DataDir { path: path.into(), source };
    fs::create_dir_all(path).map_err(failed)?;
    make_private(path).map_err(failed)
}

/// Mode 0700 whatever the umask made of it.
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

/// The peppers. A new one is made only beside an empty database: beside any other it would silently turn every key
/// there into one that only argon2 can check.
fn keyring(config: &Config, empty: bool) -> Result<Keyring, StartError> {
    let Some(path) = &config.pepper_file else {
        return Keyring::new(vec![new_pepper()?]).map_err(|error| StartError::Random(error.into()));
    };
    match pepper_file::read(path) {
        Err(PepperFileError::Missing { .. }) if empty || config.accept_lost_pepper => {
            pepper_file::create(path, &new_pepper()?)?;
            tracing::info!(path = %path.display(), "made a pepper: back the file up, apart from the database");
            Ok(pepper_file::read(path)?)
        }
        Err(PepperFileError::Missing { .. }) => Err(StartError::PepperMissing {
            path: path.display().to_string(),
            database: config.database.clone(),
        }),
        read => Ok(read?),
    }
}

fn new_pepper() -> Result<Pepper, StartError> {
    Pepper::generate(&mut SysRng).map_err(|error| StartError::Random(error.into()))
}

fn authority(
    config: &Config,
    keyring: Keyring,
    store: Arc<dyn KeyStore>,
    clock: &ServerClock,
) -> Result<Authority, StartError> {
    let hashers = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let settings = AuthorityConfig {
        keyring,
        policy: POLICY,
        hashers,
        hash_queue: hashers.get().saturating_mul(WAITING_PER_HASHER),
        index_capacity: None,
        accept_lost_pepper: config.accept_lost_pepper,
    };
    Authority::open(store, settings, start_id()?, clock.now(), &mut SysRng).map_err(|error| {
        if let keys_service::OpenError::LostPepper { pepper } = error {
            StartError::PepperLost { pepper, database: config.database.clone() }
        } else {
            StartError::SetUp(error)
        }
    })
}

/// The request id of what is set up at start: `start-` and 16 random digits.
fn start_id() -> Result<RequestId, StartError> {
    let number = getrandom::u64().map_err(|error| StartError::Random(error.into()))?;
    format!("start-{number:016x}")
        .parse()
        .map_err(|error: ParseRequestIdError| StartError::Random(error.into()))
}

fn warn_of_a_clock_behind(clock: &ServerClock) {
    let behind = clock.behind();
    if behind.as_secs() > 0 {
        tracing::warn!(
            seconds = behind.as_secs(),
            "the clock of this machine is behind the last change in the database: time stands still until it has \
             caught up, so set the clock"
        );
    }
}

/// Whether others may reach the server, and how its first administrator is made if nobody has ever said who may: that
/// access control was switched off is somebody's decision, and no reason to let the next one in.
fn set_up(config: &Config, authority: &Authority, clock: &ServerClock) -> Result<Option<SetUp>, StartError> {
    set_up::forget(&config.data_dir)?;
    match (authority.access_control(), config.exposure) {
        (AccessControl::On, _) => Ok(None),
        (AccessControl::Off, Exposure::Network | Exposure::BehindTlsProxy) if authority.is_new()? => {
            make_private_dir(&config.data_dir)?;
            SetUp::offer(&config.data_dir, clock).map(Some)
        }
        (AccessControl::Off, Exposure::Network | Exposure::BehindTlsProxy) => {
            Err(StartError::AccessControlOff { database: config.database.clone() })
        }
        (AccessControl::Off, Exposure::Loopback) => {
            tracing::warn!(
                "access control is off: whoever reaches this address on this machine administers every key; create an \
                 account key and switch it on with `keyctl access-control enable`"
            );
            Ok(None)
        }
    }
}
