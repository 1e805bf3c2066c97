//! API tokens: shown once, kept as digests, always with an end.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use model::time::Time;
use serde::{Deserialize, Serialize};
use store::token::{NewToken, Token};
use utoipa::ToSchema;

use super::{audit, users};
use crate::app::App;
use crate::auth::{Admin, secret};
use crate::extract::{Body, PAGE_MAX, Segment};
use crate::noc::Listing;
use crate::problem::{FieldFault, Problem};

/// Longest life of a token.
const DAYS_MAX: i64 = 366;
/// Longest name.
const NAME_MAX: usize = 100;

/// A token, without its value.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Token)]
pub(crate) struct TokenView {
    /// Number.
    id: i64,
    /// What it is for.
    name: String,
    /// `admin`, `noc` or `customer`.
    role: String,
    /// Customer, for that role.
    customer_no: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// By whom.
    created_by: String,
    /// When it ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
    /// When it was last used, to the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Time>,
}

/// A token to be.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TokenBody {
    /// What it is for.
    name: String,
    /// `admin`, `noc` or `customer`.
    role: String,
    /// Customer, for that role.
    customer_no: Option<String>,
    /// Days until it ends, up to 366.
    days: i64,
}

/// A new token.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeToken {
    /// Number.
    id: i64,
    /// Its value. It is never shown again.
    token: String,
}

/// Tokens by number.
#[utoipa::path(get, path = "/tokens", tag = "users", responses((status = 200, body = Listing<TokenView>)))]
pub(crate) async fn list_tokens(
    State(app): State<Arc<App>>,
    _admin: Admin,
) -> Result<Json<Listing<TokenView>>, Problem> {
    let mut tx = app.db.read().await?;
    let tokens = store::token::tokens_page(&mut tx, 0, u32::try_from(PAGE_MAX).unwrap_or(u32::MAX)).await?;
    Ok(Json(Listing::whole(tokens.into_iter().map(TokenView::of).collect(), app.clock.now())))
}

/// Makes a token.
#[utoipa::path(post, path = "/tokens", tag = "users", request_body = TokenBody,
    responses((status = 201, body = MadeToken), (status = 400)))]
pub(crate) async fn make_token(
    State(app): State<Arc<App>>,
    admin: Admin,
    Body(body): Body<TokenBody>,
) -> Result<(StatusCode, Json<MadeToken>), Problem> {
    let mut faults = Vec::new();
    let role = users::role(&body.role, body.customer_no.as_deref(), &mut faults);
    let mut fault = |field: &str, reason: String| faults.push(FieldFault { field: field.to_owned(), reason });
    if body.name.trim().is_empty() || body.name.chars().count() > NAME_MAX {
        fault("name", format!("must have 1 to {NAME_MAX} characters"));
    }
    if !(1..=DAYS_MAX).contains(&body.days) {
        fault("days", format!("must be 1 to {DAYS_MAX}"));
    }
    let Some(role) = role.filter(|_| faults.is_empty()) else { return Err(Problem::bad_fields(faults)) };
    let (making, who) = (Arc::clone(&app), admin.login.clone());
    let made = app.tasks.spawn(async move {
        let token = format!("lm_{}", secret::fresh());
        let now = making.clock.now();
        let new = NewToken {
            name: body.name.trim(),
            sha256: secret::digest(&token),
            role,
            customer_no: body.customer_no.as_deref(),
            created_at: now,
            created_by: &who,
            expires_at: Some(now.plus_ms(making.span_ms(body.days * 24 * 3600))),
        };
        let mut tx = making.db.write().await?;
        let id = store::token::add_token(&mut tx, &new).await?;
        audit(&making, &mut tx, &who, "token.make", &id.to_string()).await?;
        tx.commit().await?;
        Ok::<_, Problem>(MadeToken { id, token })
    });
    let made = made.await.unwrap_or_else(|error| Err(Problem::internal(&error)))?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revokes a token; its live streams end within a second.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "users", params(("id" = i64, Path)),
    responses((status = 204), (status = 404)))]
pub(crate) async fn revoke_token(
    State(app): State<Arc<App>>,
    admin: Admin,
    Segment(id): Segment<i64>,
) -> Result<StatusCode, Problem> {
    let (revoking, who) = (Arc::clone(&app), admin.login.clone());
    let revoked = app.tasks.spawn(async move {
        let mut tx = revoking.db.write().await?;
        if !store::token::delete_token(&mut tx, id).await? {
            return Err(Problem::not_found());
        }
        audit(&revoking, &mut tx, &who, "token.revoke", &id.to_string()).await?;
        tx.commit().await?;
        revoking.auth.forget();
        Ok(StatusCode::NO_CONTENT)
    });
    revoked.await.unwrap_or_else(|error| Err(Problem::internal(&error)))
}

// === impl TokenView ===

impl TokenView {
    fn of(token: Token) -> Self {
        TokenView {
            id: token.id,
            name: token.name,
            role: token.role.word().to_owned(),
            customer_no: token.customer_no,
            created_at: token.created_at,
            created_by: token.created_by,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        }
    }
}
