//! Circles: several mentors and several mentees who meet as one group.

mod anneal;
mod assign;
mod bound;
mod check;
mod draft;
mod improve;
mod pairs;
mod scores;
mod search;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::compiled::CompiledInstance;
use crate::instance::PairIds;
use crate::profile::{Side, Sides};

pub use check::{CircleViolation, verify_circles};

/// How many people of each side a circle has: at least one of each, 3 to 8 together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Sides<u8>", into = "Sides<u8>")]
pub struct Shape {
    mentors: u8,
    mentees: u8,
}

/// A circle cannot have so many people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a circle has 1 or more mentors and mentees, 3 to 8 people together; not {mentors} and {mentees}")]
pub struct ShapeError {
    mentors: u8,
    mentees: u8,
}

impl Shape {
    /// So many mentors and mentees.
    ///
    /// # Errors
    /// When one side is missing, or there are less than 3 or more than 8 people.
    pub fn new(mentors: u8, mentees: u8) -> Result<Self, ShapeError> {
        let people = mentors.saturating_add(mentees);
        if mentors == 0 || mentees == 0 || !(3..=8).contains(&people) {
            return Err(ShapeError { mentors, mentees });
        }
        Ok(Self { mentors, mentees })
    }

    /// The number of people of one side.
    pub fn of(self, side: Side) -> usize {
        usize::from(match side {
            Side::Mentor => self.mentors,
            Side::Mentee => self.mentees,
        })
    }

    /// The number of pairs of a mentor and a mentee in a circle.
    pub fn pairs(self) -> usize {
        self.of(Side::Mentor) * self.of(Side::Mentee)
    }
}

impl TryFrom<Sides<u8>> for Shape {
    type Error = ShapeError;

    fn try_from(sides: Sides<u8>) -> Result<Self, ShapeError> {
        Self::new(sides.mentors, sides.mentees)
    }
}

impl From<Shape> for Sides<u8> {
    fn from(shape: Shape) -> Self {
        Self { mentors: shape.mentors, mentees: shape.mentees }
    }
}

/// What circles to form, and how hard to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircleOptions {
    /// How many people each circle has.
    pub shape: Shape,
    /// How often prices are adjusted to lower the bound, on each side; every so often a new arrangement starts from
    /// them. More rounds take longer and never make the result worse.
    pub rounds: u32,
}

impl CircleOptions {
    /// Circles of this shape, with as much effort as usually pays.
    pub fn of(shape: Shape) -> Self {
        Self { shape, rounds: 200 }
    }
}

/// People who meet as one group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Circle {
    /// Ids, in order.
    pub mentors: Vec<String>,
    /// Ids, in order.
    pub mentees: Vec<String>,
    /// The sum of the scores of all pairs of a mentor and a mentee in the circle.
    pub score: u32,
}

/// An arrangement of circles, with what is known about how good it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circles {
    /// How many people each circle has.
    pub shape: Shape,
    /// In the order of their mentors.
    pub circles: Vec<Circle>,
    /// Who is in no circle, in the order of ids.
    pub unplaced: Sides<Vec<String>>,
    /// The sum of the scores of all circles.
    pub total: i64,
    /// No arrangement with at least as many circles has a higher total.
    pub bound: i64,
    /// How good the arrangement is known to be.
    pub status: CircleStatus,
    /// What proves the bound.
    pub proof: CircleProof,
}

/// How good an arrangement is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CircleStatus {
    /// No other arrangement has more circles, and none with as many has a higher total.
    Exact,
    /// Perhaps there is a better one, and nobody knows.
    Gap {
        /// At most so many more circles.
        circles: u32,
        /// At most so much more in total, with as many circles or more.
        total: i64,
    },
}

/// Why no arrangement is better than the bound, and none has more circles.
///
/// `most` is the smaller one of two numbers. People who have enough admissible partners, among those who have enough
/// themselves, suffice for only so many circles. And so do scarce people: each of them is in one pair with everybody
/// across in a circle; everybody across is in at most as many other pairs as a circle has and as they can; together
/// these are all pairs of all circles.
///
/// The bound is one of weak duality: take the side across from the prices. Let each person there choose the partners of
/// a circle, as many as it has, by score minus price; let as many of them do so as the circles have, those for whom it
/// adds up to the most. That plus every price, as often as a circle uses a person, is at least the total of any
/// arrangement, whatever the prices, if only none is below 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircleProof {
    /// No arrangement has more circles.
    pub most: u32,
    /// The side of the scarce people.
    pub scarce: Side,
    /// Their ids, in order; nobody where others are not the limit.
    pub scarce_people: Vec<String>,
    /// Whose prices they are.
    pub side: Side,
    /// By id, for prices above 0.
    pub prices: BTreeMap<String, i64>,
}

/// What [`form_circles`] is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircleStep {
    /// Finding out who can meet whom, and how well they fit; counted in mentors.
    Score,
    /// Finding two drafts of pairs, one after the other: that with the most pairs says how many circles there can be, that
    /// with the highest total how good they can be. Counted in people and places.
    Draft,
    /// Lowering the bound; counted in rounds.
    Bound,
    /// Improving an arrangement; counted in arrangements begun.
    Improve,
}

