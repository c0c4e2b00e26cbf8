//! Records a decision; refused without the legal review that it needs.

use command::{Written, once};
use proto::supervision::v1 as pb;
use types::Id;

use super::{Call, decision_said, decision_told};
use crate::{
    Supervision, decided,
    domain::{
        decision::{Counter, Decision},
        law,
    },
    error::Error,
    events::Doer,
    store,
};

pub(super) async fn record_decision(
    service: &Supervision,
    call: Call,
    request: pb::RecordDecisionRequest,
) -> Result<pb::RecordDecisionResponse, Error> {
    let now = service.clock.now();
    let today = clock::legal_date(now);
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let content = decision_said::content(&mut fields, request.content, today);
    fields.done()?;
    let content = content.ok_or(Error::Corrupt("content"))?;
    let mut certified = vec![("content.case_officer".to_owned(), content.case_officer.clone())];
    if let Some(review) = &content.legal_review {
        certified.push(("content.legal_review.reviewer".to_owned(), review.reviewer.clone()));
    }
    let directory = &service.directory;
    let decided = directory.positions(&call.agency, content.decided_on, &certified).await;
    let officer = [("officer".to_owned(), request.officer.clone())];
    let officer = directory.positions(&call.agency, today, &officer).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let table = service.calendar.table();
    let settings = service.settings.decisions.clone();
    let command = call.command(request.request_id, "RecordDecision", now);
    once(&service.db, command, move |tx| {
        Box::pin(async move {
            decided?;
            officer?;
            let name = format!("decisions/{}", Id::<Decision>::new(now));
            let number = content.decision_no.clone();
            let by = Counter { calendar: &table, settings: &settings };
            let ids = || Id::<()>::new(now).to_string();
            let one = Decision::record((name, agency), content, now, by, ids)
                .map_err(|refusal| Error::refused(refusal, number))?;
            store::decision::insert(tx, &one).await?;
            let law = if one.content.is_major(&settings) { law::S_05 } else { law::S_03 };
            Ok(Written {
                response: pb::RecordDecisionResponse {
                    decision: Some(decision_told::decision(&one)),
                },
                entries: vec![decided::decision("DECISION_RECORDED", (None, &one), law, &doer)],
            })
        })
    })
    .await
}
