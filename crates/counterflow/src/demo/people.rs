//! The demo's directory: about 600 invented people in twelve departments and eight offices, as the CSV that an HR
//! system would export. The same seed gives the same file.

use std::collections::HashSet;

use serde::Deserialize;

use crate::kernel::clock::Day;

/// How many people are invented, leavers included; the people of the story come on top.
const INVENTED: usize = 600;

/// Office and time zone: eight offices in five zones.
pub const OFFICES: [(&str, &str); 8] = [
    ("Berlin", "Europe/Berlin"),
    ("Hamburg", "Europe/Berlin"),
    ("Lagos", "Africa/Lagos"),
    ("Abuja", "Africa/Lagos"),
    ("Singapore", "Asia/Singapore"),
    ("Toronto", "America/Toronto"),
    ("Montréal", "America/Toronto"),
    ("São Paulo", "America/Sao_Paulo"),
];

/// Department, its head's title, and what its people are called from the second level down.
const DEPARTMENTS: [(&str, &str, [&str; 3]); 12] = [
    ("Finance", "Chief financial officer", ["Finance director", "Controlling lead", "Financial analyst"]),
    ("Operations", "Chief operating officer", ["Plant director", "Shift lead", "Process engineer"]),
    ("Sales", "Chief commercial officer", ["Sales director", "Key account lead", "Account executive"]),
    ("Marketing", "Chief marketing officer", ["Brand director", "Campaign lead", "Content designer"]),
    ("Technology", "Chief technology officer", ["Engineering director", "Engineering lead", "Software engineer"]),
    ("Data and AI", "Chief data officer", ["Data director", "Analytics lead", "Data scientist"]),
    ("People and Culture", "Chief people officer", ["People director", "Talent lead", "People partner"]),
    ("Legal and Compliance", "General counsel", ["Legal director", "Compliance lead", "Legal counsel"]),
    ("Supply Chain", "Head of supply chain", ["Logistics director", "Planning lead", "Supply planner"]),
    ("Product", "Chief product officer", ["Product director", "Product lead", "Product designer"]),
    ("Customer Care", "Head of customer care", ["Service director", "Care team lead", "Support engineer"]),
    ("Research", "Head of research", ["Research director", "Laboratory lead", "Research scientist"]),
];

const GROUPS: [&str; 5] = ["", "", "Women in Halden", "Early careers", "Pride at Halden"];

#[derive(Deserialize)]
struct Names {
    culture: Vec<Culture>,
}

#[derive(Deserialize)]
struct Culture {
    offices: Vec<String>,
    languages: Vec<String>,
    first: Vec<String>,
    last: Vec<String>,
}

/// One line of the file.
#[derive(Debug, Clone)]
struct Employee {
    number: usize,
    first: String,
    last: String,
    email: String,
    title: String,
    level: u8,
    department: &'static str,
    office: usize,
    manager: Option<usize>,
    hired: String,
    leaves: bool,
    languages: String,
    group: &'static str,
}

/// First name, last name, title, level, department, office, and whom they report to in this list.
type Cast = (&'static str, &'static str, &'static str, u8, usize, usize, Option<usize>);

/// The people of the story, who hold the roles of "enter as": name, title, level, department, office, manager.
const STORY: [Cast; 8] = [
    ("Karin", "Vogt", "Chief executive officer", 10, 6, 0, None),
    ("Ruth", "Okafor", "Chief financial officer", 9, 0, 2, Some(0)),
    ("Inés", "Duarte", "Head of learning programs", 7, 6, 0, Some(3)),
    ("Thandiwe", "Nkosi", "Chief people officer", 9, 6, 5, Some(0)),
    ("Marek", "Havel", "Learning program partner", 4, 6, 0, Some(2)),
    ("Tunde", "Bello", "Assistant to the CFO", 3, 0, 2, Some(1)),
    ("Ana", "Lim", "Software engineer", 3, 4, 4, Some(7)),
    ("Piet", "Visser", "Head of platforms", 7, 4, 0, Some(0)),
];

/// Where the roles of the story sit in the file, by e-mail.
#[must_use]
pub fn story_email(first_last: &str) -> String {
    format!("{}@halden.example", ascii(first_last))
}

/// When the file was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Export {
    /// Before anybody left.
    AtFirst,
    /// After some have left, on this day.
    AfterLeavers(Day),
}

