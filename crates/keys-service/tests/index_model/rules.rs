//! The rules that can be switched off, and the scenes they are tried in.

/// Every rule of the protocol that the enumeration can switch off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Hide,
    CommitOrder,
    Floor,
    OneSnapshot,
    OneStep,
    JoinersUseLanded,
    Forget,
    ToldAfterPublication,
    AnswersWaitForDisk,
    RowsNotVerdicts,
    HiddenIsNoAbsence,
    LossEndsCompleteness,
    FillingReadsAgain,
}

impl Rule {
    pub(crate) const ALL: [Self; 13] = [
        Self::Hide,
        Self::CommitOrder,
        Self::Floor,
        Self::OneSnapshot,
        Self::OneStep,
        Self::JoinersUseLanded,
        Self::Forget,
        Self::ToldAfterPublication,
        Self::AnswersWaitForDisk,
        Self::RowsNotVerdicts,
        Self::HiddenIsNoAbsence,
        Self::LossEndsCompleteness,
        Self::FillingReadsAgain,
    ];

    pub(crate) fn says(self) -> &'static str {
        match self {
            Self::Hide => "what changes is hidden before the commit",
            Self::CommitOrder => "one writer publishes, in commit order",
            Self::Floor => "a load lands only if its shard published nothing later",
            Self::OneSnapshot => "a load reads row and revision in one snapshot",
            Self::OneStep => "check and landing are one step",
            Self::JoinersUseLanded => "who joined a load uses only what landed",
            Self::Forget => "after an unknown outcome everything is forgotten",
            Self::ToldAfterPublication => "\"already inactive\" waits for publication",
            Self::AnswersWaitForDisk => "answers wait for the disk",
            Self::RowsNotVerdicts => "rows are kept, never verdicts",
            Self::HiddenIsNoAbsence => "a hidden key is not an unknown one",
            Self::LossEndsCompleteness => "a shard that lost an entry is not complete",
            Self::FillingReadsAgain => "a filling reads refused rows again",
        }
    }
}

/// The rules that are on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    off: Option<Rule>,
}

impl Rules {
    pub(crate) const ALL: Self = Self { off: None };

    pub(crate) fn without(rule: Rule) -> Self {
        Self { off: Some(rule) }
    }

    pub(crate) fn on(self, rule: Rule) -> bool {
        self.off != Some(rule)
    }
}

/// What a change is of: the key, or its owner.
pub(crate) const KEY: usize = 0;
pub(crate) const OWNER: usize = 1;

/// A history to run through, and who takes part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    /// Whether key and owner are active at revision 0.
    pub(crate) initial: [bool; 2],
    /// The change that makes revision 1, 2, …: of what, and whether it is active afterwards.
    pub(crate) history: &'static [(usize, bool)],
    /// What each of the loads that may be under way at once is of.
    pub(crate) loads: &'static [usize],
    /// Whether the index is filled, so that shards can be complete.
    pub(crate) filled: bool,
}

pub(crate) const SCENES: [Scene; 3] = [
    Scene {
        name: "one key, four changes, two loads",
        initial: [false, true],
        history: &[(KEY, true), (KEY, false), (KEY, true), (KEY, false)],
        loads: &[KEY, KEY],
        filled: false,
    },
    Scene {
        name: "key and owner, four changes, a load of each",
        initial: [true, true],
        history: &[(OWNER, false), (KEY, false), (OWNER, true), (KEY, true)],
        loads: &[KEY, OWNER],
        filled: false,
    },
    Scene {
        name: "a filling, three changes, one load",
        initial: [true, true],
        history: &[(KEY, false), (KEY, true), (KEY, false)],
        loads: &[KEY],
        filled: true,
    },
];
