//! What came back, beside what must.

use client::Error;
use proto::{arbitration::v1 as pb, catalogue::v1 as catalogue};

use super::scenario::Expect;
use crate::command::call::word;

/// What an answer says of what can be expected.
#[derive(Debug, Default)]
pub(super) struct Came {
    pub state: Option<String>,
    pub acting: Option<String>,
    pub forum: Option<Vec<String>>,
    pub next: Option<Vec<String>>,
    pub terms: Option<Vec<String>>,
    pub competent: Option<String>,
    pub manner: Option<String>,
    pub revision: bool,
    pub claims: Option<Vec<String>>,
    /// disputes/… of the nearest precedent.
    pub precedent: Option<String>,
    pub items: Option<usize>,
    pub basis: Option<String>,
}

/// The rungs of a forum, e.g. `COORDINATION GDO`.
pub(super) fn rungs(forum: &pb::Forum) -> Vec<String> {
    let rungs = forum.rungs.iter().map(|rung| {
        let kind = word(rung.kind().as_str_name(), "FORUM_KIND_");
        format!("{kind} {}", rung.members.join(" "))
    });
    rungs.collect()
}

impl From<&pb::GetDisputeResponse> for Came {
    fn from(answer: &pb::GetDisputeResponse) -> Self {
        let dispute = answer.dispute.clone().unwrap_or_default();
        let terms = answer.terms.iter().map(|term| {
            // What was warned of shows how late it is, whether it was kept in the end or not.
            let warned = term.rungs.last().map(|rung| format!(" {rung}")).unwrap_or_default();
            format!("{} {} {}{warned}", term.rule, term.holder, term.state)
        });
        let decision = dispute.decision.clone();
        Self {
            state: Some(dispute.state),
            acting: Some(dispute.acting),
            forum: dispute.forum.as_ref().map(rungs),
            next: Some(answer.next_actors.clone()),
            terms: Some(terms.collect()),
            competent: decision.as_ref().map(|one| one.competent.clone()),
            manner: decision.as_ref().map(|one| one.manner.clone()),
            revision: decision.is_some_and(|one| one.revision > 0),
            ..Self::default()
        }
    }
}

impl From<&catalogue::ResolveCompetenceResponse> for Came {
    fn from(answer: &catalogue::ResolveCompetenceResponse) -> Self {
        let claims = answer.claims.iter();
        let claims = claims.filter(|one| one.standing() == catalogue::Standing::Claims);
        Self {
            competent: Some(answer.competent.clone()),
            claims: Some(claims.map(|one| one.agency.clone()).collect()),
            basis: answer.basis.as_ref().map(|basis| basis.citation.clone()),
            ..Self::default()
        }
    }
}

impl From<&pb::SuggestDecisionResponse> for Came {
    fn from(answer: &pb::SuggestDecisionResponse) -> Self {
        let first = answer.suggestions.first().and_then(|one| one.precedent.as_ref());
        Self {
            precedent: first.map(|one| one.dispute.clone()),
            competent: first.map(|one| one.competent.clone()),
            ..Self::default()
        }
    }
}

/// What of an answer is not as expected; nothing when all is. `precedent` is what is expected, by
/// its name in the mesh.
pub(super) fn differs(expect: &Expect, came: &Came, precedent: Option<&str>) -> Option<String> {
    if expect.refused.is_some() || expect.refused_code.is_some() {
        return Some("went through, should be refused".to_owned());
    }
    for (what, wanted, found) in [
        ("state", &expect.state, &came.state),
        ("acting", &expect.acting, &came.acting),
        ("competent", &expect.competent, &came.competent),
        ("manner", &expect.manner, &came.manner),
    ] {
        if wanted.is_some() && wanted != found {
            return Some(format!("{what} is {found:?}, not {wanted:?}"));
        }
    }
    for (what, wanted, found) in [
        ("forum", &expect.forum, &came.forum),
        ("next", &expect.next, &came.next),
        ("claims", &expect.claims, &came.claims),
    ] {
        if wanted.is_some() && wanted != found {
            return Some(format!("{what} is {found:?}, not {wanted:?}"));
        }
    }
    let seen = came.terms.as_deref().unwrap_or_default();
    if let Some(absent) = expect.terms.iter().flatten().find(|term| !seen.contains(term)) {
        return Some(format!("no term {absent:?} among {seen:?}"));
    }
    if expect.revision && !came.revision {
        return Some("no revision of the catalogue carries it".to_owned());
    }
    if expect.precedent.is_some() && came.precedent.as_deref() != precedent {
        return Some(format!("the precedent is {:?}, not {precedent:?}", came.precedent));
    }
    if expect.items.is_some() && expect.items != came.items {
        return Some(format!("{:?} items, not {:?}", came.items, expect.items));
    }
    let basis = came.basis.as_deref().unwrap_or_default();
    if expect.basis.as_ref().is_some_and(|wanted| !basis.contains(wanted)) {
        return Some(format!("the law is {basis}, not {:?}", expect.basis));
    }
    None
}

/// Whether a refusal is the one expected: it names the rule, and the precedent if there is one.
pub(super) fn refused(expect: &Expect, error: &Error, precedent: Option<&str>) -> Option<String> {
    let told = format!("{:?} {}: {}", error.code, error.reason, error.message);
    if let Some(precedent) = precedent {
        let named = error.message.contains(precedent)
            || error.rules.iter().any(|rule| rule.subject.contains(precedent));
        if !named {
            return Some(format!("refused without the precedent {precedent}: {told}"));
        }
    }
    match (&expect.refused, &expect.refused_code) {
        (Some(rule), _) => {
            let named = error.rules.iter().any(|one| one.id == *rule);
            (!named).then(|| format!("refused without naming {rule}: {told} {:?}", error.rules))
        }
        (None, Some(code)) => {
            let same = code.replace('_', "") == format!("{:?}", error.code).to_uppercase();
            (!same).then(|| format!("refused otherwise than with {code}: {told}"))
        }
        (None, None) => Some(format!("refused: {told} {:?} {:?}", error.fields, error.rules)),
    }
}
