//! Figures as this room answers them: [`figures::Figures`] reads and computes, this adds what is kept
//! beside it.
//!
//! - [`budget`]: what is left of each circuit's promise, kept on the board beside the pipeline
//! - [`ribbon`]: a ledger cut into the days of a calendar
//! - [`words`]: the accounting method in two languages

use std::collections::HashMap;
use std::sync::Arc;

use engine::period::PeriodError;
use figures::Dossier;
use model::time::Time;
use parking_lot::Mutex;

use crate::app::App;
use crate::problem::Problem;

pub(crate) mod budget;
pub(crate) mod ribbon;
pub(crate) mod words;

/// Ribbons remembered.
const RIBBONS_MAX: usize = 4_000;

/// Ribbons computed a moment ago, by circuit code and number of days.
#[derive(Default)]
pub(crate) struct RibbonShelf {
    ribbons: Mutex<HashMap<(String, u32), HeldRibbon>>,
}

/// A ribbon and when it was computed.
type HeldRibbon = (Time, Arc<Vec<ribbon::Day>>);

// === impl RibbonShelf ===

impl RibbonShelf {
    /// A ribbon not older than `since`.
    pub(crate) fn ribbon(&self, code: &str, days: u32, since: Time) -> Option<Arc<Vec<ribbon::Day>>> {
        let held = self.ribbons.lock();
        let (at, ribbon) = held.get(&(code.to_owned(), days))?;
        (*at >= since).then(|| Arc::clone(ribbon))
    }

    pub(crate) fn keep_ribbon(&self, code: &str, days: u32, at: Time, ribbon: Arc<Vec<ribbon::Day>>) {
        let mut held = self.ribbons.lock();
        if held.len() >= RIBBONS_MAX {
            held.clear();
        }
        held.insert((code.to_owned(), days), (at, ribbon));
    }

    /// The circuit's facts changed.
    pub(crate) fn forget(&self, code: &str) {
        let mut held = self.ribbons.lock();
        if !held.is_empty() {
            held.retain(|(circuit, _), _| circuit != code);
        }
    }
}

// === impl App ===

impl App {
    /// Everything known of a circuit that bears on time from `since` on; `None` if there is no such circuit.
    pub(crate) async fn dossier(&self, code: &str, since: Time) -> Result<Option<Dossier>, Problem> {
        let read = async {
            let mut tx = self.db.read().await?;
            self.figures.dossier(&mut tx, &self.board.network(), code, since).await
        };
        Ok(self.db.together(read).await?)
    }

    /// The same for a request: unknown is 404.
    pub(crate) async fn known_dossier(&self, code: &str, since: Time) -> Result<Dossier, Problem> {
        self.dossier(code, since).await?.ok_or_else(Problem::not_found)
    }
}

impl From<PeriodError> for Problem {
    fn from(error: PeriodError) -> Self {
        Problem::bad_field("period", error.to_string())
    }
}

/// Runs a computation of milliseconds beside the runtime.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(&error))
}
