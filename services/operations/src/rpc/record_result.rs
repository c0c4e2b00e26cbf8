//! Records what was found on one matter, and ends the visit with the last one.

use chrono::{DateTime, Utc};
use command::marks::{Case, Marks};
use proto::operations::v1 as pb;
use server::Fields;
use types::AgencyCode;

use super::{
    Call, asked,
    convert::visit::visit as message,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{
        law,
        visit::{MatterResult, Visit},
        word::Finding,
    },
    error::Error,
    events::{Doer, Happened},
    marks, store,
};

/// The most lines of a checklist.
const LINES_MAX: usize = 200;
/// What a line of it may be answered with.
const ANSWERS: [&str; 3] = ["YES", "NO", "NOT_APPLICABLE"];

pub(super) async fn record_result(
    service: &Operations,
    call: Call,
    request: pb::RecordResultRequest,
) -> Result<pb::RecordResultResponse, Error> {
    let now = service.clock.now();
    let mut fields = Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    let result = fields.need(request.result, "result", "is missing");
    let result = result.and_then(|result| read(&mut fields, result, &call.agency, now));
    fields.done()?;
    let result = result.ok_or(Error::Corrupt("request"))?;
    let certified = service.bodies.certified(&call.agency, &result.officer, now).await;

    let doer = Doer::new(&call.agency, &result.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "RecordResult", now);
    let (name, done) = (request.name, request.done);
    let term = (service.settings.publish_days, service.settings.near_percent);
    let calendar = service.calendar.table();
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let before: Visit = store::read(tx, &agency, &name).await?;
            let refused = |refusal| Error::refused(refusal, &name);
            let led_to = match result.follow_up.as_str() {
                "" => String::new(),
                follow_up => format!(", {follow_up}"),
            };
            let summary = format!("{agency} {}: {}{led_to}", result.matter, result.result);
            let evidence = Some(&result.dossier).filter(|dossier| !dossier.is_empty());
            let evidence = evidence.map(|dossier| format!("dossier:{dossier}"));
            let recorded = Happened::new("VISIT_RESULT", &name, summary)
                .under(law::I_02)
                .with(evidence.into_iter().collect())
                .marked(found(&result));
            let mut entries = vec![recorded.by(&doer, now)];
            let mut visit = before.record(result).map_err(refused)?;
            if done {
                visit = visit.finish(now, term, &calendar).map_err(refused)?;
                entries.push(ended(&visit).by(&doer, now));
            }
            store::update(tx, &visit).await?;
            let response = pb::RecordResultResponse { visit: Some(message(&visit)) };
            Ok(Written { response, entries, shown: Vec::new() })
        })
    })
    .await
}

fn found(result: &MatterResult) -> Marks {
    let marks = Marks::new()
        .case(Case { matter: result.matter.clone(), ..Case::default() })
        .value("finding", result.result);
    if result.follow_up.is_empty() { marks } else { marks.value("follow_up", &result.follow_up) }
}

fn ended(visit: &Visit) -> Happened {
    let missing: Vec<String> = visit.missing().iter().map(ToString::to_string).collect();
    let without = if missing.is_empty() {
        String::new()
    } else {
        format!("; {} never came", missing.join(", "))
    };
    let due = visit.publishing.as_ref().map(|term| term.due_at.with_timezone(&clock::SHANGHAI));
    let due = due.map(|at| at.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
    let summary = format!("the inspection ended; its result is published by {due}{without}");
    let marks = Marks::new().terms(marks::publication(visit)).value("subject", &visit.subject);
    Happened::new("VISIT_DONE", &visit.name, summary).under(law::O_09).marked(marks)
}

fn read(
    fields: &mut Fields,
    one: pb::MatterResult,
    agency: &AgencyCode,
    now: DateTime<Utc>,
) -> Option<MatterResult> {
    let own = one.agency.is_empty() || one.agency == agency.as_str();
    fields.check(own, "result.agency", "is not the caller's own body");
    fields.text(&one.matter, 40, "result.matter");
    fields.text(&one.officer, 64, "result.officer");
    let words = Finding::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ");
    let found = Finding::parse(&one.result);
    let found = fields.need(found, "result.result", format!("is none of {words}"));
    asked::at_most(fields, &one.findings, 20_000, "result.findings");
    let dossier = one.dossier.is_empty() || one.dossier.starts_with("dossiers/");
    fields.check(dossier && one.dossier.len() <= 64, "result.dossier", "is no name of a dossier");
    asked::at_most(fields, &one.follow_up, 200, "result.follow_up");
    if let Some(found) = found {
        let told = !found.leads_on() || !one.follow_up.trim().is_empty();
        fields.check(told, "result.follow_up", format!("is missing: {found} leads to something"));
        let nothing = found != Finding::Ok || one.follow_up.is_empty();
        fields.check(nothing, "result.follow_up", "is there, though nothing was wrong");
    }
    fields.check(one.checklist.len() <= LINES_MAX, "result.checklist", "has more than 200 lines");
    let mut checklist = Vec::new();
    for (at, line) in one.checklist.into_iter().enumerate().take(LINES_MAX) {
        let field = format!("result.checklist[{at}].");
        fields.text(&line.question, 1000, &format!("{field}question"));
        let known = ANSWERS.contains(&line.answer.as_str());
        fields.check(known, format!("{field}answer"), "is none of YES, NO, NOT_APPLICABLE");
        asked::at_most(fields, &line.note, 4000, format!("{field}note"));
        checklist.push((line.question, line.answer, line.note));
    }
    Some(MatterResult {
        agency: agency.clone(),
        matter: one.matter,
        result: found?,
        findings: one.findings,
        checklist,
        dossier: one.dossier,
        follow_up: one.follow_up,
        officer: one.officer,
        at: now,
    })
}
