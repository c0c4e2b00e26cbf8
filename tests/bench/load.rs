//! A closed loop: so many callers, each with one call in flight, for some seconds.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

/// What a load came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    pub p99_ms: f64,
}

/// Lets `callers` call until `seconds` have passed; `call` gets the number of its caller.
pub(crate) async fn load<C, F>(callers: usize, seconds: u64, call: C) -> Measured
where
    C: Fn(usize) -> F + Send + Sync + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let call = Arc::new(call);
    let start = Instant::now();
    let until = start + Duration::from_secs(seconds);
    let mut tasks = JoinSet::new();
    for caller in 0..callers {
        let call = Arc::clone(&call);
        tasks.spawn(async move {
            let mut took = Vec::with_capacity(65_536);
            loop {
                let before = Instant::now();
                if before >= until {
                    return took;
                }
                call(caller).await;
                took.push(before.elapsed());
            }
        });
    }
    let mut took: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
    let elapsed = start.elapsed().as_secs_f64();
    took.sort_unstable();
    let p99 = took[(took.len() * 99 / 100).min(took.len() - 1)];
    #[expect(clippy::cast_precision_loss, reason = "a count of calls is far below 2^52")]
    let calls = took.len() as f64;
    Measured { per_second: calls / elapsed, p99_ms: p99.as_secs_f64() * 1000.0 }
}
