//! Opens a dispute: computes its forum, and names who acts from the first instant on.

use chrono::{DateTime, Utc};
use proto::arbitration::v1 as pb;
use sea_orm::DatabaseTransaction;
use server::Fields;
use types::AgencyCode;

use super::{
    Call, know,
    once::{Written, once},
    position, said,
    subject_said::{self, day},
};
use crate::{
    Arbitration, asking,
    domain::{
        act::{Said, World},
        acting::Before,
        dispute::{Dispute, Position, Subject},
        opening::{self, Opening, Word},
        telling,
        word::Kind,
    },
    error::Error,
    events::{self, Doer},
    message, store,
};

/// A request that parsed.
struct Asked {
    kind: Kind,
    others: Vec<AgencyCode>,
    subject: Subject,
    said: Said,
    before: Before,
}

pub(super) async fn open_dispute(
    service: &Arbitration,
    call: Call,
    mut request: pb::OpenDisputeRequest,
) -> Result<pb::OpenDisputeResponse, Error> {
    let now = service.clock.now();
    let mut asked = parse(&mut request, clock::legal_date(now))?;
    know(service, &asked.others).await?;
    let certified = position(service, &call.agency, &request.officer, now).await;
    let word = asking::ask(service, &asked.subject, &asked.before).await;
    let mut parties = vec![call.agency.clone()];
    parties.append(&mut asked.others);
    let competent = word.as_ref().and_then(|word| word.competent.clone());
    asked.before.catalogue = competent.filter(|body| parties.contains(body));

    let (agency, officer) = (call.agency.clone(), request.officer.clone());
    let by = agency.clone();
    let doer = Doer { agency: agency.to_string(), officer: officer.clone() };
    let command = call.command(request.request_id, "OpenDispute", now);
    let again = service.clone();
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let Some(word) = word else {
                let refusal = opening::unknown_matter(&asked.subject.matter);
                return Err(Error::refused(refusal, asked.subject.docket));
            };
            let Said { stance, text, basis, evidence, .. } = asked.said;
            let stance = stance.ok_or(Error::Corrupt("position.stance"))?;
            let position = Position { agency, officer, stance, text, basis, evidence, at: now };
            let (kind, subject, before) = (asked.kind, asked.subject, asked.before);
            let catalogue = word.reasons.clone();
            let opening = Opening { kind, parties, subject, position, before, catalogue, now };
            let (bodies, calendar) = (again.bodies(), again.calendar.table());
            let world = World { settings: &again.settings, calendar: &calendar, bodies: &bodies };
            let over = opening.subject.docket.clone();
            let opened = opening::open(opening, world);
            let mut dispute = opened.map_err(|refusal| Error::refused(refusal, over))?;
            hold(tx, &dispute, &by, &word, now).await?;
            let tellings = telling::due(None, &mut dispute);
            store::insert_dispute(tx, &dispute).await?;
            let name = dispute.name();
            store::insert_tellings(tx, &name, &tellings).await?;
            let shown = dispute.parties().iter().map(|code| (code.clone(), name.clone()));
            Ok(Written {
                shown: shown.collect(),
                entries: vec![events::opened(&dispute, &doer)],
                response: pb::OpenDisputeResponse { dispute: Some(message::dispute(&dispute)) },
                decided: None,
            })
        })
    })
    .await
}

/// Takes what a dispute is over, for `by`; refused where another is open over the same, or a decision
/// settles it.
///
/// First the keys, then the decisions: whoever decides frees the keys, so a decision made meanwhile is seen.
pub(super) async fn hold(
    tx: &DatabaseTransaction,
    dispute: &Dispute,
    by: &AgencyCode,
    word: &Word,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let (keys, docket) = (opening::keys(dispute), &dispute.subject.docket);
    if let Some((key, first)) = store::open_over(tx, &keys).await? {
        // Only who may see the first dispute learns its name.
        let seen = store::dispute(tx, by, &first).await.is_ok();
        let refusal = opening::already_open(key == *docket, seen.then_some(first.as_str()));
        return Err(Error::refused(refusal, docket.clone()));
    }
    store::take(tx, dispute, &keys).await?;
    let decided = store::precedents_about(tx, &dispute.subject).await?;
    let today = clock::legal_date(now);
    let settles = |one: &&_| opening::settles(one, &dispute.subject, dispute.parties(), word);
    for precedent in decided.iter().filter(settles) {
        let carried = store::dispute_for_service(tx, &precedent.dispute).await?.revision;
        if !opening::is_overtaken(precedent, carried, word, today) {
            let refusal = opening::res_judicata(precedent);
            return Err(Error::refused(refusal, precedent.dispute.clone()));
        }
    }
    Ok(())
}

fn parse(request: &mut pb::OpenDisputeRequest, today: chrono::NaiveDate) -> Result<Asked, Error> {
    let mut fields = Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let kind = fields.need(subject_said::kind(request.kind()), "kind", "is missing");
    let others = subject_said::codes(&mut fields, &request.others, "others");
    let few = others.len() < subject_said::PARTIES_MAX;
    fields.check(few, "others", "are more than 19");
    let subject = subject_said::subject(&mut fields, request.subject.take());
    let position = fields.need(request.position.take(), "position", "is missing");
    let said = position.map(|one| said::position(&mut fields, one, "position"));
    let before = before(&mut fields, request, today);
    fields.done()?;
    let (Some(kind), Some(subject), Some(said)) = (kind, subject, said) else {
        return Err(Error::Corrupt("request"));
    };
    Ok(Asked { kind, others, subject, said, before })
}

fn before(
    fields: &mut Fields,
    request: &pb::OpenDisputeRequest,
    today: chrono::NaiveDate,
) -> Before {
    let mut past = |text: &str, field: &str| {
        let day = day(fields, text, field);
        fields.check(day.is_none_or(|day| day <= today), field, "is in the future");
        day
    };
    let filed_on = past(&request.filed_first_on, "filed_first_on");
    let transfer_received_on = past(&request.transfer_received_on, "transfer_received_on");
    let transfer_refused_on = past(&request.transfer_refused_on, "transfer_refused_on");
    let mut body = |text: &str, field: &str| {
        if text.is_empty() { None } else { subject_said::code(fields, text, field) }
    };
    let filed_by = body(&request.filed_first_by, "filed_first_by");
    let received_first = body(&request.received_first_by, "received_first_by");
    let both = request.filed_first_by.is_empty() == request.filed_first_on.is_empty();
    fields.check(both, "filed_first_on", "comes with filed_first_by, and the other way round");
    Before {
        filed_first: filed_by.zip(filed_on),
        received_first,
        transfer_received_on,
        transfer_refused_on,
        catalogue: None,
    }
}
