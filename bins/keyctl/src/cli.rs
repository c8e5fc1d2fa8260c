//! What was typed. No behaviour: what it means is in `command/`.

mod audit;
mod backup;
mod bulk;
mod consent;
mod import;
mod pages;
mod people;
mod profile;
mod scan;
mod secret;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use keys_core::{AccessMode, AccountId, Credential, EnvironmentId, LifecycleState};

use crate::authority::KeyName;
use crate::expires::Expiry;
use crate::profiles::ProfileName;

pub(crate) use self::audit::Audit;
pub(crate) use self::backup::Backup;
pub(crate) use self::bulk::Which;
pub(crate) use self::consent::{Consent, Rehearsal};
pub(crate) use self::import::{Import, PairFormat};
pub(crate) use self::pages::{Completions, Man};
pub(crate) use self::people::{
    EditedUser, Member, MemberAdd, MemberList, MemberRemove, MemberSet, User, UserAdd, UserAdmin, UserChange,
    UserEdit, UserEndSessions, UserPassword, UserRemove, UserUnlock,
};
pub(crate) use self::profile::{Profile, ProfileRemove, ProfileSet};
pub(crate) use self::scan::{Alone, Scan};
pub(crate) use self::secret::PasswordSource;

/// Create and manage API keys.
///
/// An authority is reached over HTTP (--url, else KEYCTL_URL or RANCHER_URL) or by opening its database
/// (--database), or is kept in a profile (--profile, else KEYCTL_PROFILE or the default one). With --url a credential
/// is taken from --secret-stdin or --secret-file, from the profile if --profile has chosen it, from KEYCTL_ACCESS_KEY
/// and KEYCTL_SECRET_KEY or KEYCTL_SECRET_COMMAND (or RANCHER_ACCESS_KEY and RANCHER_SECRET_KEY), from a profile that is
/// in force otherwise, from a session begun by `login`, or from .netrc; on a terminal it is asked for. It is never an
/// argument.
///
/// What deletes or removes is confirmed by typing the name, on a terminal; elsewhere it wants --yes.
///
/// Exit codes: 0 done, 1 failure, 2 usage, 3 not found, 4 not authenticated or not allowed, 5 conflict or illegal
/// transition, 6 key not valid, 7 authority not reached, 130 import interrupted.
#[derive(Debug, Parser)]
#[command(name = "keyctl", version, disable_help_subcommand = true, arg_required_else_help = true)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) reach: Reach,

    #[command(flatten)]
    pub(crate) printing: Printing,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How the authority is reached.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Authority")]
pub(crate) struct Reach {
    /// What is kept under this name by `profile set` [default: KEYCTL_PROFILE, or what `profile use` has chosen]
    #[arg(long, global = true, value_name = "NAME", conflicts_with_all = ["url", "database"])]
    pub(crate) profile: Option<ProfileName>,

    /// The server, such as http://127.0.0.1:8080; an environment's endpoint stands for that environment
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) url: Option<String>,

    /// The database, such as sqlite:keys-data/keys.sqlite3; to change something, no server may be running on it
    #[arg(long, global = true, value_name = "URL", conflicts_with = "url")]
    pub(crate) database: Option<String>,

    /// The pepper file of the database [default: `pepper` beside it]
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) pepper_file: Option<PathBuf>,

    /// Certificates in PEM that vouch for the server, in place of the public authorities' [default: KEYCTL_CA_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,

    /// The access key to use; its secret is read from where --help says, never from an argument
    #[arg(long, global = true, value_name = "ACCESS_KEY")]
    pub(crate) access_key: Option<String>,

    /// Read the secret key of --access-key, or a whole kc_… pair, from standard input, its first line
    #[arg(long, global = true)]
    pub(crate) secret_stdin: bool,

    /// Read it from a file, its first line
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "secret_stdin")]
    pub(crate) secret_file: Option<PathBuf>,
}

/// How answers are printed.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Printing {
    /// How to print the answer, and errors [default: table, or KEYCTL_OUTPUT]
    #[arg(short, long, global = true, value_name = "FORMAT")]
    pub(crate) output: Option<OutputFormat>,

    /// Print one field only, by its name in JSON, such as accessKey: a line for each thing
    #[arg(long, global = true, value_name = "NAME", conflicts_with = "output")]
    pub(crate) field: Option<String>,

    /// Leave out the heads of columns
    #[arg(long, global = true)]
    pub(crate) no_header: bool,

    /// Print only what names each thing, as -o name, and no warnings
    #[arg(short, long, global = true, conflicts_with_all = ["output", "field"])]
    pub(crate) quiet: bool,
}

