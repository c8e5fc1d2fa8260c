//! The two shapes of a question: at most one row, and all rows.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::fault::Fault;

/// What `read` makes of the first row, if there is one.
pub(super) fn one<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl IntoIterator<Item = Value>,
    read: impl FnOnce(&Row<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params_from_iter(parameters))?;
    rows.next()?.map(read).transpose()
}

/// What `read` makes of every row.
pub(super) fn all<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl IntoIterator<Item = Value>,
    mut read: impl FnMut(&Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params_from_iter(parameters))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(read(row)?);
    }
    Ok(items)
}

/// Carries out a statement and says how many rows it changed.
pub(super) fn execute(
    connection: &Connection,
    sql: &str,
    parameters: impl IntoIterator<Item = Value>,
) -> Result<usize, Fault> {
    Ok(connection.prepare_cached(sql)?.execute(params_from_iter(parameters))?)
}
