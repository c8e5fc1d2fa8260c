//! Who is let in: every state, owner, expiry, pepper and secret against a table, and what evidence is worth.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that panics fails its test")]

use std::collections::BTreeSet;

use keys_core::{
    Credential, DenyReason, Digest, Grant, HashPolicy, Hasher, KeyId, Keyring, Owner, OwnerRow,
    OwnerStanding, Pepper, Possession, Proof, Revision, RowState, StoredSecret, Tag, Tagged, Timestamp,
    Verdict, VerificationRow, judge, prove, strategies,
};
use proptest::prelude::*;

const NOW: i64 = 1_795_458_600_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

fn new_pair() -> Credential {
    Credential::generate(&mut getrandom::SysRng).unwrap()
}

fn new_pepper() -> Pepper {
    Pepper::generate(&mut getrandom::SysRng).unwrap()
}

fn ring(peppers: &[&Pepper]) -> Keyring {
    Keyring::new(peppers.iter().map(|pepper| (*pepper).clone()).collect()).unwrap()
}

fn seal(pair: &Credential, keyring: &Keyring) -> StoredSecret {
    let policy = HashPolicy::DANGER_CHEAP_FOR_TESTS;
    StoredSecret::seal(pair, keyring, policy, &mut Hasher::new(), &mut getrandom::SysRng).unwrap()
}

fn row(key: u64, state: RowState, expires_at: Option<Timestamp>) -> VerificationRow {
    VerificationRow {
        key: KeyId::new(key).unwrap(),
        owner: "environment/1a5".parse().unwrap(),
        state,
        expires_at,
        revision: Revision::new(9),
    }
}

fn active_owner() -> OwnerRow {
    OwnerRow { standing: OwnerStanding::Active, administers: false, revision: Revision::new(3) }
}

fn possession(proof: Proof) -> Possession {
    match proof {
        Proof::Possession(possession) => possession,
        Proof::Mismatch(reason) => panic!("refused: {reason}"),
        Proof::NeedsDigest(_) => panic!("the tag was to decide"),
    }
}

fn reason(verdict: &Verdict) -> Option<DenyReason> {
    match verdict {
        Verdict::Allow(_) => None,
        Verdict::Deny(reason) => Some(*reason),
    }
}

// ---- the table ------------------------------------------------------------------------------------------------------

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    NoRow,
    Active,
    Inactive,
    Deleted,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum PepperIs {
    Current,
    Older,
    Lost,
}

#[derive(Debug, Clone, Copy)]
struct Case {
    state: State,
    pepper: PepperIs,
    secret_is_right: bool,
    owner: Option<OwnerStanding>,
    /// In milliseconds from now.
    expiry: Option<i64>,
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for state in [State::NoRow, State::Active, State::Inactive, State::Deleted] {
        for pepper in [PepperIs::Current, PepperIs::Older, PepperIs::Lost] {
            for secret_is_right in [true, false] {
                for owner in [Some(OwnerStanding::Active), Some(OwnerStanding::Inactive), None] {
                    for expiry in [None, Some(-1), Some(0), Some(1)] {
                        cases.push(Case { state, pepper, secret_is_right, owner, expiry });
                    }
                }
            }
        }
    }
    cases
}

/// What must come out, written down from the rules and not from the code: `None` is a yes.
fn expected(case: Case) -> Option<DenyReason> {
    match case.state {
        State::NoRow => return Some(DenyReason::UnknownKey),
        State::Deleted => return Some(DenyReason::Deleted),
        State::Active | State::Inactive => {}
    }
    // Only a holder of the secret learns anything of the rest.
    if !case.secret_is_right {
        return Some(DenyReason::WrongSecret);
    }
    if case.state == State::Inactive {
        return Some(DenyReason::Inactive);
    }
    if case.expiry.is_some_and(|from_now| from_now <= 0) {
        return Some(DenyReason::Expired);
    }
    if case.owner != Some(OwnerStanding::Active) {
        return Some(DenyReason::OwnerInactive);
    }
    None
}

