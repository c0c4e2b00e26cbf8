//! The indicators of evaluation (执法评议) as data: each a share of measures, what it says and does
//! not say, where it is from, and whether bodies may be ranked by it.

use super::word::{
    Better::{self, *},
    Dimension::{self, *},
    Measure::{self, *},
    Part,
    Unit::{self, *},
};

/// An indicator.
#[derive(Debug)]
pub(crate) struct Indicator {
    /// Its name in `indicators/{id}`.
    pub id: &'static str,
    /// Its title in English and in Chinese.
    pub title: (&'static str, &'static str),
    /// What it says, and what it does not say.
    pub meaning: &'static str,
    /// What is added up above the line.
    pub numerator: &'static [Measure],
    /// What is added up below the line.
    pub denominator: &'static [Measure],
    /// What the figure is in.
    pub unit: Unit,
    /// Whether more is better.
    pub better: Better,
    /// By what it can be told apart.
    pub dimensions: &'static [Dimension],
    /// Rule of LAW.md or measure of the county's plan.
    pub rule: &'static str,
    /// The article.
    pub source: &'static str,
    /// How sure the rule is.
    pub verified: &'static str,
}

/// The mark of all formulas: what is asked for is in the plan, how it is counted is our design.
const DESIGNED: &str = "D";
const EVERY: &[Dimension] = &[Body, Area, Matter, Month];
const PLAN: &str = "county plan 2022, measure 15";

