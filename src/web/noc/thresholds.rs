//! Thresholds over performance data: the list, adding, changing and removing one. Each change is in the audit log.

pub(crate) mod preview;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use model::alarm::Severity;
use model::pm::Granularity;
use model::threshold::{Direction, Threshold, ThresholdKey};
use model::time::Time;
use serde::{Deserialize, Serialize};
use store::StoreError;
use store::performance::threshold::{
    THRESHOLDS_MAX, add_threshold, drop_threshold, put_threshold, threshold_by_id, thresholds,
};
use utoipa::ToSchema;

use super::Listing;
use crate::access::audit_of;
use crate::app::App;
use crate::auth::Staff;
use crate::extract::{Body, Segment};
use crate::problem::{FieldFault, Problem, ProblemCode};

/// A threshold.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Threshold)]
pub(crate) struct ThresholdView {
    /// Number.
    id: String,
    /// Service type of the circuits that it is for; empty = any.
    service_type: String,
    /// Service level of the circuits; empty = any.
    service_level: String,
    /// Customer whose circuits these are, or those of its child customers; empty = any.
    customer_no: String,
    /// Name of that customer, where it is held.
    customer_name: String,
    /// Parameter.
    param: String,
    /// Length of the periods, in seconds.
    granularity_s: u32,
    /// `above` or `below`.
    #[schema(value_type = String)]
    direction: Direction,
    /// A value at or beyond it speaks for a crossing.
    set: f64,
    /// A value at it or on its other side speaks for the end of one.
    reset: f64,
    /// So many periods must speak …
    needed: u32,
    /// … of so many that follow each other.
    of: u32,
    /// 1 critical, 2 major, 3 minor, 4 warning, 0 indeterminate.
    #[schema(value_type = u8)]
    severity: Severity,
    /// It judges. One that does not takes the place of those that it overrides.
    enabled: bool,
    /// Where it comes from.
    note: String,
    /// Periods that begin before are not judged by it.
    #[schema(value_type = String, format = DateTime)]
    since: Time,
    /// Login of who made or changed it last; empty = it came with the program.
    changed_by: String,
}

/// A threshold to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ThresholdBody {
    /// Service type of the circuits that it is for; empty = any.
    #[serde(default)]
    service_type: String,
    /// Service level of the circuits; empty = any.
    #[serde(default)]
    service_level: String,
    /// Customer whose circuits these are, or those of its child customers; empty = any.
    #[serde(default)]
    customer_no: String,
    /// Parameter, as files name it.
    param: String,
    /// Length of the periods in seconds, up to 86,400; default 900.
    #[serde(default = "quarter")]
    granularity_s: u32,
    /// `above` or `below`.
    #[schema(value_type = String)]
    direction: Direction,
    /// A value at or beyond it speaks for a crossing.
    set: f64,
    /// A value at it or on its other side speaks for the end of one.
    reset: f64,
    /// So many periods must speak; default 1.
    #[serde(default = "one")]
    needed: u32,
    /// Of so many that follow each other, up to 32; default 1.
    #[serde(default = "one")]
    of: u32,
    /// Severity of the alarm: 1 critical, 2 major, 3 minor, 4 warning, 0 indeterminate.
    #[schema(value_type = u8)]
    severity: Severity,
    /// It judges; default true.
    #[serde(default = "yes")]
    enabled: bool,
    /// Where it comes from; up to 500 characters.
    #[serde(default)]
    note: String,
}

/// What the audit log keeps of a change.
#[derive(Serialize)]
struct Changed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'a Threshold>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'a Threshold>,
}

/// Thresholds by parameter.
#[utoipa::path(get, path = "/thresholds", tag = "circuits",
    responses((status = 200, body = Listing<ThresholdView>)))]
pub(crate) async fn list_thresholds(
    State(app): State<Arc<App>>,
    _staff: Staff,
) -> Result<Json<Listing<ThresholdView>>, Problem> {
    let all = thresholds(&mut app.db.read().await?).await?;
    Ok(Json(Listing::whole(all.into_iter().map(|one| ThresholdView::of(one, &app)).collect(), app.clock.now())))
}

/// Adds a threshold. It judges periods that begin from now on.
#[utoipa::path(post, path = "/thresholds", tag = "circuits", request_body = ThresholdBody,
    responses((status = 201, body = ThresholdView), (status = 400), (status = 409)))]
