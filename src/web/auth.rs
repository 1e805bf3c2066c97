//! Who asks, and may they: sessions of people (cookie) and tokens of machines (bearer).
//!
//! A handler says by its argument who may call it: [`Staff`], [`Admin`] or [`Customer`]. Rights are
//! read from the store and held for a good half second at most, so that what is revoked ends within one.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;
use http::{HeaderMap, Method, header};
use recent::Recent;
use store::scope::CustomerScope;
use store::user::Role;

use crate::app::App;
use crate::problem::Problem;

pub(crate) mod csrf;
pub(crate) mod password;
mod recent;
pub(crate) mod secret;
pub(crate) mod throttle;

/// Name of the session cookie.
pub(crate) const COOKIE: &str = "linesman_session";

/// How long rights are held without looking again.
const HELD: Duration = Duration::from_millis(600);
/// How often a session's last use is written.
const SEEN_EVERY_S: i64 = 60;

/// What login and rights need beside the store.
#[derive(Default)]
pub(crate) struct Auth {
    pub(crate) hasher: password::Hasher,
    pub(crate) throttle: throttle::Throttle,
    recent: Recent,
}

/// What a request proves itself with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Credential {
    /// SHA-256 of a session cookie.
    Session([u8; 32]),
    /// SHA-256 of an API token.
    Token([u8; 32]),
}

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Login, or the token's name.
    pub(crate) login: String,
    pub(crate) role: Role,
    pub(crate) customer_no: Option<String>,
    pub(crate) name: String,
    pub(crate) language: String,
    /// For customers.
    pub(crate) scope: Option<CustomerScope>,
    pub(crate) credential: Credential,
}

/// Anybody who is logged in.
pub(crate) struct Anybody(pub(crate) Arc<Caller>);

/// The carrier's people: noc and admin.
pub(crate) struct Staff(pub(crate) Arc<Caller>);

/// An administrator.
pub(crate) struct Admin(pub(crate) Arc<Caller>);

/// One of the carrier's people who logged in: a token cannot stand for a second pair of eyes.
pub(crate) struct Person(pub(crate) Arc<Caller>);

/// A customer's person, with what they may see.
pub(crate) struct Customer {
    pub(crate) caller: Arc<Caller>,
    pub(crate) scope: CustomerScope,
}

// === impl Auth ===

impl Auth {
    /// Forgets all rights held: something was revoked.
    pub(crate) fn forget(&self) {
        self.recent.clear();
    }
}

// === impl Caller ===

impl Caller {
    pub(crate) fn is_staff(&self) -> bool {
        matches!(self.role, Role::Admin | Role::Noc)
    }

    /// A person who logged in, not a token.
    pub(crate) fn is_person(&self) -> bool {
        matches!(self.credential, Credential::Session(_))
    }
}

// === impl App ===

impl App {
    /// The live caller behind a credential; `None` if there is none (any more).
    pub(crate) async fn caller(&self, credential: Credential) -> Result<Option<Arc<Caller>>, Problem> {
        let began = Instant::now();
        if let Some(held) = self.auth.recent.get(&credential, began, HELD) {
            return Ok(held);
        }
        let generation = self.auth.recent.generation();
        let caller = self.read_caller(credential).await?.map(Arc::new);
        self.auth.recent.put(credential, caller.clone(), began, generation);
        Ok(caller)
    }

    async fn read_caller(&self, credential: Credential) -> Result<Option<Caller>, Problem> {
        let now = self.clock.now();
        let mut tx = self.db.read().await?;
        match credential {
            Credential::Session(digest) => {
                let idle_since = now.plus_ms(-self.span_ms(self.settings.session_idle_s));
                let session = store::session::live_session(&mut tx, &digest, now, idle_since).await?;
                Ok(session.map(|session| Caller {
                    scope: CustomerScope::from_session_row(&session),
                    login: session.login,
                    role: session.role,
                    customer_no: session.customer_no,
                    name: session.name,
                    language: session.language,
                    credential,
                }))
            }
            Credential::Token(digest) => {
                let token = store::token::live_token(&mut tx, &digest, now).await?;
                Ok(token.map(|token| Caller {
                    scope: CustomerScope::from_token_row(&token),
                    login: format!("token:{}", token.name),
                    role: token.role,
                    customer_no: token.customer_no,
                    name: token.name,
                    language: String::new(),
                    credential,
                }))
            }
        }
    }