/// Every indicator, in the order in which a report has them.
pub(crate) static INDICATORS: &[Indicator] = &[
    Indicator {
        id: "timeliness",
        title: ("Timeliness", "期限遵守率"),
        meaning: "Of the statutory terms that a body held and that ended, those that were kept. A term \
                  that is missed counts from the moment it is overdue, done late or not, and as kept \
                  after all when it was done in time and told late; one that lapsed does not count.",
        numerator: &[TermKept],
        denominator: &[TermKept, TermMissed],
        unit: Percent,
        better: Higher,
        dimensions: EVERY,
        rule: "SEED-15",
        source: PLAN,
        verified: DESIGNED,
    },
    Indicator {
        id: "service-targets",
        title: ("Service targets", "及时办理率"),
        meaning: "The same of what the law wants done at once (立即, 及时): a configured target, never \
                  a legal deadline.",
        numerator: &[TargetKept],
        denominator: &[TargetKept, TargetMissed],
        unit: Percent,
        better: Higher,
        dimensions: EVERY,
        rule: "SEED-15",
        source: PLAN,
        verified: DESIGNED,
    },
    Indicator {
        id: "referral-rate",
        title: ("Referral rate", "涉嫌犯罪案件移送率"),
        meaning: "Of the dockets whose facts reached a criminal threshold, those that were delivered to \
                  public security. It is counted in the month of the docket: a young month is low \
                  because time has not run out.",
        numerator: &[DocketReferred],
        denominator: &[DocketReached],
        unit: Percent,
        better: Higher,
        dimensions: EVERY,
        rule: "T-02",
        source: "Decree 310 art. 3; Penalty Law art. 27",
        verified: DESIGNED,
    },
    Indicator {
        id: "filing-rate",
        title: ("Filing rate", "移送案件立案率"),
        meaning: "Of the referrals of a body that public security accepted, those that it filed, in the \
                  month of acceptance. No body is ranked by it: who may not be refused refers too \
                  little.",
        numerator: &[ReferralFiled],
        denominator: &[ReferralAccepted],
        unit: Percent,
        better: Neither,
        dimensions: EVERY,
        rule: "T-14",
        source: "Decree 310 art. 8",
        verified: DESIGNED,
    },
    supervision(
        "supervision-ended",
        ("Supervisions ended", "立案监督办结率"),
        "Of the supervisions of filing that a body asked for, those that have ended.",
        &[SupervisionEnded],
    ),
    supervision(
        "orders-to-file",
        ("Orders to file", "通知立案率"),
        "Of the supervisions of filing that a body asked for, those in which the procuratorate ordered \
         to file.",
        &[FilingOrdered],
    ),
    supervision(
        "reasons-accepted",
        ("Reasons accepted", "不立案理由成立率"),
        "Of the supervisions of filing that a body asked for, those in which the reasons for not filing \
         were found to hold.",
        &[ReasonsAccepted],
    ),
    defects(
        "evidence-defects",
        ("Defects of evidence", "证据瑕疵率"),
        "Defects of both kinds that were open when an item of evidence was assessed for its use, for each \
         hundred items assessed.",
        &[DefectExcluding, DefectCurable],
    ),
    defects(
        "evidence-excluded",
        ("Defects that exclude", "证据排除率"),
        "Defects that exclude an item, for each hundred items assessed.",
        &[DefectExcluding],
    ),
    defects(
        "evidence-curable",
        ("Defects that can be cured", "证据可补正率"),
        "Defects that can be cured, for each hundred items assessed.",
        &[DefectCurable],
    ),
    Indicator {
        id: "cooperation",
        title: ("Cooperation", "协助咨询按期答复率"),
        meaning: "Of the terms for an answer to a request for assistance or a consultation that a body \
                  held and that ended, those that were kept.",
        numerator: &[AnswerKept],
        denominator: &[AnswerKept, AnswerMissed],
        unit: Percent,
        better: Higher,
        dimensions: EVERY,
        rule: "SEED-10",
        source: "county plan 2022, measures 10 and 14; Penalty Law art. 26",
        verified: DESIGNED,
    },
    Indicator {
        id: "response",
        title: ("Response rate", "协助咨询响应率"),
        meaning: "Of the requests for assistance and consultations that a body received, those that were \
                  taken up, refused with reasons, or withdrawn before. It says nothing of the time.",
        numerator: &[RequestAnswered, RequestWithdrawn],
        denominator: &[RequestReceived],
        unit: Percent,
        better: Higher,
        dimensions: EVERY,
        rule: "SEED-10",
        source: "county plan 2022, measures 8 and 10; Penalty Law art. 26",
        verified: DESIGNED,
    },
    Indicator {
        id: "publication",
        title: ("Publication in time", "执法公示按期率"),
        meaning: "Of the terms to publish a decision or a result of an inspection, or to withdraw what is \
                  not true any more, those that were kept.",
        numerator: &[PublicationKept],
        denominator: &[PublicationKept, PublicationMissed],
        unit: Percent,
        better: Higher,
        dimensions: EVERY,
        rule: "S-01",
        source: "国办发〔2018〕118号; Penalty Law art. 48; county plan 2022, measure 12",
        verified: DESIGNED,
    },
    Indicator {
        id: "coverage",
        title: ("Coverage", "检查覆盖率"),
        meaning: "Of the subjects to which a body sent a visit in a year, those that it inspected, in the \
                  month in which the visit was dispatched.",
        numerator: &[SubjectInspected],
        denominator: &[SubjectPlanned],
        unit: Percent,
        better: Higher,
        dimensions: EVERY,
        rule: "O-08",
        source: "条例 art. 21; county plan 2022, measure 8",
        verified: DESIGNED,
    },
    Indicator {
        id: "repeat-inspections",
        title: ("Repeat inspections", "重复检查率"),
        meaning: "Of the inspections of a body, those that were not its first of the subject in the year. \
                  A bad credit tier asks for more of them: compare bodies of like tasks only.",
        numerator: &[InspectionRepeated],
        denominator: &[InspectionHeld],
        unit: Percent,
        better: Lower,
        dimensions: EVERY,
        rule: "I-05",
        source: "国办发〔2024〕54号; county plan 2022, measure 13",
        verified: DESIGNED,
    },
    Indicator {
        id: "over-cap",
        title: ("Inspections over the cap", "超频次检查率"),
        meaning: "Of the inspections of a body, those beyond its yearly cap for the subject.",
        numerator: &[InspectionOverCap],
        denominator: &[InspectionHeld],
        unit: Percent,
        better: Lower,
        dimensions: EVERY,
        rule: "I-04",
        source: "国办发〔2024〕54号",
        verified: DESIGNED,
    },
    Indicator {
        id: "workload",
        title: ("Workload", "人均办理量"),
        meaning: "Acts and visits for each officer and month in which the officer acted at all. It says how \
                  work is spread, not how good it is: nobody is ranked by it.",
        numerator: &[Act, Visit],
        denominator: &[OfficerMonth],
        unit: PerOfficerMonth,
        better: Neither,
        // An officer's month is one, however many matters and areas there were in it.
        dimensions: &[Body, Month],
        rule: "SEED-15",
        source: PLAN,
        verified: DESIGNED,
    },
];