/// The forms of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people
    Table,
    /// For programs: one line of JSON
    Json,
    /// The same as YAML
    Yaml,
    /// What names each thing to other commands, such as 1c7, one a line
    Name,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create an API key and show its secret, once
    Create(Create),
    /// List API keys
    List(List),
    /// Show an API key
    Get(Get),
    /// Change name or description of an API key
    Edit(Edit),
    /// Let Inactive API keys be accepted again
    Activate(Change),
    /// Refuse Active API keys from now on, until they are activated
    Deactivate(Change),
    /// Delete Inactive API keys for good; asks on a terminal
    Delete(Change),
    /// Check whether an API key is accepted: its shape and checksum first, then by the authority; exit code 6 when not
    Verify(Verify),
    /// Show what was done, the newest first
    Audit(Audit),
    /// Copy a database, beside the server that uses it, into a file; for --database only
    Backup(Backup),
    /// Make API keys of pairs that exist already, such as Rancher's
    #[command(long_about = import::ABOUT)]
    Import(Import),
    /// Show as whom you act: by which key or session, as which account or environment, and whether it administers
    Whoami,
    /// Manage environments
    #[command(subcommand)]
    Env(Env),
    /// Switch access control, show whether it is on, or say who may log in
    #[command(subcommand)]
    AccessControl(AccessControl),
    /// Log in to a server; the session holds for later commands, for 16 hours at most
    Login(LogIn),
    /// End the session with a server
    Logout,
    /// Manage people and how they log in
    #[command(subcommand)]
    User(User),
    /// Become the first administrator of a new server, with the token it has left in its data directory
    Setup(SetUp),
    /// Manage who may enter an environment, and as what
    #[command(subcommand)]
    Member(Member),
    #[command(flatten)]
    Alone(Alone),
}

/// `create`.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Make an account key, which acts as its owner, instead of an environment key
    #[arg(long, conflicts_with = "environment")]
    pub(crate) account: bool,

    /// The environment of the key [default: that of the --url, or the only active one]
    #[arg(long, value_name = "ID")]
    pub(crate) environment: Option<EnvironmentId>,

    /// Make an account key for this person; an administrator may
    #[arg(long, value_name = "ACCOUNT", conflicts_with_all = ["account", "environment"])]
    pub(crate) owner: Option<AccountId>,

    /// Its name
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// Its description
    #[arg(long)]
    pub(crate) description: Option<String>,

    /// When it stops being accepted: 90d, 12h, 30m, or 2027-01-01T00:00:00Z [default: never]
    #[arg(long, value_name = "WHEN")]
    pub(crate) expires: Option<Expiry>,

    /// Print nothing but what this wants
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["output", "field"])]
    pub(crate) format: Option<SecretFormat>,
}

/// In what form a new pair is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SecretFormat {
    /// A line for ~/.netrc
    Netrc,
    /// A curl command
    Curl,
    /// Lines for a shell
    Env,
    /// The kc_… pair without a line end, for `docker secret create NAME -`
    DockerSecret,
    /// One line of JSON: accessKey, secretKey, url
    Json,
}

/// `list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten, next_help_heading = "Which keys; every option narrows")]
    pub(crate) which: Which,

    /// Those in this state: active or inactive
    #[arg(long, value_name = "STATE", value_parser = listed_states())]
    pub(crate) state: Option<LifecycleState>,
}

/// The states of keys that are listed.
fn listed_states() -> impl TypedValueParser<Value = LifecycleState> {
    let states = [LifecycleState::Active, LifecycleState::Inactive];
    PossibleValuesParser::new(states.map(LifecycleState::as_str))
        .try_map(|state| state.parse::<LifecycleState>())
}

/// `get`.
#[derive(Debug, Args)]
pub(crate) struct Get {
    /// Its id, such as 1c7, or its access key
    #[arg(value_name = "KEY")]
    pub(crate) key: KeyName,
}

/// `edit`.
#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// Its id, such as 1c7, or its access key
    #[arg(value_name = "KEY")]
    pub(crate) key: KeyName,

    #[command(flatten)]
    pub(crate) texts: EditedTexts,
}

/// What an edit changes.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct EditedTexts {
    /// Its new name; an empty one takes the name away
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// Its new description; an empty one takes the description away
    #[arg(long)]
    pub(crate) description: Option<String>,
}

/// `activate`, `deactivate`, `delete`.
#[derive(Debug, Args)]
#[command(mut_group("which", |which| which.requires("all").conflicts_with("keys")))]
pub(crate) struct Change {
    /// Ids, such as 1c7, or access keys
    #[arg(value_name = "KEY", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) keys: Vec<KeyName>,

    /// In place of KEY all keys that match, in one transaction, at most 1000: of them those in the state that this changes;
    /// asks on a terminal
    #[arg(long, requires = "which")]
    pub(crate) all: bool,

