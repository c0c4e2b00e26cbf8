//! Asks a body of justice about a case, or one that enforces, the other way round (P-14).

use proto::referral::v1 as pb;
use types::{AgencyCode, Id};

use super::{
    Call,
    once::once,
    record::{Deed, Known, New, TEXT_MAX, add, certified},
    shown,
};
use crate::{
    Referral,
    domain::{
        consultation::{self, Consultation, Question},
        leg::Docket,
    },
    error::Error,
    events::{Doer, linkage as events},
    store,
};

pub(super) async fn ask_consultation(
    service: &Referral,
    call: Call,
    request: pb::AskConsultationRequest,
) -> Result<pb::AskConsultationResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    let asked = AgencyCode::parse(&request.asked);
    let asked = fields.need(asked, "asked", "is no agency code");
    let docket = store::parse_name::<Docket>(&request.docket, "dockets");
    let none = request.docket.is_empty();
    fields.check(none || docket.is_some(), "docket", "is not dockets/{uuid}");
    fields.text(&request.question, TEXT_MAX, "question");
    fields.text(&request.officer, 64, "officer");
    let attachments = shown::attachments(request.attachments, &mut fields);
    fields.done()?;
    let asked = asked.ok_or(Error::Corrupt("asked"))?;
    let others = std::slice::from_ref(&asked);
    let certified = certified(service, &call, &request.officer, others, now).await;

    let known = Known::of(service, &call, now);
    let question = Question {
        name: format!("consultations/{}", Id::<Consultation>::new(now)),
        asker: call.agency.clone(),
        asked,
        docket: request.docket,
        question: request.question,
        attachments,
        now,
    };
    let doer = Doer::new(&call.agency, &request.officer);
    let command = call.command(request.request_id, "AskConsultation", now);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            if !question.docket.is_empty() {
                store::docket(tx, &known.by, &question.docket).await?;
            }
            let name = question.name.clone();
            let rules = (&*known.bodies, &known.settings.linkage);
            let record = consultation::ask(question, rules, known.count())
                .map_err(|refusal| Error::refused(refusal, name))?;
            let deed = Deed {
                kind: "CONSULTATION_ASKED",
                law: record.law(&known.bodies),
                summary: format!("{} asked {} about a case", record.asker, record.asked),
                exchanges: vec![events::question(&record)],
            };
            let seen_by = vec![record.asker.clone(), record.asked.clone()];
            let new = New { record, deed, seen_by, beside: Vec::new() };
            add(tx, new, (&doer, now), |one| pb::AskConsultationResponse {
                consultation: Some(shown::consultation(one)),
            })
            .await
        })
    })
    .await
}
