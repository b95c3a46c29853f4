//! Prices that are nearly right.

use super::network::Network;

impl Network {
    /// Moves prices towards those of the best choice where many want the same.
    pub fn warm_up(&mut self) {}
}
