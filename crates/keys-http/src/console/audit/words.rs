//! Actions in words.

use keys_core::Action;

/// What was done.
pub(super) const fn said(action: Action) -> &'static str {
    match action {
        Action::CreateAccount => "Person added",
        Action::EditAccount => "Person edited",
        Action::ActivateAccount => "Person activated",
        Action::DeactivateAccount => "Person deactivated",
        Action::RemoveAccount => "Person removed",
        Action::PromoteAccount => "Made an administrator",
        Action::DemoteAccount => "Administrator no longer",
        Action::CreateEnvironment => "Environment added",
        Action::EditEnvironment => "Environment edited",
        Action::ActivateEnvironment => "Environment activated",
        Action::DeactivateEnvironment => "Environment deactivated",
        Action::RemoveEnvironment => "Environment removed",
        Action::RestoreEnvironment => "Environment restored",
        Action::AddMember => "Member added",
        Action::ChangeMember => "Role of a member changed",
        Action::RemoveMember => "Member removed",
        Action::IssueKey => "Key added",
        Action::ImportKey => "Key imported",
        Action::EditKey => "Key edited",
        Action::ActivateKey => "Key activated",
        Action::DeactivateKey => "Key deactivated",
        Action::DeleteKey => "Key deleted",
        Action::SetPassword => "Password set",
        Action::ChangePassword => "Log-in changed",
        Action::RemovePassword => "Password removed",
        Action::BeginSession => "Logged in",
        Action::EndSession => "Session ended",
        Action::ChangeSetting => "Setting changed",
        Action::UnlockAccount => "Log-in unlocked",
        Action::AddPepper => "Pepper added",
        // What is done for the first time has its own name until it gets words here.
        other => other.as_str(),
    }
}

/// What the word before the point of an action is about.
pub(super) fn kind(word: &str) -> &str {
    match word {
        "account" => "People",
        "environment" => "Environments",
        "member" => "Members",
        "key" => "Keys",
        "password" => "Passwords",
        "session" => "Sessions",
        "setting" => "Settings",
        "pepper" => "Peppers",
        other => other,
    }
}

/// The word before the point of an action.
pub(super) fn kind_of(action: Action) -> &'static str {
    let text = action.as_str();
    text.split_once('.').map_or(text, |(kind, _)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_words_of_its_own_and_a_kind() {
        let mut all: Vec<&str> = Action::ALL.iter().map(|action| said(*action)).collect();
        for action in Action::ALL {
            assert_ne!(said(*action), action.as_str(), "has no words yet");
            assert_ne!(kind(kind_of(*action)), kind_of(*action), "{action} is of no kind yet");
        }
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), Action::ALL.len());
    }
}
