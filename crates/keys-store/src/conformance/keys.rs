//! One key: made, read, changed, refused.

use keys_core::{
    AccountId, Creator, FirstState, KeyId, KeyParts, KeyRecord, Lifecycle, LifecycleState, NewKey, Owner,
    RowState, Timestamp, Transition,
};

use super::sample;
use crate::error::Refusal;
use crate::query::Reach;
use crate::store::{KeyStore, Write};

/// What is read is what was given, with an id and a revision.
pub fn an_inserted_key_is_found_as_it_was_given(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let given = sample::new_key(owner, 1);
    let made = sample::insert(store, given.clone());
    let expected = given.into_record(made.parts().id, sample::head_revision(store));
    assert_eq!(sample::picture(&made), sample::picture(&expected));
    let read = store.key(Reach::Owner(owner), made.parts().id).unwrap().unwrap();
    assert_eq!(sample::picture(&read), sample::picture(&expected));
}

/// What is brought over may begin Inactive: nobody is ever told otherwise, and it lives on as any other.
pub fn a_key_may_begin_inactive(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let new = NewKey { first_state: FirstState::Inactive, ..sample::new_key(owner, 1) };
    let made = sample::insert(store, new);
    assert_eq!(made.parts().lifecycle.state(), LifecycleState::Inactive);
    let read = store.key(Reach::Owner(owner), made.parts().id).unwrap().unwrap();
    assert_eq!(sample::picture(&read), sample::picture(&made));
    let row = store.load_key(&sample::access_key(1)).unwrap().row.unwrap();
    assert!(matches!(row.state, RowState::Inactive(_)), "{row:?}");
    let active = read.transition(Transition::Activate, sample::instant(1)).unwrap();
    let expected = made.parts().revision;
    sample::commit(store, Write::UpdateKey { record: active, expected }).unwrap();
    let row = store.load_key(&sample::access_key(1)).unwrap().row.unwrap();
    assert!(matches!(row.state, RowState::Active(_)), "{row:?}");
}

/// Every field but the secret can be there or not.
pub fn optional_fields_stay_as_they_were_given(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let mut new = sample::new_key(owner, 1);
    new.name = None;
    let bare = sample::insert(store, new.clone());
    new.access_key = sample::access_key(2);
    new.description = Some(sample::description("for the build\n\tand nothing else"));
    new.expires_at = Some(sample::instant(5_000));
    new.creator = Creator { principal: owner, key: Some(bare.parts().id) };
    let full = sample::insert(store, new);
    for made in [bare, full] {
        let read = store.key(Reach::AllOwners, made.parts().id).unwrap().unwrap();
        assert_eq!(sample::picture(&read), sample::picture(&made));
    }
}

/// An access key names one key.
pub fn second_insert_is_refused_and_changes_nothing(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let other = sample::owner(store, 2);
    sample::key(store, owner, 1);
    let before = sample::store_picture(store);
    for owner in [owner, other] {
        let refused = sample::commit(store, Write::InsertKey(sample::new_key(owner, 1)));
        assert_eq!(sample::refusal(refused), (0, Refusal::AlreadyExists));
    }
    assert_eq!(sample::store_picture(store), before);
}

/// Not even a deleted key gives its access key back.
pub fn an_access_key_is_taken_for_ever(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let record = sample::key(store, owner, 1);
    sample::delete(store, record);
    let refused = sample::commit(store, Write::InsertKey(sample::new_key(owner, 1)));
    assert_eq!(sample::refusal(refused), (0, Refusal::AlreadyExists));
}

/// A key belongs to somebody.
pub fn a_key_of_an_owner_that_does_not_exist_is_refused(store: &dyn KeyStore) {
    let Owner::Environment(environment) = sample::owner(store, 1) else { panic!("an environment") };
    // The number is taken, but by an environment.
    let account = AccountId::new(environment.number()).unwrap();
    let refused = sample::commit(store, Write::InsertKey(sample::new_key(Owner::Account(account), 1)));
    assert_eq!(sample::refusal(refused), (0, Refusal::NotFound));
    assert_eq!(store.load_key(&sample::access_key(1)).unwrap().row.map(|row| row.key), None);
}

/// The answer of an update is what is read afterwards.
pub fn an_update_is_kept_with_the_next_revision(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let record = sample::key(store, owner, 1);
    let before = sample::head_revision(store);
    let made = sample::update(store, sample::renamed(record, "another name"));
    assert_eq!(made.parts().revision, before.next());
    assert_eq!(sample::head_revision(store), before.next());
    assert_eq!(made.parts().name, Some(sample::name("another name")));
    let read = store.key(Reach::Owner(owner), made.parts().id).unwrap().unwrap();
    assert_eq!(sample::picture(&read), sample::picture(&made));
}

/// Who read an older version is told, and which version there is.
pub fn update_with_stale_revision_is_a_conflict(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let read = sample::key(store, owner, 1);
    let current = sample::update(store, sample::renamed(read.clone(), "first")).parts().revision;
    let before = sample::store_picture(store);
    let refused = sample::commit_change(store, sample::update_of(sample::renamed(read, "second")));
    assert_eq!(sample::refusal(refused), (0, Refusal::Conflict { current }));
    assert_eq!(sample::store_picture(store), before);
}

/// A revision that is yet to come is as wrong as one that has passed.
pub fn update_with_a_future_revision_is_a_conflict(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let record = sample::key(store, owner, 1);
    let current = record.parts().revision;
    let refused = sample::commit(store, Write::UpdateKey { expected: current.next(), record });
    assert_eq!(sample::refusal(refused), (0, Refusal::Conflict { current }));
}

