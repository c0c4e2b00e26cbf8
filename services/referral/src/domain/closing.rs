//! When a docket may be closed: without a referral, or when the last of them has ended; not while a
//! dispute over it is open (J-05). Where the facts reach a threshold only the head may decide not to
//! refer, on a report, in a referral (Decree 310 art. 5(2)): closing the docket is no way round it.

use types::AgencyCode;

use super::{
    branch,
    dispute::Dispute,
    leg::{Docket, Leg},
    procedure::Law,
    refusal::Refusal,
    screening,
    word::Mark,
};

const MUST_REFER: Law = Law { rule: "T-02", basis: "Decree 310 art. 3(1), 5(2)", mark: Mark::V };
/// Whoever acts while a dispute is open goes on with the case.
const GOES_ON: Law = Law { rule: "J-05", basis: "seed section 9", mark: Mark::D };

/// Whether `by` may close `docket`, in which these are all the legs, and over which `dispute` is open.
pub fn check(
    docket: &Docket,
    by: &AgencyCode,
    legs: &[Leg],
    dispute: Option<&Dispute>,
) -> Result<(), Refusal> {
    let broken = |what: String, what_zh| Err(Refusal::Broken { what, what_zh, law: MUST_REFER });
    if docket.agency != *by {
        return broken("the docket belongs to another agency".into(), "案卷属于其他机关");
    }
    if docket.close_reason.is_some() {
        return broken("the docket is closed already".into(), "案卷已经办结");
    }
    let running = legs.iter().filter(|leg| !leg.is_final()).count();
    if running > 0 {
        let what = format!("{running} of the {} referrals in it have not ended", legs.len());
        return broken(what, "案卷内尚有未办结的移送");
    }
    if let Some(dispute) = dispute {
        let what = format!(
            "{} over who is competent is open: the duties in this docket go on until it has ended",
            dispute.name
        );
        let what_zh = "管辖争议协调期间，各项法定职责照常履行，案卷不得办结";
        return Err(Refusal::Broken { what, what_zh, law: GOES_ON });
    }
    let reached = screening::screen(&docket.facts).unwrap_or_default();
    // Where they were referred, a criminal organ has decided.
    if reached.is_empty() || legs.iter().any(branch::is_criminal) {
        return Ok(());
    }
    let reached: Vec<String> = reached
        .iter()
        .map(|one| {
            let threshold = one.threshold;
            format!(
                "{} (Criminal Law art. {}, {})",
                threshold.id, threshold.criminal_law_article, threshold.basis
            )
        })
        .collect();
    let what = format!(
        "possible crime: the facts reach {}; open a referral, in which only the head may decide \
         not to refer, with reasons (T-04, T-06)",
        reached.join(", ")
    );
    broken(what, "涉嫌犯罪的，应当移送；不移送的决定由正职负责人作出并记明理由")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use types::Id;

    use super::*;

    fn docket(fact: (&str, &str)) -> Docket {
        let now = "2026-03-02T02:00:00Z".parse().unwrap();
        Docket {
            id: Id::new(now),
            agency: AgencyCode::parse("MKT").unwrap(),
            title: "a docket".into(),
            sector: "FOOD".into(),
            matter: String::new(),
            facts: BTreeMap::from([(fact.0.to_owned(), fact.1.to_owned())]),
            penalties: Vec::new(),
            close_reason: None,
            closed_at: None,
            place: String::new(),
            competence: None,
            created_at: now,
            version: 1,
        }
    }

    #[test]
    fn only_its_agency_closes_a_docket_once_and_below_every_threshold() {
        let (mkt, eco) = (AgencyCode::parse("MKT").unwrap(), AgencyCode::parse("ECO").unwrap());
        let below = docket(("mineral_value", "28222"));
        assert_eq!(check(&below, &mkt, &[], None), Ok(()));
        assert!(check(&below, &eco, &[], None).is_err());
        let closed = Docket { close_reason: Some("nothing".into()), ..below };
        assert!(check(&closed, &mkt, &[], None).is_err());

        let reached = docket(("toxic_non_food_material_added", "true"));
        let refusal = check(&reached, &mkt, &[], None).unwrap_err();
        assert_eq!(refusal.law().rule, "T-02");
        assert!(refusal.to_string().contains("TH-FOOD-01"), "{refusal}");
    }

    #[test]
    fn nobody_closes_a_docket_while_a_dispute_over_it_is_open() {
        let (mkt, eco) = (AgencyCode::parse("MKT").unwrap(), AgencyCode::parse("ECO").unwrap());
        let below = docket(("mineral_value", "28222"));
        let dispute = Dispute {
            name: "disputes/1".into(),
            parties: vec![mkt.clone(), eco.clone()],
            acting: eco,
            opened_at: below.created_at,
            ended_at: None,
        };
        let refusal = check(&below, &mkt, &[], Some(&dispute)).unwrap_err();
        assert_eq!(refusal.law().rule, "J-05");
        assert!(refusal.to_string().contains("disputes/1"), "{refusal}");
    }
}
