#![doc = include_str!("../README.md")]
//!
//! # Where to read on
//!
//! In the order in which a key lives:
//!
//! | modules | tell |
//! |---|---|
//! | [`access_key`], [`secret_key`], [`credential`] | what a pair looks like, and how one is made, read and typed wrong |
//! | [`finder`] | where in any bytes there are pairs that should not be: leaks |
//! | [`pepper`], [`digest`], [`stored_secret`] | what is kept of a secret: the tag and the digest |
//! | [`record`], [`lifecycle`], [`owner`], [`text`] | a key as it is kept, what may become of it, whose it is, what is written about it |
//! | [`verify`] | the two steps from a presented pair to a verdict |
//! | [`environment`], [`account`], [`member`] | whom keys belong to, and what people may do there |
//! | [`password`], [`session`], [`soft_lock`], [`admission`], [`set_up`] | how people get in |
//! | [`audit`] | what is remembered of each change |
//! | [`idempotency`], [`receipt`] | a create that is said twice |
//! | [`setting`], [`realm`], [`asset_url`] | what the whole installation is set to |
//! | [`id`], [`uuid`], [`time`], [`rng`] | what everything else is made of |
//! | `strategies` (feature `proptest`) | arbitrary values of all of it, for your own property tests |
//!
//! This crate is the first of five, and needs none of the others:
//!
//! - [`keys_store`](../keys_store/index.html): where the records are kept, in memory, in SQLite, or in a store of your own;
//! - [`keys_service`](../keys_service/index.html): the use cases over both, and the verification index;
//! - [`keys_api`](../keys_api/index.html): the words of the HTTP interface, and a client that speaks them;
//! - [`keys_http`](../keys_http/index.html): the HTTP server.
#![no_std]

extern crate alloc;
#[cfg(feature = "proptest")]
extern crate std;

pub mod access_key;
pub mod account;
pub mod admission;
pub mod asset_url;
pub mod audit;
mod base64url;
pub mod credential;
pub mod digest;
mod display;
pub mod environment;
pub mod finder;
mod hex;
pub mod id;
pub mod idempotency;
pub mod lifecycle;
pub mod member;
pub mod owner;
pub mod password;
pub mod pepper;
pub mod realm;
pub mod receipt;
pub mod record;
pub mod rng;
pub mod secret_key;
pub mod session;
pub mod set_up;
pub mod setting;
pub mod soft_lock;
pub mod stored_secret;
#[cfg(feature = "proptest")]
pub mod strategies;
pub mod text;
pub mod time;
pub mod uuid;
pub mod verify;

pub use access_key::{AccessKey, ParseAccessKeyError, Shape};
pub use account::{
    AccountChangeError, AccountKind, AccountParts, AccountRecord, AccountState, AccountTransition,
    AccountTransitionError, NewAccount, ParseAccountKindError, ParseAccountStateError,
    ParseAccountTransitionError,
};
pub use admission::{AccessMode, AccountList, Admission, ParseAccessModeError, ParseAccountListError};
pub use asset_url::{AssetUrl, ParseAssetUrlError};
pub use audit::{
    Action, AuditEvent, AuditLink, Origin, ParseActionError, ParseAuditLinkError, ParseRequestIdError,
    ParseTargetError, ParseViaError, RequestId, Target, Via, link,
};
pub use credential::{Credential, ParseCredentialError};
pub use digest::{Digest, HashError, HashPolicy, Hasher, ParseDigestError};
pub use environment::{
    EnvironmentParts, EnvironmentRecord, EnvironmentState, EnvironmentTransition, EnvironmentTransitionError,
    NewEnvironment, ParseEnvironmentStateError, ParseEnvironmentTransitionError,
};
pub use finder::{Encoding, Finder, Finding, FindingKind};
pub use id::{
    AccountId, AuditId, EnvironmentId, KeyId, MemberId, ParseIdError, ParseRevisionError, PasswordId,
    Revision, SessionId,
};
pub use idempotency::{
    Fingerprint, IdempotencyHash, IdempotencyKey, ParseFingerprintError, ParseIdempotencyHashError,
    ParseIdempotencyKeyError, ReceiptName,
};
pub use lifecycle::{
    Lifecycle, LifecycleState, ParseStateError, ParseTransitionError, Transition, TransitionError,
};
pub use member::{
    MemberRecord, MemberStep, MembersError, MembersRevision, NewMember, ParseRoleError, Role, member_steps,
};
pub use owner::{Creator, Owner, ParseCreatorError, ParseOwnerError};
pub use password::{
    FoldedLogin, LoginName, LoginNameError, NewPassword, Password, PasswordError, PasswordParts,
    PasswordRecord, PasswordState,
};
pub use pepper::{
    Keyring, KeyringError, ParsePepperError, ParsePepperIdError, ParseTaggedError, Pepper, PepperId, Tag,
    Tagged,
};
pub use realm::{ParseRealmError, Realm};
pub use receipt::{NewReceipt, ParseSealedSecretError, Receipt, ReceiptSweep, SealError, SealedSecret};
pub use record::{FirstState, InvalidRecord, KeyParts, KeyRecord, NewKey};
pub use rng::RngError;
pub use secret_key::{ParseSecretKeyError, SecretKey};
pub use session::{
    DeviceHash, DeviceRecord, DeviceToken, NewSession, ParseSessionKindError, ParseTokenError,
    ParseTokenHashError, SessionDenyReason, SessionGrant, SessionHash, SessionKind, SessionParts,
    SessionPolicy, SessionRecord, SessionToken, SessionVerdict, judge_session, may_log_in,
};
pub use set_up::{SetUpHash, SetUpToken};
pub use setting::{AccessControl, LogInProvider, ParseSettingError, SettingName, SettingValue};
pub use soft_lock::{Locked, SoftLock};
pub use stored_secret::StoredSecret;
pub use text::{Description, DescriptionError, Name, NameError};
pub use time::{ParseTimestampError, Timestamp};
pub use uuid::{ParseUuidError, Uuid};
pub use verify::{
    DenyReason, DigestProof, Grant, NeedsDigest, OwnerRow, OwnerStanding, Possession, Proof, RowState,
    Verdict, VerificationRow, judge, prove,
};
