//! Creates or replaces subjects, up to 1,000 at once.

use std::collections::{BTreeMap, BTreeSet};

use proto::operations::v1 as pb;

use super::{
    Call,
    convert::subject::{read_subject, wire},
    once::{Written, once},
};
use crate::{
    Operations,
    domain::subject::Subject,
    error::Error,
    events::{Doer, Happened},
    store,
};

/// The most subjects of one call.
const SUBJECTS_MAX: usize = 1000;

pub(super) async fn put_subjects(
    service: &Operations,
    call: Call,
    request: pb::PutSubjectsRequest,
) -> Result<pb::PutSubjectsResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let count = (1..=SUBJECTS_MAX).contains(&request.subjects.len());
    fields.check(count, "subjects", "are not 1 to 1000");
    let mut names = BTreeSet::new();
    let mut subjects = Vec::new();
    for (at, one) in request.subjects.into_iter().take(SUBJECTS_MAX).enumerate() {
        let at = format!("subjects[{at}].");
        if let Some(subject) = read_subject(&mut fields, one, &at, &call.agency, now) {
            let once = names.insert(subject.name.clone());
            fields.check(once, format!("{at}uscc"), "is there twice");
            subjects.push(subject);
        }
    }
    fields.done()?;
    let bodies = service.bodies.with(std::slice::from_ref(&call.agency)).await?;
    // Who rates enterprises is a body that inspects them, or the office that coordinates those.
    let office = call.agency == service.settings.guidance_office;
    let may = if office { Ok(()) } else { bodies.inspector(&call.agency, &service.settings) };
    may.map_err(|refusal| Error::refused(refusal, "subjects"))?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let command = call.command(request.request_id, "PutSubjects", now);
    let today = clock::legal_date(now);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let before = store::subjects_named(tx, &names).await?;
            let before: BTreeMap<&str, &Subject> =
                before.iter().map(|one| (one.name.as_str(), one)).collect();
            let subjects: Vec<Subject> = subjects
                .into_iter()
                .map(|one| {
                    let known = before.get(one.name.as_str()).copied();
                    one.replacing(known, today)
                })
                .collect();
            store::upsert(tx, &subjects).await?;
            let replaced = wire(u32::try_from(before.len()).unwrap_or(u32::MAX));
            let created = wire(u32::try_from(subjects.len()).unwrap_or(u32::MAX)) - replaced;
            let summary = format!("{} wrote {} subjects", doer.agency, subjects.len());
            let tiers = subjects.iter().map(|one| format!("{}:{}", one.name, one.tier));
            let happened = Happened::new("SUBJECTS_PUT", "subjects", summary);
            Ok(Written {
                response: pb::PutSubjectsResponse { created, replaced },
                entries: vec![happened.with(tiers.collect()).by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}
