//! The service between net-snmp's programs and a queue in place of the writer, which the tests answer.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use intake::submission::{Answer, Content, Submission};
use intake::{Intake, Item, Queue, Refusal};
use model::alarm::{AlarmFact, AlarmStatus, Specialty};
use model::source::SourceId;
use model::time::Time;
use parking_lot::Mutex;
use snmp::{Auth, Dropped, Drops, Engine, Gate, Listener, Privacy, Reason, Settings, User};
use tokio_util::sync::CancellationToken;

use super::{Ended, Notes, TrapService};
use crate::snmp::map::maps;
use crate::snmp::rules::{GroupSetup, Rules};

const SECRET: &str = "auth-secret";
const SEAL: &str = "privacy-secret";
const LINK_DOWN: &str = ".1.3.6.1.6.3.1.1.5.3";
const LINK_UP: &str = ".1.3.6.1.6.3.1.1.5.4";

/// What was noted.
#[derive(Default)]
struct Book {
    dropped: Mutex<Vec<Reason>>,
    ended: Mutex<Vec<Ended>>,
    answered: AtomicI64,
}

impl Drops for Book {
    fn note(&self, dropped: &Dropped<'_>) {
        self.dropped.lock().push(dropped.reason);
    }
}

impl Notes for Book {
    fn ended(&self, _: &SourceId, ended: Ended, _: u64) {
        self.ended.lock().push(ended);
    }

    fn answered(&self, _: &SourceId) {
        self.answered.fetch_add(1, Ordering::Relaxed);
    }
}

/// A running service; it ends with its runtime.
struct Stand {
    port: u16,
    queue: Queue,
    book: Arc<Book>,
    _folder: tempfile::TempDir,
}

impl Stand {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(&folder.path().join("snmp.engine")).unwrap();
        let mut rules = Rules::new([]);
        let setup = GroupSetup {
            source: SourceId::new("GD_CPE"),
            specialty: Specialty::Ip,
            vendor: String::new(),
            ems_name: "GD_CPE".to_owned(),
            object_ids: Default::default(),
            devices: BTreeMap::from([(IpAddr::from([127, 0, 0, 1]), "NE1".to_owned())]),
        };
        rules.add(setup, maps(None, &mut Vec::new()).values());
        let gate = Gate::new(rules.addresses(), &["public".to_owned()], users(), engine).unwrap();
        let settings = Settings { listen: ([127, 0, 0, 1], 0).into(), receive_buffer: 1 << 20, queue: 1 << 20 };
        let book = Arc::new(Book::default());
        let drops: Arc<dyn Drops> = Arc::<Book>::clone(&book);
        let clock = intake::Clock::system();
        let listener = Listener::start(settings, gate, drops, move || clock.now()).unwrap();
        let port = listener.address().port();
        let (intake, queue) = Intake::new(64);
        let notes: Arc<dyn Notes> = Arc::<Book>::clone(&book);
        let service = TrapService::new(listener, Arc::new(rules), intake, notes);
        tokio::task::spawn_blocking(move || {
            let stop = CancellationToken::new();
            tokio::runtime::Handle::current().block_on(tokio::time::timeout(Duration::from_secs(60), service.run(stop)))
        });
        Stand { port, queue, book, _folder: folder }
    }

    /// Runs one of net-snmp's programs; `true` if it is content.
    async fn send(&self, program: &str, security: &str, what: &str) -> bool {
        let mut command = Command::new(program);
        command.args(security.split_whitespace()).arg(format!("127.0.0.1:{}", self.port)).args(what.split_whitespace());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        tokio::task::spawn_blocking(move || command.status().unwrap().success()).await.unwrap()
    }

    async fn next(&mut self) -> Item {
        tokio::time::timeout(Duration::from_secs(20), self.queue.recv()).await.expect("nothing came").unwrap()
    }

    /// What comes next, answered as the writer does.
    async fn taken(&mut self) -> Submission {
        let item = self.next().await;
        item.answer.send(Ok(Answer::default())).unwrap();
        item.submission
    }

    fn nothing_came(&mut self) -> bool {
        self.queue.try_recv().is_err()
    }

    async fn until(&self, what: &str, condition: impl Fn(&Book) -> bool) {
        for _ in 0..2000 {
            if condition(&self.book) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{what}: {:?} {:?}", self.book.dropped.lock(), self.book.ended.lock());
    }
}