    /// Notes that a credential was used, at most once a minute, beside the request.
    fn note_use(self: &Arc<Self>, credential: Credential) {
        if !self.auth.recent.due_note(&credential, Instant::now(), Duration::from_secs(SEEN_EVERY_S.unsigned_abs())) {
            return;
        }
        let app = Arc::clone(self);
        self.tasks.spawn(async move {
            if let Err(error) = app.write_use(credential).await {
                tracing::debug!(error = %error, "the last use of a login could not be noted");
            }
        });
    }

    async fn write_use(&self, credential: Credential) -> Result<(), store::StoreError> {
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        match credential {
            Credential::Session(digest) => store::session::session_seen(&mut tx, &digest, now).await?,
            Credential::Token(digest) => {
                if let Some(token) = store::token::live_token(&mut tx, &digest, now).await? {
                    store::token::token_used(&mut tx, token.id, now).await?;
                }
            }
        }
        tx.commit().await
    }

    /// The client's address: the connection's, or what our own proxy says of it.
    pub(crate) fn client_address(&self, parts: &Parts) -> IpAddr {
        let remote = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let remote = remote.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip());
        let trusted = |ip: &IpAddr| self.settings.trusted_proxies.iter().any(|net| net.contains(&ip.to_canonical()));
        if !trusted(&remote) {
            return remote;
        }
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let mut hops: Vec<IpAddr> =
            forwarded.flat_map(|list| list.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
        // From our side backwards: the first that is not ours is the client.
        hops.reverse();
        hops.iter().find(|hop| !trusted(hop)).or(hops.last()).copied().unwrap_or(remote)
    }
}

impl FromRequestParts<Arc<App>> for Anybody {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let credential = credential_of(&parts.headers).ok_or_else(Problem::unauthenticated)?;
        let caller = app.caller(credential).await?.ok_or_else(Problem::unauthenticated)?;
        if matches!(credential, Credential::Session(_)) && parts.method != Method::GET && parts.method != Method::HEAD {
            csrf::check(parts, csrf::Marker::Required)?;
        }
        // A live stream that is open for days is not a person at work.
        if !parts.uri.path().ends_with("/events") {
            app.note_use(credential);
        }
        Ok(Anybody(caller))
    }
}

impl FromRequestParts<Arc<App>> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let Anybody(caller) = Anybody::from_request_parts(parts, app).await?;
        match caller.is_staff() {
            true => Ok(Staff(caller)),
            false => Err(Problem::forbidden("this needs the role noc or admin")),
        }
    }
}

impl FromRequestParts<Arc<App>> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let Staff(caller) = Staff::from_request_parts(parts, app).await?;
        match caller.is_person() {
            true => Ok(Person(caller)),
            false => Err(Problem::forbidden("this needs a person who logged in, not a token")),
        }
    }
}

impl FromRequestParts<Arc<App>> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let Anybody(caller) = Anybody::from_request_parts(parts, app).await?;
        match caller.role {
            Role::Admin => Ok(Admin(caller)),
            Role::Noc | Role::Customer => Err(Problem::forbidden("this needs the role admin")),
        }
    }
}

impl FromRequestParts<Arc<App>> for Customer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let Anybody(caller) = Anybody::from_request_parts(parts, app).await?;
        match caller.scope.clone() {
            Some(scope) => Ok(Customer { caller, scope }),
            None => Err(Problem::forbidden("this needs the role customer")),
        }
    }
}

impl Deref for Staff {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl Deref for Person {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl Deref for Admin {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

/// What a request proves itself with: a bearer token before a cookie.
pub(crate) fn credential_of(headers: &HeaderMap) -> Option<Credential> {
    let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    if let Some(authorization) = text(header::AUTHORIZATION) {
        let (scheme, token) = authorization.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| Credential::Token(secret::digest(token.trim())));
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| Credential::Session(secret::digest(value)))
}