const fn supervision(
    id: &'static str,
    title: (&'static str, &'static str),
    meaning: &'static str,
    numerator: &'static [Measure],
) -> Indicator {
    Indicator {
        id,
        title,
        meaning,
        numerator,
        denominator: &[SupervisionAsked],
        unit: Percent,
        better: Neither,
        dimensions: EVERY,
        rule: "P-01",
        source: "检规 art. 557 to 563; county plan 2022, measure 14",
        verified: DESIGNED,
    }
}

const fn defects(
    id: &'static str,
    title: (&'static str, &'static str),
    meaning: &'static str,
    numerator: &'static [Measure],
) -> Indicator {
    Indicator {
        id,
        title,
        meaning,
        numerator,
        denominator: &[ItemAssessed],
        unit: PerHundred,
        better: Lower,
        dimensions: EVERY,
        rule: "SEED-15",
        source: "county plan 2022, measures 14 and 15; Penalty Law art. 46",
        verified: DESIGNED,
    }
}

impl Indicator {
    /// The indicator of this resource name.
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        let id = name.strip_prefix("indicators/")?;
        INDICATORS.iter().find(|one| one.id == id)
    }

    /// `indicators/{id}`.
    pub(crate) fn name(&self) -> String {
        format!("indicators/{}", self.id)
    }

    /// The measures of a part.
    pub(crate) fn part(&self, part: Part) -> &'static [Measure] {
        match part {
            Part::Numerator => self.numerator,
            Part::Denominator => self.denominator,
        }
    }

    /// The formula in words.
    pub(crate) fn formula(&self) -> String {
        let side = |measures: &[Measure]| match measures {
            [one] => one.to_string(),
            many => {
                let words: Vec<&str> = many.iter().map(|measure| measure.as_str()).collect();
                format!("({})", words.join(" + "))
            }
        };
        format!("{} / {}", side(self.numerator), side(self.denominator))
    }

    /// The figure in its unit with one decimal, rounded half up; none when nothing is below the line.
    pub(crate) fn value(&self, numerator: i64, denominator: i64) -> Option<String> {
        let tenths = self.tenths(numerator, denominator)?;
        Some(format!("{}.{}", tenths / 10, tenths % 10))
    }

    /// The same in tenths, to compare.
    fn tenths(&self, numerator: i64, denominator: i64) -> Option<i128> {
        let scale = match self.unit {
            Percent | PerHundred => 1000,
            PerOfficerMonth => 10,
        };
        let (above, below) = (i128::from(numerator) * scale, i128::from(denominator));
        (below > 0).then(|| (2 * above + below) / (2 * below))
    }

    /// The place of `own` among `all` figures (numerator and denominator), 1 the best, equals share
    /// one, and how many were compared. None where a ranking means nothing: neither more nor less is
    /// better, or fewer than two bodies have at least `least` below the line.
    pub(crate) fn rank(
        &self,
        own: (i64, i64),
        all: &[(i64, i64)],
        least: i64,
    ) -> Option<(usize, usize)> {
        let enough = |(_, below): &&(i64, i64)| *below >= least.max(1);
        let compared: Vec<i128> =
            all.iter().filter(enough).filter_map(|(a, b)| self.tenths(*a, *b)).collect();
        if compared.len() < 2 || !enough(&&own) {
            return None;
        }
        let own = self.tenths(own.0, own.1)?;
        let ahead = match self.better {
            Higher => compared.iter().filter(|other| **other > own).count(),
            Lower => compared.iter().filter(|other| **other < own).count(),
            Neither => return None,
        };
        Some((ahead + 1, compared.len()))
    }
}

