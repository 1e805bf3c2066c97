//! What was measured of a circuit: blocks of the past and slots that came since, as measured or rolled up. What is
//! answered is always current: where a roll-up is behind, it is made here, by the same function.

use std::collections::{BTreeMap, BTreeSet};

use engine::performance::{Stretch, is_finer, replaced, roll};
use model::pm::Granularity;
use model::sample::Samples;
use model::time::{Time, Window, Zone};
use store::performance::block::{BlockRows, Level, block_samples, dropped_until, marked};
use store::performance::slot::slot_samples;
use store::performance::subject::{Subject, subjects_of_circuit, subjects_of_object};
use store::performance::{DAY_MS, bundle_of, page_of};
use store::{StoreError, Tx};

/// How finely to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// As it was measured.
    Measured,
    /// Rolled up.
    Rolled(Stretch),
}

/// What was measured of one object.
#[derive(Clone, Debug)]
pub struct Series {
    /// The object.
    pub subject: Subject,
    /// Length of the periods that it was measured in.
    pub granularity: Granularity,
    /// The rows, by begin; rolled ones have the parameters of [`engine::performance::roll`].
    pub samples: Samples,
}

/// Rows by the granularity that they were measured in.
type ByGranularity = BTreeMap<Granularity, Samples>;

/// What was measured of a circuit in periods that begin inside the window. Days and months are the zone's.
///
/// # Errors
/// What the database says.
pub async fn of_circuit(
    tx: &mut Tx,
    code: &str,
    window: Window,
    (resolution, zone): (Resolution, &Zone),
) -> Result<Vec<Series>, StoreError> {
    let subjects = subjects_of_circuit(tx, code).await?;
    of_subjects(tx, subjects, window, (resolution, zone)).await
}

/// What was measured of a port and told for no circuit, in periods and stretches that lie in one of these times: those
/// in which just one circuit ended there ([`engine::inventory::Inventory::ends_of`]).
///
/// # Errors
/// What the database says.
pub async fn of_port(
    tx: &mut Tx,
    (port, times): (&str, &[Window]),
    window: Window,
    (resolution, zone): (Resolution, &Zone),
) -> Result<Vec<Series>, StoreError> {
    let subjects = subjects_of_object(tx, port).await?;
    let mut found = of_subjects(tx, subjects, window, (resolution, zone)).await?;
    for Series { granularity, samples, .. } in &mut found {
        let stretch = |start: Time| match resolution {
            Resolution::Measured => Window::new(start, start.plus_s(granularity.0.into())),
            Resolution::Rolled(stretch) => stretch.around(start, zone),
        };
        let is_own = |stretch: Window| times.iter().any(|time| time.cut(stretch) == Some(stretch));
        *samples = std::mem::take(samples).only(|row| is_own(stretch(row.start)));
    }
    found.retain(|series| !series.samples.rows.is_empty());
    Ok(found)
}

async fn of_subjects(
    tx: &mut Tx,
    subjects: Vec<Subject>,
    window: Window,
    (resolution, zone): (Resolution, &Zone),
) -> Result<Vec<Series>, StoreError> {
    let mut found = Vec::new();
    for subject in subjects {
        let number = subject.numbers.subject;
        let rows = match resolution {
            Resolution::Measured => measured(tx, number, window).await?,
            Resolution::Rolled(Stretch::Hour) => hours(tx, number, window).await?,
            Resolution::Rolled(stretch) => calendar(tx, number, window, (stretch, zone)).await?,
        };
        for (granularity, samples) in rows {
            // The object may have served another circuit too.
            let samples = samples.only(|row| row.link == subject.numbers.link);
            if !samples.rows.is_empty() {
                found.push(Series { subject: subject.clone(), granularity, samples });
            }
        }
    }
    Ok(found)
}

/// Rows of a subject as they were measured, that begin inside the window.
async fn measured(tx: &mut Tx, subject: i64, window: Window) -> Result<ByGranularity, StoreError> {
    if window.is_empty() {
        return Ok(ByGranularity::new());
    }
    let (first, last) = (day_of(window.start), day_of(window.end.plus_ms(-1)));
    let span = (day(first).start, day(last).end);
    let mut parts: BTreeMap<Granularity, Vec<Samples>> = BTreeMap::new();
    for rows in block_samples(tx, (bundle_of(subject), Level::Measured), span, Some(subject)).await? {
        parts.entry(rows.granularity).or_default().push(rows.samples);
    }
    for rows in slot_samples(tx, page_of(subject), first, last).await? {
        let wanted = rows.samples.only(|row| row.subject == subject);
        parts.entry(rows.granularity).or_default().push(wanted);
    }
    let merge = |(granularity, parts): (Granularity, Vec<Samples>)| {
        (granularity, Samples::merged(parts).only(|row| window.holds(row.start)))
    };
    Ok(parts.into_iter().map(merge).collect())
}

/// What some subjects of a page measured on a day, in periods of one length; by subject and begin.
///
/// # Errors
/// What the database says.
pub async fn day_of_page(
    tx: &mut Tx,
    page: i64,
    (granularity, number): (Granularity, i64),
    wanted: &BTreeSet<i64>,
) -> Result<Samples, StoreError> {
    let span = (day(number).start, day(number).end);
    let bundles: BTreeSet<i64> = wanted.iter().map(|subject| bundle_of(*subject)).collect();
    let mut parts = Vec::new();
    for bundle in bundles {
        let rows = block_samples(tx, (bundle, Level::Measured), span, None).await?;
        parts.extend(rows.into_iter().filter(|rows| rows.granularity == granularity).map(|rows| rows.samples));
    }
    let rows = slot_samples(tx, page, number, number).await?;
    parts.extend(rows.into_iter().filter(|rows| rows.granularity == granularity).map(|rows| rows.samples));
    let parts = parts.into_iter().map(|samples| samples.only(|row| wanted.contains(&row.subject)));
    Ok(Samples::merged(parts.collect()))
}

