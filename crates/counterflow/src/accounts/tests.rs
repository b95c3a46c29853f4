use super::local_path;

#[test]
fn a_sign_in_leads_only_to_this_server() {
    for (to, expected) in [
        ("/rounds/1?x=2", "/rounds/1?x=2"),
        ("https://evil.example", "/home"),
        ("//evil.example", "/home"),
        ("/\\evil.example", "/home"),
        ("/\t/evil.example", "/home"),
        ("/\u{1}x", "/home"),
        ("", "/home"),
    ] {
        assert_eq!(local_path(to), expected, "{to}");
    }
}
