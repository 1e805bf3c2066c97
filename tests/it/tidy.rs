//! House rules that a machine can check. Each failure names the file and what to do.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Table;

/// Files that may be longer than the limit, with their length; they may shrink, never grow.
const LONGER: &[(&str, usize)] = &[];
const LINES: usize = 400;

/// Which room may import which (ARCHITECTURE.md, "Rooms").
const EDGES: &[(&str, &[&str])] = &[
    ("src/model", &[]),
    ("src/engine", &["model"]),
    ("src/intake", &["model"]),
    ("src/store", &["model"]),
    ("src/report", &["model"]),
    ("interfaces/soap", &["model"]),
    ("interfaces/ftp", &["model"]),
    ("interfaces/sftp", &[]),
    ("interfaces/snmp", &["model"]),
    ("interfaces/omc", &["model"]),
    ("collectors", &["model", "intake", "soap", "ftp", "omc", "snmp"]),
    ("src/figures", &["model", "engine", "store"]),
    ("src/web", &["model", "intake", "engine", "store", "figures", "soap"]),
    ("tests/sims", &["model", "soap", "ftp", "omc"]),
    (
        ".",
        &[
            "model",
            "intake",
            "engine",
            "store",
            "figures",
            "report",
            "soap",
            "ftp",
            "sftp",
            "omc",
            "snmp",
            "collectors",
            "web",
            "sims",
        ],
    ),
];
const ROOMS: &[&str] = &[
    "model",
    "engine",
    "intake",
    "store",
    "figures",
    "report",
    "web",
    "soap",
    "ftp",
    "sftp",
    "omc",
    "snmp",
    "collectors",
    "sims",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "node_modules", ".git", "dist"].contains(&name.as_str()) {
                files(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
}

fn all(endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(&root(), endings, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn manifest(room: &str) -> Table {
    fs::read_to_string(root().join(room).join("Cargo.toml")).unwrap().parse().unwrap()
}

#[test]
fn no_file_is_longer_than_the_limit() {
    let allowed: BTreeMap<&str, usize> = LONGER.iter().copied().collect();
    let long: Vec<String> = all(&[".rs", ".ts", ".svelte", ".css", ".py"])
        .into_iter()
        .map(|(name, text)| (text.lines().count(), name))
        .filter(|(lines, name)| *lines > allowed.get(name.as_str()).copied().unwrap_or(LINES))
        .map(|(lines, name)| format!("{name}: {lines} lines; split it by job"))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_rust_file_says_why_it_exists() {
    let silent: Vec<String> = all(&[".rs"])
        .into_iter()
        .filter(|(name, text)| !text.starts_with("//!") && !name.ends_with("/tests.rs") && !name.contains("/tests/"))
        .map(|(name, _)| format!("{name}: open it with //! and one to five sentences"))
        .collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn rooms_import_only_rooms_below_them() {
    for (room, allowed) in EDGES {
        let manifest = manifest(room);
        let Some(dependencies) = manifest.get("dependencies").and_then(|d| d.as_table()) else { continue };
        for name in dependencies.keys().filter(|name| ROOMS.contains(&name.as_str())) {
            assert!(allowed.contains(&name.as_str()), "{room}/Cargo.toml: may not import {name}");
        }
    }
}

#[test]
fn the_engine_has_no_clock_async_sql_or_log() {
    let manifest = manifest("src/engine");
    for name in ["tokio", "sqlx", "tracing", "axum", "reqwest"] {
        assert!(manifest["dependencies"].get(name).is_none(), "src/engine/Cargo.toml: {name} does not belong here");
    }
    for (name, text) in all(&[".rs"]).iter().filter(|(name, _)| is_engine(name)) {
        for banned in ["Instant::now", "SystemTime", "Timestamp::now", "Zoned::now"] {
            assert!(!text.contains(banned), "{name}: time comes in as a value, not from {banned}");
        }
    }
}

/// What runs in the daemon; a benchmark may look at the clock.
fn is_engine(name: &str) -> bool {
    name.starts_with("src/engine/") && !name.contains("/benches/")
}

#[test]
fn only_the_store_names_the_database_driver() {
    for (room, _) in EDGES.iter().filter(|(room, _)| *room != "src/store") {
        let manifest = manifest(room);
        for section in ["dependencies", "dev-dependencies"] {
            let names = manifest.get(section).and_then(|d| d.as_table());
            assert!(names.is_none_or(|names| !names.contains_key("sqlx")), "{room}: SQL lives in src/store");
        }
    }
}

#[test]
fn no_lint_is_switched_off_and_no_test_is_skipped() {
    for (name, text) in all(&[".rs"]).iter().filter(|(name, _)| name != "tests/it/tidy.rs") {
        for banned in ["#[allow(", "#![allow(", "#[ignore", "#[should_panic", "todo!(", "unimplemented!(", "TODO"] {
            assert!(!text.contains(banned), "{name}: {banned} is not used here; see CONVENTIONS.md");
        }
    }
}

#[test]
fn migrations_are_numbered_alike_for_both_engines() {
    let names = |engine: &str| {
        let folder = root().join("migrations").join(engine);
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    assert_eq!(sqlite, postgres);
    for (index, name) in sqlite.iter().enumerate() {
        assert!(name.starts_with(&format!("{:04}_", index + 1)), "{name}: numbers run without gaps");
    }
    for (name, text) in all(&[".sql"]).iter().filter(|(name, _)| name.starts_with("migrations/")) {
        assert!(text.starts_with("-- "), "{name}: open it with a comment that says why");
    }
}

#[test]
fn collectors_have_the_same_rooms_and_recorded_cases() {
    for kind in ["network", "resource", "eoms"] {
        let folder = root().join("collectors").join(kind);
        for room in ["adapter.rs", "wire.rs", "service.rs"] {
            assert!(folder.join(room).is_file(), "collectors/{kind}: {room} is missing");
        }
        let cases = fs::read_dir(folder.join("cases")).unwrap().count();
        assert!(cases >= 2, "collectors/{kind}/cases: at least two recorded cases");
    }
}

#[test]
fn versions_are_above_their_floors() {
    let lock: Table = fs::read_to_string(root().join("Cargo.lock")).unwrap().parse().unwrap();
    let floors =
        [("quick-xml", [0, 41, 0]), ("suppaftp", [10, 0, 2]), ("libsqlite3-sys", [0, 37, 0]), ("sqlx", [0, 8, 1])];
    for (name, floor) in floors {
        for package in lock["package"].as_array().unwrap().iter().filter(|p| p["name"].as_str() == Some(name)) {
            let version = package["version"].as_str().unwrap();
            let number: Vec<u32> =
                version.split(['.', '-', '+']).take(3).map(|part| part.parse().unwrap_or(0)).collect();
            assert!(number >= floor.to_vec(), "{name} {version} is below its floor {floor:?}");
        }
    }
    for banned in ["openssl-sys", "aws-lc-sys", "native-tls"] {
        let found = lock["package"].as_array().unwrap().iter().any(|p| p["name"].as_str() == Some(banned));
        assert!(!found, "{banned} came in; one TLS (rustls with ring) is the rule");
    }
}

#[test]
fn the_changelog_has_its_headings() {
    let text = fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    assert!(text.contains("## Unreleased"), "CHANGELOG.md: keep a heading for what is not released");
}
