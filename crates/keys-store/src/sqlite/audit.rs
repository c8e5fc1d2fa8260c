//! Rows of the audit chain. Their links take the place of seals.

use keys_core::{Action, AuditEvent, AuditId, AuditLink, Origin, Revision};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::fault::Fault;
use super::row::{Fields, number, optional, text, time};
use super::statement::{all, one};
use crate::store::LinkedEvent;

/// Up to `limit` events behind `after`, in order.
pub(super) fn events(
    connection: &Connection,
    after: Option<AuditId>,
    limit: i64,
) -> Result<Vec<LinkedEvent>, Fault> {
    let after = Value::Integer(after.map_or(0, |id| id.number().cast_signed()));
    all(connection, EVENTS, [after, Value::Integer(limit)], event)
}

const EVENTS: &str = "SELECT id, at, principal, via, client_address, request_id, owner, action, target, before, \
     after, link FROM audit WHERE id > ?1 ORDER BY id LIMIT ?2";

/// The last two events, the last first.
pub(super) fn last_two(connection: &Connection) -> Result<Vec<LinkedEvent>, Fault> {
    all(connection, LAST_TWO, [], event)
}

const LAST_TWO: &str = "SELECT id, at, principal, via, client_address, request_id, owner, action, target, before, \
     after, link FROM audit ORDER BY id DESC LIMIT 2";

/// Whether an event behind `after` took a right away.
pub(super) fn narrows_after(connection: &Connection, after: Option<AuditId>) -> Result<bool, Fault> {
    let narrowing: Vec<_> = Action::ALL.iter().filter(|action| action.narrows()).map(text).collect();
    let places = vec!["?"; narrowing.len()].join(", ");
    let sql = format!("SELECT id FROM audit WHERE id > ? AND action IN ({places}) LIMIT 1");
    let after = Value::Integer(after.map_or(0, |id| id.number().cast_signed()));
    Ok(one(connection, &sql, std::iter::once(after).chain(narrowing), |_| Ok(()))?.is_some())
}

/// Writes an event behind the others.
pub(super) fn insert(connection: &Connection, linked: &LinkedEvent) -> Result<(), Fault> {
    let AuditEvent { id, at, origin, owner, action, target, before, after } = &linked.event;
    let Origin { principal, via, client_address, request_id } = origin;
    let values = [
        number(id.number()),
        time(*at),
        text(principal),
        text(via),
        optional(client_address.as_ref(), text),
        text(request_id),
        text(owner),
        text(action),
        text(target),
        optional(before.as_ref(), |revision| number(revision.number())),
        number(after.number()),
        Value::Blob(linked.link.as_bytes().to_vec()),
    ];
    connection.prepare_cached(INSERT)?.execute(params_from_iter(values))?;
    Ok(())
}

const INSERT: &str = "INSERT INTO audit (id, at, principal, via, client_address, request_id, owner, action, target, \
     before, after, link) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

fn event(row: &Row<'_>) -> Result<LinkedEvent, Fault> {
    let fields = &mut Fields::new(row, "audit");
    let id = fields.number("its number is none")?;
    let event = AuditEvent {
        id: AuditId::new(id).ok_or_else(|| fields.damage("its number is none"))?,
        at: fields.time("its time is none")?,
        origin: Origin {
            principal: fields.parsed("its principal is none")?,
            via: fields.parsed("its way is none")?,
            client_address: fields.optional_parsed("its address is none")?,
            request_id: fields.parsed("its request is none")?,
        },
        owner: fields.parsed("its owner is none")?,
        action: fields.parsed("its action is none")?,
        target: fields.parsed("its target is none")?,
        before: fields.optional_number("its revision before is none")?.map(Revision::new),
        after: fields.revision()?,
    };
    let link = fields.optional_bytes("its link is none")?.map(AuditLink::from_bytes);
    let link = link.ok_or_else(|| fields.damage("its link is missing"))?;
    Ok(LinkedEvent { event, link })
}
