//! The types that are served.

use keys_api::{
    Account, ActiveSetting, ApiKey, AuditLog, Credential, Declaration, Identity, LocalAuthConfig, Password,
    Project, ProjectMember, Resource as _, Schema, Setting, Token, TypeDocumentation,
};

macro_rules! types {
    ($($name:ident => $plural:literal,)*) => {
        /// A type that is served.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(clippy::enum_variant_names, reason = "variants are called what the dialect calls the types")]
        pub(crate) enum Type {
            $(#[doc = concat!("`", stringify!($name), "`, at `/v1/", $plural, "`.")] $name,)*
        }

        impl Type {
            /// Every type.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What is declared of it.
            pub(crate) const fn declaration(self) -> &'static Declaration {
                match self {
                    $(Self::$name => &$name::DECLARATION,)*
                }
            }

            /// The address of its list, for the log.
            pub(crate) const fn list_template(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("/v1/", $plural),)*
                }
            }

            /// The address of one of it, for the log.
            pub(crate) const fn one_template(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("/v1/", $plural, "/{id}"),)*
                }
            }

            /// The address of what one of it leads to, for the log.
            pub(crate) const fn link_template(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("/v1/", $plural, "/{id}/{link}"),)*
                }
            }
        }
    };
}

types! {
    Account => "accounts",
    ActiveSetting => "activesettings",
    ApiKey => "apikeys",
    AuditLog => "auditlogs",
    Credential => "credentials",
    Identity => "identities",
    LocalAuthConfig => "localauthconfigs",
    Password => "passwords",
    Project => "projects",
    ProjectMember => "projectmembers",
    Schema => "schemas",
    Setting => "settings",
    Token => "tokens",
    TypeDocumentation => "typedocumentations",
}

impl Type {
    /// The type a segment of a path names: by its id or plural, in any letter case.
    pub(crate) fn named(segment: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.declaration().is_named(segment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_served_and_what_is_served_is_declared() {
        let served: Vec<&Declaration> = Type::ALL.iter().map(|one| one.declaration()).collect();
        // What an action takes has a schema and no address.
        let declared: Vec<_> = keys_api::declarations().into_iter().filter(|one| !one.is_input).collect();
        assert_eq!(served, declared);
    }

    #[test]
    fn templates_are_the_addresses() {
        for one in Type::ALL {
            let list = format!("/v1/{}", one.declaration().plural.to_ascii_lowercase());
            assert_eq!(one.list_template(), list);
            assert_eq!(one.one_template(), format!("{list}/{{id}}"));
            assert_eq!(one.link_template(), format!("{list}/{{id}}/{{link}}"));
        }
    }
}
