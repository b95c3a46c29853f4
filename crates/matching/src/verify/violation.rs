//! What can be wrong with a draft or its certificate.

use crate::instance::PairIds;
use crate::objective::ObjectiveValue;
use crate::profile::Side;

/// What is wrong with a draft or its certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// The certificate was made for other people, criteria, pins or forbidden pairs.
    #[error("the certificate was made for another input")]
    OtherInput,
    /// The certificate was made for another objective than the draft.
    #[error("the certificate was made for another objective")]
    OtherObjective,
    /// The constants of the objective are not those that follow from the number of people.
    #[error("the bonuses of the certificate are not those of this instance")]
    OtherBonus,
    /// A pair names somebody who is not there.
    #[error("{side} {person} is unknown")]
    UnknownPerson {
        /// The side.
        side: Side,
        /// The id.
        person: String,
    },
    /// A pair stands in the draft twice.
    #[error("mentor {} and mentee {} are paired more than once", .0.mentor, .0.mentee)]
    RepeatedPair(PairIds),
    /// The draft has a pair that breaks a rule.
    #[error("mentor {} and mentee {} cannot be paired", .0.mentor, .0.mentee)]
    InadmissiblePair(PairIds),
    /// The draft says wrongly of a pair that it was pinned, or that it was not.
    #[error("the pin of mentor {} and mentee {} is not as the draft says", .0.mentor, .0.mentee)]
    OtherPin(PairIds),
    /// The draft lacks a pinned pair.
    #[error("mentor {} and mentee {} are pinned, and not in the draft", .0.mentor, .0.mentee)]
    PinNotKept(PairIds),
    /// The pair's score is not the one that the criteria give.
    #[error("mentor {} and mentee {} score {expected}, not {found}", pair.mentor, pair.mentee)]
    OtherScore {
        /// The pair.
        pair: PairIds,
        /// The draft's score.
        found: u32,
        /// The criteria's score.
        expected: u32,
    },
    /// A person has more partners than places.
    #[error("{side} {person} has more partners than the capacity allows")]
    OverCapacity {
        /// The side.
        side: Side,
        /// The id.
        person: String,
    },
    /// What the draft or the certificate says it reaches is not what its pairs add up to.
    #[error("the value is not what the pairs add up to")]
    OtherValue {
        /// What they add up to.
        expected: ObjectiveValue,
    },
    /// The people without a partner are not those that the draft names.
    #[error("the list of unmatched people of the {side} side is not right")]
    OtherUnmatched {
        /// The side.
        side: Side,
    },
    /// The people with prices are not the people of the instance.
    #[error("the certificate does not have one price for each {side}")]
    OtherPeople {
        /// The side.
        side: Side,
    },
    /// A price below 0, above 0 for a place that is not filled, or below what a filled place has to cost.
    #[error("the price {price} of {side} {person} does not fit their partners")]
    WrongPrice {
        /// The side.
        side: Side,
        /// The id.
        person: String,
        /// The price.
        price: i64,
    },
    /// A rent for a pair that is not in the draft, or listed twice, or not above 0.
    #[error("the rent of mentor {} and mentee {} has no ground", .0.mentor, .0.mentee)]
    GroundlessRent(PairIds),
    /// A pair of the draft is not worth what its places and its rent add up to.
    #[error("mentor {} and mentee {} are worth {worth}, but priced {priced}", pair.mentor, pair.mentee)]
    WrongRent {
        /// The pair.
        pair: PairIds,
        /// Its score and bonuses.
        worth: i64,
        /// Prices and rent.
        priced: i64,
    },
    /// A pair outside the draft is worth more than its places cost: the prices prove nothing.
    #[error("mentor {} and mentee {} are worth {worth}, more than the {priced} they are priced", pair.mentor, pair.mentee)]
    Underpriced {
        /// The pair.
        pair: PairIds,
        /// Its score and bonuses.
        worth: i64,
        /// Prices.
        priced: i64,
    },
    /// The certificate of a stable draft has prices, rents or bounds, which such a draft has no use for.
    #[error("the certificate has prices, and a stable draft has none")]
    Priced,
    /// A draft that was settled for cannot be called stable.
    #[error("a limit came before the draft was stable")]
    Unfinished,
    /// A pair of a stable draft in which one gave a list without the other on it.
    #[error("mentor {} and mentee {} are paired, but the {side} did not choose the other", pair.mentor, pair.mentee)]
    NotChosen {
        /// The pair.
        pair: PairIds,
        /// Whose list it is.
        side: Side,
    },
    /// Two people outside a stable draft of whom each would take the other, for a free place or for somebody they like
    /// less: the draft is not stable.
    #[error("mentor {} and mentee {} would rather have each other than keep to the draft", pair.mentor, pair.mentee)]
    Blocking {
        /// The two.
        pair: PairIds,
    },
    /// Nothing in the certificate proves that no draft reaches more people or pairs.
    #[error("the certificate does not prove that nobody reaches more people and pairs")]
    ReachNotProven,
    /// Nothing in the certificate proves that no draft reaches as many with only better pairs.
    #[error("the certificate does not prove that no draft reaches as many with pairs above {least}")]
    WorstNotProven {
        /// The lowest score of the draft.
        least: u32,
    },
    /// The draft is not worth what the prices and rents add up to.
    #[error("the draft is worth {worth}, the prices add up to {bound}")]
    Gap {
        /// The draft with all bonuses.
        worth: i64,
        /// Prices and rents.
        bound: i64,
    },
}
