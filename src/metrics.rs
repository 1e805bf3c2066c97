//! What the operator's Prometheus reads. Counters end in `_total`, units are in the name, labels are
//! bounded: sources are configured, everything else is a closed list of words.

pub mod thresholds;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::health::Pulse;
use collectors::snmp::service::Ended;
use model::source::SourceId;
use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry};
use store::quarantine::Kind;

use self::thresholds::ThresholdMetrics;
use crate::aside::Fate;

/// What is counted of figures that something late bears on.
const RECOMPUTED: &str = "Kept figures that were computed again because something was told of their time.";
/// What is counted of measurement and alarms that disagree.
const APART: &str = "Kept figures that are further from the measured unavailable seconds than performance.apart_max_s.";

/// Counters of the pipeline and the tasks.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    facts: IntCounterVec,
    dispatch: IntCounterVec,
    sent: IntCounterVec,
    quarantined: IntCounterVec,
    quarantine_dropped: IntCounterVec,
    snmp: IntCounterVec,
    snmp_dropped: IntCounterVec,
    snmp_answered: IntCounterVec,
    omc: IntCounterVec,
    performance_files: IntCounterVec,
    /// Values of performance data that were kept, gaps too.
    pub performance_values: IntCounter,
    /// Time from a fetched performance file to its being seen.
    pub performance_seconds: Histogram,
    /// Announced performance files that wait.
    pub performance_waiting: IntGauge,
    /// What became of thresholds over them.
    pub thresholds: ThresholdMetrics,
    /// Commits of the writer.
    pub commits: IntCounter,
    /// Commits that failed.
    pub commit_failures: IntCounter,
    /// Kept figures that were computed again because something was told of their time.
    pub figures_recomputed: IntCounter,
    /// Kept figures from which what was measured is further apart than it may be.
    pub figures_apart: IntCounter,
    /// Time from taking a group to its commit.
    pub commit_seconds: Histogram,
    /// Submissions in a group.
    pub group_size: Histogram,
    /// Submissions that wait for the writer.
    pub waiting: IntGauge,
    /// Active alarms.
    pub active_alarms: IntGauge,
    /// Identities that the writer holds in memory.
    pub identities: IntGauge,
    /// Last change number.
    pub change_seq: Arc<AtomicI64>,
    /// What the writer says of itself.
    pub pulse: Arc<Pulse>,
    /// Bytes free where the data is.
    pub disk_free: IntGauge,
}

/// What became of an alarm fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactOutcome {
    /// Kept.
    New,
    /// Told before.
    Repeat,
    /// Not readable; answered with a reason.
    Refused,
}

/// What became of a performance file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileOutcome {
    /// Its rows are kept.
    Done,
    /// Its content was kept before.
    Duplicate,
    /// It cannot be used.
    Failed,
}

