//! What each class of a circuit carried, asked of its IP manager at once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use futures_util::future::BoxFuture;
use model::probe::{Direction, QosClass, QosQuestion};
use model::source::SourceId;
use model::time::{Time, Window};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::Staff;
use crate::extract::{Params, Segment};
use crate::problem::{Problem, ProblemCode};

/// Longest stretch.
const STRETCH_MS_MAX: i64 = 31 * 86_400_000;

/// Asks an IP manager; what it says.
pub type AskQos = Arc<dyn Fn(QosQuestion) -> BoxFuture<'static, Result<Vec<QosClass>, QosFailure>> + Send + Sync>;

/// Why a manager did not say.
#[derive(Clone, Debug, thiserror::Error)]
pub enum QosFailure {
    /// It does not want to; its words.
    #[error("{0}")]
    Refused(String),
    /// It cannot be reached, or gave no answer.
    #[error("{0}")]
    Silent(String),
}

/// Which stretch.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct QosQuery {
    /// `in` or `out`.
    direction: String,
    /// Begin, RFC 3339.
    from: String,
    /// End, RFC 3339; at most 31 days later.
    to: String,
    /// IP manager; may be absent where there is only one.
    source: Option<String>,
}

/// What the classes of a circuit carried.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CircuitQos)]
pub(crate) struct QosView {
    /// Circuit.
    circuit_code: String,
    /// IP manager.
    #[schema(value_type = String)]
    source: SourceId,
    /// `in` or `out`.
    #[schema(value_type = String)]
    direction: Direction,
    /// Begin.
    #[schema(value_type = String, format = DateTime)]
    from: Time,
    /// End.
    #[schema(value_type = String, format = DateTime)]
    to: Time,
    /// Classes, as the manager orders them.
    classes: Vec<QosClassView>,
}

/// A class.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = QosClass)]
pub(crate) struct QosClassView {
    /// Its name at the manager.
    class_name: String,
    /// What is committed to it.
    committed_kbps: Option<u64>,
    /// What it carried.
    octets: Option<u64>,
    /// What it carried of what is committed, in percent; above 100 where it may borrow.
    share_pct: Option<f64>,
}

/// What each class of a circuit carried in a stretch of time, asked of its IP manager.
#[utoipa::path(get, path = "/circuits/{code}/qos", tag = "circuits", params(("code" = String, Path), QosQuery),
    responses((status = 200, body = QosView), (status = 400), (status = 404), (status = 409), (status = 503)))]
pub(crate) async fn show_qos(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(code): Segment<String>,
    Params(query): Params<QosQuery>,
) -> Result<Json<QosView>, Problem> {
    app.known_circuit(&code)?;
    let source = app.ip_manager(query.source.as_deref())?;
    let direction = Direction::from_word(&query.direction);
    let direction = direction.ok_or_else(|| Problem::bad_field("direction", "must be in or out"))?;
    let window = query.window()?;
    let question = QosQuestion { source: source.clone(), circuit_code: code.clone(), direction, window };
    let classes = (app.ask_qos)(question).await.map_err(|failure| match failure {
        QosFailure::Refused(_) => Problem::of(ProblemCode::StateForbids, format!("{source}: {failure}")),
        QosFailure::Silent(_) => Problem::busy(format!("{source}: {failure}")),
    })?;
    let class = |class: QosClass| QosClassView {
        class_name: class.class_name,
        committed_kbps: class.committed_kbps,
        octets: class.octets,
        share_pct: class.share_pct,
    };
    let classes = classes.into_iter().map(class).collect();
    Ok(Json(QosView { circuit_code: code, source, direction, from: window.start, to: window.end, classes }))
}

// === impl QosQuery ===

impl QosQuery {
    fn window(&self) -> Result<Window, Problem> {
        let time = |field: &'static str, text: &str| {
            Time::parse(text).map_err(|_| Problem::bad_field(field, "must be a time such as 2026-11-07T08:00:00Z"))
        };
        let (from, to) = (time("from", &self.from)?, time("to", &self.to)?);
        if from >= to || to.since(from) > STRETCH_MS_MAX {
            return Err(Problem::bad_field("to", "must be after from, at most 31 days"));
        }
        Ok(Window::new(from, to))
    }
}
