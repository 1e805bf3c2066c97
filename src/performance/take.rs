//! One performance file into the store. It is read once, piece by piece; its rows are sorted into slots by
//! granularity and day, which are written in small transactions so that alarms are not kept waiting. Nobody sees
//! any of it before the last transaction, which shows all of it and closes the file in the ledger.

use std::collections::HashMap;

use collectors::pm::{Manner, PmFile as Reader};
use ftp::session::Unpacked;
use model::pm::{Batch, Granularity, Row};
use model::sample::Samples;
use model::text::Text;
use model::time::Window;
use parking_lot::Mutex;
use store::Db;
use store::performance::DAY_MS;
use store::performance::file::{FileEnd, PmFile, end_file, file_with_digest};
use store::performance::slot::{begin_slot, drop_slots, pack_slot, put_pages, show_slots};
use store::performance::subject::{Known, Numbers, learn};

use super::PerformanceError;
use intake::Clock;

/// What is held before it is written, in values of 8 bytes: 32 MiB.
const VALUES_MAX: usize = 4 << 20;
/// What a row takes beside its values, and the name of a parameter, in values.
const ROW: usize = 6;
const NAME: usize = 12;
/// Slots of one file: each is a transaction or more. A year has 365 for each length and list of parameters.
const SLOTS_MAX: usize = 4096;
/// Unknown objects that are written in one transaction.
const LEARN: usize = 1_000;
/// Pages that are written in one transaction, some kilobytes each.
const PAGES: usize = 96;
/// Refused rows whose reason is kept.
const REASONS_MAX: usize = 20;
/// A begin must be a multiple of this, or of its granularity if that is shorter.
const QUARTER_S: i64 = 900;

/// What taking files needs. It remembers the numbers of what is measured.
pub struct Taker {
    /// The database.
    pub db: Db,
    /// Now.
    pub clock: Clock,
    /// Numbers met lately.
    pub known: Mutex<Known>,
}

/// A file to be taken.
pub struct Content {
    /// Its row of the ledger.
    pub file: PmFile,
    /// Its name, for messages.
    pub name: String,
    /// Its bytes, unpacked.
    pub bytes: Unpacked,
    /// How its peer writes such files.
    pub manner: Manner,
    /// SHA-256 as stored.
    pub sha256: [u8; 32],
}

/// What was taken of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Rows that were kept.
    pub rows: u64,
    /// Values in them, gaps too.
    pub values: u64,
    /// Rows that were refused.
    pub refused: u64,
    /// The first reasons.
    pub reasons: Vec<String>,
}

/// Rows on their way into slots.
#[derive(Default)]
struct Gathered {
    slots: Vec<(Granularity, i64, Samples)>,
    /// Where the rows of a granularity, day and list of parameters go.
    places: HashMap<(Granularity, i64, Vec<Text>), usize>,
    values: usize,
    /// Slots of the file so far.
    opened: usize,
}

// === impl Taker ===

impl Taker {
    /// Takes a file: all of its good rows or, if it cannot be read to its end, nothing. Content that was taken before
    /// does nothing, under whatever name it comes: told late, it must not undo a correction. `None` then.
    ///
    /// # Errors
    /// [`PerformanceError::File`] if it cannot be read; nothing of it is kept, and its row still waits.
    pub async fn take(&self, content: Content) -> Result<Option<Taken>, PerformanceError> {
        let Content { file, name, bytes, manner, sha256 } = content;
        let known = file_with_digest(&mut self.db.read().await?, &file, &sha256).await?;
        if let Some(known) = known {
            let mut tx = self.db.write().await?;
            end_file(&mut tx, file.id, &FileEnd::Duplicate(known), self.clock.now()).await?;
            tx.commit().await?;
            return Ok(None);
        }
        self.forget(&file).await?;
        let taken = match self.read(&file, &name, (bytes, &manner)).await {
            Ok(taken) => taken,
            Err(error) => {
                self.forget(&file).await?;
                return Err(error);
            }
        };
        let end = FileEnd::Done { sha256, rows: taken.rows + taken.refused, refused: taken.refused };
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        show_slots(&mut tx, file.id, now).await?;
        end_file(&mut tx, file.id, &end, now).await?;
        tx.commit().await?;
        Ok(Some(taken))
    }

    /// Drops what an interrupted reading left.
    async fn forget(&self, file: &PmFile) -> Result<(), PerformanceError> {
        let mut tx = self.db.write().await?;
        drop_slots(&mut tx, file.id).await?;
        Ok(tx.commit().await?)
    }

