//! Plans and checks.

use chrono::{DateTime, Utc};
use proto::operations::v1 as pb;
use server::Fields;
use types::{AgencyCode, Id};

use super::{super::asked, subject::wire};
use crate::{
    domain::{
        check::Check,
        plan::{OFFICERS_MAX, OFFICERS_MIN, Plan, PlanItem},
        settings::Settings,
        word::{Origin, PlanState},
    },
    events::timestamp,
};

/// The most items of a plan.
const ITEMS_MAX: usize = 50;
/// The most matters of a check.
const MATTERS_MAX: usize = 50;

/// Reads what a caller says of a plan.
pub(in super::super) fn read_plan(
    fields: &mut Fields,
    one: pb::Plan,
    agency: &AgencyCode,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Option<Plan> {
    let own = one.agency.is_empty() || one.agency == agency.as_str();
    fields.check(own, "plan.agency", "is not the caller's own body");
    fields.text(&one.title, 300, "plan.title");
    let period = asked::period(
        fields,
        (&one.period_start, &one.period_end),
        ("plan.period_start", "plan.period_end"),
    );
    if let Some((start, end)) = period {
        let short = end.signed_duration_since(start).num_days() <= 366;
        fields.check(short, "plan.period_end", "is more than a year after the first day");
    }
    let count = (1..=ITEMS_MAX).contains(&one.items.len());
    fields.check(count, "plan.items", "are not 1 to 50");
    let items: Vec<PlanItem> = one
        .items
        .into_iter()
        .take(ITEMS_MAX)
        .enumerate()
        .map(|(at, item)| read_item(fields, item, &format!("plan.items[{at}]."), settings))
        .collect();
    let (period_start, period_end) = period?;
    Some(Plan {
        name: format!("plans/{}", Id::<Plan>::new(now)),
        agency: agency.clone(),
        title: one.title.trim().to_owned(),
        period_start,
        period_end,
        items,
        state: PlanState::Draft,
        created_at: now,
        filed_at: None,
        file_no: String::new(),
        drawing: None,
        version: 1,
    })
}

fn read_item(fields: &mut Fields, item: pb::PlanItem, at: &str, settings: &Settings) -> PlanItem {
    let matter = !item.matter.is_empty() && asked::is_word(&item.matter);
    fields.check(matter, format!("{at}matter"), "is not a word of at most 40 bytes");
    asked::word(fields, &item.sector, format!("{at}sector"));
    asked::word(fields, &item.qualification, format!("{at}qualification"));
    asked::word(fields, &item.kit, format!("{at}kit"));
    let mut numbers = |numbers: &[i32], counts: &[usize], most: u32, field: &str, fault: &str| {
        let fits = counts.contains(&numbers.len());
        fields.check(fits, format!("{at}{field}"), fault);
        let read = numbers.iter().take(4).enumerate();
        read.map(|(n, one)| asked::number(fields, *one, (0, most), format!("{at}{field}[{n}]")))
            .collect()
    };
    let fault = "is not one number for all, or four by tier";
    let ratio_by_tier = numbers(&item.ratio_by_tier, &[1, 4], 100_000, "ratio_by_tier", fault);
    let fault = "is neither empty nor four by tier";
    let frequency_by_tier =
        numbers(&item.frequency_by_tier, &[0, 4], 366, "frequency_by_tier", fault);
    let longest = settings.longest_visit();
    PlanItem {
        matter: item.matter,
        sector: item.sector,
        key_matter: item.key_matter,
        ratio_by_tier,
        frequency_by_tier,
        // How many the law wants is a rule of its own: `domain::plan::check`.
        officers: asked::number(fields, item.officers, (0, 1000), format!("{at}officers")),
        qualification: item.qualification,
        kit: item.kit,
        minutes: asked::number(fields, item.minutes, (5, longest), format!("{at}minutes")),
    }
}

pub(in super::super) fn plan(one: &Plan) -> pb::Plan {
    let items = one.items.iter().map(|item| pb::PlanItem {
        matter: item.matter.clone(),
        sector: item.sector.clone(),
        key_matter: item.key_matter,
        ratio_by_tier: item.ratio_by_tier.iter().map(|one| wire(*one)).collect(),
        frequency_by_tier: item.frequency_by_tier.iter().map(|one| wire(*one)).collect(),
        officers: wire(item.officers),
        qualification: item.qualification.clone(),
        kit: item.kit.clone(),
        minutes: wire(item.minutes),
    });
    let state = pb::PlanState::from_str_name(&format!("PLAN_STATE_{}", one.state));
    pb::Plan {
        name: one.name.clone(),
        agency: one.agency.to_string(),
        title: one.title.clone(),
        period_start: one.period_start.to_string(),
        period_end: one.period_end.to_string(),
        items: items.collect(),
        state: state.unwrap_or_default().into(),
        create_time: Some(timestamp(one.created_at)),
        file_time: one.filed_at.map(timestamp),
        file_no: one.file_no.clone(),
        etag: asked::etag(one.version),
    }
}

/// Reads a check that a caller adds.
pub(in super::super) fn read_check(
    fields: &mut Fields,
    one: pb::Check,
    at: &str,
    agency: &AgencyCode,
    (settings, now): (&Settings, DateTime<Utc>),
) -> Option<Check> {
    let own = one.agency.is_empty() || one.agency == agency.as_str();
    fields.check(own, format!("{at}agency"), "is not the caller's own body");
    fields.check(
        asked::is_subject(&one.subject),
        format!("{at}subject"),
        "is no name of a subject",
    );
    fields.check(!one.matters.is_empty(), format!("{at}matters"), "is missing");
    asked::words(fields, &one.matters, MATTERS_MAX, &format!("{at}matters"));
    let origin = pb::CheckOrigin::try_from(one.origin)
        .ok()
        .and_then(|origin| super::word(origin.as_str_name(), "CHECK_ORIGIN_", Origin::parse));
    let origin = fields.need(origin, format!("{at}origin"), "is missing");
    let drawn = origin == Some(Origin::Random);
    fields.check(!drawn, format!("{at}origin"), "is for what a draw gave, and not to be added");
    fields.text(&one.source, 200, &format!("{at}source"));
    asked::word(fields, &one.qualification, format!("{at}qualification"));
    asked::word(fields, &one.kit, format!("{at}kit"));
    let bounds = (OFFICERS_MIN, OFFICERS_MAX);
    let officers = asked::number(fields, one.officers, bounds, format!("{at}officers"));
    let longest = settings.longest_visit();
    let minutes = asked::number(fields, one.minutes, (5, longest), format!("{at}minutes"));
    let most = settings.visit_weight_max;
    let weight = asked::number(fields, one.weight, (1, most), format!("{at}weight"));
    asked::at_most(fields, &one.alone_because, 1000, format!("{at}alone_because"));
    asked::at_most(fields, &one.over_cap_because, 1000, format!("{at}over_cap_because"));
    let (start, end) = (format!("{at}window_start"), format!("{at}window_end"));
    let window =
        asked::period(fields, (&one.window_start, &one.window_end), (start.as_str(), end.as_str()));
    let today = clock::legal_date(now);
    let over = window.is_some_and(|(_, last)| last < today);
    fields.check(!over, end, "is over");
    let (window_start, window_end) = window?;
    Some(Check {
        name: format!("checks/{}", Id::<Check>::new(now)),
        agency: agency.clone(),
        subject: one.subject,
        matters: one.matters,
        origin: origin?,
        source: one.source,
        officers,
        qualification: one.qualification,
        kit: one.kit,
        minutes,
        weight,
        window_start,
        window_end,
        alone_because: one.alone_because.trim().to_owned(),
        over_cap_because: one.over_cap_because.trim().to_owned(),
        visit: None,
        ranking: Vec::new(),
        created_at: now,
        version: 1,
    })
}

pub(in super::super) fn check(one: &Check) -> pb::Check {
    let origin = pb::CheckOrigin::from_str_name(&format!("CHECK_ORIGIN_{}", one.origin));
    pb::Check {
        name: one.name.clone(),
        agency: one.agency.to_string(),
        subject: one.subject.clone(),
        matters: one.matters.clone(),
        origin: origin.unwrap_or_default().into(),
        source: one.source.clone(),
        officers: wire(one.officers),
        qualification: one.qualification.clone(),
        kit: one.kit.clone(),
        minutes: wire(one.minutes),
        weight: wire(one.weight),
        window_start: one.window_start.to_string(),
        window_end: one.window_end.to_string(),
        alone_because: one.alone_because.clone(),
        visit: one.visit.clone().unwrap_or_default(),
        over_cap_because: one.over_cap_because.clone(),
    }
}
