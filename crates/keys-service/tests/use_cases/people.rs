//! People: their accounts, what they may, and what becomes of what they made.

use keys_core::{
    AccessControl, AccountChangeError, AccountKind, AccountState, AccountTransition, Action, DenyReason,
    IdempotencyKey, Name, Owner, Password, Revision, Role,
};
use keys_service::{
    AccountEdit, AccountError, AccountRequest, FirstLogIn, IssueError, KeyChangeError, KeyRequest, Patch,
    PersonRequest, SettingError,
};
use keys_store::fault::{Call, Calls, Moment};
use keys_store::{KeyQuery, KeyStore as _};

use crate::support::{FailingRng, House, RepeatingRng, administrator, environment, now, rng};

use AccountTransition::{Activate, Deactivate, Remove};

fn listed(page: keys_store::Page<keys_core::KeyRecord>) -> Vec<keys_core::KeyId> {
    page.items.iter().map(|record| record.parts().id).collect()
}

#[test]
fn an_administrator_makes_accounts_and_nobody_else_does() {
    let mut house = House::new();
    let request = AccountRequest { name: Some(Name::new("Ada").unwrap()), ..AccountRequest::default() };
    let made = house.authority.create_account(&administrator(), request.clone(), &mut house.rng).unwrap();
    let parts = made.parts();
    assert_eq!((parts.id.to_string().as_str(), parts.kind), ("1a6", AccountKind::User));
    assert_eq!((parts.state, parts.created), (AccountState::Active, now()));
    assert_eq!(parts.name, request.name);

    let person = house.person("Bob");
    let inside = house.inside();
    let key = house.issue(&inside);
    for context in [house.as_person(&person), inside, house.as_key(&key)] {
        let made = house.authority.create_account(&context, request.clone(), &mut house.rng);
        assert!(matches!(made, Err(AccountError::Forbidden)), "{made:?}");
    }
    for kind in [AccountKind::System, AccountKind::Superadmin, AccountKind::Token] {
        let request = AccountRequest { kind, ..AccountRequest::default() };
        let made = house.authority.create_account(&administrator(), request, &mut house.rng);
        let refused = AccountChangeError::NotAPerson { kind };
        assert!(matches!(made, Err(AccountError::Refused(refusal)) if refusal == refused), "{made:?}");
    }
}

#[test]
fn a_random_source_that_fails_or_repeats_itself_makes_no_account() {
    let house = House::new();
    let make = |rng: &mut dyn DynRng| rng.make(&house);
    let before = house.store.head().unwrap();
    let failed = make(&mut Fails);
    assert!(matches!(failed, Err(AccountError::Rng(_))), "{failed:?}");
    assert_eq!(house.store.head().unwrap(), before);
    make(&mut Repeats).unwrap();
    let repeated = make(&mut Repeats);
    assert!(matches!(repeated, Err(AccountError::Repeated)), "{repeated:?}");
}

/// Makes an account with a source of its own.
trait DynRng {
    fn make(&mut self, house: &House) -> Result<keys_core::AccountRecord, AccountError>;
}
struct Fails;
struct Repeats;

impl DynRng for Fails {
    fn make(&mut self, house: &House) -> Result<keys_core::AccountRecord, AccountError> {
        let mut failing = FailingRng::after(0, rng());
        house.authority.create_account(&administrator(), AccountRequest::default(), &mut failing)
    }
}

impl DynRng for Repeats {
    fn make(&mut self, house: &House) -> Result<keys_core::AccountRecord, AccountError> {
        house.authority.create_account(&administrator(), AccountRequest::default(), &mut RepeatingRng)
    }
}

#[test]
fn an_account_is_moved_as_the_core_says_and_its_keys_follow() {
    let mut house = House::new();
    let person = house.person("Ada");
    let go = |transition| {
        let moved = house.authority.transition_account(&administrator(), person.id, transition, None);
        moved.map(|record| record.parts().state)
    };
    let verdict = || house.verdict(&person.key.credential);
    assert_eq!(verdict(), Ok(()));
    let early = go(Remove);
    assert!(matches!(early, Err(AccountError::Refused(AccountChangeError::State(_)))), "{early:?}");
    assert_eq!(go(Deactivate).unwrap(), AccountState::Inactive);
    assert_eq!(verdict(), Err(DenyReason::OwnerInactive));
    assert!(matches!(go(Deactivate), Err(AccountError::Refused(_))));
    assert_eq!(go(Activate).unwrap(), AccountState::Active);
    assert_eq!(verdict(), Ok(()));
    go(Deactivate).unwrap();
    assert_eq!(go(Remove).unwrap(), AccountState::Removed { at: now() });
    assert_eq!(verdict(), Err(DenyReason::OwnerInactive));
    assert!(matches!(go(Activate), Err(AccountError::Refused(_))), "for good");
}

