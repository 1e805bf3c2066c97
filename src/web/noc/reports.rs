//! Reports of customers: runs over many of them, how far each is, and the files they made.

mod run;
pub(crate) mod standing;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use model::report::{Channel, DeliveryState, FileState, Format, Language};
use model::time::{Time, Window};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::Tx;
use store::report::delivery::{Delivery, deliveries_of_document, try_again};
use store::report::issue::{Document, document_by_id};
use store::report::{File, Run, file_by_id, files_page, run_by_id};
use utoipa::{IntoParams, ToSchema};

pub(crate) use run::*;

use super::Listing;
use crate::access::audit;
use crate::app::App;
use crate::auth::Staff;
use crate::board::query::BadCursor;
use crate::download::attachment;
use crate::extract::{Body, Params, Segment, page_limit};
use crate::problem::{Problem, ProblemCode};

/// Which files of a run.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FileQuery {
    /// `waiting`, `done` or `failed`; default all.
    state: Option<String>,
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// One file of a run.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportFile)]
pub(crate) struct FileView {
    /// Number; its download is `/reports/files/{id}`.
    id: String,
    /// Its run.
    run_id: String,
    /// Customer.
    customer_no: String,
    /// The customer's name when the run was made.
    customer_name: String,
    /// The month.
    #[schema(value_type = Object)]
    period: Window,
    /// `zh` or `en`.
    #[schema(value_type = String)]
    language: Language,
    /// `pdf`, `xlsx` or `csv`.
    #[schema(value_type = String)]
    format: Format,
    /// Revision of the report; 0 until it is made.
    revision: u32,
    /// `waiting`, `done` or `failed`.
    #[schema(value_type = String)]
    state: FileState,
    /// Why it failed; empty otherwise.
    error: String,
    /// Length; 0 until it is made.
    bytes: u64,
    /// SHA-256 in hex; empty until it is made.
    sha256: String,
    /// When it was issued, perhaps by an earlier run.
    #[schema(value_type = Option<String>, format = DateTime)]
    created_at: Option<Time>,
    /// The revision that it took the place of.
    supersedes: Option<u32>,
    /// Where it went.
    deliveries: Vec<DeliveryView>,
}

/// Where a file went.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportDelivery)]
pub(crate) struct DeliveryView {
    /// `portal`, `mail` or `sftp`.
    #[schema(value_type = String)]
    channel: Channel,
    /// `waiting`, `done` or `failed`.
    #[schema(value_type = String)]
    state: DeliveryState,
    /// When it came to that; while it waits: the next try.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// What the other side said last.
    receipt: String,
    /// The address or URL that it was sent to last; empty for the portal.
    place: String,
}

/// A way to try again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportSend)]
pub(crate) struct SendBody {
    /// `mail` or `sftp`.
    channel: String,
}

/// Files of a run, by customer.
#[utoipa::path(get, path = "/reports/runs/{id}/files", tag = "reports", params(("id" = i64, Path), FileQuery),
    responses((status = 200, body = Listing<FileView>), (status = 404)))]
pub(crate) async fn list_files(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(id): Segment<i64>,
    Params(query): Params<FileQuery>,
) -> Result<Json<Listing<FileView>>, Problem> {
    let limit = page_limit(query.limit)?;
    let read = |word: &str| {
        FileState::from_word(word).ok_or_else(|| Problem::bad_field("state", "is waiting, done or failed"))
    };
    let state = query.state.as_deref().filter(|word| !word.is_empty()).map(read).transpose()?;
    let after = query.cursor.as_deref().map_or(Ok(0), |cursor| cursor.parse().map_err(|_| BadCursor))?;
    let mut tx = app.db.read().await?;
    let run = run_by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let files = files_page(&mut tx, (id, state), after, u32::try_from(limit).unwrap_or(u32::MAX)).await?;
    let next = files.last().filter(|_| files.len() == limit).map(|last| last.id.to_string());
    let mut items = Vec::with_capacity(files.len());
    for file in files {
        items.push(FileView::read(&mut tx, &run, file).await?);
    }
    Ok(Json(Listing { items, next, total: None, as_of: app.clock.now() }))
}

