//! Passwords; the order of the checks is tested through the endpoint.

use super::*;

#[test]
fn a_secret_is_compared_whole_and_never_shown() {
    let secret = Secret::new("geheim");
    assert!(secret.matches("geheim"));
    assert!(!secret.matches("geheim ") && !secret.matches("Geheim") && !secret.matches(""));
    assert!(!Secret::default().matches(""));
    assert_eq!(format!("{:?}", Peer::new("GD_TNMS", secret).password), "***");
}
