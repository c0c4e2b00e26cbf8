//! Cures a defect: an event of the custody chain, with the explanation or supplement.

use command::{Written, once};
use proto::evidence::v1 as pb;
use sea_orm::DatabaseTransaction;
use types::AgencyCode;

use super::{
    Call,
    change::{Alike, Change, check_contents, check_text},
    convert,
    grounds::{self, Grounds},
    officers::Officers,
};
use crate::{
    Evidence,
    domain::{
        custody::{Said, rule},
        defect,
        item::{Cured, Item},
        refusal::Refusal,
        word::CustodyKind,
    },
    error::Error,
    marks, store,
};

pub(super) async fn cure_defect(
    service: &Evidence,
    call: Call,
    request: pb::CureDefectRequest,
) -> Result<pb::CureDefectResponse, Error> {
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
    fields.text(&request.explanation, 4000, "explanation");
    check_text(&mut fields, &request.explanation, 4000, "explanation");
    check_contents(&mut fields, &request.contents);
    fields.done()?;
    let officers = Officers::one("officer", &request.officer, clock::legal_date(now));
    let certified = officers.check(service, &call.agency).await;
    let curing = Curing {
        service: service.clone(),
        change: Change {
            agency: call.agency.clone(),
            officer: request.officer,
            item: request.item,
            version,
            now,
        },
        code: request.code,
        explanation: request.explanation.trim().to_owned(),
        contents: request.contents,
    };
    once(&service.db, call.command(request.request_id, "CureDefect", now), move |tx| {
        Box::pin(async move {
            certified?;
            curing.write(tx).await
        })
    })
    .await
}

/// A cure on its way.
struct Curing {
    service: Evidence,
    change: Change,
    code: String,
    explanation: String,
    contents: Vec<String>,
}

impl Curing {
    async fn write(
        self,
        tx: &DatabaseTransaction,
    ) -> Result<Written<pb::CureDefectResponse>, Error> {
        let change = self.change;
        let before = change.read(tx).await?;
        let dossier = store::dossier_name(before.dossier);
        let at = (&self.service, change.day());
        let items = std::slice::from_ref(&before);
        let grounds = Grounds::read(tx, &change.agency, &dossier, items, at).await?;
        let owner = &grounds.dossier().agency;
        may_cure(&before, owner, &change.agency).map_err(|refusal| change.refused(refusal))?;
        grounds.check_contents(&before, &self.contents)?;
        let open = defect::to_cure(&before, &grounds.of(&before), &self.code)
            .map_err(|refusal| change.refused(refusal))?;
        let mut after = before.next(change.now);
        let event = after.append(Said {
            reason: self.explanation,
            contents: self.contents,
            defect: self.code.clone(),
            law: Some(open.law),
            ..Said::new(CustodyKind::Cured, change.now, &change.agency, &change.officer)
        });
        after.review.cured.push(Cured { code: self.code, event: event.sequence });
        change.save(tx, (&before, &after), Some(&event)).await?;
        let cured = defect::Defect { cured_by: event.sequence, ..open };
        let summary = format!("{} cured the defect {}", change.agency, cured.code);
        let marks = marks::defect("defect_cured", &cured, summary);
        let cured = grounds::defect(&cured);
        let told = change.told(tx, &self.service, &after).await?;
        let response = pb::CureDefectResponse { item: Some(told), defect: Some(cured.clone()) };
        let event = Some(convert::custody_event(&event));
        let row = pb::DefectCured { defect: Some(cured), event };
        Ok(change.written("evidence.defect_cured.v2", &after, &row, response).marked(marks))
    }
}

/// That the holder or the dossier's agency cures, and that the item is still there.
fn may_cure(item: &Item, owner: &AgencyCode, body: &AgencyCode) -> Result<(), Refusal> {
    if body == owner { rule::still_there(item) } else { rule::may_change(item, body) }
}
