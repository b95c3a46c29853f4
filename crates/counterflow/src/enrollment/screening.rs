//! Screening mentors: a short application, lines on which it is scored from 1 to 4, and who reads which.
//! What a reviewer gives is in `reviewing`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    State, event, lock_name, must_have, must_take_people, participant_lock,
    reviewing::{Review, Standing},
    screening_letters, screening_store, store, waiting,
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        guard::{Access, ByServer, Leave},
        ids::{ParticipantId, PersonId, RoundId},
    },
    people,
    programs::{self, Round, Side},
};

pub(super) use crate::programs::template::entry::{Line, ScreeningDesign as Design};

/// The best score on a line.
pub(super) const BEST: i64 = 4;
/// So many read each application.
const REVIEWERS: usize = 2;

/// What a manager begins with.
pub(super) fn suggested() -> Answer<Design> {
    toml::from_str(include_str!("screening.toml")).map_err(Error::defect)
}

fn stored(text: &str) -> Answer<Design> {
    serde_json::from_str(text).map_err(Error::defect)
}

/// The screening of a round, as one saw it.
#[derive(Debug, Clone)]
pub(super) struct Screening {
    pub design: Design,
    pub version: i64,
    /// The name of who changed it last.
    pub changed_by: Option<String>,
}

/// How a round screens its mentors; `None` if it does not.
pub(super) async fn screening(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Option<Screening>> {
    let Some(row) = screening_store::screening(tx, leave.id()).await? else { return Ok(None) };
    Ok(Some(Screening { design: stored(&row.design)?, version: row.version, changed_by: row.changed_by }))
}

/// Begins to screen mentors, or changes what they are asked and how it is scored. `seen` is the version that the viewer
/// saw, 0 before the first. From now on nobody comes in as a mentor without having been admitted by hand.
///
/// # Errors
/// `screening_fixed` once somebody was scored, `enrollment_over`, or when the database fails. Inside: the name of whoever
/// changed it since the viewer saw it.
pub(super) async fn set_design(
    tx: &mut Tx,
    access: &Access<RoundId>,
    seen: i64,
    design: &Design,
) -> Answer<Result<(), String>> {
    tx.lock(lock_name(access.id)).await?;
    let round = programs::round(tx, access).await?;
    must_take_people(&round)?;
    let before = screening(tx, access).await?;
    if before.as_ref().is_some_and(|before| before.design == *design) {
        return Ok(Ok(())); // a double click, or the back button
    }
    if screening_store::has_reviews(tx, round.id).await? {
        return Err(Error::conflict("screening_fixed"));
    }
    let version = before.as_ref().map_or(0, |before| before.version);
    if version != seen {
        return Ok(Err(before.and_then(|before| before.changed_by).unwrap_or_default()));
    }
    let text = serde_json::to_string(design).map_err(Error::defect)?;
    screening_store::set_screening(tx, round.id, &text, version + 1, access.viewer.person).await?;
    event(access, "screening.changed", &round).on(round.id).record(tx).await?;
    Ok(Ok(()))
}

/// Screens mentors no longer. Nobody has to read applications any more; they are kept. Whoever registered stands where they
/// would without it.
///
/// # Errors
/// `screening_begun` once somebody was scored: all are chosen in the same way. `enrollment_over`, or when the database fails.
pub(super) async fn stop(tx: &mut Tx, access: &Access<RoundId>) -> Answer<()> {
    tx.lock(lock_name(access.id)).await?;
    let round = programs::round(tx, access).await?;
    must_take_people(&round)?;
    if screening_store::has_reviews(tx, round.id).await? {
        return Err(Error::conflict("screening_begun"));
    }
    if !screening_store::delete_screening(tx, round.id).await? {
        return Ok(()); // a double click
    }
    event(access, "screening.stopped", &round).on(round.id).record(tx).await?;
    waiting::admit_registered(tx, &round, Side::Mentor).await?;
    waiting::take_into_line(tx, &round).await
}

/// One answer of an application, with the question that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    pub question: String,
    pub answer: String,
}

