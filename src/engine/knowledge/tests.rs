use model::alarm::{AlarmRecord, Effect, ServiceAffecting, Severity, Specialty};
use model::fault::Category;
use model::resource::{Class, Row};

use super::Knowledge;
use super::categories::order;

fn rule(cells: [&str; 7]) -> Row {
    Row { class: Class::AlarmKnowledge, cells: cells.map(str::to_owned).to_vec() }
}

fn alarm(vendor: &str, native: &str, probable: &str) -> AlarmRecord {
    AlarmRecord {
        specialty: Some(Specialty::Transport),
        vendor: vendor.into(),
        native_cause: native.into(),
        probable_cause: probable.into(),
        ..AlarmRecord::default()
    }
}

#[test]
fn the_most_specific_row_wins_vendor_before_native_before_probable() {
    let knowledge = Knowledge::build(&[
        rule(["TRANS", "", "", "lossOfSignal", "NONE", "", ""]),
        rule(["TRANS", "", "R_LOS", "", "DEGRADED", "power", "look"]),
        rule(["TRANS", "HW", "", "", "OUTAGE", "", ""]),
        rule(["IP", "", "R_LOS", "", "NONE", "", ""]),
    ]);
    assert_eq!(knowledge.effect(&alarm("HW", "R_LOS", "lossOfSignal")), Effect::Outage);
    assert_eq!(knowledge.effect(&alarm("ZTE", "R_LOS", "lossOfSignal")), Effect::Degraded);
    assert_eq!(knowledge.effect(&alarm("ZTE", "X", "lossOfSignal")), Effect::None);
    assert_eq!(knowledge.category(&alarm("ZTE", "R_LOS", "lossOfSignal")), Category::Power);
    assert_eq!(knowledge.category(&alarm("HW", "R_LOS", "lossOfSignal")), Category::Los);
    assert_eq!(knowledge.advice(&alarm("ZTE", "R_LOS", "")), "look");
}

#[test]
fn without_a_row_the_alarms_own_words_decide() {
    let knowledge = Knowledge::default();
    let with = |affecting, severity| {
        let record = AlarmRecord { service_affecting: affecting, severity, ..alarm("", "", "") };
        knowledge.effect(&record)
    };
    assert_eq!(with(Some(ServiceAffecting::Yes), Severity::Warning), Effect::Outage);
    assert_eq!(with(Some(ServiceAffecting::No), Severity::Critical), Effect::None);
    assert_eq!(with(Some(ServiceAffecting::Unknown), Severity::Critical), Effect::Outage);
    assert_eq!(with(None, Severity::Major), Effect::Degraded);
    assert_eq!(with(None, Severity::Minor), Effect::None);
    assert_eq!(with(None, Severity::Indeterminate), Effect::None);
}

#[test]
fn causes_and_layers_follow_the_sdh_order() {
    let knowledge = Knowledge::default();
    assert_eq!(knowledge.category(&alarm("", "MS_AIS", "aIS")), Category::Ais);
    assert_eq!(knowledge.category(&alarm("", "HP_RDI", "farEndReceiverFailure")), Category::Rdi);
    assert_eq!(knowledge.category(&alarm("", "BD_STATUS", "replaceableUnitProblem")), Category::Board);
    assert_eq!(knowledge.category(&alarm("", "AU-AIS", "")), Category::Ais);
    let unreachable = alarm("", "NE_COMMU_BREAK", "communicationsSubsystemFailure");
    assert_eq!(knowledge.category(&unreachable), Category::NeUnreachable);
    assert_eq!(knowledge.category(&alarm("", "", "")), Category::Other);
    let words = ["R_LOS", "R_LOF", "MS_AIS", "AU_AIS", "HP_UNEQ", "TU_AIS", "LP_PLM", "MS-RDI"];
    let place = |native: &&str| order(native, knowledge.category(&alarm("", native, "")));
    let places: Vec<u8> = words.iter().filter_map(place).collect();
    assert_eq!(places, [0, 1, 2, 7, 9, 10, 12, 13]);
    assert_eq!(order("TEMP_OVER", Category::Other), None);
    assert_eq!(order("BD_STATUS", Category::Board), None);
}
