//! A schedule that stands, read so that it can stand: who is sent is taken to work on that day, even if an
//! absence or a certificate says otherwise since. Whom that concerns gets nothing new.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{
    super::{
        resource::{Kit, OfficerProfile},
        visit::Visit,
    },
    freeze::Input,
};

/// What is taken to hold, and what was overlooked for it.
pub(super) struct Lenient {
    /// The officers, without absences on days on which they are sent.
    pub officers: BTreeMap<String, OfficerProfile>,
    /// The days of the certificates, with those days.
    pub certified: BTreeMap<String, BTreeSet<NaiveDate>>,
    /// The kits, likewise.
    pub kits: Vec<Kit>,
    /// Certificates and codes of whom that concerns.
    pub barred: BTreeSet<String>,
    /// The visits that it concerns, each with why.
    pub doubtful: Vec<String>,
}

impl Lenient {
    /// Reads the visits of a schedule.
    pub(super) fn of(input: &Input<'_>) -> Self {
        let mut lenient = Self {
            officers: input.officers.clone(),
            certified: input.certified.clone(),
            kits: input.kits.to_vec(),
            barred: BTreeSet::new(),
            doubtful: Vec::new(),
        };
        for visit in input.visits {
            let Some(day) = visit.day().filter(|day| input.workdays.contains(day)) else {
                continue;
            };
            for group in &visit.groups {
                for who in &group.assigned {
                    lenient.officer(input, visit, (who, day));
                }
                lenient.kit(input, visit, (&group.assigned_kit, day));
            }
        }
        lenient
    }

    fn officer(&mut self, input: &Input<'_>, visit: &Visit, (who, day): (&str, NaiveDate)) {
        if input.officers.get(who).is_some_and(|officer| officer.is_absent(day)) {
            if let Some(officer) = self.officers.get_mut(who) {
                without(&mut officer.absences, day);
            }
            self.doubtful.push(format!("{}: {who} is absent on {day}", visit.name));
            self.barred.insert(who.to_owned());
        }
        if !input.certified.get(who).is_some_and(|days| days.contains(&day)) {
            self.certified.entry(who.to_owned()).or_default().insert(day);
            let why = format!("{}: the certificate of {who} does not hold on {day}", visit.name);
            self.doubtful.push(why);
            self.barred.insert(who.to_owned());
        }
    }

    fn kit(&mut self, input: &Input<'_>, visit: &Visit, (code, day): (&str, NaiveDate)) {
        if !input.kits.iter().any(|kit| kit.code == code && kit.is_absent(day)) {
            return;
        }
        if let Some(kit) = self.kits.iter_mut().find(|kit| kit.code == code) {
            without(&mut kit.absences, day);
        }
        self.doubtful.push(format!("{}: {code} cannot be had on {day}", visit.name));
        self.barred.insert(code.to_owned());
    }
}

/// Takes a day out of some spans of days.
fn without(spans: &mut Vec<(NaiveDate, NaiveDate)>, day: NaiveDate) {
    let mut left = Vec::new();
    for (from, to) in spans.drain(..) {
        if day < from || to < day {
            left.push((from, to));
            continue;
        }
        left.extend(day.pred_opt().filter(|before| from <= *before).map(|before| (from, before)));
        left.extend(day.succ_opt().filter(|after| *after <= to).map(|after| (after, to)));
    }
    *spans = left;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_taken_out_of_a_span_and_the_rest_stays() {
        let day = |n: u32| NaiveDate::from_ymd_opt(2026, 3, n).unwrap();
        let mut spans = vec![(day(2), day(6)), (day(9), day(9))];
        without(&mut spans, day(4));
        without(&mut spans, day(9));
        without(&mut spans, day(2));
        assert_eq!(spans, [(day(3), day(3)), (day(5), day(6))]);
    }
}
