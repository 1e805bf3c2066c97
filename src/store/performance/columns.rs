//! Rows of performance data as compressed columns (`pco`), cut into pages that can be read alone. What all pages
//! of a column share is in the head, so that a page of a few values costs little.
//!
//! Most measured values have few decimals: then they are kept as whole numbers with their power of ten, which
//! is exact and takes less room. A value that was not measured is a bit.

use model::pm::IntervalStatus;
use model::sample::{Sample, Samples};
use model::text::Text;
use model::time::Time;
use pco::data_types::Number;
use pco::wrapped::{ChunkDecompressor, FileCompressor, FileDecompressor};
use pco::{ChunkConfig, DeltaSpec, ModeSpec, PagingSpec};

use super::bytes::{Cursor, put_bytes, put_number};
use crate::error::StoreError;

/// Columns before the values: subject, link, begin, revision, seconds, status.
const SERVICE: usize = 6;
/// Powers of ten that are tried, smallest first.
const DECIMALS: [(u8, f64); 6] = [(0, 1.0), (1, 10.0), (2, 100.0), (3, 1e3), (4, 1e4), (6, 1e6)];
/// A column of numbers that have too many decimals.
const REAL: u8 = 255;
/// Above this a whole number is no longer exact as a float.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// Rows of one page that are believed when it is read.
const ROWS_MAX: usize = 1 << 23;

/// How much work to spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effort {
    /// Something arrives and shall be visible at once.
    Quick,
    /// It stays for years.
    Thorough,
}

/// Compressed rows.
#[derive(Debug)]
pub(super) struct Packed {
    /// What all pages share.
    pub head: Vec<u8>,
    /// Each page.
    pub pages: Vec<Page>,
}

/// Some rows.
#[derive(Debug)]
pub(super) struct Page {
    /// Its number; as the writer of the rows said.
    pub number: i64,
    /// How many.
    pub rows: usize,
    /// The rows.
    pub body: Vec<u8>,
}

/// One column before it is compressed.
struct Column {
    kind: u8,
    numbers: Numbers,
    /// For each row whether it has a value; empty if every row has.
    gaps: Vec<bool>,
}

enum Numbers {
    Whole(Vec<i64>),
    Real(Vec<f64>),
}

/// A reader of the pages of one head.
pub(super) struct Unpacker {
    params: Vec<Text>,
    columns: Vec<(u8, Reader)>,
}

enum Reader {
    Whole(ChunkDecompressor<i64>),
    Real(ChunkDecompressor<f64>),
}

/// Compresses rows that are sorted by subject; `page_of` says on which page a subject lies, and rises with it. A page
/// knows subjects only by their distance from `base_of` its number.
pub(super) fn pack(
    samples: &Samples,
    page_of: impl Fn(i64) -> i64,
    base_of: impl Fn(i64) -> i64,
    effort: Effort,
) -> Result<Packed, StoreError> {
    let mut pages: Vec<Page> = Vec::new();
    for row in &samples.rows {
        let number = page_of(row.subject);
        match pages.last_mut().filter(|page| page.number == number) {
            Some(page) => page.rows += 1,
            None => pages.push(Page { number, rows: 1, body: Vec::new() }),
        }
    }
    let sizes: Vec<usize> = pages.iter().map(|page| page.rows).collect();
    let mut head = Vec::new();
    for column in service_columns(samples, &page_of, &base_of).into_iter().chain(value_columns(samples)) {
        let config = config(effort, &sizes);
        match &column.numbers {
            Numbers::Whole(numbers) => pack_column(&column, numbers, &config, (&mut head, &mut pages)),
            Numbers::Real(numbers) => pack_column(&column, numbers, &config, (&mut head, &mut pages)),
        }
        .map_err(|error| StoreError::corrupt("pm_page", error))?;
    }
    Ok(Packed { head, pages })
}

fn config(effort: Effort, sizes: &[usize]) -> ChunkConfig {
    let (level, delta) = match effort {
        Effort::Quick => (1, DeltaSpec::NoOp),
        Effort::Thorough => (4, DeltaSpec::Auto),
    };
    ChunkConfig::default()
        .with_compression_level(level)
        .with_mode_spec(ModeSpec::Classic)
        .with_delta_spec(delta)
        .with_paging_spec(PagingSpec::Exact(sizes.to_vec()))
}

