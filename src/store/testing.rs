//! A private PostgreSQL for tests, and fresh databases of both engines.
//!
//! The server is started once a test binary from the machine's own binaries, in a folder of its own,
//! on a Unix socket only. A small shell watches our end of a pipe: when this process ends, however it
//! ends, the server is stopped and its folder removed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{ConnectOptions, Connection, PgConnection};

use crate::db::Place;
use crate::{Db, Settings};

/// A fresh, empty database of one engine, with what is needed to open it again.
pub struct TestDb {
    /// `sqlite` or `postgres`, for messages.
    pub engine: &'static str,
    /// How to open it.
    pub settings: Settings,
    /// The open database.
    pub db: Db,
    _folder: Option<tempfile::TempDir>,
}

struct Server {
    folder: PathBuf,
    _watcher: Child,
}

/// Runs as the owner of the server: makes the cluster, starts it, says its folder, waits for our end.
const WATCHER: &str = r#"
set -e
dir=$(mktemp -d /tmp/linesman-pg-XXXXXX)
"$1/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --no-locale --no-sync >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
"$1/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c max_connections=400 -c shared_buffers=64MB \
    -c fsync="$2" -c max_wal_size=256MB >>"$dir/log" 2>&1 </dev/null &
server=$!
for i in $(seq 1 300); do "$1/pg_isready" -q -h "$dir" && break; sleep 0.1; done
echo "$dir"
cat >/dev/null || true
kill -INT $server 2>/dev/null || true
wait $server 2>/dev/null || true
rm -rf "$dir"
"#;

/// A fresh database of each engine.
///
/// # Panics
/// If either engine cannot be used here.
pub async fn both() -> Vec<TestDb> {
    vec![sqlite().await, postgres().await]
}

/// A fresh SQLite database in a folder that goes with it.
///
/// # Panics
/// If it cannot be made.
#[expect(clippy::unwrap_used, reason = "a test helper fails the test")]
pub async fn sqlite() -> TestDb {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::sqlite(folder.path());
    let db = Db::open(&settings).await.unwrap();
    TestDb { engine: "sqlite", settings, db, _folder: Some(folder) }
}

/// A fresh PostgreSQL database.
///
/// # Panics
/// If no PostgreSQL is installed or it cannot be started.
#[expect(clippy::unwrap_used, reason = "a test helper fails the test")]
pub async fn postgres() -> TestDb {
    let settings = Settings { readers: 4, ..Settings::postgres(&postgres_url().await) };
    let db = Db::open(&settings).await.unwrap();
    TestDb { engine: "postgres", settings, db, _folder: None }
}

impl TestDb {
    /// Has the database refuse rows of a table with this text in a column, as a rule would that nobody foresaw.
    ///
    /// # Panics
    /// If it cannot be told so.
    #[expect(clippy::unwrap_used, reason = "a test helper fails the test")]
    pub async fn forbid(&self, table: &str, column: &str, text: &str) {
        match &self.settings.place {
            Place::Sqlite(folder) => {
                let rule = format!(
                    "create trigger forbidden before insert on {table} when new.{column} = '{text}'
                        begin select raise(abort, 'forbidden'); end"
                );
                let mut connection = crate::engine::connect_migrator(folder).await.unwrap();
                sqlx::query(sqlx::AssertSqlSafe(rule)).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
            Place::Postgres(url) => {
                let rule = format!("alter table {table} add constraint forbidden check ({column} <> '{text}')");
                let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
                let mut connection = PgConnection::connect_with(&options).await.unwrap();
                sqlx::query(sqlx::AssertSqlSafe(rule)).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
        }
    }
}

/// What SQLite finds wrong with the database in a folder; empty = it is whole.
///
/// # Panics
/// If it cannot be opened.
#[expect(clippy::unwrap_used, reason = "a test helper fails the test")]
pub async fn integrity_faults(folder: &Path) -> Vec<String> {
    let mut connection = crate::engine::connect_migrator(folder).await.unwrap();
    let mut found: Vec<String> = sqlx::query_scalar("pragma integrity_check").fetch_all(&mut connection).await.unwrap();
    let dangling = sqlx::query("pragma foreign_key_check").fetch_all(&mut connection).await.unwrap().len();
    connection.close().await.unwrap();
    found.retain(|line| line != "ok");
    found.extend((dangling > 0).then(|| format!("{dangling} rows refer to rows that are not there")));
    found
}

/// The URL of a fresh PostgreSQL database on the shared server.
///
/// # Panics
/// If no PostgreSQL is installed or it cannot be started.
#[expect(clippy::unwrap_used, reason = "a test helper fails the test")]
pub async fn postgres_url() -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let server = tokio::task::spawn_blocking(|| SERVER.get_or_init(start)).await.unwrap();
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let url = |database: &str| format!("postgres://postgres@localhost/{database}?host={}", server.folder.display());
    let options: sqlx::postgres::PgConnectOptions = url("postgres").parse().unwrap();
    let mut admin = PgConnection::connect_with(&options.disable_statement_logging()).await.unwrap();
    let create = format!("create database {name}");
    sqlx::query(sqlx::AssertSqlSafe(create)).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
    url(&name)
}

#[expect(clippy::unwrap_used, clippy::expect_used, reason = "a test helper fails the test")]
fn start() -> Server {
    let binaries =
        binaries().expect("PostgreSQL is not installed: tests need initdb and postgres (apt install postgresql)");
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0\n"));
    let mut command = if root { Command::new("runuser") } else { Command::new("sh") };
    if root {
        command.args(["-u", "postgres", "--", "sh"]);
    }
    command.args(["-c", WATCHER, "sh"]).arg(binaries).arg("off").current_dir("/");
    let mut watcher = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut folder = String::new();
    BufReader::new(watcher.stdout.take().unwrap()).read_line(&mut folder).unwrap();
    assert!(!folder.is_empty(), "the private PostgreSQL did not start");
    Server { folder: PathBuf::from(folder.trim()), _watcher: watcher }
}

/// Where the newest server's binaries are.
fn binaries() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| Path::join(bin, "initdb").is_file())
        .collect();
    found.sort_by_key(|bin| bin.parent().and_then(|v| v.file_name()?.to_str()?.parse::<u32>().ok()));
    found.pop()
}