#[test]
fn the_accounts_that_stand_for_nobody_never_change() {
    let house = House::new();
    for (id, kind) in
        [("1a2", AccountKind::System), ("1a3", AccountKind::Superadmin), ("1a4", AccountKind::Token)]
    {
        let id = id.parse().unwrap();
        let refused = AccountChangeError::NotAPerson { kind };
        let check = |outcome: Result<_, AccountError>| {
            assert!(matches!(outcome, Err(AccountError::Refused(refusal)) if refusal == refused), "{kind}");
        };
        check(house.authority.edit_account(&administrator(), id, AccountEdit::default(), None));
        check(house.authority.edit_account(
            &administrator(),
            id,
            AccountEdit::kind(AccountKind::Admin),
            None,
        ));
        check(house.authority.transition_account(&administrator(), id, Deactivate, None));
        let owner = Some(Owner::Account(id));
        let request = KeyRequest { owner, ..KeyRequest::default() };
        let issued = house.authority.issue_key(&administrator(), request, &mut rng());
        assert!(matches!(issued, Err(IssueError::OwnerInactive)), "{kind} would act by a key: {issued:?}");
    }
}

#[test]
fn a_person_sees_itself_and_changes_nothing_but_where_it_begins() {
    let mut house = House::new();
    let (ada, bob) = (house.person("Ada"), house.person("Bob"));
    let context = house.as_person(&ada);
    let own = house.authority.account(&context, ada.id).unwrap().unwrap();
    assert!(house.authority.account(&context, bob.id).unwrap().is_none());
    let page = house.authority.accounts(&context, None, 9).unwrap();
    assert_eq!((page.items, page.more), (vec![own], false));

    let named = AccountEdit { name: Patch::Set(None), ..AccountEdit::default() };
    for edit in [named.clone(), AccountEdit { description: Patch::Set(None), ..AccountEdit::default() }] {
        let edited = house.authority.edit_account(&context, ada.id, edit, None);
        assert!(matches!(edited, Err(AccountError::Forbidden)), "{edited:?}");
    }
    let edited = house.authority.edit_account(&context, bob.id, named, None);
    assert!(matches!(edited, Err(AccountError::NotFound)), "{edited:?}");
    let moved = house.authority.transition_account(&context, ada.id, Deactivate, None);
    assert!(matches!(moved, Err(AccountError::Forbidden)), "{moved:?}");
    let moved = house.authority.transition_account(&context, bob.id, Deactivate, None);
    assert!(matches!(moved, Err(AccountError::NotFound)), "{moved:?}");
}

/// T65: no way leads a person, or a key of it, to more than an administrator gave it.
#[test]
fn a_key_cannot_raise_itself_or_its_person() {
    let mut house = House::new();
    let ada = house.person("Ada");
    let place = house.environment(&[(keys_core::AccountId::ADMIN, Role::Owner), (ada.id, Role::Member)]);
    let outside = house.as_person(&ada);
    let inside = house.person_inside(&ada, place);
    let minted = house.issue(&inside);
    let as_minted = house.as_key(&minted);
    for context in [&outside, &inside, &as_minted] {
        let raised =
            house.authority.edit_account(context, ada.id, AccountEdit::kind(AccountKind::Admin), None);
        assert!(matches!(raised, Err(AccountError::Forbidden | AccountError::NotFound)), "{raised:?}");
        let raised = house.authority.set_members(context, place, &[(ada.id, Role::Owner)], None);
        assert!(raised.is_err(), "{raised:?}");
        for owner in [Owner::Account(keys_core::AccountId::ADMIN), Owner::Environment(environment("1a5"))] {
            let request = KeyRequest { owner: Some(owner), ..KeyRequest::default() };
            let issued = house.authority.issue_key(context, request, &mut rng());
            assert!(matches!(issued, Err(IssueError::Forbidden)), "{issued:?}");
        }
    }
    // A deactivated key can do nothing any more, least of all activate itself.
    house.authority.transition_key(&as_minted, minted.id(), keys_core::Transition::Deactivate, None).unwrap();
    let again =
        house.authority.transition_key(&as_minted, minted.id(), keys_core::Transition::Activate, None);
    assert!(matches!(again, Err(KeyChangeError::Revoked)), "{again:?}");
    assert_eq!(house.verdict(&minted.credential), Err(DenyReason::Inactive));
    // Nor did any of it reach further than it says.
    let kind = house.authority.account(&administrator(), ada.id).unwrap().unwrap().parts().kind;
    assert_eq!(kind, AccountKind::User);
}

