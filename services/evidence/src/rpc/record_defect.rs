//! Records a defect that a reviewer found.

use command::{Written, once};
use proto::evidence::v1 as pb;
use sea_orm::DatabaseTransaction;

use super::{
    Call,
    change::{Alike, Change, check_text},
    grounds::{self, Grounds},
    officers::Officers,
};
use crate::{
    Evidence,
    domain::{defect, item::Found},
    error::Error,
    marks, store,
};

pub(super) async fn record_defect(
    service: &Evidence,
    call: Call,
    request: pb::RecordDefectRequest,
) -> Result<pb::RecordDefectResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    let alike = Alike {
        request_id: &request.request_id,
        item: &request.item,
        etag: &request.etag,
        officer: &request.officer,
    };
    let version = alike.check(&mut fields);
    fields.text(&request.code, 64, "code");
    fields.text(&request.description, 4000, "description");
    check_text(&mut fields, &request.description, 4000, "description");
    fields.done()?;
    let officers = Officers::one("officer", &request.officer, clock::legal_date(now));
    let certified = officers.check(service, &call.agency).await;
    let finding = Finding {
        service: service.clone(),
        change: Change {
            agency: call.agency.clone(),
            officer: request.officer,
            item: request.item,
            version,
            now,
        },
        code: request.code,
        description: request.description.trim().to_owned(),
    };
    once(&service.db, call.command(request.request_id, "RecordDefect", now), move |tx| {
        Box::pin(async move {
            certified?;
            finding.write(tx).await
        })
    })
    .await
}

/// A finding on its way.
struct Finding {
    service: Evidence,
    change: Change,
    code: String,
    description: String,
}

impl Finding {
    async fn write(
        self,
        tx: &DatabaseTransaction,
    ) -> Result<Written<pb::RecordDefectResponse>, Error> {
        let change = self.change;
        let before = change.read(tx).await?;
        let dossier = store::dossier_name(before.dossier);
        let at = (&self.service, change.day());
        let items = std::slice::from_ref(&before);
        let grounds = Grounds::read(tx, &change.agency, &dossier, items, at).await?;
        let known = grounds.of(&before);
        defect::may_record(&known, &change.agency).map_err(|refusal| change.refused(refusal))?;
        let code = defect::code_to_record(&before, &known, &self.code)
            .map_err(|refusal| change.refused(refusal))?;
        let mut after = before.next(change.now);
        after.review.found.push(Found {
            code: code.clone(),
            description: self.description,
            agency: change.agency.clone(),
            officer: change.officer.clone(),
            at: change.now,
        });
        change.save(tx, (&before, &after), None).await?;
        let all = defect::of(&after, &grounds.of(&after));
        let found = all.iter().find(|one| one.code == code).ok_or(Error::Corrupt("defect"))?;
        let summary = format!("{} found the defect {code}", change.agency);
        let marks = marks::defect("defect", found, summary);
        let found = grounds::defect(found);
        let told = change.told(tx, &self.service, &after).await?;
        let response = pb::RecordDefectResponse { item: Some(told), defect: Some(found.clone()) };
        Ok(change.written("evidence.defect_recorded.v1", &after, &found, response).marked(marks))
    }
}