    /// What is so already counts as done
    #[arg(long)]
    pub(crate) idempotent: bool,

    #[command(flatten)]
    pub(crate) consent: Consent,

    #[command(flatten)]
    pub(crate) rehearsal: Rehearsal,

    #[command(flatten, next_help_heading = "Which keys --all means; every option narrows")]
    pub(crate) which: Which,
}

/// `verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A file with a whole kc_… pair, or with the secret key of --access-key, as its first line; @- is standard input;
    /// else --secret-stdin or KEYCTL_ACCESS_KEY and KEYCTL_SECRET_KEY say it, or you are asked
    #[arg(value_name = "@FILE", conflicts_with_all = ["secret_stdin", "secret_file"])]
    pub(crate) file: Option<String>,

    /// What was found there.
    #[arg(skip)]
    pub(crate) presented: Option<Credential>,
}

/// `env`.
#[derive(Debug, Subcommand)]
pub(crate) enum Env {
    /// Create an environment
    Create(EnvCreate),
    /// List environments
    List,
    /// Change name or description of an environment
    Edit(EnvEdit),
    /// Let the keys of Inactive environments be accepted again
    Activate(EnvChange),
    /// Refuse the keys of Active environments from now on, until they are activated
    Deactivate(EnvChange),
    /// Bring removed environments back, Inactive
    Restore(EnvChange),
    /// Remove environments and refuse their keys; asks on a terminal
    Delete(EnvDelete),
}

/// `env create`.
#[derive(Debug, Args)]
pub(crate) struct EnvCreate {
    /// Its name
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// Its description
    #[arg(long)]
    pub(crate) description: Option<String>,
}

/// `env edit`.
#[derive(Debug, Args)]
pub(crate) struct EnvEdit {
    /// Its id, such as 1a5
    #[arg(value_name = "ID")]
    pub(crate) environment: EnvironmentId,

    #[command(flatten)]
    pub(crate) texts: EditedTexts,
}

/// `env activate`, `env deactivate`, `env restore`, and what `env delete` has of them.
#[derive(Debug, Args)]
pub(crate) struct EnvChange {
    /// Ids, such as 1a5
    #[arg(value_name = "ID", required = true)]
    pub(crate) environments: Vec<EnvironmentId>,

    /// What is so already counts as done
    #[arg(long)]
    pub(crate) idempotent: bool,

    #[command(flatten)]
    pub(crate) rehearsal: Rehearsal,
}

/// `env delete`.
#[derive(Debug, Args)]
pub(crate) struct EnvDelete {
    #[command(flatten)]
    pub(crate) change: EnvChange,

    #[command(flatten)]
    pub(crate) consent: Consent,
}

/// `access-control`.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum AccessControl {
    /// Ask every caller for a key or a log-in; wants an administrator with an Active key or a password first
    Enable,
    /// Let everybody who reaches the address act as the administrator
    Disable,
    /// Show whether it is on
    Status,
    /// Say which people may log in, or show it
    Mode {
        /// unrestricted: all; restricted: administrators, members of an active environment, and those who are listed;
        /// required: administrators and those who are listed
        mode: Option<AccessMode>,
    },
}

/// `setup`.
#[derive(Debug, Args)]
pub(crate) struct SetUp {
    /// The file of the set-up token
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: PathBuf,

    /// The name to log in by [default: asked for]
    #[arg(long, value_name = "NAME")]
    pub(crate) login: Option<String>,

    #[command(flatten)]
    pub(crate) password: PasswordSource,

    /// What to call the administrator
    #[arg(long)]
    pub(crate) name: Option<String>,
}

/// `login`.
#[derive(Debug, Args)]
pub(crate) struct LogIn {
    /// The name to log in by [default: asked for]
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,

    #[command(flatten)]
    pub(crate) password: PasswordSource,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn no_argument_takes_a_secret() {
        fn arguments(command: &clap::Command) -> Vec<String> {
            let own = command.get_arguments().map(|argument| argument.get_id().to_string());
            own.chain(command.get_subcommands().flat_map(arguments)).collect()
        }
        let telling: Vec<_> = arguments(&CommandLine::command())
            .into_iter()
            .filter(|name| name.contains("secret") || name.contains("password") || name.contains("token"))
            .collect();
        let sources = [
            &["secret_stdin", "secret_file"][..],
            &["password_stdin", "password_file"],
            &["password_stdin", "password_file"],
            &["token_file", "password_stdin", "password_file"],
            &["ask_secret", "secret_command"],
        ];
        assert_eq!(
            telling,
            sources.concat(),
            "switches, which take no value, names of files, and a program that tells it"
        );
    }
}
