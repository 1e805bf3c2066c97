//! `/api/v1/me/password`: everybody may change their own password, for whoever set it knew it.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::response::Response;
use serde::Deserialize;
use store::user::User;
use utoipa::ToSchema;

use super::audit;
use super::session::{self, LoginBody, SessionView};
use crate::app::App;
use crate::auth::{Anybody, Credential, password};
use crate::extract::Body;
use crate::problem::{Problem, ProblemCode};

/// The present password and the next.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordBody {
    /// The present one.
    current: String,
    /// The next one.
    password: String,
}

/// Changes one's own password. All sessions end; this one goes on under a new cookie.
#[utoipa::path(put, path = "/me/password", tag = "session", request_body = PasswordBody,
    responses((status = 200, body = SessionView), (status = 400), (status = 401), (status = 429)))]
pub(crate) async fn change_password(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let Anybody(caller) = Anybody::from_request_parts(&mut parts, &app).await?;
    if !matches!(caller.credential, Credential::Session(_)) {
        return Err(Problem::bad_request("an API token has no password; ask an administrator for a new token"));
    }
    let (address, headers) = (app.client_address(&parts), parts.headers.clone());
    let Body(body) = Body::<PasswordBody>::from_request(Request::from_parts(parts, body), &app).await?;
    let claim = LoginBody { login: caller.login.clone(), password: body.current };
    let user = session::verified(&app, claim, address).await.map_err(|problem| match problem.is_login_failed() {
        true => Problem::bad_field("current", "is not your present password"),
        false => problem,
    })?;
    if let Some(reason) = password::fault_of(&body.password, &user.login) {
        return Err(Problem::bad_field("password", reason));
    }
    let password_hash = app.auth.hasher.hash(body.password).await.map_err(|error| Problem::internal(&error))?;
    let changing = Arc::clone(&app);
    let changed = app.tasks.spawn(async move {
        let mut tx = changing.db.write().await?;
        // An administrator may have changed the user meanwhile: only the password is ours.
        let before = store::user::user_by_login(&mut tx, &user.login).await?.ok_or_else(Problem::unauthenticated)?;
        if before.disabled || before.password_hash != user.password_hash {
            return Err(Problem::of(ProblemCode::ChangedMeanwhile, "the account was changed meanwhile; log in again"));
        }
        let user = User { password_hash, ..before };
        store::user::put_user(&mut tx, &user).await?;
        store::session::close_sessions_of(&mut tx, &user.login).await?;
        audit(&changing, &mut tx, &user.login, "password.change", &user.login).await?;
        tx.commit().await?;
        session::open(&changing, user, &headers).await
    });
    changed.await.unwrap_or_else(|error| Err(Problem::internal(&error)))
}