/// The CSV as an HR system exports it: header names of a common one, days as YYYY-MM-DD.
#[must_use]
pub fn csv(seed: u64, export: Export) -> String {
    let names: Names = toml::from_str(include_str!("names.toml")).expect("names.toml is read by a test");
    let staff = invent(&mut fastrand::Rng::with_seed(seed), &names);
    let mut out = String::from(
        "Employee ID,First Name,Last Name,Work Email,Job Title,Job Level,Department,Office,Time Zone,Manager ID,\
         Hire Date,Termination Date,Employment Status,Languages,Employee Resource Group\n",
    );
    for person in &staff {
        let manager = person.manager.map(|at| employee_id(staff[at].number)).unwrap_or_default();
        let left = match export {
            Export::AfterLeavers(day) if person.leaves => Some(day.to_string()),
            _ => None,
        };
        let status = if left.is_some() { "Terminated" } else { "Active" };
        let (office, zone) = OFFICES[person.office];
        let line = [
            employee_id(person.number),
            person.first.clone(),
            person.last.clone(),
            person.email.clone(),
            person.title.clone(),
            format!("L{}", person.level),
            person.department.to_owned(),
            office.to_owned(),
            zone.to_owned(),
            manager,
            person.hired.clone(),
            left.unwrap_or_default(),
            status.to_owned(),
            person.languages.clone(),
            person.group.to_owned(),
        ];
        out.push_str(&line.join(","));
        out.push('\n');
    }
    out
}

fn employee_id(number: usize) -> String {
    format!("H{:05}", 10_000 + number)
}

/// The staff: the story first, then department heads, then three more levels of leaders, then everybody else, each
/// reporting to somebody of the level above in the same department, so that the tree is six levels deep.
fn invent(random: &mut fastrand::Rng, names: &Names) -> Vec<Employee> {
    let mut taken = HashSet::new();
    let mut staff: Vec<Employee> = STORY
        .iter()
        .enumerate()
        .map(|(number, &(first, last, title, level, department, office, manager))| {
            let email = story_email(&format!("{first} {last}"));
            taken.insert(email.clone());
            Employee {
                number,
                first: first.to_owned(),
                last: last.to_owned(),
                email,
                title: title.to_owned(),
                level,
                department: DEPARTMENTS[department].0,
                office,
                manager,
                hired: day(random, 2012, 2023),
                leaves: false,
                languages: "English".to_owned(),
                group: "",
            }
        })
        .collect();
    let mut heads: Vec<usize> = Vec::new();
    for (department, (name, title, _)) in DEPARTMENTS.iter().enumerate() {
        let known = staff.iter().position(|person| person.department == *name && person.level == 9);
        heads.push(known.unwrap_or_else(|| {
            staff.push(employ(random, names, &mut taken, staff.len(), department, (9, title), Some(0)));
            staff.len() - 1
        }));
    }
    // Directors (L8, L7), leads (L6, L5), then specialists (L4 to L1): who may manage whom is the level above.
    let mut above = heads.iter().map(|head| vec![*head]).collect::<Vec<_>>();
    for (count, levels, title) in [(3, 7..=8, 0), (6, 5..=6, 1)] {
        above = grow(random, names, &mut taken, &mut staff, &above, count, levels, title);
    }
    let senior = grow(random, names, &mut taken, &mut staff, &above, 10, 4..=4, 2);
    while staff.len() < INVENTED {
        let department = random.usize(0..DEPARTMENTS.len());
        let manager = *random.choice(&senior[department]).unwrap_or(&heads[department]);
        let level = random.u8(1..=3);
        let title = DEPARTMENTS[department].2[2];
        let person = employ(random, names, &mut taken, staff.len(), department, (level, title), Some(manager));
        staff.push(person);
    }
    for person in staff.iter_mut().skip(STORY.len() + DEPARTMENTS.len()).filter(|person| person.level < 4) {
        if random.u8(0..100) < 4 {
            person.leaves = true;
        }
    }
    // Ana reports to an engineering lead, as everybody does on her level.
    if let Some(&lead) = senior[4].first() {
        staff[6].manager = Some(lead);
    }
    staff
}

