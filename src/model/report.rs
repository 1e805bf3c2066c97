//! Reports for customers: the words of their runs, files and deliveries.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// Where a run of reports stands.
    RunState {
        /// Waits for its turn.
        Queued = "queued",
        /// Being made, one customer after the other.
        Running = "running",
        /// Every customer is done or failed.
        Done = "done",
        /// Stopped by a person; what is made stays, and it can be taken up again.
        Cancelled = "cancelled",
    }
}

words! {
    /// Where a standing report stands.
    StandingState {
        /// Waits for its turn.
        Queued = "queued",
        /// Being made, one circuit after the other.
        Running = "running",
        /// Its files are there.
        Done = "done",
        /// Could not be made.
        Failed = "failed",
        /// Stopped by a person.
        Cancelled = "cancelled",
    }
}

words! {
    /// Where one file of a run stands.
    FileState {
        /// To be made.
        Waiting = "waiting",
        /// Made, or the same as the last one that was issued.
        Done = "done",
        /// Could not be made.
        Failed = "failed",
    }
}

words! {
    /// What a report is written as.
    Format {
        /// For reading and signing.
        Pdf = "pdf",
        /// For spreadsheets.
        Xlsx = "xlsx",
        /// For programs.
        Csv = "csv",
    }
}

words! {
    /// The language of a report.
    Language {
        /// Chinese.
        Zh = "zh",
        /// English.
        En = "en",
    }
}

words! {
    /// The way on which a report leaves.
    Channel {
        /// The customer fetches it.
        Portal = "portal",
        /// It is sent by mail.
        Mail = "mail",
        /// It is put on an SFTP site.
        Sftp = "sftp",
    }
}

words! {
    /// Where a delivery stands.
    DeliveryState {
        /// To be sent, perhaps again.
        Waiting = "waiting",
        /// The other side has it.
        Delivered = "done",
        /// Given up.
        Failed = "failed",
    }
}

// === impl Format ===

impl Format {
    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Format::Pdf => "application/pdf",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Csv => "text/csv; charset=utf-8",
        }
    }
}
