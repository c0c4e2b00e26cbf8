//! Which of the visits left out could be placed with more officers or kits. Keeps nothing.

use proto::operations::v1 as pb;
use types::AgencyCode;

use super::{Call, asked, rosters};
use crate::{
    Operations,
    domain::{
        law,
        refusal::Refusal,
        schedule::{More, Schedule},
        visit::Visit,
        word::{ScheduleState, VisitState},
    },
    error::Error,
    store,
};

/// The most officers, and the most kits, that are asked about.
const MORE_MAX: u32 = 100;

pub(super) async fn ask_what_if(
    service: &Operations,
    call: &Call,
    request: pb::AskWhatIfRequest,
) -> Result<pb::AskWhatIfResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    let agency = AgencyCode::parse(&request.agency);
    let agency = fields.need(agency, "agency", "is no code of a body");
    asked::word(&mut fields, &request.qualification, "qualification");
    asked::word(&mut fields, &request.kit, "kit");
    let bounds = (0, MORE_MAX);
    let officers = asked::number(&mut fields, request.more_officers, bounds, "more_officers");
    let kits = asked::number(&mut fields, request.more_kits, bounds, "more_kits");
    fields.check(officers + kits > 0, "more_officers", "and more_kits are both 0");
    fields.check(kits == 0 || !request.kit.is_empty(), "kit", "is missing");
    fields.done()?;
    let agency = agency.ok_or(Error::Corrupt("request"))?;
    let reader = service.db.reader();
    let schedule: Schedule = store::read(reader, &call.agency, &request.name).await?;
    let today = clock::legal_date(now);
    let (is_placed, first) = match schedule.state {
        ScheduleState::Draft => (VisitState::Scheduled, today.succ_opt().unwrap_or(today)),
        ScheduleState::Published => (VisitState::Published, today),
        ScheduleState::Superseded => {
            let (act, state) = ("asking what if", schedule.state.as_str());
            let refusal = Refusal::WrongState { act, state, law: law::O_04 };
            return Err(Error::refused(refusal, &request.name));
        }
    };
    let mut visits = store::visits_of(reader, &schedule.name).await?;
    visits.retain(|visit| {
        visit.state == is_placed && visit.start_at.is_some_and(|start| start > now)
    });
    let left_out: Vec<String> = schedule.unscheduled.iter().map(|one| one.visit.clone()).collect();
    let left_out = store::visits_named(reader, &left_out).await?;
    visits.extend(left_out.into_iter().filter(|visit| visit.state == VisitState::Planned));
    visits.sort_by(|one, other| one.name.cmp(&other.name));
    let known = rosters::reading(service, &schedule, visits, first).await?;
    let settings = &service.settings;
    let more = More {
        agency,
        officers,
        qualification: request.qualification,
        kits,
        kit: request.kit,
        workdays: known.workdays.clone(),
        hours: (settings.visit_from_minute, settings.visit_to_minute),
    };
    let (known, base) = rosters::opened(service, known).await?;
    let limits = base.limits(now, false);
    let placed = tokio::task::spawn_blocking(move || base.what_if(&more, limits)).await;
    let placed = placed.map_err(|_| Error::Corrupt("the schedule"))?.map_err(|field| {
        server::Violations::of(field, "is what no visit of the schedule asks for")
    })?;
    let visits: Vec<&Visit> =
        placed.iter().filter_map(|number| known.visits.get(*number as usize)).collect();
    Ok(pb::AskWhatIfResponse {
        weight: visits.iter().map(|visit| i64::from(visit.weight)).sum(),
        visits: visits.iter().map(|visit| visit.name.clone()).collect(),
    })
}