/// Whether somebody can apply, or change their application: a mentor who has registered, until the first review is in.
pub(super) async fn takes_application(
    tx: &mut Tx,
    round: &Round,
    side: Side,
    state: State,
    id: ParticipantId,
) -> Answer<bool> {
    let may = side == Side::Mentor && matches!(state, State::Registered | State::Waiting | State::Admitted);
    Ok(may && super::takes_people(round.stage) && screening_store::submitted(tx, id).await? == 0)
}

/// Sends an application, or changes it.
///
/// # Errors
/// `application_over`, or when the database fails.
pub(super) async fn apply(tx: &mut Tx, access: &Access<ParticipantId>, told: &[Told]) -> Answer<()> {
    tx.lock(participant_lock(access.id)).await?;
    let participant = store::participant(tx, access).await?;
    let round = programs::round(tx, &participant.round_leave()).await?;
    if !takes_application(tx, &round, participant.role, participant.state, access.id).await? {
        return Err(Error::conflict("application_over"));
    }
    let answers = serde_json::to_string(told).map_err(Error::defect)?;
    screening_store::set_application(tx, access.id, &answers).await?;
    event(access, "application.sent", &round).on(access.id).record(tx).await?;
    Ok(())
}

/// What somebody wrote in their application.
pub(super) async fn application(tx: &mut Tx, id: ParticipantId) -> Answer<Option<Vec<Told>>> {
    let text = screening_store::application(tx, id).await?;
    text.map(|text| serde_json::from_str(&text).map_err(Error::defect)).transpose()
}

/// Somebody whose application has to be read.
#[derive(Debug, Clone)]
struct Applicant {
    participant: ParticipantId,
    /// Who cannot read it: the applicant, and everybody above them.
    never: BTreeSet<PersonId>,
    /// Who reads it already.
    has: BTreeSet<PersonId>,
    /// How many should.
    needs: usize,
}

/// Gives each application to those of the pool who have the fewest, as far as there is somebody who may read it.
fn assign(applicants: &[Applicant], mut load: BTreeMap<PersonId, usize>) -> Vec<(ParticipantId, PersonId)> {
    let mut given = Vec::new();
    for applicant in applicants {
        let mut has = applicant.has.clone();
        while has.len() < applicant.needs {
            let may = load.iter().filter(|(person, _)| !applicant.never.contains(person) && !has.contains(person));
            let Some((person, _)) = may.min_by_key(|(person, count)| (**count, **person)) else { break };
            let person = *person;
            *load.entry(person).or_default() += 1;
            has.insert(person);
            given.push((applicant.participant, person));
        }
    }
    given
}

/// Gives every application that has too few readers to mentor leads and managers, evenly, and writes to these. Never to
/// the applicant or to somebody above them. Answers how many readings were given.
///
/// # Errors
/// `enrollment_over`, or when the database fails.
pub(super) async fn share_out(tx: &mut Tx, app: &App, access: &Access<RoundId>) -> Answer<usize> {
    tx.lock(lock_name(access.id)).await?;
    let round = programs::round(tx, access).await?;
    must_take_people(&round)?;
    let lines = screening(tx, access).await?.map_or(0, |screening| screening.design.lines.len());
    let assigned = screening_store::assignments(tx, round.id).await?;
    let is_far_apart = |participant: ParticipantId| {
        let theirs = assigned.iter().filter(|one| one.participant_id == participant);
        Standing::of(theirs.map(|one| Review::of(one, lines)).collect()).is_far_apart
    };
    let applied = screening_store::applied(tx, round.id).await?.into_iter();
    let wanting = applied.map(|(one, person)| (one, person, REVIEWERS + usize::from(is_far_apart(one)))).collect();
    let given = give(tx, &round, wanting, Some(access.viewer.person)).await?;
    for (participant, _) in &given {
        event(access, "review.assigned", &round).on(participant).record(tx).await?;
    }
    screening_letters::write(tx, app, &round, &given).await?;
    Ok(given.len())
}

/// One more reader for an application, because two were far apart. Answers whether somebody was found.
pub(super) async fn give_third(
    tx: &mut Tx,
    app: &App,
    round: &Round,
    id: ParticipantId,
    person: PersonId,
) -> Answer<bool> {
    let given = give(tx, round, vec![(id, person, REVIEWERS + 1)], None).await?;
    if given.is_empty() {
        return Ok(false);
    }
    event(&ByServer(id), "review.third_asked", round).on(id).with(json!({ "because": "far_apart" })).record(tx).await?;
    screening_letters::write(tx, app, round, &given).await?;
    Ok(true)
}

