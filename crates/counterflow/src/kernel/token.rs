//! Random tokens for cookies and links, and their hashes. A token leaves the server once; the database keeps its hash.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// 256 random bits as 64 hex digits.
#[must_use]
pub fn new() -> String {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes, or nothing is safe");
    hex(&bytes)
}

/// Twelve letters and digits, 60 random bits: for an address that people read from a poster, which is no secret and yet
/// not to be found by trying. Those that look like others (i, l, o, u) are left out.
#[must_use]
pub fn code() -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes, or nothing is safe");
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// What the database keeps of a token: its SHA-256 as hex. A token has 256 random bits, so no salt is needed.
#[must_use]
pub fn hash(token: &str) -> String {
    hash_bytes(token.as_bytes())
}

/// The SHA-256 of a file as hex: the same only for the same bytes.
#[must_use]
pub fn hash_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// A keyed tag that ties a form to the person for whom it was rendered.
#[must_use]
pub fn form_tag(key: &str, person: &str) -> String {
    tag(key, "form", person)
}

/// A keyed tag of something that anybody could guess (an address, a network): without the key nobody can find out what
/// it stands for by trying. Tags for different purposes have nothing in common.
#[must_use]
pub fn tag(key: &str, purpose: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(purpose.as_bytes());
    mac.update(b":");
    mac.update(text.as_bytes());
    hex(&mac.finalize().into_bytes())
}

/// Compares without telling by its duration how much is the same.
#[must_use]
pub fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

/// Lower-case hex digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_hash_stably() {
        let (one, two) = (new(), new());
        assert_eq!(one.len(), 64);
        assert_ne!(one, two);
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(same(&one, &one) && !same(&one, &two));
        assert_ne!(form_tag("key", "a"), form_tag("key", "b"));
        assert_ne!(form_tag("key", "a"), tag("key", "network", "a"));
    }
}
