//! `linesman check`: every fault of a configuration, then the reachability of each peer, and whether the
//! mail relay and the SFTP site of reports let us in.

use std::future::Future;
use std::net::ToSocketAddrs;
use std::time::Duration;

use anyhow::{Context, ensure};
use collectors::peer::Peer;
use intake::Clock;
use model::source::SourceKind;
use sftp::{Limits, Session};

use super::{ConfigFile, runtime, say};
use crate::config::{Config, ConfigError, Mail, Reports, Sftp};

const REACH: Duration = Duration::from_secs(5);

/// Checks and prints; fails if anything is wrong. A faulty configuration does not hide which peers
/// can be reached, nor the other way.
pub fn run(file: &ConfigFile) -> anyhow::Result<()> {
    let (config, faults) = Config::read_with_faults(&file.config)?;
    say(format_args!("{}: {} fault(s) in {} peer(s)", file.config.display(), faults.0.len(), config.peers.len()));
    if let Some(snmp) = &config.snmp {
        let devices: usize = snmp.groups.iter().map(|group| group.devices.len()).sum();
        say(format_args!("  snmp {}: {devices} device(s) in {} group(s)", snmp.listen, snmp.groups.len()));
    }
    let mut unreachable = 0;
    for peer in &config.peers {
        for (what, url) in addresses(peer) {
            let reached = match what {
                "socket" => log_in_at_omc(peer).map(|()| "logged in"),
                _ => reach(&url).map(|()| "reachable"),
            };
            match reached {
                Ok(how) => say(format_args!("  {} {what} {url}: {how}", peer.caller)),
                Err(reason) => {
                    unreachable += 1;
                    say(format_args!("  {} {what} {url}: {reason}", peer.caller));
                }
            }
        }
    }
    unreachable += runtime()?.block_on(deliveries(&config.reports));
    if !faults.0.is_empty() {
        return Err(ConfigError::Faults(faults.0).into());
    }
    ensure!(
        unreachable == 0,
        "{unreachable} address(es) cannot be reached or refuse us; is the peer running and the way open?"
    );
    Ok(())
}

/// Logs in wherever reports are sent, and says how it went; how many do not let us in.
async fn deliveries(reports: &Reports) -> u32 {
    let mut refused = 0;
    let mut told = |what: String, outcome: anyhow::Result<()>| match outcome {
        Ok(()) => say(format_args!("  {what}: lets us in")),
        Err(error) => {
            refused += 1;
            say(format_args!("  {what}: {error:#}"));
        }
    };
    if let Some(mail) = &reports.mail {
        told(format!("reports.mail {}", mail.host), within_reach(greet(mail)).await);
    }
    if let Some(sftp) = &reports.sftp {
        told(format!("reports.sftp {}:{}", sftp.host, sftp.port), within_reach(log_in(sftp)).await);
    }
    refused
}

async fn within_reach(call: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::time::timeout(REACH, call).await.with_context(|| format!("no answer within {} s", REACH.as_secs()))?
}

async fn greet(mail: &Mail) -> anyhow::Result<()> {
    ensure!(crate::tasks::mail::relay::relay(mail)?.test_connection().await?, "the relay does not answer NOOP");
    Ok(())
}

async fn log_in(sftp: &Sftp) -> anyhow::Result<()> {
    Session::open(&sftp.site()?, Limits::default()).await?.close().await;
    Ok(())
}

fn addresses(peer: &Peer) -> Vec<(&'static str, String)> {
    let what = if peer.kind == SourceKind::Omc { "socket" } else { "service" };
    let service = peer.url.iter().map(|url| (what, url.clone()));
    service.chain(peer.files.iter().map(|site| ("files", site.url.clone()))).collect()
}

/// Logs in to an OMC and leaves; the error is a sentence.
fn log_in_at_omc(peer: &Peer) -> Result<(), String> {
    let words = |error: &dyn std::error::Error| match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    };
    let secrets = peer.secrets().map_err(|error| words(&error))?;
    let Some(settings) = peer.omc(&secrets, &Clock::system()).map_err(|error| words(&error))? else { return Ok(()) };
    let runtime = super::runtime().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        omc::Session::open(settings).await.map_err(|error| words(&error))?.close().await;
        Ok(())
    })
}

/// Opens and closes a TCP connection to the host of a URL, at any of its addresses.
fn reach(url: &str) -> Result<(), String> {
    let (scheme, rest) = url.split_once("://").ok_or("not a URL: give scheme://host[:port]/path")?;
    let host = rest.split(['/', '?']).next().unwrap_or_default().rsplit('@').next().unwrap_or_default();
    let default_port = match scheme {
        "https" => 443,
        "ftp" => 21,
        _ => 80,
    };
    // A colon after the bracket of an IPv6 address, if there is one, begins the port.
    let has_port = host.rsplit(']').next().unwrap_or_default().contains(':');
    let address = if has_port { host.to_owned() } else { format!("{host}:{default_port}") };
    let resolved = address.to_socket_addrs().map_err(|error| format!("cannot resolve: {error}"))?;
    let mut failed = "the name has no address".to_owned();
    for address in resolved {
        match std::net::TcpStream::connect_timeout(&address, REACH) {
            Ok(_) => return Ok(()),
            Err(error) => failed = format!("cannot connect: {error}"),
        }
    }
    Err(failed)
}
