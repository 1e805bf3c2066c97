//! A made-up report, for tests, the bench and the example. Its figures belong together: what its
//! ledgers say is what its circuits and sums say.

use model::time::{Time, Window, Zone};
use report::input::{
    Beside, Chart, Circuit, Completeness, Counted, Credit, Customer, Day, Entry, Exclusion, Gap, Language, Level,
    Method, Month, Outage, Percent, Performance, Protection, Ratio, Reading, Report, Rfo, Service, Share, Template,
    Ticket, Work,
};

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;
const SITES: [(&str, &str); 8] = [
    ("张江", "Zhangjiang"),
    ("新街口", "Xinjiekou"),
    ("前海", "Qianhai"),
    ("陆家嘴", "Lujiazui"),
    ("金融街", "Financial Street"),
    ("天府", "Tianfu"),
    ("光谷", "Optics Valley"),
    ("滨江", "Binjiang"),
];

/// Chinese or English, by the report's language.
struct Said(Language);

/// A report of November 2026 with so many circuits. Every third had an outage, the first missed.
pub fn report(language: Language, circuits: usize) -> Report {
    let said = Said(language);
    let outages: Vec<Outage> = (0..circuits).filter(|n| n % 3 == 0).map(|n| said.outage(n)).collect();
    let circuits: Vec<Circuit> = (0..circuits).map(|n| said.circuit(n, &outages)).collect();
    let first = circuits.first().map_or(String::new(), |circuit| circuit.code.clone());
    Report {
        template: Template::standard(language, said.say("东方电信", "Eastern Telecom")),
        language,
        customer: said.customer(),
        period: Window::new(at("2026-11-01 00:00:00"), at("2026-12-01 00:00:00")),
        zone: Zone::china(),
        revision: 1,
        revision_note: None,
        generated_at: at("2026-12-01 02:00:14"),
        performance: (0..circuits.len()).filter_map(|n| said.performance(n)).collect(),
        tickets: outages.iter().map(|outage| said.ticket(outage)).collect(),
        works: vec![said.work(&first)],
        protections: vec![protection(&first)],
        service: service(&circuits, &outages),
        completeness: Completeness {
            measured: Share::of(99_999, 100_000),
            gaps: vec![Gap {
                circuit: first.clone(),
                window: Window::new(at("2026-11-20 02:00:00"), at("2026-11-20 02:15:00")),
                reason: said.say("采集器离线", "Collector offline"),
            }],
        },
        methods: vec![said.method()],
        exclusions: outages.iter().map(|outage| said.exclusion(outage)).collect(),
        credits: circuits.iter().filter(|circuit| circuit.met == Some(false)).map(|one| said.credit(one)).collect(),
        circuits,
        outages,
    }
}

/// A time in the report's zone.
pub fn at(text: &str) -> Time {
    Zone::china().read_local(text).unwrap_or_default()
}

impl Said {
    fn say(&self, zh: &str, en: &str) -> String {
        match self.0 {
            Language::Zh => zh.to_owned(),
            Language::En => en.to_owned(),
        }
    }

    fn customer(&self) -> Customer {
        Customer {
            name: self.say("华东证券股份有限公司", "East China Securities"),
            number: "KH-310004521".to_owned(),
            tier: self.say("金", "Gold"),
            account_manager: self.say("王芳", "Wang Fang"),
        }
    }

    fn site(&self, n: usize) -> String {
        SITES.get(n % SITES.len()).map_or(String::new(), |(zh, en)| self.say(zh, en))
    }

