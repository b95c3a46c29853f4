//! Leaving or staying: how many events a log-rank test needs, and what it sees with those that there are. Events count,
//! not people.

use super::proportions::quantiles;
use crate::{
    distribution::normal,
    error::{Error, above, inside},
};

/// How many events it takes to see a hazard ratio with probability `power`, if a share `exposed` of the people belongs to
/// one of the two groups: `(z + z)^2 / (p (1 - p) ln^2 HR)` (Schoenfeld 1981, Biometrika 68, 316-319).
///
/// # Errors
/// [`Error::OutOfRange`] unless the ratio is above 0 and not 1, `exposed` lies between 0 and 1, and `alpha < power < 1`.
pub fn schoenfeld(hazard_ratio: f64, exposed: f64, power: f64, alpha: f64) -> Result<f64, Error> {
    let (z_alpha, z_power) = quantiles(power, alpha)?;
    let distance = above("distance from 1", log_ratio(hazard_ratio)?.abs(), 0.0)?;
    Ok(((z_alpha + z_power) / distance).powi(2) / balance(exposed)?)
}

/// How many people it takes for so many events, if each has one with probability `event`.
///
/// # Errors
/// [`Error::OutOfRange`] unless `event` lies above 0 and up to 1.
pub fn people(events: f64, event: f64) -> Result<f64, Error> {
    above("events", events, 0.0)?;
    if event > 0.0 && event <= 1.0 {
        Ok(events / event)
    } else {
        Err(Error::OutOfRange { what: "event", value: event })
    }
}

/// The probability that so many events show a hazard ratio (Schoenfeld 1981).
///
/// # Errors
/// As [`schoenfeld`].
pub fn power(hazard_ratio: f64, exposed: f64, events: f64, alpha: f64) -> Result<f64, Error> {
    above("events", events, 0.0)?;
    let seen = (events * balance(exposed)?).sqrt() * log_ratio(hazard_ratio)?.abs();
    Ok(normal::cdf(seen - normal::two_sided(alpha)?))
}

/// The hazard ratio below 1 that so many events show with probability `power`; its inverse is the one above 1.
///
/// # Errors
/// As [`schoenfeld`].
pub fn smallest_hazard_ratio(exposed: f64, events: f64, power: f64, alpha: f64) -> Result<f64, Error> {
    above("events", events, 0.0)?;
    let (z_alpha, z_power) = quantiles(power, alpha)?;
    Ok((-(z_alpha + z_power) / (events * balance(exposed)?).sqrt()).exp())
}

/// The probability of an event among all people, if a share `exposed` of them has one with probability `event_exposed`
/// and the others with `event_others`.
///
/// # Errors
/// [`Error::OutOfRange`] unless all lie between 0 and 1.
pub fn mean_event(exposed: f64, event_exposed: f64, event_others: f64) -> Result<f64, Error> {
    inside("exposed", exposed)?;
    Ok(exposed * inside("event", event_exposed)? + (1.0 - exposed) * inside("event", event_others)?)
}

/// The events that it takes in two groups of one size, after Freedman (1982), Statistics in Medicine 1, 121-129:
/// `(z + z)^2 ((1 + HR) / (1 - HR))^2`.
///
/// # Errors
/// As [`schoenfeld`].
pub fn freedman(hazard_ratio: f64, power: f64, alpha: f64) -> Result<f64, Error> {
    freedman_unequal(hazard_ratio, 1.0, power, alpha)
}

/// The same if `ratio` people are exposed for each other one: `(z + z)^2 (1 + ratio HR)^2 / (ratio (1 - HR)^2)`.
///
/// # Errors
/// As [`schoenfeld`], and unless `ratio` is above 0.
pub fn freedman_unequal(hazard_ratio: f64, ratio: f64, power: f64, alpha: f64) -> Result<f64, Error> {
    let (z_alpha, z_power) = quantiles(power, alpha)?;
    above("distance from 1", log_ratio(hazard_ratio)?.abs(), 0.0)?;
    above("ratio", ratio, 0.0)?;
    let z = z_alpha + z_power;
    Ok((z * (1.0 + ratio * hazard_ratio) / (1.0 - hazard_ratio)).powi(2) / ratio)
}

fn log_ratio(hazard_ratio: f64) -> Result<f64, Error> {
    above("hazard ratio", hazard_ratio, 0.0).map(f64::ln)
}

fn balance(exposed: f64) -> Result<f64, Error> {
    inside("exposed", exposed).map(|p| p * (1.0 - p))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The closed forms in mpmath 1.4.1.
    #[test]
    fn agrees_with_the_closed_forms() {
        let cases = [
            (schoenfeld(0.7, 0.5, 0.8, 0.05), 246.787_104_547_358),
            (schoenfeld(0.6, 0.25, 0.9, 0.05), 214.758_122_537_674),
            (people(246.787_104_547_358, 0.2), 1_233.935_522_736_79),
            (power(0.7, 0.3, 150.0, 0.05), 0.516_698_504_572_008),
            (smallest_hazard_ratio(0.2, 90.0, 0.8, 0.05), 0.477_934_048_898_886),
            (freedman(0.5, 0.8, 0.05), 70.639_917_609_141_8),
            // As many exposed as others, and half as many with twice the hazard the other way round.
            (freedman_unequal(0.5, 1.0, 0.8, 0.05), 70.639_917_609_141_8),
            (freedman_unequal(0.5, 2.0, 0.8, 0.05), freedman_unequal(2.0, 0.5, 0.8, 0.05).unwrap()),
            (mean_event(0.25, 0.1, 0.2), 0.175),
        ];
        for (found, expected) in cases {
            let found = found.unwrap();
            assert!((found / expected - 1.0).abs() < 1e-12, "{found}, not {expected}");
        }
    }

    #[test]
    fn what_is_not_a_plan_is_refused() {
        assert!(schoenfeld(1.0, 0.5, 0.8, 0.05).is_err());
        assert!(schoenfeld(-1.0, 0.5, 0.8, 0.05).is_err());
        assert!(power(0.7, 1.0, 10.0, 0.05).is_err());
        assert!(people(10.0, 0.0).is_err());
        assert!(freedman(1.0, 0.8, 0.05).is_err());
        assert!(freedman_unequal(0.7, 0.0, 0.8, 0.05).is_err());
        assert!(mean_event(0.5, 0.0, 0.1).is_err());
    }
}
