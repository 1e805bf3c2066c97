//! The difference between measurement and alarms as a sentence.

use super::Beside;
use crate::explain::{Text, seconds};

/// What was measured, what alarms say, and what makes the difference; `limit_ms`: a difference above it is
/// told as one to be looked into. `None` = nothing was measured.
pub fn sentence(beside: Option<&Beside>, limit_ms: i64) -> Text {
    let Some(beside) = beside else {
        return Text::new("本周期该电路无性能数据。", "There is no performance data of this circuit in the period.");
    };
    let mut text = compared(beside);
    if beside.differing > 0 {
        differences(&mut text, beside);
    }
    unknown(&mut text, beside);
    if beside.one_way {
        text.push("部分对象只有单方向数据。", " Some objects are measured in one direction only.");
    }
    verdict(&mut text, beside, limit_ms);
    text
}

fn compared(beside: &Beside) -> Text {
    if beside.compared_ms == 0 {
        return Text::new("无可比对的时段。", "There was no time that both know of.");
    }
    let [all, measured, down] = [beside.compared_ms, beside.unavailable_ms, beside.down_ms].map(seconds);
    Text::new(
        format!("比对 {all} 秒：性能数据不可用 {measured} 秒，告警中断 {down} 秒。"),
        format!("Of {all} s compared, {measured} s were unavailable as measured and {down} s down by alarms."),
    )
}

fn differences(text: &mut Text, beside: &Beside) {
    let ([more, less], count) = ([beside.more_ms, beside.less_ms].map(seconds), beside.differing);
    let (zh, en) = stretch(beside.step_ms, count);
    text.push(
        &format!("{count} 个{zh}有差异：性能数据多 {more} 秒、少 {less} 秒。"),
        &format!(" They differ in {count} {en}: {more} s more and {less} s less were measured."),
    );
}

fn unknown(text: &mut Text, beside: &Beside) {
    if beside.gap_ms > 0 {
        let [gap, down] = [beside.gap_ms, beside.gap_down_ms].map(seconds);
        text.push(
            &format!("{gap} 秒无有效性能数据，其中告警中断 {down} 秒。"),
            &format!(" {gap} s have no valid performance data; {down} s of them were down by alarms."),
        );
    }
    if beside.silent_ms > 0 {
        let [silent, unavailable] = [beside.silent_ms, beside.silent_unavailable_ms].map(seconds);
        text.push(
            &format!("网管失联所及 {silent} 秒未比对，其中性能数据不可用 {unavailable} 秒。"),
            &format!(
                " {silent} s were not compared, because the manager of alarms was silent; {unavailable} s of them were unavailable as measured."
            ),
        );
    }
}

fn verdict(text: &mut Text, beside: &Beside, limit_ms: i64) {
    let [apart, limit] = [beside.apart_ms(), limit_ms].map(seconds);
    match () {
        () if beside.compared_ms == 0 => {}
        () if beside.apart_ms() > limit_ms => text.push(
            &format!("差异合计 {apart} 秒，超过限值 {limit} 秒，需核查。"),
            &format!(" The difference of {apart} s is above the limit of {limit} s and has to be looked into."),
        ),
        () => text.push(
            &format!("差异合计 {apart} 秒，在限值 {limit} 秒以内。"),
            &format!(" The difference of {apart} s is within the limit of {limit} s."),
        ),
    }
}

/// What a stretch is called.
fn stretch(step_ms: i64, count: u32) -> (&'static str, &'static str) {
    match (step_ms, count) {
        (900_000, 1) => ("一刻钟时段", "quarter hour"),
        (900_000, _) => ("一刻钟时段", "quarter hours"),
        (_, 1) => ("测量周期", "measured period"),
        _ => ("测量周期", "measured periods"),
    }
}
