//! The client against a real OpenSSH on loopback: a file gets there whole or not at all, and the site must
//! be the one that is configured.

#![expect(clippy::unwrap_used, reason = "helpers of a test")]

#[path = "openssh/sshd.rs"]
mod sshd;

use std::fs;
use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use sftp::{Limits, Login, Put, Session, SftpError, Site};
use sshd::Sshd;

const QUICK: Limits =
    Limits { connect: Duration::from_secs(5), step: Duration::from_secs(5), file: Duration::from_secs(10) };

fn site(server: &Sshd, login: Login) -> Site {
    Site::new(("127.0.0.1", server.port), sshd::USER, login, &[server.fingerprint()]).unwrap()
}

fn by_password(server: &Sshd) -> Site {
    site(server, Login::Password(sshd::PASSWORD.to_owned()))
}

async fn open(site: &Site) -> Session {
    Session::open(site, QUICK).await.unwrap()
}

/// Names in a folder, hidden ones too.
fn names(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_file_gets_there_whole_by_password_and_by_key() {
    let server = Sshd::start("");
    let content: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let by_key = site(&server, Login::key(&server.user_key()).unwrap());
    for (site, name) in [(by_password(&server), "a.pdf"), (by_key, "b.pdf")] {
        let session = open(&site).await;
        let path = server.path(&format!("2026-10/K1/{name}"));
        assert_eq!(session.put(&path, &content).await.unwrap(), Put::Written);
        assert!(fs::read(&path).unwrap() == content, "{name}");
        session.close().await;
    }
    assert_eq!(names(&server.site().join("2026-10/K1")), ["a.pdf", "b.pdf"], "nothing unfinished stays");
    assert_eq!(by_password(&server).url("/x"), format!("sftp://carrier@127.0.0.1:{}/x", server.port));
}

#[tokio::test]
async fn a_second_put_changes_nothing_and_what_is_wrong_is_replaced() {
    let server = Sshd::start("");
    let session = open(&by_password(&server)).await;
    let path = server.path("r1.csv");
    // As a sender leaves it that was killed in the middle.
    fs::write(server.path(".r1.csv.part"), vec![b'x'; 100_000]).unwrap();
    assert_eq!(session.put(&path, b"first").await.unwrap(), Put::Written);
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(session.put(&path, b"first").await.unwrap(), Put::AlreadyThere);
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
    for other in ["fairs", "longer than that", ""] {
        fs::write(&path, other).unwrap();
        assert_eq!(session.put(&path, b"first").await.unwrap(), Put::Written, "{other:?}");
        assert_eq!(fs::read(&path).unwrap(), b"first");
    }
    assert_eq!(session.put(&server.path("empty"), b"").await.unwrap(), Put::Written);
    assert_eq!(names(&server.site()), ["empty", "r1.csv"]);
}

#[tokio::test]
async fn another_host_key_is_not_spoken_with() {
    let server = Sshd::start("");
    let other = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned();
    let login = || Login::Password(sshd::PASSWORD.to_owned());
    let wrong = Site::new(("127.0.0.1", server.port), sshd::USER, login(), std::slice::from_ref(&other)).unwrap();
    let said = Session::open(&wrong, QUICK).await.err().unwrap().to_string();
    assert!(said.contains(&server.fingerprint()) && said.contains("host_keys"), "{said}");
    assert!(!server.log().contains("password"), "no password goes to a stranger: {}", server.log());
    let both = Site::new(("127.0.0.1", server.port), sshd::USER, login(), &[other, server.fingerprint()]).unwrap();
    open(&both).await.close().await;
    let none = Site::new(("h", 22), "u", login(), &["MD5:aa".to_owned()]).unwrap_err().to_string();
    assert!(none.contains("ssh-keygen -l"), "{none}");
}

#[tokio::test]
async fn a_wrong_login_says_which_setting() {
    let server = Sshd::start("");
    let wrong = site(&server, Login::Password("guessed".to_owned()));
    let refused = Session::open(&wrong, QUICK).await.err().unwrap();
    assert!(matches!(refused, SftpError::Login { way: "password", .. }), "{refused}");
    let key = Login::key(&fs::read_to_string(server.path("../host")).unwrap()).unwrap();
    let refused = Session::open(&site(&server, key), QUICK).await.err().unwrap();
    assert!(refused.to_string().contains("check user and key_file"), "{refused}");
    for text in ["", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"] {
        let said = Login::key(text).err().unwrap().to_string();
        assert!(said.contains("without a passphrase"), "{said}");
    }
    assert!(!format!("{wrong:?}").contains("guessed"));
}

#[tokio::test]
async fn what_the_site_refuses_is_said_and_leaves_nothing() {
    let server = Sshd::start("ForceCommand internal-sftp -R\n");
    let session = open(&by_password(&server)).await;
    let denied = session.put(&server.path("a/r.csv"), b"content").await.unwrap_err().to_string();
    assert!(denied.contains("Permission denied"), "{denied}");
    assert_eq!(names(&server.site()), Vec::<String>::new());

    let full = Sshd::start_with_room_for(64 << 10);
    let session = open(&by_password(&full)).await;
    let large = session.put(&full.path("large.pdf"), &vec![7; 1 << 20]).await.unwrap_err();
    assert!(matches!(large, SftpError::Failed { .. } | SftpError::Size { .. }), "{large}");
    assert_eq!(names(&full.site()), Vec::<String>::new(), "no half file, under no name");
    assert!(session.answers().await, "a refusal is no broken connection");
    assert_eq!(session.put(&full.path("small.pdf"), &vec![7; 1 << 10]).await.unwrap(), Put::Written);
}

#[tokio::test]
async fn a_connection_that_is_cut_leaves_no_file_and_the_next_login_mends_it() {
    let mut server = Sshd::start("");
    let port = cut_after(500_000, server.port);
    let login = Login::Password(sshd::PASSWORD.to_owned());
    let behind = Site::new(("127.0.0.1", port), sshd::USER, login, &[server.fingerprint()]).unwrap();
    let path = server.path("r.pdf");
    let session = open(&behind).await;
    let cut = session.put(&path, &vec![7; 4 << 20]).await.unwrap_err();
    assert!(matches!(cut, SftpError::Failed { .. }), "{cut}");
    assert!(!names(&server.site()).contains(&"r.pdf".to_owned()));
    assert!(!session.answers().await);
    server.stop();
    let away = Session::open(&by_password(&server), QUICK).await.err().unwrap();
    assert!(matches!(away, SftpError::Connect { .. }), "{away}");
    server.again();
    assert_eq!(open(&by_password(&server)).await.put(&path, &vec![7; 4 << 20]).await.unwrap(), Put::Written);
    assert_eq!(names(&server.site()), ["r.pdf"]);
}

/// Passes one connection on to a port until so many bytes went out, then cuts it; where it listens.
fn cut_after(most: u64, target: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (near, _) = listener.accept().unwrap();
        let far = TcpStream::connect(("127.0.0.1", target)).unwrap();
        let (mut back, mut to_us) = (far.try_clone().unwrap(), near.try_clone().unwrap());
        std::thread::spawn(move || io::copy(&mut back, &mut to_us));
        io::copy(&mut (&near).take(most), &mut &far).unwrap();
        for side in [near, far] {
            side.shutdown(std::net::Shutdown::Both).unwrap();
        }
    });
    port
}

#[tokio::test]
async fn a_silent_site_and_no_site_do_not_hold_us() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let limits = Limits { step: Duration::from_millis(300), ..QUICK };
    let login = || Login::Password(String::new());
    let mute = Site::new(("127.0.0.1", port), "u", login(), &[]).unwrap();
    let late = Session::open(&mute, limits).await.err().unwrap();
    assert!(matches!(late, SftpError::Timeout { what: "the greeting", .. }), "{late}");
    // A port that no program is given by chance.
    let nobody = Site::new(("127.0.0.1", 1), "u", login(), &[]).unwrap();
    let gone = Session::open(&nobody, limits).await.err().unwrap();
    assert!(matches!(gone, SftpError::Connect { .. }), "{gone}");
}
