//! The rules that every input is held to: no panic, a second of CPU, 64 MiB. What breaks one is kept as a file.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::ALLOCATOR;
use crate::targets::Target;

const CPU_MAX: Duration = Duration::from_secs(1);
const BYTES_MAX: usize = 64 << 20;
/// An input that is not done by then is taken as one that never is.
const HANGS: Duration = Duration::from_secs(20);

/// The input that is being read, since when.
type Current = Mutex<Option<(Instant, Vec<u8>)>>;

/// Runs inputs under the rules.
pub struct Guard {
    folder: PathBuf,
    name: String,
    current: Arc<Current>,
    inputs: Cell<u64>,
    cpu: Cell<Duration>,
    bytes: Cell<usize>,
}

impl Guard {
    pub fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/fuzz");
        let current = Arc::default();
        let guard = Guard {
            folder,
            name: name.to_owned(),
            current: Arc::clone(&current),
            inputs: Cell::default(),
            cpu: Cell::default(),
            bytes: Cell::default(),
        };
        let (folder, name) = (guard.folder.clone(), name.to_owned());
        std::thread::spawn(move || watch(&current, &folder, &name));
        guard
    }

    /// # Errors
    /// Which rule the input broke, and where it is kept.
    pub fn run(&self, target: &Target, bytes: &[u8]) -> Result<(), String> {
        self.set(Some((Instant::now(), bytes.to_vec())));
        ALLOCATOR.reset_peak_usage();
        let (held, began) = (ALLOCATOR.current_usage(), cpu());
        let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(bytes)));
        let spent = cpu().saturating_sub(began);
        let grown = ALLOCATOR.peak_usage().saturating_sub(held);
        self.set(None);
        self.inputs.set(self.inputs.get() + 1);
        self.cpu.set(self.cpu.get().max(spent));
        self.bytes.set(self.bytes.get().max(grown));
        let broken = match outcome {
            Err(_) => "it panics".to_owned(),
            Ok(()) if spent > CPU_MAX => format!("it takes {} ms of CPU", spent.as_millis()),
            Ok(()) if grown > BYTES_MAX => format!("it takes {} MiB", grown >> 20),
            Ok(()) => return Ok(()),
        };
        Err(format!("{}: {broken}; see {}", self.name, keep(&self.folder, &self.name, bytes)))
    }

    pub fn summary(&self) -> String {
        format!(
            "{} inputs, at most {} ms of CPU and {:.1} MiB for one",
            self.inputs.get(),
            self.cpu.get().as_millis(),
            (self.bytes.get() >> 10) as f64 / 1024.0
        )
    }

    fn set(&self, input: Option<(Instant, Vec<u8>)>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = input;
    }
}

/// Ends the process when an input does not end.
fn watch(current: &Current, folder: &Path, name: &str) {
    loop {
        std::thread::sleep(Duration::from_millis(500));
        if let Some((began, bytes)) = &*current.lock().unwrap_or_else(PoisonError::into_inner)
            && began.elapsed() > HANGS
        {
            crate::say(&format!("{name}: it does not end; see {}", keep(folder, name, bytes)));
            std::process::exit(1);
        }
    }
}

/// Keeps an input; where.
fn keep(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let sum = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let path = folder.join(format!("{name}-{sum:016x}"));
    match std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, bytes)) {
        Ok(()) => path.display().to_string(),
        Err(error) => format!("nothing: it could not be written ({error})"),
    }
}

/// CPU time of this thread.
fn cpu() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}