/// Hours that begin inside the window: as they were rolled up, but for days of which more has come since.
async fn hours(tx: &mut Tx, subject: i64, window: Window) -> Result<ByGranularity, StoreError> {
    let (first, last) = (day_of(window.start), day_of(window.end.plus_ms(-1)));
    let span = (day(first).start, day(last).end);
    let blocks = block_samples(tx, (bundle_of(subject), Level::Hour), span, Some(subject)).await?;
    let mut fresh = Vec::new();
    for rows in slot_samples(tx, page_of(subject), first, last).await? {
        let key = (rows.granularity, rows.day);
        if rows.samples.rows.iter().any(|row| row.subject == subject) && !fresh.contains(&key) {
            fresh.push(key);
        }
    }
    let mut held: BTreeMap<(Granularity, i64), Samples> =
        blocks.into_iter().map(|rows| ((rows.granularity, day_of(rows.span)), rows.samples)).collect();
    let dropped = dropped_until(tx).await?;
    for key in fresh {
        let rows = measured(tx, subject, day(key.1)).await?.remove(&key.0).unwrap_or_default();
        let old = held.remove(&key).unwrap_or_default();
        held.insert(key, replaced(old, roll(&rows, Stretch::Hour, &Zone::utc()), dropped));
    }
    Ok(together(held.into_iter().map(|((granularity, _), samples)| (granularity, samples)), Stretch::Hour, window))
}

/// Days or months that begin inside the window: as they were rolled up, but for months of which more has come since.
async fn calendar(
    tx: &mut Tx,
    subject: i64,
    window: Window,
    (stretch, zone): (Stretch, &Zone),
) -> Result<ByGranularity, StoreError> {
    let level = if stretch == Stretch::Month { Level::Month } else { Level::Day };
    let first = Stretch::Month.around(window.start, zone);
    let months = Stretch::Month.inside(Window::new(first.start, window.end), zone);
    let span = (first.start, months.last().map_or(first.start, |month| month.end));
    let mut held: BTreeMap<Time, Vec<BlockRows>> = BTreeMap::new();
    for rows in block_samples(tx, (bundle_of(subject), level), span, Some(subject)).await? {
        held.entry(rows.span).or_default().push(rows);
    }
    let (from, to) = (day_of(span.0), day_of(span.1.plus_ms(-1)));
    let waiting = slot_samples(tx, page_of(subject), from, to).await?;
    let mut behind: Vec<(Window, Granularity)> = waiting.iter().map(|rows| (day(rows.day), rows.granularity)).collect();
    let marks = marked(tx, page_of(subject), span).await?;
    behind.extend(marks.into_iter().map(|(month, granularity)| (Window::new(month, month.plus_ms(1)), granularity)));
    let mut found = Vec::new();
    for month in months {
        let behind = behind.iter().filter(|(part, _)| part.cut(month).is_some());
        let behind: Vec<Granularity> = behind.map(|(_, granularity)| *granularity).collect();
        let held = held.remove(&month.start).unwrap_or_default();
        found.extend(current(tx, (subject, month), held, &behind, (stretch, zone)).await?);
    }
    Ok(together(found.into_iter(), stretch, window))
}

/// What is held of a month, with what is behind rolled up now.
async fn current(
    tx: &mut Tx,
    (subject, month): (i64, Window),
    held: Vec<BlockRows>,
    behind: &[Granularity],
    (stretch, zone): (Stretch, &Zone),
) -> Result<Vec<(Granularity, Samples)>, StoreError> {
    let mut held: ByGranularity = held.into_iter().map(|rows| (rows.granularity, rows.samples)).collect();
    if !behind.is_empty() {
        let dropped = dropped_until(tx).await?;
        for (granularity, rows) in measured(tx, subject, month).await? {
            if behind.contains(&granularity) {
                let old = held.remove(&granularity).unwrap_or_default();
                held.insert(granularity, replaced(old, roll(&rows, stretch, zone), dropped));
            }
        }
    }
    Ok(held.into_iter().collect())
}

/// Parts of the same granularity in one; only what can be rolled up so, and begins inside the window.
fn together(parts: impl Iterator<Item = (Granularity, Samples)>, stretch: Stretch, window: Window) -> ByGranularity {
    let mut sorted: BTreeMap<Granularity, Vec<Samples>> = BTreeMap::new();
    for (granularity, samples) in parts.filter(|(granularity, _)| is_finer(*granularity, stretch)) {
        sorted.entry(granularity).or_default().push(samples.only(|row| window.holds(row.start)));
    }
    sorted.into_iter().map(|(granularity, parts)| (granularity, Samples::beside(parts))).collect()
}

/// Days since 1970 in UTC.
pub fn day_of(at: Time) -> i64 {
    at.ms().div_euclid(DAY_MS)
}

/// A day in UTC by its number.
pub fn day(number: i64) -> Window {
    let start = Time::from_ms(number.saturating_mul(DAY_MS));
    Window::new(start, start.plus_ms(DAY_MS))
}