/// T65: keys carry their creator, so that whoever disables a person sees what outlives it, however many keys stand
/// between.
#[test]
fn the_keys_a_person_made_are_listed_when_it_is_disabled() {
    let mut house = House::new();
    let (ada, bob) = (house.person("Ada"), house.person("Bob"));
    let place = house.environment(&[(ada.id, Role::Member), (bob.id, Role::Owner)]);
    let inside = house.person_inside(&ada, place);
    let first = house.issue(&inside);
    let second = house.issue(&house.as_key(&first));
    let third = house.issue(&house.as_key(&second));
    let own = house.issue(&house.as_person(&ada));
    let _of_bob = house.issue(&house.person_inside(&bob, place));
    // What is deleted is not listed, and hides nothing that it made.
    for transition in [keys_core::Transition::Deactivate, keys_core::Transition::Delete] {
        house.authority.transition_key(&administrator(), second.id(), transition, None).unwrap();
    }
    house.authority.transition_account(&administrator(), ada.id, Deactivate, None).unwrap();
    let made = house.authority.keys_made_by(&administrator(), ada.id).unwrap().unwrap();
    assert!(!made.more);
    assert_eq!(listed(made), [first.id(), third.id(), own.id()]);
    // They stay as they are: the environment's work, decided by whoever disables the person.
    assert_eq!(house.verdict(&first.credential), Ok(()));
    assert_eq!(house.verdict(&own.credential), Err(DenyReason::OwnerInactive));
    assert!(house.authority.keys_made_by(&house.as_person(&bob), ada.id).unwrap().is_none());
    // Not of itself either: some of them belong to others.
    assert!(house.authority.keys_made_by(&house.as_person(&bob), bob.id).unwrap().is_none());
}

#[test]
fn an_administrator_that_is_one_no_longer_is_a_person_at_the_next_request() {
    let mut house = House::new();
    let eve = house.account("Eve", AccountKind::Admin);
    let context = house.as_person(&eve);
    assert!(context.caller.administers());
    house
        .authority
        .edit_account(&administrator(), eve.id, AccountEdit::kind(AccountKind::User), None)
        .unwrap();
    assert!(!house.as_person(&eve).caller.administers());
    // What was let in before is looked at again where it changes something.
    let made = house.authority.create_account(&context, AccountRequest::default(), &mut house.rng);
    assert!(matches!(made, Err(AccountError::Revoked)), "{made:?}");
    house
        .authority
        .edit_account(&administrator(), eve.id, AccountEdit::kind(AccountKind::Admin), None)
        .unwrap();
    assert!(house.as_person(&eve).caller.administers());
    let events = house.store.audit(None, 1_000).unwrap();
    let actions: Vec<_> = events.iter().rev().map(|linked| linked.event.action).take(2).collect();
    assert_eq!(actions, [Action::PromoteAccount, Action::DemoteAccount]);
}

/// That a change has something of its own to look at spares no look at who wants it.
#[test]
fn who_administers_no_longer_takes_no_right_of_another_administrator() {
    let mut house = House::new();
    let (eve, bob) = (house.account("Eve", AccountKind::Admin), house.account("Bob", AccountKind::Admin));
    let context = house.as_person(&eve);
    let person = AccountEdit::kind(AccountKind::User);
    house.authority.edit_account(&administrator(), eve.id, person.clone(), None).unwrap();
    let before = house.store.head().unwrap();
    let disabled = house.authority.transition_account(&context, bob.id, Deactivate, None);
    assert!(matches!(disabled, Err(AccountError::Revoked)), "{disabled:?}");
    let demoted = house.authority.edit_account(&context, bob.id, person, None);
    assert!(matches!(demoted, Err(AccountError::Revoked)), "{demoted:?}");
    let switched = house.authority.set_access_control(&context, AccessControl::On);
    assert!(matches!(switched, Err(SettingError::Forbidden)), "{switched:?}");
    assert_eq!(house.store.head().unwrap(), before);
}

