//! How a leg begins: who may open one, and to whom it goes.

mod way;

use chrono::{DateTime, Utc};
use types::{AgencyCode, Id};

use super::{
    act::World,
    engine::Next,
    leg::{Docket, Leg},
    procedure::{Law, Procedure},
    refusal::Refusal,
    term::{self, Term},
    word::{Ground, Mark, ProcedureCode, State},
};

/// What a caller asks for.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub by: AgencyCode,
    /// Under which procedure.
    pub procedure: ProcedureCode,
    /// To whom; `None`: computed.
    pub to: Option<AgencyCode>,
    /// 罪名.
    pub offence: String,
    /// Who is complained of.
    pub respondent: Option<AgencyCode>,
    /// Why.
    pub reason: String,
    /// On which ground, where the procedure knows several and the caller says which.
    pub ground: Option<Ground>,
    /// Codes of the documents that come with it.
    pub documents: Vec<String>,
    /// When.
    pub now: DateTime<Utc>,
}

const SAME_LEVEL: Law = Law { rule: "T-05", basis: "Decree 310 art. 5(2)", mark: Mark::V };
const POWER: Law = Law { rule: "T-02", basis: "Decree 310 art. 2, 3(1)", mark: Mark::V };
const REPORT: Law = Law { rule: "T-29", basis: "Decree 310 art. 14(2)", mark: Mark::V };
const WRONG_FILING: Law = Law { rule: "P-08", basis: "检规 art. 559(2), 565", mark: Mark::V };

/// Opens a leg in `docket`, or says what is wrong with the request: every fault at once.
pub fn open(docket: &Docket, request: &Request, world: World<'_>) -> Result<Leg, Refusal> {
    match request.procedure {
        ProcedureCode::CriminalReferral => refer(docket, request, world),
        ProcedureCode::FilingSupervision => report(docket, request, world),
        ProcedureCode::ProsecutionReview => way::own_case(docket, request, world),
        ProcedureCode::PublicProsecution => Err(way::by_step_only()),
        ProcedureCode::ReverseReferral => way::no_crime(docket, request, world),
        ProcedureCode::CourtEnforcement => way::enforcement(docket, request, world),
        ProcedureCode::DutyCrimeLead => way::lead(docket, request, world),
        ProcedureCode::JudicialAdvice => way::advice(docket, request, world),
    }
}

/// Opens a leg that stands on another, `parent`.
pub fn open_on(parent: &Leg, request: &Request, world: World<'_>) -> Result<Leg, Refusal> {
    if request.procedure == ProcedureCode::ReverseReferral {
        way::not_prosecuted(parent, request, world)
    } else {
        against_filing(parent, request, world)
    }
}

/// T-02, T-05: an agency with penalty power refers to the police of the same level.
fn refer(docket: &Docket, request: &Request, world: World<'_>) -> Result<Leg, Refusal> {
    let bodies = world.bodies;
    let (mut faults, mut law) = (Vec::new(), POWER);
    if docket.agency != request.by {
        faults.push(("docket".into(), "belongs to another agency".into()));
    }
    if docket.close_reason.is_some() {
        faults.push(("docket".into(), "is closed".into()));
    }
    if !bodies.get(&request.by).is_some_and(|body| body.penalty_power) {
        let fault = "has no power to punish in its own name: its government or agency refers";
        faults.push(("docket.agency".into(), fault.into()));
    }
    if request.offence.trim().is_empty() {
        faults.push(("offence".into(), "is missing".into()));
    }
    let police = bodies.police(&request.by);
    match (&request.to, &police) {
        (_, None) => faults.push(("to_agency".into(), "no police organ of the same level".into())),
        (Some(to), Some(police)) if to != police => {
            law = SAME_LEVEL;
            faults.push((
                "to_agency".into(),
                format!("is not {police}, the police of the same level"),
            ));
        }
        _ => {}
    }
    match police {
        Some(police) if faults.is_empty() => {
            let mut leg = blank(docket, request, police, None, world);
            leg.tested = docket.facts.get("test_made").is_some_and(|fact| fact == "true")
                || request.documents.iter().any(|code| code == "TEST_REPORT");
            leg.penalised = !docket.penalties.is_empty()
                || docket.facts.iter().any(|(fact, count)| {
                    fact.starts_with("prior_admin_penalties")
                        && count.trim().parse::<f64>().is_ok_and(|count| count >= 1.0)
                });
            Ok(leg)
        }
        _ => Err(Refusal::Fields { faults, law }),
    }
}

/// T-29, P-09: anyone may report to the procuratorate that an agency does not refer.
fn report(docket: &Docket, request: &Request, world: World<'_>) -> Result<Leg, Refusal> {
    let mut faults = Vec::new();
    let respondent = request.respondent.clone();
    let known = respondent.as_ref().and_then(|body| world.bodies.get(body));
    if !known.is_some_and(|body| body.penalty_power && body.justice_role.is_empty()) {
        faults.push(("respondent".into(), "is not an agency that could refer".into()));
    }
    if request.reason.trim().is_empty() {
        faults.push(("reason".into(), "is missing".into()));
    }
    let procuratorate = respondent.as_ref().and_then(|body| world.bodies.procuratorate(body));
    match procuratorate {
        Some(procuratorate) if faults.is_empty() => {
            let ground = Some(Ground::NotReferred);
            let leg = blank(docket, request, procuratorate, ground, world);
            Ok(Leg { respondent, ..leg })
        }
        _ => Err(Refusal::Fields { faults, law: REPORT }),
    }
}

