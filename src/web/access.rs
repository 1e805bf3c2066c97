//! Logging in and out, the first administrator, users and tokens, and the log of who did what.

pub(crate) mod log;
pub(crate) mod own;
pub(crate) mod session;
pub(crate) mod setup;
pub(crate) mod tokens;
pub(crate) mod users;

use serde::Serialize;
use store::Tx;
use store::audit::{AuditEntry, add_audit};

use crate::app::App;
use crate::problem::{FieldFault, Problem, ProblemCode};

/// Longest login.
const LOGIN_MAX: usize = 64;

/// Writes what somebody did, in the transaction that does it.
pub(crate) async fn audit(app: &App, tx: &mut Tx, who: &str, what: &str, object: &str) -> Result<(), Problem> {
    note(app, tx, [who, what, object], String::new()).await
}

/// The same with how the thing is now.
pub(crate) async fn audit_of(
    app: &App,
    tx: &mut Tx,
    who: &str,
    what: &str,
    object: &str,
    now: &impl Serialize,
) -> Result<(), Problem> {
    let detail = serde_json::to_string(now).map_err(|error| Problem::internal(&error))?;
    note(app, tx, [who, what, object], detail).await
}

async fn note(app: &App, tx: &mut Tx, [who, what, object]: [&str; 3], detail: String) -> Result<(), Problem> {
    let entry = AuditEntry {
        id: 0,
        at: app.clock.now(),
        who: who.to_owned(),
        what: what.to_owned(),
        object: object.to_owned(),
        detail,
    };
    add_audit(tx, &entry).await?;
    Ok(())
}

/// What is wrong with a new login.
pub(crate) fn login_fault(login: &str) -> Option<FieldFault> {
    let fine = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
    let ok = !login.is_empty() && login.chars().count() <= LOGIN_MAX && login.chars().all(fine);
    let reason = format!("must be 1 to {LOGIN_MAX} letters, digits, dots, dashes, underscores or @");
    (!ok).then(|| FieldFault { field: "login".to_owned(), reason })
}

impl From<store::StoreError> for Problem {
    fn from(error: store::StoreError) -> Self {
        match error {
            store::StoreError::Exists(what) => Problem::of(ProblemCode::Exists, format!("{what} exists already")),
            error if error.temporary() => {
                tracing::warn!(error = %error, "the store is away for the moment");
                Problem::busy("the database is away for the moment; try again")
            }
            error => Problem::internal(&error),
        }
    }
}
