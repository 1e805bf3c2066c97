//! Users. What is changed takes effect at once: sessions of a changed user end.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use model::time::Time;
use serde::{Deserialize, Serialize};
use store::user::{Role, User};
use utoipa::{IntoParams, ToSchema};

use super::{audit, login_fault};
use crate::app::App;
use crate::auth::{Admin, password};
use crate::extract::{Body, Params, Segment, page_limit};
use crate::noc::Listing;
use crate::problem::{FieldFault, Problem, ProblemCode};

/// Which users.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserQuery {
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// A user.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub(crate) struct UserView {
    /// Login.
    login: String,
    /// `admin`, `noc` or `customer`.
    role: String,
    /// Customer, for that role.
    customer_no: Option<String>,
    /// Name to show.
    name: String,
    /// `zh` or `en`.
    language: String,
    /// May not log in.
    disabled: bool,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

/// A user to be.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewUser {
    /// Login.
    login: String,
    /// Password.
    password: String,
    /// `admin`, `noc` or `customer`.
    role: String,
    /// Customer, for that role.
    customer_no: Option<String>,
    /// Name to show.
    #[serde(default)]
    name: String,
    /// `zh` or `en`.
    #[serde(default)]
    language: String,
}

/// What changes about a user; what is absent stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UserChange {
    /// May not log in.
    disabled: Option<bool>,
    /// New password.
    password: Option<String>,
    /// New role.
    role: Option<String>,
    /// New customer.
    customer_no: Option<String>,
    /// New name.
    name: Option<String>,
    /// New language.
    language: Option<String>,
}

/// Users by login.
#[utoipa::path(get, path = "/users", tag = "users", params(UserQuery), responses((status = 200, body = Listing<UserView>)))]
pub(crate) async fn list_users(
    State(app): State<Arc<App>>,
    _admin: Admin,
    Params(query): Params<UserQuery>,
) -> Result<Json<Listing<UserView>>, Problem> {
    let limit = page_limit(query.limit)?;
    let after = query.cursor.unwrap_or_default();
    let mut tx = app.db.read().await?;
    let users = store::user::users_page(&mut tx, &after, u32::try_from(limit).unwrap_or(u32::MAX)).await?;
    let next = users.last().filter(|_| users.len() == limit).map(|user| user.login.clone());
    let items = users.into_iter().map(UserView::of).collect();
    Ok(Json(Listing { items, next, total: None, as_of: app.clock.now() }))
}

/// Adds a user.
#[utoipa::path(post, path = "/users", tag = "users", request_body = NewUser,
    responses((status = 201, body = UserView), (status = 400), (status = 409)))]
pub(crate) async fn add_user(
    State(app): State<Arc<App>>,
    admin: Admin,
    Body(body): Body<NewUser>,
) -> Result<(StatusCode, Json<UserView>), Problem> {
    let mut faults: Vec<FieldFault> = login_fault(&body.login).into_iter().collect();
    let role = role(&body.role, body.customer_no.as_deref(), &mut faults);
    password_fault(&body.password, &body.login, &mut faults);
    language_fault(&body.language, &mut faults);
    let Some(role) = role.filter(|_| faults.is_empty()) else { return Err(Problem::bad_fields(faults)) };
    let password_hash = app.auth.hasher.hash(body.password).await.map_err(|error| Problem::internal(&error))?;
    let user = User {
        login: body.login,
        role,
        customer_no: body.customer_no,
        name: body.name,
        language: body.language,
        password_hash,
        disabled: false,
        created_at: app.clock.now(),
    };
    let (adding, who) = (Arc::clone(&app), admin.login.clone());
    let added = app.tasks.spawn(async move {
        let mut tx = adding.db.write().await?;
        store::user::add_user(&mut tx, &user).await?;
        audit(&adding, &mut tx, &who, "user.add", &user.login).await?;
        tx.commit().await?;
        Ok::<_, Problem>(UserView::of(user))
    });
    let view = added.await.unwrap_or_else(|error| Err(Problem::internal(&error)))?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Changes a user. A new password, role or customer, and being disabled, end their sessions.
#[utoipa::path(patch, path = "/users/{login}", tag = "users", params(("login" = String, Path)), request_body = UserChange,
    responses((status = 200, body = UserView), (status = 400), (status = 404), (status = 409)))]