/// The edit is one step: what is said beside the kind is changed by whoever still was an administrator.
#[test]
fn an_administrator_steps_down_and_is_renamed_in_one_step() {
    let mut house = House::new();
    let eve = house.account("Eve", AccountKind::Admin);
    let context = house.as_person(&eve);
    let name = Some("once".parse().unwrap());
    let edit = AccountEdit { name: Patch::Set(name.clone()), ..AccountEdit::kind(AccountKind::User) };
    let edited = house.authority.edit_account(&context, eve.id, edit.clone(), None).unwrap();
    assert_eq!((edited.parts().kind, edited.parts().name.clone()), (AccountKind::User, name));
    let again = house.authority.edit_account(&context, eve.id, edit.clone(), None);
    assert!(matches!(again, Err(AccountError::Revoked)), "{again:?}");
    // Who is one already is no longer promoted: that is an edit.
    house.authority.edit_account(&administrator(), eve.id, edit, None).unwrap();
    let event = house.store.audit(None, 1_000).unwrap().pop().unwrap().event;
    assert_eq!(event.action, Action::EditAccount);
}

#[test]
fn the_last_who_can_administer_stays_while_access_control_is_on() {
    let mut house = House::new();
    let admin = keys_core::AccountId::ADMIN;
    let key = house.issue(&administrator());
    let last = |house: &House, id| {
        let stopped = house.authority.transition_account(&administrator(), id, Deactivate, None);
        let demoted =
            house.authority.edit_account(&administrator(), id, AccountEdit::kind(AccountKind::User), None);
        assert_eq!(
            matches!(stopped, Err(AccountError::LastAdministrator)),
            matches!(demoted, Err(AccountError::LastAdministrator))
        );
        matches!(stopped, Err(AccountError::LastAdministrator))
    };
    house.authority.set_access_control(&administrator(), AccessControl::On).unwrap();
    assert!(last(&house, admin));
    // Another one without a key could not enter.
    let request = AccountRequest { kind: AccountKind::Admin, ..AccountRequest::default() };
    let second = house.authority.create_account(&administrator(), request, &mut house.rng).unwrap();
    assert!(last(&house, admin));
    let owner = Some(Owner::Account(second.parts().id));
    let _ = house.issue_with(&administrator(), KeyRequest { owner, ..KeyRequest::default() });
    assert!(!last(&house, admin), "now somebody else can");
    assert_eq!(house.verdict(&key.credential), Err(DenyReason::OwnerInactive));
    assert!(last(&house, second.parts().id), "and is the last");
    house.authority.set_access_control(&administrator(), AccessControl::Off).unwrap();
    assert!(!last(&house, second.parts().id), "anybody administers while it is off");
}

#[test]
fn two_administrators_cannot_take_each_other_away() {
    for _ in 0..20 {
        let mut house = House::new();
        let _ = house.issue(&administrator());
        let eve = house.account("Eve", AccountKind::Admin);
        house.authority.set_access_control(&administrator(), AccessControl::On).unwrap();
        let both = std::thread::scope(|scope| {
            let stop =
                |id| house.authority.transition_account(&administrator(), id, Deactivate, None).is_ok();
            let first = scope.spawn(move || stop(eve.id));
            (stop(keys_core::AccountId::ADMIN), first.join().unwrap())
        });
        assert_ne!(both, (true, true), "nobody is left");
        assert_ne!(both, (false, false), "the first of them was not the last administrator");
    }
}

#[test]
fn a_person_is_added_with_a_log_in_or_not_at_all_and_once() {
    let mut house = House::new();
    let request = |name: &str, login: &str| PersonRequest {
        account: AccountRequest { name: Some(Name::new(name).unwrap()), ..AccountRequest::default() },
        log_in: Some(FirstLogIn {
            login: login.parse().unwrap(),
            password: Password::new("correct horse battery staple").unwrap(),
        }),
    };
    let key = IdempotencyKey::generate(&mut house.rng).unwrap();
    let bob = house.person("Bob");
    let others = house.as_person(&bob);
    let House { authority, rng, store } = &mut house;
    let mut add = |context, request: &PersonRequest, key| authority.add_person(context, request, key, rng);
    let before = store.head().unwrap();
    let refused = add(&others, &request("Ada", "ada"), None);
    assert!(matches!(refused, Err(AccountError::Forbidden)), "{refused:?}");
    assert_eq!(store.head().unwrap(), before);

    let ada = add(&administrator(), &request("Ada", "ada"), Some(&key)).unwrap();
    let record = authority.password_of(&administrator(), ada.made.parts().id).unwrap().unwrap();
    assert_eq!((record.parts().login.as_str(), ada.replayed), ("ada", false));
    let after = store.head().unwrap();
    let mut add = |request: &PersonRequest, key| authority.add_person(&administrator(), request, key, rng);
    let again = add(&request("Ada", "ada"), Some(&key)).unwrap();
    assert_eq!((again.made.parts().id, again.replayed), (ada.made.parts().id, true));
    let another = add(&request("Ada", "countess"), Some(&key));
    assert!(matches!(another, Err(AccountError::AnotherRequest(_))), "{another:?}");
    let taken = add(&request("Another", "ADA"), None);
    assert!(matches!(taken, Err(AccountError::NameTaken)), "{taken:?}");
    assert_eq!(store.head().unwrap(), after, "no account is left behind");
}