/// A file of a run, as a download.
#[utoipa::path(get, path = "/reports/files/{id}", tag = "reports", params(("id" = i64, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404)))]
pub(crate) async fn fetch_file(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(id): Segment<i64>,
) -> Result<Response, Problem> {
    let mut tx = app.db.read().await?;
    let file = file_by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let document = document_by_id(&mut tx, file.document_id.ok_or_else(Problem::not_found)?).await?;
    drop(tx);
    app.fetch_document(&document.ok_or_else(Problem::not_found)?, &staff.login).await
}

/// Has a file sent again that was given up.
#[utoipa::path(post, path = "/reports/files/{id}/send", tag = "reports", params(("id" = i64, Path)),
    request_body = SendBody, responses((status = 204), (status = 400), (status = 404), (status = 409)))]
pub(crate) async fn send_again(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(id): Segment<i64>,
    Body(body): Body<SendBody>,
) -> Result<StatusCode, Problem> {
    let channel = Channel::from_word(&body.channel).filter(|channel| *channel != Channel::Portal);
    let channel = channel.ok_or_else(|| Problem::bad_field("channel", "is mail or sftp"))?;
    let mut tx = app.db.write().await?;
    let file = file_by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let document = file.document_id.ok_or_else(Problem::not_found)?;
    if !try_again(&mut tx, document, channel, app.clock.now()).await? {
        return Err(Problem::of(ProblemCode::StateForbids, "only a delivery that was given up is tried again"));
    }
    audit(&app, &mut tx, &staff.login, "report.send", &format!("{document} {channel}")).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

// === impl App ===

impl App {
    /// A document as it was issued, as a download. Who fetched it is noted.
    pub(crate) async fn fetch_document(&self, document: &Document, who: &str) -> Result<Response, Problem> {
        let content = self.report_content(&document.path, &document.sha256).await?;
        let mut tx = self.db.write().await?;
        audit(self, &mut tx, who, "report.fetch", &document.id.to_string()).await?;
        tx.commit().await?;
        let Document { customer_no, label, language, revision, format, .. } = document;
        let name = format!("{customer_no}-{label}-{language}-r{revision}.{format}");
        Ok(attachment(content, &name, format.media_type()))
    }
}

impl App {
    /// What lies below the folder of reports, if it is still what was written there.
    async fn report_content(&self, path: &str, sha256: &str) -> Result<Vec<u8>, Problem> {
        let path = self.settings.reports.join(path);
        let content = tokio::fs::read(&path).await.map_err(|error| Problem::internal(&error))?;
        if hex::encode(Sha256::digest(&content)) != sha256 {
            tracing::error!(path = %path.display(), "a report's file is not what was issued: put it back from a backup");
            return Err(Problem::failed());
        }
        Ok(content)
    }
}

// === impl FileView ===

impl FileView {
    async fn read(tx: &mut Tx, run: &Run, file: File) -> Result<Self, Problem> {
        let (mut document, mut deliveries) = (None, Vec::new());
        if let Some(id) = file.document_id {
            document = document_by_id(tx, id).await?;
            deliveries = deliveries_of_document(tx, id).await?;
        }
        let document = document.as_ref();
        Ok(FileView {
            id: file.id.to_string(),
            run_id: run.id.to_string(),
            customer_no: file.recipient.no,
            customer_name: file.recipient.name,
            period: run.period,
            language: run.language,
            format: file.format,
            revision: document.map_or(0, |document| document.revision),
            state: file.state,
            error: file.error,
            bytes: document.map_or(0, |document| document.bytes),
            sha256: document.map_or(String::new(), |document| document.sha256.clone()),
            created_at: document.map(|document| document.created_at),
            supersedes: document.and_then(Document::supersedes),
            deliveries: deliveries.into_iter().map(DeliveryView::of).collect(),
        })
    }
}

// === impl DeliveryView ===

impl DeliveryView {
    fn of(delivery: Delivery) -> Self {
        let Delivery { channel, state, at, receipt, place, .. } = delivery;
        DeliveryView { channel, state, at, receipt, place }
    }
}
