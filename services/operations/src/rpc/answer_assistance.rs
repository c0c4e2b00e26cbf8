//! Accepts, answers or declines a request for assistance.

use proto::operations::v1 as pb;
use server::Fields;

use super::{
    Call, asked,
    convert::assistance::assistance as message,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{
        assistance::{Act, Assistance},
        law,
    },
    error::Error,
    events::{Doer, Happened},
    marks, store,
};

/// The most digests and items of an answer.
const EVIDENCE_MAX: usize = 100;

pub(super) async fn answer_assistance(
    service: &Operations,
    call: Call,
    request: pb::AnswerAssistanceRequest,
) -> Result<pb::AnswerAssistanceResponse, Error> {
    let now = service.clock.now();
    let mut fields = Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let version = asked::version(&mut fields, &request.etag);
    let act = read(&mut fields, &request);
    fields.done()?;
    let act = act.ok_or(Error::Corrupt("request"))?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "AnswerAssistance", now);
    let name = request.name;
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let before: Assistance = store::read(tx, &agency, &name).await?;
            if Some(before.version) != version {
                return Err(Error::Stale);
            }
            let word = act.as_str();
            let one = before
                .clone()
                .act(&agency, act, now)
                .map_err(|refusal| Error::refused(refusal, &name))?;
            store::update(tx, &one).await?;
            let late = if one.late { ", after the term" } else { "" };
            let summary = format!("{agency}: {word}{late}");
            let happened = Happened::new("ASSISTANCE_ANSWERED", &name, summary)
                .under(law::ASSISTANCE)
                .marked(marks::assistance(Some(&before), &one, now))
                .with(one.answer_evidence.clone());
            Ok(Written {
                response: pb::AnswerAssistanceResponse { assistance_request: Some(message(&one)) },
                entries: vec![happened.by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}

fn read(fields: &mut Fields, request: &pb::AnswerAssistanceRequest) -> Option<Act> {
    let without = |fields: &mut Fields, text: bool| {
        fields.check(request.evidence.is_empty(), "evidence", "is for an answer");
        fields.check(text || request.text.is_empty(), "text", "is for an answer or a reason");
    };
    match request.act.as_str() {
        "ACCEPT" => {
            without(fields, false);
            Some(Act::Accept)
        }
        "ANSWER" => {
            fields.text(&request.text, 20_000, "text");
            let count = request.evidence.len();
            fields.check(count <= EVIDENCE_MAX, "evidence", "are more than 100");
            for (at, one) in request.evidence.iter().enumerate().take(EVIDENCE_MAX) {
                let digest = one.len() == 64 && one.bytes().all(|b| b.is_ascii_hexdigit());
                let item = one.starts_with("items/") && one.len() <= 64;
                let fault = "is neither a digest of 64 digits nor items/{uuid}";
                fields.check(digest || item, format!("evidence[{at}]"), fault);
            }
            Some(Act::Answer { text: request.text.clone(), evidence: request.evidence.clone() })
        }
        "DECLINE" => {
            without(fields, true);
            fields.text(&request.text, 4000, "text");
            Some(Act::Decline { reason: request.text.trim().to_owned() })
        }
        _ => {
            fields.fault("act", "is none of ACCEPT, ANSWER, DECLINE");
            None
        }
    }
}
