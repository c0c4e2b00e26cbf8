//! Tells the police at once that they are needed before there is a referral (T-09b).

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
        involvement::{self, Involvement, Told},
        leg::Docket,
        linkage::T_09B,
    },
    error::Error,
    events::{Doer, linkage as events},
    store,
};

pub(super) async fn notify_early_involvement(
    service: &Referral,
    call: Call,
    request: pb::NotifyEarlyInvolvementRequest,
) -> Result<pb::NotifyEarlyInvolvementResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    let docket = store::parse_name::<Docket>(&request.docket, "dockets");
    fields.check(docket.is_some(), "docket", "is not dockets/{uuid}");
    let dangers = shown::dangers(&request.dangers, &mut fields);
    fields.text(&request.facts, TEXT_MAX, "facts");
    let to = AgencyCode::parse(&request.to_agency);
    fields.check(request.to_agency.is_empty() || to.is_some(), "to_agency", "is no agency code");
    fields.text(&request.officer, 64, "officer");
    fields.done()?;
    let certified = certified(service, &call, &request.officer, to.as_slice(), now).await;

    let known = Known::of(service, &call, now);
    let told = Told {
        name: format!("earlyInvolvements/{}", Id::<Involvement>::new(now)),
        docket: request.docket,
        by: call.agency.clone(),
        to,
        dangers,
        facts: request.facts,
        now,
    };
    let doer = Doer::new(&call.agency, &request.officer);
    let command = call.command(request.request_id, "NotifyEarlyInvolvement", now);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let docket = store::docket(tx, &known.by, &told.docket).await?;
            let subject = told.docket.clone();
            let rules = (&*known.bodies, known.settings.target_hours);
            let record = involvement::notify(told, &docket, rules, known.count())
                .map_err(|refusal| Error::refused(refusal, subject))?;
            let dangers: Vec<_> = record.dangers.iter().map(|one| one.as_str()).collect();
            let deed = Deed {
                kind: "EARLY_INVOLVEMENT_NOTIFIED",
                law: T_09B,
                summary: format!(
                    "{} asked {} to step in early: {}",
                    record.from,
                    record.to,
                    dangers.join(", ")
                ),
                exchanges: vec![events::involvement(&record, now)],
            };
            let mut seen_by = vec![record.from.clone(), record.to.clone()];
            seen_by.extend(known.bodies.procuratorate(&record.from));
            let new = New { record, deed, seen_by, beside: Vec::new() };
            add(tx, new, (&doer, now), |one| pb::NotifyEarlyInvolvementResponse {
                early_involvement: Some(shown::involvement(one)),
            })
            .await
        })
    })
    .await
}
