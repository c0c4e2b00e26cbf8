//! Pages of the subjects, by name.

use proto::operations::v1 as pb;

use super::{Call, asked, convert};
use crate::{
    Operations,
    domain::word::Tier,
    error::Error,
    store::{self, SubjectFilter},
};

pub(super) async fn list_subjects(
    service: &Operations,
    _: &Call,
    request: pb::ListSubjectsRequest,
) -> Result<pb::ListSubjectsResponse, Error> {
    let mut fields = server::Fields::default();
    let page = asked::page(&mut fields, request.page_size, &request.page_token, &request.filter);
    let mut filter = SubjectFilter::default();
    asked::filter(&mut fields, &request.filter, "sector, tier, region", |field, value| {
        match field {
            "sector" => filter.sector = Some(value),
            "tier" => {
                Tier::parse(&value).ok_or("tier is A, B, C or D".to_owned())?;
                filter.tier = Some(value);
            }
            "region" => filter.region = Some(value),
            _ => return Ok(false),
        }
        Ok(true)
    });
    fields.done()?;
    let reader = service.db.reader();
    let mut subjects =
        store::subjects_page(reader, &filter, page.cursor.as_deref(), page.want()).await?;
    let next_page_token = page.cut(&mut subjects, |one| one.name.clone());
    let subjects = subjects.iter().map(convert::subject::subject).collect();
    Ok(pb::ListSubjectsResponse { subjects, next_page_token })
}
