//! The client against a real vsftpd on loopback: what is fetched, what is refused, and why.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of a test")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use ftp::{Checked, Encoding, FtpError, Limits, Line, RemotePath, Session, Site, Spool};

const PASSWORD: &str = "kept-in-a-file";

/// A vsftpd with its own configuration, directory and port; it ends with this value.
struct Vsftpd {
    process: Child,
    home: tempfile::TempDir,
    port: u16,
}

impl Vsftpd {
    /// Starts one. A free port may be taken by somebody else before vsftpd binds it, so the greeting
    /// must be our own; otherwise another port is tried.
    fn start(extra: &str) -> Self {
        let binary = ["/usr/sbin/vsftpd", "/usr/local/sbin/vsftpd"].into_iter().find(|path| Path::new(path).exists());
        let binary = binary.expect("these tests need vsftpd: install it with `apt-get install vsftpd`");
        for _ in 0..10 {
            let home = tempfile::tempdir().unwrap();
            fs::create_dir(home.path().join("site")).unwrap();
            fs::create_dir(home.path().join("empty")).unwrap();
            fs::write(home.path().join("passwords"), format!("{PASSWORD}\n")).unwrap();
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let config = home.path().join("vsftpd.conf");
            fs::write(&config, config_text(home.path(), port, extra)).unwrap();
            let process =
                Command::new(binary).arg(&config).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let mut server = Vsftpd { process, home, port };
            if server.is_up() {
                return server;
            }
        }
        panic!("vsftpd did not start on any of ten ports");
    }