pub(crate) async fn change_user(
    State(app): State<Arc<App>>,
    admin: Admin,
    Segment(login): Segment<String>,
    Body(mut change): Body<UserChange>,
) -> Result<Json<UserView>, Problem> {
    let own = admin.login == login;
    if own && (change.disabled == Some(true) || change.role.as_deref().is_some_and(|role| role != "admin")) {
        return Err(Problem::of(ProblemCode::LockOut, "an administrator cannot lock themselves out; ask another one"));
    }
    let password_hash = match change.password.take() {
        None => None,
        Some(password) => {
            if let Some(reason) = password::fault_of(&password, &login) {
                return Err(Problem::bad_field("password", reason));
            }
            Some(app.auth.hasher.hash(password).await.map_err(|error| Problem::internal(&error))?)
        }
    };
    let (changing, who) = (Arc::clone(&app), admin.login.clone());
    let changed = app.tasks.spawn(async move {
        let mut tx = changing.db.write().await?;
        let before = store::user::user_by_login(&mut tx, &login).await?.ok_or_else(Problem::not_found)?;
        let after = applied(before.clone(), change, password_hash)?;
        store::user::put_user(&mut tx, &after).await?;
        let rights = |user: &User| (user.role, user.customer_no.clone(), user.disabled, user.password_hash.clone());
        if rights(&before) != rights(&after) {
            store::session::close_sessions_of(&mut tx, &login).await?;
        }
        audit(&changing, &mut tx, &who, "user.change", &login).await?;
        tx.commit().await?;
        changing.auth.forget();
        Ok::<_, Problem>(UserView::of(after))
    });
    changed.await.unwrap_or_else(|error| Err(Problem::internal(&error))).map(Json)
}

fn applied(mut user: User, change: UserChange, password_hash: Option<String>) -> Result<User, Problem> {
    let mut faults = Vec::new();
    user.disabled = change.disabled.unwrap_or(user.disabled);
    user.name = change.name.unwrap_or(user.name);
    user.password_hash = password_hash.unwrap_or(user.password_hash);
    user.language = change.language.unwrap_or(user.language);
    language_fault(&user.language, &mut faults);
    let word = change.role.unwrap_or_else(|| user.role.word().to_owned());
    let customer_no = match word.as_str() {
        "customer" => change.customer_no.or(user.customer_no),
        _ => change.customer_no,
    };
    if let Some(role) = role(&word, customer_no.as_deref(), &mut faults) {
        user.role = role;
    }
    user.customer_no = customer_no;
    if faults.is_empty() { Ok(user) } else { Err(Problem::bad_fields(faults)) }
}

/// A role with its customer, or what is wrong with the two.
pub(super) fn role(word: &str, customer_no: Option<&str>, faults: &mut Vec<FieldFault>) -> Option<Role> {
    let role = Role::from_word(word);
    let mut fault = |field: &str, reason: &str| {
        faults.push(FieldFault { field: field.to_owned(), reason: reason.to_owned() });
    };
    match (role, customer_no) {
        (None, _) => fault("role", "must be admin, noc or customer"),
        (Some(Role::Customer), None | Some("")) => fault("customerNo", "is needed for the role customer"),
        (Some(Role::Admin | Role::Noc), Some(_)) => fault("customerNo", "is only for the role customer"),
        (Some(_), _) => {}
    }
    role
}

fn password_fault(password: &str, login: &str, faults: &mut Vec<FieldFault>) {
    if let Some(reason) = password::fault_of(password, login) {
        faults.push(FieldFault { field: "password".to_owned(), reason });
    }
}

fn language_fault(language: &str, faults: &mut Vec<FieldFault>) {
    if !matches!(language, "" | "zh" | "en") {
        faults.push(FieldFault { field: "language".to_owned(), reason: "must be zh or en".to_owned() });
    }
}

// === impl UserView ===

impl UserView {
    fn of(user: User) -> Self {
        UserView {
            login: user.login,
            role: user.role.word().to_owned(),
            customer_no: user.customer_no,
            name: user.name,
            language: user.language,
            disabled: user.disabled,
            created_at: user.created_at,
        }
    }
}
