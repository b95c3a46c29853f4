//! Something that is dear to make out of the database, kept in this process until what it was made of changes.

use std::{any::Any, sync::Arc};

use tokio::sync::Mutex;

use super::error::Answer;

/// The last thing that was made, with the stamp under which it was made. Stamps are random and never come again, so
/// that a transaction which is undone leaves nothing behind that a later one could take for its own.
#[derive(Debug, Default)]
pub struct Kept(Mutex<Option<(String, Arc<dyn Any + Send + Sync>)>>);

impl Kept {
    /// What is kept under this stamp, or else what `make` makes now. Whoever asks meanwhile waits for it, and makes no
    /// second one.
    ///
    /// # Errors
    /// Those of `make`.
    pub async fn get<T, M>(&self, stamp: String, make: M) -> Answer<Arc<T>>
    where
        T: Send + Sync + 'static,
        M: Future<Output = Answer<T>>,
    {
        let mut slot = self.0.lock().await;
        let kept = slot.as_ref().filter(|(under, _)| *under == stamp).map(|(_, kept)| kept.clone());
        if let Some(Ok(kept)) = kept.map(Arc::downcast) {
            return Ok(kept);
        }
        let made = Arc::new(make.await?);
        *slot = Some((stamp, made.clone()));
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_made_once_for_each_stamp() {
        let kept = Kept::default();
        let get = async |stamp: &str, number: usize| *kept.get(stamp.to_owned(), async { Ok(number) }).await.unwrap();
        assert_eq!(get("a", 1).await, 1);
        assert_eq!(get("a", 2).await, 1, "kept");
        assert_eq!(get("b", 3).await, 3, "made again");
        assert_eq!(get("a", 4).await, 4, "only the last is kept");
    }
}
