//! `linesman report`: a month's reports as files, from the store of a daemon that may be running. Nothing is
//! issued: a report that says what the last issued revision says is that revision again; any other is a
//! draft and says so.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, ensure};
use clap::Args;
use engine::period::Period;
use engine::plan::Plan;
use figures::{Figures, Network};
use model::report::{Format, Language};
use report::{Fonts, input};
use store::Db;
use store::report::issue::latest_issue;

use super::{ClockArgs, ConfigFile, say};
use crate::config::Config;
use crate::pipeline::late::KeptUntil;
use crate::reports::file::{Name, rendered, write};
use crate::reports::maker::{Keeping, Maker, Material, Wanted};
use crate::reports::words::Said;

/// Shown below the help.
pub const EXAMPLES: &str = "\
Examples:
  The PDF of one customer:
    linesman report --config /etc/linesman/linesman.toml --period 2026-10 --customer K1 --format pdf --out /tmp/reports
  Everything for all customers, in both languages:
    linesman report --period 2026-10 --lang zh,en --out october
  How the month looks that is still running:
    linesman report --period 2026-11 --customer K1 --customer K2 --format xlsx";

/// Folder of what is not issued: its CSV and XLSX look like any other.
const DRAFTS: &str = "draft";

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct Report {
    #[command(flatten)]
    file: ConfigFile,
    #[command(flatten)]
    clock: ClockArgs,
    /// The month, such as 2026-10. One that is not over gives preliminary reports
    #[arg(long, value_name = "MONTH")]
    period: String,
    /// Customer number; may be given more than once. Default: all that had a circuit in the month
    #[arg(long = "customer", value_name = "NO")]
    customers: Vec<String>,
    /// pdf, xlsx or csv, or some of them with commas. Default: reports.formats of the configuration
    #[arg(long = "format", value_name = "FORMATS", value_delimiter = ',', value_parser = read_format)]
    formats: Vec<Format>,
    /// zh or en, or both with a comma. Default: reports.languages of the configuration
    #[arg(long = "lang", value_name = "LANGUAGES", value_delimiter = ',', value_parser = read_language)]
    languages: Vec<Language>,
    /// Folder for the files; below it a folder for the month and in it one for each customer. Drafts lie in a
    /// folder `draft` of their own
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

/// What is needed for each report.
struct Desk {
    maker: Maker,
    network: Network,
    fonts: Arc<Fonts>,
    report: Report,
}

impl Report {
    /// Makes the files.
    pub fn run(mut self) -> anyhow::Result<()> {
        let config = self.file.read()?;
        if self.formats.is_empty() {
            self.formats.clone_from(&config.reports.formats);
        }
        if self.languages.is_empty() {
            self.languages.clone_from(&config.reports.languages);
        }
        let month = Period::parse(&self.period).ok().filter(|period| matches!(period, Period::Month { .. }));
        let month = month.filter(|_| self.period.trim() == self.period);
        let month = month.with_context(|| format!("--period {:?} must be a month such as 2026-10", self.period))?;
        let window = month.window(&Plan::default(), None)?;
        ensure!(window.start <= self.clock.clock().now(), "--period {} lies in the future", self.period);
        super::runtime()?.block_on(async {
            let desk = Desk::open(&config, self).await?;
            let inventory = &desk.network.inventory;
            let customers = match desk.report.customers.as_slice() {
                [] => inventory.served_in(window).into_iter().filter_map(|ix| inventory.customer(ix)),
                named => return desk.make_all(named).await,
            };
            let customers: Vec<String> = customers.map(|customer| customer.no.to_owned()).collect();
            ensure!(!customers.is_empty(), "no customer had a circuit in {}", desk.report.period);
            desk.make_all(&customers).await
        })
    }
}

impl Desk {
    async fn open(config: &Config, report: Report) -> anyhow::Result<Self> {
        // To look is not to begin a store: its keys are made by the daemon.
        let key = crate::audit::key_file(config);
        ensure!(key.is_file(), "there is no audit key {}: has this daemon ever run?", key.display());
        let db = Db::look(&crate::app::place(config)?).await.context("cannot open the store")?;
        let (inventory, knowledge, _) = crate::tasks::inventory::build(&db).await.context("cannot read the store")?;
        let ems_names = config.peers.iter().map(|peer| (peer.source(), peer.ems_names.clone()));
        let figures =
            Figures::new(crate::app::plans(config)?, ems_names.collect(), config.performance.apart_max_s * 1000);
        let (look, keeping, kept_until) = (config.reports.look(), Keeping::Look, KeptUntil::default());
        let maker = Maker { db, figures, kept_until, look, keeping };
        let network = Network { inventory, knowledge };
        Ok(Desk { maker, network, fonts: Arc::new(crate::app::fonts(config)?), report })
    }

    /// Makes every customer's files; a report that cannot be made does not keep the others from it.
    async fn make_all(&self, customers: &[String]) -> anyhow::Result<()> {
        let (began, all) = (Instant::now(), customers.len() * self.report.languages.len());
        let (mut done, mut failed) = (0, 0);
        for customer_no in customers {
            for language in &self.report.languages {
                done += 1;
                let left = began.elapsed().mul_f64(f64_of(all - done) / f64_of(done)).as_secs();
                let head = format!("{done}/{all} {customer_no} {language}");
                match self.make(customer_no, *language).await {
                    Ok(what) => tell(&format!("{head}: {what}; about {left} s left")),
                    Err(error) => {
                        failed += 1;
                        tell(&format!("{head}: {error:#}"));
                    }
                }
            }
        }
        say(format_args!("{} report(s) in {}", all - failed, self.report.out.join(&self.report.period).display()));
        ensure!(failed == 0, "{failed} of {all} report(s) could not be made; the reasons stand above");
        Ok(())
    }

    /// Makes the files of one report; what it is.
    async fn make(&self, customer_no: &str, language: Language) -> anyhow::Result<String> {
        let label = &self.report.period;
        let wanted = Wanted { customer_no, label, language, now: self.report.clock.clock().now() };
        let material = self.maker.make(&self.network, &wanted).await?;
        let (report, is_draft) = self.numbered(material, &wanted).await?;
        let what = match is_draft {
            true => format!("draft of revision {}", report.revision),
            false => format!("revision {} as it was issued", report.revision),
        };
        let out = if is_draft { self.report.out.join(DRAFTS) } else { self.report.out.clone() };
        let (fonts, formats) = (Arc::clone(&self.fonts), self.report.formats.clone());
        let (label, customer_no) = (label.clone(), customer_no.to_owned());
        tokio::task::spawn_blocking(move || {
            for format in formats {
                let revision = report.revision;
                let name = Name { label: &label, customer_no: &customer_no, language, revision, format };
                let content = rendered(&report, &fonts, format)?;
                write(&out, name.path(), &content).with_context(|| format!("cannot write below {}", out.display()))?;
            }
            Ok::<_, anyhow::Error>(())
        })
        .await??;
        Ok(what)
    }

    /// The report as the last revision if that says the same, else as a draft of the next; whether it is one.
    async fn numbered(&self, material: Material, wanted: &Wanted<'_>) -> anyhow::Result<(input::Report, bool)> {
        let mut report = material.report;
        let mut tx = self.maker.db.read().await?;
        let last = latest_issue(&mut tx, wanted.customer_no, wanted.label, wanted.language).await?;
        drop(tx);
        let content = report::digest(&report);
        if let Some(last) = last.as_ref().filter(|last| last.content == content && last.is_final == material.is_final) {
            (report.revision, report.generated_at) = (last.revision, last.generated_at);
            report.revision_note = Some(last.note.clone()).filter(|note| !note.is_empty());
            return Ok((report, false));
        }
        (report.revision, report.generated_at) = (last.map_or(1, |last| last.revision + 1), wanted.now);
        report.revision_note = Some(Said(wanted.language).draft());
        Ok((report, true))
    }
}

/// A count as a factor.
fn f64_of(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

/// Progress goes to standard error: what was made is on standard output. Whoever does not read on need not
/// hear it.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn read_format(word: &str) -> Result<Format, String> {
    Format::from_word(word).ok_or_else(|| "must be pdf, xlsx or csv".to_owned())
}

fn read_language(word: &str) -> Result<Language, String> {
    Language::from_word(word).ok_or_else(|| "must be zh or en".to_owned())
}
