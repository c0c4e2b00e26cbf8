//! Adds an event to the custody chain of an item.

use command::{Written, once};
use proto::evidence::v1 as pb;
use sea_orm::DatabaseTransaction;

use super::{
    Call,
    change::{Alike, Change, check_contents, check_text},
    convert::{self, of_word},
    grounds::Grounds,
    item_said::instant,
    officers::{Officers, Positions},
};
use crate::{
    Evidence,
    domain::{
        custody::{
            Said,
            rule::{self, Record, When},
        },
        word::CustodyKind,
    },
    error::Error,
    marks,
};

pub(super) async fn record_custody(
    service: &Evidence,
    call: Call,
    request: pb::RecordCustodyRequest,
) -> Result<pb::RecordCustodyResponse, Error> {
    let now = service.clock.now();
    let (version, kind) = check(&request)?;
    let when = When { now, said: request.time.is_some() };
    let at = if when.said { instant(request.time).unwrap_or(now) } else { now };
    let change = Change {
        agency: call.agency.clone(),
        officer: request.officer.clone(),
        item: request.item.clone(),
        version,
        now,
    };
    let record = Record {
        said: Said {
            place: request.place.trim().to_owned(),
            reason: request.reason.trim().to_owned(),
            approved_by: request.approved_by.clone(),
            contents: request.contents,
            recipient: request.recipient,
            ..Said::new(kind, at, &call.agency, &request.officer)
        },
        seal_no: request.seal_no.trim().to_owned(),
        custodian: request.custodian.clone(),
        storage_place: request.storage_place,
        approver: None,
        pictured: false,
    };
    rule::check(&record).map_err(|refusal| change.refused(refusal))?;
    let day = clock::legal_date(at);
    let mut officers = Officers::one("officer", &request.officer, day);
    for (field, certificate) in
        [(APPROVED_BY, &request.approved_by), ("custodian", &request.custodian)]
    {
        if !certificate.is_empty() {
            officers.ask(field, certificate, day);
        }
    }
    let certified = officers.check(service, &call.agency).await;
    let recording = Recording { service: service.clone(), change, record, when };
    once(&service.db, call.command(request.request_id, "RecordCustody", now), move |tx| {
        Box::pin(async move { recording.write(tx, &certified?).await })
    })
    .await
}

const APPROVED_BY: &str = "approved_by";

fn check(request: &pb::RecordCustodyRequest) -> Result<(i32, CustodyKind), Error> {
    let mut fields = server::Fields::default();
    let alike = Alike {
        request_id: &request.request_id,
        item: &request.item,
        etag: &request.etag,
        officer: &request.officer,
    };
    let version = alike.check(&mut fields);
    let kind = of_word(request.kind().as_str_name(), "CUSTODY_KIND_", CustodyKind::parse);
    fields.check(kind.is_some(), "kind", "is missing");
    let time = request.time.is_none() || instant(request.time).is_some();
    fields.check(time, "time", "is no instant");
    for (field, value, max) in [
        ("place", &request.place, 500),
        ("reason", &request.reason, 4000),
        ("approved_by", &request.approved_by, 64),
        ("seal_no", &request.seal_no, 100),
        ("custodian", &request.custodian, 64),
        ("storage_place", &request.storage_place, 500),
        ("recipient", &request.recipient, 500),
    ] {
        check_text(&mut fields, value, max, field);
    }
    check_contents(&mut fields, &request.contents);
    fields.done()?;
    Ok((version, kind.ok_or(Error::Corrupt("kind"))?))
}

/// A record on its way.
struct Recording {
    service: Evidence,
    change: Change,
    record: Record,
    when: When,
}

impl Recording {
    async fn write(
        self,
        tx: &DatabaseTransaction,
        positions: &Positions,
    ) -> Result<Written<pb::RecordCustodyResponse>, Error> {
        let change = self.change;
        let item = change.read(tx).await?;
        let dossier = crate::store::dossier_name(item.dossier);
        let at = (&self.service, change.day());
        let items = std::slice::from_ref(&item);
        let grounds = Grounds::read(tx, &change.agency, &dossier, items, at).await?;
        grounds.check_contents(&item, &self.record.said.contents)?;
        let record = Record {
            approver: positions.get(APPROVED_BY).copied(),
            pictured: grounds.is_pictured(&self.record.said.contents),
            ..self.record
        };
        let recorded = rule::record(&item, grounds.dossier(), record, self.when);
        let (after, event) = recorded.map_err(|refusal| change.refused(refusal))?;
        change.save(tx, (&item, &after), Some(&event)).await?;
        let at = (change.now, &*self.service.calendar.table());
        let marks = marks::custody((&item, &after), &event, &grounds.dossier().agency, at);
        let told = convert::item(&after, grounds.contents(), &self.service.calendar, change.day());
        let event = convert::custody_event(&event);
        let response = pb::RecordCustodyResponse { item: Some(told), event: Some(event.clone()) };
        let written = change.written("evidence.custody_recorded.v1", &after, &event, response);
        Ok(written.marked(marks))
    }
}
