//! The loops: bodies that change, hand-overs that referral must be told of, the relay.

use std::time::Duration;

use proto::referral::v1 as referral;
use server::{Ready, Stop};
use tokio::time::{sleep, timeout};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{
    Evidence, config,
    domain::hand_over::HandOver,
    error::Error,
    events::{self, Deed},
    sheet, store,
};

/// How many hand-overs one look takes.
const BATCH: u64 = 20;
/// How long referral may take for one.
const ANSWER: Duration = Duration::from_secs(20);
/// The longest pause while referral does not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The most bytes of a reason that are kept.
const REASON_BYTES: usize = 1000;

impl Evidence {
    /// Starts the loops; the service is ready when it knows the bodies.
    pub fn start(&self, options: config::Worker, bus: ::events::Bus, ready: &Ready, stop: &Stop) {
        ready.set("evidence directory", false);
        let (service, signal, ready) = (self.clone(), stop.clone(), ready.clone());
        stop.spawn("evidence directory", async move {
            service.follow_directory(options, &ready, signal).await;
            Ok(())
        });
        let (service, signal) = (self.clone(), stop.clone());
        stop.spawn("evidence hand-overs", async move {
            service.follow_hand_overs(options, signal).await;
            Ok(())
        });
        let (db, token) = (self.db.clone(), stop.token());
        stop.spawn(
            "evidence relay",
            async move { ::events::relay(db, bus, "evidence", token).await },
        );
    }

    /// Fetches the bodies; to be called before serving. [`Evidence::start`] goes on doing it.
    ///
    /// # Errors
    /// Identity does not answer.
    pub async fn refresh(&self) -> anyhow::Result<()> {
        Ok(self.directory.refresh().await?)
    }

    async fn follow_directory(&self, options: config::Worker, ready: &Ready, stop: Stop) {
        let mut known = false;
        loop {
            let fetched = self.directory.refresh().await;
            if let Err(error) = &fetched {
                tracing::warn!(%error, "fetching the directory");
            }
            known |= fetched.is_ok();
            ready.set("evidence directory", known);
            // Until the first fetch the service is of no use: ask again soon.
            let pause = if known { options.directory_ms } else { 50 };
            tokio::select! {
                () = stop.signalled() => return,
                () = sleep(Duration::from_millis(pause)) => {}
            }
        }
    }

    /// Tells referral of completed hand-overs, as soon as they are. What is to be told is what the
    /// table says, so that a restart forgets nothing.
    async fn follow_hand_overs(&self, options: config::Worker, stop: Stop) {
        let pause = Duration::from_millis(options.tell_ms);
        let (mut after, mut failures) = (String::new(), 0u32);
        loop {
            let committed = self.db.committed();
            let told = tokio::select! {
                () = stop.signalled() => return,
                told = self.tell(&mut after) => told,
            };
            match told {
                Ok(()) => failures = 0,
                Err(error) => {
                    failures += 1;
                    tracing::warn!(%error, failures, "telling referral of hand-overs");
                }
            }
            let wait = async {
                if failures > 0 {
                    sleep(pause.saturating_mul(1 << failures.min(10)).min(LONGEST_PAUSE)).await;
                } else {
                    // A commit of another replica is not announced here: look again anyway.
                    let _ = timeout(pause, committed).await;
                }
            };
            tokio::select! {
                () = stop.signalled() => return,
                () = wait => {}
            }
        }
    }

    /// Tells referral of each hand-over that it does not know, from the name `after` on. Where it
    /// does not answer, the next look goes on behind that one: none stands in the way of others.
    async fn tell(&self, after: &mut String) -> Result<(), Error> {
        loop {
            let found = store::untold(self.db.reader(), after, BATCH).await?;
            if found.is_empty() {
                if after.is_empty() {
                    return Ok(());
                }
                // Those before it may have been left out.
                after.clear();
                if store::untold(self.db.reader(), "", 1).await?.is_empty() {
                    return Ok(());
                }
                continue;
            }
            for hand_over in found {
                *after = hand_over.name();
                let request = sheet::told(&hand_over);
                let complete = request.completes;
                let mut client = self.referral.clone();
                let said = timeout(ANSWER, client.record_hand_over(request)).await;
                let said = said.map_err(|_| Status::deadline_exceeded("no answer in time"));
                let outcome = match said.and_then(|answer| answer) {
                    Ok(answer) => taken(&answer.into_inner(), complete),
                    Err(status) if is_final(&status) => refused(&hand_over, &status),
                    Err(status) => return Err(Error::Referral(Box::new(status))),
                };
                self.keep(hand_over, outcome).await?;
            }
        }
    }

