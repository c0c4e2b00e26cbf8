//! The asked body asks back for material, as often as is set: the term of its answer stands still.

use proto::referral::v1 as pb;

use super::{
    Call,
    record::{Change, Deed, Known, TEXT_MAX, change},
    shown,
};
use crate::{
    Referral, domain::consultation::Consultation, error::Error, events::linkage as events,
};

pub(super) async fn request_consultation_material(
    service: &Referral,
    call: Call,
    request: pb::RequestConsultationMaterialRequest,
) -> Result<pb::RequestConsultationMaterialResponse, Error> {
    let asked = Change {
        request_id: request.request_id,
        method: "RequestConsultationMaterial",
        name: request.name,
        etag: request.etag,
        officer: request.officer,
    };
    let mut fields = server::Fields::default();
    asked.check(&mut fields);
    fields.text(&request.material, TEXT_MAX, "material");
    let material = request.material;
    fields.done()?;
    let decide = move |one: &mut Consultation, known: &Known| {
        let settings = &known.settings.linkage;
        one.request_material(&known.by, material, (known.now, settings))?;
        let still = if one.stands_still() { ": the term stands still" } else { "" };
        Ok(Deed {
            kind: "CONSULTATION_MATERIAL_REQUESTED",
            law: one.law(&known.bodies),
            summary: format!("{} asked {} for material{still}", one.asked, one.asker),
            exchanges: events::asked_back(one, known.now),
        })
    };
    let answer = |one: &Consultation, _: &_| pb::RequestConsultationMaterialResponse {
        consultation: Some(shown::consultation(one)),
    };
    change(service, call, asked, decide, answer).await
}
