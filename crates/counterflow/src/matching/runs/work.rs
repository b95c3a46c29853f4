//! The job `matching.run`: reads (once), lets the engine work on a thread of its own, notes its progress, stores what
//! it found. Killed in the middle it is run again from what was read first, and finds the same draft.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use super::{
    Failure, Run,
    engine::{self, Draft, Stop},
    progress::{StopOnDrop, Watch},
    store,
};
use crate::{
    jobs,
    kernel::{
        app::App,
        error::Answer,
        event::Event,
        guard::ByServer,
        ids::{RoundId, RunId},
    },
    matching::{
        RunState, criteria,
        inputs::{self, Inputs},
    },
    programs::{self, Round, template::Template},
};

/// How often progress is written and the wish to stop is read.
const BEAT: Duration = Duration::from_millis(500);

/// Everything that the run needs, read in one transaction.
struct Begun {
    run: Run,
    round: Round,
    inputs: Inputs,
    design: Template,
}

/// Carries out a run. The payload is its id.
///
/// # Errors
/// When the database fails: then the job is tried again. A run that cannot have a draft has failed, and the job is done.
pub async fn work(app: App, payload: Value) -> Answer<()> {
    let id: RunId = jobs::id(&payload)?;
    let watch = Arc::new(Watch::new(app.db.clock().clone()));
    let Some(begun) = begin(&app, id, &watch).await? else { return Ok(()) };
    let Begun { run, round, inputs, design } = begun;
    let (criteria, theirs) = (run.criteria.clone(), watch.clone());
    // A job whose time is over, or that was taken from this process, is dropped here. The thread has to hear of it.
    let _stop = StopOnDrop(watch.clone());
    let mut engine = tokio::task::spawn_blocking(move || {
        engine::draft(&inputs, &criteria, |key| design.topic_name(key).to_owned(), &theirs)
    });
    let found = loop {
        tokio::select! {
            found = &mut engine => break found,
            () = tokio::time::sleep(BEAT) => beat(&app, &run, &watch).await?,
        }
    };
    let found = found.unwrap_or_else(|panic| {
        tracing::error!(run = %run.id, %panic, "the matching engine broke");
        Err(Stop::Failed(Failure::Broken))
    });
    settle(&app, &run, &round, &watch, found).await
}

/// Reads what the run needs; `None` if it is over, or was asked to stop before it began.
async fn begin(app: &App, id: RunId, watch: &Watch) -> Answer<Option<Begun>> {
    let mut tx = app.db.write().await?;
    let Some(round) = store::round_of(&mut tx, id).await? else { return Ok(None) };
    let leave = ByServer(round);
    tx.lock(id).await?;
    let run = store::run(&mut tx, &leave, id).await?;
    if !run.state.is_open() {
        return Ok(None);
    }
    let begun = match store::note_progress(&mut tx, &run, &watch.snapshot()).await? {
        true => {
            store::end(&mut tx, &run, RunState::Cancelled, None).await?;
            None
        }
        false => Some(read(&mut tx, &leave, run).await?),
    };
    tx.commit().await?;
    Ok(begun)
}

async fn read(tx: &mut crate::kernel::db::Tx, leave: &ByServer<RoundId>, run: Run) -> Answer<Begun> {
    let round = programs::round(tx, leave).await?;
    let program = programs::program_of(tx, &round).await?;
    let inputs = match store::inputs(tx, &run).await? {
        Some(inputs) => inputs,
        None => {
            let everything = inputs::gather(tx, leave).await?;
            // What cannot be read is kept whole: the run fails, and says so.
            let inputs = match criteria::read(&run.criteria) {
                Ok(criteria) => everything.narrowed_to(&criteria),
                Err(_) => everything,
            };
            store::keep_inputs(tx, &run, &inputs).await?;
            inputs
        }
    };
    Ok(Begun { run, round, inputs, design: program.design })
}

/// Notes how far the engine is, and passes on the wish to stop.
async fn beat(app: &App, run: &Run, watch: &Watch) -> Answer<()> {
    let mut tx = app.db.write().await?;
    if store::note_progress(&mut tx, run, &watch.snapshot()).await? {
        watch.stop();
    }
    tx.commit().await?;
    Ok(())
}

/// Stores what the engine found.
async fn settle(app: &App, run: &Run, round: &Round, watch: &Watch, found: Result<Draft, Stop>) -> Answer<()> {
    let mut tx = app.db.write().await?;
    tx.lock(run.id).await?;
    let event = match found {
        Ok(draft) if store::finish(&mut tx, run, &draft, &watch.snapshot()).await? => Some("run.done"),
        Err(Stop::Failed(failure)) => {
            if let Failure::NotProven { violation } = &failure {
                tracing::error!(run = %run.id, violation, "a draft could not be verified");
            }
            store::end(&mut tx, run, RunState::Failed, Some(&failure)).await?.then_some("run.failed")
        }
        Ok(_) | Err(Stop::Cancelled) => {
            store::end(&mut tx, run, RunState::Cancelled, None).await?;
            None
        }
    };
    if let Some(kind) = event {
        Event::by_server(kind).program(round.program_id).round(round.id).on(run.id).record(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(())
}
