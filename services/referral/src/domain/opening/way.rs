//! How the legs beyond the referral begin: before procuratorate and court, back to an agency, to the
//! supervisory organ.

use types::AgencyCode;

use super::{Request, blank, first_terms, fresh};
use crate::domain::{
    act::World,
    leg::{Docket, Leg},
    procedure::Law,
    refusal::Refusal,
    word::{Ground, Mark, ProcedureCode, State},
};

const OWN_CASE: Law = Law { rule: "P-16", basis: "CPL art. 162, 172", mark: Mark::V };
const PROSECUTED: Law = Law { rule: "P-16", basis: "CPL art. 176", mark: Mark::V };
const BACK: Law = Law {
    rule: "T-24",
    basis: "Decree 310 art. 13; MPS procedure art. 177; Penalty Law art. 27(1)",
    mark: Mark::V,
};
const NOT_PROSECUTED: Law =
    Law { rule: "P-10", basis: "CPL art. 177(3); 检规 art. 373-375", mark: Mark::V };
const ENFORCEMENT: Law = Law {
    rule: "C-08",
    basis: "Administrative Compulsion Law art. 53; Penalty Law art. 72",
    mark: Mark::V,
};
const LEAD: Law = Law { rule: "T-23", basis: "Decree 310 art. 19", mark: Mark::V };
const ADVICE: Law = Law { rule: "C-06", basis: "法释〔2023〕11号 art. 1", mark: Mark::V };

type Faults = Vec<(String, String)>;

fn fault(faults: &mut Faults, holds: bool, field: &str, what: &str) {
    if !holds {
        faults.push((field.to_owned(), what.to_owned()));
    }
}

/// What every leg needs of its docket, and of the crime.
fn common(docket: &Docket, request: &Request) -> Faults {
    let mut faults = Vec::new();
    fault(&mut faults, docket.close_reason.is_none(), "docket", "is closed");
    fault(&mut faults, !request.offence.trim().is_empty(), "offence", "is missing");
    faults
}

fn finish(leg: Option<Leg>, faults: Faults, law: Law) -> Result<Leg, Refusal> {
    leg.filter(|_| faults.is_empty()).ok_or(Refusal::Fields { faults, law })
}

/// P-16: public security sends a case that it found itself for prosecution.
pub(super) fn own_case(
    docket: &Docket,
    request: &Request,
    world: World<'_>,
) -> Result<Leg, Refusal> {
    let mut faults = common(docket, request);
    fault(&mut faults, docket.agency == request.by, "docket", "belongs to another body");
    let police = world.bodies.is_police(&request.by);
    let what = "belongs to no police organ: a referred case is sent by SEND_FOR_PROSECUTION";
    fault(&mut faults, police, "docket.agency", what);
    let to = world.bodies.procuratorate(&request.by);
    let fits = to.is_some() && request.to.as_ref().is_none_or(|named| Some(named) == to.as_ref());
    fault(&mut faults, fits, "to_agency", "is not the procuratorate of the same level");
    let leg = to.map(|to| blank(docket, request, to, None, world));
    finish(leg, faults, OWN_CASE)
}

/// A trial follows from the procuratorate's decision, in one transaction with it.
pub(super) fn by_step_only() -> Refusal {
    let faults = vec![("procedure".to_owned(), "is opened by the step PROSECUTE".to_owned())];
    Refusal::Fields { faults, law: PROSECUTED }
}

/// T-24: public security finds no crime, or one that is not prosecuted, but administrative liability.
pub(super) fn no_crime(
    docket: &Docket,
    request: &Request,
    world: World<'_>,
) -> Result<Leg, Refusal> {
    let bodies = world.bodies;
    if bodies.is_procuratorate(&request.by) {
        let what = "names no case that was not prosecuted; nothing else leads to an opinion on a \
                    penalty";
        let faults = vec![("parent".to_owned(), what.to_owned())];
        return Err(Refusal::Fields { faults, law: NOT_PROSECUTED });
    }
    let mut faults = common(docket, request);
    let own = docket.agency == request.by && bodies.is_police(&request.by);
    let what = "is no case of this police organ; a referred case goes back in its own referral";
    fault(&mut faults, own, "docket", what);
    fault(&mut faults, !request.reason.trim().is_empty(), "reason", "is missing");
    let punishes = |to: &AgencyCode| {
        *to != request.by && bodies.get(to).is_some_and(|body| body.penalty_power)
    };
    let near = |to: &AgencyCode| bodies.same_county(to, &request.by);
    let to = request.to.clone();
    fault(&mut faults, to.as_ref().is_some_and(punishes), "to_agency", "is no agency");
    let here = to.as_ref().is_none_or(near);
    let what = "is of another place: the law knows the agency of the same level";
    fault(&mut faults, here, "to_agency", what);
    let leg = to.map(|to| blank(docket, request, to, Some(Ground::NoCrime), world));
    finish(leg, faults, BACK)
}

