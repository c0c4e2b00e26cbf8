//! What goes on without a call: keys in time, revocations of other replicas, the service's own
//! token, and forgetting what has expired.

use std::time::Duration;

use server::Stop;
use tokio::time::{MissedTickBehavior, interval};

use crate::{Identity, error::Error, issuer::IssuerError, store};

/// How often the service looks; also how soon a replica knows of another's revocation.
const EVERY: Duration = Duration::from_secs(1);
/// How many looks between two clearances of expired assertions.
const FORGET_EVERY: u64 = 60;

impl Identity {
    /// Looks after the service until `stop`. Failures are logged and tried again.
    ///
    /// # Errors
    /// None; the result is what `Stop::spawn` takes.
    pub async fn tend(self, stop: Stop) -> anyhow::Result<()> {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failing = false;
        for round in 0_u64.. {
            tokio::select! {
                () = stop.signalled() => break,
                _ = ticks.tick() => {}
            }
            let done = self.look(round.is_multiple_of(FORGET_EVERY)).await;
            // A failure is told once, not every second.
            match (&done, failing) {
                (Err(error), false) => {
                    let cause = std::error::Error::source(error).map(ToString::to_string);
                    tracing::warn!(%error, cause, "identity cannot refresh itself");
                }
                (Ok(()), true) => tracing::info!("identity refreshes itself again"),
                (Err(_), true) | (Ok(()), false) => {}
            }
            failing = done.is_err();
        }
        Ok(())
    }

    async fn look(&self, forget: bool) -> Result<(), Error> {
        self.refresh().await?;
        if forget {
            let now = self.wire.now();
            self.db
                .write(move |tx| Box::pin(async move { store::assertion::forget(tx, now).await }))
                .await?;
        }
        Ok(())
    }

    /// Brings the service's own keys, token and revocations up to date. Called once before
    /// serving, then every second by [`Identity::tend`].
    ///
    /// # Errors
    /// The key directory or the database cannot be used.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.issuer.tend()?;
        let own = &self.credentials;
        if own.needs_renewal(self.wire.now()) {
            let wit = self.issuer.issue(own.workload(), own.key().public())?;
            own.set_wit(wit.token)
                .map_err(|error| IssuerError::Key("own token is of no use", error.into()))?;
        }
        self.refresh_revocations().await
    }

    /// Takes the revocations in the database over into the guard of this process.
    pub(crate) async fn refresh_revocations(&self) -> Result<(), Error> {
        let revoked = self.revoked().await?;
        self.revocations.replace(revoked);
        Ok(())
    }

    /// Thumbprints of the keys whose tokens may still be alive: revoked within the last two WIT
    /// lifetimes, one for the token and one to spare.
    pub(crate) async fn revoked(&self) -> Result<Vec<String>, Error> {
        let since = self.wire.now() - self.issuer.wit_lifetime() * 2;
        store::key::revoked(self.db.reader(), since).await
    }
}
