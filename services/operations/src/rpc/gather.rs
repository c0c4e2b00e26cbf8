//! What the solver must know of a period: visits, officers with their certificates, kits, caps, roads.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use server::Violations;
use types::AgencyCode;

use crate::{
    Operations,
    domain::{
        law,
        refusal::Refusal,
        resource::{Cap, Kit, OfficerProfile},
        schedule::{Frozen, Input, Roads, freeze},
        subject::Subject,
        visit::Visit,
    },
    error::Error,
    store,
};

/// The most visits of a schedule.
const VISITS_MAX: usize = 20_000;

/// Freezes the problem of a period as it is now. Only days after today are of use: officers must have
/// their notice before.
pub(super) async fn gather(
    service: &Operations,
    (start, end): (NaiveDate, NaiveDate),
    roads: Roads,
    now: DateTime<Utc>,
) -> Result<Frozen, Error> {
    let reader = service.db.reader();
    let today = clock::legal_date(now);
    let days: Vec<NaiveDate> = start.iter_days().take_while(|day| *day <= end).collect();
    let calendar = service.calendar.table();
    let works = |day: &NaiveDate| {
        let usual = day.weekday().num_days_from_monday() < 5;
        *day > today && calendar.is_workday(*day).unwrap_or(usual)
    };
    let workdays: BTreeSet<NaiveDate> = days.iter().copied().filter(works).collect();
    let limit = u64::try_from(VISITS_MAX + 1).unwrap_or(u64::MAX);
    let visits = store::to_schedule(reader, (start, end), limit).await?;
    bounded(&visits)?;
    let dispatched = store::taken(reader, (start, end), limit).await?;
    let subjects = subjects(service, &visits).await?;
    let agencies: BTreeSet<AgencyCode> = visits.iter().flat_map(Visit::agencies).collect();
    let agencies: Vec<AgencyCode> = agencies.into_iter().collect();
    let officers = store::profiles(reader, &agencies).await?;
    let certified = certified(service, &officers, &workdays).await?;
    let mut kits: Vec<Kit> = Vec::new();
    for agency in &agencies {
        kits.extend(store::kits(reader, agency).await?);
    }
    let room = room(service, (&visits, &dispatched), &subjects, start).await?;
    let settings = &service.settings;
    let input = Input {
        days,
        workdays,
        hours: (settings.visit_from_minute, settings.visit_to_minute),
        visits: &visits,
        dispatched: &dispatched,
        subjects: &subjects,
        officers: &officers,
        certified: &certified,
        kits: &kits,
        room: &room,
        roads,
        spacing_days: settings.spacing_days,
    };
    freeze(&input).map_err(|missing| {
        let some: Vec<String> = missing.into_iter().take(20).collect();
        Error::Fields(Violations::of("travel.places", format!("lack {}", some.join(", "))))
    })
}

fn bounded(visits: &[Visit]) -> Result<(), Error> {
    let refusal = if visits.is_empty() {
        Refusal::broken(law::O_02, "no visit of the period wants a place", "期间内没有待排的检查")
    } else if visits.len() > VISITS_MAX {
        let what = format!("more than {VISITS_MAX} visits: take a shorter period");
        Refusal::broken(law::O_02, what, "检查过多，请缩短期间")
    } else {
        return Ok(());
    };
    Err(Error::refused(refusal, "schedules"))
}

async fn subjects(
    service: &Operations,
    visits: &[Visit],
) -> Result<BTreeMap<String, Subject>, Error> {
    let names: BTreeSet<&str> = visits.iter().map(|visit| visit.subject.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let subjects = store::subjects_named(service.db.reader(), &names).await?;
    Ok(subjects.into_iter().map(|one| (one.name.clone(), one)).collect())
}

/// On which days each certificate holds (O-05).
async fn certified(
    service: &Operations,
    officers: &BTreeMap<String, OfficerProfile>,
    days: &BTreeSet<NaiveDate>,
) -> Result<BTreeMap<String, BTreeSet<NaiveDate>>, Error> {
    let mut of: BTreeMap<&AgencyCode, Vec<String>> = BTreeMap::new();
    for (certificate, officer) in officers {
        of.entry(&officer.agency).or_default().push(certificate.clone());
    }
    let mut holds = BTreeMap::new();
    for (agency, certificates) in of {
        holds.extend(service.bodies.certified_days(agency, &certificates, days).await?);
    }
    Ok(holds)
}

/// How many more inspections the cap of each body allows at each subject this year (I-04): without
/// those that were made, and those that are dispatched.
async fn room(
    service: &Operations,
    (visits, dispatched): (&[Visit], &[Visit]),
    subjects: &BTreeMap<String, Subject>,
    day: NaiveDate,
) -> Result<BTreeMap<(AgencyCode, String), u32>, Error> {
    let reader = service.db.reader();
    let names: Vec<&str> = subjects.keys().map(String::as_str).collect();
    let mut used: BTreeMap<(AgencyCode, String), u32> = BTreeMap::new();
    for count in store::counts(reader, &names, day.year()).await? {
        used.insert((count.agency, count.subject), count.counted);
    }
    for visit in dispatched {
        for agency in visit.agencies() {
            if visit.is_counted(&agency) && visit.check_in_of(&agency).is_none() {
                *used.entry((agency, visit.subject.clone())).or_default() += 1;
            }
        }
    }
    let mut caps: BTreeMap<AgencyCode, Option<Cap>> = BTreeMap::new();
    let mut room = BTreeMap::new();
    for visit in visits {
        let Some(subject) = subjects.get(&visit.subject) else { continue };
        for agency in visit.agencies() {
            if !caps.contains_key(&agency) {
                let cap = store::public::<Cap>(reader, &format!("caps/{agency}")).await?;
                // A cap that is not published yet binds nobody.
                caps.insert(agency.clone(), cap.filter(|cap| cap.published_on <= day));
            }
            if let Some(cap) = caps.get(&agency).and_then(Option::as_ref) {
                let key = (agency, visit.subject.clone());
                let left =
                    cap.of(subject.tier).saturating_sub(used.get(&key).copied().unwrap_or(0));
                room.insert(key, left);
            }
        }
    }
    Ok(room)
}