impl Metrics {
    /// Registers every metric.
    ///
    /// # Errors
    /// Only if two metrics had one name: a mistake of ours.
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new_custom(Some("linesman".to_owned()), None)?;
        let vec = |name: &str, help: &str, labels: &[&str]| IntCounterVec::new(Opts::new(name, help), labels);
        let spread = |name: &str, help: &str, buckets: &[f64]| {
            Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec()))
        };
        let metrics = Metrics {
            performance_files: vec(
                "performance_files_total",
                "Performance files announced, by source and what became of them.",
                &["source", "outcome"],
            )?,
            performance_values: IntCounter::new("performance_values_total", "Measured values kept, gaps too.")?,
            performance_seconds: spread(
                "performance_file_seconds",
                "Time from a fetched performance file to its being seen.",
                &[0.01, 0.03, 0.06, 0.15, 0.5, 2.0, 10.0, 60.0],
            )?,
            performance_waiting: IntGauge::new("performance_files_waiting", "Announced performance files that wait.")?,
            thresholds: ThresholdMetrics::new()?,
            facts: vec("alarm_facts_total", "Alarm facts received, and their fate.", &["source", "outcome"])?,
            dispatch: vec("dispatch_decisions_total", "Dispatch decisions, by reason.", &["reason"])?,
            sent: vec("outbox_sent_total", "Calls to EOMS, by operation and outcome.", &["operation", "outcome"])?,
            quarantined: vec("quarantined_total", "Things refused, kept or counted in quarantine.", &["kind"])?,
            quarantine_dropped: vec(
                "quarantine_dropped_total",
                "Things refused that quarantine did not take because too many came, by kind.",
                &["kind"],
            )?,
            snmp: vec(
                "snmp_notifications_total",
                "SNMP notifications that were let in, by source and what became of them.",
                &["source", "outcome"],
            )?,
            snmp_dropped: vec(
                "snmp_dropped_total",
                "SNMP datagrams that were not taken, by source (empty: of no configured device) and reason.",
                &["source", "reason"],
            )?,
            snmp_answered: vec("snmp_informs_answered_total", "SNMP informs that were answered.", &["source"])?,
            omc: vec(
                "omc_events_total",
                "What happened on the sockets of OMCs: sessions, and numbers of alarms that were not the next ones.",
                &["source", "event"],
            )?,
            commits: IntCounter::new("commits_total", "Commits of the writer.")?,
            commit_failures: IntCounter::new("commit_failures_total", "Commits of the writer that failed.")?,
            figures_recomputed: IntCounter::new("figures_recomputed_total", RECOMPUTED)?,
            figures_apart: IntCounter::new("figures_apart_total", APART)?,
            commit_seconds: spread(
                "commit_seconds",
                "Time from taking a group of submissions to its commit.",
                &[0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.5, 2.0],
            )?,
            group_size: spread(
                "group_submissions",
                "Submissions of a commit.",
                &[1.0, 4.0, 16.0, 64.0, 256.0, 1024.0],
            )?,
            waiting: IntGauge::new("queue_waiting", "Submissions that wait for the writer.")?,
            active_alarms: IntGauge::new("active_alarms", "Active alarms.")?,
            identities: IntGauge::new("identities_in_memory", "Alarm identities that the writer holds in memory.")?,
            change_seq: Arc::default(),
            pulse: Arc::default(),
            disk_free: IntGauge::new("disk_free_bytes", "Bytes free on the disk that holds the data.")?,
            registry,
        };
        metrics.register()?;
        Ok(metrics)
    }

    fn register(&self) -> prometheus::Result<()> {
        let vecs = [&self.facts, &self.dispatch, &self.sent, &self.quarantined, &self.quarantine_dropped];
        let wire = [&self.omc, &self.snmp, &self.snmp_dropped, &self.snmp_answered, &self.performance_files];
        vecs.into_iter().chain(wire).try_for_each(|vec| self.registry.register(Box::new(vec.clone())))?;
        let figures = [&self.figures_recomputed, &self.figures_apart];
        let counters = [&self.commits, &self.commit_failures, &self.performance_values];
        for counter in counters.into_iter().chain(figures) {
            self.registry.register(Box::new(counter.clone()))?;
        }
        for histogram in [&self.commit_seconds, &self.group_size, &self.performance_seconds] {
            self.registry.register(Box::new(histogram.clone()))?;
        }
        self.thresholds.register(&self.registry)?;
        let gauges = [&self.waiting, &self.active_alarms, &self.identities, &self.disk_free, &self.performance_waiting];
        gauges.into_iter().try_for_each(|gauge| self.registry.register(Box::new(gauge.clone())))
    }

    /// For the operations listener.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Counts alarm facts.
    pub fn count_facts(&self, source: &SourceId, outcome: FactOutcome, count: u64) {
        let outcome = match outcome {
            FactOutcome::New => "new",
            FactOutcome::Repeat => "repeat",
            FactOutcome::Refused => "refused",
        };
        self.facts.with_label_values(&[source.as_str(), outcome]).inc_by(count);
    }

    /// Counts something of an OMC's socket, by a word of a closed list.
    pub fn count_omc(&self, source: &SourceId, event: &'static str) {
        self.omc.with_label_values(&[source.as_str(), event]).inc();
    }

    /// Counts a performance file.
    pub fn count_performance_file(&self, source: &SourceId, outcome: FileOutcome) {
        let outcome = match outcome {
            FileOutcome::Done => "done",
            FileOutcome::Duplicate => "duplicate",
            FileOutcome::Failed => "failed",
        };
        self.performance_files.with_label_values(&[source.as_str(), outcome]).inc();
    }

    /// Counts a dispatch decision.
    pub fn count_decision(&self, reason: model::fault::DispatchReason) {
        self.dispatch.with_label_values(&[reason.word()]).inc();
    }

    /// Counts a call to EOMS.
    pub fn count_sent(&self, kind: model::ticket::OutboxKind, outcome: &'static str) {
        self.sent.with_label_values(&[kind.word(), outcome]).inc();
    }

    /// Counts something refused.
    pub fn count_quarantined(&self, kind: Kind, fate: Fate) {
        let counter = if fate == Fate::Dropped { &self.quarantine_dropped } else { &self.quarantined };
        counter.with_label_values(&[kind.word()]).inc();
    }

    /// Counts SNMP notifications that were let in.
    pub fn count_snmp(&self, source: &SourceId, ended: Ended, count: u64) {
        self.snmp.with_label_values(&[source.as_str(), ended.word()]).inc_by(count);
    }

    /// Counts SNMP datagrams that were not taken; of no configured device where there is no source.
    pub fn count_snmp_dropped(&self, source: Option<&SourceId>, reason: snmp::Reason, count: u64) {
        let source = source.map_or("", SourceId::as_str);
        self.snmp_dropped.with_label_values(&[source, reason.word()]).inc_by(count);
    }

    /// Counts an inform that was answered.
    pub fn count_snmp_answered(&self, source: &SourceId) {
        self.snmp_answered.with_label_values(&[source.as_str()]).inc();
    }

    /// The last change number.
    pub fn change_seq(&self) -> i64 {
        self.change_seq.load(Ordering::Relaxed)
    }
}
