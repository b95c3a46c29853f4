//! The figures of `tests/reference`, compared as `cargo run -p statistics --example reference` does it. Another folder in
//! the same format is checked too where `STATISTICS_REFERENCE` names one.

use std::path::Path;

#[path = "../examples/reference/main.rs"]
mod reference;

#[test]
fn every_figure_of_the_reference_is_reached() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    let other = std::env::var_os("STATISTICS_REFERENCE").map(Into::into);
    if other.is_none() {
        eprintln!("SKIPPED: references beside our own, because STATISTICS_REFERENCE names no folder.");
    }
    for folder in std::iter::once(own).chain(other) {
        for name in reference::names(&folder).unwrap() {
            let tally = reference::check(&folder, &name, reference::topics::find(&name)).unwrap();
            assert!(tally.misses.is_empty(), "{}:\n{}", folder.display(), tally.misses.join("\n"));
            assert!(tally.passed > 0, "no figure of {name} in {}", folder.display());
        }
    }
}
