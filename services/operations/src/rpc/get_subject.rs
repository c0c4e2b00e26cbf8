//! One subject, with this year's inspections and what the caps allow.

use chrono::Datelike as _;
use proto::operations::v1 as pb;

use super::{Call, convert};
use crate::{
    Operations,
    domain::{resource::Cap, subject::Subject},
    error::Error,
    store,
};

pub(super) async fn get_subject(
    service: &Operations,
    _: &Call,
    request: pb::GetSubjectRequest,
) -> Result<pb::GetSubjectResponse, Error> {
    let reader = service.db.reader();
    let subject = store::public::<Subject>(reader, &request.name).await?;
    let subject = subject.ok_or(Error::NotFound("subject"))?;
    let year = clock::legal_date(service.clock.now()).year();
    let mut counts = Vec::new();
    for count in store::counts_of(reader, &subject.name, year).await? {
        let cap = store::public::<Cap>(reader, &format!("caps/{}", count.agency)).await?;
        counts.push(convert::subject::count(&count, cap.map(|cap| cap.of(subject.tier))));
    }
    Ok(pb::GetSubjectResponse { subject: Some(convert::subject::subject(&subject)), counts })
}
