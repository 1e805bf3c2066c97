use model::resource::Row;

use super::*;

fn version(class: Class, start: i64, end: i64, name: &str, value: &str) -> RowVersion {
    let cell = |column: &str| if column == name { value.to_owned() } else { String::new() };
    let row = Row { class, cells: class.columns().iter().map(|column| cell(column.name)).collect() };
    RowVersion { held: window(start, end), row }
}

fn window(start: i64, end: i64) -> Window {
    Window::new(Time::from_ms(start), Time::from_ms(end))
}

#[test]
fn a_status_acts_from_when_we_learnt_it() {
    let words = [(0, 5, "ACTIVE"), (5, 8, "SUSPENDED"), (8, 9, ""), (9, 20, "TERMINATED")];
    let versions = words.map(|(start, end, status)| version(Class::Circuit, start, end, "status", status));
    assert_eq!(suspended(&versions, false), [window(5, 8), window(9, 20)]);
    assert_eq!(suspended(&versions, true), [window(5, 8)], "it ends when its row says");
}

#[test]
fn a_contract_with_one_plan_needs_no_history() {
    let named = |words: &[(i64, i64, &str)]| {
        let versions: Vec<RowVersion> =
            words.iter().map(|(start, end, plan)| version(Class::Contract, *start, *end, "slaPlan", plan)).collect();
        plans(&versions)
    };
    assert_eq!(named(&[(0, 5, "gold"), (5, 9, "gold")]), []);
    let changed = [(Time::from_ms(0), "gold".to_owned()), (Time::from_ms(9), "iron".to_owned())];
    assert_eq!(named(&[(0, 5, "gold"), (5, 9, "gold"), (9, 12, "iron")]), changed);
}
