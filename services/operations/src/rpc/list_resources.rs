//! A body's officers, kits and cap: its own, or for the guidance office any.

use proto::operations::v1 as pb;
use types::AgencyCode;

use super::{Call, asked, convert};
use crate::{Operations, domain::resource::Cap, error::Error, store};

pub(super) async fn list_resources(
    service: &Operations,
    call: &Call,
    request: pb::ListResourcesRequest,
) -> Result<pb::ListResourcesResponse, Error> {
    let mut fields = server::Fields::default();
    let page = asked::page(&mut fields, request.page_size, &request.page_token, &request.agency);
    let agency = if request.agency.is_empty() {
        Some(call.agency.clone())
    } else {
        fields.need(AgencyCode::parse(&request.agency), "agency", "is no code of a body")
    };
    fields.done()?;
    let agency = agency.ok_or(Error::NotFound("body"))?;
    if agency != call.agency && call.agency != service.settings.guidance_office {
        return Err(Error::NotFound("body"));
    }
    let reader = service.db.reader();
    let mut officers =
        store::officers_page(reader, &agency, page.cursor.as_deref(), page.want()).await?;
    let next_page_token = page.cut(&mut officers, |one| one.name.clone());
    let (mut kits, mut cap) = (Vec::new(), None);
    if page.cursor.is_none() {
        kits = store::kits(reader, &agency).await?;
        cap = store::public::<Cap>(reader, &format!("caps/{agency}")).await?;
    }
    Ok(pb::ListResourcesResponse {
        officers: officers.iter().map(convert::subject::officer).collect(),
        kits: kits.iter().map(convert::subject::kit).collect(),
        cap: cap.as_ref().map(convert::subject::cap),
        next_page_token,
    })
}
