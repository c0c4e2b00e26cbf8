//! Closes a docket without a referral, with the reason.
//!
//! Where the facts reach a threshold only the head may decide not to refer, on a report, in a
//! referral (Decree 310 art. 5(2)): closing the docket is then no way round it.

use proto::referral::v1 as pb;

use super::{
    Call, convert,
    once::{Command, Written, check_request_id, once},
};
use crate::{
    Referral,
    domain::{leg::Docket, procedure::Law, refusal::Refusal, screening, word::Mark},
    error::Error,
    events::{self, Doer},
    store,
};

const MUST_REFER: Law = Law { rule: "T-02", basis: "Decree 310 art. 3(1), 5(2)", mark: Mark::V };

pub(super) async fn close_docket(
    service: &Referral,
    call: Call,
    request: pb::CloseDocketRequest,
) -> Result<pb::CloseDocketResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    fields.text(&request.reason, 8192, "reason");
    let version = fields.need(convert::version(&request.etag), "etag", "is missing or malformed");
    fields.done()?;
    let officer = [("officer".to_owned(), request.officer.clone())];
    let certified =
        service.identity.positions(&call.agency, clock::legal_date(now), &officer).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let method = "CloseDocket";
    let command = Command { call, request_id: request.request_id, method, now };
    let (name, reason) = (request.name, request.reason);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let docket = store::docket(tx, &agency, &name).await?;
            if Some(docket.version) != version {
                return Err(Error::Stale);
            }
            let legs = store::legs_of_docket(tx, &agency, &name).await?;
            check(&docket, &agency, legs.is_empty())
                .map_err(|refusal| Error::refused(refusal, &name))?;
            let close_reason = Some(reason.trim().to_owned());
            let docket = Docket { close_reason, version: docket.version + 1, ..docket };
            store::close_docket(tx, &docket).await?;
            Ok(Written {
                response: pb::CloseDocketResponse { docket: Some(convert::docket(&docket, &[])) },
                entries: vec![db::journal::Entry {
                    at: now,
                    ..events::docket("DOCKET_CLOSED", &docket, &doer)
                }],
                shown: Vec::new(),
            })
        })
    })
    .await
}

fn check(docket: &Docket, by: &types::AgencyCode, unreferred: bool) -> Result<(), Refusal> {
    let broken = |what: String, what_zh| Err(Refusal::Broken { what, what_zh, law: MUST_REFER });
    if docket.agency != *by {
        return broken("the docket belongs to another agency".into(), "案卷属于其他机关");
    }
    if docket.close_reason.is_some() || !unreferred {
        return broken("the docket is closed or referred already".into(), "案卷已经办结或者移送");
    }
    let reached = screening::screen(&docket.facts).unwrap_or_default();
    if reached.is_empty() {
        return Ok(());
    }
    let reached: Vec<String> = reached
        .iter()
        .map(|one| {
            let threshold = one.threshold;
            format!(
                "{} (Criminal Law art. {}, {})",
                threshold.id, threshold.criminal_law_article, threshold.basis
            )
        })
        .collect();
    let what = format!(
        "possible crime: the facts reach {}; open a referral, in which only the head may decide \
         not to refer, with reasons (T-04, T-06)",
        reached.join(", ")
    );
    broken(what, "涉嫌犯罪的，应当移送；不移送的决定由正职负责人作出并记明理由")
}