#[test]
fn a_default_environment_is_chosen_among_the_active_ones_the_person_may_enter() {
    let mut house = House::new();
    let (ada, root) = (house.person("Ada"), house.account("Root", AccountKind::Admin));
    let [first, second] = [Role::ReadOnly, Role::Owner]
        .map(|role| house.environment(&[(ada.id, role), (root.id, Role::Owner)]));
    house.environment(&[(root.id, Role::Owner)]);
    let may_enter = |context: &keys_service::Context, id, limit| -> Vec<_> {
        let found = house.authority.enterable_by(context, id, limit).unwrap();
        found.iter().map(|record| record.parts().id).collect()
    };
    assert_eq!(may_enter(&administrator(), ada.id, 10), [first, second]);
    assert_eq!(may_enter(&administrator(), ada.id, 1), [first]);
    assert_eq!(may_enter(&house.as_person(&ada), ada.id, 10), [first, second]);
    assert_eq!(may_enter(&administrator(), root.id, 10).len(), 4, "an administrator enters every one");
    assert_eq!(may_enter(&house.as_person(&ada), root.id, 10), [], "others are hidden");
    let stopped = keys_core::EnvironmentTransition::Deactivate;
    house.authority.transition_environment(&administrator(), second, stopped, None).unwrap();
    assert_eq!(may_enter(&administrator(), ada.id, 10), [first]);
}

#[test]
fn a_person_begins_where_it_may_enter_and_nowhere_else() {
    let mut house = House::new();
    let ada = house.person("Ada");
    let admin = keys_core::AccountId::ADMIN;
    let own = house.environment(&[(admin, Role::Owner), (ada.id, Role::ReadOnly)]);
    let begin = |at| AccountEdit { default_environment: Patch::Set(at), ..AccountEdit::default() };
    let context = house.as_person(&ada);
    let refused = house.authority.edit_account(&context, ada.id, begin(Some(environment("1a5"))), None);
    assert!(matches!(refused, Err(AccountError::NotEnterable)), "{refused:?}");
    let edited = house.authority.edit_account(&context, ada.id, begin(Some(own)), None).unwrap();
    let shown = || house.authority.default_environment(&edited).unwrap();
    assert_eq!(shown(), Some(own));
    // It is gone with the right to enter, and back with it.
    house.authority.remove_member(&administrator(), own, ada.id).unwrap();
    assert_eq!(shown(), None);
    house.authority.put_member(&administrator(), own, ada.id, Role::Member).unwrap();
    assert_eq!(shown(), Some(own));
    let stop = keys_core::EnvironmentTransition::Deactivate;
    house.authority.transition_environment(&administrator(), own, stop, None).unwrap();
    assert_eq!(shown(), None);
    let cleared = house.authority.edit_account(&administrator(), ada.id, begin(None), None).unwrap();
    assert_eq!(house.authority.default_environment(&cleared).unwrap(), None);
}

#[test]
fn an_edit_is_made_at_the_expected_revision_only() {
    let mut house = House::new();
    let ada = house.person("Ada");
    let edit = AccountEdit { name: Patch::Set(None), ..AccountEdit::default() };
    let stale = house.authority.edit_account(&administrator(), ada.id, edit.clone(), Some(Revision::new(1)));
    assert!(matches!(stale, Err(AccountError::Conflict { .. })), "{stale:?}");
    let record = house.authority.account(&administrator(), ada.id).unwrap().unwrap();
    let current = record.parts().revision;
    let edited = house.authority.edit_account(&administrator(), ada.id, edit, Some(current)).unwrap();
    assert_eq!(edited.parts().name, None);
}

