//! Result codes of the interfaces (contract §2, A.1). A code is the answer's machine half;
//! the sentence beside it says what, where and what to do.

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal),* $(,)?) => {
        /// A result code; 0 is success.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum ResultCode { $($(#[$doc])* $name = $number),* }

        impl ResultCode {
            /// Every code, in order of number.
            pub const ALL: &'static [ResultCode] = &[$(ResultCode::$name),*];

            /// The number on the wire.
            pub const fn number(self) -> u16 {
                match self { $(ResultCode::$name => $number),* }
            }
        }
    };
}

codes! {
    /// Done.
    Ok = 0,
    /// Failed for a reason no other code names.
    General = 1,
    /// The service has no such operation.
    UnknownOperation = 1001,
    /// The XML is malformed or breaks a limit other than size.
    BadXml = 1002,
    /// A mandatory field is absent.
    MissingField = 1003,
    /// A field's value is not allowed.
    BadValue = 1004,
    /// The message is over a size limit.
    TooLarge = 1005,
    /// `serCaller` is not a configured peer.
    UnknownCaller = 2001,
    /// `callerPwd` is wrong.
    BadPassword = 2002,
    /// The peer may not call this from here.
    NotAllowed = 2003,
    /// `callTime` is too far from our clock.
    StaleCallTime = 2004,
    /// `msgId` was used before with another body.
    ReplayedMsgId = 2005,
    /// The thing named does not exist.
    NotFound = 3001,
    /// The thing exists already.
    Duplicate = 3002,
    /// The request contradicts what is held.
    Conflict = 3003,
    /// The parent of the row is absent.
    ParentAbsent = 3004,
    /// The state of the thing forbids it.
    StateForbids = 3005,
    /// The filter cannot be parsed.
    FilterSyntax = 4001,
    /// The filter names an unknown field.
    FilterField = 4002,
    /// The filter compares unlike types.
    FilterType = 4003,
    /// The filter is over its limits.
    FilterTooComplex = 4004,
    /// The file site refused our login.
    FtpLogin = 5001,
    /// The file does not exist.
    NoSuchFile = 5002,
    /// The file's digest differs from its control file.
    Checksum = 5003,
    /// The file's rows differ in number from its control file.
    CountMismatch = 5004,
    /// The file's form is wrong.
    FileFormat = 5005,
    /// No space is left.
    NoSpace = 5006,
    /// The task exists already.
    TaskExists = 6001,
    /// There is no such task.
    UnknownTask = 6002,
    /// The object cannot be measured.
    ObjectUnsupported = 6003,
    /// The parameter cannot be measured.
    ParameterUnsupported = 6004,
    /// A limit on tasks is reached.
    TaskLimit = 6005,
    /// The e-ops system refused.
    EomsRefused = 7001,
    /// Our own mistake.
    Internal = 9001,
    /// Overloaded; try again later.
    Busy = 9002,
    /// A system behind us is down.
    DownstreamDown = 9003,
    /// A system behind us did not answer in time.
    Timeout = 9004,
}

impl std::fmt::Display for ResultCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.number())
    }
}