    /// Writes down what referral said. Another replica may have been faster: it was told the same.
    async fn keep(&self, hand_over: HandOver, outcome: String) -> Result<(), Error> {
        let now = self.clock.now();
        let written = self
            .db
            .write(move |tx| {
                Box::pin(async move {
                    let after = hand_over.told(&outcome);
                    store::update_hand_over(tx, &hand_over, &after).await?;
                    let deed = Deed {
                        dossier: store::dossier_name(after.dossier),
                        resource: after.name(),
                        agency: after.giver.clone(),
                        officer: String::new(),
                        at: now,
                    };
                    let message = sheet::without_lines(&after);
                    let mut entry = events::entry("evidence.hand_over_told.v1", deed, &message);
                    // The service did it itself, not the giver.
                    entry.agency.clear();
                    db::journal::append(tx, entry).await?;
                    Ok::<(), Error>(())
                })
            })
            .await;
        match written {
            Err(Error::Stale) => Ok(()),
            other => other,
        }
    }
}

fn taken(answer: &referral::RecordHandOverResponse, complete: bool) -> String {
    match (answer.step.as_str(), complete) {
        ("", true) => "NOT_WAITING".to_owned(),
        ("", false) => "NOT_COMPLETE".to_owned(),
        (step, _) => format!("TAKEN:{step}"),
    }
}

/// The reason of a refusal, as long as a row may be.
fn refused(hand_over: &HandOver, status: &Status) -> String {
    tracing::error!(
        hand_over = hand_over.name(), referral = hand_over.referral, error = %status,
        "referral refuses a hand-over that both sides signed"
    );
    let reason = status.message();
    let end = (0..=REASON_BYTES.min(reason.len())).rev().find(|at| reason.is_char_boundary(*at));
    format!("REFUSED: {}", reason.get(..end.unwrap_or(0)).unwrap_or_default())
}

/// Whether referral itself refused, so that asking again gets the same answer. What the way to it
/// says (a token, a connection, an older replica) passes.
fn is_final(status: &Status) -> bool {
    let itself = status.get_details_error_info().is_some_and(|info| info.domain == "referral");
    let refusal = matches!(
        status.code(),
        Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::FailedPrecondition
    );
    itself && refusal
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    fn status(code: Code, domain: &str) -> Status {
        let details = ErrorDetails::with_error_info("WORD", domain, []);
        Status::with_error_details(code, "why", details)
    }

    #[test]
    fn only_what_referral_itself_refuses_is_final() {
        assert!(is_final(&status(Code::FailedPrecondition, "referral")));
        assert!(is_final(&status(Code::NotFound, "referral")));
        assert!(!is_final(&status(Code::Unavailable, "referral")));
        assert!(!is_final(&status(Code::Internal, "referral")));
        assert!(!is_final(&status(Code::Aborted, "referral")));
        assert!(!is_final(&status(Code::PermissionDenied, "auth")));
        assert!(!is_final(&Status::not_found("no such service")));
    }

    #[test]
    fn the_outcome_says_what_was_taken_or_why_not() {
        let answer = |step: &str| referral::RecordHandOverResponse {
            step: step.to_owned(),
            ..Default::default()
        };
        assert_eq!(taken(&answer("HAND_OVER"), true), "TAKEN:HAND_OVER");
        assert_eq!(taken(&answer(""), true), "NOT_WAITING");
        assert_eq!(taken(&answer(""), false), "NOT_COMPLETE");
    }
}
