//! A client of the daemon's REST interface, as a person or a program uses it.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::daemon::Daemon;

const PASSWORD: &str = "correct-horse-battery";

/// Somebody who is logged in.
#[derive(Clone)]
pub struct Api {
    client: reqwest::Client,
    token: String,
}

impl Api {
    /// The first administrator, with a token that also holds after a restart.
    pub async fn admin(daemon: &Daemon) -> Self {
        soap::client::install_crypto();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let secret = daemon.setup_secret.clone().unwrap();
        let body = json!({ "secret": secret, "login": "root", "password": PASSWORD }).to_string();
        let post = |path: &str, body: String| {
            let request = client.post(format!("{}{path}", daemon.url)).header("content-type", "application/json");
            request.header("x-linesman", "1").body(body)
        };
        let made = post("/api/v1/setup", body).send().await.unwrap();
        assert_eq!(made.status(), StatusCode::CREATED, "{}", made.text().await.unwrap());
        let body = json!({ "login": "root", "password": PASSWORD }).to_string();
        let session = post("/api/v1/session", body).send().await.unwrap();
        assert_eq!(session.status(), StatusCode::OK);
        let cookie = session.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let body = json!({ "name": "tests", "role": "admin", "days": 30 }).to_string();
        let made = post("/api/v1/tokens", body).header("cookie", cookie).send().await.unwrap();
        assert_eq!(made.status(), StatusCode::CREATED);
        let made: Value = serde_json::from_str(&made.text().await.unwrap()).unwrap();
        Api { client, token: made["token"].as_str().unwrap().to_owned() }
    }

    /// A token for a customer, made by this administrator.
    pub async fn customer(&self, daemon: &Daemon, customer_no: &str) -> Self {
        let body = json!({ "name": "portal", "role": "customer", "customerNo": customer_no, "days": 30 });
        let (status, made) = self.call(daemon, Method::POST, "/api/v1/tokens", Some(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        Api { client: self.client.clone(), token: made["token"].as_str().unwrap().to_owned() }
    }

    /// Starts a request; its answer may be a stream.
    pub async fn open(&self, daemon: &Daemon, method: Method, path: &str, body: Option<Value>) -> reqwest::Response {
        let mut request = self.client.request(method, format!("{}{path}", daemon.url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        request.send().await.unwrap()
    }

    /// Calls; an answer without JSON is `Null`.
    pub async fn call(&self, daemon: &Daemon, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let answer = self.open(daemon, method, path, body).await;
        let status = answer.status();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
    }

    /// Reads what must be there.
    pub async fn get(&self, daemon: &Daemon, path: &str) -> Value {
        let (status, value) = self.call(daemon, Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "GET {path}: {value}");
        value
    }

    /// Every item of a list, page by page.
    pub async fn all(&self, daemon: &Daemon, path: &str) -> Vec<Value> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let mut page = self.get(daemon, &format!("{path}{joint}limit=1000{cursor}")).await;
            items.append(page["items"].as_array_mut().unwrap());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}

/// Has the daemon said that it can do its work?
pub async fn ready(daemon: &Daemon) -> bool {
    soap::client::install_crypto();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(format!("{}/ready", daemon.operations)).send().await;
    answer.is_ok_and(|answer| answer.status() == StatusCode::OK)
}

/// What the operator's Prometheus reads.
pub async fn metrics(daemon: &Daemon) -> String {
    soap::client::install_crypto();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.get(format!("{}/metrics", daemon.operations)).send().await.unwrap().text().await.unwrap()
}
