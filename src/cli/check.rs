//! `linesman check`: every fault of a configuration, then the reachability of each peer.

use std::net::ToSocketAddrs;
use std::time::Duration;

use anyhow::ensure;
use collectors::peer::Peer;

use super::{ConfigFile, say};

const REACH: Duration = Duration::from_secs(5);

/// Checks and prints; fails if anything is wrong.
pub fn run(file: &ConfigFile) -> anyhow::Result<()> {
    let config = file.read()?;
    say(format_args!("{}: no fault in {} peer(s)", file.config.display(), config.peers.len()));
    let mut unreachable = 0;
    for peer in &config.peers {
        for (what, url) in addresses(peer) {
            match reach(&url) {
                Ok(()) => say(format_args!("  {} {what} {url}: reachable", peer.caller)),
                Err(reason) => {
                    unreachable += 1;
                    say(format_args!("  {} {what} {url}: {reason}", peer.caller));
                }
            }
        }
    }
    ensure!(unreachable == 0, "{unreachable} address(es) cannot be reached; is the peer running and the way open?");
    Ok(())
}

fn addresses(peer: &Peer) -> Vec<(&'static str, String)> {
    let service = peer.url.iter().map(|url| ("service", url.clone()));
    service.chain(peer.files.iter().map(|site| ("files", site.url.clone()))).collect()
}

/// Opens and closes a TCP connection to the host of a URL.
fn reach(url: &str) -> Result<(), String> {
    let (scheme, rest) = url.split_once("://").ok_or("not a URL: give scheme://host[:port]/path")?;
    let host = rest.split('/').next().unwrap_or_default().rsplit('@').next().unwrap_or_default();
    let default_port = match scheme {
        "https" => 443,
        "ftp" | "ftps" => 21,
        "sftp" => 22,
        _ => 80,
    };
    let address = if host.contains(':') { host.to_owned() } else { format!("{host}:{default_port}") };
    let mut resolved = address.to_socket_addrs().map_err(|error| format!("cannot resolve: {error}"))?;
    let first = resolved.next().ok_or("the name has no address")?;
    std::net::TcpStream::connect_timeout(&first, REACH).map(drop).map_err(|error| format!("cannot connect: {error}"))
}
