//! What an index loads: rows, with the revision of the store in the same snapshot.

use keys_core::{KeyId, Revision, RowState, Transition};

use super::sample;
use crate::query::Reach;
use crate::store::KeyStore;

/// The row says what the record says.
pub fn a_loaded_row_is_the_records(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let mut new = sample::new_key(owner, 1);
    new.expires_at = Some(sample::instant(7));
    let mut record = sample::insert(store, new);
    for transition in [None, Some(Transition::Deactivate), Some(Transition::Delete)] {
        if let Some(transition) = transition {
            record = sample::transition(store, record, transition);
        }
        let load = store.load_key(&record.parts().access_key).unwrap();
        let row = load.row.unwrap();
        assert_eq!(sample::row_picture(&row), sample::row_picture(&record.verification_row()));
        assert_eq!(load.at, record.parts().revision);
    }
    let row = store.load_key(&record.parts().access_key).unwrap().row.unwrap();
    assert!(matches!(row.state, RowState::Deleted));
}

/// Nothing is a row as well: it holds at a revision.
pub fn an_unknown_access_key_loads_nothing_at_the_stores_revision(store: &dyn KeyStore) {
    let load = store.load_key(&sample::access_key(1)).unwrap();
    assert_eq!((load.row.is_none(), load.at), (true, Revision::ZERO));
    let owner = sample::owner(store, 1);
    sample::key(store, owner, 2);
    let load = store.load_key(&sample::access_key(1)).unwrap();
    assert_eq!((load.row.is_none(), load.at), (true, Revision::new(2)));
}

/// While only this key changes, its revision and the store's are one, in every load.
pub fn loads_carry_the_snapshots_revision(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let mut record = sample::key(store, owner, 1);
    let access_key = record.parts().access_key;
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            for n in 0..50 {
                record = sample::update(store, sample::renamed(record, &n.to_string()));
            }
        });
        let mut reads = 0;
        while reads == 0 || !writer.is_finished() {
            let load = store.load_key(&access_key).unwrap();
            assert_eq!(load.row.map(|row| row.revision), Some(load.at));
            let load = store.load_keys(None, 10).unwrap();
            assert_eq!(load.row.first().map(|(_, row)| row.revision), Some(load.at));
            let owner = store.load_owner(owner).unwrap();
            assert_eq!(owner.row.map(|row| row.revision), Some(Revision::new(1)));
            assert!(owner.at >= load.at, "what was seen stays seen");
            reads += 1;
        }
    });
}

/// In order of id, behind a key, up to a limit, without those that are deleted.
pub fn keys_are_loaded_in_pages_without_the_deleted(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    for n in 1..=6 {
        let record = sample::key(store, owner, 100 - n);
        match n {
            2 => drop(sample::delete(store, record)),
            3 => drop(sample::transition(store, record, Transition::Deactivate)),
            _ => {}
        }
    }
    let read = |after: Option<u64>, limit| {
        let load = store.load_keys(after.and_then(KeyId::new), limit).unwrap();
        assert_eq!(load.at, sample::head_revision(store));
        load.row.iter().map(|(_, row)| row.key.number()).collect::<Vec<_>>()
    };
    assert_eq!(read(None, 100), [1, 3, 4, 5, 6]);
    assert_eq!(read(None, 2), [1, 3]);
    assert_eq!(read(Some(1), 1), [3]);
    assert_eq!(read(Some(2), 2), [3, 4]);
    assert_eq!(read(Some(6), 2), []);
    assert_eq!(read(None, 0), []);
    for (access_key, row) in store.load_keys(None, 100).unwrap().row {
        let record = store.key(Reach::AllOwners, row.key).unwrap().unwrap();
        assert_eq!(record.parts().access_key, access_key);
        assert_eq!(sample::row_picture(&row), sample::row_picture(&record.verification_row()));
    }
}
