//! What is left of a shift beside the visits that are dispatched already.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use solver::problem::Shift;

use super::super::visit::Visit;

/// When officers (by certificate) and kits (by code) are taken, by day: minutes of the day.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken(BTreeMap<(String, NaiveDate), Vec<(i32, i32)>>);

impl Taken {
    /// By these visits, and `pad` minutes before and after each.
    pub(super) fn of(visits: &[Visit], pad: u32) -> Self {
        Self::default().and(visits, pad)
    }

    /// And by these.
    pub(super) fn and(mut self, visits: &[Visit], pad: u32) -> Self {
        let pad = i32::try_from(pad).unwrap_or(i32::MAX);
        for visit in visits {
            let Some((start, end)) = visit.start_at.zip(visit.end_at) else { continue };
            let day = clock::legal_date(start);
            let span = (minute(start) - pad, minute(end).saturating_add(pad));
            for group in &visit.groups {
                let kit = Some(&group.assigned_kit).filter(|kit| !kit.is_empty());
                for who in group.assigned.iter().chain(kit) {
                    self.0.entry((who.clone(), day)).or_default().push(span);
                }
            }
        }
        self.0.values_mut().for_each(|spans| spans.sort_unstable());
        self
    }

    /// What is left of a shift.
    pub(super) fn carve(&self, who: &str, day: NaiveDate, shift: Shift) -> Vec<Shift> {
        let none = Vec::new();
        let spans = self.0.get(&(who.to_owned(), day)).unwrap_or(&none);
        let (mut left, mut from) = (Vec::new(), shift.from);
        for (start, end) in spans {
            if from < *start {
                left.push(Shift { from, to: shift.to.min(*start), ..shift });
            }
            from = from.max(*end);
        }
        if from < shift.to {
            left.push(Shift { from, ..shift });
        }
        left.retain(|one| one.from < one.to);
        left
    }
}

/// The minute of the day by the clocks of Shanghai.
pub(super) fn minute(at: chrono::DateTime<chrono::Utc>) -> i32 {
    use chrono::Timelike as _;
    let local = at.with_timezone(&clock::SHANGHAI);
    i32::try_from(local.hour() * 60 + local.minute()).unwrap_or_default()
}
