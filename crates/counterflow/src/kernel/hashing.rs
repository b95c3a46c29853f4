//! Passwords are hashed with Argon2id, 19 MiB and 2 passes (OWASP's minimum), two at a time. The memory is made once
//! and used again: a fresh 19 MiB for each sign-in leaves the allocator with hundreds of them.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        self,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};
use axum::http::StatusCode;
use tokio::sync::Semaphore;

use super::error::{Answer, Error};

/// How many passwords are hashed at once: each takes 19 MiB and a core.
pub const SEATS: usize = 2;
/// How long somebody waits for a seat before they are asked to come back.
const PATIENCE: Duration = Duration::from_secs(2);

type Memory = Vec<Block>;

/// Where passwords are hashed. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Hashing {
    /// Whoever hashes holds one.
    pub seats: Arc<Semaphore>,
    memories: Arc<Mutex<Vec<Memory>>>,
}

impl Default for Hashing {
    fn default() -> Self {
        Self { seats: Arc::new(Semaphore::new(SEATS)), memories: Arc::default() }
    }
}

impl Hashing {
    /// The hash to be stored, as a PHC string.
    ///
    /// # Errors
    /// 503 if too many sign in at this moment.
    pub async fn hash(&self, password: String) -> Answer<String> {
        self.seated(move |memory| fresh(&password, memory)).await?.map_err(Error::defect)
    }

    /// Whether the password is the one that was hashed. Without a hash it takes as long, and answers no: nobody can
    /// tell by the time whether an account exists.
    ///
    /// # Errors
    /// 503 if too many sign in at this moment.
    pub async fn check(&self, password: String, phc: Option<String>) -> Answer<bool> {
        const NOBODY: &str =
            "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let known = phc.is_some();
        let phc = phc.unwrap_or_else(|| NOBODY.to_owned());
        let right = self.seated(move |memory| is_right(&password, &phc, memory)).await?;
        Ok(right.unwrap_or(false) && known)
    }

    /// Does the work on a blocking thread. It keeps its seat to the end, even if whoever asked has gone.
    async fn seated<T: Send + 'static>(&self, work: impl FnOnce(&mut Memory) -> T + Send + 'static) -> Answer<T> {
        let seat = tokio::time::timeout(PATIENCE, self.seats.clone().acquire_owned()).await;
        let seat = seat.map_err(|_| crowded())?.map_err(Error::defect)?;
        let memories = self.memories.clone();
        let work = tokio::task::spawn_blocking(move || {
            let free = memories.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut memory = free.unwrap_or_default();
            let done = work(&mut memory);
            memories.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
            drop(seat);
            done
        });
        work.await.map_err(Error::defect)
    }
}

fn crowded() -> Error {
    Error::Trouble { status: StatusCode::SERVICE_UNAVAILABLE, key: "crowded", data: Vec::new() }
}

fn fill(
    argon: &Argon2<'_>,
    password: &str,
    salt: &[u8],
    out: &mut [u8],
    memory: &mut Memory,
) -> password_hash::Result<()> {
    memory.resize(memory.len().max(argon.params().block_count()), Block::default());
    Ok(argon.hash_password_into_with_memory(password.as_bytes(), salt, out, memory)?)
}

fn fresh(password: &str, memory: &mut Memory) -> password_hash::Result<String> {
    let argon = Argon2::default();
    let (salt, mut out) = (Salt::generate(), [0; Params::DEFAULT_OUTPUT_LEN]);
    fill(&argon, password, &salt, &mut out, memory)?;
    let hash = PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(argon.params())?,
        salt: Some(salt),
        hash: Some(Output::new(&out)?),
    };
    Ok(hash.to_string())
}

fn is_right(password: &str, phc: &str, memory: &mut Memory) -> password_hash::Result<bool> {
    let stored = PasswordHash::new(phc)?;
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else { return Ok(false) };
    let algorithm = Algorithm::try_from(stored.algorithm.as_str())?;
    let version = stored.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let argon = Argon2::new(algorithm, version, Params::try_from(&stored)?);
    let mut out = vec![0; expected.len()];
    fill(&argon, password, salt, &mut out, memory)?;
    Ok(Output::new(&out)? == *expected) // compares in constant time
}

#[cfg(test)]
mod tests {
    use argon2::PasswordVerifier as _;

    use super::*;

    #[test]
    fn hashes_are_those_of_argon2_and_its_memory_is_used_again() {
        let mut memory = Memory::new();
        let phc = fresh("four plain words here", &mut memory).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(Argon2::default().verify_password(b"four plain words here", phc.as_str()).is_ok());
        assert!(is_right("four plain words here", &phc, &mut memory).unwrap());
        assert!(!is_right("four plain words there", &phc, &mut memory).unwrap());
        assert_eq!(memory.len(), Params::default().block_count());
    }

    #[tokio::test]
    async fn however_many_sign_in_the_memory_is_that_of_two() {
        let hashing = Hashing::default();
        let all: Vec<_> = (0..6)
            .map(|_| {
                let hashing = hashing.clone();
                tokio::spawn(async move { hashing.check("guess".to_owned(), None).await })
            })
            .collect();
        for one in all {
            assert!(matches!(one.await.unwrap(), Ok(false) | Err(Error::Trouble { .. })));
        }
        let memories = hashing.memories.lock().unwrap().len();
        assert!((1..=SEATS).contains(&memories), "{memories}");
    }
}
