//! Who was seen from when to when, and whether that ended with the event.

use crate::error::Error;

/// Rows of time to an event, one for each person or, in the counting process form, for each stretch of a person's time.
///
/// A row is at risk at t if `entry < t <= time`: whoever is censored at t still counts at t, and whoever enters at t does
/// not (Andersen and Gill 1982; some tools count `[entry, time]`, which gives other figures).
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalData {
    pub(super) entry: Option<Vec<f64>>,
    pub(super) time: Vec<f64>,
    pub(super) event: Vec<bool>,
    pub(super) weights: Option<Vec<f64>>,
    pub(super) strata: Option<Vec<u32>>,
    pub(super) clusters: Option<Vec<u32>>,
}

impl SurvivalData {
    /// Rows that are at risk from 0 to `time`, where the event happens if `event`, and else they are censored.
    ///
    /// # Errors
    /// [`Error::Empty`] without rows, [`Error::Lengths`] if the columns differ in length, [`Error::OutOfRange`] for a
    /// time below 0 or without end.
    pub fn right_censored(time: Vec<f64>, event: Vec<bool>) -> Result<Self, Error> {
        if time.is_empty() {
            return Err(Error::Empty { what: "time" });
        }
        same_length("event", event.len(), time.len())?;
        all("time", &time, |time| time >= 0.0)?;
        if u32::try_from(time.len()).is_err() {
            return Err(Error::OutOfRange { what: "rows", value: time.len() as f64 });
        }
        Ok(Self { entry: None, time, event, weights: None, strata: None, clusters: None })
    }

    /// Rows that are at risk after `entry` up to and at `time`.
    ///
    /// # Errors
    /// As [`Self::right_censored`]; [`Error::OutOfRange`] for an entry that is below 0 or not before its time.
    pub fn counting_process(entry: Vec<f64>, time: Vec<f64>, event: Vec<bool>) -> Result<Self, Error> {
        same_length("entry", entry.len(), time.len())?;
        all("entry", &entry, |entry| entry >= 0.0)?;
        let data = Self::right_censored(time, event)?;
        if let Some((entry, _)) = entry.iter().zip(&data.time).find(|(entry, time)| entry >= time) {
            return Err(Error::OutOfRange { what: "entry", value: *entry });
        }
        Ok(Self { entry: Some(entry), ..data })
    }

    /// With a weight for each row, such as the inverse of its probability to be sampled.
    ///
    /// # Errors
    /// [`Error::Lengths`], or [`Error::OutOfRange`] for a weight that is not above 0: leave such a row out.
    pub fn with_weights(self, weights: Vec<f64>) -> Result<Self, Error> {
        same_length("weights", weights.len(), self.len())?;
        all("weights", &weights, |weight| weight > 0.0)?;
        Ok(Self { weights: Some(weights), ..self })
    }

    /// With the stratum of each row: rows are compared only with rows of their own.
    ///
    /// # Errors
    /// [`Error::Lengths`].
    pub fn with_strata(self, strata: Vec<u32>) -> Result<Self, Error> {
        same_length("strata", strata.len(), self.len())?;
        Ok(Self { strata: Some(strata), ..self })
    }

    /// With the cluster of each row, such as its person: rows of a cluster may depend on each other.
    ///
    /// # Errors
    /// [`Error::Lengths`].
    pub fn with_clusters(self, clusters: Vec<u32>) -> Result<Self, Error> {
        same_length("clusters", clusters.len(), self.len())?;
        Ok(Self { clusters: Some(clusters), ..self })
    }

    /// How many rows there are; never 0.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "there is always a row")]
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// How many rows end with the event.
    #[must_use]
    pub fn events(&self) -> usize {
        self.event.iter().filter(|event| **event).count()
    }

    /// The weight of a row; 1 without weights.
    pub(super) fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[row])
    }
}

pub(super) fn same_length(what: &'static str, have: usize, need: usize) -> Result<(), Error> {
    if have == need { Ok(()) } else { Err(Error::Lengths { what, have, need }) }
}

/// That all values are finite and as they should be.
fn all(what: &'static str, values: &[f64], is_right: impl Fn(f64) -> bool) -> Result<(), Error> {
    match values.iter().find(|value| !(value.is_finite() && is_right(**value))) {
        Some(value) => Err(Error::OutOfRange { what, value: *value }),
        None => Ok(()),
    }
}

/// Labels as numbers from 0 in the order of the labels, and the labels.
pub(super) fn ranks(labels: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut distinct = labels.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let place = |label: &u32| distinct.binary_search(label).unwrap_or_default() as u32;
    (labels.iter().map(place).collect(), distinct)
}
