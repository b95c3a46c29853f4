//! Nobody is in two programs at once that exclude each other, nor in a program that leaves out a group to which they
//! belong: a shadow board, for example.
//!
//! Whoever registers first takes part there. What is declared later takes nothing away from those who are in both by
//! then: the page names them, and a manager decides with them.

use std::collections::BTreeSet;

use askama::Template;
use axum::http::StatusCode;
use serde_json::json;

use super::exclusion_store::{self as store, Elsewhere, Exclusion};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        form::{Problem, Problems},
        guard::{Access, ByServer},
        ids::{OutsideGroupId, PersonId, ProgramId},
    },
    mail::{self, Letter},
    people,
    programs::{self, ProgramRole},
};

/// Refuses where something stands against somebody's taking part in a program; what does is said only to managers. Holds
/// whoever else would take them in until the end of the transaction.
///
/// # Errors
/// `takes_part_elsewhere` or, where a manager asks, `is_elsewhere` with what stands against it; or when the database fails.
pub(super) async fn must_be_free(tx: &mut Tx, program: ProgramId, person: PersonId, asks: Asks) -> Answer<()> {
    hold(tx, program).await?;
    match (stands_against(tx, program, person).await?, asks) {
        (None, _) => Ok(()),
        (Some(_), Asks::Themselves) => Err(Error::conflict("takes_part_elsewhere")),
        (Some(elsewhere), Asks::Manager) => Err(Error::Trouble {
            status: StatusCode::CONFLICT,
            key: "is_elsewhere",
            data: vec![("elsewhere", elsewhere.name)],
        }),
    }
}

/// Who would take somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// Whoever registers.
    Themselves,
    /// Whoever admits.
    Manager,
}

/// Holds whoever else would take people into a program that excludes another, to the end of the transaction: otherwise two
/// programs could take the same person in at once. One lock for all of them, and not one a person: a line can be long, and
/// who comes up in it is known only one by one, so that locks on people would be taken in any order. Whoever takes it has
/// the locks on their round and participants already. Programs without an exclusion do not wait for anybody.
async fn hold(tx: &mut Tx, program: ProgramId) -> Answer<()> {
    if store::excludes(tx, program).await? {
        tx.lock("takes-part").await?;
    }
    Ok(())
}

/// Everybody whom something keeps from taking part in a program now, for those who take many in. Holds whoever else would
/// until the end of the transaction.
pub(super) async fn kept_out(tx: &mut Tx, program: ProgramId) -> Answer<BTreeSet<PersonId>> {
    hold(tx, program).await?;
    Ok(store::elsewhere(tx, program, None).await?.into_iter().map(|one| one.person_id).collect())
}

/// The first thing that stands against somebody's taking part in a program.
pub(super) async fn stands_against(tx: &mut Tx, program: ProgramId, person: PersonId) -> Answer<Option<Elsewhere>> {
    Ok(store::elsewhere(tx, program, Some(person)).await?.into_iter().next())
}

/// Declares that nobody takes part in two programs at once. The managers of the other one hear of it. The same again
/// changes nothing.
///
/// # Errors
/// When the database fails. Inside: there is no such program, or it is this one.
pub async fn exclude(
    tx: &mut Tx,
    app: &App,
    access: &Access<ProgramId>,
    other: ProgramId,
) -> Answer<Result<(), Problems>> {
    let known = store::others(tx, access).await?.iter().any(|(id, _)| *id == other);
    let declared = store::exclusions(tx, access).await?.iter().any(|one| one.program_id == other);
    if !known && !declared {
        return Ok(Err(Problems::one("other", "not_a_choice")));
    }
    if !store::insert(tx, access.id, other, access.viewer.person).await? {
        return Ok(Ok(()));
    }
    let event = Event::by(&access.viewer, "program.excluded").program(access.id).on(other).record(tx).await?;
    let here = programs::program(tx, access).await?;
    let there = programs::program(tx, &ByServer(other)).await?;
    let labels = there.labels();
    let link = app.link(&format!("/programs/{other}/exclusions"));
    for manager in programs::addressees(tx, &ByServer(other), ProgramRole::Manager).await? {
        if manager.id != access.viewer.person {
            let (who, name, here, there) = (&access.viewer.name, &manager.name, &here.name, &there.name);
            let words = Words { who, name, here, there, link: &link };
            let key = format!("exclusion:{event}:{}", manager.id);
            let (text, html) = (Text { words: &words }, Html { words: &words });
            mail::write(tx, app, Letter::from_templates(&labels, key, manager.id, &manager.email, &text, &html)?)
                .await?;
        }
    }
    Ok(Ok(()))
}

