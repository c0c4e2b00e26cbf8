//! What rows show to the rules: at once, or when something that should follow does not.

use chrono::{DateTime, Datelike as _, Duration, Utc};

use super::{
    Told,
    due::{Form, Item, Rung},
    rule::{Rule, Rules, Sees},
    warning::Finding,
};

/// The names of values that rules look at (docs/decisions/0016).
const SUGGESTS: &str = "suggests";
const PENALTY: &str = "penalty";
const CUSTODY_GAP: &str = "custody_gap";
const GIVER: &str = "giver_officer";
const RECEIVER: &str = "receiver_officer";
const SUBJECT: &str = "subject";
const COUNTED: &str = "counted_of_year";
const CAP: &str = "cap";
const OVER_CAP: &str = "over_cap";
/// The procedure by which a suspected crime is referred.
const REFERRAL: &str = "CRIMINAL_REFERRAL";

/// What the rules find in a rung that an item came to.
pub(crate) fn of_rung(rules: &Rules, item: &Item, rung: Rung) -> Vec<Finding> {
    let concerns = |rule: &&Rule| match &rule.sees {
        Sees::Term { rung: seen, service_targets } => {
            item.form == Form::Term && *seen == rung && (*service_targets || !item.service_target)
        }
        Sees::Unacknowledged => item.form == Form::Exchange && rung == Rung::Overdue,
        Sees::NotReferred { .. }
        | Sees::Fined { .. }
        | Sees::Returned { .. }
        | Sees::Inspected
        | Sees::CustodyGap
        | Sees::SameOfficer => false,
    };
    let find = |rule: &Rule| {
        let (holder, duty) = (&item.holder, &item.duty);
        let summary = match item.form {
            Form::Term => {
                format!(
                    "{}: {holder} must {duty} by {}",
                    rung.as_str(),
                    clock::legal_time(item.due_at)
                )
            }
            Form::Exchange => format!(
                "{holder} has not acknowledged {} of {} sent at {}: {duty}",
                item.kind,
                item.sender(),
                clock::legal_time(item.start_at)
            ),
        };
        let term = rule.law_rule.is_empty();
        let (law_rule, basis, mark) = (&item.rule, &item.basis, &item.verified);
        Finding {
            law_rule: if term { law_rule } else { &rule.law_rule }.clone(),
            basis: if term { basis } else { &rule.basis }.clone(),
            verified: if term { mark } else { &rule.mark }.clone(),
            seers: item.owed_to.clone(),
            item: item.key(),
            // A term that was extended and is late again is late anew.
            once: format!("{}|{}", rung.as_str(), item.due_at.timestamp()),
            ..finding(rule, (&item.service, &item.resource, &item.docket), holder, summary)
        }
    };
    rules.rules.iter().filter(concerns).map(find).collect()
}

/// What the rules find in a row by itself.
pub(crate) fn of_row(rules: &Rules, told: &Told) -> Vec<Finding> {
    let actor = Some(&told.agency).filter(|code| !code.is_empty());
    let Some(actor) = actor.or(Some(&told.marks.case.from_agency)).filter(|c| !c.is_empty()) else {
        return Vec::new();
    };
    let find = |rule: &Rule| {
        let resource = &told.resource;
        let (subject, once, summary) = match &rule.sees {
            Sees::Inspected => over_cap(told, actor)?,
            Sees::CustodyGap => {
                let gap = told.marks.values(CUSTODY_GAP).next()?;
                let summary = format!("{resource} has a gap in its custody: {gap}");
                (resource.as_str(), gap.to_owned(), summary)
            }
            Sees::SameOfficer => {
                let mut givers = told.marks.values(GIVER);
                let both = givers.find(|one| told.marks.values(RECEIVER).any(|two| two == *one))?;
                let summary = format!("{both} signed {resource} on both sides");
                (resource.as_str(), String::new(), summary)
            }
            Sees::Term { .. }
            | Sees::Unacknowledged
            | Sees::NotReferred { .. }
            | Sees::Fined { .. }
            | Sees::Returned { .. } => return None,
        };
        let place = (told.service.as_str(), subject, told.docket.as_str());
        Some(Finding { once, ..finding(rule, place, actor, summary) })
    };
    rules.rules.iter().filter_map(find).collect()
}

