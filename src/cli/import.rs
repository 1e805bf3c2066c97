//! `linesman import`: resources from a folder of CSV files, through the same code that loads a resource
//! system's files. The daemon must not run on the same data.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use collectors::resource::file::Dialect;
use ftp::{Encoding, Table};
use model::resource::Class;
use model::source::{RunState, SourceId};
use model::time::Zone;
use store::Db;
use store::load::{Load, LoadProgress, add_load};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{ClockArgs, ConfigFile, say};
use crate::load::{Batch, Input, Loader, Shown};

/// Issues printed of one class.
const ISSUES_SHOWN: usize = 20;
/// Between two lines of progress.
const PAUSE: Duration = Duration::from_secs(2);

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    file: ConfigFile,
    #[command(flatten)]
    clock: ClockArgs,
    /// Folder with `<CLASS>.csv` or `<CLASS>.csv.gz`. A class without a file stays as it is; a file with
    /// a column `opType` holds changes, any other holds the whole class.
    folder: PathBuf,
    /// Apply also what would delete more than the guard allows.
    #[arg(long)]
    approve: bool,
    /// Take every file as the whole class, also one with a column `opType`.
    #[arg(long)]
    full: bool,
    /// Zone of the local times in the files.
    #[arg(long, default_value = "+08:00", value_parser = read_zone)]
    zone: Zone,
    /// Encoding of the files.
    #[arg(long, value_enum, default_value_t = FileEncoding::Utf8)]
    encoding: FileEncoding,
}

/// The encodings that files have.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FileEncoding {
    /// UTF-8.
    #[value(name = "utf-8")]
    Utf8,
    /// GB18030, of which GBK is a part.
    Gb18030,
}

impl Import {
    /// Loads the files.
    pub fn run(self) -> anyhow::Result<()> {
        let config = self.file.read()?;
        let files = files_of(&self.folder)?;
        super::runtime()?.block_on(async {
            let db = Db::open(&crate::app::place(&config)?).await.context("cannot open the store")?;
            let loader = Loader {
                db: db.clone(),
                clock: self.clock.clock(),
                rules: config.resources.clone(),
                kept_until: crate::app::kept_until(&db).await?,
                stop: CancellationToken::new(),
            };
            let mut left = 0;
            for (class, path) in files {
                left += usize::from(!self.load(&loader, class, path).await?);
            }
            db.close().await?;
            match left {
                0 => Ok(()),
                _ => bail!("{left} class(es) were not loaded: see above"),
            }
        })
    }

    /// One class; `true` if it is loaded.
    async fn load(&self, loader: &Loader, class: Class, path: PathBuf) -> anyhow::Result<bool> {
        let encoding = self.encoding.of_files();
        let input = Input::Local(path);
        let full = self.full || !has_op_type(&input, encoding);
        let load = begin(loader, class, full).await?;
        let at = loader.clock.now();
        let approved_by = if self.approve { "import --approve" } else { "" }.to_owned();
        let dialect = Dialect { zone: self.zone.clone(), ..Dialect::default() };
        let batch = Batch { inputs: vec![input], dialect, encoding, at, approved_by };
        let shown = Arc::new(watch::Sender::new(load));
        let (during, following) = (Arc::clone(&shown), shown.subscribe());
        let work = loader.detached(move |loader| async move { loader.take(&during, &batch).await });
        tokio::select! {
            ended = work => ended?,
            () = follow(following) => {}
        }
        Ok(tell(&shown))
    }
}

async fn begin(loader: &Loader, class: Class, full: bool) -> anyhow::Result<Load> {
    let mut tx = loader.db.write().await?;
    let number = store::meta::allocate(&mut tx, store::meta::Counter::Request, 1).await?;
    let mut load = Load {
        id: 0,
        source: SourceId::new("file"),
        sync_req_id: format!("file-{class}-{number:06}"),
        class,
        full,
        state: RunState::Requested,
        started_at: loader.clock.now(),
        ended_at: None,
        progress: LoadProgress::default(),
    };
    load.id = add_load(&mut tx, &load).await?;
    tx.commit().await?;
    Ok(load)
}

/// Prints how far it is, for ever.
async fn follow(shown: watch::Receiver<Load>) {
    loop {
        tokio::time::sleep(PAUSE).await;
        let load = shown.borrow().clone();
        say(format_args!(
            "{:15} {} rows read, {} applied",
            load.class, load.progress.rows_read, load.progress.rows_applied
        ));
    }
}

/// Prints how it ended; `true` if it is loaded and not every row was refused.
fn tell(shown: &Shown) -> bool {
    let load = shown.borrow();
    let progress = &load.progress;
    say(format_args!(
        "{:15} {}: {} rows, {} added, {} changed, {} deleted, {} held back, {} refused",
        load.class,
        load.state,
        progress.rows_read,
        progress.added,
        progress.changed,
        progress.deleted,
        progress.held,
        progress.refused,
    ));
    if !progress.error.is_empty() {
        say(format_args!("{:15} {}", "", progress.error));
    }
    if load.state == RunState::Waiting {
        say(format_args!("{:15} load {} waits; repeat with --approve to apply it", "", load.id));
    }
    for issue in progress.issues.iter().take(ISSUES_SHOWN) {
        match issue.row {
            0 => say(format_args!("{:15} {}: {}", "", issue.key, issue.reason)),
            row => say(format_args!("{:15} row {row} {}: {}", "", issue.key, issue.reason)),
        }
    }
    if progress.issues.len() > ISSUES_SHOWN {
        say(format_args!("{:15} … and more: see the load in the web", ""));
    }
    let all_refused = progress.rows_read > 0 && progress.refused == progress.rows_read;
    load.state == RunState::Done && !all_refused
}

/// The files that are there, in load order.
fn files_of(folder: &Path) -> anyhow::Result<Vec<(Class, PathBuf)>> {
    if !folder.is_dir() {
        bail!("{} is not a folder", folder.display());
    }
    let mut files = Vec::new();
    for class in Class::ALL {
        let names = [format!("{class}.csv"), format!("{class}.csv.gz")];
        let mut found = names.iter().map(|name| folder.join(name)).filter(|path| path.is_file());
        match (found.next(), found.next()) {
            (Some(path), None) => files.push((*class, path)),
            (Some(path), Some(_)) => bail!("{} is there twice, plain and packed: keep one", path.display()),
            (None, _) => {}
        }
    }
    if files.is_empty() {
        bail!("{} holds no file such as CIRCUIT.csv or CIRCUIT.csv.gz", folder.display());
    }
    Ok(files)
}

/// Does the file hold changes? A file that cannot be read is refused when it is loaded.
fn has_op_type(input: &Input, encoding: Encoding) -> bool {
    input.table(encoding).is_ok_and(|table: Table<_>| table.position("opType").is_some())
}

pub(super) fn read_zone(text: &str) -> Result<Zone, String> {
    Zone::parse(text).map_err(|error| error.to_string())
}

impl FileEncoding {
    pub(super) fn of_files(self) -> Encoding {
        match self {
            FileEncoding::Utf8 => Encoding::Utf8,
            FileEncoding::Gb18030 => Encoding::Gb18030,
        }
    }
}
