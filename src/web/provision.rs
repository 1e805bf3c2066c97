//! Users made by the program itself, not over HTTP: those of the demonstration.

use store::user::{Role, User};
use store::{Db, StoreError};

use crate::auth::Auth;

/// Why a user could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// The password could not be hashed.
    #[error("the password could not be hashed")]
    Hash,
    /// The store refused.
    #[error("the user could not be stored")]
    Store(#[from] StoreError),
}

/// Makes a user unless the login exists; there is no set-up secret after it.
///
/// # Errors
/// [`ProvisionError`].
pub async fn add_user(
    db: &Db,
    login: &str,
    password: &str,
    (role, customer_no): (Role, Option<&str>),
    at: model::time::Time,
) -> Result<(), ProvisionError> {
    let hash = Auth::default().hasher.hash(password.to_owned()).await.map_err(|_| ProvisionError::Hash)?;
    let mut tx = db.write().await?;
    if store::user::user_by_login(&mut tx, login).await?.is_some() {
        return Ok(());
    }
    let user = User {
        login: login.to_owned(),
        role,
        customer_no: customer_no.map(str::to_owned),
        name: String::new(),
        language: String::new(),
        password_hash: hash,
        disabled: false,
        created_at: at,
    };
    store::user::add_user(&mut tx, &user).await?;
    store::user::end_setup(&mut tx).await?;
    Ok(tx.commit().await?)
}