/// Once a year for each body and subject.
fn over_cap<'a>(told: &'a Told, actor: &str) -> Option<(&'a str, String, String)> {
    let number = |name| told.marks.values(name).next()?.parse::<u32>().ok();
    let counted = number(COUNTED).zip(number(CAP)).is_some_and(|(count, cap)| count > cap);
    if !counted && told.marks.values(OVER_CAP).next().is_none() {
        return None;
    }
    let subject = told.marks.values(SUBJECT).next().unwrap_or(&told.resource);
    let year = told.at.with_timezone(&clock::SHANGHAI).year();
    let summary = format!("{actor} inspects {subject} more often in {year} than its cap allows");
    Some((subject, format!("{actor}|{year}"), summary))
}

/// Whether a referral came back by this row; whose it was, if so.
pub(crate) fn came_back(rules: &Rules, told: &Told) -> Option<String> {
    let case = &told.marks.case;
    let named = |rule: &Rule| match &rule.sees {
        Sees::Returned { states, .. } => states.contains(&case.state),
        Sees::Term { .. }
        | Sees::Unacknowledged
        | Sees::NotReferred { .. }
        | Sees::Fined { .. }
        | Sees::Inspected
        | Sees::CustodyGap
        | Sees::SameOfficer => false,
    };
    let came = case.procedure == REFERRAL && !case.from_agency.is_empty();
    (came && rules.rules.iter().any(named)).then(|| case.from_agency.clone())
}

/// What a rule finds when `count` referrals of a body came back in its span; once a month.
pub(crate) fn of_returns(
    rule: &Rule,
    agency: &str,
    count: i64,
    now: DateTime<Utc>,
) -> Option<Finding> {
    let Sees::Returned { count: least, days, .. } = &rule.sees else { return None };
    if count < i64::from(*least) {
        return None;
    }
    let subject = format!("agencies/{agency}");
    let summary = format!("{count} referrals of {agency} came back in {days} days");
    let month = now.with_timezone(&clock::SHANGHAI).format("%Y-%m").to_string();
    let place = ("referral", subject.as_str(), "");
    Some(Finding { once: month, ..finding(rule, place, agency, summary) })
}

/// A docket whose facts reach a threshold: something must follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DocketWatch {
    pub docket: String,
    /// The body whose docket it is.
    pub owner: String,
    pub opened_at: DateTime<Utc>,
    /// How many thresholds its facts reach.
    pub suggests: i32,
    /// When a fine was recorded; none when none was.
    pub fined_at: Option<DateTime<Utc>>,
    /// Whether it was referred.
    pub referred: bool,
    /// When to look again; none when there is nothing to wait for.
    pub next_at: Option<DateTime<Utc>>,
}

impl DocketWatch {
    /// Whether a row may change what is known of its docket.
    pub(crate) fn concerns(told: &Told) -> bool {
        let values = told.marks.values.iter();
        let named = values.map(|(name, _)| name).any(|name| name == SUGGESTS || name == PENALTY);
        !told.docket.is_empty() && (named || is_referred(told))
    }

    /// What is known of a docket after a row.
    pub(crate) fn after(before: Option<Self>, told: &Told, rules: &Rules) -> Option<Self> {
        let suggests =
            told.marks.values(SUGGESTS).filter_map(|text| text.parse::<i32>().ok()).max();
        let from = Some(&told.marks.case.from_agency).filter(|code| !code.is_empty());
        let new = || {
            let owner = from.unwrap_or(&told.agency).clone();
            suggests.filter(|count| *count > 0 && !owner.is_empty()).map(|suggests| Self {
                docket: told.docket.clone(),
                owner,
                opened_at: told.at,
                suggests,
                fined_at: None,
                referred: false,
                next_at: None,
            })
        };
        let mut watch = before.or_else(new)?;
        if told.marks.values(PENALTY).any(|kind| kind == "FINE") {
            watch.fined_at.get_or_insert(told.at);
        }
        watch.referred |= is_referred(told);
        watch.next_at = watch.dates(rules).map(|(_, at)| at).min();
        Some(watch)
    }

