use model::time::Window;

use super::pdf;
use crate::Fonts;
use crate::error::ReportError;
use crate::input::{Language, Report, Section};
use crate::poppler::Seen;
use crate::sample::{self, at};
use crate::tests::FONTS;

fn seen(report: &Report) -> Seen {
    Seen::of(&pdf(report, &FONTS).unwrap())
}

/// Text without anything that only layout put there.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn it_is_a4_tagged_titled_and_every_font_is_embedded() {
    for (language, title) in [
        (Language::Zh, "月度服务质量报告 · 华东证券股份有限公司 · 2026 年 11 月 1 日—30 日"),
        (Language::En, "Monthly service report · East China Securities · 1–30 November 2026"),
    ] {
        let seen = seen(&sample::report(language, 24));
        assert_eq!(seen.fact("Title"), title);
        assert_eq!(seen.fact("Tagged"), "yes");
        assert!(seen.fact("Page size").ends_with("(A4)"));
        assert!(seen.fact("CreationDate").contains("2026"));
        for font in seen.fonts() {
            assert!(font.contains(" yes yes yes "), "not embedded, subset and mapped to Unicode: {font}");
        }
    }
}

#[test]
fn every_page_has_its_number_the_revision_and_the_digest() {
    let report = sample::report(Language::En, 60);
    let (seen, digest) = (seen(&report), crate::digest(&report));
    let pages = seen.pages();
    assert!(pages > 6);
    for page in 1..=pages {
        let text = seen.page(page);
        assert!(text.contains(&format!("{page} / {pages}")), "{text}");
        assert!(text.contains(&format!("revision 1 · digest {digest}")), "{text}");
    }
}

#[test]
fn sections_follow_one_another_and_tables_repeat_their_heads() {
    let seen = seen(&sample::report(Language::Zh, 60));
    let text = seen.text();
    let headings = ["合同电路", "每日可用率", "可用率计算口径", "电路指标", "工单", "剔除与挂起时段", "口径与术语"];
    let places: Vec<usize> = headings.iter().map(|heading| text.find(heading).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
    for page in [1, 2] {
        let text = seen.page(page);
        let head = text.lines().position(|line| line.contains("目标") && line.contains("剔除(分)"));
        let row = text.lines().position(|line| line.contains("CIR-") && line.contains("99.9"));
        assert!(head.unwrap() < row.unwrap(), "page {page}: {text}");
    }
}

#[test]
fn the_tree_of_tags_has_headings_tables_and_pictures_with_words() {
    let tags = seen(&sample::report(Language::En, 3)).tags();
    let count = |tag: &str| tags.lines().filter(|line| line.trim().split([' ', ':']).next() == Some(tag)).count();
    assert_eq!(count("Table"), 13, "{tags}");
    assert_eq!(count("H1"), 8, "{tags}");
    assert_eq!(count("Figure"), 8, "{tags}");
    assert!(count("TR") > 20 && count("TH") > 40 && count("TD") > 100, "{tags}");
}

#[test]
fn the_customer_chooses_sections_and_words() {
    let mut report = sample::report(Language::En, 3);
    report.template.title = Some("Service letter".to_owned());
    report.template.header = "Hotline 10000".to_owned();
    report.template.footer = "Confidential".to_owned();
    report.template.sections = vec![Section::SignOff];
    report.template.sign_off = vec!["Chief of networks".to_owned()];
    report.revision = 2;
    report.revision_note = Some("a clear came late".to_owned());
    let text = seen(&report).text();
    for there in
        ["Service letter", "Hotline 10000", "Confidential", "Chief of networks", "Revision 2: a clear came late"]
    {
        assert!(text.contains(there), "{there} is not in {text}");
    }
    for absent in ["Availability by day", "Figures by circuit", "Tickets", "Glossary"] {
        assert!(!text.contains(absent), "{absent} is in {text}");
    }
}

#[test]
fn the_same_report_is_the_same_bytes() {
    let report = sample::report(Language::Zh, 12);
    let (one, other) = (&*FONTS, Fonts::new().unwrap());
    let first = pdf(&report, one).unwrap();
    assert_eq!(first, pdf(&report, &other).unwrap());
    let threads: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| pdf(&report, one).unwrap())).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert!(threads.iter().all(|bytes| *bytes == first));
}

