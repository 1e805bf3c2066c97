//! The FTP site of the carrier: a real server over a directory, with one account for each system.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use libunftp::ServerBuilder;
use tokio::net::TcpListener;
use unftp_core::auth::{AuthenticationError, Authenticator, Credentials, Principal};
use unftp_sbe_fs::Filesystem;

use crate::error::SimError;
use crate::tasks::Tasks;

const GREETING: &str = "carrier file site";

/// A running FTP site.
#[derive(Clone, Debug)]
pub struct FtpSite {
    /// Where it listens.
    pub address: SocketAddr,
    root: PathBuf,
}

/// Names and passwords.
#[derive(Debug)]
struct Accounts(BTreeMap<String, String>);

// === impl FtpSite ===

impl FtpSite {
    /// Serves `root` on `address` (port 0 = any) to these accounts until the tasks are stopped.
    ///
    /// # Errors
    /// [`SimError::Listen`] if the address cannot be bound.
    pub async fn start(
        root: &Path,
        address: SocketAddr,
        accounts: BTreeMap<String, String>,
        tasks: &Tasks,
    ) -> Result<Self, SimError> {
        let failed = |source| SimError::Listen { what: "FTP site", address: address.to_string(), source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Filesystem::new(root).map_err(failed)?;
        tasks.spawn(serve(listener, root.to_owned(), Arc::new(Accounts(accounts)), tasks.clone()));
        Ok(FtpSite { address, root: root.to_owned() })
    }

    /// Its address for a client.
    pub fn url(&self) -> String {
        format!("ftp://{}", self.address)
    }

    /// The directory it serves.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

// === impl Accounts ===

#[async_trait]
impl Authenticator for Accounts {
    async fn authenticate(&self, username: &str, given: &Credentials) -> Result<Principal, AuthenticationError> {
        let password = self.0.get(username).ok_or(AuthenticationError::BadUser)?;
        if given.password.as_ref() == Some(password) {
            return Ok(Principal { username: username.to_owned() });
        }
        Err(AuthenticationError::BadPassword)
    }
}

async fn serve(listener: TcpListener, root: PathBuf, accounts: Arc<Accounts>, tasks: Tasks) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let directory = root.clone();
        // The directory was opened once at the start, so this fails only if it was taken away.
        let files = Box::new(move || {
            #[expect(clippy::expect_used, reason = "the server's interface gives no way to refuse")]
            Filesystem::new(&*directory).expect("the site's directory is there")
        });
        let accounts: Arc<dyn Authenticator + Send + Sync> = Arc::clone(&accounts) as _;
        let built = ServerBuilder::with_authenticator(files, accounts)
            .greeting(GREETING)
            .idle_session_timeout(60)
            .passive_ports(20_000..=60_999)
            .build();
        match built {
            Ok(server) => tasks.spawn(async move {
                if let Err(error) = server.service(stream).await {
                    tracing::debug!(%error, "FTP session ended early");
                }
            }),
            Err(error) => tracing::warn!(%error, "the FTP site cannot serve"),
        }
    }
}