/// An update makes nothing.
pub fn update_of_a_missing_key_is_not_found(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let missing = KeyId::new(99).unwrap();
    let record = sample::new_key(owner, 1).into_record(missing, sample::head_revision(store));
    let refused = sample::commit_change(store, sample::update_of(record));
    assert_eq!(sample::refusal(refused), (0, Refusal::NotFound));
    assert!(store.key(Reach::AllOwners, missing).unwrap().is_none());
}

/// Owner, access key, creator and time of issue are part of the statement.
pub fn update_of_what_never_changes_is_not_found(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let other = sample::owner(store, 2);
    let parts = sample::key(store, owner, 1).into_parts();
    let before = sample::store_picture(store);
    let creator = Creator { principal: other, key: None };
    for changed in [
        KeyParts { owner: other, ..parts.clone() },
        KeyParts { access_key: sample::access_key(2), ..parts.clone() },
        KeyParts { creator, ..parts.clone() },
        KeyParts { created: Timestamp::MIN, ..parts.clone() },
    ] {
        let record = KeyRecord::from_parts(changed).unwrap();
        let refused = sample::commit_change(store, sample::update_of(record));
        assert_eq!(sample::refusal(refused), (0, Refusal::NotFound));
    }
    assert_eq!(sample::store_picture(store), before);
}

/// What is kept of a secret goes with the deletion, and nothing brings it back.
pub fn a_deleted_key_stays_deleted(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let deleted = {
        let record = sample::key(store, owner, 1);
        sample::delete(store, record)
    };
    let before = sample::store_picture(store);
    for lifecycle in
        [Lifecycle::Active(sample::stored_secret(1)), Lifecycle::Inactive(sample::stored_secret(1))]
    {
        let parts = KeyParts { lifecycle, ..deleted.parts().clone() };
        let revived = KeyRecord::from_parts(parts).unwrap();
        let refused = sample::commit_change(store, sample::update_of(revived));
        assert_eq!(sample::refusal(refused), (0, Refusal::NotFound));
    }
    assert_eq!(sample::store_picture(store), before);
    assert!(store.stored_secret(deleted.parts().id).unwrap().is_none());
}

/// Each state, with what exists only in it.
pub fn a_record_in_any_state_round_trips(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let mut record = sample::key(store, owner, 1);
    let steps = [Transition::Deactivate, Transition::Activate, Transition::Deactivate, Transition::Delete];
    for transition in steps {
        record = sample::transition(store, record, transition);
        let read = store.key(Reach::AllOwners, record.parts().id).unwrap().unwrap();
        assert_eq!(sample::picture(&read), sample::picture(&record));
    }
    assert_eq!(record.parts().lifecycle.state(), LifecycleState::Deleted);
}

/// Text is kept byte for byte.
pub fn names_survive_quotes_backslashes_and_emoji(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let long = "👩‍👩‍👧‍👦é".repeat(31);
    let texts = [
        "",
        " ",
        "'",
        "\"",
        "'; DROP TABLE key; --",
        "\\0\\n",
        "%_*?",
        "NULL",
        "ﬀ ẛ̣ e\u{301}",
        "\u{10FFFF}",
        &long,
    ];
    for (n, text) in (1..).zip(texts) {
        let mut new = sample::new_key(owner, n);
        new.name = Some(sample::name(text));
        new.description = Some(sample::description(&format!("{text}\r\n\t{text}")));
        let made = sample::insert(store, new);
        let read = store.key(Reach::AllOwners, made.parts().id).unwrap().unwrap();
        assert_eq!(read.parts().name.as_ref().unwrap().as_str(), text);
        assert_eq!(read.parts().description.as_ref().unwrap().as_str(), format!("{text}\r\n\t{text}"));
    }
}

/// An empty name is a name.
pub fn empty_text_and_no_text_stay_apart(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let record = sample::key(store, owner, 1);
    let empty = record.edit(Some(sample::name("")), Some(sample::description("")), sample::instant(1));
    let empty = sample::update(store, empty);
    let read = store.key(Reach::AllOwners, empty.parts().id).unwrap().unwrap();
    assert!(read.parts().name.is_some() && read.parts().description.is_some());
    let none = sample::update(store, empty.edit(None, None, sample::instant(2)));
    let read = store.key(Reach::AllOwners, none.parts().id).unwrap().unwrap();
    assert!(read.parts().name.is_none() && read.parts().description.is_none());
}

/// The first and the last instant there are.
pub fn times_at_both_ends_round_trip(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    for (n, time) in [(1, Timestamp::MIN), (2, Timestamp::MAX)] {
        let mut new = sample::new_key(owner, n);
        (new.created, new.expires_at) = (time, Some(time));
        let made = sample::insert(store, new);
        let read = store.key(Reach::AllOwners, made.parts().id).unwrap().unwrap();
        assert_eq!((read.parts().created, read.parts().expires_at), (time, Some(time)));
    }
}

/// The owner a caller may touch is part of the statement.
pub fn reach_of_another_owner_finds_nothing(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let other = sample::owner(store, 2);
    let id = sample::key(store, owner, 1).parts().id;
    assert!(store.key(Reach::Owner(other), id).unwrap().is_none());
    assert!(store.key(Reach::Owner(owner), id).unwrap().is_some());
    assert!(store.key(Reach::AllOwners, id).unwrap().is_some());
    // The other kind of owner with the same number.
    let account = Owner::Account(AccountId::new(owner.number()).unwrap());
    assert!(store.key(Reach::Owner(account), id).unwrap().is_none());
}