    /// Waits up to 5 s for the greeting of this very server.
    fn is_up(&mut self) -> bool {
        let wanted = format!("220 {}", self.home.path().display());
        for _ in 0..200 {
            if self.process.try_wait().unwrap().is_some() {
                return false;
            }
            if let Ok(connection) = TcpStream::connect(("127.0.0.1", self.port)) {
                let mut greeting = String::new();
                connection.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                let _ = BufReader::new(connection).read_line(&mut greeting);
                return greeting.trim_end() == wanted;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        false
    }

    fn site(&self, password: &str) -> Site {
        Site::new(&format!("ftp://127.0.0.1:{}", self.port), "anonymous", password).unwrap()
    }

    async fn session(&self) -> Session {
        Session::open(&self.site(PASSWORD), Limits::default()).await.unwrap()
    }

    fn spool(&self) -> Spool {
        Spool::open(&self.spool_path()).unwrap()
    }

    fn spool_path(&self) -> PathBuf {
        self.home.path().join("spool")
    }

    fn spooled(&self) -> usize {
        fs::read_dir(self.spool_path()).unwrap().count()
    }

    /// Run by any user, vsftpd cannot lock itself into its directory, so paths on this site are paths of
    /// this machine.
    fn on_site(&self, name: &str) -> PathBuf {
        self.home.path().join("site").join(name)
    }

    fn path(&self, name: &str) -> RemotePath {
        RemotePath::parse(self.on_site(name).to_str().unwrap()).unwrap()
    }
}

impl Drop for Vsftpd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn config_text(home: &Path, port: u16, extra: &str) -> String {
    let home = home.display();
    format!(
        "listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\nrun_as_launching_user=YES\n\
         anonymous_enable=YES\nlocal_enable=NO\nsecure_email_list_enable=YES\nemail_password_file={home}/passwords\n\
         anon_root={home}/site\nallow_writeable_chroot=YES\nsecure_chroot_dir={home}/empty\nseccomp_sandbox=NO\n\
         write_enable=YES\nanon_upload_enable=YES\nanon_mkdir_write_enable=YES\nanon_other_write_enable=YES\n\
         anon_world_readable_only=NO\nanon_umask=022\nxferlog_enable=NO\nftpd_banner={home}\n{extra}\n"
    )
}

fn pack(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn first_cells(checked: &Checked) -> Vec<String> {
    let mut table = checked.table(Encoding::Utf8).unwrap();
    let mut cells = Vec::new();
    while let Some(line) = table.next_line().unwrap() {
        match line {
            Line::Row(row) => cells.push(row.cell(Some(0)).to_owned()),
            Line::Bad(bad) => panic!("{bad:?}"),
        }
    }
    cells
}

#[tokio::test]
async fn what_was_put_is_fetched_checked() {
    let server = Vsftpd::start("");
    let path = server.path("GD_TNMS/ALM/20261101/ALM-1-001.csv.gz");
    let packed = pack("alarmId,severity\nA1,1\n\"A\n2\",2\n");

    let mut session = server.session().await;
    let control = session.put(&path, &packed, 2).await.unwrap();
    assert_eq!(control.bytes, packed.len() as u64);
    assert!(!server.on_site("GD_TNMS/ALM/20261101/ALM-1-001.csv.gz.tmp").exists());
    session.put(&path, &packed, 2).await.unwrap(); // again: replaces

    let checked = session.fetch_checked(&path, &server.spool()).await.unwrap();
    assert_eq!(checked.control, control);
    assert_eq!(first_cells(&checked), ["A1", "A\n2"]);
    assert_eq!(server.spooled(), 1);
    drop(checked);
    assert_eq!(server.spooled(), 0);
    session.close().await;
}

#[tokio::test]
async fn each_disagreement_has_its_code() {
    let server = Vsftpd::start("");
    let (spool, path) = (server.spool(), server.path("a.csv"));
    let mut session = server.session().await;

    let error = session.fetch_checked(&path, &spool).await.unwrap_err();
    assert!(matches!(error, FtpError::MissingControl { .. }), "{error}");
    assert!(error.temporary());

    let control = session.put(&path, b"a\n1\n2\n", 2).await.unwrap();
    fs::write(server.on_site("a.csv"), "a\n1\n").unwrap();
    assert_eq!(
        session.fetch_checked(&path, &spool).await.unwrap_err().to_string(),
        format!("the file {path} disagrees with its control file: it has 4 bytes, 6 were promised")
    );
    fs::write(server.on_site("a.csv"), "a\n1\n3\n").unwrap();
    assert_eq!(session.fetch_checked(&path, &spool).await.unwrap_err().code().number(), 5003);
    session.put(&path, b"a\n1\n2\n", 3).await.unwrap();
    assert_eq!(session.fetch_checked(&path, &spool).await.unwrap_err().code().number(), 5004);
    fs::remove_file(server.on_site("a.csv")).unwrap();
    assert!(matches!(session.fetch_checked(&path, &spool).await.unwrap_err(), FtpError::NoSuchFile { .. }));
    fs::write(server.on_site("a.csv.ok"), control.write().replace("bytes=", "size=")).unwrap();
    assert_eq!(session.fetch_checked(&path, &spool).await.unwrap_err().code().number(), 5005);
    fs::write(server.on_site("a.csv.ok"), vec![b'x'; 5000]).unwrap();
    assert!(matches!(session.fetch_checked(&path, &spool).await.unwrap_err(), FtpError::TooLarge { .. }));
    assert_eq!(server.spooled(), 0);
}

#[tokio::test]
async fn a_file_cut_before_it_was_packed_whole_is_refused_as_a_whole() {
    let server = Vsftpd::start("");
    let path = server.path("cut.csv.gz");
    let packed = pack(&format!("a\n{}", "1\n".repeat(20)));
    let mut session = server.session().await;
    session.put(&path, &packed[..packed.len() - 9], 20).await.unwrap();
    let error = session.fetch_checked(&path, &server.spool()).await.unwrap_err();
    assert_eq!(error.code().number(), 5005, "{error}");
    assert!(!error.temporary());
}

#[tokio::test]
async fn a_wrong_password_is_a_login_error_without_the_password() {
    let server = Vsftpd::start("");
    let error = Session::open(&server.site("wrong-one"), Limits::default()).await.err().unwrap();
    assert_eq!(error.code().number(), 5001);
    assert!(!format!("{error} {error:?}").contains("wrong-one"));
}

#[tokio::test]
async fn a_large_file_is_stopped_at_the_limit() {
    let server = Vsftpd::start("");
    fs::write(server.on_site("big.csv"), vec![b'1'; 300_000]).unwrap();
    let limits = Limits { file_bytes_max: 100_000, ..Limits::default() };
    let mut session = Session::open(&server.site(PASSWORD), limits).await.unwrap();
    let error = session.fetch(&server.path("big.csv"), &server.spool()).await.unwrap_err();
    assert!(matches!(error, FtpError::TooLarge { limit: 100_000, .. }), "{error}");
    assert_eq!(server.spooled(), 0);
}

#[tokio::test]
async fn a_foreign_data_address_is_not_followed() {
    // vsftpd is told to name a host of a documentation network in its PASV replies.
    let server = Vsftpd::start("pasv_address=203.0.113.9");
    fs::write(server.on_site("a.csv"), "a\n1\n").unwrap();
    let stored = server.session().await.fetch(&server.path("a.csv"), &server.spool()).await.unwrap();
    assert_eq!(stored.bytes, 4);
}

#[tokio::test]
async fn a_site_that_says_nothing_is_left_in_time() {
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let site = Site::new(&format!("ftp://{}", mute.local_addr().unwrap()), "u", "p").unwrap();
    let limits = Limits { step: Duration::from_millis(200), ..Limits::default() };
    let error = Session::open(&site, limits).await.err().unwrap();
    assert_eq!(error.code().number(), 9004, "{error}");
    drop(mute);
    let error = Session::open(&site, limits).await.err().unwrap();
    assert!(matches!(error, FtpError::Connect { .. }), "{error}");
}

#[tokio::test]
async fn a_spool_forgets_what_a_crash_left_and_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("fetch-old"), "x").unwrap();
    fs::write(home.path().join("keep"), "x").unwrap();
    Spool::open(home.path()).unwrap();
    assert!(!home.path().join("fetch-old").exists());
    assert!(home.path().join("keep").exists());
}
