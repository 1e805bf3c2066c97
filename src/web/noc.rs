//! What the NOC asks and does. One resource a file; all of it needs a staff role.

use model::time::Time;
use serde::Serialize;
use utoipa::ToSchema;

use crate::board::query::{BadCursor, Page};
use crate::problem::Problem;

pub(crate) mod alarm;
pub(crate) mod alarms;
pub(crate) mod circuits;
pub(crate) mod corrections;
pub(crate) mod credits;
pub(crate) mod customers;
pub(crate) mod delays;
pub(crate) mod events;
pub(crate) mod explain;
pub(crate) mod faults;
pub(crate) mod loads;
pub(crate) mod measuring;
pub(crate) mod path;
pub(crate) mod performance;
pub(crate) mod plans;
pub(crate) mod pm_day;
pub(crate) mod protections;
pub(crate) mod qos;
pub(crate) mod quarantine;
pub(crate) mod reports;
pub(crate) mod search;
pub(crate) mod sla;
pub(crate) mod sources;
pub(crate) mod thresholds;
pub(crate) mod tickets;
pub(crate) mod timeline;
pub(crate) mod urgent;
pub(crate) mod versions;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listing<T> {
    /// Rows.
    pub(crate) items: Vec<T>,
    /// Cursor of the next page; null = this is the last.
    pub(crate) next: Option<String>,
    /// Rows in all, where that is known without counting them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total: Option<u32>,
    /// When this was the case.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) as_of: Time,
}

// === impl Listing ===

impl<T> Listing<T> {
    pub(crate) fn of(page: Page<T>, as_of: Time) -> Self {
        Listing { items: page.items, next: page.next, total: page.total, as_of }
    }

    /// A list that has only one page.
    pub(crate) fn whole(items: Vec<T>, as_of: Time) -> Self {
        let total = u32::try_from(items.len()).ok();
        Listing { items, next: None, total, as_of }
    }
}

impl From<BadCursor> for Problem {
    fn from(error: BadCursor) -> Self {
        Problem::bad_field("cursor", error.to_string())
    }
}
