//! `linesman init`: a commented configuration to start from.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::say;

/// The example that `deploy/` ships; a test keeps it true.
pub const EXAMPLE: &str = include_str!("../../deploy/linesman.example.toml");

/// Folders that the example names: the database, and the files with passwords.
const FOLDERS: [&str; 2] = ["data", "secrets"];

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// Folder to write into; made if it is missing.
    #[arg(default_value = ".")]
    folder: PathBuf,
}

impl Init {
    /// Writes `linesman.toml` and `plans.toml`, never over an existing file, and makes their folders.
    pub fn run(self) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make the folder {}", self.folder.display()))?;
        self.write("linesman.toml", EXAMPLE)?;
        self.write("plans.toml", include_str!("../../deploy/plans.example.toml"))?;
        for name in FOLDERS {
            make_private(&self.folder.join(name))?;
        }
        let file = self.folder.join("linesman.toml");
        say(format_args!(
            "Put each peer's password, one line, into the file that {0} names, edit {0}, then: \
             linesman check --config {0}",
            file.display()
        ));
        Ok(())
    }

    fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.folder.join(name);
        let mut file = std::fs::File::create_new(&path)
            .with_context(|| format!("{} exists or cannot be made; nothing was changed in it", path.display()))?;
        file.write_all(text.as_bytes())?;
        say(format_args!("wrote {}", path.display()));
        Ok(())
    }
}

/// Makes a folder for our eyes only; one that is there stays as it is.
fn make_private(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))
}
