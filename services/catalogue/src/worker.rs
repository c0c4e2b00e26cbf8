//! The loops: bodies that change, revisions that other replicas publish.

use std::time::Duration;

use server::{Ready, Stop};
use tokio::time::{sleep, timeout};

use crate::{Catalogue, config};

impl Catalogue {
    /// Starts the loops; the service is ready when it knows the bodies and the newest revision.
    pub fn start(&self, options: config::Worker, ready: &Ready, stop: &Stop) {
        ready.set("catalogue directory", false);
        ready.set("catalogue revision", false);
        let (service, signal, known) = (self.clone(), stop.clone(), ready.clone());
        stop.spawn("catalogue directory", async move {
            service.follow_directory(options, &known, signal).await;
            Ok(())
        });
        let (service, signal, known) = (self.clone(), stop.clone(), ready.clone());
        stop.spawn("catalogue revision", async move {
            service.follow_revisions(options, &known, signal).await;
            Ok(())
        });
    }

    /// Fetches the bodies and the newest revision; to be called before serving. [`Catalogue::start`]
    /// goes on doing it.
    ///
    /// # Errors
    /// Identity or the database does not answer.
    pub async fn refresh(&self) -> anyhow::Result<()> {
        self.directory.refresh().await?;
        self.snapshots.follow(&self.db).await?;
        Ok(())
    }

    async fn follow_directory(&self, options: config::Worker, ready: &Ready, stop: Stop) {
        let mut known = false;
        loop {
            let fetched = self.directory.refresh().await;
            if let Err(error) = &fetched {
                tracing::warn!(%error, "fetching the directory");
            }
            known |= fetched.is_ok();
            ready.set("catalogue directory", known);
            // Until the first fetch the service is of no use: ask again soon.
            let pause = if known { options.directory_ms } else { 50 };
            tokio::select! {
                () = stop.signalled() => return,
                () = sleep(Duration::from_millis(pause)) => {}
            }
        }
    }

    /// Looks for a newer revision at each commit of this process, and every so often for those of
    /// others.
    async fn follow_revisions(&self, options: config::Worker, ready: &Ready, stop: Stop) {
        let pause = Duration::from_millis(options.follow_ms);
        loop {
            // Asked before the look, so that no commit between the two goes unseen.
            let committed = self.db.committed();
            match self.snapshots.follow(&self.db).await {
                Ok(_) => ready.set("catalogue revision", true),
                // What is known goes on being answered: it is a revision, and says which.
                Err(error) => tracing::warn!(%error, "looking for a newer revision"),
            }
            tokio::select! {
                () = stop.signalled() => return,
                _ = timeout(pause, committed) => {}
            }
        }
    }
}
