//! What a reader of PDF sees of our files: poppler's tools, for tests. `cargo xtask test` installs them.

use std::io::Write as _;
use std::process::Command;

use tempfile::NamedTempFile;

/// A PDF on disk.
pub(crate) struct Seen(NamedTempFile);

impl Seen {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        Seen(file)
    }

    fn run(&self, tool: &str, options: &[&str], after: &[&str]) -> String {
        let mut command = Command::new(tool);
        let output = command.args(options).arg(self.0.path()).args(after).output();
        let output = output.unwrap_or_else(|error| panic!("{tool}: {error}; install poppler-utils"));
        assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
        // Titles of tags are printed as they lie in the file, which is not always UTF-8.
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The text, as it lies on the pages.
    pub(crate) fn text(&self) -> String {
        self.run("pdftotext", &["-layout"], &["-"])
    }

    /// The text of one page, from 1.
    pub(crate) fn page(&self, number: usize) -> String {
        let number = number.to_string();
        self.run("pdftotext", &["-layout", "-f", &number, "-l", &number], &["-"])
    }

    /// Title, pages, size.
    pub(crate) fn info(&self) -> String {
        self.run("pdfinfo", &[], &[])
    }

    /// The value of a line of [`Seen::info`].
    pub(crate) fn fact(&self, name: &str) -> String {
        let info = self.info();
        let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_else(|| panic!("{name} is not in {info}")).trim().to_owned()
    }

    pub(crate) fn pages(&self) -> usize {
        self.fact("Pages").parse().unwrap()
    }

    /// The tree of tags.
    pub(crate) fn tags(&self) -> String {
        self.run("pdfinfo", &["-struct"], &[])
    }

    /// One line a font; the head is left out.
    pub(crate) fn fonts(&self) -> Vec<String> {
        self.run("pdffonts", &[], &[]).lines().skip(2).map(str::to_owned).collect()
    }
}
