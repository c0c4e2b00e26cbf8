//! Notes that a published decision was changed, revoked or found illegal or void.

use proto::supervision::v1 as pb;
use types::Id;

use super::{
    Call,
    change_decision::{Deed, Which, change},
    decision_said,
};
use crate::{
    Supervision,
    domain::{decision::Counter, law, word::Change},
    error::Error,
};

pub(super) async fn change_publication(
    service: &Supervision,
    call: Call,
    request: pb::ChangePublicationRequest,
) -> Result<pb::ChangePublicationResponse, Error> {
    let pb::ChangePublicationRequest { request_id, name, etag, officer, reason, .. } = request;
    let which = Which { request_id, name, etag, officer };
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    let version = which.check(&mut fields);
    let today = clock::legal_date(now);
    let on = decision_said::past_day(&mut fields, &request.changed_on, "changed_on", today);
    let what = Change::parse(&request.change);
    let what = fields.need(what, "change", "is none of CHANGED, REVOKED, ILLEGAL, VOID");
    fields.text(&reason, 4096, "reason");
    fields.done()?;
    let what = what.ok_or(Error::Corrupt("change"))?;

    let deed = Deed { method: "ChangePublication", kind: "PUBLICATION_CHANGED", law: law::S_02 };
    let answer = |decision| pb::ChangePublicationResponse { decision: Some(decision) };
    let table = service.calendar.table();
    let settings = service.settings.decisions.clone();
    change(service, call, (which, version, on), deed, answer, move |one, done| {
        let by = Counter { calendar: &table, settings: &settings };
        one.change(done, (what, reason), by, Id::<()>::new(now).to_string())
    })
    .await
}
