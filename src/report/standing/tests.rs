use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};

use super::*;
use crate::sample;

fn line(number: &str, name: &str, service: &Service) -> Line {
    Line {
        number: number.to_owned(),
        name: name.to_owned(),
        circuits: 24,
        rated: 24,
        met: 21,
        availability: Share::of(99_991_234, 100_000_000),
        measured: Share::of(99_999, 100_000),
        service: service.clone(),
        works: 1,
        protections: 1,
        excluded_ms: 5_880_001,
    }
}

fn standing(language: Language) -> Standing {
    let report = sample::report(language, 24);
    Standing {
        carrier: "Eastern Telecom".to_owned(),
        language,
        period: report.period,
        zone: report.zone,
        as_of: report.period.end,
        generated_at: report.generated_at,
        total: line("", "", &report.service),
        customers: vec![line("K1", "=1+1", &report.service), line("K2", "Bank", &Service::default())],
        works: report.works,
        protections: report.protections,
        exclusions: report.exclusions,
    }
}

#[test]
fn the_book_and_the_csv_say_the_same() {
    for (language, sheet, all) in [(Language::Zh, "客户", "全部客户"), (Language::En, "Customers", "All customers")]
    {
        let standing = standing(language);
        let mut book = Xlsx::new(Cursor::new(xlsx(&standing).unwrap())).unwrap();
        assert_eq!(book.sheet_names().len(), 5);
        let rows: Vec<Vec<Data>> = book.worksheet_range(sheet).unwrap().rows().skip(1).map(<[Data]>::to_vec).collect();
        let bytes = csv(&standing).unwrap();
        let records: Vec<::csv::StringRecord> =
            ::csv::Reader::from_reader(&bytes[3..]).into_records().map(Result::unwrap).collect();
        assert_eq!((rows.len(), records.len()), (3, 3));
        for (row, record) in rows.iter().zip(&records) {
            assert_eq!(record.len(), row.len() + 4);
            for (cell, text) in row.iter().zip(record) {
                match cell {
                    Data::Float(number) => assert_eq!(text.parse::<f64>().unwrap(), *number),
                    Data::Empty => assert_eq!(text, ""),
                    other => assert_eq!(text.trim_start_matches('\''), other.to_string()),
                }
            }
        }
        assert_eq!(&records[0][1], all);
        assert_eq!(&records[1][1], "'=1+1", "no formula");
        assert_eq!((&records[0][5], &records[0][21]), ("99.99123", "5880.001"));
        assert_eq!(&records[2][12], "", "no outage has no mean");
        assert_eq!(&records[0][23], "2026-11-01 00:00:00");
    }
}
