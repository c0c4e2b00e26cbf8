//! What the solver must know of a period: visits, officers with their certificates, kits, caps, roads.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use server::Violations;
use types::AgencyCode;

use crate::{
    Operations,
    domain::{
        law,
        refusal::Refusal,
        resource::{Cap, Kit, OfficerProfile},
        schedule::{Frozen, Input, Roads, Speeds, freeze},
        settings::Settings,
        subject::Subject,
        visit::Visit,
    },
    error::Error,
    store,
};

/// The most visits of a schedule.
const VISITS_MAX: usize = 20_000;

/// What the solver must know, as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// The days of the period.
    pub days: Vec<NaiveDate>,
    /// Those of them on which officers can be sent.
    pub workdays: BTreeSet<NaiveDate>,
    /// The visits.
    pub visits: Vec<Visit>,
    /// The officers of their bodies, by certificate.
    pub officers: BTreeMap<String, OfficerProfile>,
    /// Their kits.
    pub kits: Vec<Kit>,
    dispatched: Vec<Visit>,
    subjects: BTreeMap<String, Subject>,
    certified: BTreeMap<String, BTreeSet<NaiveDate>>,
    room: BTreeMap<(AgencyCode, String), u32>,
    roads: Roads,
}

/// Of what it is to be read.
pub(super) struct Scope {
    /// The first and last day.
    pub period: (NaiveDate, NaiveDate),
    /// The first day on which officers can be sent.
    pub first: NaiveDate,
    /// The visits, by name.
    pub visits: Vec<Visit>,
    /// How one gets from place to place.
    pub roads: Roads,
}

impl Known {
    /// For the solver.
    pub(super) fn input(&self, settings: &Settings) -> Input<'_> {
        Input {
            days: self.days.clone(),
            workdays: self.workdays.clone(),
            hours: (settings.visit_from_minute, settings.visit_to_minute),
            visits: &self.visits,
            dispatched: &self.dispatched,
            pad: settings.dispatch_pad_minutes,
            fixed: &[],
            subjects: &self.subjects,
            officers: &self.officers,
            certified: &self.certified,
            kits: &self.kits,
            room: &self.room,
            roads: self.roads.clone(),
            spacing_days: settings.spacing_days,
        }
    }
}

/// Freezes the problem of a period as it is now. Only days after today are of use: officers must have
/// their notice before.
pub(super) async fn gather(
    service: &Operations,
    period: (NaiveDate, NaiveDate),
    roads: Roads,
    now: DateTime<Utc>,
) -> Result<Frozen, Error> {
    let limit = u64::try_from(VISITS_MAX + 1).unwrap_or(u64::MAX);
    let visits = store::to_schedule(service.db.reader(), period, limit).await?;
    bounded(&visits)?;
    let today = clock::legal_date(now);
    let first = today.succ_opt().unwrap_or(today);
    let known = known(service, Scope { period, first, visits, roads }).await?;
    freeze(&known.input(&service.settings)).map_err(|missing| {
        let some: Vec<String> = missing.into_iter().take(20).collect();
        Error::Fields(Violations::of("travel.places", format!("lack {}", some.join(", "))))
    })
}

/// Reads what the solver must know.
pub(super) async fn known(service: &Operations, scope: Scope) -> Result<Known, Error> {
    let reader = service.db.reader();
    let Scope { period: (start, end), first, visits, roads } = scope;
    let days: Vec<NaiveDate> = start.iter_days().take_while(|day| *day <= end).collect();
    let calendar = service.calendar.table();
    let works = |day: &NaiveDate| {
        let usual = day.weekday().num_days_from_monday() < 5;
        *day >= first && calendar.is_workday(*day).unwrap_or(usual)
    };
    let workdays: BTreeSet<NaiveDate> = days.iter().copied().filter(works).collect();
    let limit = u64::try_from(VISITS_MAX + 1).unwrap_or(u64::MAX);
    let mut dispatched = store::taken(reader, (start, end), limit).await?;
    let own: BTreeSet<&str> = visits.iter().map(|visit| visit.name.as_str()).collect();
    dispatched.retain(|visit| !own.contains(visit.name.as_str()));
    let subjects = subjects(service, &visits).await?;
    let agencies: BTreeSet<AgencyCode> = visits.iter().flat_map(Visit::agencies).collect();
    let agencies: Vec<AgencyCode> = agencies.into_iter().collect();
    let officers = store::profiles(reader, &agencies).await?;
    let certified = certified(service, &officers, &workdays).await?;
    let mut kits: Vec<Kit> = Vec::new();
    for agency in &agencies {
        kits.extend(store::kits(reader, agency).await?);
    }
    let room = room(reader, &visits, &subjects, start).await?;
    Ok(Known {
        days,
        workdays,
        visits,
        officers,
        kits,
        dispatched,
        subjects,
        certified,
        room,
        roads,
    })
}

/// How coordinates become minutes, as configured.
pub(super) fn speeds(settings: &Settings) -> Speeds {
    Speeds {
        road_permille: settings.road_permille,
        metres_per_minute: settings.metres_per_minute,
        start_minutes: settings.drive_start_minutes,
    }
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
/// those that were made, and those for which others than these visits are dispatched, on whatever day.
pub(super) async fn room(
    reader: &impl ConnectionTrait,
    visits: &[Visit],
    subjects: &BTreeMap<String, Subject>,
    day: NaiveDate,
) -> Result<BTreeMap<(AgencyCode, String), u32>, Error> {
    let names: Vec<&str> = subjects.keys().map(String::as_str).collect();
    let mut used: BTreeMap<(AgencyCode, String), u32> = BTreeMap::new();
    for count in store::counts(reader, &names, day.year()).await? {
        used.insert((count.agency, count.subject), count.counted);
    }
    let own: BTreeSet<&str> = visits.iter().map(|visit| visit.name.as_str()).collect();
    let first = NaiveDate::from_ymd_opt(day.year(), 1, 1).unwrap_or(day);
    let last = NaiveDate::from_ymd_opt(day.year(), 12, 31).unwrap_or(day);
    let mut dispatched = store::planned_visits(reader, &names, (first, last)).await?;
    dispatched.retain(|visit| visit.is_dispatched() && !own.contains(visit.name.as_str()));
    for visit in &dispatched {
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
