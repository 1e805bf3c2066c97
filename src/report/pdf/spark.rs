//! A circuit's last months in a table's cell: one bar a month, dark by as much as the promise was used up.
//! Dark on light, so it reads in grey too.

use super::flow::Flow;
use super::page::{Area, Ink, Mark};
use crate::input::{Language, Month};
use crate::words;

/// Height of a bar.
const BAR: f32 = 10.0;
/// The smallest dark part: a second must be seen.
const LEAST: f32 = 0.12;

/// Bars with what they say.
#[derive(Clone, Debug)]
pub(super) struct Spark {
    /// For those who do not see it.
    pub(super) said: String,
    bars: Vec<Bar>,
}

/// A month.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bar {
    /// Nobody watched, or nothing was promised.
    Nothing,
    /// No counted down time.
    Quiet,
    /// So much of what was allowed was used, 0 to 1.
    Used(f32),
}

// === impl Spark ===

impl Spark {
    /// Of a circuit's months; `None` if there are none.
    pub(super) fn of(months: &[Month], language: Language) -> Option<Self> {
        let missed = months.iter().filter(|month| month.met == Some(false));
        let missed: Vec<&str> = missed.map(|month| month.label.as_str()).collect();
        let said = match missed.as_slice() {
            [] => words::MONTHS_QUIET.say(language).to_owned(),
            missed => words::MONTHS_MISSED.with(language, &[&missed.join(", ")]),
        };
        let bars: Vec<Bar> = months.iter().map(Bar::of).collect();
        (!bars.is_empty()).then_some(Spark { said, bars })
    }

    /// Draws it into a room.
    pub(super) fn draw(&self, flow: &mut Flow<'_>, node: usize, room: Area) {
        let count = u16::try_from(self.bars.len().max(1)).unwrap_or(u16::MAX);
        let step = room.width / f32::from(count);
        let mut area = Area { y: room.y + (room.height - BAR) / 2.0, width: step * 0.8, height: BAR, ..room };
        for bar in &self.bars {
            match bar {
                Bar::Nothing => flow.draft.put(Some(node), Mark::Fill(area.foot(1.0), Ink::Soft)),
                Bar::Quiet => flow.draft.put(Some(node), Mark::Fill(area, Ink::Up)),
                Bar::Used(share) => {
                    flow.draft.put(Some(node), Mark::Fill(area, Ink::Up));
                    flow.draft.put(Some(node), Mark::Fill(area.foot(BAR * share.max(LEAST)), Ink::Down));
                }
            }
            area.x += step;
        }
    }
}

// === impl Bar ===

impl Bar {
    fn of(month: &Month) -> Self {
        match (month.availability, month.met) {
            (None, _) => Bar::Nothing,
            (Some(_), Some(false)) => Bar::Used(1.0),
            _ if month.down_ms == 0 => Bar::Quiet,
            // What was not missed is never drawn as if it were.
            (Some(_), _) => Bar::Used(share(month.down_ms, month.allowed_ms).min(0.85)),
        }
    }
}

/// A part of a whole, 0 to 1, by hundredths.
fn share(part: i64, whole: i64) -> f32 {
    let percent = (i128::from(part.max(0)) * 100 / i128::from(whole.max(1))).min(100);
    f32::from(u8::try_from(percent).unwrap_or(100)) / 100.0
}
