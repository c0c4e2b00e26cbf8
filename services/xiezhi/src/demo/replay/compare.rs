//! What came back against what the scenario says.

use super::{
    super::{
        report::TermSeen,
        scenario::{Expect, TermWanted},
    },
    Answer,
};

/// What is not as expected; nothing when all is.
pub(super) fn differs(expect: &Expect, answer: &Answer) -> Option<String> {
    let same = |wanted: &[String], found: &[String]| {
        let (mut wanted, mut found) = (wanted.to_vec(), found.to_vec());
        wanted.sort();
        found.sort();
        wanted == found
    };
    match (answer, &expect.refused, &expect.refused_code) {
        (Ok(came), None, None) => {
            if expect.state.as_ref().is_some_and(|state| *state != came.state) {
                return Some(format!("state {}, not {:?}", came.state, expect.state));
            }
            if expect.suggests.as_ref().is_some_and(|wanted| !same(wanted, &came.suggests)) {
                return Some(format!("suggests {:?}, not {:?}", came.suggests, expect.suggests));
            }
            let least = expect.suggests_at_least.iter().flatten();
            if let Some(absent) = least.into_iter().find(|one| !came.suggests.contains(one)) {
                return Some(format!("suggests {:?} without {absent}", came.suggests));
            }
            if expect.missing.as_ref().is_some_and(|wanted| !same(wanted, &came.missing)) {
                return Some(format!("missing {:?}, not {:?}", came.missing, expect.missing));
            }
            if expect.until.is_some() && expect.until != came.until {
                return Some(format!("until {:?}, not {:?}", came.until, expect.until));
            }
            None
        }
        (Ok(came), ..) => Some(format!("went through to {}, should be refused", came.state)),
        (Err(error), Some(rule), _) => {
            let named = error.rules.iter().any(|one| one.id == *rule);
            (!named).then(|| format!("refused without naming {rule}: {}", error.message))
        }
        (Err(error), None, Some(code)) => {
            let same = code.replace('_', "") == format!("{:?}", error.code).to_uppercase();
            (!same).then(|| format!("refused with {:?}, not {code}", error.code))
        }
        (Err(error), None, None) => {
            Some(format!("refused: {:?} {} {:?}", error.code, error.message, error.fields))
        }
    }
}

/// Matches the terms wanted with those seen, in the order of opening; each that does not fit is a
/// fault. Terms that nobody asked about are shown all the same.
pub(super) fn unmatched(wanted: &[TermWanted], seen: &mut [TermSeen]) -> Vec<String> {
    let mut faults = Vec::new();
    seen.iter_mut().for_each(|term| term.checked = false);
    for want in wanted {
        let leg = want.leg.as_deref().unwrap_or("main");
        let found =
            seen.iter_mut().find(|one| !one.checked && one.leg == leg && one.rule == want.rule);
        let Some(found) = found else {
            faults.push(format!("term {} of {leg} was never opened", want.rule));
            continue;
        };
        found.checked = true;
        let due = want.due.is_none_or(|due| due == found.last_day);
        let sure = want.provisional.is_none_or(|provisional| provisional == found.provisional);
        if found.state != want.state || !due || !sure {
            faults.push(format!(
                "term {} of {leg} is {} due {}, provisional {}; wanted {} {:?} {:?}",
                want.rule,
                found.state,
                found.last_day,
                found.provisional,
                want.state,
                want.due,
                want.provisional
            ));
        }
    }
    faults
}