#[expect(clippy::too_many_arguments, reason = "one loop over departments, said once for three levels")]
fn grow(
    random: &mut fastrand::Rng,
    names: &Names,
    taken: &mut HashSet<String>,
    staff: &mut Vec<Employee>,
    above: &[Vec<usize>],
    count: usize,
    levels: std::ops::RangeInclusive<u8>,
    title: usize,
) -> Vec<Vec<usize>> {
    let mut grown = Vec::new();
    for (department, managers) in above.iter().enumerate() {
        let mut added = Vec::new();
        for _ in 0..count {
            let manager = *random.choice(managers).unwrap_or(&0);
            let level = random.u8(levels.clone());
            let words = DEPARTMENTS[department].2[title];
            let words = if title == 2 { format!("Senior {}", words.to_lowercase()) } else { words.to_owned() };
            let person = employ(random, names, taken, staff.len(), department, (level, &words), Some(manager));
            staff.push(person);
            added.push(staff.len() - 1);
        }
        grown.push(added);
    }
    grown
}

fn employ(
    random: &mut fastrand::Rng,
    names: &Names,
    taken: &mut HashSet<String>,
    number: usize,
    department: usize,
    (level, title): (u8, &str),
    manager: Option<usize>,
) -> Employee {
    loop {
        let culture = &names.culture[random.usize(0..names.culture.len())];
        let first = &culture.first[random.usize(0..culture.first.len())];
        let last = &culture.last[random.usize(0..culture.last.len())];
        let office = &culture.offices[random.usize(0..culture.offices.len())];
        let email = story_email(&format!("{first} {last}"));
        if !taken.insert(email.clone()) {
            continue;
        }
        let young = level <= 3;
        return Employee {
            number,
            first: first.clone(),
            last: last.clone(),
            email,
            title: title.to_owned(),
            level,
            department: DEPARTMENTS[department].0,
            office: OFFICES.iter().position(|(name, _)| name == office).unwrap_or(0),
            manager,
            hired: if young { day(random, 2021, 2024) } else { day(random, 2004, 2020) },
            leaves: false,
            languages: culture.languages.join("; "),
            group: GROUPS[random.usize(0..GROUPS.len())],
        };
    }
}

fn day(random: &mut fastrand::Rng, from: u16, to: u16) -> String {
    format!("{}-{:02}-{:02}", random.u16(from..=to), random.u8(1..=12), random.u8(1..=28))
}

/// `João Gonçalves` as it stands in an address: `joao.goncalves`.
fn ascii(name: &str) -> String {
    name.chars()
        .flat_map(char::to_lowercase)
        .filter_map(|letter| match letter {
            'a'..='z' => Some(letter),
            ' ' => Some('.'),
            'á' | 'à' | 'â' | 'ã' | 'ä' => Some('a'),
            'é' | 'è' | 'ê' | 'ë' => Some('e'),
            'í' | 'ì' | 'î' | 'ï' | 'ı' => Some('i'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => Some('o'),
            'ú' | 'ù' | 'û' | 'ü' => Some('u'),
            'ç' | 'ć' | 'č' => Some('c'),
            'ğ' => Some('g'),
            'ł' => Some('l'),
            'ñ' | 'ń' => Some('n'),
            'ş' | 'ś' | 'ß' => Some('s'),
            'ź' | 'ż' => Some('z'),
            'ą' => Some('a'),
            'ę' => Some('e'),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_company() {
        let left = Export::AfterLeavers("2026-03-01".parse().unwrap());
        assert_eq!(csv(7, left), csv(7, left));
        assert_ne!(csv(7, left), csv(8, left));
        assert_ne!(csv(7, left), csv(7, Export::AtFirst));
    }

    #[test]
    fn the_company_is_as_described() {
        let names: Names = toml::from_str(include_str!("names.toml")).unwrap();
        let staff = invent(&mut fastrand::Rng::with_seed(1), &names);
        assert_eq!(staff.len(), INVENTED);
        let departments: HashSet<_> = staff.iter().map(|person| person.department).collect();
        let offices: HashSet<_> = staff.iter().map(|person| OFFICES[person.office].0).collect();
        let zones: HashSet<_> = OFFICES.iter().map(|(_, zone)| zone).collect();
        assert_eq!((departments.len(), offices.len(), zones.len()), (12, 8, 5));
        let depth = |mut at: usize| {
            let mut steps = 1;
            while let Some(manager) = staff[at].manager {
                at = manager;
                steps += 1;
                assert!(steps < 20, "a cycle");
            }
            steps
        };
        assert_eq!((0..staff.len()).map(depth).max(), Some(6));
        assert!(staff.iter().filter(|person| person.leaves).count() >= 5);
        let emails: HashSet<_> = staff.iter().map(|person| &person.email).collect();
        assert_eq!(emails.len(), staff.len());
        assert!(staff.iter().all(|person| person.email.is_ascii()));
    }
}
