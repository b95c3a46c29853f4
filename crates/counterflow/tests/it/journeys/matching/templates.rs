//! Every template's own criteria on people of whom the directory knows what every directory does.

use counterflow::{
    enrollment::{Answers, Private},
    execute,
    matching::inputs,
    programs::{
        Side,
        template::{self, Template},
    },
};

use crate::{
    on_both,
    support::{
        app::TestApp,
        matching::{Given, Matched},
    },
};

/// What somebody brings who answers everything: the first topic, and to private questions the first or the last answer.
fn given(template: &'static Template, side: Side) -> Given {
    let (level, department) = if side == Side::Mentor { (3, "Sales") } else { (9, "Finance") };
    let private = template.private.iter().map(|question| {
        let answer = if side == Side::Mentor { question.answers.first() } else { question.answers.last() };
        let (answers, purposes) = (answer.cloned().into_iter().collect(), question.purposes.iter().copied().collect());
        (question.key.clone(), Private { answers, purposes })
    });
    let answers = Answers {
        languages: ["English".to_owned()].into(),
        energy: if side == Side::Mentor { "introvert" } else { "extrovert" }.to_owned(),
        times: ["mon-08".to_owned(), "wed-13".to_owned()].into(),
        private: private.collect(),
        ..Answers::default()
    };
    Given { level, department, topics: vec![(template.topics[0].key.as_str(), 3)].leak(), answers, ..Given::default() }
}

/// A round with the criteria of a template, of one mentor and one leader.
async fn round_of(app: &TestApp, first: &Matched, template: &'static Template) -> Matched {
    let program = app.program_to_match(first.ines, template).await;
    let story = Matched { program, round: app.another_round(program, 1).await, ..*first };
    let mut tx = app.write().await;
    execute!(tx, "update rounds set criteria = $1 where id = $2", template.criteria(), story.round).unwrap();
    tx.commit().await.unwrap();
    for (name, side) in [("Ana", Side::Mentor), ("Ruth", Side::Mentee)] {
        app.admit(&story, &format!("{name} {}", template.key), side, given(template, side)).await;
    }
    let mut tx = app.write().await;
    execute!(tx, "update people set started_on = '2024-01-08' where level = 3").unwrap();
    execute!(tx, "update people set started_on = '2010-01-04' where level = 9").unwrap();
    tx.commit().await.unwrap();
    story
}

on_both! {
    async fn every_templates_criteria_work_without_any_preparation(app: TestApp) {
        let first = app.round_to_match().await;
        let mut ines = app.as_person(first.ines).await;
        for template in template::all() {
            let story = round_of(app, &first, template).await;
            ines.get(&story.path("/criteria")).await.ok().says("They leave 1 of 1 possible pairs").does_not_say("gave no value");
            let run = app.matched(&story, &mut ines).await;
            let draft = app.draft(&run).await;
            assert_eq!(draft.len(), 1, "{}", template.key);
            assert!(draft[0].2 > 3_000, "{}: {} points", template.key, draft[0].2);

            let gathered = inputs::gather(&mut app.read().await, &counterflow::kernel::guard::ByServer(story.round)).await.unwrap();
            for question in &template.private {
                assert!(gathered.mentors[0].values.contains_key(&question.field()), "{}: {}", template.key, question.key);
            }
        }
    }
}

on_both! {
    async fn what_is_said_for_the_matching_alone_is_read_by_nobody(app: TestApp) {
        let first = app.round_to_match().await;
        let mut ines = app.as_person(first.ines).await;
        for key in ["inclusion", "resource-groups"] {
            let template = template::named(key).unwrap();
            let story = round_of(app, &first, template).await;
            let run = app.matched(&story, &mut ines).await;
            let mut shown = vec![ines.get(&run).await.ok().body];
            app.send_draft(&run, &mut ines).await.ok();
            shown.push(ines.get(&story.path("/launch")).await.ok().body);
            let mut tx = app.read().await;
            let stored = counterflow::fetch_all!(tx, (String,), "select rationale from draft_pairs").unwrap();
            shown.extend(stored.into_iter().map(|(rationale,)| rationale));
            for answer in template.private.iter().flat_map(|question| [&question.answers[0], question.answers.last().unwrap()]) {
                assert!(shown.iter().all(|page| !page.contains(answer.as_str())), "{key}: {answer}");
            }
            assert!(shown.iter().any(|page| page.contains("private:")), "{key}: the criterion is there, its values are not");
        }
    }
}
