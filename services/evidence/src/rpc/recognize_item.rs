//! Recognises an item that another body collected for one's own use, after review.

use command::{Written, once};
use proto::evidence::v1 as pb;
use sea_orm::DatabaseTransaction;

use super::{
    Call,
    assess_dossier::target,
    change::{Alike, Change, check_text},
    convert,
    grounds::{self, Grounds},
    officers::Officers,
};
use crate::{
    Evidence,
    domain::{
        assessment,
        custody::Said,
        item::Recognized,
        word::{CustodyKind, Use},
    },
    error::Error,
    marks, store,
};

pub(super) async fn recognize_item(
    service: &Evidence,
    call: Call,
    request: pb::RecognizeItemRequest,
) -> Result<pb::RecognizeItemResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    let alike = Alike {
        request_id: &request.request_id,
        item: &request.item,
        etag: &request.etag,
        officer: &request.officer,
    };
    let version = alike.check(&mut fields);
    fields.check(request.r#use() != pb::Use::Unspecified, "use", "is missing");
    fields.text(&request.review, 4000, "review");
    check_text(&mut fields, &request.review, 4000, "review");
    fields.done()?;
    let officers = Officers::one("officer", &request.officer, clock::legal_date(now));
    let certified = officers.check(service, &call.agency).await;
    let recognizing = Recognizing {
        service: service.clone(),
        target: target(request.r#use())?,
        review: request.review.trim().to_owned(),
        change: Change {
            agency: call.agency.clone(),
            officer: request.officer,
            item: request.item,
            version,
            now,
        },
    };
    once(&service.db, call.command(request.request_id, "RecognizeItem", now), move |tx| {
        Box::pin(async move {
            certified?;
            recognizing.write(tx).await
        })
    })
    .await
}

/// A recognition on its way.
struct Recognizing {
    service: Evidence,
    change: Change,
    target: Use,
    review: String,
}

impl Recognizing {
    async fn write(
        self,
        tx: &DatabaseTransaction,
    ) -> Result<Written<pb::RecognizeItemResponse>, Error> {
        let (change, target) = (self.change, self.target);
        let before = change.read(tx).await?;
        let dossier = store::dossier_name(before.dossier);
        let at = (&self.service, change.day());
        let items = std::slice::from_ref(&before);
        let grounds = Grounds::read(tx, &change.agency, &dossier, items, at).await?;
        let (known, collector) = (grounds.of(&before), &grounds.dossier().agency);
        let now = assessment::assess(&before, &known, target, &change.agency);
        assessment::may_recognize(&before, collector, &change.agency, &now)
            .map_err(|refusal| change.refused(refusal))?;
        let mut after = before.next(change.now);
        let event = after.append(Said {
            reason: format!("{target}: {}", self.review),
            law: Some(now.class.law),
            ..Said::new(CustodyKind::Recognized, change.now, &change.agency, &change.officer)
        });
        let agency = change.agency.clone();
        let recognized = Recognized { agency, r#use: target, event: event.sequence };
        after.review.recognized.push(recognized);
        change.save(tx, (&before, &after), Some(&event)).await?;
        let now = assessment::Assessment { recognized: true, ..now };
        let summary = format!("{} recognised the item for {target}", change.agency);
        let marks = marks::recognized(now.class.law, &now.defects, summary);
        let told = grounds::told(&after, &now);
        let item = change.told(tx, &self.service, &after).await?;
        let response =
            pb::RecognizeItemResponse { item: Some(item), assessment: Some(told.clone()) };
        let event = Some(convert::custody_event(&event));
        let row = pb::ItemRecognized { assessment: Some(told), event };
        Ok(change.written("evidence.item_recognized.v2", &after, &row, response).marked(marks))
    }
}