#[test]
fn every_case_is_decided_as_tabulated_and_every_reason_is_reached() {
    let (current, older, lost) = (new_pepper(), new_pepper(), new_pepper());
    let keyring = ring(&[&current, &older]);
    let pair = new_pair();
    let wrong = Credential::from((pair.access_key(), new_pair().into_parts().1));
    let sealed = [(PepperIs::Current, &current), (PepperIs::Older, &older), (PepperIs::Lost, &lost)]
        .map(|(is, pepper)| (is, seal(&pair, &ring(&[pepper]))));
    let now = at(NOW);
    let (mut reasons, mut allowed) = (BTreeSet::new(), 0);
    for case in cases() {
        let (_, secret) = sealed.iter().find(|(is, _)| *is == case.pepper).unwrap();
        let expires_at = case.expiry.map(|from_now| at(NOW + from_now));
        let row = match case.state {
            State::NoRow => None,
            State::Active => Some(row(7, RowState::Active(secret.tagged), expires_at)),
            State::Inactive => Some(row(7, RowState::Inactive(secret.tagged), expires_at)),
            State::Deleted => Some(row(7, RowState::Deleted, expires_at)),
        };
        let owner =
            case.owner.map(|standing| OwnerRow { standing, administers: false, revision: Revision::ZERO });
        let presented = if case.secret_is_right { &pair } else { &wrong };

        let proof = prove(row.as_ref(), presented, &keyring);
        // The slow proof is asked for when, and only when, there is a tag and its pepper is lost.
        let keeps_a_tag = row.as_ref().is_some_and(|row| row.state.tagged().is_some());
        let slow = keeps_a_tag && case.pepper == PepperIs::Lost;
        assert_eq!(matches!(proof, Proof::NeedsDigest(_)), slow, "{case:?}");

        let verdict = match proof {
            Proof::Possession(possession) => judge(row.as_ref(), owner.as_ref(), possession, now),
            Proof::Mismatch(reason) => Verdict::Deny(reason),
            Proof::NeedsDigest(needed) => {
                assert_eq!(Some(needed.key()), row.as_ref().map(|row| row.key));
                match needed.check(&secret.digest, &keyring, &mut Hasher::new()).unwrap() {
                    Some(proof) => {
                        assert_eq!(proof.new_tag.pepper, keyring.current());
                        judge(row.as_ref(), owner.as_ref(), proof.possession, now)
                    }
                    None => Verdict::Deny(DenyReason::WrongSecret),
                }
            }
        };
        assert_eq!(reason(&verdict), expected(case), "{case:?}");
        reasons.extend(reason(&verdict));
        allowed += usize::from(matches!(verdict, Verdict::Allow(_)));
    }
    assert_eq!(reasons.into_iter().collect::<Vec<_>>(), DenyReason::ALL);
    // Three peppers, times: an Active key, the right secret, an active owner, no expiry or one to come.
    assert_eq!(allowed, 6);
}

// ---- expiry ---------------------------------------------------------------------------------------------------------

#[test]
fn a_key_is_good_until_the_instant_before_its_expiry() {
    let keyring = ring(&[&new_pepper()]);
    let pair = new_pair();
    let tagged = keyring.tag(&pair);
    let ends = [Timestamp::MIN, at(1), at(NOW), Timestamp::MAX];
    for expiry in ends {
        let row = row(7, RowState::Active(tagged), Some(expiry));
        for (now, good) in [
            (at((expiry.as_millis() - 1).max(0)), expiry > Timestamp::MIN),
            (expiry, false),
            (Timestamp::MAX, false),
        ] {
            let possession = possession(prove(Some(&row), &pair, &keyring));
            let verdict = judge(Some(&row), Some(&active_owner()), possession, now);
            let expected = (!good).then_some(DenyReason::Expired);
            assert_eq!(reason(&verdict), expected, "{expiry} at {now}");
        }
    }
}