#[test]
fn every_character_of_gb_2312_is_printed() {
    let mut report = sample::report(Language::Zh, 1);
    let all: Vec<char> = gb2312().collect();
    assert_eq!(all.len(), 7_445);
    report.methods[0].sentences = all.chunks(400).map(|part| part.iter().collect()).collect();
    let text = squeezed(&seen(&report).text());
    // What a reader gives back for these is another code point of the same look, or white space.
    let missing: String = all.iter().filter(|c| !c.is_whitespace() && !text.contains(**c)).collect();
    assert_eq!(missing, "");
}

#[test]
fn names_beyond_gb_2312_are_printed() {
    let mut report = sample::report(Language::Zh, 1);
    report.customer.name = "镕堃喆珺祎玥旻（上海）有限公司".to_owned();
    assert!(seen(&report).text().contains("镕堃喆珺祎玥旻（上海）有限公司"));
}

#[test]
fn a_character_that_no_font_has_is_named() {
    let mut report = sample::report(Language::Zh, 1);
    report.customer.name = "𠮷野家 שלום".to_owned();
    let error = pdf(&report, &FONTS).unwrap_err();
    assert!(matches!(error, ReportError::MissingCharacters(_)));
    let message = error.to_string();
    assert!(message.contains("𠮷 (U+20BB7)") && message.contains("ש (U+05E9)"), "{message}");
    assert!(Fonts::with(b"not a font".to_vec()).is_err());
}

