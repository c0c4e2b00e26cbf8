//! A notice-and-promise for a minor violation (轻微违法行为告知承诺制): no penalty when it is kept, the
//! normal procedure when it is broken, and never for what may be a crime.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::{law, refusal::Refusal, word::PromiseState};

/// A promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Promise {
    /// `promises/{uuid}`.
    pub name: String,
    /// Who offered it.
    pub agency: AgencyCode,
    pub matter: String,
    pub place: String,
    /// The party.
    pub subject: String,
    pub docket: String,
    /// Where it stands.
    pub state: PromiseState,
    /// What is to be corrected.
    pub text: String,
    /// Until when.
    pub correct_by: Option<NaiveDate>,
    /// SHA-256 of the signed paper.
    pub digest: String,
    /// What the check found.
    pub found: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// What is known of the act when the route is offered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Screen {
    /// The facts were screened for criminal thresholds.
    pub screened: bool,
    /// The thresholds that the body says they reach.
    pub reached: Vec<String>,
    /// The docket's own facts reached one when it was opened.
    pub docket_reached: bool,
    /// The matter touches personal safety or health.
    pub touches_safety: bool,
    /// The party had this route before, with this body and in this matter.
    pub repeated: bool,
}

impl Screen {
    /// Whether the route is open.
    ///
    /// # Errors
    /// The rule that closes it: S-12 before S-11.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let crime = |what: String| {
            Err(Refusal::broken(law::S_12, what, "可能构成犯罪的，不适用轻微违法告知承诺"))
        };
        let not_minor = |what: &str, zh| Err(Refusal::broken(law::S_11, what, zh));
        if !self.reached.is_empty() {
            return crime(format!(
                "the facts reach {}: it may be a crime",
                self.reached.join(", ")
            ));
        }
        if self.docket_reached {
            return crime("the facts of the docket reach a criminal threshold".to_owned());
        }
        if !self.screened {
            return crime("the facts were not screened for criminal thresholds".to_owned());
        }
        if self.touches_safety {
            return not_minor(
                "the matter touches personal safety or health (D)",
                "涉及人身安全、健康的事项不适用告知承诺",
            );
        }
        if self.repeated {
            return not_minor("the party had this route before (D)", "再次违法的不适用告知承诺");
        }
        Ok(())
    }
}

impl Promise {
    /// The party promised to correct it until a day.
    pub(crate) fn sign(
        mut self,
        correct_by: NaiveDate,
        digest: String,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        self.must(self.state == PromiseState::Offered, "SignPromise")?;
        self.state = PromiseState::Signed;
        (self.correct_by, self.digest) = (Some(correct_by), digest);
        Ok(self.changed(now))
    }

    /// What the check found. A promise that is not fulfilled is broken only when its day is over.
    pub(crate) fn check(
        mut self,
        corrected: bool,
        found: String,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        self.must(self.state == PromiseState::Signed, "CheckPromise")?;
        let over = self.correct_by.is_none_or(|day| clock::legal_date(now) > day);
        if !corrected && !over {
            return Err(Refusal::broken(
                law::S_11,
                "the party still has time to correct it",
                "承诺的改正期限尚未届满",
            ));
        }
        self.state = if corrected { PromiseState::CheckedOk } else { PromiseState::Broken };
        self.found = found;
        Ok(self.changed(now))
    }

    fn must(&self, ok: bool, act: &'static str) -> Result<(), Refusal> {
        let state = self.state.as_str();
        if ok { Ok(()) } else { Err(Refusal::WrongState { act, state, law: law::S_11 }) }
    }

    fn changed(mut self, now: DateTime<Utc>) -> Self {
        self.updated_at = now;
        self.version += 1;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minor() -> Screen {
        Screen { screened: true, ..Screen::default() }
    }

    fn rule(screen: Screen) -> Option<&'static str> {
        screen.check().err().map(|refusal| refusal.law().rule)
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn offered() -> Promise {
        Promise {
            name: "promises/1".into(),
            agency: AgencyCode::parse("MKT").unwrap(),
            matter: "M001".into(),
            place: String::new(),
            subject: "91330000".into(),
            docket: String::new(),
            state: PromiseState::Offered,
            text: "take the sign down".into(),
            correct_by: None,
            digest: String::new(),
            found: String::new(),
            created_at: at("2026-03-02T01:00:00Z"),
            updated_at: at("2026-03-02T01:00:00Z"),
            version: 1,
        }
    }

    fn signed() -> Promise {
        let by = "2026-03-10".parse().unwrap();
        offered().sign(by, "ab".into(), at("2026-03-02T02:00:00Z")).unwrap()
    }

    #[test]
    fn what_may_be_a_crime_is_no_minor_violation() {
        assert_eq!(rule(minor()), None);
        let named = Screen { reached: vec!["TH-FOOD-01".into()], ..minor() };
        assert_eq!(rule(named), Some("S-12"));
        assert_eq!(rule(Screen { docket_reached: true, ..minor() }), Some("S-12"));
        assert_eq!(rule(Screen::default()), Some("S-12"));
    }

    #[test]
    fn neither_safety_nor_a_repeat_is_minor() {
        assert_eq!(rule(Screen { touches_safety: true, ..minor() }), Some("S-11"));
        assert_eq!(rule(Screen { repeated: true, ..minor() }), Some("S-11"));
    }

    #[test]
    fn a_promise_that_is_kept_ends_without_penalty() {
        let kept = signed().check(true, "gone".into(), at("2026-03-05T02:00:00Z")).unwrap();
        assert_eq!((kept.state, kept.version), (PromiseState::CheckedOk, 3));
        assert!(kept.check(true, String::new(), at("2026-03-06T02:00:00Z")).is_err());
    }

    #[test]
    fn a_promise_is_broken_only_when_its_day_is_over() {
        // 24:00 of the 10th in Shanghai is 16:00 of the 10th in UTC.
        let check = |now: &str| signed().check(false, "still there".into(), at(now));
        assert!(check("2026-03-10T15:59:59Z").is_err());
        assert_eq!(check("2026-03-10T16:00:00Z").unwrap().state, PromiseState::Broken);
    }

    #[test]
    fn a_promise_that_nobody_signed_is_not_checked() {
        assert!(offered().check(true, String::new(), at("2026-03-05T02:00:00Z")).is_err());
    }
}
