//! The contract of [`KeyStore`] as tests, for everyone who writes a store.
//!
//! [`conformance_tests!`](crate::conformance_tests) makes one test of every case:
//!
//! ```
//! # mod tests {
//! use keys_store::{MemoryStore, conformance_tests};
//!
//! conformance_tests!(memory, MemoryStore::new);
//! # }
//! ```
//!
//! A case takes an empty store and panics when a promise is broken. No case sleeps or measures time; those about
//! readers and writers at the same time give threads a chance to collide, and say so when they did.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a case is a test: it panics when a promise is broken"
)]

pub mod audit;
pub mod commits;
pub mod environment_pages;
pub mod keys;
pub mod listener;
pub mod loads;
pub mod log_in;
pub mod many;
pub mod members;
pub mod owners;
pub mod pages;
pub mod receipts;
pub mod reopen;
pub mod requirements;
pub mod sample;
pub mod settings;
pub mod tags;

use crate::store::KeyStore;

/// A store to be tested, with what has to live as long as it: a directory, a server.
///
/// Every store is one, and so is a pair of a store and anything else. The store is dropped first.
pub trait Fixture {
    /// The store.
    fn store(&self) -> &dyn KeyStore;
}

impl<S: KeyStore> Fixture for S {
    fn store(&self) -> &dyn KeyStore {
        self
    }
}

impl<S: KeyStore, Kept> Fixture for (S, Kept) {
    fn store(&self) -> &dyn KeyStore {
        &self.0
    }
}

