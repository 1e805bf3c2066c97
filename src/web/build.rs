//! Checks that the committed browser application is there and says if it is older than its
//! sources. No npm: a fresh clone builds without Node.

use std::fs;
use std::io::Result;
use std::path::Path;

use sha2::{Digest, Sha256};

const WEB: &str = "../../dashboards/web";
/// What the application is built from; the same lists as in its `scripts/source-hash.mjs`.
const FOLDERS: [&str; 4] = ["locales", "public", "scripts", "src"];
const FILES: [&str; 7] =
    ["login.html", "noc.html", "package-lock.json", "package.json", "portal.html", "tsconfig.json", "vite.config.ts"];

fn main() {
    let web = Path::new(WEB);
    for page in ["login.html", "noc.html", "portal.html"] {
        assert!(
            web.join("dist").join(page).is_file(),
            "dashboards/web/dist/{page} is missing: check it out again, or build it with `cargo xtask web`"
        );
    }
    for name in FOLDERS.iter().chain(&FILES).chain(&["dist"]) {
        println!("cargo:rerun-if-changed={WEB}/{name}");
    }
    let committed = fs::read_to_string(web.join("dist/SOURCE_HASH")).unwrap_or_default();
    // A clone may come without the sources: then there is nothing to compare.
    if source_hash(web).is_ok_and(|hash| hash != committed.trim()) {
        println!("cargo:warning=dashboards/web/dist is older than its sources: run `cargo xtask web`");
    }
}

/// SHA-256 over each input file by path: path, a zero byte, content, a zero byte.
fn source_hash(web: &Path) -> Result<String> {
    let mut inputs: Vec<String> = FILES.iter().map(|name| (*name).to_owned()).collect();
    for folder in FOLDERS {
        walk(web, folder, &mut inputs)?;
    }
    inputs.sort_unstable();
    let mut digest = Sha256::new();
    for path in inputs {
        digest.update(path.as_bytes());
        digest.update([0]);
        digest.update(fs::read(web.join(&path))?);
        digest.update([0]);
    }
    Ok(hex::encode(digest.finalize()))
}

fn walk(web: &Path, folder: &str, inputs: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(web.join(folder))? {
        let entry = entry?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(web, &path, inputs)?;
        } else if kind.is_file() {
            inputs.push(path);
        }
    }
    Ok(())
}
