//! How reliable an OMC is. The default is an honest one.

/// Ways to misbehave, all off by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Habits {
    /// It lets nobody in.
    pub refusing_login: bool,
    /// It numbers messages and does not send them.
    pub losing: bool,
    /// It sends every message twice.
    pub repeating: bool,
    /// It hears nothing that is said to it: heartbeats and requests.
    pub deaf: bool,
    /// It refuses to send messages again.
    pub refusing_messages: bool,
    /// It says that it will send messages again and does not.
    pub forgetting_messages: bool,
    /// What it does when asked for its list.
    pub list: ListHabit,
}

/// What an OMC does when asked for its list of active alarms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListHabit {
    /// The list as it is, in a zip.
    #[default]
    Zip,
    /// The same in a gzip.
    Gzip,
    /// The same unpacked.
    Plain,
    /// Unpacked, without its second half.
    PlainHalf,
    /// A zip without its second half.
    Truncated,
    /// A file is announced that never comes.
    Missing,
    /// The file comes so much later than its announcement, in milliseconds of the clock.
    Late(i64),
    /// It says no.
    Refused,
    /// It says yes and then that it failed.
    Failed,
}