async fn give(
    tx: &mut Tx,
    round: &Round,
    wanting: Vec<(ParticipantId, PersonId, usize)>,
    by: Option<PersonId>,
) -> Answer<Vec<(ParticipantId, PersonId)>> {
    let managers: BTreeMap<PersonId, Option<PersonId>> = people::reporting_lines(tx).await?.into_iter().collect();
    let assigned = screening_store::assignments(tx, round.id).await?;
    let pool = screening_store::pool(tx, round.program_id).await?;
    let open = |person: &PersonId| assigned.iter().filter(|one| one.reviewer_id == *person).count();
    let load = pool.iter().map(|person| (*person, open(person))).collect();
    let applicant = |(participant, person, needs): (ParticipantId, PersonId, usize)| Applicant {
        participant,
        never: line_of(person, &managers),
        has: assigned
            .iter()
            .filter(|one| one.participant_id == participant)
            .filter(|one| one.submitted_at.is_some() || pool.contains(&one.reviewer_id)) // the others cannot read any more
            .map(|one| one.reviewer_id)
            .collect(),
        needs,
    };
    let applicants: Vec<_> = wanting.into_iter().map(applicant).collect();
    let given = assign(&applicants, load);
    for (participant, reviewer) in &given {
        must_have(screening_store::assign(tx, *participant, *reviewer, by).await?)?;
    }
    Ok(given)
}

/// Somebody and everybody above them.
fn line_of(person: PersonId, managers: &BTreeMap<PersonId, Option<PersonId>>) -> BTreeSet<PersonId> {
    let mut line = BTreeSet::new();
    let mut next = Some(person);
    while let Some(person) = next.filter(|person| line.insert(*person)) {
        next = managers.get(&person).copied().flatten();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applicant(needs: usize, never: &[PersonId], has: &[PersonId]) -> Applicant {
        Applicant {
            participant: ParticipantId::new(),
            never: never.iter().copied().collect(),
            has: has.iter().copied().collect(),
            needs,
        }
    }

    #[test]
    fn applications_are_spread_evenly_and_never_to_a_superior() {
        let [a, b, c] = [PersonId::new(), PersonId::new(), PersonId::new()];
        let load = |people: &[PersonId]| people.iter().map(|person| (*person, 0)).collect::<BTreeMap<_, _>>();
        let applicants: Vec<_> = (0..6).map(|_| applicant(2, &[], &[])).collect();
        let given = assign(&applicants, load(&[a, b, c]));
        for person in [a, b, c] {
            assert_eq!(given.iter().filter(|(_, reviewer)| *reviewer == person).count(), 4);
        }
        let given = assign(&[applicant(2, &[a], &[])], load(&[a, b, c]));
        assert!(given.iter().all(|(_, reviewer)| *reviewer != a) && given.len() == 2);
        assert_eq!(assign(&[applicant(2, &[], &[])], load(&[a])).len(), 1, "as far as there is somebody");
        assert_eq!(assign(&[applicant(2, &[], &[a, b])], load(&[a, b, c])), [], "enough already");
        let third = assign(&[applicant(3, &[], &[a, b])], load(&[a, b, c]));
        assert_eq!(third.iter().map(|(_, reviewer)| *reviewer).collect::<Vec<_>>(), [c]);
    }

    #[test]
    fn a_line_ends_even_where_it_goes_round() {
        let [a, b, c] = [PersonId::new(), PersonId::new(), PersonId::new()];
        let managers = BTreeMap::from([(a, Some(b)), (b, Some(c)), (c, Some(b))]);
        assert_eq!(line_of(a, &managers), BTreeSet::from([a, b, c]));
        assert_eq!(line_of(c, &BTreeMap::new()), BTreeSet::from([c]));
    }

    #[test]
    fn the_suggestion_is_complete() {
        let design = suggested().unwrap();
        assert!((1..=3).contains(&design.questions.len()) && (3..=5).contains(&design.lines.len()));
        assert_eq!(stored(&serde_json::to_string(&design).unwrap()).unwrap(), design);
    }
}