    /// The rules that wait, and until when.
    fn dates<'a>(
        &'a self,
        rules: &'a Rules,
    ) -> impl Iterator<Item = (&'a Rule, DateTime<Utc>)> + 'a {
        rules.rules.iter().filter(|_| !self.referred).filter_map(|rule| {
            let (from, days) = match &rule.sees {
                Sees::NotReferred { days } => (Some(self.opened_at), *days),
                Sees::Fined { days } => (self.fined_at, *days),
                Sees::Term { .. }
                | Sees::Unacknowledged
                | Sees::Returned { .. }
                | Sees::Inspected
                | Sees::CustodyGap
                | Sees::SameOfficer => (None, 0),
            };
            Some((rule, from?.checked_add_signed(Duration::days(days.into()))?))
        })
    }

    /// What the rules find by `now`, and what is known after that.
    pub(crate) fn look(self, rules: &Rules, now: DateTime<Utc>) -> (Vec<Finding>, Self) {
        let find = |rule: &Rule| {
            let (owner, suggests) = (&self.owner, self.suggests);
            let summary = format!(
                "the facts of a docket of {owner} reach {suggests} thresholds, and nothing was \
                 referred: {}",
                rule.title_en
            );
            finding(rule, ("referral", &self.docket, &self.docket), owner, summary)
        };
        let due = self.dates(rules).filter(|(_, at)| *at <= now);
        let found = due.map(|(rule, _)| find(rule)).collect();
        let next_at = self.dates(rules).map(|(_, at)| at).filter(|at| *at > now).min();
        (found, Self { next_at, ..self })
    }
}

/// Whether a suspected crime is on its way to the police by this row.
fn is_referred(told: &Told) -> bool {
    let sent = told.marks.exchanges.iter().any(|one| one.kind == "REFERRAL");
    sent && told.marks.case.procedure == REFERRAL
}

