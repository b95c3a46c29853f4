mod checking_in;
mod signing_in;
mod watching;
