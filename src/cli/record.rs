//! `linesman record`: messages of the field as recorded cases (`collectors/<kind>/cases`), without what is nobody
//! else's business: passwords, and names, telephones and addresses of people.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;
use model::source::SourceId;
use store::Db;
use store::alarm::{newest_raw_of, raw_by_place};
use store::quarantine::{Kind, QuarantineFilter, quarantine_content, quarantine_page};

use super::{ConfigFile, say};

/// Shown below the help.
pub const EXAMPLES: &str = "\
Examples:
  The last ten messages of a manager whose alarms were taken, or some of whose rows were refused:
    linesman record --config /etc/linesman/linesman.toml --peer GD_TNMS --last 10 --out collectors/network/cases
  Then read what was written, and have the tests write what becomes of it:
    BLESS=1 cargo test -p linesman-collectors cases";

/// The password of every recorded case.
const PASSWORD: &str = "p4ss-w0rd";
/// Fields that name people or tell how to reach them; in lower case.
const OF_PEOPLE: [&str; 15] = [
    "ackuser",
    "clearuser",
    "contactemail",
    "contactname",
    "contactphone",
    "manager",
    "manageremail",
    "managername",
    "managerphone",
    "opcontact",
    "opperson",
    "phone",
    "recvperson",
    "sendperson",
    "staffno",
];

