//! `linesman demo`: the daemon beside a small carrier on loopback, one clock for both.
//!
//! The carrier speaks the real protocols; the daemon is started as any other. Only the month before
//! the start is told to it directly, as history, so that ribbons and figures have something to say.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use intake::{Clock, Content, Submission};
use model::alarm::AlarmFact;
use model::source::{SourceId, SourceKind};
use sims::carrier::{Carrier, CarrierSettings, PeerInfo};
use sims::link::DaemonAddress;
use sims::script::{Scene, Script, ScriptSettings};
use sims::world::WorldSettings;
use tokio_util::sync::CancellationToken;

use super::{ClockArgs, say};
use crate::app::App;
use crate::config::Config;

const OWN: &str = "GD_CNM";
const GRACE: Duration = Duration::from_secs(10);

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Draws the carrier and its day: the same seed, the same day.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// How many times faster than real time its clock runs.
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    #[command(flatten)]
    clock: ClockArgs,
    /// Folder of the data; a fresh one is made below the system's temporary folder otherwise.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Address of the web.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

impl Demo {
    /// Runs until Ctrl-C or SIGTERM.
    pub fn run(self) -> anyhow::Result<()> {
        crate::telemetry::start_log(&crate::config::Log { level: "warn".to_owned(), json: false });
        let kept = self.data.is_some();
        let folder = self
            .data
            .clone()
            .unwrap_or_else(|| std::env::temp_dir().join(format!("linesman-demo-{}", std::process::id())));
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let outcome = super::runtime()?.block_on(self.play(&folder));
        if !kept {
            // A leftover of a demonstration is no reason to fail.
            drop(std::fs::remove_dir_all(&folder));
        }
        outcome
    }

    async fn play(self, folder: &Path) -> anyhow::Result<()> {
        let start = self.clock.clock.unwrap_or_else(|| Clock::system().now());
        let clock = Clock::starting_at(start, self.speed);
        let listen = free_address(self.listen)?;
        let stop = CancellationToken::new();
        let carrier = Arc::new(self.start_carrier(folder, listen, &clock, &stop).await?);
        let mut app = App::start(configure(folder, listen, &carrier.peers())?, clock.clone()).await?;
        let users = demo_users(&app, &carrier, &clock).await?;
        app.forget_setup();
        app.announce();
        users.iter().for_each(say);
        let scenes = tokio::select! {
            told = tell_past(&app, &carrier, &clock) => { told?; true }
            signal = super::serve::wait_for_signal() => { signal?; false }
        };
        if scenes {
            let narrator = Arc::new(|scene: &Scene| say(format_args!("{}  {}", scene.at, scene.text)));
            Script::new(Arc::clone(&carrier), ScriptSettings::demo(self.seed, narrator)).start();
            super::serve::wait_for_signal().await?;
        }
        say("stopping");
        stop.cancel();
        carrier.stop().await;
        anyhow::ensure!(app.stop(GRACE).await, "some work did not finish within {} s", GRACE.as_secs());
        Ok(())
    }

    async fn start_carrier(
        &self,
        folder: &Path,
        listen: SocketAddr,
        clock: &Clock,
        stop: &CancellationToken,
    ) -> anyhow::Result<Carrier> {
        let daemon = DaemonAddress { soap_url: format!("http://{listen}/soap"), sys_code: OWN.to_owned() };
        let site = folder.join("site");
        std::fs::create_dir_all(&site)?;
        let world = WorldSettings::demo(self.seed, clock.now());
        let settings = CarrierSettings::demo(world, daemon, "demo-carrier", site);
        let same = clock.clone();
        let sims_clock = sims::clock::Clock::new(move || same.now(), clock.speed());
        Ok(Carrier::start(settings, sims_clock, stop.clone()).await?)
    }
}

/// A speed that a clock can run at.
fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse::<f64>().map_err(|error| error.to_string())?;
    if speed.is_finite() && speed > 0.0 { Ok(speed) } else { Err("must be a number above 0".to_owned()) }
}

/// The asked address with a real port, free a moment ago.
pub(crate) fn free_address(wanted: SocketAddr) -> anyhow::Result<SocketAddr> {
    let probe = TcpListener::bind(wanted)
        .with_context(|| format!("{wanted} is in use; choose another with --listen, or --listen 127.0.0.1:0"))?;
    Ok(probe.local_addr()?)
}

