#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]
use counterflow_roster::*;
use std::fmt::Write;
use std::time::Instant;
fn rss() -> u64 {
    let s = std::fs::read_to_string("/proc/self/status").unwrap();
    s.lines().find(|l| l.starts_with("VmHWM")).unwrap().split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
        / 1024
}
fn main() {
    let n: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let kind = std::env::args().nth(2).unwrap_or_default();
    let mgr = |i: usize| {
        if i == 0 {
            String::new()
        } else {
            match kind.as_str() {
                "bad" => format!("nobody{i}@halden.example"),
                "name" => format!("First{0} Last{0}", i / 8),
                _ => format!("person{}@halden.example", i / 8),
            }
        }
    };
    let bytes = if kind == "xlsx" {
        let mut w = rust_xlsxwriter::Workbook::new();
        let s = w.add_worksheet();
        s.write_row(
            0,
            0,
            [
                "Employee ID",
                "Worker",
                "Work Email",
                "Manager",
                "Department",
                "Location",
                "Time Zone",
                "Hire Date",
                "Worker Status",
                "Job Level",
            ],
        )
        .unwrap();
        for i in 0..n {
            s.write_row(
                i as u32 + 1,
                0,
                [
                    format!("{}", 100000 + i),
                    format!("First{i} Last{i}"),
                    format!("person{i}@halden.example"),
                    mgr(i),
                    format!("Department {}", i % 40),
                    "Dublin".into(),
                    "Europe/Dublin".into(),
                    format!("{}/{}/2020", i % 28 + 1, i % 12 + 1),
                    "Active".into(),
                    format!("L{}", i % 9),
                ],
            )
            .unwrap();
        }
        w.save_to_buffer().unwrap()
    } else {
        let mut t = String::from(
            "Employee ID,Worker,Work Email,Manager,Department,Location,Time Zone,Hire Date,Worker Status,Job Level\n",
        );
        for i in 0..n {
            writeln!(t, "{},\"Last{i}, First{i}\",person{i}@halden.example,{},Department {},Dublin,Europe/Dublin,{}/{}/2020,Active,L{}", 100000 + i, mgr(i), i % 40, i % 28 + 1, i % 12 + 1, i % 9).unwrap();
        }
        t.into_bytes()
    };
    println!("{} MB, rss {}", bytes.len() >> 20, rss());
    let s = Instant::now();
    let table = Table::read(&bytes, &ReadOptions::default()).unwrap();
    println!("table {:?} rss {}", s.elapsed(), rss());
    let m = Mapping::guess(&table).mapping;
    println!("guess {:?}", s.elapsed());
    assert_eq!(m.check(&table), []);
    let r = read_people(&table, &m);
    println!("people {:?} {} {} {:?} rss {}", s.elapsed(), r.people.len(), r.rejected.len(), r.questions, rss());
    let known: Vec<Known<'_>> = r
        .people
        .iter()
        .map(|p| Known {
            employee_id: p.employee_id.as_deref(),
            email: p.email.as_deref(),
            name: &p.name,
            manager: None,
        })
        .collect();
    let o = Org::resolve(&r, &known);
    println!("org {:?} {} heads {} rss {}", s.elapsed(), o.rejected.len(), o.heads.len(), rss());
    if let Some(e) = o.rejected.first() {
        println!("{e}")
    }
}
