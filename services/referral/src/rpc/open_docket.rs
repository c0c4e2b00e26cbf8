//! Opens a docket, and says which criminal thresholds its facts reach.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use proto::referral::v1 as pb;
use types::{Id, RegionCode};

use super::{
    Call, convert,
    once::{Written, once},
};
use crate::{
    Referral, catalogue,
    domain::{
        leg::{Competence, Docket},
        screening,
    },
    error::Error,
    events::{self, Doer},
    store,
};

/// The most facts a docket may have.
const FACTS_MAX: usize = 200;
/// The most bytes one of them may have.
const FACT_BYTES_MAX: usize = 4096;

pub(super) async fn open_docket(
    service: &Referral,
    call: Call,
    request: pb::OpenDocketRequest,
) -> Result<pb::OpenDocketResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.title, 500, "title");
    fields.text(&request.sector, 40, "sector");
    fields.text(&request.officer, 64, "officer");
    fields.check(request.matter.len() <= 40, "matter", "is longer than 40 bytes");
    fields.check(is_place(&request.place), "place", "is no region code of 6 or 9 digits");
    check_facts(&mut fields, &request.facts);
    let suggestions = screening::screen(&request.facts).unwrap_or_else(|faults| {
        faults.into_iter().for_each(|(field, fault)| fields.fault(field, fault));
        Vec::new()
    });
    let penalties = convert::penalties(request.earlier_penalties, &mut fields);
    fields.done()?;
    let officer = [("officer".to_owned(), request.officer.clone())];
    let certified =
        service.identity.positions(&call.agency, clock::legal_date(now), &officer).await;

    let competence = competence(service, &call, (&request.matter, &request.place), now).await;
    let docket = Docket {
        id: Id::new(now),
        agency: call.agency.clone(),
        title: request.title.trim().to_owned(),
        sector: request.sector,
        matter: request.matter,
        facts: request.facts,
        penalties,
        close_reason: None,
        closed_at: None,
        place: request.place,
        competence,
        created_at: now,
        version: 1,
    };
    let doer = Doer::new(&call.agency, &request.officer);
    let method = "OpenDocket";
    let command = call.command(request.request_id, method, now);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            store::insert_docket(tx, &docket).await?;
            let message = convert::docket(&docket, &suggestions, None);
            Ok(Written {
                response: pb::OpenDocketResponse { docket: Some(message) },
                entries: vec![events::docket("DOCKET_OPENED", &docket, &doer)],
                shown: vec![(docket.agency.clone(), store::docket_name(docket.id))],
            })
        })
    })
    .await
}

/// What the catalogue says, where there is something to ask.
async fn competence(
    service: &Referral,
    call: &Call,
    (matter, place): (&str, &str),
    now: DateTime<Utc>,
) -> Option<Competence> {
    if matter.is_empty() {
        return None;
    }
    // It may have been imported a moment ago.
    service.identity.know(&call.agency).await.ok()?;
    let bodies = service.identity.bodies();
    let place = if place.is_empty() { &bodies.get(&call.agency)?.region } else { place };
    let wait = Duration::from_millis(service.settings.competence_wait_ms.into());
    let day = clock::legal_date(now);
    catalogue::competence(&service.catalogue, (matter, place), day, wait).await
}

/// The code of a county, or of a township in it (GB/T 2260); or none.
fn is_place(code: &str) -> bool {
    let county = code.get(..6).and_then(RegionCode::parse).is_some();
    let township = matches!(code.len(), 6 | 9) && code.bytes().all(|b| b.is_ascii_digit());
    code.is_empty() || (county && township)
}

/// Notes facts that are too many or too long.
pub(super) fn check_facts(fields: &mut server::Fields, facts: &BTreeMap<String, String>) {
    fields.check(facts.len() <= FACTS_MAX, "facts", "are more than 200");
    for (name, value) in facts {
        let short = name.len() + value.len() <= FACT_BYTES_MAX;
        // A name that is too long is not repeated.
        let shown: String = name.chars().take(64).collect();
        fields.check(short, format!("facts.{shown}"), "is longer than 4096 bytes");
    }
}
