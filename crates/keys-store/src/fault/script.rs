//! What is to go wrong, and when.

use crate::error::BackendErrorKind;
use crate::fault::hold::{Gate, Moment};

/// The calls that can be made to fail: every method of [`KeyStore`](crate::KeyStore) and
/// [`LogInStore`](crate::LogInStore) that can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the method of its name")]
pub enum Call {
    Commit,
    ReplaceTag,
    EraseReceiptSecret,
    SweepReceipts,
    Barrier,
    LoadKey,
    LoadOwner,
    LoadKeys,
    StoredSecret,
    Key,
    Keys,
    Environment,
    Environments,
    Account,
    Accounts,
    Member,
    Membership,
    Members,
    Memberships,
    KeysMadeBy,
    Setting,
    Peppers,
    Audit,
    Receipt,
    Head,
    Password,
    Passwords,
    PasswordNamed,
    Session,
    Device,
    Devices,
    Note,
}

impl Call {
    /// Every call.
    pub const ALL: [Self; 32] = [
        Self::Commit,
        Self::ReplaceTag,
        Self::EraseReceiptSecret,
        Self::SweepReceipts,
        Self::Barrier,
        Self::LoadKey,
        Self::LoadOwner,
        Self::LoadKeys,
        Self::StoredSecret,
        Self::Key,
        Self::Keys,
        Self::Environment,
        Self::Environments,
        Self::Account,
        Self::Accounts,
        Self::Member,
        Self::Membership,
        Self::Members,
        Self::Memberships,
        Self::KeysMadeBy,
        Self::Setting,
        Self::Peppers,
        Self::Audit,
        Self::Receipt,
        Self::Head,
        Self::Password,
        Self::Passwords,
        Self::PasswordNamed,
        Self::Session,
        Self::Device,
        Self::Devices,
        Self::Note,
    ];

    /// Whether it changes something.
    #[must_use]
    pub const fn writes(self) -> bool {
        matches!(
            self,
            Self::Commit | Self::ReplaceTag | Self::EraseReceiptSecret | Self::SweepReceipts | Self::Note
        )
    }
}

/// Which calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Calls {
    /// All of them.
    All,
    /// Those that change something.
    Writes,
    /// Those that do not.
    Reads,
    /// This one only.
    Only(Call),
}

impl Calls {
    const fn include(self, call: Call) -> bool {
        match self {
            Self::All => true,
            Self::Writes => call.writes(),
            Self::Reads => !call.writes(),
            Self::Only(only) => only as u8 == call as u8,
        }
    }
}

/// What goes wrong. A call that changes nothing simply fails, whichever it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Before anything is done or told: the answer is [`CommitError::Failed`](crate::CommitError::Failed).
    Failed(BackendErrorKind),
    /// After hiding: the changes are rolled back and revealed, the answer is
    /// [`CommitError::Failed`](crate::CommitError::Failed).
    RolledBack(BackendErrorKind),
    /// At the commit: the answer is [`CommitError::Unknown`](crate::CommitError::Unknown). The listener is told to
    /// forget and, once the store has been read again, to resume.
    Unknown {
        /// Whether the changes happened all the same. If they are refused, the answer is the refusal.
        happened: bool,
    },
}

impl Fault {
    pub(super) const fn kind(self) -> BackendErrorKind {
        match self {
            Self::Failed(kind) | Self::RolledBack(kind) => kind,
            Self::Unknown { .. } => BackendErrorKind::Other,
        }
    }
}

/// What is still to happen.
#[derive(Debug, Default)]
pub(super) struct Script {
    steps: Vec<Step>,
    broken: Option<BackendErrorKind>,
    calls: u64,
}

#[derive(Debug)]
struct Step {
    calls: Calls,
    /// How many of these calls still pass.
    pass: u64,
    effect: Effect,
}

#[derive(Debug)]
pub(super) enum Effect {
    Fault(Fault),
    Hold(Gate),
}

/// What is to happen to one call.
#[derive(Debug, Default)]
pub(super) struct Due {
    pub(super) fault: Option<Fault>,
    pub(super) holds: Vec<Gate>,
}

impl Due {
    pub(super) fn pass(&self, moment: Moment) {
        self.holds.iter().for_each(|gate| gate.pass(moment));
    }
}

impl Script {
    pub(super) fn add(&mut self, calls: Calls, pass: u64, effect: Effect) {
        self.steps.push(Step { calls, pass, effect });
    }

    pub(super) const fn set_broken(&mut self, broken: Option<BackendErrorKind>) {
        self.broken = broken;
    }

    pub(super) const fn calls(&self) -> u64 {
        self.calls
    }

    /// Counts a call and says what is to happen to it. Of several faults that are due at once, the first given wins.
    pub(super) fn next(&mut self, call: Call) -> Due {
        self.calls += 1;
        let mut due = Due { fault: self.broken.map(Fault::Failed), holds: Vec::new() };
        let now = |step: &mut Step| {
            let counts = step.calls.include(call);
            let now = counts && step.pass == 0;
            step.pass = step.pass.saturating_sub(u64::from(counts));
            now
        };
        for step in self.steps.extract_if(.., now) {
            match step.effect {
                Effect::Fault(fault) => due.fault = due.fault.or(Some(fault)),
                Effect::Hold(gate) => due.holds.push(gate),
            }
        }
        due
    }
}
