//! The receiver counts the list, each line once, and says how what it found differs.

use std::collections::BTreeMap;

use types::AgencyCode;

use super::{Count, E_10, HandOver, Line, broken, moving::takes_the_case};
use crate::domain::{
    dossier::Dossier,
    item::Item,
    refusal::Refusal,
    word::{HandOverState, Purpose},
};

/// What a receiver says it found.
#[derive(Clone, Debug)]
pub struct Counting {
    /// The body that counted.
    pub by: AgencyCode,
    /// Certificate number of who counted.
    pub officer: String,
    /// Certificate number of who will keep the items.
    pub custodian: String,
    /// Certificate numbers of who investigates for the receiver.
    pub investigators: Vec<String>,
    /// The number of a line, and what was found.
    pub counts: Vec<(i32, Count)>,
}

impl HandOver {
    /// Counts the list; `items` are those of its lines. The digest of the counted list is for the
    /// caller to set.
    ///
    /// # Errors
    /// The rule that forbids it; every line at fault is named.
    pub fn count(
        &self,
        counting: Counting,
        dossier: &Dossier,
        items: &[Item],
    ) -> Result<Self, Refusal> {
        self.only(&counting.by, &self.receiver, "counts it")?;
        match self.state {
            HandOverState::Proposed => {}
            HandOverState::Counted | HandOverState::HalfSigned | HandOverState::Completed => {
                let what = format!(
                    "it was counted already: when the count is wrong, {} refuses it or {} takes it \
                     back, and the list is proposed anew",
                    self.receiver, self.giver
                );
                return broken(E_10, what, "该清单已经查点，不得重复查点");
            }
            HandOverState::Refused | HandOverState::Withdrawn => return self.over(),
        }
        self.investigators_are_named(&counting)?;
        self.custodian_is_another(&counting, dossier, items)?;
        let lines = self.counted(counting.counts)?;
        Ok(Self {
            state: HandOverState::Counted,
            lines,
            receiver_officer: counting.officer,
            custodian: counting.custodian,
            investigators: counting.investigators,
            ..self.next()
        })
    }

    /// Who takes items into a case of its own says who investigates it.
    fn investigators_are_named(&self, counting: &Counting) -> Result<(), Refusal> {
        if !counting.investigators.is_empty() || !takes_the_case(self.purpose) {
            return Ok(());
        }
        let fault = "are missing: who investigates must not keep the items, so say who does";
        let faults = vec![("investigators".to_owned(), fault.to_owned())];
        Err(Refusal::Fields { faults, law: E_10 })
    }

    /// Who investigates keeps nothing (MPS procedure art. 235).
    fn custodian_is_another(
        &self,
        counting: &Counting,
        dossier: &Dossier,
        items: &[Item],
    ) -> Result<(), Refusal> {
        let custodian = &counting.custodian;
        let collected =
            |item: &Item| item.facts.collection.collectors.iter().any(|one| one == custodian);
        let why = if dossier.investigates(custodian) || counting.investigators.contains(custodian) {
            "investigates the case"
        } else if items.iter().any(collected) {
            "collected items of the list"
        } else if self.purpose == Purpose::Referral && counting.officer == *custodian {
            "takes the list over for those who investigate"
        } else {
            return Ok(());
        };
        let what = format!("{custodian} {why}, and so must not keep the items: name a custodian");
        Err(Refusal::WrongOfficer { what, law: E_10 })
    }

    fn counted(&self, counts: Vec<(i32, Count)>) -> Result<Vec<Line>, Refusal> {
        let mut faults = Vec::new();
        let mut first: BTreeMap<usize, usize> = BTreeMap::new();
        let mut lines = self.lines.clone();
        for (at, (number, count)) in counts.into_iter().enumerate() {
            let mut fault = |field: &str, fault: String| {
                faults.push((format!("counts[{at}].{field}"), fault));
            };
            let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
            let Some((place, line)) = place.and_then(|p| Some((p, lines.get_mut(p)?))) else {
                fault("line_no", format!("the list has no line {number}"));
                continue;
            };
            if let Some(before) = first.get(&place) {
                fault(
                    "line_no",
                    format!("line {number} is counted twice, first in counts[{before}]"),
                );
                continue;
            }
            first.insert(place, at);
            check(line, &count, &mut fault);
            line.count = Some(count);
        }
        for (number, line) in (1..).zip(&lines) {
            if line.count.is_none() {
                faults.push(("counts".to_owned(), format!("line {number} is not counted")));
            }
        }
        if faults.is_empty() { Ok(lines) } else { Err(Refusal::Fields { faults, law: E_10 }) }
    }
}

fn check(line: &Line, count: &Count, fault: &mut impl FnMut(&str, String)) {
    let Some(found) = Number::parse(&count.quantity) else {
        fault("counted_quantity", "is no decimal number".to_owned());
        return;
    };
    if count.accepted && found == Number::default() {
        fault("accepted", "nothing was counted, so nothing can be accepted".to_owned());
    }
    if count.accepted && count.storage_place.trim().is_empty() {
        fault("storage_place", "is missing: where is it kept from now on".to_owned());
    }
    if !count.discrepancy.trim().is_empty() {
        return;
    }
    let mut differs = Vec::new();
    if Number::parse(&line.quantity) != Some(found) {
        differs.push(format!("{} was listed, {} counted", line.quantity, count.quantity));
    }
    if line.seal_no != count.seal_no {
        let shown = |seal: &str| if seal.is_empty() { "none".to_owned() } else { seal.to_owned() };
        let (listed, found) = (shown(&line.seal_no), shown(&count.seal_no));
        differs.push(format!("seal {listed} was listed, {found} found"));
    }
    if line.condition.trim() != count.condition.trim() {
        differs.push("the condition is not as listed".to_owned());
    }
    if !count.accepted {
        differs.push("the line is not accepted".to_owned());
    }
    if !differs.is_empty() {
        fault("discrepancy", format!("is missing: {}", differs.join(", ")));
    }
}

/// A decimal number without what does not change its value: `1.50` is `1.5`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Number {
    whole: String,
    fraction: String,
}

impl Number {
    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let ok = text.len() <= 32 && digits(whole) && digits(fraction);
        ok.then(|| Self {
            whole: whole.trim_start_matches('0').to_owned(),
            fraction: fraction.trim_end_matches('0').to_owned(),
        })
    }
}