#[test]
fn a_removed_person_is_a_member_of_nothing_any_more() {
    let mut house = House::new();
    let (ada, bob) = (house.person("Ada"), house.person("Bob"));
    let first = house.environment(&[(ada.id, Role::Owner)]);
    let second = house.environment(&[(ada.id, Role::Member), (bob.id, Role::Owner)]);
    for transition in [Deactivate, Remove] {
        house.authority.transition_account(&administrator(), ada.id, transition, None).unwrap();
    }
    let members = |id| house.authority.members_of(&administrator(), id).unwrap().unwrap();
    assert_eq!(members(first), [], "an administrator can give it another owner");
    assert_eq!(members(second).iter().map(|member| member.account).collect::<Vec<_>>(), [bob.id]);
    let events = house.store.audit(None, 1_000).unwrap();
    let last: Vec<_> = events.iter().rev().take(3).map(|linked| linked.event.action).collect();
    assert_eq!(last, [Action::RemoveMember, Action::RemoveMember, Action::RemoveAccount]);
    house.authority.put_member(&administrator(), first, bob.id, Role::Owner).unwrap();
}

/// A digest takes long enough for somebody to take the right away meanwhile: the key must not be left behind.
#[test]
fn a_person_disabled_while_a_key_is_made_gets_none() {
    let mut house = House::new();
    let ada = house.person("Ada");
    let place = house.environment(&[(keys_core::AccountId::ADMIN, Role::Owner), (ada.id, Role::Member)]);
    let inside = house.person_inside(&ada, place);
    let outside = house.as_person(&ada);
    let key = house.issue(&inside);
    let as_key = house.as_key(&key);
    let disable = |house: &House, transition| {
        drop(house.authority.transition_account(&administrator(), ada.id, transition, None).unwrap());
    };
    for context in [&inside, &outside] {
        gets_none_while(&house, context, || disable(&house, Deactivate));
        disable(&house, Activate);
    }
    gets_none_while(&house, &inside, || {
        house.authority.put_member(&administrator(), place, ada.id, Role::ReadOnly).unwrap();
    });
    house.authority.put_member(&administrator(), place, ada.id, Role::Member).unwrap();
    gets_none_while(&house, &inside, || {
        house.authority.remove_member(&administrator(), place, ada.id).unwrap();
    });
    gets_none_while(&house, &as_key, || {
        let stop = keys_core::Transition::Deactivate;
        house.authority.transition_key(&administrator(), key.id(), stop, None).unwrap();
    });
}

/// Holds the commit of a new key up, takes something away, and lets it go on.
fn gets_none_while(house: &House, context: &keys_service::Context, take_away: impl Fn()) {
    let count = || house.authority.keys(&administrator(), &KeyQuery::default()).unwrap().items.len();
    let before = count();
    let hold = house.store.hold(Calls::Only(Call::Commit), 0, Moment::BeforeTheCall);
    let issued = std::thread::scope(|scope| {
        let issuing =
            scope.spawn(|| house.authority.issue_key(context, KeyRequest::default(), &mut rng()).map(drop));
        hold.wait_until_reached();
        take_away();
        hold.release();
        issuing.join().unwrap()
    });
    assert!(matches!(issued, Err(IssueError::Revoked)), "{issued:?}");
    assert_eq!(count(), before);
}

#[test]
fn an_administrator_issues_keys_to_people_and_environments_and_says_to_whom() {
    let mut house = House::new();
    let ada = house.person("Ada");
    for owner in [Owner::Account(ada.id), Owner::Environment(environment("1a5"))] {
        let key =
            house.issue_with(&administrator(), KeyRequest { owner: Some(owner), ..KeyRequest::default() });
        assert_eq!(key.record.parts().owner, owner);
        assert_eq!(key.record.parts().creator.principal, Owner::Account(keys_core::AccountId::ADMIN));
    }
    house.authority.transition_account(&administrator(), ada.id, Deactivate, None).unwrap();
    for owner in [Owner::Account(ada.id), Owner::Account("1a999".parse().unwrap())] {
        let request = KeyRequest { owner: Some(owner), ..KeyRequest::default() };
        let issued = house.authority.issue_key(&administrator(), request, &mut house.rng);
        assert!(matches!(issued, Err(IssueError::OwnerInactive)), "{issued:?}");
    }
}