fn users() -> Vec<User> {
    let user = |name, auth, privacy: Option<Privacy>| {
        User::new(name, Some((auth, SECRET)), privacy.map(|privacy| (privacy, SEAL))).unwrap()
    };
    vec![
        User::new("open", None, None).unwrap(),
        user("proved", Auth::Sha1, None),
        user("old", Auth::Md5, Some(Privacy::Des)),
        user("usual", Auth::Sha1, Some(Privacy::Aes128)),
        user("new", Auth::Sha256, Some(Privacy::Aes256Blumenthal)),
        user("strong", Auth::Sha512, Some(Privacy::Aes192Blumenthal)),
    ]
}

/// How net-snmp is told a user: `sealed` of level `authPriv`.
fn as_user(name: &str, auth: &str, seal: &str) -> String {
    let level = match (auth, seal) {
        ("", _) => "noAuthNoPriv",
        (_, "") => "authNoPriv",
        _ => "authPriv",
    };
    let auth = if auth.is_empty() { String::new() } else { format!("-a {auth} -A {SECRET}") };
    let seal = if seal.is_empty() { String::new() } else { format!("-x {seal} -X {SEAL}") };
    format!("-v3 -u {name} -l {level} {auth} {seal}")
}

fn all_users() -> Vec<String> {
    vec![
        as_user("open", "", ""),
        as_user("proved", "SHA", ""),
        as_user("old", "MD5", "DES"),
        as_user("usual", "SHA", "AES"),
        as_user("new", "SHA-256", "AES-256"),
        as_user("strong", "SHA-512", "AES-192"),
    ]
}

/// The words of a notification about an interface.
fn about(uptime: u32, trap: &str, index: u32) -> String {
    format!("{uptime} {trap} .1.3.6.1.2.1.2.2.1.1.{index} i {index}")
}

fn facts(submission: Submission) -> Vec<AlarmFact> {
    match submission.content {
        Content::Alarms(facts) => facts,
        other => panic!("{other:?}"),
    }
}

