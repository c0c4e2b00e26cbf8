//! Freezes the lists of a draw. For the coordinating office.

use chrono::{DateTime, Utc};
use proto::operations::v1 as pb;
use types::{AgencyCode, Id};

use super::{
    Call, asked,
    convert::draw::draw as message,
    draw_lists::{self, Lists},
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{
        draw::{Draw, Part, is_commitment},
        law,
        plan::Plan,
        refusal::Refusal,
        settings::Settings,
        word::{DrawState, PlanState},
    },
    error::Error,
    events::{Doer, Happened},
    store,
};

/// The most plans, and the most bodies, of a draw.
const PARTS_MAX: usize = 200;

pub(super) async fn freeze_draw(
    service: &Operations,
    call: Call,
    request: pb::FreezeDrawRequest,
) -> Result<pb::FreezeDrawResponse, Error> {
    let now = service.clock.now();
    let draw = parse(&request, &call.agency, &service.settings, now)?;
    service
        .bodies
        .all()
        .office(&call.agency, "freezing a draw", &service.settings)
        .map_err(|refusal| Error::refused(refusal, "draws"))?;
    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "FreezeDraw", now);
    // The lists are long: who asks again is not kept waiting for them.
    if let Some(first) = command.first_answer(service.db.reader()).await? {
        return Ok(first);
    }
    let certified = service.bodies.certified(&agency, &request.officer, now).await;
    let frozen = frozen(service, &agency, draw, now).await;
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let (draw, plans, text) = frozen?;
            if !store::changed_since(tx, &bodies(&draw), now).await?.is_empty() {
                // A list changed while it was read.
                return Err(Error::Stale);
            }
            for mut plan in plans {
                plan.drawing = Some(draw.name.clone());
                plan.version += 1;
                store::update(tx, &plan).await?;
            }
            store::insert(tx, &draw).await?;
            store::insert_text(tx, &draw.name, 0, &text).await?;
            let entry = happened(&draw).by(&doer, now);
            let response = pb::FreezeDrawResponse { draw: Some(message(&draw)) };
            Ok(Written { response, entries: vec![entry], shown: Vec::new() })
        })
    })
    .await
}

