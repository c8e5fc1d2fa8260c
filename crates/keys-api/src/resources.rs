//! The types of the dialect, each declared once, in a file of its own.

mod account;
mod active_setting;
mod api_key;
mod api_version;
mod audit_log;
mod change_secret_input;
mod credential;
mod identity;
mod local_auth_config;
mod password;
mod project;
mod project_member;
mod set_project_members_input;
mod setting;
mod token;
mod type_documentation;

pub use account::Account;
pub use active_setting::ActiveSetting;
pub use api_key::ApiKey;
pub use api_version::ApiVersion;
pub use audit_log::AuditLog;
pub use change_secret_input::ChangeSecretInput;
pub use credential::Credential;
pub use identity::Identity;
pub use local_auth_config::LocalAuthConfig;
pub use password::Password;
pub use project::Project;
pub use project_member::ProjectMember;
pub use set_project_members_input::SetProjectMembersInput;
pub use setting::Setting;
pub use token::Token;
pub use type_documentation::TypeDocumentation;

/// The states Rancher v1 declares. Ours are `active`, `inactive` and `removed`: transitions complete at once.
const STATES: &[&str] = &[
    "activating",
    "active",
    "deactivating",
    "inactive",
    "purged",
    "purging",
    "registering",
    "removed",
    "removing",
    "requested",
    "updating-active",
    "updating-inactive",
];

const TRANSITIONING: &[&str] = &["yes", "no", "error"];
