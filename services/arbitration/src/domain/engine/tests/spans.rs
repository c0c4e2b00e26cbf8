//! Exactly one body acts at every instant of a dispute (J-05), whatever is done in it.

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use types::AgencyCode;

use super::{
    StepKind::*,
    story::{Story, agrees, from, names, reason, text},
    *,
};
use crate::domain::{act::Said, acting, body::testing::code, telling::Content, word::StepKind};

/// Who acted at an instant: every span that covers it.
fn acted_at(dispute: &Dispute, at: DateTime<Utc>) -> Vec<&AgencyCode> {
    let spans = dispute.file.spans.iter();
    let covers = spans.filter(|span| span.from <= at && span.to.is_none_or(|to| at < to));
    covers.map(|span| &span.agency).collect()
}

fn check_spans(dispute: &Dispute, now: DateTime<Utc>) {
    let spans = &dispute.file.spans;
    assert_eq!(spans[0].from, dispute.created_at);
    assert_eq!(spans.last().unwrap().to, None);
    for pair in spans.windows(2) {
        assert_eq!(pair[0].to, Some(pair[1].from), "without gap or overlap");
        assert!(pair[0].from < pair[1].from, "no span of no time");
        assert_ne!(pair[0].agency, pair[1].agency, "one body, one span");
    }
    let life = now.signed_duration_since(dispute.created_at).num_minutes();
    for part in 0..=20 {
        let at = dispute.created_at + Duration::minutes(life * part / 20);
        assert_eq!(acted_at(dispute, at).len(), 1, "at {at}");
    }
}

/// What might be tried, by whom and with what: a good part of it is refused.
fn tried(step: StepKind, by: &str, body: &str, ahead: i64, now: DateTime<Utc>) -> Said {
    let day = clock::legal_date(now) + Duration::days(ahead);
    match step {
        OfferSettlement | SignSettlement => {
            Said { sha256: "aa".into(), ..from(body, &day.to_string()) }
        }
        ProposeOutcome | Decide => from(body, &day.to_string()),
        Vote | OrderInterim => names(body),
        AnswerOutcome => agrees(by != "NAT" || ahead == 0),
        StatePosition | Apply | Accept | Reject | Forward | RecordSession | Escalate | Withdraw
        | AcknowledgeDecision => Said {
            stance: Some(crate::domain::word::Stance::Claims),
            reason: "理由".into(),
            ..text("说明")
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn one_body_acts_at_every_instant_whatever_is_done(
        cae in any::<bool>(),
        acts in prop::collection::vec((0..16_usize, 0..7_usize, 0..3_usize, 0..4_i64, 0..3000_i64), 1..80),
    ) {
        let parties = if cae { ["CAE", "NAT", "TG-T05"] } else { ["AGR", "NAT", "TG-T05"] };
        let bodies = [parties[0], "NAT", "TG-T05", "GDO", "JUS", "OEO", "GOV-C"];
        let mut story = Story::of(&parties).before_forum();
        for (step, by, body, ahead, minutes) in acts {
            story.now += Duration::minutes(minutes);
            // The worker comes by now and then.
            if minutes % 2 == 0 {
                acting::switch(&mut story.dispute, story.now);
            }
            let (step, by) = (StepKind::ALL[step], bodies[by]);
            let said = tried(step, by, parties[body], ahead, story.now);
            if let Ok(outcome) = story.try_act(&story.act(by, step, said)) {
                story.dispute = outcome.dispute;
            }
            let seen = story.dispute.clone().as_of(story.now);
            check_spans(&seen, story.now);
            prop_assert_eq!(acted_at(&seen, story.now), vec![seen.acting().unwrap()]);
        }
    }
}

#[test]
fn a_decision_from_a_later_day_leaves_the_acting_body_until_then() {
    let story = Story::of(&["AGR", "NAT"]).before_forum();
    let story = story.take("GOV-C", Decide, from("NAT", "2026-03-10"));
    assert_eq!((story.acting(), story.dispute.evidence_outcome.as_str()), ("AGR", ""));
    let eve = story::local("2026-03-09 23:59");
    assert_eq!(story.dispute.clone().as_of(eve).acting().unwrap().as_str(), "AGR");
    // Whenever the worker comes, the change is dated by the decision.
    let later = story.dispute.clone().as_of(story::local("2026-03-12 08:00"));
    assert_eq!(later.acting().unwrap().as_str(), "NAT");
    assert_eq!(later.file.spans[0].to, Some(story::local("2026-03-10 00:00")));
    check_spans(&later, story::local("2026-03-12 08:00"));
    let mut after = later.clone();
    let told: Vec<_> = telling::due(Some(&story.dispute), &mut after).into_iter().collect();
    let told: Vec<_> = told.into_iter().map(|one| one.content).collect();
    let (agr, nat) = (code("AGR"), code("NAT"));
    let ended = Content::Referral { open: false, acting: Some(nat.clone()) };
    let moves = Content::Evidence { giver: agr, receiver: nat };
    assert_eq!(told, [ended, moves], "on the day, not before");
    let before = &story.tellings;
    let all_open = before.iter().all(|one| !matches!(one, Content::Referral { open: false, .. }));
    assert!(all_open, "until then the other body acts, and nobody is told otherwise: {before:?}");
    let refusal = story.refused("AGR", Withdraw, reason());
    assert_eq!(refusal.0, "J-02");
}

#[test]
fn a_step_after_the_first_day_tells_what_the_worker_has_not() {
    let story = Story::of(&["AGR", "NAT"]).before_forum();
    let story = story.take("GOV-C", Decide, from("NAT", "2026-03-10"));
    let told = story.tellings.len();
    let story = story.at("2026-03-10 09:00").take("NAT", AcknowledgeDecision, Said::default());
    assert_eq!((story.acting(), story.tellings.len()), ("NAT", told + 2));
    assert_eq!(story.dispute.switch_at, None);
}

#[test]
fn an_interim_lead_ends_with_a_dispute_that_ends_without_a_decision() {
    let story = Story::of(&["AGR", "NAT"]).at("2026-03-03 09:00").take("AGR", Apply, text("申请"));
    let story = story.take("GDO", OrderInterim, names("NAT")).at("2026-03-04 09:00");
    assert_eq!(story.acting(), "NAT");
    let other = Story { dispute: story.dispute.clone(), ..Story::of(&["AGR", "NAT"]) };
    for ended in [
        story.take("AGR", Withdraw, reason()),
        other.at("2026-03-04 09:00").take("GDO", Reject, reason()),
    ] {
        assert_eq!(ended.acting(), "AGR", "{}", ended.dispute.state);
        let spans = &ended.dispute.file.spans;
        assert_eq!((spans.len(), spans[2].rule.as_str()), (3, "J-05"));
        check_spans(&ended.dispute, story::local("2026-03-05 09:00"));
    }
}