/// Reads the request: everything but the lists.
fn parse(
    request: &pb::FreezeDrawRequest,
    office: &AgencyCode,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<Draw, Error> {
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    fields.text(&request.title, 300, "title");
    let mut plans = request.plans.clone();
    plans.sort_unstable();
    plans.dedup();
    let count = (1..=PARTS_MAX).contains(&plans.len()) && plans.len() == request.plans.len();
    fields.check(count, "plans", "are not 1 to 200, each once");
    let codes: Option<Vec<AgencyCode>> =
        request.bodies.iter().map(|code| AgencyCode::parse(code)).collect();
    let mut codes = fields.need(codes, "bodies", "are no codes of bodies").unwrap_or_default();
    codes.sort_unstable();
    codes.dedup();
    let count = (1..=PARTS_MAX).contains(&codes.len()) && codes.len() == request.bodies.len();
    fields.check(count, "bodies", "are not 1 to 200, each once");
    let without = !codes.contains(&settings.guidance_office);
    fields.check(without, "bodies", "name the office, which never inspects");
    let fits = is_commitment(&request.office_commitment);
    fields.check(fits, "office_commitment", "is not 64 hexadecimal digits");
    let plain = ::draw::is_plain(&request.public_value_source);
    let short = request.public_value_source.len() <= 200;
    fields.check(plain && short, "public_value_source", "is not a line of at most 200 bytes");
    let word = if request.algorithm.is_empty() { "SHA-256" } else { &request.algorithm };
    let known = ::draw::Algorithm::parse(word).is_some();
    fields.check(known, "algorithm", "is neither SHA-256 nor SM3");
    let reveal = asked::instant(&mut fields, request.reveal_deadline.as_ref(), "reveal_deadline");
    let public =
        asked::instant(&mut fields, request.public_value_time.as_ref(), "public_value_time");
    let commit = match request.commit_deadline.as_ref() {
        Some(at) => asked::instant(&mut fields, Some(at), "commit_deadline"),
        None => reveal.map(|reveal| now + reveal.signed_duration_since(now) / 2),
    };
    if let (Some(commit), Some(reveal), Some(public)) = (commit, reveal, public) {
        fields.check(now < commit, "commit_deadline", "is over");
        fields.check(commit < reveal, "reveal_deadline", "is not after the time to commit");
        // A nonce that is revealed when the value is known could be withheld for it.
        fields.check(reveal <= public, "public_value_time", "is before the reveal deadline");
    }
    fields.done()?;
    let (Some(commit_deadline), Some(reveal_deadline), Some(public_at)) = (commit, reveal, public)
    else {
        return Err(Error::Corrupt("request"));
    };
    Ok(Draw {
        name: format!("draws/{}", Id::<Draw>::new(now)),
        title: request.title.trim().to_owned(),
        office: office.clone(),
        office_commitment: request.office_commitment.clone(),
        parts: codes.into_iter().map(Part::of).collect(),
        plans,
        state: DrawState::Frozen,
        algorithm: word.to_owned(),
        subjects_root: String::new(),
        subject_count: 0,
        officers_root: String::new(),
        officer_count: 0,
        rules_hash: String::new(),
        commit_deadline,
        reveal_deadline,
        public_source: request.public_value_source.clone(),
        public_at,
        public_value: String::new(),
        winner_count: 0,
        void_reason: String::new(),
        void_by: String::new(),
        created_at: now,
        office_nonce: String::new(),
        seed: String::new(),
        version: 1,
    })
}

fn bodies(draw: &Draw) -> Vec<AgencyCode> {
    draw.parts.iter().map(|part| part.agency.clone()).collect()
}

/// The draw with the roots of its lists, its plans, and the first part of its record.
async fn frozen(
    service: &Operations,
    office: &AgencyCode,
    mut draw: Draw,
    now: DateTime<Utc>,
) -> Result<(Draw, Vec<Plan>, String), Error> {
    let known = service.bodies.with(&bodies(&draw)).await?;
    let mut fields = server::Fields::default();
    for part in &draw.parts {
        let is = known.get(&part.agency).is_some();
        fields.check(is, "bodies", format!("name {}, which identity does not know", part.agency));
    }
    fields.done()?;
    let mut plans = Vec::new();
    for name in &draw.plans {
        let plan: Plan = store::read(service.db.reader(), office, name).await?;
        check(&draw, &plan, now)?;
        plans.push(plan);
    }
    let Lists { frozen, roots } = draw_lists::read(service, &draw, plans.clone()).await?;
    for plan in &plans {
        let body = plan.agency.as_str();
        if frozen.officers.iter().filter(|one| one.body == body).count() < 2 {
            let what = format!("{body} has listed fewer than two officers");
            let refusal = Refusal::broken(law::O_05, what, "执法人员不得少于两人");
            return Err(Error::refused(refusal, &plan.name));
        }
    }
    draw.subjects_root = ::draw::hex(&roots.subjects);
    draw.subject_count = u64::try_from(frozen.subjects.len()).unwrap_or(u64::MAX);
    draw.officers_root = ::draw::hex(&roots.officers);
    draw.officer_count = u64::try_from(frozen.officers.len()).unwrap_or(u64::MAX);
    draw.rules_hash = ::draw::hex(&roots.rules);
    Ok((draw, plans, frozen.text(&roots)))
}

/// That a plan can be drawn from, by the bodies of the draw.
fn check(draw: &Draw, plan: &Plan, now: DateTime<Utc>) -> Result<(), Error> {
    let refused =
        |what, what_zh| Err(Error::refused(Refusal::broken(law::O_10, what, what_zh), &plan.name));
    if plan.state != PlanState::Filed {
        return refused(format!("the plan is {}, and not filed", plan.state), "计划尚未备案");
    }
    if let Some(other) = &plan.drawing {
        return refused(format!("{other} draws from the plan now"), "该计划正在抽取中");
    }
    if plan.period_end < clock::legal_date(now) {
        let what = format!("the period of the plan ended on {}", plan.period_end);
        return refused(what, "计划期间已经届满");
    }
    if draw.parts.iter().all(|part| part.agency != plan.agency) {
        let what = format!("the plan is of {}, which takes no part in the draw", plan.agency);
        return refused(what, "计划机关未参加抽取");
    }
    Ok(())
}

fn happened(draw: &Draw) -> Happened {
    let summary = format!(
        "{} froze {}: {} subjects, {} officers",
        draw.office, draw.title, draw.subject_count, draw.officer_count
    );
    let evidence = [
        ("subjects_root", draw.subjects_root.as_str()),
        ("officers_root", &draw.officers_root),
        ("rules_hash", &draw.rules_hash),
        ("office_commitment", &draw.office_commitment),
        ("algorithm", &draw.algorithm),
        ("public_value_source", &draw.public_source),
    ];
    let evidence = evidence.map(|(name, value)| format!("{name}:{value}")).to_vec();
    Happened::new("DRAW_FROZEN", &draw.name, summary).under(law::O_08).with(evidence)
}