struct Words<'a> {
    who: &'a str,
    name: &'a str,
    here: &'a str,
    there: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "enrollment/mail_exclusion.txt")]
struct Text<'a> {
    words: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "enrollment/mail_exclusion.html")]
struct Html<'a> {
    words: &'a Words<'a>,
}

/// Takes an exclusion back.
///
/// # Errors
/// When the database fails.
pub async fn include(tx: &mut Tx, access: &Access<ProgramId>, other: ProgramId) -> Answer<()> {
    if store::delete(tx, access.id, other).await? {
        Event::by(&access.viewer, "program.included").program(access.id).on(other).record(tx).await?;
    }
    Ok(())
}

/// A group outside about to be saved.
#[derive(Debug)]
pub struct NewGroup {
    /// The group's id: of one that there is, or of a new one.
    pub id: OutsideGroupId,
    /// What it is called.
    pub name: String,
    /// E-mail addresses of its members, one a line.
    pub members: String,
}

/// Saves a group whose members a program leaves out.
///
/// # Errors
/// [`Error::NotFound`] if it is another program's group, or when the database fails. Inside: the name is taken, or
/// nobody in the directory has one of the addresses; nothing was saved then.
pub async fn leave_out(tx: &mut Tx, access: &Access<ProgramId>, new: &NewGroup) -> Answer<Result<(), Problems>> {
    let groups = store::groups(tx, access).await?;
    if groups.iter().any(|group| group.id != new.id && group.name == new.name) {
        return Ok(Err(Problems::one("name", "taken")));
    }
    let members = match members(tx, &new.members).await? {
        Ok(members) => members,
        Err(problems) => return Ok(Err(problems)),
    };
    if !store::save_group(tx, access, new.id, &new.name, Some(access.viewer.person)).await? {
        return Err(Error::NotFound);
    }
    store::set_members(tx, new.id, &members).await?;
    let event = Event::by(&access.viewer, "program.group_left_out").program(access.id).on(new.id);
    event.with(json!({ "members": members.len() })).record(tx).await?;
    Ok(Ok(()))
}

/// Whoever has these addresses.
async fn members(tx: &mut Tx, lines: &str) -> Answer<Result<Vec<PersonId>, Problems>> {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for (line, address) in
        (1..).zip(lines.lines()).map(|(line, text): (usize, &str)| (line, text.trim().to_lowercase()))
    {
        if address.is_empty() {
            continue;
        }
        match people::colleague(tx, &address).await? {
            Some(person) => found.push(person),
            None => problems.push(Problem {
                field: "members".to_owned(),
                key: "nobody_on_line",
                data: vec![("line", line.to_string()), ("text", address)],
            }),
        }
    }
    if found.is_empty() && problems.is_empty() {
        return Ok(Err(Problems::one("members", "missing")));
    }
    Ok(if problems.is_empty() { Ok(found) } else { Err(problems.into_iter().collect()) })
}

/// Takes a group back: its members may take part again.
///
/// # Errors
/// When the database fails.
pub async fn let_in(tx: &mut Tx, access: &Access<ProgramId>, group: OutsideGroupId) -> Answer<()> {
    if store::delete_group(tx, access, group).await? {
        Event::by(&access.viewer, "program.group_let_in").program(access.id).on(group).record(tx).await?;
    }
    Ok(())
}

/// What stands against taking part in a program, and whom it keeps out.
#[derive(Debug)]
pub struct Exclusions {
    /// Other programs.
    pub programs: Vec<Exclusion>,
    /// Groups, each with the addresses of its members.
    pub groups: Vec<(store::OutsideGroup, String)>,
    /// Programs that could be added.
    pub others: Vec<(ProgramId, String)>,
    /// Who is in both.
    pub in_both: Vec<store::InBoth>,
    /// How many people cannot take part now.
    pub left_out: usize,
}

/// Everything about a program's exclusions.
///
/// # Errors
/// When the database fails.
pub async fn exclusions(tx: &mut Tx, access: &Access<ProgramId>) -> Answer<Exclusions> {
    let mut groups = Vec::new();
    for group in store::groups(tx, access).await? {
        let addresses = store::addresses(tx, access, group.id).await?.join("\n");
        groups.push((group, addresses));
    }
    let elsewhere = store::elsewhere(tx, access.id, None).await?;
    let left_out: BTreeSet<PersonId> = elsewhere.into_iter().map(|one| one.person_id).collect();
    Ok(Exclusions {
        programs: store::exclusions(tx, access).await?,
        groups,
        others: store::others(tx, access).await?,
        in_both: store::in_both(tx, access).await?,
        left_out: left_out.len(),
    })
}
