use std::io::Cursor;
use std::sync::LazyLock;

use calamine::{Data, Reader as _, Xlsx};
use model::time::{Time, Window};
use proptest::prelude::*;

use crate::input::{Counted, Language, Report, Rfo};
use crate::poppler::Seen;
use crate::{Fonts, ReportError, csv, digest, pdf, sample, xlsx};

/// Parsed once for all tests, as a program does.
pub(crate) static FONTS: LazyLock<Fonts> = LazyLock::new(|| Fonts::new().unwrap());

/// The three forms of a report, as a reader sees them.
struct Forms {
    pdf: String,
    sheet: Vec<Vec<Data>>,
    csv: Vec<Vec<String>>,
}

fn forms(report: &Report, circuits: &str) -> Forms {
    let pdf = Seen::of(&pdf(report, &FONTS).unwrap()).text();
    let mut book = Xlsx::new(Cursor::new(xlsx(report).unwrap())).unwrap();
    let sheet = book.worksheet_range(circuits).unwrap().rows().skip(1).map(<[Data]>::to_vec).collect();
    let bytes = csv(report).unwrap();
    let records = ::csv::Reader::from_reader(&bytes[3..]).into_records();
    let csv = records.map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
    Forms { pdf, sheet, csv }
}

#[test]
fn a_figure_has_the_same_digits_in_every_form() {
    for (language, sheet, missed) in [(Language::Zh, "电路明细", "未达标"), (Language::En, "Circuits", "Missed")]
    {
        let report = sample::report(language, 24);
        let forms = forms(&report, sheet);
        assert_eq!((forms.sheet.len(), forms.csv.len()), (24, 24));
        for (row, cells) in forms.csv.iter().zip(&forms.sheet) {
            same_numbers(row, cells);
            let target = format!("{}%", row[6]);
            let is_row = |line: &&str| line.trim_start().starts_with(&row[0]) && line.contains(&target);
            let line = forms.pdf.lines().find(is_row).unwrap();
            let achieved = format!("{}%", &row[7][..row[7].len() - 2]);
            for shown in [&achieved, &row[9], &row[10], &row[11]] {
                assert!(line.contains(shown.as_str()), "{shown} is not in {line}");
            }
        }
        assert_eq!(forms.csv.iter().filter(|row| row[9] == missed).count(), 3);
    }
}

/// XLSX holds the number that CSV writes, and text where CSV has text.
fn same_numbers(row: &[String], cells: &[Data]) {
    for (text, cell) in row.iter().zip(cells) {
        match cell {
            Data::Float(number) => assert_eq!(text.parse::<f64>().unwrap(), *number),
            Data::Empty => assert_eq!(text, ""),
            other => assert_eq!(*text, other.to_string()),
        }
    }
}

#[test]
fn parts_add_up_to_the_totals_that_are_printed() {
    let report = sample::report(Language::En, 24);
    let forms = forms(&report, "Circuits");
    let counted: i64 = report.outages.iter().map(|outage| outage.length_ms(Counted::Counted)).sum();
    let written: f64 = forms.csv.iter().map(|row| row[15].parse::<f64>().unwrap()).sum();
    assert_eq!(format!("{written:.3}"), crate::format::Format::seconds(counted));
    let format = crate::format::Format::of(&report);
    for outage in &report.outages {
        let line = format!("Interrupted {}", format.length(outage.total_ms()));
        assert!(forms.pdf.contains(&line), "{line}");
    }
}

#[test]
fn every_form_prints_the_digest() {
    let report = sample::report(Language::Zh, 3);
    let digest = digest(&report);
    assert!(Seen::of(&pdf(&report, &FONTS).unwrap()).text().contains(&digest));
    assert!(String::from_utf8(csv(&report).unwrap()).unwrap().contains(&digest));
    let mut book = Xlsx::new(Cursor::new(xlsx(&report).unwrap())).unwrap();
    let summary = book.worksheet_range("概要").unwrap();
    assert!(summary.rows().any(|row| row[1] == Data::String(digest.clone())));
}

#[test]
fn fonts_are_shared_between_threads() {
    const fn shared<T: Send + Sync>() {}
    shared::<Fonts>();
}

/// A report in whose every text stands the same foreign text.
fn filled_with(text: &str, language: Language) -> Report {
    let mut report = sample::report(language, 2);
    let foreign = || text.to_owned();
    report.customer.name = foreign();
    report.customer.number = foreign();
    report.template.carrier = foreign();
    report.template.title = Some(foreign());
    report.template.footer = foreign();
    report.template.contact = foreign();
    report.protections[0].number = foreign();
    report.template.sign_off = vec![foreign()];
    for circuit in &mut report.circuits {
        (circuit.code, circuit.a_end, circuit.plan, circuit.class) = (foreign(), foreign(), foreign(), foreign());
    }
    for outage in &mut report.outages {
        (outage.number, outage.circuit, outage.cause) = (foreign(), foreign(), foreign());
        let [reference, cause, party, action] = [foreign(), foreign(), foreign(), foreign()];
        outage.rfo = Some(Rfo { reference, cause, party, action });
        outage.ledger[0].why = foreign();
        outage.ledger[0].evidence = vec![foreign(); 3];
    }
    report.tickets[0].circuits = vec![foreign(); 4];
    report.works[0].summary = foreign();
    report.methods[0].plan = foreign();
    report.methods[0].formulas = vec![foreign()];
    report.service.chronic = vec![foreign()];
    report
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_in_the_texts_there_is_a_report_or_a_named_character(
        text in prop_oneof![any::<String>(), "[ -~一-龥]{0,60}", "[=+@\\-][ -~]{0,10}", Just(String::new())],
        zh in any::<bool>(),
    ) {
        let report = filled_with(&text, if zh { Language::Zh } else { Language::En });
        match pdf(&report, &FONTS) {
            Ok(bytes) => prop_assert!(bytes.starts_with(b"%PDF-1.7")),
            Err(error) => prop_assert!(matches!(error, ReportError::MissingCharacters(_)), "{}", error),
        }
        prop_assert!(Xlsx::new(Cursor::new(xlsx(&report).unwrap())).is_ok());
        let bytes = csv(&report).unwrap();
        for record in ::csv::Reader::from_reader(&bytes[3..]).into_records() {
            let record = record.unwrap();
            let texts = record.iter().filter(|cell| cell.parse::<f64>().is_err());
            for cell in texts {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']), "{}", cell);
            }
        }
    }
}

#[test]
fn times_without_an_end_are_written() {
    let mut report = sample::report(Language::En, 1);
    report.outages[0].start = Time::MIN;
    report.outages[0].end = Some(Time::MAX);
    report.works[0].affect = Window::new(Time::MIN, Time::MAX);
    report.works[0].notified_at = Some(Time::MAX);
    assert!(pdf(&report, &FONTS).is_ok());
    assert!(xlsx(&report).is_ok());
    assert!(csv(&report).is_ok());
}
