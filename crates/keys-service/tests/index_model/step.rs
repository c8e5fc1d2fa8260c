//! The steps of the protocol, for the trace.

use std::fmt;

use crate::rules::KEY;
use crate::state::Rev;

/// A step, for the trace.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    Begin,
    Hide(Rev),
    CommitVisible(Rev),
    CommitDurable(Rev),
    RolledBack,
    OutcomeUnknown,
    ReadAgain { happened: bool },
    Publish(Rev),
    Release(Rev),
    Crash,
    ToldAlready(usize, Rev),
    Refused(usize, Rev),
    LoadRow(usize, Rev),
    LoadRevision(Rev),
    Join(Rev),
    Land(usize, Rev),
    Drop,
    Admit,
    Evict(usize),
    FillBegins,
    FillReads(Rev),
    FillLands,
    FillRefused,
    FillEnds,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |object: &usize| if *object == KEY { "key" } else { "owner" };
        match self {
            Self::Begin => f.write_str("begin"),
            Self::Hide(to) => write!(f, "the writer begins a batch up to revision {to}"),
            Self::CommitVisible(to) => write!(f, "the commit of revision {to} becomes visible"),
            Self::CommitDurable(to) => write!(f, "revision {to} is on the disk"),
            Self::RolledBack => f.write_str("the batch is rolled back"),
            Self::OutcomeUnknown => f.write_str("the outcome of the commit is unknown"),
            Self::ReadAgain { happened: true } => f.write_str("the store is read again: it happened"),
            Self::ReadAgain { happened: false } => f.write_str("the store is read again: it did not happen"),
            Self::Publish(rev) => write!(f, "revision {rev} is published"),
            Self::Release(rev) => write!(f, "the answer of revision {rev} is released"),
            Self::Crash => f.write_str("the process ends and starts again"),
            Self::ToldAlready(object, rev) => {
                write!(
                    f,
                    "another caller is told that the {} is inactive already, since revision {rev}",
                    name(object)
                )
            }
            Self::Refused(object, rev) => {
                write!(f, "a request is refused by the {}'s revision {rev}", name(object))
            }
            Self::LoadRow(object, rev) => write!(f, "a load reads the {} as of revision {rev}", name(object)),
            Self::LoadRevision(rev) => write!(f, "the load reads the store's revision, {rev}"),
            Self::Join(told) => write!(f, "a request joins the load after revision {told} was told"),
            Self::Land(object, rev) => write!(f, "the load lands the {} as of revision {rev}", name(object)),
            Self::Drop => f.write_str("the load is dropped"),
            Self::Admit => f.write_str("the load is found fit to land"),
            Self::Evict(object) => write!(f, "the {} leaves the index", name(object)),
            Self::FillBegins => f.write_str("a filling begins"),
            Self::FillReads(rev) => write!(f, "the filling reads the key as of revision {rev}"),
            Self::FillLands => f.write_str("the filling lands the key, or finds it there"),
            Self::FillRefused => f.write_str("the filling may not land the key"),
            Self::FillEnds => f.write_str("the filling ends"),
        }
    }
}