pub(crate) async fn make_threshold(
    State(app): State<Arc<App>>,
    staff: Staff,
    Body(body): Body<ThresholdBody>,
) -> Result<(StatusCode, Json<ThresholdView>), Problem> {
    let wanted = body.checked((&app, &staff.login))?;
    let mut tx = app.db.write().await?;
    if thresholds(&mut tx).await?.len() >= THRESHOLDS_MAX {
        let said = format!("there are {THRESHOLDS_MAX} thresholds, and no more are taken; remove some");
        return Err(Problem::of(ProblemCode::StateForbids, said));
    }
    let added = add_threshold(&mut tx, &wanted).await.map_err(exists)?;
    let changed = Changed { before: None, after: Some(&added) };
    audit_of(&app, &mut tx, &staff.login, "threshold.add", &added.id.to_string(), &changed).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(ThresholdView::of(added, &app))))
}

/// Changes a threshold. Alarms that it raised end now; from now on it judges by the new values.
#[utoipa::path(put, path = "/thresholds/{id}", tag = "circuits", params(("id" = i64, Path)), request_body = ThresholdBody,
    responses((status = 200, body = ThresholdView), (status = 400), (status = 404), (status = 409)))]
pub(crate) async fn change_threshold(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(id): Segment<i64>,
    Body(body): Body<ThresholdBody>,
) -> Result<Json<ThresholdView>, Problem> {
    let wanted = Threshold { id, ..body.checked((&app, &staff.login))? };
    let mut tx = app.db.write().await?;
    let before = threshold_by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let after = put_threshold(&mut tx, &wanted).await.map_err(exists)?;
    let changed = Changed { before: Some(&before), after: Some(&after) };
    audit_of(&app, &mut tx, &staff.login, "threshold.change", &id.to_string(), &changed).await?;
    tx.commit().await?;
    Ok(Json(ThresholdView::of(after, &app)))
}

/// Removes a threshold. Alarms that it raised end now.
#[utoipa::path(delete, path = "/thresholds/{id}", tag = "circuits", params(("id" = i64, Path)),
    responses((status = 204), (status = 404)))]
pub(crate) async fn remove_threshold(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(id): Segment<i64>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.db.write().await?;
    let before = threshold_by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    drop_threshold(&mut tx, id).await?;
    let changed = Changed { before: Some(&before), after: None };
    audit_of(&app, &mut tx, &staff.login, "threshold.remove", &id.to_string(), &changed).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn exists(error: StoreError) -> Problem {
    match error {
        StoreError::Exists(_) => Problem::of(
            ProblemCode::Exists,
            "there is a threshold for these circuits, this parameter, period and direction already: change that one",
        ),
        other => other.into(),
    }
}

// === impl ThresholdBody ===

impl ThresholdBody {
    /// The threshold, if it is right.
    fn checked(self, (app, who): (&App, &str)) -> Result<Threshold, Problem> {
        let threshold = Threshold {
            id: 0,
            version: 0,
            key: ThresholdKey {
                service_type: self.service_type.trim().to_owned(),
                service_level: self.service_level.trim().to_owned(),
                customer_no: self.customer_no.trim().to_owned(),
                param: self.param.trim().to_owned(),
                granularity: Granularity(self.granularity_s),
                direction: self.direction,
            },
            set: self.set,
            reset: self.reset,
            needed: self.needed,
            of: self.of,
            severity: self.severity,
            enabled: self.enabled,
            note: self.note,
            since: app.clock.now(),
            changed_by: who.to_owned(),
        };
        let mut faults = threshold.faults();
        let customer = &threshold.key.customer_no;
        if !customer.is_empty() && app.board.inventory().customer_ix(customer).is_none() {
            faults.push(("customerNo", "is no customer that is held".to_owned()));
        }
        if faults.is_empty() {
            return Ok(threshold);
        }
        let fault = |(field, reason): (&str, String)| FieldFault { field: field.to_owned(), reason };
        Err(Problem::bad_fields(faults.into_iter().map(fault).collect()))
    }
}

const fn quarter() -> u32 {
    Granularity::M15.0
}

const fn one() -> u32 {
    1
}

const fn yes() -> bool {
    true
}

// === impl ThresholdView ===

impl ThresholdView {
    pub(crate) fn of(threshold: Threshold, app: &App) -> Self {
        let ThresholdKey { service_type, service_level, customer_no, param, granularity, direction } = threshold.key;
        let inventory = app.board.inventory();
        let customer = inventory.customer_ix(&customer_no).and_then(|ix| inventory.customer(ix));
        ThresholdView {
            id: threshold.id.to_string(),
            customer_name: customer.map_or_else(String::new, |customer| customer.name.to_owned()),
            service_type,
            service_level,
            customer_no,
            param,
            granularity_s: granularity.0,
            direction,
            set: threshold.set,
            reset: threshold.reset,
            needed: threshold.needed,
            of: threshold.of,
            severity: threshold.severity,
            enabled: threshold.enabled,
            note: threshold.note,
            since: threshold.since,
            changed_by: threshold.changed_by,
        }
    }
}
