//! An OpenSSH server with its own keys, user, folder and port; it ends with its value. The user and the
//! password come from files of its own (`nss_wrapper`), so no account of this machine is used or needed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The user.
pub const USER: &str = "carrier";
/// The user's password.
pub const PASSWORD: &str = "kept-in-a-file";
/// The same as it stands in a shadow file.
const HASH: &str =
    "$6$Gt1rEHkbTdIBu37p$ahibcLow74WMAHlCMbzYUlbIwvy7BK2QBlL0uzGRCt0FigN./V6N1ENDtmtbdAQDQvmFLYFtcgA2vjjvvTLh.0";

/// A running server.
pub struct Sshd {
    process: Child,
    home: tempfile::TempDir,
    /// Where it listens.
    pub port: u16,
}

impl Sshd {
    /// Starts one with these lines more in its configuration.
    pub fn start(extra: &str) -> Self {
        Self::with(extra, None)
    }

    /// Starts one that can write files of at most so many bytes, as a disk that is nearly full.
    pub fn start_with_room_for(bytes: u32) -> Self {
        Self::with("", Some(bytes))
    }

    /// A free port may be taken by somebody else before the server binds it: then another is tried.
    fn with(extra: &str, room: Option<u32>) -> Self {
        for _ in 0..10 {
            let home = tempfile::tempdir().unwrap();
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            prepare(home.path(), port, extra);
            let process = launch(home.path(), room);
            let mut server = Sshd { process, home, port };
            if server.is_up() {
                return server;
            }
        }
        panic!("sshd did not start on any of ten ports: is openssh-server installed?");
    }

    /// Waits up to 5 s for the greeting.
    fn is_up(&mut self) -> bool {
        for _ in 0..200 {
            if self.process.try_wait().unwrap().is_some() {
                eprintln!("{}", self.log());
                return false;
            }
            if let Ok(connection) = TcpStream::connect(("127.0.0.1", self.port)) {
                let mut greeting = String::new();
                connection.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                let _ = BufReader::new(connection).read_line(&mut greeting);
                return greeting.starts_with("SSH-2.0-OpenSSH");
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        false
    }

    /// Stops it; what it has stays. [`Sshd::again`] starts it on the same port.
    pub fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Starts it again.
    pub fn again(&mut self) {
        self.process = launch(self.home.path(), None);
        assert!(self.is_up(), "sshd did not come back");
    }

    /// The fingerprint of its host key.
    pub fn fingerprint(&self) -> String {
        let told = Command::new("ssh-keygen").arg("-lf").arg(self.home.path().join("host.pub")).output().unwrap();
        String::from_utf8(told.stdout).unwrap().split(' ').nth(1).unwrap().to_owned()
    }

    /// The private key with which the user may come.
    pub fn user_key(&self) -> String {
        fs::read_to_string(self.home.path().join("user")).unwrap()
    }

    /// The folder that tests use; paths on the site are paths of this machine.
    pub fn site(&self) -> PathBuf {
        self.home.path().join("site")
    }

    /// A path below it.
    pub fn path(&self, name: &str) -> String {
        self.site().join(name).to_str().unwrap().to_owned()
    }

    /// What it said.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.stop();
    }
}

fn prepare(home: &Path, port: u16, extra: &str) {
    let id = |what: &str| {
        let told = Command::new("id").arg(what).output().unwrap();
        String::from_utf8(told.stdout).unwrap().trim().to_owned()
    };
    let (user, group, place) = (id("-u"), id("-g"), home.display());
    fs::create_dir(home.join("site")).unwrap();
    // Where a server that root starts locks itself in; it is there if the system's own has ever run.
    let _ = fs::create_dir("/run/sshd");
    for key in ["host", "user"] {
        let made =
            Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(home.join(key)).status();
        assert!(made.is_ok_and(|made| made.success()), "these tests need ssh-keygen: install openssh-client");
    }
    fs::copy(home.join("user.pub"), home.join("allowed")).unwrap();
    let users = format!(
        "root:x:0:0::/root:/bin/sh\nsshd:x:104:65534::/run/sshd:/usr/sbin/nologin\n{USER}:x:{user}:{group}::{place}:/bin/sh\n"
    );
    fs::write(home.join("passwd"), users).unwrap();
    fs::write(home.join("shadow"), format!("{USER}:{HASH}:19000:0:99999:7:::\n")).unwrap();
    let config = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {place}/host\nPidFile none\nUsePAM no\nStrictModes no\n\
         PermitRootLogin yes\nPasswordAuthentication yes\nAuthorizedKeysFile {place}/allowed\n\
         Subsystem sftp internal-sftp\nUseDNS no\n{extra}"
    );
    fs::write(home.join("config"), config).unwrap();
}

fn launch(home: &Path, room: Option<u32>) -> Child {
    // A write beyond the limit is then refused instead of ending the process.
    let limit = room.map_or(String::new(), |bytes| format!("trap '' XFSZ; ulimit -f {}; ", bytes / 512));
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{limit}exec /usr/sbin/sshd -D -e -f config")).current_dir(home);
    command.env("LD_PRELOAD", "libnss_wrapper.so").env("NSS_WRAPPER_GROUP", "/etc/group");
    command.env("NSS_WRAPPER_PASSWD", home.join("passwd")).env("NSS_WRAPPER_SHADOW", home.join("shadow"));
    let log = fs::File::create(home.join("log")).unwrap();
    command.stdout(Stdio::null()).stderr(log).spawn().unwrap()
}
