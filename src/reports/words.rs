//! What a report says beside its figures, in its language.

use engine::explain::Text;
use model::report::Language;
use model::time::{Time, Zone};

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

    /// Which revision this one takes the place of, and what changed since: circuits with the cause.
    pub fn superseding(self, revision: u32, changed: &[(String, String)]) -> String {
        let mut text =
            self.say(&format!("取代第 {revision} 版。"), &format!("It takes the place of revision {revision}. "));
        if changed.is_empty() {
            return text + &self.say("各电路数据未变。", "No circuit's figure changed.");
        }
        let named = changed.iter().take(NAMED_MAX).map(|(code, cause)| {
            let cause = self.cause(cause);
            self.say(&format!("{code}（{cause}）"), &format!("{code} ({cause})"))
        });
        let named: Vec<String> = named.collect();
        text += &self.say("数据有变：", "Changed: ");
        text += &named.join(&self.say("、", ", "));
        let more = changed.len().saturating_sub(NAMED_MAX);
        if more > 0 {
            text += &self.say(&format!(" 等，另有 {more} 条"), &format!(" and {more} more"));
        }
        text + &self.say("。", ".")
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
