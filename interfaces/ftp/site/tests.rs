use super::*;

#[test]
fn a_site_is_host_and_port() {
    assert_eq!(Site::new("ftp://files.example", "u", "p").unwrap().address(), "files.example:21");
    assert_eq!(Site::new("ftp://10.0.0.1:2121/", "u", "p").unwrap().address(), "10.0.0.1:2121");
    assert_eq!(Site::new("ftp://[::1]:2121", "u", "p").unwrap().host, "::1");
    for url in ["", "files.example", "http://files.example", "ftp://", "ftp://u:p@h", "ftp://h/dir", "ftp://h:99999"] {
        assert!(Site::new(url, "u", "p").is_err(), "{url}");
    }
    assert!(Site::new("ftp://h", "u\r\nDELE x", "p").is_err());
}

#[test]
fn the_password_is_never_shown() {
    let site = Site::new("ftp://h", "reader", "s3cret").unwrap();
    assert!(!format!("{site:?}").contains("s3cret"));
}

#[test]
fn only_the_own_host_is_followed() {
    let site = Site::new("ftp://files.example:2121", "u", "p").unwrap();
    assert_eq!(site.path("/a/b.csv").unwrap().as_str(), "/a/b.csv");
    assert_eq!(site.path("ftp://FILES.example:2121/a/b.csv").unwrap().as_str(), "/a/b.csv");
    for text in
        ["ftp://files.example/a.csv", "ftp://evil/a.csv", "http://files.example:2121/a.csv", "ftp://files.example:2121"]
    {
        assert!(site.path(text).is_err(), "{text}");
    }
}

#[test]
fn a_password_in_a_url_is_not_repeated() {
    let site = Site::new("ftp://10.0.0.5", "cnm", "").unwrap();
    let said = site.path("ftp://cnm:geheim@10.0.0.6/a.csv").unwrap_err().to_string();
    assert!(said.contains("ftp://***@10.0.0.6/a.csv") && !said.contains("geheim"), "{said}");
}
