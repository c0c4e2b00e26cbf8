//! Tells a body that is entitled to it of a case, as far as its role needs it (LAW.md 13 no. 11).

use proto::referral::v1 as pb;
use sea_orm::DatabaseTransaction;
use types::{AgencyCode, Id};

use super::{
    Call,
    once::{Written, once},
    record::{Deed, Known, New, TEXT_MAX, add, certified},
    shown,
};
use crate::{
    Referral,
    domain::{
        leg::Docket,
        linkage::NOTICE,
        notice::{self, Notice, Sending},
    },
    error::Error,
    events::{Doer, linkage as events},
    store,
};

pub(super) async fn send_notice(
    service: &Referral,
    call: Call,
    request: pb::SendNoticeRequest,
) -> Result<pb::SendNoticeResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    let docket = store::parse_name::<Docket>(&request.docket, "dockets");
    fields.check(docket.is_some(), "docket", "is not dockets/{uuid}");
    let to = AgencyCode::parse(&request.to_agency);
    let to = fields.need(to, "to_agency", "is no agency code");
    fields.text(&request.title, 500, "title");
    fields.text(&request.progress, TEXT_MAX, "progress");
    for (text, field) in [(&request.facts, "facts"), (&request.persons, "persons")] {
        fields.check(text.len() <= TEXT_MAX, field, "is longer than 8192 bytes");
    }
    fields.text(&request.officer, 64, "officer");
    fields.done()?;
    let to = to.ok_or(Error::Corrupt("to_agency"))?;
    let others = std::slice::from_ref(&to);
    let certified = certified(service, &call, &request.officer, others, now).await;

    let known = Known::of(service, &call, now);
    let sending = Sending {
        name: format!("notices/{}", Id::<Notice>::new(now)),
        docket: request.docket,
        agency: call.agency.clone(),
        from: call.agency.clone(),
        to,
        sees_docket: false,
        title: request.title,
        progress: request.progress,
        facts: request.facts,
        persons: request.persons,
        now,
    };
    let doer = Doer::new(&call.agency, &request.officer);
    let command = call.command(request.request_id, "SendNotice", now);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            write(tx, sending, &known, &doer).await
        })
    })
    .await
}

async fn write(
    tx: &DatabaseTransaction,
    mut sending: Sending,
    known: &Known,
    doer: &Doer,
) -> Result<Written<pb::SendNoticeResponse>, Error> {
    sending.agency = store::docket(tx, &known.by, &sending.docket).await?.agency;
    let receiver = std::slice::from_ref(&sending.to);
    sending.sees_docket = !store::readers(tx, receiver, &sending.docket).await?.is_empty();
    let subject = sending.docket.clone();
    let rules = (&*known.bodies, &known.settings.linkage);
    let record = notice::send(sending, rules, known.count())
        .map_err(|refusal| Error::refused(refusal, subject))?;
    let deed = Deed {
        kind: "NOTICE_SENT",
        law: NOTICE,
        summary: format!("{} told {} of the case, as {}", record.from, record.to, record.role),
        exchanges: vec![events::notice(&record, known.now)],
    };
    let seen_by = vec![record.from.clone(), record.to.clone()];
    let new = New { record, deed, seen_by, beside: Vec::new() };
    add(tx, new, (doer, known.now), |one| pb::SendNoticeResponse {
        notice: Some(shown::notice(one)),
    })
    .await
}
