pub mod meeting;
mod pairing;
mod signing_in;