impl Measure {
    /// Which rows count, whose figure it is, and in which month.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            TermKept => "a statutory term ended in time; its holder's, in the month it ended",
            TermMissed => "a statutory term was not kept; its holder's, in the month that was seen",
            TargetKept => "a service target was met; its holder's, in the month it ended",
            TargetMissed => {
                "a service target was not met; its holder's, in the month that was seen"
            }
            AnswerKept => "a term of P-14 or SEED-10 ended in time; its holder's",
            AnswerMissed => "a term of P-14 or SEED-10 was not kept; its holder's",
            PublicationKept => "a term of S-01, S-02 or O-09 ended in time; its holder's",
            PublicationMissed => "a term of S-01, S-02 or O-09 was not kept; its holder's",
            RequestReceived => {
                "assistance or a consultation was asked for; the body's that was asked"
            }
            RequestAnswered => "it was taken up or refused; counted where it was received",
            RequestWithdrawn => "it was withdrawn before; counted where it was received",
            DocketReached => {
                "a docket was opened whose facts reach a criminal threshold; its body's"
            }
            DocketReferred => {
                "such a docket was delivered to public security; counted where it was opened"
            }
            ReferralAccepted => {
                "public security signed the receipt of a referral; the referring body's"
            }
            ReferralFiled => "it filed the case; counted where it was accepted",
            SupervisionAsked => "a supervision of filing was asked for; the asking body's",
            FilingOrdered => "the procuratorate ordered to file; counted where it was asked",
            ReasonsAccepted => "it found that the reasons hold; counted where it was asked",
            SupervisionEnded => "the supervision ended; counted where it was asked",
            ItemAssessed => "an item of evidence was assessed for its use; the assessing body's",
            DefectExcluding => "a defect open then that excludes it; the assessing body's",
            DefectCurable => "a defect open then that can be cured; the assessing body's",
            SubjectPlanned => "the first visit to a subject in the year was dispatched; the body's",
            SubjectInspected => "such a subject was inspected; counted where it was dispatched",
            InspectionHeld => "an inspection of a subject took place; the body's",
            InspectionRepeated => "it was not the body's first of the subject in the year",
            InspectionOverCap => "it was beyond the yearly cap of the body for the subject",
            Act => "a row that an officer caused; the officer's body's",
            Visit => "an officer was on site at a visit; the officer's body's",
            OfficerMonth => "an officer acted or was on site at least once in the month",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn named(id: &str) -> &'static Indicator {
        Indicator::find(&format!("indicators/{id}")).unwrap()
    }

    #[test]
    fn every_indicator_has_a_name_of_its_own_and_says_where_it_is_from() {
        let ids: BTreeSet<&str> = INDICATORS.iter().map(|one| one.id).collect();
        assert_eq!(ids.len(), INDICATORS.len());
        for one in INDICATORS {
            assert!(!one.source.is_empty() && !one.rule.is_empty(), "{}", one.id);
            assert!(["V", "S", "M", "D"].contains(&one.verified), "{}", one.id);
            assert!(!one.numerator.is_empty() && !one.denominator.is_empty(), "{}", one.id);
        }
    }

    #[test]
    fn every_measure_is_in_an_indicator() {
        let used: BTreeSet<Measure> = INDICATORS
            .iter()
            .flat_map(|one| one.numerator.iter().chain(one.denominator))
            .copied()
            .collect();
        assert_eq!(used.len(), Measure::ALL.len());
    }

    #[test]
    fn a_formula_is_written_with_its_measures() {
        assert_eq!(named("timeliness").formula(), "term_kept / (term_kept + term_missed)");
        assert_eq!(named("workload").formula(), "(act + visit) / officer_month");
    }

    #[test]
    fn a_figure_has_one_decimal_and_there_is_none_over_nothing() {
        let value = |id, above, below| named(id).value(above, below);
        assert_eq!(value("timeliness", 5, 6).as_deref(), Some("83.3"));
        assert_eq!(value("timeliness", 1, 16).as_deref(), Some("6.3"));
        assert_eq!(value("evidence-defects", 3, 200).as_deref(), Some("1.5"));
        assert_eq!(value("workload", 25, 2).as_deref(), Some("12.5"));
        assert_eq!(value("timeliness", 0, 0), None);
    }

    #[test]
    fn the_best_is_first_and_equals_share_a_place() {
        let all = [(9, 10), (9, 10), (5, 10)];
        assert_eq!(named("timeliness").rank((9, 10), &all, 5), Some((1, 3)));
        assert_eq!(named("timeliness").rank((5, 10), &all, 5), Some((3, 3)));
        // Fewer defects are better.
        assert_eq!(named("evidence-defects").rank((5, 10), &all, 5), Some((1, 3)));
    }

    #[test]
    fn nobody_is_ranked_where_that_means_nothing() {
        let all = [(9, 10), (1, 2)];
        // Too little to compare: of the two, one has enough.
        assert_eq!(named("timeliness").rank((9, 10), &all, 5), None);
        assert_eq!(named("timeliness").rank((1, 2), &[(9, 10), (8, 10), (1, 2)], 5), None);
        assert_eq!(named("filing-rate").rank((9, 10), &[(9, 10), (8, 10)], 5), None);
    }
}
