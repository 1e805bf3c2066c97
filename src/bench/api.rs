//! A reader of the daemon's API, with a token.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use model::time::Time;
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::token::{NewToken, add_token};
use store::user::Role;
use store::{Db, Settings};

const TOKEN: &str = "bench-token";

/// A keep-alive reader.
#[derive(Clone)]
pub(super) struct Api {
    client: reqwest::Client,
    root: String,
}

/// Puts the token into the data, before the daemon runs.
pub(super) async fn make_token(place: &Settings, now: Time) -> anyhow::Result<()> {
    let db = Db::open(place).await.context("cannot open the store")?;
    let mut tx = db.write().await?;
    let token = NewToken {
        name: "bench",
        sha256: Sha256::digest(TOKEN).into(),
        role: Role::Admin,
        customer_no: None,
        created_at: now,
        created_by: "bench",
        expires_at: None,
    };
    add_token(&mut tx, &token).await?;
    tx.commit().await?;
    Ok(db.close().await?)
}

/// Where the data of a stand is.
pub(super) fn place(postgres: Option<&str>, folder: &Path) -> Settings {
    postgres.map_or_else(|| Settings::sqlite(folder.join("data")), Settings::postgres)
}

// === impl Api ===

impl Api {
    pub(super) fn new(address: SocketAddr) -> anyhow::Result<Self> {
        soap::client::install_crypto();
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
        Ok(Api { client, root: format!("http://{address}/api/v1") })
    }

    /// The body of an answer.
    pub(super) async fn text(&self, path: &str, query: &[(&str, &str)]) -> anyhow::Result<String> {
        let mut url = reqwest::Url::parse(&format!("{}{path}", self.root))?;
        url.query_pairs_mut().extend_pairs(query);
        let answer = self.client.get(url).bearer_auth(TOKEN).send().await?.error_for_status()?;
        Ok(answer.text().await?)
    }

    pub(super) async fn json(&self, path: &str, query: &[(&str, &str)]) -> anyhow::Result<Value> {
        Ok(serde_json::from_str(&self.text(path, query).await?)?)
    }

    /// Asks for something to be made; the answer.
    pub(super) async fn post_json(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.client.post(format!("{}{path}", self.root)).bearer_auth(TOKEN);
        let request = request.header("content-type", "application/json").body(body.to_string());
        Ok(serde_json::from_str(&request.send().await?.error_for_status()?.text().await?)?)
    }

    pub(super) async fn post(&self, path: &str) -> anyhow::Result<()> {
        let url = format!("{}{path}", self.root);
        self.client.post(url).bearer_auth(TOKEN).send().await?.error_for_status()?;
        Ok(())
    }
}

/// The sum of a counter's values whose labels hold this text.
pub(super) async fn counters(operations: &str, name: &str, labels: &str) -> anyhow::Result<f64> {
    soap::client::install_crypto();
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?;
    let text = client.get(format!("{operations}/metrics")).send().await?.error_for_status()?.text().await?;
    let ours = text.lines().filter(|line| line.starts_with(name) && line.contains(labels));
    Ok(ours.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum())
}