fn pack_column<T: Number>(
    column: &Column,
    numbers: &[T],
    config: &ChunkConfig,
    (head, pages): (&mut Vec<u8>, &mut [Page]),
) -> pco::errors::PcoResult<()> {
    let mut chunk = FileCompressor::default().chunk_compressor(numbers, config)?;
    let mut meta = Vec::new();
    chunk.write_meta(&mut meta)?;
    head.push(column.kind);
    put_bytes(head, &meta);
    let (mut first, mut body) = (0, Vec::new());
    for (index, page) in pages.iter_mut().enumerate() {
        let gaps = column.gaps.get(first..first + page.rows).unwrap_or_default();
        put_gaps(&mut page.body, gaps);
        first += page.rows;
        body.clear();
        chunk.write_page(index, &mut body)?;
        put_bytes(&mut page.body, &body);
    }
    Ok(())
}

/// A byte that says whether there are gaps, then a bit a row.
fn put_gaps(to: &mut Vec<u8>, gaps: &[bool]) {
    let any = gaps.contains(&true);
    to.push(any.into());
    if any {
        to.extend(gaps.chunks(8).map(|bits| bits.iter().rev().fold(0_u8, |byte, bit| byte << 1 | u8::from(*bit))));
    }
}

fn service_columns(samples: &Samples, page_of: impl Fn(i64) -> i64, base_of: impl Fn(i64) -> i64) -> Vec<Column> {
    let column = |number: &dyn Fn(&Sample) -> i64| Column {
        kind: 0,
        numbers: Numbers::Whole(samples.rows.iter().map(number).collect()),
        gaps: Vec::new(),
    };
    vec![
        column(&|row| row.subject - base_of(page_of(row.subject))),
        column(&|row| row.link - row.subject),
        column(&|row| row.start.ms().div_euclid(1000)),
        column(&|row| row.revision),
        column(&|row| row.measured_s.into()),
        column(&|row| row.status as i64),
    ]
}

fn value_columns(samples: &Samples) -> impl Iterator<Item = Column> {
    let width = samples.params.len();
    (0..width).map(move |at| Column::of(samples.values.iter().skip(at).step_by(width).copied()))
}

// === impl Column ===

impl Column {
    fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let gaps = match values.clone().any(f64::is_nan) {
            true => values.clone().map(f64::is_nan).collect(),
            false => Vec::new(),
        };
        // A gap repeats the value before it: that takes the least room.
        let mut last = 0.0;
        let filled = values.map(move |value| {
            last = if value.is_nan() { last } else { value };
            last
        });
        let power = DECIMALS.iter().find(|(_, power)| filled.clone().all(|value| is_exact(value, *power)));
        match power {
            #[expect(clippy::cast_possible_truncation, reason = "it was seen to be whole and below 2^53")]
            Some((kind, power)) => {
                let numbers = filled.map(|value| (value * power).round() as i64).collect();
                Column { kind: *kind, numbers: Numbers::Whole(numbers), gaps }
            }
            None => Column { kind: REAL, numbers: Numbers::Real(filled.collect()), gaps },
        }
    }
}

/// The value times the power is a whole number, and divided again it is the very same value.
fn is_exact(value: f64, power: f64) -> bool {
    let whole = (value * power).round();
    whole.abs() < EXACT && (whole / power).to_bits() == value.to_bits()
}

// === impl Unpacker ===

impl Unpacker {
    /// Reads a head.
    pub(super) fn new(params: Vec<Text>, head: &[u8]) -> Result<Self, StoreError> {
        let mut cursor = Cursor(head);
        let mut columns = Vec::with_capacity(SERVICE + params.len());
        for _ in 0..SERVICE + params.len() {
            let kind = cursor.byte().ok_or_else(damaged)?;
            let meta = cursor.bytes().ok_or_else(damaged)?;
            let reader = Reader::new(kind, meta).map_err(|error| StoreError::corrupt("pm_slot", error))?;
            columns.push((kind, reader));
        }
        Ok(Unpacker { params, columns })
    }

    /// The rows of a page; `base` as it was packed with.
    pub(super) fn read(&mut self, base: i64, rows: usize, body: &[u8]) -> Result<Samples, StoreError> {
        if rows > ROWS_MAX {
            return Err(damaged());
        }
        let mut cursor = Cursor(body);
        let mut samples = Samples::of(&self.params);
        let width = self.params.len();
        let mut service: [Vec<i64>; SERVICE] = Default::default();
        samples.values.resize(rows * width, f64::NAN);
        for (at, (kind, reader)) in self.columns.iter_mut().enumerate() {
            let gaps = read_gaps(&mut cursor, rows)?;
            let page = cursor.bytes().ok_or_else(damaged)?;
            let values = match (reader, service.get_mut(at)) {
                (Reader::Whole(reader), Some(column)) => {
                    *column = read_page(reader, page, rows)?;
                    continue;
                }
                (Reader::Whole(reader), None) => whole_values(&read_page(reader, page, rows)?, *kind),
                (Reader::Real(reader), _) => read_page(reader, page, rows)?,
            };
            let cells = samples.values.iter_mut().skip(at.saturating_sub(SERVICE)).step_by(width.max(1));
            for ((cell, value), row) in cells.zip(values).zip(0..) {
                if !gaps.get(row).copied().unwrap_or(false) {
                    *cell = value;
                }
            }
        }
        samples.rows = (0..rows).map(|row| sample(&service, base, row)).collect::<Option<_>>().ok_or_else(damaged)?;
        Ok(samples)
    }
}