/// How far [`form_circles`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircleProgress {
    /// The step.
    pub step: CircleStep,
    /// What is done of it.
    pub done: u64,
    /// All of it.
    pub of: u64,
    /// The circles of the best arrangement so far.
    pub circles: u32,
    /// Its total.
    pub total: i64,
}

/// Why there is no arrangement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CirclesError {
    /// A pinned pair says who meets, not in what circle and with whom else.
    #[error("circles cannot keep pinned pairs, and there are {}", .0.len())]
    Pinned(Vec<PairIds>),
    /// Broken off before all pairs were scored, when nothing was known.
    #[error("the match was cancelled")]
    Cancelled,
}

/// Forms circles of one shape: as many as it finds a way to fill, and among those arrangements the highest total.
///
/// Every mentor of a circle can meet every mentee of it by all hard rules, and a circle is worth the sum of their
/// scores; mentors among themselves, and mentees, are not compared. Everybody is in at most one circle; who takes part
/// on both sides can be in one as a mentor and in another as a mentee. Capacities do not count here: they are for
/// pairs ("two mentors for one leader", "one mentor for several leaders" are drafts of [`solve`](crate::solve), which
/// is exact).
///
/// # How good it is
/// To form circles is hard in general (with three mentees a circle it already contains exact cover by 3-sets), so the
/// result says how good it is known to be. The status is [`CircleStatus::Exact`]
/// * always, where circles have one mentor and all mentors can be full at once, because then the best draft of pairs
///   is an arrangement of circles; in the same way where they have one mentee;
/// * otherwise where the bound happens to be reached. This is rare when a circle has two people or more of each side,
///   since the bound lets each mentor choose mentees without asking the other mentors of the circle.
///
/// In all other cases it is [`CircleStatus::Gap`]: at most so much is missing, and usually less. On made-up programs of
/// 300 and 300 people it was 0.02 to 2 percent of the total with one person on a side, and 5 to 16 percent with several
/// on both, more in larger circles; how much of that is the bound's is not known. The arrangement is a local optimum:
/// no exchange of all mentors or all mentees at once makes it better, and with several people on both sides neither does
/// a new division of any two circles or a recombination of halves of all circles; annealing has then looked for better
/// ones further away. Hard rules that forbid much can leave fewer circles possible than people would suffice for, and
/// it may not find them all.
///
/// The same input gives the same circles, in whatever order its rows come. `progress` can stop the work; what was best
/// so far is then the result. Takes 4 bytes a pair of a mentor and a mentee.
///
/// ```
/// use std::ops::ControlFlow;
/// use counterflow_matching::{
///     CircleOptions, CircleStatus, Criteria, Instance, Profile, Shape, Value, Want, form_circles, verify_circles,
/// };
///
/// let criteria = Criteria::from_toml(r#"
/// [[criterion]]
/// rule = "prefer"
/// compare = "offers_what_the_other_wants"
/// mentor_field = "offers"
/// mentee_field = "wants"
/// weight = 1
/// "#).expect("the criteria are in the form");
/// let mentor = |id: &str, topic: &str| Profile::new(id, 1).with("offers", Value::offers([(topic, 4)]));
/// let mentee = |id: &str, topic: &str| {
///     Profile::new(id, 1).with("wants", Value::wants([(topic, Want::any_level(3))]))
/// };
/// let instance = Instance::new(
///     vec![mentor("ana", "AI at work"), mentor("tom", "passkeys")],
///     vec![mentee("li", "passkeys"), mentee("priya", "AI at work"), mentee("ruth", "AI at work"), mentee("sam", "passkeys")],
///     criteria,
/// );
/// let compiled = instance.compile().expect("people and criteria fit each other");
///
/// let shape = Shape::new(1, 2).expect("three people are a circle");
/// let circles = form_circles(&compiled, &CircleOptions::of(shape), |_| ControlFlow::Continue(())).expect("no pins");
/// assert_eq!(circles.circles[0].mentors, ["ana"]);
/// assert_eq!(circles.circles[0].mentees, ["priya", "ruth"]);
/// assert_eq!(circles.circles[1].mentees, ["li", "sam"]);
/// assert_eq!((circles.total, circles.bound, circles.status), (25_600, 25_600, CircleStatus::Exact));
/// assert!(verify_circles(&compiled, &circles).is_ok());
/// ```
///
/// # Errors
/// [`CirclesError::Pinned`] where there are pinned pairs; [`CirclesError::Cancelled`] when `progress` breaks off before
/// all pairs are scored.
pub fn form_circles(
    compiled: &CompiledInstance,
    options: &CircleOptions,
    progress: impl FnMut(CircleProgress) -> ControlFlow<()> + Send,
) -> Result<Circles, CirclesError> {
    let pinned: Vec<PairIds> = compiled.pinned_pairs().map(|(mentor, mentee)| compiled.ids(mentor, mentee)).collect();
    if !pinned.is_empty() {
        return Err(CirclesError::Pinned(pinned));
    }
    search::search(compiled, *options, progress).ok_or(CirclesError::Cancelled)
}