/// P-08: the procuratorate looks into a case that public security filed although it should not.
fn against_filing(parent: &Leg, request: &Request, world: World<'_>) -> Result<Leg, Refusal> {
    let mut faults = Vec::new();
    let procuratorate = world.bodies.procuratorate(&parent.from);
    if procuratorate.as_ref() != Some(&request.by) {
        faults.push(("parent".into(), "is for the procuratorate of the same level".to_owned()));
    }
    if request.reason.trim().is_empty() {
        faults.push(("reason".into(), "is missing".into()));
    }
    if parent.procedure != ProcedureCode::CriminalReferral || !filed(parent) {
        faults.push(("parent".into(), "is not a filed case".into()));
    }
    if !faults.is_empty() {
        return Err(Refusal::Fields { faults, law: WRONG_FILING });
    }
    Ok(supervise(parent, Ground::WronglyFiled, &request.by, request.now))
}

fn filed(leg: &Leg) -> bool {
    matches!(leg.state, State::Filed | State::MaterialHandedOver | State::Investigation)
}

/// The supervision of `parent` by `procuratorate`, on a ground that a step or an order gave.
fn supervise(parent: &Leg, ground: Ground, procuratorate: &AgencyCode, now: DateTime<Utc>) -> Leg {
    let from = if ground == Ground::WronglyFiled { procuratorate } else { &parent.from };
    let procedure = ProcedureCode::FilingSupervision;
    Leg {
        from: from.clone(),
        to: procuratorate.clone(),
        respondent: Some(parent.to.clone()),
        ..fresh(parent, procedure, Some(ground), now)
    }
}

/// The leg that follows from a step on `parent`; `None` where the county has no body to receive it.
pub fn follow(parent: &Leg, next: &Next, world: World<'_>, now: DateTime<Utc>) -> Option<Leg> {
    let bodies = world.bodies;
    let (from, to) = match next.procedure {
        ProcedureCode::FilingSupervision => {
            let procuratorate = bodies.procuratorate(&parent.from)?;
            return Some(supervise(parent, next.ground?, &procuratorate, now));
        }
        ProcedureCode::ProsecutionReview => {
            let referred = parent.procedure == ProcedureCode::CriminalReferral;
            let police = bodies.police(&parent.from).filter(|_| !referred);
            let from = police.unwrap_or_else(|| parent.to.clone());
            (from, bodies.procuratorate(&parent.from)?)
        }
        ProcedureCode::PublicProsecution => (parent.to.clone(), bodies.court(&parent.to)?),
        ProcedureCode::CriminalReferral
        | ProcedureCode::ReverseReferral
        | ProcedureCode::CourtEnforcement
        | ProcedureCode::DutyCrimeLead
        | ProcedureCode::JudicialAdvice => {
            let to = next.to.clone().unwrap_or_else(|| parent.agency.clone());
            (parent.to.clone(), to)
        }
    };
    let mut leg = Leg { from, to, ..fresh(parent, next.procedure, next.ground, now) };
    leg.terms = first_terms(&leg, now, world);
    Some(leg)
}

/// A leg that hangs on `parent`, in its first state.
fn fresh(
    parent: &Leg,
    procedure: ProcedureCode,
    ground: Option<Ground>,
    now: DateTime<Utc>,
) -> Leg {
    Leg {
        id: Id::new(now),
        procedure,
        respondent: None,
        ground,
        parent: Some(parent.id),
        state: Procedure::of(procedure).start(ground).state,
        team: Vec::new(),
        next_organ: None,
        keeper: None,
        judged: None,
        held: Vec::new(),
        missing: Vec::new(),
        terms: Vec::new(),
        created_at: now,
        updated_at: now,
        version: 1,
        ..parent.clone()
    }
}

fn blank(
    docket: &Docket,
    request: &Request,
    to: AgencyCode,
    ground: Option<Ground>,
    world: World<'_>,
) -> Leg {
    let mut leg = Leg {
        id: Id::new(request.now),
        docket: docket.id,
        procedure: request.procedure,
        agency: docket.agency.clone(),
        from: request.by.clone(),
        to,
        respondent: None,
        ground,
        parent: None,
        state: Procedure::of(request.procedure).start(ground).state,
        offence: request.offence.trim().to_owned(),
        title: docket.title.clone(),
        sector: docket.sector.clone(),
        tested: false,
        penalised: false,
        team: Vec::new(),
        next_organ: None,
        keeper: None,
        judged: None,
        held: request.documents.clone(),
        missing: Vec::new(),
        terms: Vec::new(),
        created_at: request.now,
        updated_at: request.now,
        version: 1,
    };
    leg.terms = first_terms(&leg, request.now, world);
    leg
}

/// The terms that open with a leg.
fn first_terms(leg: &Leg, now: DateTime<Utc>, world: World<'_>) -> Vec<Term> {
    let table = leg.table();
    let opens = table.start(leg.ground).opens.iter();
    let terms = opens.filter_map(|slot| {
        let rule = table.term(slot)?;
        let holder = leg.actor(rule.holder, world.bodies)?;
        let opening = term::Opening {
            rule,
            holder: &holder,
            sector: &leg.sector,
            ordered_days: 0,
            now,
            since: None,
        };
        Term::open(opening, world.settings, world.calendar)
    });
    terms.collect()
}