    fn outage(&self, n: usize) -> Outage {
        let day = i64::try_from(n % 27).unwrap_or(0);
        let start = at("2026-11-02 02:14:20").plus_ms(day * DAY_MS);
        let minutes = if n == 0 { 18 } else { 1 };
        let steps = [
            (220_000, Counted::Counted),
            (420_000, Counted::Excluded),
            (minutes * MINUTE_MS + 44_250, Counted::Counted),
        ];
        let mut from = start;
        let ledger: Vec<Entry> = steps
            .map(|(ms, counted)| {
                let window = Window::new(from, from.plus_ms(ms));
                from = window.end;
                let (why, evidence) = match counted {
                    Counted::Excluded => (
                        self.say(
                            "等待贵方机房准入，合同 4.2(c)",
                            "Waiting for site access at your premises, clause 4.2(c)",
                        ),
                        format!("T-{} #3", 55_190 + n),
                    ),
                    _ => (self.say("我方骨干光缆中断", "Fibre cut on our backbone"), format!("A-{}", 88_213 + n)),
                };
                Entry { window, counted, why, evidence: vec![evidence] }
            })
            .into();
        Outage {
            number: format!("O-202611-{:03}", n + 1),
            circuit: code(n),
            start,
            end: Some(from),
            cause: self.say("传输线路中断", "a transmission line was cut"),
            place: self.say("骨干段 上海—南京", "backbone section Shanghai–Nanjing"),
            rfo: Some(Rfo {
                reference: format!("T-{}", 55_190 + n),
                cause: self.say("外力施工", "third-party digging"),
                party: self.say("运营商", "the carrier"),
                action: self.say("熔接光缆，全部纤芯测试正常", "cable spliced, every fibre tested"),
            }),
            ticket: format!("T-{}", 55_190 + n),
            ledger,
        }
    }

    fn circuit(&self, n: usize, outages: &[Outage]) -> Circuit {
        let own: Vec<&Outage> = outages.iter().filter(|outage| outage.circuit == code(n)).collect();
        let sum = |what: Counted| own.iter().map(|outage| outage.length_ms(what)).sum::<i64>();
        let (down_ms, excluded_outage_ms) = (sum(Counted::Counted), sum(Counted::Excluded));
        let excluded_window_ms = excluded_outage_ms + if n == 0 { 40 * MINUTE_MS } else { 0 };
        let unmeasured_ms = if n == 0 { 15 * MINUTE_MS } else { 0 };
        let service_ms = 30 * DAY_MS - unmeasured_ms;
        let target = if n % 4 == 2 { 99_990_000 } else { 99_950_000 };
        let allowed_ms =
            i64::try_from(i128::from(service_ms) * i128::from(100_000_000 - target) / 100_000_000).unwrap_or(0);
        let ended = u32::try_from(own.len()).unwrap_or(0);
        let mean = (ended > 0).then(|| down_ms / i64::from(ended.max(1)));
        Circuit {
            code: code(n),
            a_end: self.site(n),
            z_end: self.site(n + 1 + n / 8),
            service: if n.is_multiple_of(2) { "SDH 155M" } else { "OTN 1G" }.to_owned(),
            class: ["AAA", "AA", "A"].get(n % 3).copied().unwrap_or_default().to_owned(),
            plan: "gold".to_owned(),
            target: Percent(target),
            availability: Share::of(service_ms - excluded_outage_ms - down_ms, service_ms - excluded_outage_ms),
            gross: Share::of(service_ms - excluded_outage_ms - down_ms, service_ms),
            met: Some(down_ms <= allowed_ms),
            service_ms,
            down_ms,
            excluded_outage_ms,
            excluded_window_ms,
            unmeasured_ms,
            measured: Share::of(service_ms, service_ms + unmeasured_ms),
            not_in_service_ms: 0,
            outside_window_ms: 0,
            allowed_ms,
            left_ms: allowed_ms - down_ms,
            outages: ended,
            mttr_ms: mean,
            mtbf_ms: mean.map(|_| (service_ms - excluded_outage_ms - down_ms) / i64::from(ended.max(1))),
            longest_ms: mean,
            restored_in_time: Some(ended),
            repeats: 0,
            chronic: n == 0,
            days: (0..30).map(|day| day_of(n, day, &own)).collect(),
            months: (0..12).map(|month| month_of(n, month, (down_ms, allowed_ms))).collect(),
        }
    }

