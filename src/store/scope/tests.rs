//! A scope covers its customer and those below, never those above or beside, and ends on loops.

use super::CustomerScope;

#[test]
fn a_scope_covers_what_is_below_it() {
    let parent_of = |customer: &str| match customer {
        "branch" => Some("group"),
        "shop" => Some("branch"),
        "loop-a" => Some("loop-b"),
        "loop-b" => Some("loop-a"),
        _ => None,
    };
    let scope = CustomerScope::for_job("branch");
    let covered: Vec<&str> =
        ["group", "branch", "shop", "other", "loop-a", ""].into_iter().filter(|c| scope.covers(c, parent_of)).collect();
    assert_eq!(covered, ["branch", "shop"]);
}