/// Arguments of `record`.
#[derive(Debug, Args)]
pub struct Record {
    #[command(flatten)]
    file: ConfigFile,
    /// The peer, as it is called in the configuration
    #[arg(long, value_name = "CALLER")]
    peer: String,
    /// How many messages at most: the newest that were taken, and as many of which something was refused
    #[arg(long, value_name = "N", default_value_t = 10)]
    last: u32,
    /// Folder for the cases, one folder each
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

impl Record {
    /// Writes the cases.
    pub fn run(self) -> anyhow::Result<()> {
        let config = self.file.read()?;
        let path = &self.file.config;
        let peer = config.peers.iter().find(|peer| peer.caller == self.peer);
        let peer = peer.with_context(|| format!("there is no peer {:?} in {}", self.peer, path.display()))?;
        ensure!(peer.contracts().is_some(), "{} sends no SOAP messages: there is nothing to make cases of", self.peer);
        let settings = settings(&std::fs::read_to_string(path)?, &self.peer)?;
        let messages = super::runtime()?.block_on(async {
            let db = Db::look(&crate::app::place(&config)?).await.context("cannot open the store")?;
            messages(&db, &peer.source(), self.last).await
        })?;
        ensure!(!messages.is_empty(), "no message of {} is kept", self.peer);
        for message in &messages {
            let folder = write(&self.out, message, &settings)?;
            say(folder.display());
        }
        Ok(())
    }
}

/// What is kept of a source: messages that alarms were read from, then those with something refused.
async fn messages(db: &Db, source: &SourceId, last: u32) -> anyhow::Result<Vec<String>> {
    let mut tx = db.read().await?;
    let mut kept = Vec::new();
    for place in newest_raw_of(&mut tx, source, last).await? {
        kept.extend(raw_by_place(&mut tx, place).await?);
    }
    let filter = QuarantineFilter { kind: Some(Kind::Row), source: Some(source.clone()) };
    for refused in quarantine_page(&mut tx, &filter, i64::MAX, last).await? {
        kept.extend(quarantine_content(&mut tx, refused.id).await?);
    }
    let texts = kept.into_iter().filter_map(|bytes| String::from_utf8(bytes).ok());
    let mut messages: Vec<String> = texts.filter(|text| operation(text).is_some()).map(|text| clean(&text)).collect();
    messages.sort();
    messages.dedup();
    Ok(messages)
}

/// The peer's table out of a configuration, as the tests of `collectors` read it.
fn settings(text: &str, caller: &str) -> anyhow::Result<String> {
    let config: toml::Table = text.parse().context("the configuration is not TOML")?;
    let peers = config.get("peer").and_then(toml::Value::as_array).into_iter().flatten();
    let mut named = peers.filter_map(toml::Value::as_table).filter(|peer| {
        let its = peer.get("caller").and_then(toml::Value::as_str);
        its == Some(caller)
    });
    let mut peer = named.next().cloned().with_context(|| format!("there is no peer {caller:?}"))?;
    peer.insert("allow".to_owned(), vec![toml::Value::from("127.0.0.1")].into());
    Ok(toml::to_string(&peer)?)
}

/// Writes a case into the next free folder of its operation.
fn write(out: &Path, message: &str, settings: &str) -> anyhow::Result<PathBuf> {
    let name = operation(message).context("the message has no operation")?;
    let free = (1..).map(|number| out.join(format!("{name}-{number}"))).find(|folder| !folder.exists());
    let folder = free.context("no folder is free")?;
    let unwritable = || format!("cannot write {}", folder.display());
    std::fs::create_dir_all(&folder).with_context(unwritable)?;
    std::fs::write(folder.join("request.xml"), message).with_context(unwritable)?;
    std::fs::write(folder.join("peer.toml"), settings).with_context(unwritable)?;
    Ok(folder)
}

/// The operation that a message asks for: the element below `Body`.
fn operation(message: &str) -> Option<&str> {
    let mut elements = message.split('<').skip(1).map(name_of);
    elements.find(|name| *name == "Body")?;
    let found = elements.next()?;
    (!found.is_empty() && found.chars().all(|c| c.is_ascii_alphanumeric())).then_some(found)
}

/// The local name of a start tag; empty for anything else.
fn name_of(piece: &str) -> &str {
    let tag = piece.split(['>', ' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
    tag.rsplit(':').next().unwrap_or_default()
}

/// The message with the password of the cases, and with stars for what is about people.
fn clean(message: &str) -> String {
    let mut clean = String::with_capacity(message.len());
    for (nth, piece) in message.split('<').enumerate() {
        if nth > 0 {
            clean.push('<');
        }
        let name = name_of(piece).to_lowercase();
        match piece.split_once('>') {
            Some((tag, text)) if is_blanked(text) => clean.extend([tag, ">", PASSWORD]),
            Some((tag, text)) if OF_PEOPLE.contains(&name.as_str()) => {
                clean.extend([tag, ">"]);
                clean.extend(text.chars().map(|c| if c.is_whitespace() { c } else { '*' }));
            }
            _ => clean.push_str(piece),
        }
    }
    clean
}

/// The password of a message is blanked before it is kept.
fn is_blanked(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::{clean, operation, settings};

    const MESSAGE: &str = "<?xml version=\"1.0\"?>\n<s:Envelope xmlns:s=\"x\"><s:Header/><s:Body><c:reportAlarm xmlns:c=\"y\">\
        <header><callerPwd>*****</callerPwd></header><alarm><alarmId>A1</alarmId><clearUser>李 四</clearUser></alarm>\
        </c:reportAlarm></s:Body></s:Envelope>";

    #[test]
    fn a_case_has_the_password_of_the_cases_and_nobody_s_name() {
        let clean = clean(MESSAGE);
        assert!(
            clean.contains("<callerPwd>p4ss-w0rd</callerPwd>") && clean.contains("<alarmId>A1</alarmId>"),
            "{clean}"
        );
        assert!(clean.contains("<clearUser>* *</clearUser>"), "{clean}");
        assert_eq!(clean.replace("p4ss-w0rd", "*****").replace("* *", "李 四"), MESSAGE);
    }

    #[test]
    fn an_operation_stands_below_the_body() {
        assert_eq!(operation(MESSAGE), Some("reportAlarm"));
        for none in ["", "no XML", "<Envelope><Body></Body></Envelope>", "<Envelope><Body><../x/></Body></Envelope>"] {
            assert_eq!(operation(none), None, "{none}");
        }
    }

    #[test]
    fn settings_are_those_of_the_peer() {
        let text = "sys_code = \"US\"\n[[peer]]\ncaller = \"A\"\n[[peer]]\ncaller = \"B\"\nallow = [\"10.0.0.0/8\"]\n\
            [peer.pm]\nformat = \"csv\"\n";
        let own: toml::Table = settings(text, "B").unwrap().parse().unwrap();
        assert_eq!(own, "caller = \"B\"\nallow = [\"127.0.0.1\"]\n[pm]\nformat = \"csv\"\n".parse().unwrap());
        assert!(settings(text, "C").is_err());
    }
}
