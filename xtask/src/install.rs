//! Installs the real peers that the tests start, from Debian's packages and PyPI.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::run::{has, root, run};

/// Peers of the Rust tests: PostgreSQL, vsftpd, OpenSSH, net-snmp, a foreign SOAP client, a mail relay, strace, and
/// readers of PDF.
pub fn for_tests() -> Result<()> {
    let postgres = Command::new("sh").args(["-c", "ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1"]).status();
    let mut missing = Vec::new();
    if !postgres.is_ok_and(|status| status.success()) {
        missing.push("postgresql");
    }
    if !has("vsftpd") {
        missing.push("vsftpd");
    }
    if !Path::new("/usr/sbin/sshd").exists() {
        missing.push("openssh-server");
    }
    if !has("ssh-keygen") {
        missing.push("openssh-client");
    }
    // Gives that sshd a user and a password of its own.
    let wrapper = Command::new("sh").args(["-c", "ls /usr/lib/*/libnss_wrapper.so >/dev/null 2>&1"]).status();
    if !wrapper.is_ok_and(|status| status.success()) {
        missing.push("libnss-wrapper");
    }
    if !has("openssl") {
        missing.push("openssl");
    }
    if !has("strace") {
        missing.push("strace");
    }
    if !has("snmptrap") {
        missing.push("snmp");
    }
    if !has("pdftotext") {
        missing.push("poppler-utils");
    }
    if !has("python3") {
        missing.push("python3");
    }
    if !Command::new("python3").args(["-c", "import ensurepip, venv"]).status().is_ok_and(|s| s.success()) {
        missing.push("python3-venv");
    }
    apt(&missing)?;
    python_peers()
}

/// The browser of the browser tests, and fonts for Chinese.
pub fn for_browser() -> Result<()> {
    let mut missing = Vec::new();
    if !has("chromium") {
        missing.push("chromium");
    }
    if !Command::new("sh").args(["-c", "ls /usr/share/fonts/opentype/noto/*CJK* >/dev/null 2>&1"]).status()?.success() {
        missing.push("fonts-noto-cjk");
    }
    apt(&missing)
}

fn apt(packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    ensure!(has("apt-get"), "please install: {}", packages.join(" "));
    run(Command::new("apt-get").arg("update").arg("-q"))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "-y", "-q", "--no-install-recommends"]).args(packages);
    run(install.env("DEBIAN_FRONTEND", "noninteractive"))
}

/// The Python client and the mail relay live in a virtual environment below `target`.
fn python_peers() -> Result<()> {
    let venv = root().join("target/foreign");
    let python = venv.join("bin/python");
    if Command::new(&python).args(["-c", "import zeep, aiosmtpd"]).status().is_ok_and(|status| status.success()) {
        return Ok(());
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    run(Command::new(&python).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "zeep==4.3.3",
        "aiosmtpd==1.4.6",
    ]))
}
