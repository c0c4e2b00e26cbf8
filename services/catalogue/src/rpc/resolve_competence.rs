//! Says which body is competent, or which several claim to be, each with reasons.

use proto::catalogue::v1 as pb;
use types::AgencyCode;

use crate::{
    Catalogue, convert,
    domain::{region::Region, resolve::Question, span::day},
    error::Error,
};

pub(super) async fn resolve_competence(
    service: &Catalogue,
    request: &pb::ResolveCompetenceRequest,
) -> Result<pb::ResolveCompetenceResponse, Error> {
    let today = clock::legal_date(service.clock.now());
    let question = parse(request, today)?;
    let told = service.snapshots.about(&service.db, request.revision, &request.matter).await?;
    let index = told.index();
    let answer = index
        .resolve(&question)
        .map_err(|refusal| Error::refused(refusal, request.matter.clone()))?;
    let code = |code: Option<AgencyCode>| code.map(|code| code.to_string()).unwrap_or_default();
    Ok(pb::ResolveCompetenceResponse {
        revision: index.revision(),
        competent: code(answer.competent),
        claims: answer.claims.iter().map(convert::claim).collect(),
        brigade: code(answer.brigade),
        officer_acts_for: code(answer.officer_acts_for),
        basis: answer.basis.as_ref().map(convert::basis),
        summary: answer.summary,
        summary_zh: answer.summary_zh,
    })
}

fn parse(
    request: &pb::ResolveCompetenceRequest,
    today: chrono::NaiveDate,
) -> Result<Question<'_>, Error> {
    let mut fields = server::Fields::default();
    fields.text(&request.matter, 40, "matter");
    let place = Region::parse(&request.place);
    let place = fields.need(place, "place", "is no region code of 6 or 9 digits");
    let act_date = if request.act_date.is_empty() { Some(today) } else { day(&request.act_date) };
    let act_date = fields.need(act_date, "act_date", "is not a date (YYYY-MM-DD)");
    let filed_on = day(&request.filed_on);
    let fine = request.filed_on.is_empty() || filed_on.is_some();
    fields.check(fine, "filed_on", "is not a date (YYYY-MM-DD)");
    fields.check(filed_on.is_none_or(|day| day <= today), "filed_on", "is after today");
    let filed_by = AgencyCode::parse(&request.filed_by);
    let fine = request.filed_by.is_empty() || filed_by.is_some();
    fields.check(fine, "filed_by", "is no agency code");
    let dated = request.filed_by.is_empty() || !request.filed_on.is_empty();
    fields.check(dated, "filed_on", "is missing: when did it file?");
    fields.check(request.subject.len() <= 200, "subject", "is longer than 200 bytes");
    fields.check(request.certificate_no.len() <= 64, "certificate_no", "is longer than 64 bytes");
    fields.check(request.revision >= 0, "revision", "is negative");
    fields.done()?;
    let (Some(place), Some(act_date)) = (place, act_date) else {
        return Err(Error::Corrupt("question"));
    };
    Ok(Question {
        matter: &request.matter,
        place,
        act_date,
        filed_on,
        filed_by,
        subject: &request.subject,
        certificate_no: &request.certificate_no,
        today,
    })
}
