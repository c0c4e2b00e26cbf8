//! The dispatched visits of an officer of the caller's own body, as iCalendar.

use std::collections::BTreeMap;

use proto::operations::v1 as pb;
use types::AgencyCode;

use super::{Call, asked};
use crate::{
    Operations,
    domain::{
        feed::{self, Entry},
        resource::OfficerProfile,
        subject::Subject,
        visit::Visit,
    },
    error::Error,
    store,
};

/// The longest feed, in days.
const DAYS_MAX: i64 = 31;
/// The most visits of a body that are looked at.
const VISITS_MAX: u64 = 20_000;

pub(super) async fn get_calendar(
    service: &Operations,
    call: &Call,
    request: pb::GetCalendarRequest,
) -> Result<pb::GetCalendarResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    fields.text(&request.certificate_no, 64, "certificate_no");
    let names = ("from_day", "to_day");
    let days = asked::period(&mut fields, (&request.from_day, &request.to_day), names);
    if let Some((from, to)) = days {
        let short = to.signed_duration_since(from).num_days() < DAYS_MAX;
        fields.check(short, "to_day", "is more than 31 days on");
    }
    fields.done()?;
    let days = days.ok_or(Error::Corrupt("request"))?;
    let (reader, officer) = (service.db.reader(), request.certificate_no);
    let profile: Option<OfficerProfile> =
        store::public(reader, &format!("officerProfiles/{officer}")).await?;
    if profile.is_none_or(|profile| profile.agency != call.agency) {
        return Err(Error::NotFound("officer profile"));
    }
    let mut visits = store::dispatched(reader, &call.agency, days, VISITS_MAX).await?;
    visits.retain(|visit| visit.groups_of(&call.agency).any(|one| one.assigned.contains(&officer)));
    visits.sort_by_key(|visit| visit.start_at);
    let names: Vec<&str> = visits.iter().map(|visit| visit.subject.as_str()).collect();
    let subjects = store::subjects_named(reader, &names).await?;
    let subjects: BTreeMap<&str, &Subject> =
        subjects.iter().map(|one| (one.name.as_str(), one)).collect();
    let entries: Vec<Entry> = visits
        .iter()
        .filter_map(|visit| entry(visit, subjects.get(visit.subject.as_str())?, &call.agency))
        .collect();
    Ok(pb::GetCalendarResponse { icalendar: feed::feed(&officer, &entries, now) })
}

fn entry(visit: &Visit, subject: &Subject, own: &AgencyCode) -> Option<Entry> {
    let mut lines = vec![format!("检查通知书 {}", visit.notice_no)];
    for group in &visit.groups {
        let mut line = format!("{}: {}", group.agency, group.matters.join(" "));
        // Whom another body sends is that body's affair.
        if group.agency == *own {
            line.push_str(&format!(" ({})", group.assigned.join(" ")));
            if !group.assigned_kit.is_empty() {
                line.push_str(&format!(" + {}", group.assigned_kit));
            }
        }
        lines.push(line);
    }
    Some(Entry {
        uid: format!("{}@xiezhi", visit.name.trim_start_matches("visits/")),
        sequence: visit.version,
        start_at: visit.start_at?,
        end_at: visit.end_at?,
        summary: subject.display_name.clone(),
        location: subject.address.clone(),
        geo: (subject.latitude_e6, subject.longitude_e6),
        description: lines.join("\n"),
    })
}