impl Reader {
    fn new(kind: u8, meta: &[u8]) -> pco::errors::PcoResult<Self> {
        let mut header = Vec::new();
        FileCompressor::default().write_header(&mut header)?;
        let (file, _) = FileDecompressor::new(header.as_slice())?;
        Ok(match kind {
            REAL => Reader::Real(file.chunk_decompressor(meta)?.0),
            _ => Reader::Whole(file.chunk_decompressor(meta)?.0),
        })
    }
}

fn read_page<T: Number + Default>(
    reader: &mut ChunkDecompressor<T>,
    page: &[u8],
    rows: usize,
) -> Result<Vec<T>, StoreError> {
    let mut numbers = vec![T::default(); rows];
    let read = reader.page_decompressor(page, rows).and_then(|mut page| page.read(&mut numbers));
    read.map_err(|error| StoreError::corrupt("pm_page", error))?;
    Ok(numbers)
}

fn whole_values(numbers: &[i64], kind: u8) -> Vec<f64> {
    let power = DECIMALS.iter().find(|(known, _)| *known == kind).map_or(1.0, |(_, power)| *power);
    #[expect(clippy::cast_precision_loss, reason = "it came from a float")]
    numbers.iter().map(|number| *number as f64 / power).collect()
}

fn read_gaps(cursor: &mut Cursor<'_>, rows: usize) -> Result<Vec<bool>, StoreError> {
    if cursor.byte().ok_or_else(damaged)? == 0 {
        return Ok(Vec::new());
    }
    let bytes = cursor.take(rows.div_ceil(8)).ok_or_else(damaged)?;
    Ok(bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1)).collect())
}

fn sample(
    [subject, link, start, revision, measured, status]: &[Vec<i64>; SERVICE],
    base: i64,
    row: usize,
) -> Option<Sample> {
    let subject = base + subject.get(row)?;
    Some(Sample {
        subject,
        link: subject + link.get(row)?,
        start: Time::from_ms(start.get(row)? * 1000),
        revision: *revision.get(row)?,
        measured_s: u32::try_from(*measured.get(row)?).ok()?,
        status: *IntervalStatus::ALL.get(usize::try_from(*status.get(row)?).ok()?)?,
    })
}

fn damaged() -> StoreError {
    StoreError::corrupt("pm_page", "its columns are damaged")
}

/// A block: head and pages in one, each page under its number.
pub(super) fn write_block(packed: &Packed) -> Vec<u8> {
    let mut block = Vec::new();
    put_bytes(&mut block, &packed.head);
    put_number(&mut block, packed.pages.len() as u64);
    for page in &packed.pages {
        put_number(&mut block, page.number.unsigned_abs());
        put_number(&mut block, page.rows as u64);
        put_number(&mut block, page.body.len() as u64);
    }
    packed.pages.iter().for_each(|page| block.extend_from_slice(&page.body));
    block
}

/// The rows of a block; of one page, or of all.
pub(super) fn read_block(params: Vec<Text>, block: &[u8], only: Option<i64>) -> Result<Samples, StoreError> {
    let mut cursor = Cursor(block);
    let head = cursor.bytes().ok_or_else(damaged)?;
    let mut unpacker = Unpacker::new(params, head)?;
    let mut pages = Vec::new();
    for _ in 0..cursor.number().ok_or_else(damaged)? {
        let [number, rows, length] = [cursor.number(), cursor.number(), cursor.number()];
        let page =
            (|| Some((i64::try_from(number?).ok()?, usize::try_from(rows?).ok()?, usize::try_from(length?).ok()?)))();
        pages.push(page.ok_or_else(damaged)?);
    }
    let mut samples = Samples::of(&unpacker.params);
    for (number, rows, length) in pages {
        let body = cursor.take(length).ok_or_else(damaged)?;
        if only.is_none_or(|only| only == number) {
            let read = unpacker.read(number, rows, body)?;
            samples.rows.extend(read.rows);
            samples.values.extend(read.values);
        }
    }
    Ok(samples)
}

#[cfg(test)]
mod tests;
