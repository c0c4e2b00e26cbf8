//! Officers of one body arrive on site: two at least, certified today (O-05); certificates are shown
//! (I-06). With it the inspection counts (I-04).

use chrono::{DateTime, Datelike as _, Utc};
use command::marks::Marks;
use proto::operations::v1 as pb;
use sea_orm::ConnectionTrait;
use types::AgencyCode;

use super::{
    Call,
    acknowledge_visit::dispatched_at,
    convert::visit::visit as message,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{
        law,
        operation::Operation,
        resource::Cap,
        visit::{Arrival, SHOWN, Visit},
    },
    error::Error,
    events::{Doer, Happened},
    marks, store,
};

/// The most officers of a body on one site.
const OFFICERS_MAX: usize = 50;

pub(super) async fn check_in(
    service: &Operations,
    call: Call,
    request: pb::CheckInRequest,
) -> Result<pb::CheckInResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    let shown = SHOWN.contains(&request.shown.as_str());
    fields.check(shown, "shown", "is neither SHOWN nor SCANNED (I-06: 亮码检查、扫码入企)");
    let officers = request.officers;
    fields.check(officers.len() <= OFFICERS_MAX, "officers", "are more than 50");
    let mut pairs = Vec::new();
    for (at, officer) in officers.iter().enumerate().take(OFFICERS_MAX) {
        let field = format!("officers[{at}]");
        fields.text(officer, 64, &field);
        fields.check(!officers[..at].contains(officer), &field, "is there twice");
        pairs.push((field, officer.clone()));
    }
    fields.done()?;
    let certified = service.bodies.all_certified(&call.agency, &pairs, now).await;

    let doer = Doer::new(&call.agency, officers.first().map_or("", String::as_str));
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "CheckIn", now);
    let (name, shown) = (request.name, request.shown);
    let office = service.settings.guidance_office.clone();
    once(service, command, move |tx| {
        Box::pin(async move {
            let before: Visit = store::read(tx, &agency, &name).await?;
            certified?;
            may_start(tx, &before).await?;
            let recused = recused(tx, &agency, &before.subject).await?;
            let arrival = Arrival { agency: agency.clone(), officers, shown, recused };
            let visit =
                before.check_in(arrival, now).map_err(|refusal| Error::refused(refusal, &name))?;
            store::update(tx, &visit).await?;
            let exempt = !visit.is_counted(&agency);
            let year = clock::legal_date(now).year();
            let of = (&agency, visit.subject.as_str());
            store::count_inspection(tx, of, year, exempt, now).await?;
            let summary = summary(&visit, &agency);
            let marks = counted(tx, &visit, &agency, now).await?;
            // Who comes has the notice, whether or not it said so.
            let sent = dispatched_at(tx, &agency, &visit).await?.unwrap_or(now);
            let told = visit.acknowledged_by.contains(&agency);
            let received = marks::received(&visit, (&office, &agency), (sent, now));
            let happened = Happened::new("VISIT_CHECKED_IN", &name, summary)
                .under(law::O_05)
                .marked(marks.exchanges(received.filter(|_| !told)));
            Ok(Written {
                response: pb::CheckInResponse { visit: Some(message(&visit)) },
                entries: vec![happened.by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}

/// That the joint operation of the visit is approved, or urgent (I-03).
async fn may_start(tx: &impl ConnectionTrait, visit: &Visit) -> Result<(), Error> {
    let Some(name) = &visit.operation else { return Ok(()) };
    let operation: Option<Operation> = store::public(tx, name).await?;
    let operation = operation.ok_or(Error::Corrupt("visit.operation"))?;
    operation.may_start().map_err(|refusal| Error::refused(refusal, name))
}

/// Who of a body is recused from a subject, and why (O-07).
async fn recused(
    tx: &impl ConnectionTrait,
    agency: &AgencyCode,
    subject: &str,
) -> Result<Vec<(String, String)>, Error> {
    let profiles = store::profiles(tx, std::slice::from_ref(agency)).await?;
    let recused = profiles.into_iter().filter_map(|(certificate, profile)| {
        Some((certificate, profile.recusal(subject)?.reason.clone()))
    });
    Ok(recused.collect())
}

/// Who is there, and how often the body has inspected the subject this year, against its cap (I-04).
async fn counted(
    tx: &impl ConnectionTrait,
    visit: &Visit,
    agency: &AgencyCode,
    now: DateTime<Utc>,
) -> Result<Marks, Error> {
    let (today, subject) = (clock::legal_date(now), visit.subject.as_str());
    let counts = store::counts_of(tx, subject, today.year()).await?;
    let count = counts.iter().find(|one| one.agency == *agency);
    let inspections = count.map_or(0, |one| one.counted + one.exempt);
    let officers = visit.check_in_of(agency).map_or(&[][..], |here| here.officers.as_slice());
    let marks = Marks::new()
        .value("subject", subject)
        .value("inspections_of_year", inspections)
        .value("counted_of_year", count.map_or(0, |one| one.counted));
    let marks = officers.iter().fold(marks, |marks, officer| marks.value("officer", officer));
    let cap = store::public::<Cap>(tx, &format!("caps/{agency}")).await?;
    let cap = cap.filter(|cap| cap.published_on <= today);
    let tier = store::subjects_named(tx, &[subject]).await?.first().map(|one| one.tier);
    Ok(match cap.zip(tier) {
        Some((cap, tier)) => marks.value("cap", cap.of(tier)),
        None => marks,
    })
}

/// Who came, and who of them was not sent.
fn summary(visit: &Visit, agency: &AgencyCode) -> String {
    let Some(here) = visit.check_in_of(agency) else { return String::new() };
    let sent: Vec<&String> = visit.groups_of(agency).flat_map(|one| &one.assigned).collect();
    let others: Vec<&str> =
        here.officers.iter().filter(|one| !sent.contains(one)).map(String::as_str).collect();
    let instead = if others.is_empty() {
        String::new()
    } else {
        format!("; not those dispatched: {}", others.join(", "))
    };
    let officers = here.officers.join(", ");
    format!("{agency} is at {}: {officers}, {}{instead}", visit.subject, here.shown)
}