    /// Of every fourth circuit nothing was measured; the first one's measurement and alarms are apart.
    fn performance(&self, n: usize) -> Option<Performance> {
        let millions = |n: usize| Some(Reading(i64::try_from(n).unwrap_or(0) * 1_000_000));
        let level = |n: i64| Some(Level { p50: Reading(n), p95: Reading(n * 2), max: Reading(n * 9) });
        let measured = Share::of(29, 30);
        let nothing =
            Performance { circuit: code(n), measured, totals: [None; 4], levels: [None; 3], beside: None, chart: None };
        match n % 4 {
            1 => None,
            3 => Some(Performance { levels: [level(12_340_000), level(800_000), level(2_500)], ..nothing }),
            _ => Some(Performance {
                totals: [millions(31 + n), millions(4), millions(if n == 0 { 1_190 } else { 0 }), millions(8_120)],
                beside: Some(self.beside(n)),
                chart: Some(Chart {
                    param: "ES".to_owned(),
                    days: (0..30).map(|day| if day == 7 { None } else { millions(day % 5 * (n + 1)) }).collect(),
                }),
                ..nothing
            }),
        }
    }

    fn beside(&self, n: usize) -> Beside {
        let (compared_ms, unavailable_ms) = (29 * DAY_MS, if n == 0 { 1_190_000 } else { 0 });
        Beside {
            availability: Share::of(compared_ms - unavailable_ms, compared_ms),
            availability_by_alarms: Share::of(compared_ms, compared_ms),
            compared_ms,
            unavailable_ms,
            down_ms: 0,
            more_ms: unavailable_ms,
            less_ms: 0,
            gap_ms: DAY_MS,
            gap_down_ms: 0,
            over: n == 0,
            explained: self
                .say("差异合计 1190 秒，超过限值 60 秒。", "The difference of 1190 s is above the limit of 60 s."),
        }
    }

    fn ticket(&self, outage: &Outage) -> Ticket {
        Ticket {
            number: outage.ticket.clone(),
            circuits: vec![outage.circuit.clone()],
            opened_at: outage.start.plus_s(40),
            answered_at: Some(outage.start.plus_s(400)),
            restored_at: outage.end,
            answered_in_time: Some(true),
            restored_in_time: outage.end.map(|_| true),
            summary: self.say("光缆中断抢修", "Fibre cut, emergency repair"),
        }
    }

    fn work(&self, circuit: &str) -> Work {
        Work {
            number: "GJ-20261125-07".to_owned(),
            circuits: vec![circuit.to_owned()],
            affect: Window::new(at("2026-11-25 01:00:00"), at("2026-11-25 01:40:00")),
            notified_at: Some(at("2026-11-18 10:00:00")),
            excluded: true,
            overrun_ms: 0,
            state: self.say("已完成", "Done"),
            summary: self.say("骨干板卡升级", "Card upgrade on the backbone"),
        }
    }

    fn method(&self) -> Method {
        Method {
            plan: "gold".to_owned(),
            sentences: vec![
                self.say(
                    "按毫秒由网络告警测量，仅在最后取整一次。",
                    "Measured to the millisecond from network alarms, rounded once, at the end.",
                ),
                self.say(
                    "提前 72 小时通知的割接不计入；超出影响时段的部分计入。",
                    "Planned work notified 72 hours ahead does not count; what runs over its window does.",
                ),
            ],
            formulas: vec![
                self.say(
                    "CIR-0001 剔除后：(43,185.0 − 7.0 − 22.5) ÷ (43,185.0 − 7.0) = 99.948%",
                    "CIR-0001 service: (43,185.0 − 7.0 − 22.5) ÷ (43,185.0 − 7.0) = 99.948%",
                ),
                self.say(
                    "CIR-0001 未剔除：(43,185.0 − 7.0 − 22.5) ÷ 43,185.0 = 99.931%",
                    "CIR-0001 gross:   (43,185.0 − 7.0 − 22.5) ÷ 43,185.0 = 99.931%",
                ),
            ],
        }
    }

    fn exclusion(&self, outage: &Outage) -> Exclusion {
        let entry = outage.ledger.iter().find(|entry| entry.counted == Counted::Excluded);
        Exclusion {
            circuit: outage.circuit.clone(),
            window: entry.map_or(Window::new(outage.start, outage.start), |entry| entry.window),
            down: true,
            suspended: true,
            reason: self.say("客户机房无法进入，合同 4.2(c)", "No access to the customer's site, clause 4.2(c)"),
            evidence: format!("{} #3", outage.ticket),
            approver: self.say("李强", "Li Qiang"),
        }
    }