/// The daemon's configuration, as an operator would write it.
pub(crate) fn configure(folder: &Path, listen: SocketAddr, peers: &[PeerInfo]) -> anyhow::Result<Config> {
    let secrets = folder.join("secrets");
    std::fs::create_dir_all(&secrets)?;
    std::fs::write(folder.join("plans.toml"), sims::world::plans::PLANS_TOML)?;
    let mut text = format!(
        "sys_code = \"{OWN}\"\n[store]\ndata = \"data\"\n[web]\nlisten = \"{listen}\"\n\
         [operations]\nlisten = \"{}\"\n[sla]\nplans_file = \"plans.toml\"\n[dispatch]\npersistence_s = [10, 20, 40]\n",
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
    );
    for peer in peers {
        let file = |name: &str, secret: &str| -> std::io::Result<String> {
            std::fs::write(secrets.join(name), secret)?;
            Ok(format!("secrets/{name}"))
        };
        let password = file(&peer.caller, &peer.password)?;
        text += &format!(
            "[[peer]]\ncaller = \"{}\"\nkind = \"{}\"\nurl = \"{}\"\npassword_file = \"{password}\"\n\
             allow = [\"127.0.0.0/8\"]\nzone = \"Asia/Shanghai\"\nems_names = {:?}\nalive_s = 20\ntimeout_s = 15\n\
             settle_s = 30\n",
            peer.caller, peer.kind, peer.url, peer.ems_names
        );
        if peer.kind == SourceKind::Omc {
            text += &format!("user = \"{}\"\nspecialty = \"TRANS\"\n", sims::omc::USER);
        }
        if let Some((url, user, secret)) = &peer.files {
            let secret = file(&format!("{}_files", peer.caller), secret)?;
            text += &format!("files = {{ url = \"{url}\", user = \"{user}\", password_file = \"{secret}\" }}\n");
        }
        let measured = match peer.kind {
            SourceKind::Ip => Some((r#"["IN_UTIL", "OUT_UTIL", "DELAY_AVG", "LOSS_PCT"]"#, "MPLS_VPN")),
            SourceKind::Atm => Some((r#"["CELLS_IN", "CELLS_OUT", "CLR0", "CTD_AVG"]"#, "ATM")),
            _ => None,
        };
        if let Some((params, circuits)) = measured {
            text += &format!(
                "[[peer.pm_task]]\nname = \"circuits\"\nparams = {params}\ncircuits = [\"{circuits}\"]\n\
                 measures = \"circuits\"\n"
            );
        }
    }
    let path = folder.join("linesman.toml");
    std::fs::write(&path, text)?;
    Ok(Config::read(&path)?)
}

/// Makes one user of each role and says how they log in.
async fn demo_users(app: &App, carrier: &Carrier, clock: &Clock) -> anyhow::Result<Vec<String>> {
    let customer = carrier.world.busiest_customer();
    let users = [
        ("admin", store::user::Role::Admin, None),
        ("noc", store::user::Role::Noc, None),
        ("customer", store::user::Role::Customer, customer),
    ];
    let mut lines = Vec::new();
    for (login, role, customer) in &users {
        let password = format!("{login}-demo-2026");
        let owner = (*role, customer.as_deref());
        web::provision::add_user(&app.db, login, &password, owner, clock.now()).await?;
        let place = if customer.is_some() { "/portal" } else { "/noc" };
        lines.push(format!("login {login:<9} password {password:<20} {place}"));
    }
    Ok(lines)
}

/// Waits for the first inventory, then tells the month before the start as history.
async fn tell_past(app: &App, carrier: &Carrier, clock: &Clock) -> anyhow::Result<()> {
    while app.board.inventory().circuits_total() == 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for manager in &carrier.managers {
        let code = manager.sys_code();
        let facts: Vec<AlarmFact> = carrier
            .history
            .alarms_of(&carrier.world, code)
            .map(|record| AlarmFact::Record(Arc::new(record.clone())))
            .collect();
        // All at once: an alarm's raise and its clear are one fact of the past.
        submit(app, code, clock, Content::History(facts)).await?;
    }
    submit(app, sims::carrier::EOMS, clock, Content::Cutovers(carrier.history.cutovers.clone())).await
}

async fn submit(app: &App, source: &str, clock: &Clock, content: Content) -> anyhow::Result<()> {
    let submission = Submission {
        source: SourceId::new(source),
        received_at: clock.now(),
        message: None,
        notification: None,
        raw: Vec::new(),
        content,
        refused: Vec::new(),
    };
    app.intake.submit(submission).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