/// Alarm id, and whether it is raised.
fn shown(fact: &AlarmFact) -> (String, bool) {
    match fact {
        AlarmFact::Record(record) => (record.alarm_id.to_string(), record.alarm_status == Some(AlarmStatus::Active)),
        AlarmFact::End(end) => (end.alarm_id.clone(), false),
        AlarmFact::Listed(_) => panic!("no list"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn traps_of_every_version_and_algorithm_are_heard() {
    let mut stand = Stand::start();
    let v1 = "1.3.6.1.4.1.8072 127.0.0.1 2 0 100 .1.3.6.1.2.1.2.2.1.1.1 i 1";
    assert!(stand.send("snmptrap", "-v1 -c public", v1).await);
    assert_eq!(facts(stand.taken().await).iter().map(shown).collect::<Vec<_>>(), [("NE1|linkDown|1".to_owned(), true)]);
    let mut ways = vec!["-v2c -c public".to_owned()];
    ways.extend(all_users());
    for (index, way) in (2..).zip(ways) {
        assert!(stand.send("snmptrap", &way, &about(index * 100, LINK_DOWN, index)).await, "{way}");
        let submission = stand.taken().await;
        let evidence = String::from_utf8(submission.raw.clone()).unwrap();
        assert!(evidence.contains(" trap ") && !evidence.contains("public"), "{evidence}");
        assert_eq!(shown(&facts(submission)[0]), (format!("NE1|linkDown|{index}"), true), "{way}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn informs_are_answered_in_every_version_and_algorithm() {
    let mut stand = Stand::start();
    let mut ways = vec!["-v2c -c public".to_owned()];
    ways.extend(all_users());
    for (index, way) in (1..).zip(ways) {
        let (way, what) = (format!("-t 5 -r 2 {way}"), about(index * 100, LINK_DOWN, index));
        let port = stand.port;
        let sent = tokio::task::spawn_blocking(move || {
            let mut command = Command::new("snmpinform");
            command.args(way.split_whitespace()).arg(format!("127.0.0.1:{port}")).args(what.split_whitespace());
            (command.output().unwrap(), way)
        });
        stand.taken().await;
        let (output, way) = sent.await.unwrap();
        assert!(output.status.success(), "{way}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(stand.book.answered.load(Ordering::Relaxed) >= 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inform_is_not_answered_before_it_is_kept() {
    for way in ["-v2c -c public".to_owned(), as_user("new", "SHA-256", "AES-256")] {
        let mut stand = Stand::start();
        // One try, while nobody writes: no answer.
        assert!(!stand.send("snmpinform", &format!("-t 2 -r 0 {way}"), &about(7, LINK_DOWN, 1)).await, "{way}");
        let item = stand.next().await;
        assert_eq!(stand.book.answered.load(Ordering::Relaxed), 0, "{way}");
        item.answer.send(Ok(Answer::default())).unwrap();
        // What asks again afterwards is answered at once, and is nothing new.
        assert!(stand.send("snmpinform", &format!("-t 5 -r 1 {way}"), &about(7, LINK_DOWN, 1)).await, "{way}");
        assert!(stand.nothing_came(), "{way}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_writer_cannot_take_now_is_asked_again_until_it_can() {
    let mut stand = Stand::start();
    assert!(stand.send("snmptrap", "-v2c -c public", &about(7, LINK_DOWN, 1)).await);
    for refusal in [Refusal::Storage, Refusal::Busy] {
        stand.next().await.answer.send(Err(refusal)).unwrap();
    }
    assert_eq!(facts(stand.taken().await).len(), 1);
    stand.until("kept", |book| *book.ended.lock() == [Ended::Kept]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_told_twice_is_told_once_and_the_next_is_another() {
    let mut stand = Stand::start();
    let down = about(1000, LINK_DOWN, 1);
    assert!(stand.send("snmptrap", "-v2c -c public", &down).await);
    let first = facts(stand.taken().await);
    for _ in 0..2 {
        assert!(stand.send("snmptrap", "-v2c -c public", &down).await);
    }
    stand
        .until("repeats", |book| book.ended.lock().iter().filter(|ended| **ended == Ended::Repeated).count() == 2)
        .await;
    assert!(stand.send("snmptrap", "-v2c -c public", &about(1005, LINK_UP, 1)).await);
    let then = facts(stand.taken().await);
    let placed = |fact: &AlarmFact| fact.own_time().unwrap();
    assert_eq!(shown(&then[0]), ("NE1|linkDown|1".to_owned(), false));
    assert!(placed(&then[0]).since(placed(&first[0])) >= 50, "the device says: 5 hundredths later");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_is_refused_and_counted() {
    let mut stand = Stand::start();
    let down = about(1, LINK_DOWN, 1);
    let cases = [
        ("-v2c -c private".to_owned(), Reason::Community),
        ("-v1 -c private".to_owned(), Reason::Community),
        (as_user("nobody", "SHA", "AES"), Reason::User),
        (as_user("usual", "SHA", ""), Reason::SecurityLevel),
        (as_user("usual", "SHA-256", "AES"), Reason::Digest),
        (as_user("new", "SHA-256", "AES-256").replace(SECRET, "wrong-secret"), Reason::Digest),
        (as_user("new", "SHA-256", "AES-256").replace(SEAL, "wrong-secret"), Reason::Decryption),
    ];
    for (way, reason) in cases {
        stand.book.dropped.lock().clear();
        let v1 = "1.3.6.1.4.1.8072 127.0.0.1 2 0 100";
        stand.send("snmptrap", &way, if way.starts_with("-v1") { v1 } else { &down }).await;
        stand.until(&way, |book| book.dropped.lock().contains(&reason)).await;
    }
    // A request is not answered.
    assert!(!stand.send("snmpget", "-t 1 -r 0 -v2c -c public", ".1.3.6.1.2.1.1.3.0").await);
    stand.until("a request", |book| book.dropped.lock().contains(&Reason::NoNotification)).await;
    assert!(stand.nothing_came());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_map_has_goes_to_quarantine_with_its_name() {
    let mut stand = Stand::start();
    assert!(stand.send("snmptrap", "-v2c -c public", "5 .1.3.6.1.4.1.9999.0.1").await);
    let submission = stand.taken().await;
    assert!(matches!(submission.content, Content::Heard));
    assert!(submission.refused[0].reason.contains("1.3.6.1.4.1.9999.0.1"), "{:?}", submission.refused);
    assert!(stand.send("snmptrap", "-v2c -c public", "6 .1.3.6.1.6.3.1.1.5.1").await);
    let submission = stand.taken().await;
    assert!(submission.refused.is_empty() && matches!(submission.content, Content::Heard));
    assert!(submission.received_at > Time::from_ms(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_bad_bytes_good_ones_are_heard() {
    let mut stand = Stand::start();
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    for length in 0..600usize {
        let bytes: Vec<u8> = (0..length).map(|at| (at * 131 + length * 17) as u8).collect();
        socket.send_to(&bytes, ("127.0.0.1", stand.port)).unwrap();
    }
    assert!(stand.send("snmptrap", "-v2c -c public", &about(7, LINK_DOWN, 1)).await);
    assert_eq!(facts(stand.taken().await).len(), 1);
    stand.until("refusals", |book| book.dropped.lock().len() == 600).await;
}