fn finding(
    rule: &Rule,
    (service, subject, docket): (&str, &str, &str),
    owner: &str,
    summary: String,
) -> Finding {
    Finding {
        rule: rule.id.clone(),
        law_rule: rule.law_rule.clone(),
        basis: rule.basis.clone(),
        verified: rule.mark.clone(),
        service: service.to_owned(),
        subject: subject.to_owned(),
        docket: docket.to_owned(),
        owner: owner.to_owned(),
        seers: Vec::new(),
        item: String::new(),
        once: String::new(),
        summary,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Exchange, ExchangeState,
        due::tests::{noon, told},
    };

    fn rules() -> Rules {
        toml::from_str(include_str!("../../rules.toml")).unwrap()
    }

    fn with(mut told: Told, values: &[(&str, &str)]) -> Told {
        let values = values.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        told.marks.values.extend(values);
        told
    }

    fn ids(found: &[Finding]) -> Vec<&str> {
        found.iter().map(|one| one.rule.as_str()).collect()
    }

    fn referred(mut told: Told) -> Told {
        told.marks.case.procedure = REFERRAL.into();
        told.marks.exchanges.push(Exchange {
            id: "e".into(),
            kind: "REFERRAL".into(),
            sender: "MKT".into(),
            receiver: "PSB".into(),
            state: ExchangeState::Sent,
            send_at: noon(),
            end_at: None,
            digest: String::new(),
            title: String::new(),
        });
        told
    }

    #[test]
    fn thresholds_that_were_met_and_nothing_referred_are_found_after_the_days_of_the_rule() {
        let opened = with(told("DOCKET_OPENED"), &[(SUGGESTS, "2")]);
        let watch = DocketWatch::after(None, &opened, &rules()).unwrap();
        assert_eq!(watch.next_at, Some(noon() + Duration::days(5)));
        let (early, _) = watch.clone().look(&rules(), noon() + Duration::days(4));
        assert!(early.is_empty());
        let (found, after) = watch.clone().look(&rules(), noon() + Duration::days(5));
        assert_eq!((ids(&found), after.next_at), (vec!["NOT_REFERRED"], None));
        assert_eq!((found[0].owner.as_str(), found[0].subject.as_str()), ("MKT", "dockets/1"));

        let sent = referred(told("REFERRAL_OPENED"));
        let watch = DocketWatch::after(Some(watch), &sent, &rules()).unwrap();
        assert_eq!(watch.next_at, None, "it was referred");
        assert!(watch.look(&rules(), noon() + Duration::days(50)).0.is_empty());
    }

    #[test]
    fn a_docket_below_the_thresholds_is_not_watched() {
        let opened = with(told("DOCKET_OPENED"), &[(SUGGESTS, "0")]);
        assert_eq!(DocketWatch::after(None, &opened, &rules()), None);
    }

    #[test]
    fn a_fine_is_found_only_where_thresholds_were_met_and_nothing_followed() {
        let fined = with(
            told("DOCKET_OPENED"),
            &[(SUGGESTS, "1"), (PENALTY, "WARNING"), (PENALTY, "FINE")],
        );
        let watch = DocketWatch::after(None, &fined, &rules()).unwrap();
        let (found, after) = watch.look(&rules(), noon() + Duration::days(1));
        assert_eq!(ids(&found), ["FINED_INSTEAD"]);
        assert_eq!(after.next_at, Some(noon() + Duration::days(5)));
        let warned = with(told("DOCKET_OPENED"), &[(SUGGESTS, "1"), (PENALTY, "WARNING")]);
        let watch = DocketWatch::after(None, &warned, &rules()).unwrap();
        assert!(watch.look(&rules(), noon() + Duration::days(1)).0.is_empty(), "no fine");
    }

    #[test]
    fn one_officer_on_both_sides_is_found_and_two_are_not() {
        let same = with(told("SIGNED"), &[(GIVER, "MKT-01"), (RECEIVER, "MKT-01")]);
        assert_eq!(ids(&of_row(&rules(), &same)), ["SAME_OFFICER"]);
        let second = [(GIVER, "MKT-02"), (GIVER, "MKT-01"), (RECEIVER, "X"), (RECEIVER, "MKT-01")];
        assert_eq!(ids(&of_row(&rules(), &with(told("SIGNED"), &second))), ["SAME_OFFICER"]);
        let two = with(told("SIGNED"), &[(GIVER, "MKT-01"), (RECEIVER, "PSB-01")]);
        assert!(of_row(&rules(), &two).is_empty());
    }

    #[test]
    fn a_gap_of_custody_is_found_and_a_row_without_one_is_not() {
        let gap = with(told("HAND_OVER_SIGNED"), &[(CUSTODY_GAP, "2 days")]);
        assert_eq!(ids(&of_row(&rules(), &gap)), ["CUSTODY_GAP"]);
        assert!(of_row(&rules(), &told("HAND_OVER_SIGNED")).is_empty());
    }

    #[test]
    fn inspections_above_the_cap_are_found_and_those_at_the_cap_are_not() {
        let over =
            with(told("VISIT_CHECKED_IN"), &[(SUBJECT, "subjects/1"), (COUNTED, "5"), (CAP, "4")]);
        let found = of_row(&rules(), &over);
        assert_eq!(
            (ids(&found), found[0].subject.as_str()),
            (vec!["INSPECTED_OFTEN"], "subjects/1")
        );
        let told_so = with(told("CAP_EXCEEDED"), &[(SUBJECT, "subjects/1"), (OVER_CAP, "1")]);
        assert_eq!(of_row(&rules(), &told_so)[0].key(), found[0].key(), "the same finding");
        let at = with(told("VISIT_CHECKED_IN"), &[(COUNTED, "4"), (CAP, "4")]);
        assert!(of_row(&rules(), &at).is_empty());
        let uncapped = with(told("VISIT_CHECKED_IN"), &[(COUNTED, "40")]);
        assert!(of_row(&rules(), &uncapped).is_empty());
    }

    #[test]
    fn so_many_returns_are_found_and_fewer_are_not() {
        let rules = rules();
        let rule = rules.get("RETURNED_OFTEN").unwrap();
        assert!(of_returns(rule, "MKT", 2, noon()).is_none());
        let found = of_returns(rule, "MKT", 3, noon()).unwrap();
        assert_eq!(found.key(), "RETURNED_OFTEN|agencies/MKT|2026-03");

        let mut back = told("STEP_TAKEN");
        back.marks.case.procedure = REFERRAL.into();
        back.marks.case.from_agency = "MKT".into();
        back.marks.case.state = "NOT_FILED".into();
        assert_eq!(came_back(&rules, &back).as_deref(), Some("MKT"));
        back.marks.case.state = "FILED".into();
        assert_eq!(came_back(&rules, &back), None);
    }

    #[test]
    fn a_late_term_is_found_and_a_service_target_that_is_nearly_due_is_not() {
        let exchange = referred(told("X")).marks.exchanges.remove(0);
        let mut item = Item::of_exchange(&told("X"), &exchange, 1);
        assert_eq!(ids(&of_rung(&rules(), &item, Rung::Overdue)), ["EXCHANGE_UNACKNOWLEDGED"]);
        item.form = Form::Term;
        assert_eq!(ids(&of_rung(&rules(), &item, Rung::Overdue)), ["TERM_OVERDUE"]);
        assert_eq!(ids(&of_rung(&rules(), &item, Rung::Near)), ["TERM_NEAR"]);
        assert!(of_rung(&rules(), &item, Rung::Half).is_empty());
        item.service_target = true;
        assert!(of_rung(&rules(), &item, Rung::Near).is_empty());
    }
}