#[test]
fn a_report_of_nothing_is_a_report() {
    let mut report = sample::report(Language::En, 0);
    report.works.clear();
    report.methods.clear();
    report.completeness = Default::default();
    let text = seen(&report).text();
    for said in ["had no circuits", "No outage in this period", "No ticket", "No planned work", "Nothing was excluded"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(text.contains("data complete —"));
}

#[test]
fn hostile_texts_stay_in_their_cells() {
    let mut report = sample::report(Language::En, 2);
    report.customer.name = "A very long name ".repeat(200);
    report.circuits[0].code = "X".repeat(5_000);
    report.circuits[1].a_end = "a\u{0}b\u{202e}c\r\nd\u{1b}[31m".to_owned();
    report.outages[0].cause = "=cmd|'/c calc'!A0".to_owned();
    report.outages[0].ledger[0].why = "because ".repeat(10_000);
    let seen = seen(&report);
    let text = seen.text();
    assert!(seen.pages() < 15, "{}", seen.pages());
    assert!(text.contains("abc d[31m"), "{text}");
    assert!(text.contains("=cmd|'/c calc'!A0"));
    assert!(text.contains('…'));
}

#[test]
fn an_outage_without_an_end_says_so() {
    let mut report = sample::report(Language::En, 1);
    report.outages[0].end = None;
    report.outages[0].ledger[2].window = Window::new(at("2026-11-02 02:25:20"), at("2026-12-01 00:00:00"));
    assert!(seen(&report).text().contains("2026-11-02 02:14:20 – not restored"));
}

#[test]
fn five_hundred_circuits_are_all_there() {
    let seen = seen(&sample::report(Language::Zh, 500));
    let text = seen.text();
    for number in [1, 250, 500] {
        assert!(text.contains(&format!("CIR-{number:04}")));
    }
    assert!(seen.pages() > 60);
}

#[test]
fn circuits_between_two_sites_stand_together_and_the_sites_are_named_again_on_each_page() {
    let mut report = sample::report(Language::En, 100);
    for (n, circuit) in report.circuits.iter_mut().enumerate() {
        let ends = if n % 2 == 0 { ("Beijing", "Anqing") } else { ("Anqing", "Beijing") };
        (circuit.a_end, circuit.z_end) = (ends.0.to_owned(), ends.1.to_owned());
    }
    report.template.sections = vec![Section::Circuits];
    let seen = seen(&report);
    let of_figures = |page: usize| Some(seen.page(page)).filter(|text| text.contains("12 months"));
    let pages: Vec<String> = (1..=seen.pages()).filter_map(of_figures).collect();
    assert!(pages.len() >= 3);
    for page in &pages {
        assert_eq!(page.matches("Anqing – Beijing").count(), 1, "{page}");
    }
    assert!(pages.iter().any(|page| page.matches("CIR-").count() >= 36), "some 40 circuits a page");
}

#[test]
fn an_outage_has_its_reason_and_the_service_page_what_failed_again() {
    let mut report = sample::report(Language::En, 3);
    report.circuits[1].repeats = 2;
    let text = squeezed(&seen(&report).text());
    let reason =
        "RFO T-55190: Cause class: third-party digging · Responsible party: the carrier · Action: cable spliced";
    for there in [reason, "CIR-0002 Xinjiekou – Qianhai 0 2 No", "ZB-2026-11-08 A", "First answer in time 1 of 1"] {
        assert!(text.contains(&squeezed(there)), "{there} is not in {text}");
    }
    report.circuits.iter_mut().for_each(|circuit| (circuit.repeats, circuit.chronic) = (0, false));
    report.outages[0].rfo = None;
    let text = seen(&report).text();
    assert!(text.contains("No repeat fault and no chronic circuit") && !text.contains("RFO"), "{text}");
}

#[test]
fn what_was_measured_stands_beside_the_alarms_and_what_was_not_is_named() {
    let mut report = sample::report(Language::En, 8);
    report.template.sections = vec![Section::Performance];
    let text = squeezed(&seen(&report).text());
    let there = [
        "CIR-0001 96.666 31 4 1190 8120",
        "CIR-0004 96.666 12.34 / 24.68 / 111.06 0.8 / 1.6 / 7.2 0.0025 / 0.005 / 0.0225",
        "CIR-0001: The difference of 1190 s is above the limit of 60 s.",
        "ES: most 28 (5 Nov)",
        "No performance data of 2 circuit(s): CIR-0002, CIR-0006.",
    ];
    for there in there {
        assert!(text.contains(&squeezed(there)), "{there} is not in {text}");
    }
    report.performance.clear();
    assert!(seen(&report).text().contains("There is no performance data in this period."));
}

#[test]
fn a_typical_report_is_small() {
    for language in [Language::Zh, Language::En] {
        let bytes = pdf(&sample::report(language, 24), &FONTS).unwrap().len();
        assert!(bytes <= 300_000, "{bytes}");
    }
}

/// The characters of GB 2312, without the rows that it leaves empty.
fn gb2312() -> impl Iterator<Item = char> {
    let rows = (0xa1..=0xa9_u8).chain(0xb0..=0xf7);
    let cells = rows.flat_map(|row| (0xa1..=0xfe_u8).map(move |cell| [row, cell]));
    cells.filter_map(|pair| {
        let (text, _, failed) = encoding_rs::GBK.decode(&pair);
        let character = text.chars().next()?;
        (!failed && is_of_1980(pair, character)).then_some(character)
    })
}

/// GBK put characters of its own into the empty cells of GB 2312.
fn is_of_1980([row, cell]: [u8; 2], character: char) -> bool {
    let private = ('\u{e000}'..='\u{f8ff}').contains(&character);
    let own = match row {
        0xa2 => !(0xb1..=0xe2).contains(&cell) && !(0xe5..=0xee).contains(&cell) && !(0xf1..=0xfc).contains(&cell),
        0xa6 => !(0xa1..=0xb8).contains(&cell) && !(0xc1..=0xd8).contains(&cell),
        0xa8 => !(0xa1..=0xba).contains(&cell) && !(0xc5..=0xe9).contains(&cell),
        0xa9 => !(0xa4..=0xef).contains(&cell),
        0xd7 => cell > 0xf9,
        _ => false,
    };
    !private && !own
}
