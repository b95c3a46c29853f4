//! Time zones by their IANA names, and by the names that Workday and Windows give them.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::tz::TimeZoneDatabase;

/// IANA names by what they may be written as, in lower case: the name itself, its city, and names in Windows.
static ZONES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let mut zones: HashMap<String, String> =
        toml::from_str(include_str!("zones.toml")).expect("zones.toml is part of the program and tested");
    zones = zones.into_iter().map(|(name, zone)| (name.to_lowercase(), zone)).collect();
    // The database that is part of the program: reading the machine's would make the answer depend on it.
    for name in TimeZoneDatabase::bundled().available() {
        let name = name.as_str();
        if let Some((_, city)) = name.rsplit_once('/') {
            zones.entry(format!("({})", city.replace('_', " ").to_lowercase())).or_insert_with(|| name.to_owned());
        }
        zones.insert(name.to_lowercase(), name.to_owned());
    }
    zones
});

/// The IANA name of a time zone written as `Europe/Berlin`, `europe/berlin`, `W. Europe Standard Time`, or
/// `GMT-05:00 Eastern Time (New York)` (Workday).
pub(crate) fn canonical(text: &str) -> Option<&'static str> {
    let text = text.trim().to_lowercase();
    let by_name = || ZONES.get(&text).or_else(|| ZONES.get(&text.replace(' ', "_")));
    let by_city = || text.rfind('(').and_then(|start| ZONES.get(&text[start..]));
    by_name().or_else(by_city).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_have_several_names() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(canonical(text), expected, "{text}");
        check("Europe/Berlin", Some("Europe/Berlin"));
        check("EUROPE/BERLIN", Some("Europe/Berlin"));
        check("america/new york", Some("America/New_York"));
        check("US/Eastern", Some("US/Eastern"));
        check("UTC", Some("UTC"));
        check("W. Europe Standard Time", Some("Europe/Berlin"));
        check("GMT-05:00 Eastern Time (New York)", Some("America/New_York"));
        check("(GMT+01:00) Berlin", None);
        check("Berlin", None);
        check("Mars/Olympus", None);
        check("", None);
    }

    #[test]
    fn every_name_leads_to_a_zone_of_the_database() {
        let database = TimeZoneDatabase::bundled();
        for (name, zone) in ZONES.iter() {
            assert!(database.get(zone).is_ok(), "{name}: {zone}");
        }
    }
}
