//! The one hop of a request that may block: SQLite and argon2 never run on the threads that serve sockets.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::problem::Problem;

/// Runs `job` on a blocking thread. Once it runs it runs to its end, even when the caller goes away: no change is
/// left half done.
///
/// # Errors
///
/// [`Problem::Busy`] when as many jobs are running as may; [`Problem::Failed`] when the job panicked.
pub(crate) async fn blocking<T: Send + 'static>(
    permits: &Arc<Semaphore>,
    job: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let permit = Arc::clone(permits).try_acquire_owned().map_err(|_| Problem::Busy)?;
    let running = spawn_blocking(move || {
        let outcome = job();
        drop(permit);
        outcome
    });
    running.await.map_err(|cause| Problem::Failed {
        soon: false,
        detail: "the server failed; whether a change happened is unknown, so read before trying again",
        cause: cause.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn past_the_bound_callers_are_told_to_come_back() {
        let permits = Arc::new(Semaphore::new(1));
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let first = tokio::spawn({
            let permits = Arc::clone(&permits);
            async move { blocking(&permits, move || wait.recv()).await }
        });
        while permits.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(blocking(&permits, || ()).await, Err(Problem::Busy)));
        release.send(()).unwrap();
        assert!(first.await.unwrap().is_ok());
        assert!(blocking(&permits, || ()).await.is_ok());
    }

    #[tokio::test]
    async fn a_panic_is_a_failure_and_gives_its_permit_back() {
        let permits = Arc::new(Semaphore::new(1));
        assert!(matches!(blocking(&permits, || panic!("defect")).await, Err(Problem::Failed { .. })));
        assert!(blocking(&permits, || ()).await.is_ok());
    }
}
