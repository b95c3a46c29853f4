//! How far a run is: written by the working thread, read and stored by the job every half second.

use std::{
    ops::ControlFlow,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use serde::{Deserialize, Serialize};

use crate::{
    kernel::clock::{Clock, Timestamp},
    words,
};

words! {
    /// What a run does, in order.
    Step {
        /// Participants and criteria.
        Read = "read",
        /// Who can meet whom.
        Count = "count",
        /// The best draft.
        Solve = "solve",
        /// That no draft is better.
        Prove = "prove",
        /// The reasons for each pair.
        Explain = "explain",
    }
}

/// A step that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDone {
    /// Which.
    pub step: Step,
    /// How long it took.
    pub millis: i64,
}

impl StepDone {
    /// `0.2 s`.
    #[must_use]
    pub fn seconds(&self) -> String {
        let tenths = (self.millis + 50) / 100;
        format!("{}.{} s", tenths / 10, tenths % 10)
    }
}

/// How far a run is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// The steps that are done.
    pub done: Vec<StepDone>,
    /// What it does now.
    pub now: Option<Step>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// How much of the present step is done.
    pub part: u64,
    /// All of the present step; 0 where that is not known.
    pub of: u64,
    /// Mentors, mentees, criteria.
    pub sizes: Option<(usize, usize, usize)>,
    /// Of all pairs, those that remain: how many, of how many.
    pub remaining: Option<(u64, u64)>,
}

impl Progress {
    /// The step, if it is done.
    #[must_use]
    pub fn step_done(&self, step: Step) -> Option<&StepDone> {
        self.done.iter().find(|done| done.step == step)
    }

    fn turn_to(&mut self, step: Option<Step>, now: Timestamp) {
        if let (Some(step), Some(since)) = (self.now, self.since) {
            let millis = i64::try_from(now.since(since).as_millis()).unwrap_or(0);
            self.done.push(StepDone { step, millis });
        }
        (self.now, self.since, self.part, self.of) = (step, step.map(|_| now), 0, 0);
    }
}

/// What the working thread and the job share.
#[derive(Debug)]
pub(super) struct Watch {
    clock: Clock,
    progress: Mutex<Progress>,
    stopped: AtomicBool,
}

impl Watch {
    pub fn new(clock: Clock) -> Self {
        let watch = Self { clock, progress: Mutex::default(), stopped: AtomicBool::new(false) };
        watch.turn_to(Some(Step::Read));
        watch
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn_to(&self, step: Option<Step>) {
        let now = self.clock.now();
        self.progress().turn_to(step, now);
    }

    /// Begins a step, unless the run was asked to stop.
    pub fn begin(&self, step: Step) -> ControlFlow<()> {
        self.turn_to(Some(step));
        self.go_on()
    }

    /// The last step is done.
    pub fn finish(&self) {
        self.turn_to(None);
    }

    /// Notes how much of the present step is done.
    pub fn report(&self, part: u64, of: u64) -> ControlFlow<()> {
        let mut progress = self.progress();
        (progress.part, progress.of) = (part, of);
        drop(progress);
        self.go_on()
    }

    pub fn note(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut self.progress());
    }

    /// Breaks off if the run was asked to stop.
    pub fn go_on(&self) -> ControlFlow<()> {
        if self.stopped.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// From now on the thread stops at the next chance.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub fn snapshot(&self) -> Progress {
        self.progress().clone()
    }
}

/// Stops the working thread when whoever waits for it is gone.
#[derive(Debug)]
pub(super) struct StopOnDrop(pub Arc<Watch>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn steps_take_time_and_stop_when_asked() {
        let clock = Clock::at("2026-01-12T08:00:00Z".parse().unwrap());
        let watch = Watch::new(clock.clone());
        clock.set(clock.now().plus(SignedDuration::from_millis(140)));
        assert!(watch.begin(Step::Count).is_continue());
        assert!(watch.report(3, 9).is_continue());
        watch.stop();
        assert!(watch.report(4, 9).is_break());
        let progress = watch.snapshot();
        assert_eq!(progress.step_done(Step::Read).map(StepDone::seconds), Some("0.1 s".to_owned()));
        assert_eq!((progress.now, progress.part, progress.of), (Some(Step::Count), 4, 9));
        watch.finish();
        assert_eq!(watch.snapshot().done.len(), 2);
    }
    #[test]
    fn the_thread_stops_when_nobody_waits_for_it() {
        let watch = Arc::new(Watch::new(Clock::at("2026-01-12T08:00:00Z".parse().unwrap())));
        let stop = StopOnDrop(watch.clone());
        assert!(watch.report(1, 9).is_continue());
        drop(stop);
        assert!(watch.report(2, 9).is_break());
    }
}