    async fn read(
        &self,
        file: &PmFile,
        name: &str,
        (bytes, manner): (Unpacked, &Manner),
    ) -> Result<Taken, PerformanceError> {
        let mut reader = Reader::open(name, bytes, manner)?;
        let (mut taken, mut gathered) = (Taken::default(), Gathered::default());
        while let Some(batch) = reader.next_batch()? {
            let numbers = self.numbers(file, &batch).await?;
            gathered.add(file, &batch, &numbers, &mut taken);
            if gathered.values >= VALUES_MAX {
                let opened = gathered.opened;
                self.write(file, gathered).await?;
                gathered = Gathered { opened, ..Gathered::default() };
            }
        }
        self.write(file, gathered).await?;
        let issues = reader.issues();
        taken.refused += issues.total();
        let room = REASONS_MAX.saturating_sub(taken.reasons.len());
        taken.reasons.extend(issues.kept().iter().take(room).map(ToString::to_string));
        Ok(taken)
    }

    /// The numbers of each row; what was never met before is written.
    async fn numbers(&self, file: &PmFile, batch: &Batch) -> Result<Vec<Option<Numbers>>, PerformanceError> {
        let (numbers, unknown) = self.known.lock().numbers(file.source, &batch.rows);
        if unknown.is_empty() {
            return Ok(numbers);
        }
        let mut learnt = Vec::with_capacity(unknown.len());
        for rows in unknown.chunks(LEARN) {
            let mut tx = self.db.write().await?;
            learnt.extend(learn(&mut tx, file.source, rows).await?);
            tx.commit().await?;
        }
        let mut known = self.known.lock();
        known.remember(learnt);
        let (later, _) = known.numbers(file.source, &batch.rows);
        Ok(numbers.into_iter().zip(later).map(|(known, learnt)| known.or(learnt)).collect())
    }

    async fn write(&self, file: &PmFile, gathered: Gathered) -> Result<(), PerformanceError> {
        for (granularity, day, samples) in gathered.slots {
            let slot = pack_slot(granularity, day, samples)?;
            let mut tx = self.db.write().await?;
            let id = begin_slot(&mut tx, file.id, &slot).await?;
            put_pages(&mut tx, id, &slot, 0, PAGES).await?;
            tx.commit().await?;
            for first in (PAGES..slot.pages()).step_by(PAGES) {
                let mut tx = self.db.write().await?;
                put_pages(&mut tx, id, &slot, first, PAGES).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }
}

// === impl Gathered ===

impl Gathered {
    fn add(&mut self, file: &PmFile, batch: &Batch, numbers: &[Option<Numbers>], taken: &mut Taken) {
        let mut place = None;
        for ((row, values), numbers) in batch.iter().zip(numbers) {
            let Some(numbers) = numbers else { continue };
            if let Some(reason) = fault(row, file.period) {
                taken.refuse(&reason);
                continue;
            }
            let key = (row.granularity, row.start.ms().div_euclid(DAY_MS));
            let at = match place.filter(|(known, _)| *known == key) {
                Some((_, at)) => at,
                None => self.place(key, batch),
            };
            place = Some((key, at));
            let Some((.., samples)) = at.and_then(|at| self.slots.get_mut(at)) else {
                taken.refuse(&format!(
                    "{}: the file has more than {SLOTS_MAX} days, lengths of periods and lists of parameters: divide it",
                    row.object_id
                ));
                continue;
            };
            let sample = numbers.sample(row, file.id);
            samples.push(sample, values);
            self.values += values.len() + ROW;
            taken.rows += 1;
            taken.values += values.len() as u64;
        }
    }

    /// Where rows of this granularity, day and parameters go; `None` if the file has too many of them.
    fn place(&mut self, (granularity, day): (Granularity, i64), batch: &Batch) -> Option<usize> {
        let key = (granularity, day, batch.params.clone());
        if let Some(place) = self.places.get(&key) {
            return Some(*place);
        }
        if self.opened >= SLOTS_MAX {
            return None;
        }
        self.opened += 1;
        self.values += NAME * batch.params.len();
        self.slots.push((granularity, day, Samples::of(&batch.params)));
        self.places.insert(key, self.slots.len() - 1);
        Some(self.slots.len() - 1)
    }
}

// === impl Taken ===

impl Taken {
    fn refuse(&mut self, reason: &str) {
        self.refused += 1;
        if self.reasons.len() < REASONS_MAX {
            self.reasons.push(reason.to_owned());
        }
    }
}

/// Why a row cannot be kept.
fn fault(row: &Row, announced: Window) -> Option<String> {
    let seconds = i64::from(row.granularity.0);
    if !announced.holds(row.start) {
        return Some(format!(
            "{}: its period begins at {}, outside the announced one from {} to {}",
            row.object_id, row.start, announced.start, announced.end
        ));
    }
    let step = seconds.clamp(1, QUARTER_S) * 1000;
    if row.start.ms().rem_euclid(step) != 0 {
        return Some(format!("{}: its period begins at {}, which is no multiple of it", row.object_id, row.start));
    }
    (i64::from(row.measured_s) > seconds)
        .then(|| format!("{}: {} s were measured in a period of {seconds} s", row.object_id, row.measured_s))
}
