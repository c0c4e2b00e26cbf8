//! Convenes a joint meeting (seed section 14).

use std::collections::BTreeSet;

use proto::referral::v1 as pb;
use sea_orm::DatabaseTransaction;
use server::Fields;
use types::{AgencyCode, Id};

use super::{
    Call,
    once::{Written, once},
    record::{Deed, Known, New, TEXT_MAX, add, certified},
    shown,
};
use crate::{
    Referral,
    domain::{
        leg::Docket,
        linkage::MEETING,
        meeting::{self, AgendaItem, Convening, Meeting},
    },
    error::Error,
    events::{
        Doer, instant,
        linkage::{self as events, Happened},
    },
    store,
};

/// The most items of an agenda.
const ITEMS_MAX: usize = 50;
/// The most bodies of a meeting.
const BODIES_MAX: usize = 100;

pub(super) async fn convene_meeting(
    service: &Referral,
    call: Call,
    request: pb::ConveneMeetingRequest,
) -> Result<pb::ConveneMeetingResponse, Error> {
    let now = service.clock.now();
    let mut fields = Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.title, 500, "title");
    fields.text(&request.place, 500, "place");
    let hold_at = request.hold_time.as_ref().and_then(instant);
    let hold_at = fields.need(hold_at, "hold_time", "is missing or out of range");
    let agenda = agenda(request.agenda, &mut fields);
    let invited = bodies(&request.invited, "invited", &mut fields);
    fields.check(!request.invited.is_empty(), "invited", "is missing");
    fields.text(&request.officer, 64, "officer");
    fields.done()?;
    let certified = certified(service, &call, &request.officer, &invited, now).await;

    let known = Known::of(service, &call, now);
    let convening = Convening {
        name: format!("meetings/{}", Id::<Meeting>::new(now)),
        convener: call.agency.clone(),
        title: request.title,
        place: request.place,
        hold_at: hold_at.ok_or(Error::Corrupt("hold_time"))?,
        agenda,
        invited,
        now,
    };
    let doer = Doer::new(&call.agency, &request.officer);
    let command = call.command(request.request_id, "ConveneMeeting", now);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            write(tx, convening, &known, &doer).await
        })
    })
    .await
}

async fn write(
    tx: &DatabaseTransaction,
    convening: Convening,
    known: &Known,
    doer: &Doer,
) -> Result<Written<pb::ConveneMeetingResponse>, Error> {
    let now = known.now;
    let mut dockets = BTreeSet::new();
    let mut agencies = Vec::new();
    for item in convening.agenda.iter().filter(|item| !item.docket.is_empty()) {
        if dockets.insert(item.docket.clone()) {
            agencies.push(store::docket(tx, &known.by, &item.docket).await?.agency);
        }
    }
    let name = convening.name.clone();
    let rules = (&*known.bodies, &known.settings.linkage);
    let record = meeting::convene(convening, &agencies, rules)
        .map_err(|refusal| Error::refused(refusal, &name))?;
    let invited = record.attendances.iter();
    let deed = Deed {
        kind: "MEETING_CONVENED",
        law: MEETING,
        summary: format!(
            "{} convened a joint meeting of {} bodies",
            record.convener,
            record.attendances.len() + 1
        ),
        exchanges: invited.map(|one| events::invitation(&record, one, now)).collect(),
    };
    // On the timeline of each docket, for who sees the docket.
    let kind = "MEETING_AGENDA";
    let summary = format!("{} put the case on the agenda of {name}", record.convener);
    let beside = dockets.iter().map(|docket| {
        let what = Happened { kind, resource: docket, docket, law: MEETING, states: ("", ""), now };
        events::happened(what, summary.clone(), doer, &[], Vec::new())
    });
    let beside = beside.collect();
    let seen_by = record.bodies().cloned().collect();
    let new = New { record, deed, seen_by, beside };
    add(tx, new, (doer, now), |one| pb::ConveneMeetingResponse {
        meeting: Some(shown::meeting(one, &dockets)),
    })
    .await
}

fn agenda(sent: Vec<pb::AgendaItem>, fields: &mut Fields) -> Vec<AgendaItem> {
    fields.check(!sent.is_empty(), "agenda", "is missing");
    fields.check(sent.len() <= ITEMS_MAX, "agenda", "is longer than 50 items");
    let mut agenda = Vec::new();
    for (at, item) in sent.into_iter().take(ITEMS_MAX).enumerate() {
        let here = |field: &str| format!("agenda[{at}].{field}");
        fields.text(&item.title, 500, &here("title"));
        fields.check(item.detail.len() <= TEXT_MAX, here("detail"), "is longer than 8192 bytes");
        let docket = store::parse_name::<Docket>(&item.docket, "dockets");
        let ok = item.docket.is_empty() || docket.is_some();
        fields.check(ok, here("docket"), "is not dockets/{uuid}");
        fields.check(item.minutes.is_empty(), here("minutes"), "come with RecordMinutes");
        let (title, docket, detail) = (item.title, item.docket, item.detail);
        agenda.push(AgendaItem { title, docket, detail, minutes: String::new() });
    }
    agenda
}

/// Reads codes of bodies; every fault under its place.
pub(super) fn bodies(sent: &[String], field: &str, fields: &mut Fields) -> Vec<AgencyCode> {
    fields.check(sent.len() <= BODIES_MAX, field, "are more than 100");
    let mut read = Vec::new();
    for (at, code) in sent.iter().take(BODIES_MAX).enumerate() {
        let here = format!("{field}[{at}]");
        read.extend(fields.need(AgencyCode::parse(code), here, "is no agency code"));
    }
    read
}
