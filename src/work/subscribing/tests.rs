//! Addresses as readers give them.

use super::*;

#[test]
fn an_edited_address_keeps_the_login_of_its_host() {
    for (edited, wanted) in [
        ("https://a.example/new", "https://ann:p%20w@a.example/new"),
        ("https://bob@a.example/new", "https://bob@a.example/new"),
        ("https://b.example/new", "https://b.example/new"),
        ("http://a.example/new", "http://a.example/new"),
    ] {
        assert_eq!(with_login_of("https://ann:p%20w@a.example/feed", edited), wanted);
    }
}
