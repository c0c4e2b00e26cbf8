//! What the calls that change a decision have in common: who, which, under which version; one act
//! of the domain; one write.

use chrono::NaiveDate;
use command::{Written, once};
use prost::Message;
use proto::supervision::v1 as pb;
use server::Fields;

use super::{Call, decision_told};
use crate::{
    Supervision, decided,
    domain::{
        decision::{Decision, Done},
        law::Law,
        refusal::Refusal,
    },
    error::Error,
    events::Doer,
    store::{self, whole::Whose},
};

/// Which decision, by whom.
#[derive(Debug)]
pub(super) struct Which {
    pub request_id: String,
    pub name: String,
    pub etag: String,
    pub officer: String,
}

impl Which {
    /// Notes what is wrong with it.
    pub(super) fn check(&self, fields: &mut Fields) -> Option<i32> {
        command::check_request_id(fields, &self.request_id);
        fields.text(&self.name, 64, "name");
        fields.text(&self.officer, 64, "officer");
        fields.need(decision_told::version(&self.etag), "etag", "is missing or malformed")
    }
}

/// What is done: the RPC, the row it leaves, the rule it is under.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed {
    pub method: &'static str,
    pub kind: &'static str,
    pub law: Law,
}

/// Changes a decision of the caller's own. `on` is the day of the act; none: today.
pub(super) async fn change<R, F>(
    service: &Supervision,
    call: Call,
    (which, version, on): (Which, Option<i32>, Option<NaiveDate>),
    deed: Deed,
    answer: fn(pb::Decision) -> R,
    act: F,
) -> Result<R, Error>
where
    R: Message + Default + Send + 'static,
    F: FnOnce(Decision, Done) -> Result<Decision, Refusal> + Send + 'static,
{
    let now = service.clock.now();
    let today = clock::legal_date(now);
    let officer = [("officer".to_owned(), which.officer.clone())];
    let officer = service.directory.positions(&call.agency, today, &officer).await;

    let doer = Doer::new(&call.agency, &which.officer);
    let agency = call.agency.clone();
    let command = call.command(which.request_id, deed.method, now);
    let name = which.name;
    once(&service.db, command, move |tx| {
        Box::pin(async move {
            officer?;
            // Only a body itself changes what it decided, whoever sees it.
            let own = Whose { agency: &agency, overseer: false };
            let before = store::decision::get(tx, own, &name).await?;
            if Some(before.deeds) != version {
                return Err(Error::Stale);
            }
            let done = Done { on: on.unwrap_or(today), now };
            let after =
                act(before.clone(), done).map_err(|refusal| Error::refused(refusal, &name))?;
            store::decision::update(tx, &after).await?;
            let entry = decided::decision(deed.kind, (Some(&before), &after), deed.law, &doer);
            Ok(Written { response: answer(decision_told::decision(&after)), entries: vec![entry] })
        })
    })
    .await
}
