//! The browser application: pages without login, assets under an address that changes with their
//! content, everything compressed once at start and served from memory.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, header};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// What a page has in place of the address of its assets.
const BASE_MARK: &str = "__APP_BASE__";

/// Pages change with each release, so they are asked for each time.
const PAGE_CACHE: HeaderValue = HeaderValue::from_static("no-cache");
/// An asset's address names its content.
const ASSET_CACHE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

#[derive(RustEmbed)]
#[folder = "../../dashboards/web/dist"]
struct Dist;

/// A file ready to be sent.
#[derive(Clone)]
struct Asset {
    plain: Bytes,
    /// Only if it is smaller.
    gzip: Option<Bytes>,
    kind: HeaderValue,
}

/// The application, prepared once for the life of the process.
struct Site {
    hash: String,
    assets: HashMap<String, Asset>,
    pages: HashMap<&'static str, Asset>,
}

static SITE: LazyLock<Arc<Site>> = LazyLock::new(|| Arc::new(Site::prepare()));

/// Pages and assets. No login: they hold nothing but the application.
pub(crate) fn router() -> Router {
    let page = |name: &'static str| get(move |headers: HeaderMap| async move { SITE.page(name, &headers) });
    Router::new()
        .route("/", page("login.html"))
        .route("/login", page("login.html"))
        .route("/noc", page("noc.html"))
        .route("/noc/{*rest}", page("noc.html"))
        .route("/portal", page("portal.html"))
        .route("/portal/{*rest}", page("portal.html"))
        .route("/_app/{hash}/{*path}", get(asset))
        .route("/favicon.ico", get(|headers: HeaderMap| async move { SITE.asset(&SITE.hash, "favicon.ico", &headers) }))
}

async fn asset(Path((hash, path)): Path<(String, String)>, headers: HeaderMap) -> Response {
    SITE.asset(&hash, &path, &headers)
}

// === impl Site ===

impl Site {
    fn prepare() -> Self {
        let mut names: Vec<String> = Dist::iter().map(|name| name.into_owned()).collect();
        names.sort_unstable();
        let mut digest = Sha256::new();
        for name in &names {
            digest.update(name.as_bytes());
            digest.update(Dist::get(name).map(|file| file.metadata.sha256_hash()).unwrap_or_default());
        }
        let hash: String = hex::encode(digest.finalize()).chars().take(16).collect();
        let base = format!("/_app/{hash}");
        let page = |name: &'static str| {
            let file = Dist::get(name)?;
            let html = String::from_utf8_lossy(&file.data).replace(BASE_MARK, &base);
            Some((name, Asset::new(name, Bytes::from(html))))
        };
        let pages = ["login.html", "noc.html", "portal.html"].into_iter().filter_map(page).collect();
        let file = |name: String| {
            let data = Dist::get(&name)?.data.into_owned();
            let asset = Asset::new(&name, Bytes::from(data));
            Some((name, asset))
        };
        Site { hash, pages, assets: names.into_iter().filter_map(file).collect() }
    }

    fn page(&self, name: &str, headers: &HeaderMap) -> Response {
        match self.pages.get(name) {
            Some(page) => page.answer(headers, PAGE_CACHE),
            None => Problem::not_found().into_response(),
        }
    }

    fn asset(&self, hash: &str, path: &str, headers: &HeaderMap) -> Response {
        // An old page may ask for old assets: it must reload, not mix two releases.
        match self.assets.get(path) {
            Some(asset) if hash == self.hash => asset.answer(headers, ASSET_CACHE),
            _ => Problem::not_found().into_response(),
        }
    }
}

// === impl Asset ===

impl Asset {
    fn new(name: &str, plain: Bytes) -> Self {
        let mime = mime_guess::from_path(name).first_or_octet_stream();
        let text = mime.type_() == mime_guess::mime::TEXT || mime.subtype() == mime_guess::mime::JAVASCRIPT;
        let kind = if text { format!("{mime}; charset=utf-8") } else { mime.to_string() };
        let gzip = compress(&plain).filter(|gzip| gzip.len() < plain.len());
        let kind = HeaderValue::from_str(&kind).unwrap_or(HeaderValue::from_static("application/octet-stream"));
        Asset { plain, gzip, kind }
    }

    fn answer(&self, headers: &HeaderMap, cache: HeaderValue) -> Response {
        let wanted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let gzip = self.gzip.as_ref().filter(|_| accepts_gzip(wanted));
        let body = gzip.unwrap_or(&self.plain).clone();
        let mut response = body.into_response();
        let out = response.headers_mut();
        out.insert(header::CONTENT_TYPE, self.kind.clone());
        out.insert(header::CACHE_CONTROL, cache);
        out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if gzip.is_some() {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

fn accepts_gzip(wanted: &str) -> bool {
    wanted.split(',').any(|part| {
        let mut words = part.split(';').map(str::trim);
        words.next() == Some("gzip") && !words.any(|word| matches!(word, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn compress(plain: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

#[cfg(test)]
mod tests;
