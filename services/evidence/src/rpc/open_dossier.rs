//! Opens a dossier: the evidence of one case.

use command::{Written, check_request_id, once};
use proto::evidence::v1 as pb;
use types::Id;

use super::{Call, convert, hand_over_said, officers::Officers};
use crate::{
    Evidence,
    domain::dossier::Dossier,
    error::Error,
    events::{self, Deed},
    marks, store,
};

pub(super) async fn open_dossier(
    service: &Evidence,
    call: Call,
    request: pb::OpenDossierRequest,
) -> Result<pb::OpenDossierResponse, Error> {
    let now = service.clock.now();
    check(&request)?;
    let day = clock::legal_date(now);
    let mut officers = Officers::one("officer", &request.officer, day);
    for (at, certificate) in request.investigators.iter().enumerate() {
        officers.ask(format!("investigators[{at}]"), certificate, day);
    }
    let certified = officers.check(service, &call.agency).await;

    let dossier = Dossier {
        id: Id::new(now),
        agency: call.agency.clone(),
        title: request.title.trim().to_owned(),
        case_no: request.case_no,
        docket: request.docket,
        investigators: request.investigators,
        received_by: Vec::new(),
        items: 0,
        created_at: now,
        version: 1,
    };
    let name = store::dossier_name(dossier.id);
    let (agency, officer) = (call.agency.clone(), request.officer);
    let deed = Deed { dossier: name.clone(), resource: name, agency, officer, at: now };
    once(&service.db, call.command(request.request_id, "OpenDossier", now), move |tx| {
        Box::pin(async move {
            certified?;
            store::insert_dossier(tx, &dossier).await?;
            let message = convert::dossier(&dossier);
            let entry = events::entry("evidence.dossier_opened.v1", deed, &message);
            let written = Written {
                response: pb::OpenDossierResponse { dossier: Some(message) },
                entries: vec![entry],
            };
            Ok(written.marked(marks::dossier(&dossier)))
        })
    })
    .await
}

fn check(request: &pb::OpenDossierRequest) -> Result<(), Error> {
    let mut fields = server::Fields::default();
    check_request_id(&mut fields, &request.request_id);
    fields.text(&request.title, 500, "title");
    fields.text(&request.case_no, 100, "case_no");
    fields.text(&request.officer, 64, "officer");
    for (field, text) in [("title", &request.title), ("case_no", &request.case_no)] {
        fields.check(!text.chars().any(char::is_control), field, "has control characters");
    }
    // Another service's: only its form can be known here.
    let named = store::parse_name::<()>(&request.docket, "dockets").is_some();
    fields.check(request.docket.is_empty() || named, "docket", "is not dockets/{uuid}");
    let investigators = &request.investigators;
    fields.check(!investigators.is_empty(), "investigators", "are missing");
    hand_over_said::investigators(&mut fields, investigators);
    Ok(fields.done()?)
}
