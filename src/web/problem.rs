//! Errors as RFC 9457 problem documents. A handler returns a [`Problem`]; the frame around all
//! handlers ([`crate::frame`]) writes the body, because it knows the request's id.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use intake::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong, for whom asked. It never names what is inside: no SQL, path or version.
#[derive(Clone, Debug)]
pub struct Problem {
    code: ProblemCode,
    detail: Cow<'static, str>,
    errors: Vec<FieldFault>,
    retry_after_s: Option<u64>,
}

/// What kind of problem it is, as a word for programs: a page says it in its reader's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The request cannot be read or has a value that is none.
    BadRequest,
    /// Fields of the request are wrong; `errors` names them.
    BadFields,
    /// Nobody is logged in.
    Unauthenticated,
    /// Login or password is wrong.
    LoginFailed,
    /// The role does not allow it.
    Forbidden,
    /// A change that did not come from our own pages.
    NotOurPage,
    /// There is no such thing, or it is somebody else's.
    NotFound,
    /// The path does not take the method.
    MethodNotAllowed,
    /// The body is no JSON.
    UnsupportedMediaType,
    /// The body is too large.
    TooLarge,
    /// The body did not arrive in time.
    Timeout,
    /// It exists already.
    Exists,
    /// The state of the thing does not allow it.
    StateForbids,
    /// Another person must decide about one's own proposal.
    OwnProposal,
    /// It was changed meanwhile.
    ChangedMeanwhile,
    /// An administrator would lock themselves out.
    LockOut,
    /// The same number came before with other content.
    Replayed,
    /// Too many failed tries, or too many streams.
    TooMany,
    /// Too much at once, stopping, or without the database: later it may work.
    Busy,
    /// The service failed.
    Internal,
}

/// One field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldFault {
    /// Field.
    pub field: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

/// The document.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem)]
pub struct ProblemDocument<'a> {
    /// Kind of problem; `about:blank` = the status says it.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The status in words.
    pub title: &'a str,
    /// HTTP status.
    pub status: u16,
    /// What kind of problem it is, for programs.
    pub code: ProblemCode,
    /// What happened and what to do.
    pub detail: &'a str,
    /// Id of the request, as in the log.
    pub request_id: &'a str,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub errors: &'a [FieldFault],
}

// === impl Problem ===

impl Problem {
    fn new(code: ProblemCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Problem { code, detail: detail.into(), errors: Vec::new(), retry_after_s: None }
    }

    /// 400.
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ProblemCode::BadRequest, detail)
    }

    /// 400 for one field.
    pub fn bad_field(field: &str, reason: impl Into<String>) -> Self {
        Self::bad_fields(vec![FieldFault { field: field.to_owned(), reason: reason.into() }])
    }

    /// 400 for several fields at once.
    pub fn bad_fields(errors: Vec<FieldFault>) -> Self {
        Problem { errors, ..Self::new(ProblemCode::BadFields, "some fields are wrong; see errors") }
    }

    /// 401.
    pub fn unauthenticated() -> Self {
        Self::new(ProblemCode::Unauthenticated, "log in, or send a valid API token")
    }

    /// 401 after a failed login: the same for an unknown user, a wrong password and a disabled user.
    pub fn login_failed() -> Self {
        Self::new(ProblemCode::LoginFailed, "login or password is wrong")
    }

    /// It is [`Self::login_failed`].
    pub(crate) fn is_login_failed(&self) -> bool {
        self.code == ProblemCode::LoginFailed
    }

    /// 403.
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ProblemCode::Forbidden, detail)
    }

    /// 404: the same for what does not exist and for what belongs to somebody else.
    pub fn not_found() -> Self {
        Self::new(ProblemCode::NotFound, "there is no such thing here")
    }

    /// A kind that has no constructor of its own.
    pub fn of(code: ProblemCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(code, detail)
    }

    /// 429.
    pub fn too_many(wait: std::time::Duration) -> Self {
        let seconds = wait.as_secs() + 1;
        let detail = format!("too many failed tries; try again in {seconds} seconds");
        Problem { retry_after_s: Some(seconds), ..Self::new(ProblemCode::TooMany, detail) }
    }

    /// 503.
    pub fn busy(detail: impl Into<Cow<'static, str>>) -> Self {
        Problem { retry_after_s: Some(2), ..Self::new(ProblemCode::Busy, detail) }
    }

    /// 500; the cause goes to the log, not to the client.
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        let mut chain = cause.to_string();
        let mut source = cause.source();
        while let Some(inner) = source {
            chain.push_str(": ");
            chain.push_str(&inner.to_string());
            source = inner.source();
        }
        tracing::error!(error = %chain, "a request failed");
        Self::failed()
    }

    /// 500; the caller has logged why.
    pub(crate) fn failed() -> Self {
        Self::new(ProblemCode::Internal, "the service failed; the log has the details under this request id")
    }

    /// The response with its document.
    pub(crate) fn render(&self, request_id: &str) -> Response {
        let document = ProblemDocument {
            kind: "about:blank",
            title: self.code.status().canonical_reason().unwrap_or("Error"),
            status: self.code.status().as_u16(),
            code: self.code,
            detail: &self.detail,
            request_id,
            errors: &self.errors,
        };
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (self.code.status(), [(header::CONTENT_TYPE, kind)], body).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

// === impl ProblemCode ===

impl ProblemCode {
    /// The status that it is answered with.
    const fn status(self) -> StatusCode {
        match self {
            ProblemCode::BadRequest | ProblemCode::BadFields => StatusCode::BAD_REQUEST,
            ProblemCode::Unauthenticated | ProblemCode::LoginFailed => StatusCode::UNAUTHORIZED,
            ProblemCode::Forbidden | ProblemCode::NotOurPage | ProblemCode::OwnProposal => StatusCode::FORBIDDEN,
            ProblemCode::NotFound => StatusCode::NOT_FOUND,
            ProblemCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            ProblemCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ProblemCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ProblemCode::Timeout => StatusCode::REQUEST_TIMEOUT,
            ProblemCode::Exists
            | ProblemCode::StateForbids
            | ProblemCode::ChangedMeanwhile
            | ProblemCode::LockOut
            | ProblemCode::Replayed => StatusCode::CONFLICT,
            ProblemCode::TooMany => StatusCode::TOO_MANY_REQUESTS,
            ProblemCode::Busy => StatusCode::SERVICE_UNAVAILABLE,
            ProblemCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Busy | Refusal::Stopping | Refusal::Storage => Self::busy(refusal.to_string()),
            Refusal::NotFound(_) | Refusal::UnknownTask(_) => Self::not_found(),
            Refusal::Replayed => Self::of(ProblemCode::Replayed, refusal.to_string()),
            Refusal::StateForbids(_) | Refusal::Conflict(_) => Self::of(ProblemCode::StateForbids, refusal.to_string()),
            Refusal::BadValue(_) | Refusal::ParentAbsent(_) => Self::bad_request(refusal.to_string()),
        }
    }
}
