//! Every route as every role: who is let in is what the table says, and nobody else.

use std::collections::HashMap;

use axum::http::{Method, StatusCode};
use counterflow::{
    accounts, cli, execute, fetch_one,
    kernel::{
        db::Tx,
        guard,
        ids::{BulkId, ImportId, PairId, ParticipantId, PersonId, ProgramId, ProposalId, SourceId},
        rights::Role,
    },
    people::import,
    programs::{Side, template},
    router::{self, Route},
};

use crate::{
    on_both,
    support::{
        app::TestApp,
        browser::Browser,
        matching::{Given, Matched, Someone},
        running::PairRows,
    },
};

const UNKNOWN: &str = "00000000-0000-7000-8000-000000000000";

/// Roles, each with the path parameter on whose object it is held.
pub type Held = Vec<(&'static str, Role)>;

/// What stands under each path parameter, and who holds which role on what it names.
pub struct Halden {
    values: HashMap<&'static str, String>,
    /// Name, person, and their roles by path parameter; `""` is the organization.
    pub people: Vec<(&'static str, PersonId, Held)>,
}

/// A round in the middle with two pairs, and everything that a URL can name.
async fn halden(app: &TestApp) -> Halden {
    let story = app.round_to_match().await;
    halden_of(app, story).await
}

/// The same in a round that is there already.
pub async fn halden_of(app: &TestApp, story: Matched) -> Halden {
    let mut ines = app.as_person(story.ines).await;
    let pairs = two_pairs(app, &story, &mut ines).await;
    let [(pair, participant, proposal), (other, ..)] = pairs;
    app.held(pair, "2026-01-09T10:00:00Z").await;
    let meeting = app.meeting(pair, Some("2026-03-09T10:00:00Z"), "planned").await;
    app.work().await;
    let piet = app.person_at("piet.visser@halden.example").await;
    let import = rejected_import(app, piet).await;
    let source = a_source(app, piet).await;
    let elsewhere = another_program(app).await;
    let [karin, tunde, starter, nobody, lead, reader] = [
        app.person("Karin Vogt").await,
        app.person("Tunde Bello").await,
        app.person("Sofia Rossi").await,
        app.person("Nobody Special").await,
        app.person("Elias Berg").await,
        app.person("Nora Falk").await,
    ];
    let mut tx = app.write().await;
    let now = tx.now();
    execute!(
        tx,
        "insert into delegations (leader_id, delegate_id, granted_at) values ($1, $2, $3)",
        pair.mentee,
        tunde,
        now
    )
    .unwrap();
    execute!(
        tx,
        "insert into program_roles (program_id, person_id, role, granted_at) values ($1, $2, 'sponsor', $3)",
        story.program,
        karin,
        now
    )
    .unwrap();
    help_to_choose(&mut tx, &story, participant, [lead, reader]).await;
    accounts::grant_role(&mut tx, starter, "program_starter", Some(piet)).await.unwrap();
    let (run, checkin, letter): (String, String, String) = fetch_one!(
        tx,
        (String, String, String),
        "select (select min(id) from match_runs),
                (select min(c.id) from checkins c where c.pair_id = $1 and c.side = 'mentor'),
                (select min(letters.id) from letters)",
        pair.id
    )
    .unwrap();
    let bulk = BulkId::new().to_string();
    execute!(
        tx,
        "insert into bulk_acts (id, round_id, act, total, begun_at, finished_at) values ($1, $2, 'remind', 0, $3, $3)",
        &bulk,
        story.round,
        now
    )
    .unwrap();
    tx.commit().await.unwrap();
    let values = HashMap::from([
        ("program", story.program.to_string()),
        ("round", story.round.to_string()),
        ("pair", pair.id.to_string()),
        ("meeting", meeting.to_string()),
        ("participant", participant.to_string()),
        ("proposal", proposal.to_string()),
        ("run", run),
        ("checkin", checkin),
        ("person", pair.mentor.to_string()),
        ("import", import.to_string()),
        ("source", source.to_string()),
        ("letter", letter),
        ("bulk", bulk),
        ("side", "mentor".to_owned()),
        ("table", "people.csv".to_owned()),
        ("code", "halden".to_owned()),
    ]);
    let everywhere = |role: Role| ["program", "round", "pair", "participant", "proposal"].map(|on| (on, role)).to_vec();
    let mut mentor = ["round", "pair", "proposal", "checkin"].map(|on| (on, Role::Mentor)).to_vec();
    mentor.push(("pair", Role::Lead));
    let mut mentee = ["round", "pair", "proposal", "participant"].map(|on| (on, Role::Mentee)).to_vec();
    mentee.push(("pair", Role::Chooser));
    let people = vec![
        ("the admin", piet, vec![("", Role::Admin)]),
        ("who may start programs", starter, vec![("", Role::ProgramStarter)]),
        ("the manager", story.ines, everywhere(Role::Manager)),
        ("the sponsor", karin, everywhere(Role::Sponsor)),
        ("the mentor", pair.mentor, mentor),
        ("the mentee", pair.mentee, mentee),
        ("the delegate", tunde, vec![("pair", Role::Delegate)]),
        ("a mentor lead", lead, ["program", "round"].map(|on| (on, Role::MentorLead)).to_vec()),
        (
            "who reads an application",
            reader,
            ["program", "round"]
                .map(|on| (on, Role::MentorLead))
                .into_iter()
                .chain([("participant", Role::Reviewer)])
                .collect(),
        ),
        ("another pair's mentor", other.mentor, vec![("round", Role::Mentor)]),
        ("another pair's mentee", other.mentee, vec![("round", Role::Mentee)]),
        ("another program's manager", elsewhere, Vec::new()),
        ("somebody", nobody, Vec::new()),
    ];
    Halden { values, people }
}

/// The round has a code, and two mentor leads: one of them reads an application.
async fn help_to_choose(tx: &mut Tx, story: &Matched, participant: ParticipantId, [lead, reader]: [PersonId; 2]) {
    let now = tx.now();
    execute!(tx, "insert into join_codes (round_id, code, made_at) values ($1, 'halden', $2)", story.round, now)
        .unwrap();
    for person in [lead, reader] {
        execute!(
            tx,
            "insert into mentor_leads (program_id, person_id, granted_at) values ($1, $2, $3)",
            story.program,
            person,
            now
        )
        .unwrap();
    }
    execute!(
        tx,
        "insert into review_assignments (participant_id, reviewer_id, assigned_at) values ($1, $2, $3)",
        participant,
        reader,
        now
    )
    .unwrap();
}

type Begun = (PairRows, ParticipantId, ProposalId);

/// Ana with Ruth, Elif with Gregor: matched, proposed, accepted by both. With the mentee's place in the round.
async fn two_pairs(app: &TestApp, story: &Matched, ines: &mut Browser) -> [Begun; 2] {
    let mentor = |topic| Given { topics: topic, ..Given::default() };
    let leader = |topic| Given { level: 9, department: "Finance", topics: topic, ..Given::default() };
    let ana = app.admit(story, "Ana Lim", Side::Mentor, mentor(&[("ai-at-work", 5)])).await;
    let elif = app.admit(story, "Elif Kaya", Side::Mentor, mentor(&[("data", 5)])).await;
    let ruth = app.admit(story, "Ruth Okafor", Side::Mentee, leader(&[("ai-at-work", 3)])).await;
    let gregor = app.admit(story, "Gregor Maier", Side::Mentee, leader(&[("data", 3)])).await;
    let run = app.matched(story, ines).await;
    app.send_draft(&run, ines).await.ok();
    [begin(app, story, ana, ruth).await, begin(app, story, elif, gregor).await]
}

async fn begin(app: &TestApp, story: &Matched, mentor: Someone, mentee: Someone) -> Begun {
    let proposal = app.proposal_of(mentor, mentee).await;
    for one in [mentee, mentor] {
        app.as_person(one.person).await.post(&format!("/proposals/{proposal}/acceptance"), &[]).await.ok();
        app.work().await;
    }
    let mut tx = app.read().await;
    let (id,): (PairId,) = fetch_one!(tx, (PairId,), "select id from pairs where proposal_id = $1", proposal).unwrap();
    let pair = PairRows { id, round: story.round, mentor: mentor.person, mentee: mentee.person };
    (pair, mentee.participant, proposal)
}

/// An import that was checked, with one row that was rejected.
async fn rejected_import(app: &TestApp, piet: PersonId) -> ImportId {
    let id = ImportId::new();
    let file = b"Name,Email\nUma Kim,uma.kim@halden.example\nNo Address,nowhere\n";
    app.as_person(piet).await.upload("/directory/imports", &[("id", &id.to_string())], "people.csv", file).await.ok();
    let mut tx = app.write().await;
    let viewer = guard::viewer_for(&app.app, &mut tx, piet).await.unwrap();
    let access = guard::leave(&mut tx, &viewer, id, &[Role::Admin]).await.unwrap();
    import::confirm_guess(&mut tx, &access).await.unwrap();
    tx.commit().await.unwrap();
    app.work().await;
    id
}

/// Where people files come from.
async fn a_source(app: &TestApp, piet: PersonId) -> SourceId {
    let source = SourceId::new();
    let fields = [
        ("id", &*source.to_string()),
        ("name", "Workday"),
        ("missing_policy", "stay"),
        ("most_leavers", "10"),
        ("least_share", "90"),
    ];
    app.as_person(piet).await.post("/directory/sources", &fields).await.ok();
    source
}

/// Marta manages a program in which none of the others is.
async fn another_program(app: &TestApp) -> PersonId {
    let (marta, program) = (app.person("Marta Nowak").await, ProgramId::new());
    let mut tx = app.write().await;
    let now = tx.now();
    let design = serde_json::to_string(template::named("blank").unwrap()).unwrap();
    execute!(
        tx,
        "insert into programs (id, name, template, direction, design, version, created_at)
         values ($1, 'Elsewhere', 'blank', 'reverse', $2, 1, $3)",
        program,
        design,
        now
    )
    .unwrap();
    execute!(
        tx,
        "insert into program_roles (program_id, person_id, role, granted_at) values ($1, $2, 'manager', $3)",
        program,
        marta,
        now
    )
    .unwrap();
    tx.commit().await.unwrap();
    marta
}

fn first_parameter(path: &str) -> &str {
    path.split(['{', '}']).nth(1).unwrap_or_default()
}

impl Halden {
    pub fn address(&self, path: &str) -> String {
        path.split('/').map(|part| self.value(part)).collect::<Vec<_>>().join("/")
    }

    fn value<'a>(&'a self, part: &'a str) -> &'a str {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => self.values.get(name).map_or(UNKNOWN, String::as_str),
            None => part,
        }
    }

    /// Whether somebody with these roles should be let in: by what they are on whatever the address names first.
    pub fn lets_in(route: &Route, held: &[(&str, Role)]) -> bool {
        let named = first_parameter(route.path);
        let scope = if ["program", "round", "participant", "proposal", "pair", "checkin"].contains(&named) {
            named
        } else {
            ""
        };
        let roles = held.iter().filter(|(on, _)| *on == scope).map(|(_, role)| *role);
        roles.chain([Role::Person]).any(|role| route.roles.allows(role))
    }
}

/// What a route answers; a POST comes with another person's form, so that it is let in and changes nothing.
async fn ask(browser: &mut Browser, route: &Route, address: &str) -> StatusCode {
    if route.method == Method::GET {
        return browser.get(address).await.status;
    }
    if ["/directory/imports", "/programs/file"].contains(&address) {
        let body = b"--X\r\nContent-Disposition: form-data; name=\"form_tag\"\r\n\r\nwrong\r\n--X--\r\n".to_vec();
        return browser.post_body(address, "multipart/form-data; boundary=X", body).await.status;
    }
    browser.post_body(address, "application/x-www-form-urlencoded", b"form_tag=wrong".to_vec()).await.status
}

on_both! {
    async fn every_route_as_every_role(app: TestApp) {
        let halden = halden(app).await;
        let routes = router::table();
        let mut wrong = Vec::new();
        for (who, person, held) in &halden.people {
            let mut browser = app.as_person(*person).await;
            for route in routes.iter().filter(|route| !route.roles.has(Role::Visitor)) {
                let address = halden.address(route.path);
                let status = ask(&mut browser, route, &address).await;
                let is_right = match (Halden::lets_in(route, held), &route.method) {
                    (true, &Method::GET) => status.is_success() || status == StatusCode::CONFLICT,
                    (true, _) => status == StatusCode::CONFLICT,
                    (false, _) => status == StatusCode::NOT_FOUND,
                };
                if !is_right {
                    wrong.push(format!("{who}: {} {} answers {status}", route.method, route.path));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

on_both! {
    async fn whoever_left_is_a_stranger(app: TestApp) {
        app.set_up().await;
        let round = app.round_in("run").await;
        let pair = app.running_pair(&round, "Ana Lim", "Ruth Okafor").await;
        let mut browser = app.as_person(pair.mentor).await;
        browser.get(&format!("/pairs/{}", pair.id)).await.ok().says("Ruth Okafor");
        app.leaves(pair.mentor).await;
        app.work().await;
        browser.get(&format!("/pairs/{}", pair.id)).await.ok().says("Work e-mail").does_not_say("Ruth");
    }
}

on_both! {
    async fn strangers_are_sent_to_sign_in_and_nobody_learns_what_exists(app: TestApp) {
        let halden = halden(app).await;
        for route in router::table().iter().filter(|route| !route.roles.has(Role::Visitor)) {
            for path in [halden.address(route.path), Halden { values: HashMap::new(), people: Vec::new() }.address(route.path)] {
                let mut browser = app.browser();
                if route.method == Method::GET {
                    browser.get(&path).await.ok().says("Work e-mail");
                } else {
                    assert_eq!(browser.post(&path, &[]).await.status, StatusCode::UNAUTHORIZED, "{} {path}", route.method);
                }
            }
        }
        assert_eq!(app.browser().get("/no/such/page").await.status, StatusCode::NOT_FOUND);
    }
}

/// A change of rights has to be seen by whoever reviews it.
#[test]
fn the_rights_table_is_as_reviewed() {
    let rows = router::table()
        .iter()
        .map(|route| format!("{:4} {} {:?}\n", route.method, route.path, route.roles))
        .collect::<String>();
    insta::assert_snapshot!(rows);
}

#[test]
fn the_printed_routes_say_for_each_role_whether_it_is_let_in() {
    let routes = cli::routes_json();
    let check = |method: &str, path: &str, allowed: &[&str]| {
        let mut rows = routes.as_array().unwrap().iter();
        let row = rows.find(|row| row["method"] == method && row["path"] == path).unwrap();
        let roles = row["roles"].as_object().unwrap();
        assert_eq!(roles.len(), Role::ALL.len(), "{path}");
        let let_in = |role: &Role| roles[role.name()].as_bool().unwrap();
        let allows: Vec<_> = Role::ALL.into_iter().filter(let_in).map(Role::name).collect();
        assert_eq!(allows, allowed, "{method} {path}");
    };
    let everybody = Role::ALL.map(Role::name);
    check("GET", "/healthz", &everybody);
    check("GET", "/home", &everybody[1..]);
    check("GET", "/directory", &["admin"]);
}