/// Makes a module of tests, one for every case of the [suite](crate::conformance).
///
/// - `conformance_tests!(name, || fixture)` for any store. The closure makes a [`Fixture`]: an empty store, or an empty store
///   and what must outlive it.
/// - `conformance_tests!(name, || fixture, reopen: |fixture| fixture)` for one that outlives its process. The second closure
///   drops the store and opens it again at the same place.
///
/// The closures see what the module around the call sees.
#[macro_export]
macro_rules! conformance_tests {
    ($name:ident, $make:expr) => {
        mod $name {
            use super::*;

            $crate::conformance_tests! { @all $make }
        }
    };
    ($name:ident, $make:expr, reopen: $reopen:expr) => {
        mod $name {
            use super::*;

            $crate::conformance_tests! { @all $make }
            $crate::conformance_tests! { @reopen $make, $reopen =>
                reopen_keeps_what_was_acknowledged
                reopen_keeps_a_replaced_tag
                reopen_keeps_receipts_and_what_was_erased
                reopen_keeps_sessions_that_have_not_ended
                a_reopened_store_goes_on_where_it_was
            }
        }
    };
    (@all $make:expr) => {
        $crate::conformance_tests! { @cases $make =>
            keys::an_inserted_key_is_found_as_it_was_given
            keys::a_key_may_begin_inactive
            keys::optional_fields_stay_as_they_were_given
            keys::second_insert_is_refused_and_changes_nothing
            keys::an_access_key_is_taken_for_ever
            keys::a_key_of_an_owner_that_does_not_exist_is_refused
            keys::an_update_is_kept_with_the_next_revision
            keys::update_with_stale_revision_is_a_conflict
            keys::update_with_a_future_revision_is_a_conflict
            keys::update_of_a_missing_key_is_not_found
            keys::update_of_what_never_changes_is_not_found
            keys::a_deleted_key_stays_deleted
            keys::a_record_in_any_state_round_trips
            keys::names_survive_quotes_backslashes_and_emoji
            keys::empty_text_and_no_text_stay_apart
            keys::times_at_both_ends_round_trip
            keys::reach_of_another_owner_finds_nothing
            owners::an_account_round_trips
            owners::accounts_are_listed_in_pages
            owners::an_account_in_any_state_round_trips
            owners::an_account_update_that_does_not_fit_is_refused
            owners::an_environment_in_any_state_round_trips
            owners::a_second_uuid_is_refused_and_changes_nothing
            owners::an_environment_update_with_stale_revision_is_a_conflict
            owners::an_environment_update_of_what_never_changes_is_not_found
            owners::environments_are_listed_in_pages
            owners::reach_of_another_owner_finds_no_environment
            owners::ids_come_from_one_counter_for_each_family
            owners::the_standing_of_an_owner_follows_its_state
            members::a_member_is_kept_until_it_is_removed
            members::a_member_that_cannot_be_is_refused_and_changes_nothing
            members::a_member_update_that_does_not_fit_is_refused
            members::members_are_listed_in_pages
            members::a_founder_joins_the_environment_of_the_same_commit
            members::what_an_account_is_a_member_of_is_listed
            members::an_account_reaches_the_environments_it_is_a_member_of
            members::an_event_names_a_member_with_account_and_role
            members::the_members_that_were_read_can_be_required
            members::keys_are_found_by_who_made_them
            requirements::an_administrator_who_can_enter_can_be_required
            requirements::another_administrator_is_required_while_access_control_is_on
            requirements::a_setting_can_be_required_to_be_as_it_was_read
            requirements::memberships_can_be_required_to_be_as_they_were_read
            requirements::an_account_can_be_required_not_to_be_removed
            requirements::each_of_several_requirements_must_hold
            requirements::a_caller_stands_while_nothing_of_it_was_taken_away
            settings::a_setting_is_absent_until_it_is_put
            settings::the_last_value_of_a_setting_is_kept
            settings::setting_values_survive_quotes_nul_and_emoji
            settings::peppers_are_kept_in_the_order_they_came
            settings::a_second_pepper_is_refused_and_changes_nothing
            commits::no_changes_are_no_commit
            commits::revisions_grow_by_one_with_every_change
            commits::a_refused_change_undoes_the_whole_commit
            commits::each_change_sees_those_before_it
            commits::a_key_may_belong_to_an_owner_of_the_same_commit
            commits::ids_are_never_given_twice
            commits::an_empty_store_can_be_required
            commits::an_active_key_can_be_required
            commits::a_required_key_may_expire_later
            commits::n_writers_with_retry_lose_no_update
            commits::one_of_many_gets_an_access_key
            commits::readers_see_whole_commits_only
            pages::every_order_sorts_by_value_and_then_by_id
            pages::text_is_sorted_by_bytes
            pages::a_record_present_throughout_is_paged_exactly_once
            pages::a_page_says_whether_there_is_more
            pages::no_page_is_longer_than_the_most
            pages::a_cursor_of_another_order_shows_nothing
            pages::a_cursor_need_not_name_a_record
            pages::a_place_in_one_state_leads_to_the_keys_of_another
            pages::state_filters_show_what_they_say
            pages::filters_hold_together
            pages::a_list_stays_within_its_reach
            environment_pages::environments_sort_by_value_and_then_by_id
            environment_pages::names_of_environments_are_sorted_by_bytes
            environment_pages::an_environment_present_throughout_is_paged_exactly_once
            environment_pages::a_cursor_of_another_order_shows_no_environment
            environment_pages::a_cursor_need_not_name_an_environment
            environment_pages::filters_of_environments_hold_together
            environment_pages::no_page_of_environments_is_longer_than_the_most
            loads::a_loaded_row_is_the_records
            loads::an_unknown_access_key_loads_nothing_at_the_stores_revision
            loads::loads_carry_the_snapshots_revision
            loads::keys_are_loaded_in_pages_without_the_deleted
            tags::a_replaced_tag_is_no_change_of_the_key
            tags::a_tag_that_is_another_is_not_replaced
            tags::a_key_without_a_tag_gets_none
            tags::an_update_keeps_the_tag_that_came_between
            tags::one_of_many_replaces_a_tag
            receipts::a_receipt_is_found_as_it_was_given
            receipts::a_receipt_of_another_is_not_found
            receipts::a_second_receipt_of_a_name_is_refused_and_changes_nothing
            receipts::a_refused_commit_leaves_no_receipt
            receipts::the_secret_of_a_receipt_is_erased_once
            receipts::a_deleted_key_takes_the_secret_of_its_receipt_with_it
            receipts::a_refused_delete_leaves_the_secret_of_the_receipt
            receipts::a_removed_environment_leaves_its_receipts
            receipts::receipts_are_swept_by_their_age
            receipts::one_sweep_takes_so_many_and_the_oldest_first
            receipts::one_of_many_gets_a_receipt
            log_in::a_password_in_any_state_round_trips
            log_in::a_first_password_is_of_the_account_of_the_same_commit
            log_in::a_second_password_is_refused_and_changes_nothing
            log_in::a_password_update_that_does_not_fit_is_refused
            log_in::passwords_are_listed_in_pages
            log_in::passwords_are_numbered_with_the_keys
            log_in::a_digest_is_replaced_by_comparing
            log_in::a_session_is_found_until_it_ends
            log_in::a_session_is_found_by_its_whole_hash
            log_in::sessions_end_as_they_are_meant
            log_in::a_session_that_does_not_fit_is_refused
            log_in::sessions_end_with_the_change_that_ends_them
            log_in::a_session_can_require_the_password_that_was_compared
            log_in::a_use_of_a_session_never_goes_back
            log_in::a_device_is_remembered
            log_in::the_devices_of_an_account_are_listed
            log_in::an_unlock_is_an_event_and_nothing_else
            log_in::sessions_and_devices_of_an_account_are_bounded
            log_in::what_ended_by_time_is_forgotten
            log_in::no_session_of_an_old_password_survives_its_change
            audit::audit_events_are_linked_from_the_first_row
            audit::every_write_says_whose_and_what_it_is
            audit::a_record_leads_back_through_its_events
            audit::an_event_keeps_its_circumstances
            audit::an_event_keeps_any_action
            audit::audit_events_are_read_in_pages
            audit::the_head_knows_the_latest_time_of_any_change
            listener::the_listener_hears_hide_then_publish_before_the_answer
            listener::what_is_published_of_a_key_is_what_is_loaded
            listener::what_is_published_of_an_owner_is_what_is_loaded
            listener::a_setting_is_published_with_its_revision
            listener::a_batch_that_touches_no_row_is_told_too
            listener::a_batch_names_each_thing_once_as_it_was_left
            listener::a_refused_commit_publishes_nothing
            listener::a_replaced_tag_is_told_at_the_old_revision
            listener::a_new_listener_takes_the_place_of_the_old
            listener::batches_are_told_in_commit_order
            listener::nothing_is_seen_before_it_is_hidden
            listener::no_answer_is_given_before_it_is_published
            listener::a_barrier_waits_until_what_is_seen_is_published
        }
    };
    (@cases $make:expr => $($group:ident::$case:ident)*) => {
        $(
            #[test]
            fn $case() {
                let fixture = ($make)();
                $crate::conformance::$group::$case($crate::conformance::Fixture::store(&fixture));
            }
        )*
    };
    (@reopen $make:expr, $reopen:expr => $($case:ident)*) => {
        $(
            #[test]
            fn $case() {
                $crate::conformance::reopen::$case(($make)(), $reopen);
            }
        )*
    };
}
