//! The real binary as a child process: configured, started, killed and stopped by the tests.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use model::source::SourceKind;
use sims::carrier::PeerInfo;

/// The daemon's system code.
pub const OWN: &str = "GD_CNM";
const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// The program under test: the one that was built with the tests, or another (CI kills the release program).
#[expect(clippy::disallowed_methods, reason = "another program is named from outside")]
pub fn program() -> String {
    std::env::var("LINESMAN_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_linesman").to_owned())
}

/// What a test says of the daemon that it wants.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// TOML sections that differ from the defaults.
    pub extra: String,
    /// Settings of `[web]`, one a line.
    pub web: String,
    /// Peers, as their simulators describe themselves.
    pub peers: Vec<PeerInfo>,
    /// The carrier has managers of IP and ATM too.
    pub data_managers: bool,
    /// Settings that every peer gets, one a line.
    pub peer_settings: String,
    /// Address of the web, if it must be known before; any free one otherwise.
    pub listen: Option<SocketAddr>,
    /// PostgreSQL URL; SQLite if none.
    pub postgres: Option<String>,
    /// Start of time.
    pub clock: Option<String>,
    /// Command that runs the daemon (`strace …`); none usually.
    pub wrapper: Vec<String>,
}

/// A running daemon.
pub struct Daemon {
    child: Child,
    setup: Setup,
    folder: PathBuf,
    /// Address of the web, the API and SOAP.
    pub url: String,
    /// Address of metrics and health.
    pub operations: String,
    /// UDP port of SNMP, if it listens.
    pub snmp: Option<u16>,
    /// What it printed for the first set-up, if it is the first start.
    pub setup_secret: Option<String>,
}

impl Daemon {
    /// Writes the configuration into `folder` and starts.
    pub fn start(folder: &Path, setup: Setup) -> Self {
        configure(folder, &setup);
        Self::launch(folder, setup)
    }

    /// Loads the resources of a folder before the daemon runs.
    pub fn import(folder: &Path, setup: &Setup, inventory: &Path) {
        configure(folder, setup);
        let mut command = Command::new(program());
        command.args(["import", "--config"]).arg(folder.join("linesman.toml")).arg(inventory);
        if let Some(clock) = &setup.clock {
            command.args(["--clock", clock]);
        }
        let done = command.output().unwrap();
        let (said, complaint) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert!(done.status.success(), "{said}{complaint}");
    }

    fn launch(folder: &Path, setup: Setup) -> Self {
        let mut words = setup.wrapper.clone();
        words.push(program());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).args(["serve", "--config"]).arg(folder.join("linesman.toml"));
        if let Some(clock) = &setup.clock {
            command.args(["--clock", clock]);
        }
        let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("daemon.log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut url, mut operations, mut setup_secret, mut snmp) = (None, None, None, None);
        // The address of the operations listener is the last line.
        while operations.is_none() {
            let line = match lines.next() {
                Some(line) => line.unwrap(),
                None => panic!("the daemon ended at its start:\n{}", read_log(folder)),
            };
            let last = || line.split_whitespace().last().unwrap_or_default().trim_end_matches('/').to_owned();
            match line.split_whitespace().next() {
                Some("web") => url = Some(last()),
                Some("operations") => operations = Some(last()),
                Some("snmp") => snmp = last().rsplit(':').next().and_then(|port| port.parse().ok()),
                Some("set-up") => setup_secret = Some(last()),
                _ => {}
            }
        }
        std::thread::spawn(move || lines.for_each(drop));
        Daemon {
            child,
            setup,
            folder: folder.to_owned(),
            url: url.unwrap(),
            operations: operations.unwrap(),
            snmp,
            setup_secret,
        }
    }

    /// `kill -9`, at once.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts again on the same data; how long it took until it was ready.
    pub fn restart(&mut self) -> Duration {
        let began = Instant::now();
        let mut again = Self::launch(&self.folder, self.setup.clone());
        again.setup_secret = again.setup_secret.take().or(self.setup_secret.take());
        *self = again;
        began.elapsed()
    }

    /// Ends it as an operator would.
    pub fn stop(&mut self) -> ExitStatus {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        self.child.wait().unwrap()
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Address of the web, for raw connections.
    pub fn address(&self) -> SocketAddr {
        self.url.trim_start_matches("http://").parse().unwrap()
    }

    /// What it was started with.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Its configuration.
    pub fn config(&self) -> PathBuf {
        self.folder.join("linesman.toml")
    }

    /// What it logged.
    pub fn log(&self) -> String {
        read_log(&self.folder)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Writes the configuration and the secrets it names.
fn configure(folder: &Path, setup: &Setup) {
    std::fs::create_dir_all(folder).unwrap();
    let listen = setup.listen.unwrap_or(ANY_PORT);
    let mut text = format!("sys_code = \"{OWN}\"\n[web]\nlisten = \"{listen}\"\n{}", setup.web);
    text += &format!("[operations]\nlisten = \"{ANY_PORT}\"\n[store]\ndata = \"data\"\n");
    if let Some(url) = &setup.postgres {
        std::fs::write(folder.join("postgres.url"), url).unwrap();
        text += "postgres_url_file = \"postgres.url\"\n";
    }
    text += &setup.extra;
    for peer in &setup.peers {
        text += &peer_toml(folder, peer);
        text += &setup.peer_settings;
    }
    std::fs::write(folder.join("linesman.toml"), text).unwrap();
}

/// A `[[peer]]`, its secrets in files of `folder`. Settings may follow it.
fn peer_toml(folder: &Path, peer: &PeerInfo) -> String {
    let secret = |name: &str, secret: &str| {
        std::fs::write(folder.join(name), secret).unwrap();
        name.to_owned()
    };
    let password = secret(&format!("{}.secret", peer.caller), &peer.password);
    let mut text = format!("[[peer]]\ncaller = \"{}\"\nkind = \"{}\"\n", peer.caller, peer.kind);
    if !peer.url.is_empty() {
        text += &format!("url = \"{}\"\n", peer.url);
    }
    text += &format!("password_file = \"{password}\"\nallow = [\"127.0.0.0/8\"]\nems_names = {:?}\n", peer.ems_names);
    if peer.kind == SourceKind::Omc {
        text += &format!("user = \"{}\"\n", sims::omc::USER);
    }
    if let Some((url, user, password)) = &peer.files {
        let file = secret(&format!("{}.files", peer.caller), password);
        text += &format!("files = {{ url = \"{url}\", user = \"{user}\", password_file = \"{file}\" }}\n");
    }
    text
}

/// An address that nobody has. It lies below the ports that the system gives to outgoing connections,
/// and no two calls of a run get the same, so nobody takes it before the daemon does.
pub fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + u16::try_from(std::process::id() % 100).unwrap() * 100;
    let free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let port = (0..100).map(|_| first + NEXT.fetch_add(1, Ordering::Relaxed) % 100).find(free).expect("a free port");
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn read_log(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("daemon.log")).unwrap_or_default()
}

/// Waits until `condition` gives a value; panics after a minute with what it waited for.
pub async fn wait_for<T, F: Future<Output = Option<T>>>(what: &str, mut condition: impl FnMut() -> F) -> T {
    let began = Instant::now();
    loop {
        if let Some(value) = condition().await {
            return value;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "waited a minute for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
