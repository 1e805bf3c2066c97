//! `/api/v1/session`: log in, who am I, log out.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use store::session::NewSession;
use store::user::User;
use utoipa::ToSchema;

use super::audit;
use crate::app::App;
use crate::auth::{Anybody, COOKIE, Caller, Credential, credential_of, csrf, secret};
use crate::extract::Body;
use crate::problem::Problem;

/// Characters of the browser's name that are kept.
const USER_AGENT_MAX: usize = 200;

/// Login and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginBody {
    /// Login.
    pub(super) login: String,
    /// Password.
    pub(super) password: String,
}

/// Who is logged in.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub(crate) struct SessionView {
    /// Login.
    login: String,
    /// `admin`, `noc` or `customer`.
    role: String,
    /// Customer, for that role.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_no: Option<String>,
    /// Name to show.
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    /// `zh` or `en`.
    #[serde(skip_serializing_if = "String::is_empty")]
    language: String,
}

/// Logs in: sets the session cookie.
#[utoipa::path(post, path = "/session", tag = "session", request_body = LoginBody,
    responses((status = 200, body = SessionView), (status = 401), (status = 429)))]
pub(crate) async fn log_in(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    csrf::check(&parts, csrf::Marker::Optional)?;
    let address = app.client_address(&parts);
    let headers = parts.headers.clone();
    let Body(body) = Body::<LoginBody>::from_request(Request::from_parts(parts, body), &app).await?;
    let user = verified(&app, body, address).await?;
    // The client may go away: the session is then opened all the same, or not at all.
    let opening = Arc::clone(&app);
    let opened = app.tasks.spawn(async move { open(&opening, user, &headers).await });
    opened.await.unwrap_or_else(|error| Err(Problem::internal(&error)))
}

/// The user, if the password is right. Whoever else asks gets one answer after one amount of work.
pub(super) async fn verified(app: &App, body: LoginBody, address: IpAddr) -> Result<User, Problem> {
    let login = body.login.trim().to_owned();
    if let Some(wait) = app.auth.throttle.wait(&login, address, Instant::now()) {
        return Err(Problem::too_many(wait));
    }
    let mut tx = app.db.read().await?;
    let user = store::user::user_by_login(&mut tx, &login).await?;
    drop(tx);
    let stored = user.as_ref().map(|user| user.password_hash.clone());
    let right = app.auth.hasher.verify(body.password, stored).await;
    match user.filter(|user| right && !user.disabled) {
        Some(user) => {
            app.auth.throttle.succeeded(&login);
            Ok(user)
        }
        None => {
            app.auth.throttle.failed(&login, address, Instant::now());
            app.metrics.logins_failed.inc();
            tracing::info!(client.address = %address, "a login failed");
            Err(Problem::login_failed())
        }
    }
}

/// A new session in place of the one that the request came with.
pub(super) async fn open(app: &App, user: User, headers: &HeaderMap) -> Result<Response, Problem> {
    let value = secret::fresh();
    let now = app.clock.now();
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let session = NewSession {
        id_sha256: secret::digest(&value),
        login: &user.login,
        created_at: now,
        expires_at: now.plus_ms(app.span_ms(app.settings.session_max_s)),
        user_agent: agent.get(..agent.len().min(USER_AGENT_MAX)).unwrap_or_default(),
    };
    let mut tx = app.db.write().await?;
    // A session that the browser had before ends: its id is never taken over.
    if let Some(Credential::Session(before)) = credential_of(headers) {
        store::session::close_session(&mut tx, &before).await?;
    }
    store::session::open_session(&mut tx, &session).await?;
    audit(app, &mut tx, &user.login, "session.open", &user.login).await?;
    tx.commit().await?;
    app.auth.forget();
    let view = SessionView {
        login: user.login,
        role: user.role.word().to_owned(),
        customer_no: user.customer_no,
        name: user.name,
        language: user.language,
    };
    let mut response = Json(view).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie(app, &value, app.settings.session_max_s)?);
    Ok(response)
}

/// Who is logged in; 204 if the request names nobody.
#[utoipa::path(get, path = "/session", tag = "session",
    responses((status = 200, body = SessionView), (status = 204), (status = 401)))]
pub(crate) async fn show_session(headers: HeaderMap, caller: Result<Anybody, Problem>) -> Result<Response, Problem> {
    // A page asks before it knows: a browser would log every 401 as an error.
    if credential_of(&headers).is_none() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let Anybody(caller) = caller?;
    Ok(Json(SessionView::of(&caller)).into_response())
}

/// Logs out: the session ends on the server, live streams included.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204), (status = 401)))]
pub(crate) async fn log_out(State(app): State<Arc<App>>, Anybody(caller): Anybody) -> Result<Response, Problem> {
    let Credential::Session(digest) = caller.credential else {
        return Err(Problem::bad_request("an API token is revoked by an administrator, not logged out"));
    };
    let closing = Arc::clone(&app);
    let closed = app.tasks.spawn(async move {
        let mut tx = closing.db.write().await?;
        store::session::close_session(&mut tx, &digest).await?;
        audit(&closing, &mut tx, &caller.login, "session.close", &caller.login).await?;
        tx.commit().await?;
        closing.auth.forget();
        Ok::<_, Problem>(())
    });
    closed.await.unwrap_or_else(|error| Err(Problem::internal(&error)))?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie(&app, "", 0)?);
    Ok(response)
}

// === impl SessionView ===

impl SessionView {
    fn of(caller: &Caller) -> Self {
        SessionView {
            login: caller.login.clone(),
            role: caller.role.word().to_owned(),
            customer_no: caller.customer_no.clone(),
            name: caller.name.clone(),
            language: caller.language.clone(),
        }
    }
}

fn cookie(app: &App, value: &str, max_age_s: i64) -> Result<HeaderValue, Problem> {
    let secure = if app.settings.tls { "; Secure" } else { "" };
    let text = format!("{COOKIE}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).map_err(|error| Problem::internal(&error))
}
