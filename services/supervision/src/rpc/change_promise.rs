//! Signs and checks a promise: the same beats, another act.

use chrono::{DateTime, Utc};
use command::{Written, once};
use prost::Message;
use proto::supervision::v1 as pb;
use server::Fields;

use super::{Call, change_decision::Which, decision_said, decision_told};
use crate::{
    Supervision, decided,
    domain::{law, promise::Promise, refusal::Refusal},
    error::Error,
    events::Doer,
    store::{self, whole::Whose},
};

pub(super) async fn sign_promise(
    service: &Supervision,
    call: Call,
    request: pb::SignPromiseRequest,
) -> Result<pb::SignPromiseResponse, Error> {
    let pb::SignPromiseRequest { request_id, name, etag, officer, digest, correct_by } = request;
    let which = Which { request_id, name, etag, officer };
    let mut fields = Fields::default();
    let version = which.check(&mut fields);
    let day = decision_said::day(&correct_by);
    let day = fields.need(day, "correct_by", "is not a day, YYYY-MM-DD");
    decision_said::needed_digest(&mut fields, &digest, "digest");
    fields.done()?;
    let day = day.ok_or(Error::Corrupt("correct_by"))?;

    let answer = |promise| pb::SignPromiseResponse { promise: Some(promise) };
    let deed = ("SignPromise", "PROMISE_SIGNED");
    change(service, call, (which, version), deed, answer, move |one, now| {
        // Asked again later, it is answered as it was: so this is no field of the parse.
        if day <= clock::legal_date(now) {
            let faults = vec![("correct_by".to_owned(), "is not after today".to_owned())];
            return Err(Refusal::Fields { faults, law: law::S_11 });
        }
        one.sign(day, digest, now)
    })
    .await
}

pub(super) async fn check_promise(
    service: &Supervision,
    call: Call,
    request: pb::CheckPromiseRequest,
) -> Result<pb::CheckPromiseResponse, Error> {
    let pb::CheckPromiseRequest { request_id, name, etag, officer, corrected, found } = request;
    let which = Which { request_id, name, etag, officer };
    let mut fields = Fields::default();
    let version = which.check(&mut fields);
    fields.text(&found, 4096, "found");
    fields.done()?;

    let answer = |promise| pb::CheckPromiseResponse { promise: Some(promise) };
    let deed = ("CheckPromise", "PROMISE_CHECKED");
    change(service, call, (which, version), deed, answer, move |one, now| {
        one.check(corrected, found, now)
    })
    .await
}

async fn change<R, F>(
    service: &Supervision,
    call: Call,
    (which, version): (Which, Option<i32>),
    (method, kind): (&'static str, &'static str),
    answer: fn(pb::MinorViolationPromise) -> R,
    act: F,
) -> Result<R, Error>
where
    R: Message + Default + Send + 'static,
    F: FnOnce(Promise, DateTime<Utc>) -> Result<Promise, Refusal> + Send + 'static,
{
    let now = service.clock.now();
    let today = clock::legal_date(now);
    let officer = [("officer".to_owned(), which.officer.clone())];
    let officer = service.directory.positions(&call.agency, today, &officer).await;

    let doer = Doer::new(&call.agency, &which.officer);
    let agency = call.agency.clone();
    let command = call.command(which.request_id, method, now);
    let name = which.name;
    once(&service.db, command, move |tx| {
        Box::pin(async move {
            officer?;
            let own = Whose { agency: &agency, overseer: false };
            let before = store::promise::get(tx, own, &name).await?;
            if Some(before.version) != version {
                return Err(Error::Stale);
            }
            let after = act(before, now).map_err(|refusal| Error::refused(refusal, &name))?;
            store::promise::update(tx, &after).await?;
            Ok(Written {
                response: answer(decision_told::promise(&after)),
                entries: vec![decided::promise(kind, &after, &doer)],
            })
        })
    })
    .await
}
