//! What people log in by: every question walks an index, and a row that was altered is not believed.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::super::{connect, log_in};
use super::Bench;
use crate::conformance::sample;
use crate::error::BackendErrorKind;
use crate::log_in::LogInStore as _;
use crate::store::{Committed, Write};

fn plan(connection: &Connection, sql: &str, parameters: &[Value]) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let rows = statement.query_map(params_from_iter(parameters), |row| row.get(3)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn every_question_about_log_ins_walks_an_index_and_none_sorts() {
    let bench = Bench::new();
    let connection = connect::reader(&bench.path).unwrap();
    let number = |number| Value::Integer(number);
    let page = [number(1), number(0), number(5)];
    for own in [false, true] {
        for removed in [false, true] {
            let plan = plan(&connection, log_in::passwords_sql(own, removed), &page);
            assert!(
                plan.iter().all(|step| step.starts_with("SEARCH passwords")),
                "{own} {removed}: {plan:#?}"
            );
        }
    }
    let devices = plan(&connection, log_in::DEVICES, &[number(1)]);
    assert!(devices.iter().all(|step| step.starts_with("SEARCH devices USING INDEX")), "{devices:#?}");
    let session = plan(&connection, log_in::SESSION, &[Value::Blob(vec![0; 32])]);
    assert!(session.iter().all(|step| step.starts_with("SEARCH sessions USING INDEX")), "{session:#?}");
    let writer = Connection::open(&bench.path).unwrap();
    for sql in log_in::FORGET {
        let plan = plan(&writer, sql, &[number(9), number(5)]);
        assert!(plan.iter().any(|step| step.contains("COVERING INDEX")), "{plan:#?}");
        assert!(
            plan.iter().all(|step| !step.contains("TEMP B-TREE") && !step.starts_with("SCAN")),
            "{plan:#?}"
        );
    }
}

#[test]
fn an_altered_row_lets_nobody_in() {
    let bench = Bench::new();
    let account = |n| match sample::commit(&bench.store, Write::InsertAccount(sample::new_account(n))) {
        Ok(Committed::Account(record)) => record.parts().id,
        other => panic!("an account was to be made: {other:?}"),
    };
    let (account, _other) = (account(1), account(2));
    sample::commit(&bench.store, Write::InsertPassword(sample::new_password(account, "ada"))).unwrap();
    let session = sample::new_session(account, 1);
    let device = Some(sample::device_hash(1));
    sample::commit(&bench.store, Write::BeginSession { session, device }).unwrap();
    let shell = Connection::open(&bench.path).unwrap();
    for table in ["passwords", "sessions", "devices"] {
        assert_eq!(shell.execute(&format!("UPDATE {table} SET account = 2"), []).unwrap(), 1);
    }
    drop(shell);
    let bench = bench.reopen();
    let store = &bench.store;
    let login = sample::login("ada").folded();
    let refused = [
        store.password_named(&login).map(|_| ()),
        store.session(&sample::session_hash(1)).map(|_| ()),
        store.device(&sample::device_hash(1)).map(|_| ()),
        store.devices(keys_core::AccountId::new(2).unwrap()).map(|_| ()),
    ];
    for refused in refused {
        assert_eq!(refused.unwrap_err().kind(), BackendErrorKind::Corrupt);
    }
}
