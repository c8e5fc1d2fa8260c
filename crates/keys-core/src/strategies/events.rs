//! Audit events and their parts.

use core::net::IpAddr;

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::secrets::pepper_id;
use super::words::{
    account_id, audit_id, environment_id, key_id, member_id, owner, password_id, revision, role, session_id,
    setting_name, timestamp,
};
use crate::{Action, AuditEvent, AuditLink, Origin, RequestId, Target, Via};

/// Ways a principal is established.
pub fn via() -> impl Strategy<Value = Via> + Clone {
    prop_oneof![
        key_id().prop_map(Via::Key),
        password_id().prop_map(Via::Password),
        session_id().prop_map(Via::Session),
        Just(Via::OpenAccess),
        Just(Via::SetUp),
        Just(Via::Database),
        Just(Via::System),
    ]
    .boxed()
}

/// Names of requests.
pub fn request_id() -> impl Strategy<Value = RequestId> + Clone {
    "[a-zA-Z0-9-]{1,64}".prop_filter_map("a request id's text form", |text| text.parse().ok())
}

/// Origins of a change, with and without a network.
pub fn origin() -> impl Strategy<Value = Origin> + Clone {
    (owner(), via(), option::of(any::<IpAddr>()), request_id())
        .prop_map(|(principal, via, client_address, request_id)| Origin {
            principal,
            via,
            client_address,
            request_id,
        })
        .boxed()
}

/// Actions of the audit chain.
pub fn action() -> impl Strategy<Value = Action> + Clone {
    select(Action::ALL)
}

/// Targets of every kind.
pub fn target() -> impl Strategy<Value = Target> + Clone {
    prop_oneof![
        key_id().prop_map(Target::Key),
        environment_id().prop_map(Target::Environment),
        account_id().prop_map(Target::Account),
        (member_id(), account_id(), role()).prop_map(|(id, account, role)| Target::Member(id, account, role)),
        password_id().prop_map(Target::Password),
        session_id().prop_map(Target::Session),
        Just(Target::Sessions),
        setting_name().prop_map(Target::Setting),
        pepper_id().prop_map(Target::Pepper),
    ]
    .boxed()
}

/// Audit events; whether their parts make sense together is not looked at.
pub fn audit_event() -> impl Strategy<Value = AuditEvent> + Clone {
    let who = (audit_id(), timestamp(), origin(), owner());
    let what = (action(), target(), option::of(revision()), revision());
    (who, what)
        .prop_map(|((id, at, origin, owner), (action, target, before, after))| AuditEvent {
            id,
            at,
            origin,
            owner,
            action,
            target,
            before,
            after,
        })
        .boxed()
}

/// Links of the audit chain.
pub fn audit_link() -> impl Strategy<Value = AuditLink> + Clone {
    any::<[u8; AuditLink::LENGTH]>().prop_map(AuditLink::from_bytes).boxed()
}
