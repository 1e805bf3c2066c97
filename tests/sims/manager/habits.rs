//! How reliable a manager is. The default is an honest one.

use super::probes::DelayHabit;
use crate::files::FileFault;

/// Ways to misbehave, all off by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Habits {
    /// It reports nothing, answers nothing and forgets to tell later.
    pub silent: bool,
    /// It holds its reports back.
    pub stalled: bool,
    /// Every n-th batch is sent twice under one notification number; 0 = never.
    pub repeat_every: u32,
    /// Reports inside a batch are in another order than they happened.
    pub shuffled: bool,
    /// Its alarms have no ids on the wire and in its lists.
    pub nameless: bool,
    /// Largest batch; 0 = the default of 100.
    pub batch: usize,
    /// How long the files that it is asked for stay, in milliseconds of the clock; `None`: for ever. With 0 the next
    /// one is never whole.
    pub files_live_ms: Option<i64>,
    /// What it does when asked for a delay test.
    pub delay: DelayHabit,
    /// What it does when asked for its list.
    pub sync: SyncHabit,
}

/// What a manager does when asked for its list of active alarms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyncHabit {
    /// The list as it is; of an ATM manager always in its answer.
    #[default]
    Honest,
    /// The list as it is, in the answer.
    Inline,
    /// Something is wrong with the file.
    Fault(FileFault),
    /// The notice promises this many alarms more than there are.
    WrongCount(u64),
    /// An empty list, called complete.
    Empty,
    /// Half of the list, called complete.
    Half,
    /// It says no.
    Refused,
    /// It says yes and then that it failed.
    Failed,
    /// It says yes and is never heard of again.
    Forgotten,
    /// It tells twice that the list is ready.
    Twice,
    /// It takes its time, in milliseconds of the clock.
    Late(i64),
}