// ---- what the owner may ----------------------------------------------------------------------------------------------

#[test]
fn a_grant_says_whether_the_owner_administers_at_the_moment_of_the_verdict() {
    let keyring = ring(&[&new_pepper()]);
    let pair = new_pair();
    let row = row(7, RowState::Active(keyring.tag(&pair)), None);
    for administers in [true, false] {
        // The row of the owner is loaded last, so a demotion between proof and verdict counts.
        let evidence = possession(prove(Some(&row), &pair, &keyring));
        let owner = OwnerRow { administers, ..active_owner() };
        match judge(Some(&row), Some(&owner), evidence, at(NOW)) {
            Verdict::Allow(grant) => assert_eq!(grant.administers(), administers),
            Verdict::Deny(reason) => panic!("refused: {reason}"),
        }
    }
}

// ---- what evidence is worth -----------------------------------------------------------------------------------------

#[test]
fn a_grant_says_who_holds_it() {
    let keyring = ring(&[&new_pepper()]);
    let pair = new_pair();
    let row = row(7, RowState::Active(keyring.tag(&pair)), Some(at(NOW + 1)));
    let evidence = possession(prove(Some(&row), &pair, &keyring));
    assert_eq!(evidence.key(), row.key);
    let Verdict::Allow(grant) = judge(Some(&row), Some(&active_owner()), evidence, at(NOW)) else {
        panic!("the pair is good")
    };
    let said: (KeyId, String, Owner, Option<Timestamp>) =
        (grant.key(), grant.access_key().to_string(), grant.owner(), grant.expires_at());
    assert_eq!(said, (row.key, pair.access_key().to_string(), row.owner, row.expires_at));
    let _: Grant = grant;
}

#[test]
fn possession_of_one_key_judges_no_other() {
    let keyring = ring(&[&new_pepper()]);
    let (pair, other_pair) = (new_pair(), new_pair());
    let own = row(7, RowState::Active(keyring.tag(&pair)), None);
    let other = row(8, RowState::Active(keyring.tag(&other_pair)), None);
    for later in [Some(&other), None] {
        let evidence = possession(prove(Some(&own), &pair, &keyring));
        let verdict = judge(later, Some(&active_owner()), evidence, at(NOW));
        assert_eq!(reason(&verdict), Some(DenyReason::UnknownKey));
    }
}

#[test]
fn what_happens_to_a_key_after_the_proof_counts() {
    let keyring = ring(&[&new_pepper()]);
    let pair = new_pair();
    let tagged = keyring.tag(&pair);
    let proved = row(7, RowState::Active(tagged), None);
    for (state, expected) in [
        (RowState::Active(tagged), None),
        (RowState::Inactive(tagged), Some(DenyReason::Inactive)),
        (RowState::Deleted, Some(DenyReason::Deleted)),
    ] {
        let evidence = possession(prove(Some(&proved), &pair, &keyring));
        let verdict = judge(Some(&row(7, state, None)), Some(&active_owner()), evidence, at(NOW));
        assert_eq!(reason(&verdict), expected);
    }
    // The other way round, the evidence of an Inactive key serves once it is activated.
    let inactive = row(7, RowState::Inactive(tagged), None);
    let evidence = possession(prove(Some(&inactive), &pair, &keyring));
    let verdict = judge(Some(&proved), Some(&active_owner()), evidence, at(NOW));
    assert_eq!(reason(&verdict), None);
}

