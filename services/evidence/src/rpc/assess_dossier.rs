//! Says for each item of a dossier how it may be used for a target, and what is wrong with it.

use proto::evidence::v1 as pb;

use super::{
    Call,
    convert::of_word,
    grounds::{self, Grounds},
    list_items::Page,
};
use crate::{
    Evidence,
    domain::{assessment, word::Use},
    error::Error,
    store,
};

pub(super) async fn assess_dossier(
    service: &Evidence,
    call: Call,
    request: pb::AssessDossierRequest,
) -> Result<pb::AssessDossierResponse, Error> {
    let target = target(request.r#use())?;
    let list = format!("{}/{target}", request.dossier);
    let asked = Page::read(&list, request.page_size, &request.page_token)?;
    // The items and their chains as they were at one instant.
    let reader = &store::snapshot(&service.db).await?;
    store::dossier(reader, &call.agency, &request.dossier).await?;
    let (agency, dossier) = (&call.agency, request.dossier.as_str());
    let mut items =
        store::items_of_dossier(reader, agency, dossier, asked.after, asked.want()).await?;
    let next_page_token = asked.cut(&mut items, |item| item.number);
    let at = (service, clock::legal_date(service.clock.now()));
    let grounds = Grounds::read(reader, agency, dossier, &items, at).await?;
    let assessments = items.iter().map(|item| {
        let assessment = assessment::assess(item, &grounds.of(item), target, agency);
        grounds::told(item, &assessment)
    });
    Ok(pb::AssessDossierResponse { assessments: assessments.collect(), next_page_token })
}

/// The use that is asked about.
pub(super) fn target(target: pb::Use) -> Result<Use, Error> {
    let target = of_word(target.as_str_name(), "USE_", Use::parse);
    target.ok_or_else(|| server::Violations::of("use", "is missing").into())
}
