//! Throwaway: a story to look at.
use counterflow::{enrollment::Answers, execute, kernel::token, programs::Side};
use crate::support::{app::TestApp, matching::Given};

const TOPICS: [&str; 8] = ["ai-at-work", "ai-judgment", "data", "automation", "hybrid", "security", "social-media", "prototypes"];
const FIRST: [&str; 46] = ["Ana","Elif","Tom","Sofía","Nia","Lindiwe","Jonas","Yuki","Meera","Chloé","Dmitri","Priya","Omar","Lena","Hugo","Ines","Kofi","Mei","Noah","Sara","Ivan","Zoe","Paul","Rosa","Amir","Ella","Finn","Gita","Hana","Igor","Jana","Kemi","Liam","Mona","Nils","Olga","Pia","Quinn","Rui","Sven","Tara","Uma","Vera","Wes","Xin","Yara"];
const LAST: [&str; 10] = ["Lim","Kaya","Whitaker","Paredes","Thompson","Dlamini","Weber","Tanaka","Iyer","Martin"];
const SENIOR: [&str; 40] = ["Ruth Okafor","Gregor Maier","Aisha Al-Farsi","Carlos Mendoza","Hiroshi Sato","Thandiwe Nkosi","Wei Zhang","Priya Raman","Olumide Adeyemi","Bernard Stone","Margit Lindqvist","Anders Holm","Beatriz Costa","Chen Liu","David Cohen","Emma Laurent","Farid Haddad","Grace Mwangi","Henrik Olsen","Isabel Torres","Jan Novak","Katarina Horvat","Laszlo Nagy","Maria Rossi","Nikolai Petrov","Oskar Berg","Paulo Silva","Qi Wang","Rashid Khan","Sofia Marin","Takeshi Mori","Ursula Braun","Viktor Danko","Wanjiru Kamau","Xavier Roux","Yasmin Aziz","Zoltan Kiss","Amara Eze","Bjorn Dahl","Clara Weiss"];
const DEPTS: [&str; 6] = ["Finance","Platform","Operations","Sales","Legal","People"];
const CITIES: [(&str,&str);5] = [("Lagos","Africa/Lagos"),("Singapore","Asia/Singapore"),("Berlin","Europe/Berlin"),("Lima","America/Lima"),("Vienna","Europe/Vienna")];
const BLOCKS: [&str; 8] = ["mon-08","mon-13","tue-08","tue-15","wed-10","thu-08","thu-13","fri-10"];

#[tokio::test]
async fn look() {
    let _ = std::fs::remove_file("/tmp/wtm/look.db");
    let app = TestApp::at_file("sqlite:///tmp/wtm/look.db").await;
    let story = app.round_to_match().await;
    app.co_manager(&story, "Marek Havel").await;
    let seed = |i: usize, k: usize| (i * 7919 + k * 104729 + i * i * 31) % 1009;
    let crit = counterflow::programs::template::named("digital-fluency").unwrap().criteria();
    { let mut tx = app.write().await; execute!(tx, "update rounds set criteria = $1 where id = $2", crit, story.round).unwrap(); tx.commit().await.unwrap(); }
    for i in 0..86 {
        let mentor = i < 46;
        let name = if mentor { format!("{} {}", FIRST[i], LAST[i % 10]) } else { SENIOR[i - 46].to_owned() };
        let mut topics: Vec<(&'static str, u8)> = Vec::new();
        for k in 0..(2 + seed(i, 1) % 3) { topics.push((TOPICS[(seed(i, 2 + k)) % 8], 1 + (seed(i, 20 + k) % if mentor { 5 } else { 3 }) as u8)); }
        if i == 46 + 9 { topics = vec![("own-tools", 3)]; }
        let times = (0..4).map(|k| BLOCKS[seed(i, 40 + k) % 8].to_owned()).collect();
        let answers = Answers { times, energy: ["introvert", "extrovert", "ambivert"][seed(i, 60) % 3].into(), about: if mentor { "I build the tools that read invoices. I like explaining why they get things wrong, and I’d like to understand how money decisions are made.".into() } else { "I sign things that I don’t understand, and would like that to stop.".into() }, languages: ["English".to_owned(), ["German","Spanish","Yoruba"][seed(i, 61) % 3].to_owned()].into(), ..Answers::default() };
        let leaked: &'static [(&'static str, u8)] = Box::leak(topics.into_boxed_slice());
        let level = if mentor { 2 + (seed(i, 70) % 3) as i64 } else { 6 + (seed(i, 71) % 4) as i64 };
        let (city, zone) = CITIES[seed(i, 80) % 5];
        let who = app.admit(&story, &name, if mentor { Side::Mentor } else { Side::Mentee }, Given { level, department: DEPTS[seed(i, 81) % 6], topics: leaked, answers, ..Given::default() }).await;
        let title = if mentor { ["Software engineer","Data analyst","UX researcher","Support engineer"][seed(i, 82) % 4] } else { ["Chief financial officer","Plant director","Head of Legal","VP Quality"][seed(i, 82) % 4] };
        let mut tx = app.write().await;
        execute!(tx, "update people set title = $1, location = $2, time_zone = $3, started_on = '2022-03-01' where id = $4", title, city, zone, who.person).unwrap();
        tx.commit().await.unwrap();
    }
    let mut ines = app.as_person(story.ines).await;
    let run = app.matched(&story, &mut ines).await;
    println!("RUN {run}");
    println!("ROUND {}", story.path(""));
    let draft = app.draft(&run).await;
    println!("{draft:?}");
    for (name, address) in [("ines", "inés.duarte@halden.example"), ("ruth", "ruth.okafor@halden.example"), ("ana", "ana.lim@halden.example")] {
        let mut tx = app.write().await;
        let secret = token::new();
        execute!(tx, "insert into logins (id_hash, person_id, created_at, seen_at, expires_at) select $1, id, '2020-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z' from people where email = $2", token::hash(&secret), address).unwrap();
        tx.commit().await.unwrap();
        println!("LOGIN {name} {secret}");
    }
}
