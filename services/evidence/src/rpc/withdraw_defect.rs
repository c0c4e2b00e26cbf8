//! Takes back a defect that one's own reviewer found.

use command::{Written, once};
use proto::evidence::v1 as pb;
use sea_orm::DatabaseTransaction;

use super::{
    Call,
    change::{Alike, Change, check_text},
    grounds::{self, Grounds},
    officers::Officers,
};
use crate::{Evidence, domain::defect, error::Error, marks, store};

pub(super) async fn withdraw_defect(
    service: &Evidence,
    call: Call,
    request: pb::WithdrawDefectRequest,
) -> Result<pb::WithdrawDefectResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    let alike = Alike {
        request_id: &request.request_id,
        item: &request.item,
        etag: &request.etag,
        officer: &request.officer,
    };
    let version = alike.check(&mut fields);
    fields.text(&request.code, 100, "code");
    fields.text(&request.reason, 4000, "reason");
    check_text(&mut fields, &request.reason, 4000, "reason");
    fields.done()?;
    let officers = Officers::one("officer", &request.officer, clock::legal_date(now));
    let certified = officers.check(service, &call.agency).await;
    let withdrawing = Withdrawing {
        service: service.clone(),
        change: Change {
            agency: call.agency.clone(),
            officer: request.officer,
            item: request.item,
            version,
            now,
        },
        code: request.code,
        reason: request.reason.trim().to_owned(),
    };
    once(&service.db, call.command(request.request_id, "WithdrawDefect", now), move |tx| {
        Box::pin(async move {
            certified?;
            withdrawing.write(tx).await
        })
    })
    .await
}

/// A withdrawal on its way.
struct Withdrawing {
    service: Evidence,
    change: Change,
    code: String,
    reason: String,
}

impl Withdrawing {
    async fn write(
        self,
        tx: &DatabaseTransaction,
    ) -> Result<Written<pb::WithdrawDefectResponse>, Error> {
        let change = self.change;
        let before = change.read(tx).await?;
        let found = defect::to_withdraw(&before, &self.code, &change.agency)
            .map_err(|refusal| change.refused(refusal))?;
        let dossier = store::dossier_name(before.dossier);
        let at = (&self.service, change.day());
        let items = std::slice::from_ref(&before);
        let grounds = Grounds::read(tx, &change.agency, &dossier, items, at).await?;
        let all = defect::of(&before, &grounds.of(&before));
        let told = all.iter().find(|one| one.code == found.code);
        let summary = format!("{} took back the defect {}", change.agency, found.code);
        let marks = told.map(|told| marks::defect("defect_withdrawn", told, summary));
        let told = told.map(grounds::defect);
        let mut after = before.next(change.now);
        after.review.found.retain(|one| *one != found);
        change.save(tx, (&before, &after), None).await?;
        let row = pb::DefectWithdrawn { defect: told, reason: self.reason };
        let item = change.told(tx, &self.service, &after).await?;
        let response = pb::WithdrawDefectResponse { item: Some(item) };
        let written = change.written("evidence.defect_withdrawn.v1", &after, &row, response);
        Ok(written.marked(marks.unwrap_or_default()))
    }
}
