use super::*;

#[test]
fn an_absolute_path_is_taken_apart() {
    let path = RemotePath::parse("/GD_TNMS/ALM/20261101/ALM-GD_CNM-ALM-20261101000000-000001-001.csv.gz").unwrap();
    assert_eq!(path.name(), "ALM-GD_CNM-ALM-20261101000000-000001-001.csv.gz");
    assert!(path.is_gz());
    assert_eq!(path.control().name(), "ALM-GD_CNM-ALM-20261101000000-000001-001.csv.gz.ok");
    let directories: Vec<&str> = path.directories().collect();
    assert_eq!(directories, ["/GD_TNMS", "/GD_TNMS/ALM", "/GD_TNMS/ALM/20261101"]);
    assert_eq!(RemotePath::parse("/a.csv").unwrap().directories().count(), 0);
    assert!(RemotePath::parse("/资源/电路.csv").is_ok());
}

#[test]
fn hostile_names_are_refused_with_the_rule() {
    for (text, rule) in [
        ("", "absolute"),
        ("a.csv", "absolute"),
        ("/", "names no file"),
        ("/a/", "names no file"),
        ("/../etc/passwd", "directory"),
        ("/a/../../etc/passwd", "directory"),
        ("//etc/passwd", "directory"),
        ("/a/./b", "directory"),
        ("/..", "dot"),
        ("/a/.htaccess", "dot"),
        ("/a/x..csv", "dots"),
        ("/a\\..\\b.csv", "backslash"),
        ("/a.csv\r\nDELE /b.csv", "control"),
        ("/a\0.csv", "control"),
        ("/a\n", "control"),
    ] {
        let error = RemotePath::parse(text).unwrap_err().to_string();
        assert!(error.contains(rule), "{text:?}: {error}");
    }
    assert!(RemotePath::parse(&format!("/{}", "n".repeat(256))).is_err());
    assert!(RemotePath::parse(&format!("/{}f", "d/".repeat(600))).is_err());
}
