//! What was not taken, and why. Each is counted by sender and reason, so that what was sent is what was
//! kept and what was counted.

use std::net::IpAddr;

use model::time::Time;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $word:literal),* $(,)?) => {
        /// Why a datagram was not taken.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason { $($(#[$doc])* $name),* }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Reason] = &[$(Reason::$name),*];

            /// Its word, for counters.
            pub const fn word(self) -> &'static str {
                match self { $(Reason::$name => $word),* }
            }
        }
    };
}

reasons! {
    /// The address may not send to us.
    Address = "address",
    /// It is forwarded for a device that nobody configured.
    Device = "device",
    /// It is no SNMP message.
    Malformed = "malformed",
    /// It is a message of another kind: a request, a response.
    NoNotification = "no_notification",
    /// The community is none of ours.
    Community = "community",
    /// The user is none of ours.
    User = "user",
    /// The user must prove or encrypt more than this.
    SecurityLevel = "security_level",
    /// The digest does not prove the user.
    Digest = "digest",
    /// It is older than its sender's clock allows: perhaps recorded.
    TimeWindow = "time_window",
    /// It cannot be decrypted.
    Decryption = "decryption",
    /// Its sender does not know our engine or its clock yet: how every conversation of version 3 begins.
    Discovery = "discovery",
    /// Too much waited, most of it of this sender.
    QueueFull = "queue_full",
    /// The system had no more room in the socket's buffer; nobody knows whose they were.
    SocketFull = "socket_full",
}

/// A datagram that was not taken.
#[derive(Clone, Copy, Debug)]
pub struct Dropped<'a> {
    /// Address it came from; `None` where nobody knows.
    pub from: Option<IpAddr>,
    /// Why.
    pub reason: Reason,
    /// When it was received.
    pub at: Time,
    /// Its bytes; none where only a number is known. They may hold a community.
    pub bytes: &'a [u8],
    /// How many.
    pub count: u64,
}

/// Takes note of what was not taken.
pub trait Drops: Send + Sync {
    /// Takes note at once: it is called by the thread that reads the socket.
    fn note(&self, dropped: &Dropped<'_>);
}
