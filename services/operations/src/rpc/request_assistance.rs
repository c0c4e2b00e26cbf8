//! Asks another body for assistance.

use proto::operations::v1 as pb;
use types::Id;

use super::{
    Call, asked,
    convert::assistance::{assistance as message, kind_of},
    once::{Written, once},
};
use crate::{
    Operations,
    directory::known,
    domain::{assistance::Assistance, law, word::AssistanceState},
    error::Error,
    events::{Doer, Happened},
    marks, store,
};

/// The longest term a requester sets, in working days.
const DAYS_MAX: u32 = 60;

pub(super) async fn request_assistance(
    service: &Operations,
    call: Call,
    request: pb::RequestAssistanceRequest,
) -> Result<pb::RequestAssistanceResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    fields.text(&request.text, 8192, "text");
    let kind = fields.need(kind_of(request.kind), "kind", "is missing");
    let days = asked::number(&mut fields, request.working_days, (0, DAYS_MAX), "working_days");
    let about = request.about.as_str();
    let of = ["dockets/", "operations/", "visits/", "dossiers/"];
    let fits = about.is_empty() || of.iter().any(|of| about.starts_with(of) && about.len() <= 64);
    fields.check(fits, "about", "is no name of a docket, operation, visit or dossier");
    let own = request.addressee == call.agency.as_str();
    fields.check(!own, "addressee", "is the caller itself");
    fields.done()?;
    let kind = kind.ok_or(Error::Corrupt("request"))?;
    let asked: Vec<_> = types::AgencyCode::parse(&request.addressee).into_iter().collect();
    let bodies = service.bodies.with(&asked).await?;
    let addressee = known(&bodies, "addressee", &request.addressee)?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;

    let settings = &service.settings;
    let mut one = Assistance {
        name: format!("assistanceRequests/{}", Id::<Assistance>::new(now)),
        requester: call.agency.clone(),
        addressee,
        kind,
        text: request.text,
        about: request.about,
        state: AssistanceState::Requested,
        created_at: now,
        working_days: if days == 0 { settings.assistance_days(kind) } else { days },
        due_at: now,
        provisional: false,
        half_at: now,
        near_at: now,
        raised: Vec::new(),
        late: false,
        answer: String::new(),
        answer_evidence: Vec::new(),
        reason: String::new(),
        ended_at: None,
        escalated_to: Vec::new(),
        version: 1,
    };
    one.count(settings.near_percent, &service.calendar.table());
    let doer = Doer::new(&call.agency, &request.officer);
    let command = call.command(request.request_id, "RequestAssistance", now);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            store::insert(tx, &one).await?;
            let summary =
                format!("{} asked {} for assistance: {}", one.requester, one.addressee, one.kind);
            let happened =
                Happened::new("ASSISTANCE_REQUESTED", &one.name, summary).under(law::ASSISTANCE);
            let happened = happened.marked(marks::assistance(None, &one, now));
            let both = [one.requester.clone(), one.addressee.clone()];
            Ok(Written {
                response: pb::RequestAssistanceResponse { assistance_request: Some(message(&one)) },
                entries: vec![happened.by(&doer, now)],
                shown: both.into_iter().map(|body| (body, one.name.clone())).collect(),
            })
        })
    })
    .await
}