#[test]
fn a_tag_and_a_digest_of_one_key_are_worth_nothing_in_the_row_of_another() {
    let (pepper, lost) = (new_pepper(), new_pepper());
    let keyring = ring(&[&pepper]);
    let pair = new_pair();
    let kept = seal(&pair, &keyring);
    // The thief holds the secret of `pair` and can write its tag and digest into the row of another access key.
    let forged = Credential::from((new_pair().access_key(), pair.clone().into_parts().1));
    let row_with = |tagged| row(8, RowState::Active(tagged), None);
    let proof = prove(Some(&row_with(kept.tagged)), &forged, &keyring);
    assert!(matches!(proof, Proof::Mismatch(DenyReason::WrongSecret)));

    let of_lost_pepper = ring(&[&lost]).tag(&pair);
    let Proof::NeedsDigest(needed) = prove(Some(&row_with(of_lost_pepper)), &forged, &keyring) else {
        panic!("the pepper is lost")
    };
    assert!(needed.check(&kept.digest, &keyring, &mut Hasher::new()).unwrap().is_none());
}

#[test]
fn a_tag_under_a_known_pepper_decides_alone_both_ways() {
    let keyring = ring(&[&new_pepper(), &new_pepper()]);
    let pair = new_pair();
    let wrong = Credential::from((pair.access_key(), new_pair().into_parts().1));
    for pepper in keyring.ids() {
        let tag = keyring.tag_under(pepper, &pair).unwrap();
        let row = row(7, RowState::Active(Tagged { tag, pepper }), None);
        assert!(matches!(prove(Some(&row), &pair, &keyring), Proof::Possession(_)));
        assert!(matches!(prove(Some(&row), &wrong, &keyring), Proof::Mismatch(DenyReason::WrongSecret)));
    }
}

#[test]
fn a_tag_matches_in_every_bit_or_not_at_all() {
    let keyring = ring(&[&new_pepper()]);
    let pair = new_pair();
    let Tagged { tag, pepper } = keyring.tag(&pair);
    for bit in 0..8 * Tag::LENGTH {
        let mut bytes = *tag.as_bytes();
        bytes.get_mut(bit / 8).map(|byte| *byte ^= 1 << (bit % 8)).unwrap();
        let changed = Tag::from_bytes(bytes);
        assert!(!tag.matches(&changed));
        let row = row(7, RowState::Active(Tagged { tag: changed, pepper }), None);
        assert!(matches!(prove(Some(&row), &pair, &keyring), Proof::Mismatch(DenyReason::WrongSecret)));
    }
    assert!(tag.matches(&Tag::from_bytes(*tag.as_bytes())));
}

// ---- the day a pepper is lost ---------------------------------------------------------------------------------------

#[test]
fn after_a_lost_pepper_the_digest_decides_once_and_the_new_tag_from_then_on() {
    let (lost, fresh) = (new_pepper(), new_pepper());
    let pair = new_pair();
    let kept = seal(&pair, &ring(&[&lost]));
    let keyring = ring(&[&fresh]);
    let before = row(7, RowState::Active(kept.tagged), None);
    let Proof::NeedsDigest(needed) = prove(Some(&before), &pair, &keyring) else {
        panic!("the pepper is lost")
    };
    let proof = needed.check(&kept.digest, &keyring, &mut Hasher::new()).unwrap().unwrap();
    assert_eq!(proof.new_tag.pepper, fresh.id());
    let verdict = judge(Some(&before), Some(&active_owner()), proof.possession, at(NOW));
    assert_eq!(reason(&verdict), None);

    let after = row(7, RowState::Active(proof.new_tag), None);
    assert!(matches!(prove(Some(&after), &pair, &keyring), Proof::Possession(_)));
    let wrong = Credential::from((pair.access_key(), new_pair().into_parts().1));
    assert!(matches!(prove(Some(&after), &wrong, &keyring), Proof::Mismatch(DenyReason::WrongSecret)));
}

#[test]
fn a_digest_of_another_secret_is_a_no_and_not_an_error() {
    let keyring = ring(&[&new_pepper()]);
    let pair = new_pair();
    let tagged = ring(&[&new_pepper()]).tag(&pair);
    let others: Digest = seal(&new_pair(), &keyring).digest;
    let Proof::NeedsDigest(needed) = prove(Some(&row(7, RowState::Inactive(tagged), None)), &pair, &keyring)
    else {
        panic!("the pepper is lost")
    };
    assert!(needed.check(&others, &keyring, &mut Hasher::new()).unwrap().is_none());
}

