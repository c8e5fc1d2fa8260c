//! Replacing a tag: compare-and-set on the tag alone.

use keys_core::{KeyId, Tag, Tagged, Transition};

use super::sample;
use crate::query::Reach;
use crate::store::KeyStore;

/// The new tag is there; revision, audit chain and digest are as they were.
pub fn a_replaced_tag_is_no_change_of_the_key(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let record = sample::key(store, owner, 1);
    let (id, head) = (record.parts().id, store.head().unwrap());
    assert!(store.replace_tag(id, &sample::tagged(1), &sample::tagged(2)).unwrap());
    assert_eq!(store.head().unwrap(), head);
    let secret = store.stored_secret(id).unwrap().unwrap();
    assert_eq!(secret.digest, sample::stored_secret(1).digest);
    assert_eq!(secret.tagged.tag.as_bytes(), sample::tagged(2).tag.as_bytes());
    assert_eq!(secret.tagged.pepper, sample::tagged(2).pepper);
    let row = store.load_key(&sample::access_key(1)).unwrap().row.unwrap();
    assert_eq!(row.revision, record.parts().revision);
    assert!(row.state.tagged().unwrap().tag.matches(&sample::tagged(2).tag));
}

/// Both the tag's bytes and its pepper must be the expected ones.
pub fn a_tag_that_is_another_is_not_replaced(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let id = sample::key(store, owner, 1).parts().id;
    let before = sample::store_picture(store);
    let stored = sample::tagged(1);
    let mut bytes = *stored.tag.as_bytes();
    bytes[Tag::LENGTH - 1] ^= 1;
    let other_tag = Tagged { tag: Tag::from_bytes(bytes), ..stored };
    let other_pepper = Tagged { pepper: sample::tagged(2).pepper, ..stored };
    for expected in [other_tag, other_pepper, sample::tagged(2)] {
        assert!(!store.replace_tag(id, &expected, &sample::tagged(3)).unwrap());
    }
    assert_eq!(sample::store_picture(store), before);
}

/// A key that is deleted, or never was, has no tag.
pub fn a_key_without_a_tag_gets_none(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let record = sample::key(store, owner, 1);
    let deleted = sample::delete(store, record).parts().id;
    let before = sample::store_picture(store);
    for id in [deleted, KeyId::new(99).unwrap()] {
        assert!(!store.replace_tag(id, &sample::tagged(1), &sample::tagged(2)).unwrap());
        assert!(store.stored_secret(id).unwrap().is_none());
    }
    assert_eq!(sample::store_picture(store), before);
}

/// Who changes a key that was read before its tag was replaced does not put the old tag back.
pub fn an_update_keeps_the_tag_that_came_between(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let read = sample::key(store, owner, 1);
    let id = read.parts().id;
    assert!(store.replace_tag(id, &sample::tagged(1), &sample::tagged(2)).unwrap());
    let mut stale = read;
    for step in [None, Some(Transition::Deactivate)] {
        let made = match step {
            None => sample::update(store, sample::renamed(stale.clone(), "another name")),
            Some(step) => sample::transition(store, stale.clone(), step),
        };
        let kept = made.parts().lifecycle.secret().unwrap();
        assert!(kept.tagged.tag.matches(&sample::tagged(2).tag));
        let read = store.key(Reach::AllOwners, id).unwrap().unwrap();
        assert_eq!(sample::picture(&read), sample::picture(&made));
        stale = stale.with_revision(made.parts().revision);
    }
    // An Inactive key's tag can be replaced as well.
    assert!(store.replace_tag(id, &sample::tagged(2), &sample::tagged(u64::MAX)).unwrap());
    let secret = store.stored_secret(id).unwrap().unwrap();
    assert_eq!(secret.tagged.pepper, sample::tagged(u64::MAX).pepper);
}

/// Two who want to replace the same tag: one does.
pub fn one_of_many_replaces_a_tag(store: &dyn KeyStore) {
    let owner = sample::owner(store, 1);
    let id = sample::key(store, owner, 1).parts().id;
    let winners: usize = std::thread::scope(|scope| {
        let replace = |n| move || store.replace_tag(id, &sample::tagged(1), &sample::tagged(n)).unwrap();
        let claims: Vec<_> = (2..6).map(|n| scope.spawn(replace(n))).collect();
        claims.into_iter().map(|claim| usize::from(claim.join().unwrap())).sum()
    });
    assert_eq!(winners, 1);
}
