//! The first administrator, made once with the secret that the first start printed.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{FromRequest, Request, State};
use http::StatusCode;
use serde::Deserialize;
use store::user::{Role, User};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use super::{audit, login_fault};
use crate::app::App;
use crate::auth::{csrf, password, secret};
use crate::extract::Body;
use crate::problem::{FieldFault, Problem};

/// Who the attempts to guess the secret count for.
const THROTTLED_AS: &str = "\u{0}setup";

/// The secret and the administrator to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetupBody {
    /// The secret that the first start printed.
    secret: String,
    /// Login.
    login: String,
    /// Password.
    password: String,
}

/// Makes the first administrator; 404 once that is done.
#[utoipa::path(post, path = "/setup", tag = "session", request_body = SetupBody,
    responses((status = 201), (status = 400), (status = 404)))]
pub(crate) async fn set_up(State(app): State<Arc<App>>, request: Request) -> Result<StatusCode, Problem> {
    let (parts, body) = request.into_parts();
    csrf::check(&parts, csrf::Marker::Optional)?;
    let address = app.client_address(&parts);
    let Body(body) = Body::<SetupBody>::from_request(Request::from_parts(parts, body), &app).await?;
    if let Some(wait) = app.auth.throttle.wait(THROTTLED_AS, address, Instant::now()) {
        return Err(Problem::too_many(wait));
    }
    let mut tx = app.db.read().await?;
    let expected = store::user::setup_secret(&mut tx).await?.ok_or_else(Problem::not_found)?;
    drop(tx);
    let told = secret::digest(body.secret.trim());
    if !bool::from(told.as_slice().ct_eq(expected.as_slice())) {
        app.auth.throttle.failed(THROTTLED_AS, address, Instant::now());
        return Err(Problem::bad_field("secret", "is not the one that the first start printed"));
    }
    check(&body)?;
    let password_hash = app.auth.hasher.hash(body.password).await.map_err(|error| Problem::internal(&error))?;
    let user = User {
        login: body.login,
        role: Role::Admin,
        customer_no: None,
        name: String::new(),
        language: String::new(),
        password_hash,
        disabled: false,
        created_at: app.clock.now(),
    };
    let adding = Arc::clone(&app);
    let added = app.tasks.spawn(async move {
        let mut tx = adding.db.write().await?;
        // Two at the same time: the second finds the secret gone.
        store::user::setup_secret(&mut tx).await?.ok_or_else(Problem::not_found)?;
        store::user::add_user(&mut tx, &user).await?;
        store::user::end_setup(&mut tx).await?;
        audit(&adding, &mut tx, &user.login, "setup.done", &user.login).await?;
        Ok::<_, Problem>(tx.commit().await?)
    });
    added.await.unwrap_or_else(|error| Err(Problem::internal(&error)))?;
    Ok(StatusCode::CREATED)
}

fn check(body: &SetupBody) -> Result<(), Problem> {
    let mut faults: Vec<FieldFault> = login_fault(&body.login).into_iter().collect();
    if let Some(reason) = password::fault_of(&body.password, &body.login) {
        faults.push(FieldFault { field: "password".to_owned(), reason });
    }
    if faults.is_empty() { Ok(()) } else { Err(Problem::bad_fields(faults)) }
}
