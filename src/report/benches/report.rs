//! What a report costs: one of a customer with 20 circuits, those of many customers, and the parsing of
//! the fonts that all share.
//!
//! `cargo bench -p linesman-report --bench report`

#[path = "../sample.rs"]
mod sample;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use report::Fonts;
use report::input::Language;

fn reports(criterion: &mut Criterion) {
    let Ok(fonts) = Fonts::new() else { return };
    for (name, language, circuits) in [
        ("zh, 20 circuits", Language::Zh, 20),
        ("en, 20 circuits", Language::En, 20),
        ("zh, 500 circuits", Language::Zh, 500),
    ] {
        let report = sample::report(language, circuits);
        let mut group = criterion.benchmark_group(name);
        group.sample_size(20);
        group.bench_function("pdf", |b| b.iter(|| report::pdf(black_box(&report), &fonts)));
        group.bench_function("xlsx", |b| b.iter(|| report::xlsx(black_box(&report))));
        group.bench_function("csv", |b| b.iter(|| report::csv(black_box(&report))));
        group.finish();
    }
    let report = sample::report(Language::Zh, 20);
    let mut group = criterion.benchmark_group("100 customers on two threads");
    group.sample_size(10);
    let half = || (0..50).for_each(|_| drop(black_box(report::pdf(black_box(&report), &fonts))));
    group
        .bench_function("pdf", |b| b.iter(|| std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(half))))));
    group.finish();
    criterion.bench_function("fonts", |b| b.iter(Fonts::new));
}

criterion_group!(benches, reports);
criterion_main!(benches);
