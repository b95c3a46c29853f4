#![allow(clippy::all)]
use counterflow_matching::*;
fn main() {
    let n: i32 = std::env::args().nth(1).unwrap().parse().unwrap();
    for (name, text) in [("ties", ""), ("far", "[[criterion]]\nrule='prefer'\nweight=6\ncompare='complements'\nfield='x'\n"), ("near", "[[criterion]]\nrule='avoid'\nweight=6\ncompare='complements'\nfield='x'\n"),("coarse", "[[criterion]]\nrule='prefer'\nweight=6\ncompare='at_least_apart'\nby=7\nfield='y'\n[[criterion]]\nrule='avoid'\nweight=3\ncompare='same'\nfield='z'\n")] {
        let p = |s: &str, i: i32| Profile::new(format!("{s}{i:05}"), if name == "far" { 1 } else { 1 + (i % 2) as u32 }).with("x", Value::from((i * 7919 + s.len() as i32 * 31) % 10007)).with("y", Value::from((i * 31) % 11)).with("z", Value::from(i % 5));
        let c = Instance::new((0..n).map(|i| p("a", i)).collect(), (0..n).map(|i| p("bb", i)).collect(), Criteria::from_toml(text).unwrap()).compile().unwrap();
        for objective in [Objective::MaxCoverage, Objective::MaxTotal] {
            let t = std::time::Instant::now();
            let s = solve(&c, &SolveOptions { objective }, unattended).unwrap();
            println!("{name} {objective:?} {:?} {:?}", t.elapsed(), s.value);
            verify(&c, &s, &Certificate::new(&c, &s)).unwrap();
        }
    }
}
