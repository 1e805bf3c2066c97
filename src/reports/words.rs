//! What a report says beside its figures, in its language.

use engine::explain::Text;
use model::report::Language;
use model::time::{Time, Zone};
use report::parts::Part;

/// Circuits that a note names; the rest is counted.
const NAMED_MAX: usize = 10;

/// The language of a report, as a chooser between two texts.
#[derive(Clone, Copy, Debug)]
pub struct Said(pub Language);

// === impl Said ===

impl Said {
    /// The one of two texts.
    pub fn say(self, zh: &str, en: &str) -> String {
        match self.0 {
            Language::Zh => zh.to_owned(),
            Language::En => en.to_owned(),
        }
    }

    /// The same of a text that has both.
    pub fn of(self, text: Text) -> String {
        match self.0 {
            Language::Zh => text.zh,
            Language::En => text.en,
        }
    }

    /// As the report room knows it.
    pub fn language(self) -> report::input::Language {
        match self.0 {
            Language::Zh => report::input::Language::Zh,
            Language::En => report::input::Language::En,
        }
    }

    /// A customer's tier.
    pub fn tier(self, level: &str) -> String {
        match level {
            "GOLD" => self.say("金牌", "Gold"),
            "SILVER" => self.say("银牌", "Silver"),
            "BRONZE" => self.say("铜牌", "Bronze"),
            "STANDARD" => self.say("标准", "Standard"),
            other => other.to_owned(),
        }
    }

    /// The report is of a period that is not over.
    pub fn preliminary(self, as_of: Time, zone: &Zone) -> String {
        let at = zone.write_local(as_of);
        self.say(
            &format!("临时报告：本期尚未结束，数据截至 {at}。"),
            &format!("Preliminary: the period is not over; figures up to {at}."),
        )
    }

    /// The report was only looked at.
    pub fn draft(self) -> String {
        self.say("草稿：本报告未签发。", "Draft: this report was not issued.")
    }

    /// Which revision this one takes the place of, and what changed since: circuits whose figure is another, with
    /// the cause, and parts beside the figures, each with its circuits.
    pub fn superseding(self, revision: u32, changed: &[(String, String)], parts: &[(Part, Vec<String>)]) -> String {
        let text =
            self.say(&format!("取代第 {revision} 版。"), &format!("It takes the place of revision {revision}. "));
        let parts = parts.iter().filter(|(part, _)| changed.is_empty() || !part.follows_figures());
        let parts: Vec<String> = parts.map(|(part, circuits)| self.part(*part, circuits)).collect();
        let parts = parts.join(&self.say("；", "; "));
        let figures = self.figures(changed);
        match (changed.is_empty(), parts.is_empty()) {
            (_, true) => text + &figures,
            (true, false) => text + &figures + &self.say(&format!("变更：{parts}。"), &format!(" Changed: {parts}.")),
            (false, false) => text + &figures + &self.say(&format!("另有变更：{parts}。"), &format!(" Also: {parts}.")),
        }
    }

    /// Circuits whose figure is another, with the cause.
    fn figures(self, changed: &[(String, String)]) -> String {
        if changed.is_empty() {
            return self.say("各电路数据未变。", "No circuit's figure changed.");
        }
        let named = changed.iter().take(NAMED_MAX).map(|(code, cause)| {
            let cause = self.cause(cause);
            self.say(&format!("{code}（{cause}）"), &format!("{code} ({cause})"))
        });
        let named: Vec<String> = named.collect();
        let listed = self.listed(&named, changed.len());
        self.say(&format!("数据有变：{listed}。"), &format!("Changed: {listed}."))
    }

    /// The first of some names, and how many more there are.
    fn listed(self, named: &[String], all: usize) -> String {
        let names = named.join(&self.say("、", ", "));
        match all.saturating_sub(named.len()) {
            0 => names,
            more => names + &self.say(&format!(" 等，另有 {more} 条"), &format!(" and {more} more")),
        }
    }

    /// A part of a report with the circuits that it is about.
    fn part(self, part: Part, circuits: &[String]) -> String {
        let (zh, en) = part_words(part);
        let circuits: Vec<String> = circuits.iter().filter(|code| !code.is_empty()).cloned().collect();
        let named = circuits.get(..NAMED_MAX).unwrap_or(&circuits);
        if named.is_empty() {
            return self.say(zh, en);
        }
        let listed = self.listed(named, circuits.len());
        self.say(&format!("{zh}（{listed}）"), &format!("{en} ({listed})"))
    }

    /// What made a figure another, without names of ours.
    fn cause(self, cause: &str) -> String {
        match cause.split_once(':') {
            Some(("alarm", _)) => self.say("迟到的网络告警", "a network alarm that came late"),
            Some(("cutover", no)) => self.say(&format!("割接 {no}"), &format!("planned work {no}")),
            Some(("correction", no)) => self.say(&format!("更正 {no}"), &format!("correction {no}")),
            _ => self.say("数据更新", "later facts"),
        }
    }
}

/// What a part of a report is called, Chinese and English.
const fn part_words(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::Circuits => ("电路资料与往月数据", "data of circuits and earlier months"),
        Part::Outages => ("中断明细", "details of outages"),
        Part::Exclusions => ("剔除时段的依据", "grounds of excluded time"),
        Part::Gaps => ("无测量时段", "time without measurement"),
        Part::Credits => ("建议赔付", "advised credits"),
        Part::Method => ("计算口径", "method"),
        Part::Causes => ("中断原因", "causes of outages"),
        Part::Places => ("中断位置", "places of outages"),
        Part::Reasons => ("故障报告", "reasons for outages"),
        Part::Tickets => ("工单", "tickets"),
        Part::Works => ("割接", "planned work"),
        Part::Protections => ("重保时段", "key-protection periods"),
        Part::Performance => ("性能数据", "performance data"),
        Part::Look => ("客户资料与版式", "customer data and layout"),
    }
}
