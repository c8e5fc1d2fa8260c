//! The list of those who may log in although the mode would not let them: changed by several at once, nothing is lost.

use std::thread;

use keys_core::{AccountId, Action, Transition};
use keys_service::AccessError;
use keys_store::fault::{Call, Calls, Fault, Moment};
use keys_store::{BackendErrorKind, KeyStore as _};

use crate::support::{House, administrator};

fn listed(house: &House) -> Vec<AccountId> {
    house.authority.allowed_accounts().accounts().to_vec()
}

#[test]
fn somebody_is_put_on_the_list_and_taken_off_it() {
    let mut house = House::new();
    let [ada, grace] = ["Ada", "Grace"].map(|name| house.person(name).id);
    let context = administrator();
    house.authority.list_account(&context, ada).unwrap();
    house.authority.list_account(&context, grace).unwrap();
    assert_eq!(listed(&house), [ada, grace]);
    let before = house.store.head().unwrap();
    house.authority.list_account(&context, ada).unwrap();
    assert_eq!(house.store.head().unwrap(), before, "what is so already is no change");
    house.authority.unlist_account(&context, ada).unwrap();
    assert_eq!(listed(&house), [grace]);
    house.authority.unlist_account(&context, ada).unwrap();
    let events = house.store.audit(before.audit.map(|(id, _)| id), 10).unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].event.action, Action::ChangeSetting);
    let nobody: AccountId = "1a999".parse().unwrap();
    let refused = house.authority.list_account(&context, nobody);
    assert!(matches!(refused, Err(AccessError::NoSuchAccount { id }) if id == nobody), "{refused:?}");
}

/// Two administrators at once, each of whom has read the list before the other wrote it. Each wrote all of it once, and
/// what the slower one had not read was gone.
#[test]
fn what_two_administrators_do_at_once_is_all_done() {
    let mut house = House::new();
    let [ada, grace, eve] = ["Ada", "Grace", "Eve"].map(|name| house.person(name).id);
    let context = administrator();
    house.authority.list_account(&context, eve).unwrap();
    let race = |slow: &(dyn Fn() -> Result<(), AccessError> + Sync), fast: &dyn Fn()| {
        let hold = house.store.hold(Calls::Only(Call::Commit), 0, Moment::BeforeTheCall);
        thread::scope(|scope| {
            let slow = scope.spawn(slow);
            hold.wait_until_reached();
            fast();
            hold.release();
            slow.join().unwrap().unwrap();
        });
    };
    let list = |id| house.authority.list_account(&context, id);
    let unlist = |id| house.authority.unlist_account(&context, id);
    race(&|| list(ada), &|| list(grace).unwrap());
    assert_eq!(listed(&house), [eve, grace, ada]);
    race(&|| unlist(ada), &|| unlist(grace).unwrap());
    assert_eq!(listed(&house), [eve]);
    race(&|| list(ada), &|| unlist(eve).unwrap());
    assert_eq!(listed(&house), [ada], "who was taken off does not come back");
}

#[test]
fn who_is_overtaken_each_time_is_told_to_come_back() {
    let mut house = House::new();
    let people: Vec<AccountId> = (0..4).map(|n| house.person(&format!("person {n}")).id).collect();
    let context = administrator();
    let outcome = thread::scope(|scope| {
        let mut hold = house.store.hold(Calls::Only(Call::Commit), 0, Moment::BeforeTheCall);
        let slow = scope.spawn(|| house.authority.list_account(&context, people[0]));
        for other in &people[1..] {
            hold.wait_until_reached();
            // The commit of the other passes, the next is of the slow one again.
            let next = house.store.hold(Calls::Only(Call::Commit), 1, Moment::BeforeTheCall);
            house.authority.list_account(&context, *other).unwrap();
            std::mem::replace(&mut hold, next).release();
        }
        drop(hold);
        slow.join().unwrap()
    });
    assert!(matches!(outcome, Err(AccessError::Contended)), "{outcome:?}");
    assert_eq!(listed(&house), people[1..]);
}

#[test]
fn a_full_list_takes_nobody() {
    let mut house = House::new();
    let last = house.person("the last").id;
    let context = administrator();
    let full = (1..=256).map(|number| AccountId::new(number + 1_000).unwrap());
    let full = keys_core::AccountList::new(full).unwrap();
    let value = keys_core::SettingValue::AllowedAccounts(full.clone());
    house.authority.change_setting(&context, &value).unwrap();
    let refused = house.authority.list_account(&context, last);
    assert!(matches!(refused, Err(AccessError::ListFull)), "{refused:?}");
    house.authority.unlist_account(&context, full.accounts()[0]).unwrap();
    house.authority.list_account(&context, last).unwrap();
    assert_eq!(listed(&house).len(), 256);
}

#[test]
fn only_an_administrator_changes_the_list_and_only_while_it_is_one() {
    let mut house = House::new();
    let person = house.person("Ada");
    let as_person = house.as_person(&person);
    for refused in [
        house.authority.list_account(&as_person, person.id),
        house.authority.unlist_account(&as_person, person.id),
        house.authority.list_account(&house.inside(), person.id),
    ] {
        assert!(matches!(refused, Err(AccessError::Forbidden)), "{refused:?}");
    }
    // The key it came by is taken away between its reading and its writing.
    let key = house.issue(&administrator());
    let by_key = house.as_key(&key);
    let hold = house.store.hold(Calls::Only(Call::Commit), 0, Moment::BeforeTheCall);
    let outcome = thread::scope(|scope| {
        let slow = scope.spawn(|| house.authority.list_account(&by_key, person.id));
        hold.wait_until_reached();
        let deactivate = Transition::Deactivate;
        house.authority.transition_key(&administrator(), key.id(), deactivate, None).unwrap();
        hold.release();
        slow.join().unwrap()
    });
    assert!(matches!(outcome, Err(AccessError::Forbidden)), "{outcome:?}");
    assert_eq!(listed(&house), []);
}

#[test]
fn a_list_that_cannot_be_read_or_written_is_a_failure() {
    let mut house = House::new();
    let person = house.person("Ada").id;
    for call in [Call::Setting, Call::Commit] {
        house.store.inject(Calls::Only(call), 0, Fault::Failed(BackendErrorKind::Unavailable));
        let failed = house.authority.list_account(&administrator(), person);
        assert!(matches!(failed, Err(AccessError::Store(_))), "{call:?}: {failed:?}");
    }
    assert_eq!(listed(&house), []);
}