    fn credit(&self, circuit: &Circuit) -> Credit {
        Credit {
            circuit: circuit.code.clone(),
            percent: Percent(5_000_000),
            reason: self.say("合同 6.1", "clause 6.1"),
        }
    }
}

fn code(n: usize) -> String {
    format!("CIR-{:04}", n + 1)
}

/// Circuits came up in the course of the year; the last month is the report's own.
fn month_of(n: usize, month: usize, (down_ms, allowed_ms): (i64, i64)) -> Month {
    let label = if month == 0 { "2025-12".to_owned() } else { format!("2026-{month:02}") };
    let watched = month >= n % 5;
    let down_ms = if month == 11 { down_ms } else { i64::try_from((n * 7 + month * 3) % 13).unwrap_or(0) * 100_000 };
    let whole = 30 * DAY_MS;
    Month {
        label,
        availability: Share::of(whole - down_ms, whole).filter(|_| watched).map(Share::exact),
        down_ms: if watched { down_ms } else { 0 },
        allowed_ms: if watched { allowed_ms } else { 0 },
        met: watched.then_some(down_ms <= allowed_ms),
    }
}

fn day_of(n: usize, day: usize, outages: &[&Outage]) -> Day {
    let start = at("2026-11-01 00:00:00").plus_ms(i64::try_from(day).unwrap_or(0) * DAY_MS);
    let whole = Window::new(start, start.plus_ms(DAY_MS));
    let entries = || outages.iter().flat_map(|outage| &outage.ledger);
    let sum = |what: Counted| {
        let parts = entries().filter(|entry| entry.counted == what).filter_map(|entry| entry.window.cut(whole));
        parts.map(Window::length_ms).sum::<i64>()
    };
    let work_ms = if n == 0 && day == 24 { 40 * MINUTE_MS } else { 0 };
    Day {
        length_ms: DAY_MS,
        down_ms: sum(Counted::Counted),
        excluded_ms: if sum(Counted::Counted) > 0 { 0 } else { work_ms },
        unmeasured_ms: if n == 0 && day == 19 { 15 * MINUTE_MS } else { 0 },
        not_in_service_ms: if n == 1 && day < 3 { DAY_MS } else { 0 },
        degraded_ms: if n == 1 && day == 12 { DAY_MS / 2 } else { 0 },
    }
}

fn protection(circuit: &str) -> Protection {
    Protection {
        number: "ZB-2026-11-08".to_owned(),
        level: "A".to_owned(),
        window: Window::new(at("2026-11-08 00:00:00"), at("2026-11-12 00:00:00")),
        circuits: vec![circuit.to_owned()],
    }
}

fn all(count: i64) -> Ratio {
    let count = u32::try_from(count).unwrap_or(0);
    Ratio { part: count, whole: count }
}

fn service(circuits: &[Circuit], outages: &[Outage]) -> Service {
    let count = i64::try_from(circuits.len()).unwrap_or(0);
    let ended = i64::try_from(outages.len()).unwrap_or(0);
    let down: i64 = circuits.iter().map(|circuit| circuit.down_ms).sum();
    let up: i64 = circuits.iter().map(|one| one.service_ms - one.excluded_outage_ms - one.down_ms).sum();
    let quiet = circuits.iter().filter(|circuit| circuit.down_ms == 0).count();
    let mut downs: Vec<i64> = circuits.iter().map(|circuit| circuit.down_ms).collect();
    downs.sort_unstable();
    let rank = (downs.len() * 95).div_ceil(100);
    Service {
        mean_down_ms: down.checked_div(count),
        faults_per_circuit: (ended * 1000).checked_div(count),
        without_down: Share::of(i64::try_from(quiet).unwrap_or(0), count),
        p95_down_ms: rank.checked_sub(1).and_then(|rank| downs.get(rank)).copied(),
        mttr_ms: down.checked_div(ended),
        mtbf_ms: up.checked_div(ended),
        outages: u32::try_from(ended).unwrap_or(0),
        repeats: 0,
        repeat_rate: Share::of(0, ended),
        restored_in_time: Some(all(ended)),
        answered_in_time: Some(all(ended)),
        chronic: circuits.iter().filter(|circuit| circuit.chronic).map(|circuit| circuit.code.clone()).collect(),
    }
}