/// P-10: it shows later that a penalty is due for what was not prosecuted.
pub(super) fn not_prosecuted(
    parent: &Leg,
    request: &Request,
    world: World<'_>,
) -> Result<Leg, Refusal> {
    let mut faults = Vec::new();
    fault(&mut faults, parent.to == request.by, "parent", "was before another body");
    let decided = parent.procedure == ProcedureCode::ProsecutionReview
        && parent.state == State::NotProsecuted;
    fault(&mut faults, decided, "parent", "is no case that was not prosecuted");
    fault(&mut faults, !request.reason.trim().is_empty(), "reason", "is missing");
    let to = request.to.clone().unwrap_or_else(|| parent.agency.clone());
    let ground = Some(Ground::NotProsecuted);
    let mut leg = Leg {
        from: request.by.clone(),
        to,
        held: request.documents.clone(),
        ..fresh(parent, request.procedure, ground, request.now)
    };
    leg.terms = first_terms(&leg, request.now, world);
    finish(Some(leg), faults, NOT_PROSECUTED)
}

/// C-08: an agency whose penalty decision was not obeyed. Its docket may be closed by then.
pub(super) fn enforcement(
    docket: &Docket,
    request: &Request,
    world: World<'_>,
) -> Result<Leg, Refusal> {
    let mut faults = Vec::new();
    let punishes = world.bodies.get(&request.by).is_some_and(|body| body.penalty_power);
    let what = "has no power to punish in its own name";
    fault(&mut faults, punishes, "docket.agency", what);
    let to = world.bodies.court(&request.by);
    let fits = to.is_some() && request.to.as_ref().is_none_or(|named| Some(named) == to.as_ref());
    fault(&mut faults, fits, "to_agency", "is not the court of the same level");
    let leg = to.map(|to| blank(docket, request, to, None, world));
    finish(leg, faults, ENFORCEMENT)
}

/// T-23: a duty crime was discovered; the supervisory organ unless the procuratorate is named.
pub(super) fn lead(docket: &Docket, request: &Request, world: World<'_>) -> Result<Leg, Refusal> {
    let bodies = world.bodies;
    let mut faults = common(docket, request);
    let organ = bodies.supervisory_organ(&request.by);
    let to = request.to.clone().or_else(|| organ.clone());
    let fits = to.is_some() && (to == organ || to == bodies.procuratorate(&request.by));
    let what = "is neither the supervisory organ nor the procuratorate of the same level";
    fault(&mut faults, fits, "to_agency", what);
    let leg = to.map(|to| blank(docket, request, to, None, world));
    finish(leg, faults, LEAD)
}

/// C-06, P-09, C-09: by whom and to whom depends on the ground.
pub(super) fn advice(docket: &Docket, request: &Request, world: World<'_>) -> Result<Leg, Refusal> {
    let bodies = world.bodies;
    let mut faults = Vec::new();
    fault(&mut faults, docket.close_reason.is_none(), "docket", "is closed");
    let to = request.to.as_ref();
    let known = to.is_some_and(|to| *to != request.by && bodies.get(to).is_some());
    fault(&mut faults, known, "to_agency", "is no other body");
    let court = bodies.is_court(&request.by);
    if request.ground == Some(Ground::Governance) {
        fault(&mut faults, court, "ground", "is for a court");
    } else if request.ground == Some(Ground::ReferralWanted) {
        let procuratorate = bodies.is_procuratorate(&request.by);
        fault(&mut faults, procuratorate, "ground", "is for the procuratorate");
        let agency = to.and_then(|to| bodies.get(to)).is_some_and(|body| body.penalty_power);
        fault(&mut faults, agency, "to_agency", "is no agency that could refer");
    } else if request.ground == Some(Ground::CrimeFound) {
        fault(&mut faults, court, "ground", "is for a court");
        let organs = [
            bodies.police(&request.by),
            bodies.procuratorate(&request.by),
            bodies.supervisory_organ(&request.by),
        ];
        let fits = organs.iter().flatten().any(|organ| Some(organ) == to);
        let what = "is neither police, procuratorate nor supervisory organ of the same level";
        fault(&mut faults, fits, "to_agency", what);
    } else {
        let what = "is none of GOVERNANCE, REFERRAL_WANTED, CRIME_FOUND";
        fault(&mut faults, false, "ground", what);
    }
    let leg = to.map(|to| blank(docket, request, to.clone(), request.ground, world));
    finish(leg, faults, ADVICE)
}
