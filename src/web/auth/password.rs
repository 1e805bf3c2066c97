//! Passwords: Argon2id, at most as many at a time as there are cores, so that a flood of logins
//! takes neither the memory nor the CPU of the daemon. An unknown user costs the same as a wrong
//! password, because something is always verified.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// Shortest password taken.
pub const PASSWORD_MIN: usize = 10;
/// Longest password taken; hashing it must not become a load by itself.
pub const PASSWORD_MAX: usize = 256;

/// Memory of one hash in KiB (OWASP: 19 MiB with two passes).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// What an unknown user's password is verified against.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("no user has this password").unwrap_or_default());

/// The place where passwords are hashed.
#[derive(Clone)]
pub struct Hasher(Arc<Semaphore>);

/// A password could not be hashed: a fault of ours.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed")]
pub struct HashFailed;

// === impl Hasher ===

impl Default for Hasher {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Hasher(Arc::new(Semaphore::new(cores)))
    }
}

impl Hasher {
    /// Makes ready what an unknown user's password is verified against, so that the first such
    /// login takes no longer than the next.
    pub fn warm(&self) {
        std::thread::spawn(|| LazyLock::force(&NOBODY));
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`HashFailed`]: the hasher refused, or the daemon stops.
    pub async fn hash(&self, password: String) -> Result<String, HashFailed> {
        self.run(move || hash_now(&password)).await.flatten().ok_or(HashFailed)
    }

    /// Is this the password? `stored` is `None` for a user that does not exist: the same work is
    /// done and the answer is no.
    pub async fn verify(&self, password: String, stored: Option<String>) -> bool {
        let known = stored.is_some();
        let verify = move || {
            let stored = stored.unwrap_or_else(|| NOBODY.clone());
            argon2().is_some_and(|argon2| argon2.verify_password(password.as_bytes(), stored.as_str()).is_ok())
        };
        self.run(verify).await.unwrap_or(false) && known
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let permit = Arc::clone(&self.0).acquire_owned().await.ok()?;
        let task = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        task.await.ok()
    }
}

/// What is wrong with a new password; `None` if nothing is.
pub fn fault_of(password: &str, login: &str) -> Option<String> {
    let length = password.chars().count();
    if length < PASSWORD_MIN || password.len() > PASSWORD_MAX {
        return Some(format!("must have {PASSWORD_MIN} to {PASSWORD_MAX} characters"));
    }
    password.to_lowercase().contains(&login.to_lowercase()).then(|| "must not contain the login".to_owned())
}

fn argon2() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str) -> Option<String> {
    Some(argon2()?.hash_password(password.as_bytes()).ok()?.to_string())
}

#[cfg(test)]
mod tests;
