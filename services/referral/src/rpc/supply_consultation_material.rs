//! The asker supplies what was asked back for: the term runs on.

use proto::referral::v1 as pb;

use super::{
    Call,
    record::{Change, Deed, Known, TEXT_MAX, change},
    shown,
};
use crate::{
    Referral, domain::consultation::Consultation, error::Error, events::linkage as events,
};

pub(super) async fn supply_consultation_material(
    service: &Referral,
    call: Call,
    request: pb::SupplyConsultationMaterialRequest,
) -> Result<pb::SupplyConsultationMaterialResponse, Error> {
    let asked = Change {
        request_id: request.request_id,
        method: "SupplyConsultationMaterial",
        name: request.name,
        etag: request.etag,
        officer: request.officer,
    };
    let mut fields = server::Fields::default();
    asked.check(&mut fields);
    fields.text(&request.note, TEXT_MAX, "note");
    let attachments = shown::attachments(request.attachments, &mut fields);
    let note = request.note;
    fields.done()?;
    let decide = move |one: &mut Consultation, known: &Known| {
        let runs = if one.stands_still() { ": the term runs on" } else { "" };
        one.supply_material(&known.by, (note, attachments), (known.now, known.count()))?;
        Ok(Deed {
            kind: "CONSULTATION_MATERIAL_SUPPLIED",
            law: one.law(&known.bodies),
            summary: format!("{} supplied material to {}{runs}", one.asker, one.asked),
            exchanges: events::supplied(one, known.now),
        })
    };
    let answer = |one: &Consultation, _: &_| pb::SupplyConsultationMaterialResponse {
        consultation: Some(shown::consultation(one)),
    };
    change(service, call, asked, decide, answer).await
}
