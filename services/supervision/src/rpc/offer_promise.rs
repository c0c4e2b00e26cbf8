//! Offers the minor-violation route; refused where the act may be a crime.

use command::{Written, once};
use proto::supervision::v1 as pb;
use types::{AgencyCode, Id};

use super::{Call, decision_said, decision_told};
use crate::{
    Supervision, decided,
    domain::{
        promise::{Promise, Screen},
        word::PromiseState,
    },
    error::Error,
    events::Doer,
    store,
};

/// The most thresholds named.
const THRESHOLDS: usize = 50;

pub(super) async fn offer_promise(
    service: &Supervision,
    call: Call,
    request: pb::OfferPromiseRequest,
) -> Result<pb::OfferPromiseResponse, Error> {
    check(&request)?;
    let now = service.clock.now();
    let today = clock::legal_date(now);
    let officer = [("officer".to_owned(), request.officer.clone())];
    let officer = service.directory.positions(&call.agency, today, &officer).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id.clone(), "OfferPromise", now);
    once(&service.db, command, move |tx| {
        Box::pin(async move {
            officer?;
            let screen = screen(tx, &agency, &request).await?;
            screen.check().map_err(|refusal| Error::refused(refusal, request.subject.clone()))?;
            let one = Promise {
                name: format!("promises/{}", Id::<Promise>::new(now)),
                agency,
                matter: request.matter,
                place: request.place,
                subject: request.subject,
                docket: request.docket,
                state: PromiseState::Offered,
                text: request.text,
                correct_by: None,
                digest: String::new(),
                found: String::new(),
                created_at: now,
                updated_at: now,
                version: 1,
            };
            store::promise::insert(tx, &one).await?;
            Ok(Written {
                response: pb::OfferPromiseResponse { promise: Some(decision_told::promise(&one)) },
                entries: vec![decided::promise("PROMISE_OFFERED", &one, &doer)],
            })
        })
    })
    .await
}

fn check(request: &pb::OfferPromiseRequest) -> Result<(), Error> {
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.matter, 16, "matter");
    decision_said::about(&mut fields, ("", &request.place), "");
    fields.text(&request.subject, 64, "subject");
    decision_said::docket(&mut fields, &request.docket, "docket");
    fields.text(&request.text, 4096, "text");
    let thresholds = &request.thresholds_reached;
    let few = thresholds.len() <= THRESHOLDS && thresholds.iter().all(|one| one.len() <= 64);
    fields.check(few, "thresholds_reached", "has too many or too long names");
    fields.text(&request.officer, 64, "officer");
    Ok(fields.done()?)
}

async fn screen(
    tx: &impl sea_orm::ConnectionTrait,
    agency: &AgencyCode,
    request: &pb::OfferPromiseRequest,
) -> Result<Screen, Error> {
    let of = (request.matter.as_str(), request.subject.as_str());
    let docket = &request.docket;
    Ok(Screen {
        screened: request.screened,
        reached: request.thresholds_reached.clone(),
        docket_reached: !docket.is_empty()
            && store::fact::was_told(tx, format!("reached/{docket}")).await?,
        touches_safety: request.touches_safety,
        repeated: store::promise::had(tx, agency, of).await?,
    })
}