// ---- any row at all -------------------------------------------------------------------------------------------------

proptest! {
    #[test]
    fn no_stranger_gets_past_a_tag(
        row in strategies::verification_row(),
        pair in strategies::credential(),
        keyring in strategies::keyring(),
    ) {
        // The row's tag is random, so it is nobody's.
        match prove(Some(&row), &pair, &keyring) {
            Proof::Possession(_) => prop_assert!(false, "possession of nothing"),
            Proof::Mismatch(reason) => {
                let deleted = row.state.tagged().is_none();
                prop_assert_eq!(reason, if deleted { DenyReason::Deleted } else { DenyReason::WrongSecret });
            }
            Proof::NeedsDigest(needed) => {
                prop_assert_eq!(needed.key(), row.key);
                prop_assert!(!keyring.knows(row.state.tagged().unwrap().pepper));
            }
        }
        prop_assert!(matches!(prove(None, &pair, &keyring), Proof::Mismatch(DenyReason::UnknownKey)));
    }

    #[test]
    fn a_holder_is_judged_by_state_expiry_and_owner_alone(
        sealed in strategies::sealed(),
        row in strategies::verification_row(),
        owner in proptest::option::of(strategies::owner_row()),
        now in strategies::timestamp(),
    ) {
        let tagged = sealed.secret.tagged;
        let own = VerificationRow { state: RowState::Active(tagged), ..row };
        let evidence = possession(prove(Some(&own), &sealed.credential, &sealed.keyring));
        let later = VerificationRow {
            state: match row.state {
                RowState::Active(_) => RowState::Active(tagged),
                RowState::Inactive(_) => RowState::Inactive(tagged),
                RowState::Deleted => RowState::Deleted,
            },
            ..row
        };
        let good = matches!(later.state, RowState::Active(_))
            && later.expires_at.is_none_or(|expiry| now < expiry)
            && owner.is_some_and(|owner| owner.standing == OwnerStanding::Active);
        let verdict = judge(Some(&later), owner.as_ref(), evidence, now);
        prop_assert_eq!(matches!(verdict, Verdict::Allow(_)), good);
    }

    #[test]
    fn a_record_gives_the_row_it_is_verified_by(record in strategies::key_record()) {
        use keys_core::LifecycleState;

        let row = record.verification_row();
        let parts = record.parts();
        prop_assert_eq!(
            (row.key, row.owner, row.expires_at, row.revision),
            (parts.id, parts.owner, parts.expires_at, parts.revision)
        );
        let state = match row.state {
            RowState::Active(_) => LifecycleState::Active,
            RowState::Inactive(_) => LifecycleState::Inactive,
            RowState::Deleted => LifecycleState::Deleted,
        };
        prop_assert_eq!(state, parts.lifecycle.state());
        prop_assert_eq!(
            row.state.tagged().map(Tagged::to_string),
            parts.lifecycle.secret().map(|secret| secret.tagged.to_string())
        );
    }

    #[test]
    fn a_sealed_pair_verifies_by_tag_and_by_digest(sealed in strategies::sealed()) {
        let own = sealed.keyring.tag_under(sealed.secret.tagged.pepper, &sealed.credential).unwrap();
        prop_assert!(own.matches(&sealed.secret.tagged.tag));
        let material = sealed.credential.access_key().to_string() + sealed.credential.secret_key().expose();
        prop_assert!(Hasher::new().verify(&sealed.secret.digest, material.as_bytes()).unwrap());
        prop_assert_eq!(sealed.secret.digest.policy(), HashPolicy::DANGER_CHEAP_FOR_TESTS);
    }
}
