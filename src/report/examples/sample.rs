//! Renders a made-up report, for people who change the look:
//! `cargo run -p linesman-report --example sample -- zh out.pdf [circuits]` (or `out.xlsx`, `out.csv`).

#[path = "../sample.rs"]
mod sample;

use std::error::Error;
use std::path::Path;

use report::Fonts;
use report::input::Language;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (language, file, circuits) = match arguments.as_slice() {
        [language, file] => (language, file, 24),
        [language, file, circuits] => (language, file, circuits.parse()?),
        _ => return Err("usage: sample zh|en FILE.pdf|FILE.xlsx|FILE.csv [CIRCUITS]".into()),
    };
    let language = if language == "zh" { Language::Zh } else { Language::En };
    let report = sample::report(language, circuits);
    let bytes = match Path::new(file).extension().and_then(|ending| ending.to_str()) {
        Some("xlsx") => report::xlsx(&report)?,
        Some("csv") => report::csv(&report)?,
        _ => report::pdf(&report, &Fonts::new()?)?,
    };
    Ok(std::fs::write(file, bytes)?)
}
