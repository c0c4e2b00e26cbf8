//! Schedules: solved, watched, stopped, taken up after a restart, published; and what is left out, why.

use std::time::Duration;

use proto::operations::v1 as pb;
use tonic::{Code, Status};

use crate::{
    assistance::{finish, start},
    make::{check, count, journal, officer, subject},
    world::{Party, World, assert_told, fields, id, rule},
};

pub(crate) const WEEK: (&str, &str) = ("2026-03-03", "2026-03-06");

impl Party {
    pub(crate) fn solving(&self, iterations: u64) -> pb::SolveScheduleRequest {
        pb::SolveScheduleRequest {
            request_id: id(),
            title: "First week of March".to_owned(),
            period_start: WEEK.0.to_owned(),
            period_end: WEEK.1.to_owned(),
            iterations,
            officer: self.officer("01"),
            ..pb::SolveScheduleRequest::default()
        }
    }

    pub(crate) async fn solve(
        &self,
        request: pb::SolveScheduleRequest,
    ) -> Result<pb::SolveRun, Status> {
        Ok(self.client.clone().solve_schedule(request).await?.into_inner().run.unwrap())
    }

    async fn progress(&self, name: &str, seen: u64) -> pb::SolveRun {
        let request =
            pb::GetRunRequest { name: name.to_owned(), wait_ms: 5000, iterations_seen: seen };
        self.client.clone().get_run(request).await.unwrap().into_inner().run.unwrap()
    }

    /// The run when it has ended.
    pub(crate) async fn ended(&self, name: &str) -> pb::SolveRun {
        loop {
            let run = self.progress(name, u64::MAX).await;
            if run.state() != pb::SolveState::Running {
                return run;
            }
        }
    }

    async fn stop(&self, name: &str) -> Result<pb::SolveRun, Status> {
        let request = pb::CancelRunRequest {
            request_id: id(),
            name: name.to_owned(),
            officer: self.officer("01"),
        };
        Ok(self.client.clone().cancel_run(request).await?.into_inner().run.unwrap())
    }

    /// A draft of the week, made with so many iterations while the worker runs.
    pub(crate) async fn drafted(&self, iterations: u64) -> pb::Schedule {
        let run = self.solve(self.solving(iterations)).await.unwrap();
        let run = self.ended(&run.name).await;
        assert_eq!(run.state(), pb::SolveState::Done, "{}", run.error);
        self.schedule(&run.schedule).await.unwrap()
    }

    pub(crate) async fn schedule(&self, name: &str) -> Result<pb::Schedule, Status> {
        let request = pb::GetScheduleRequest { name: name.to_owned() };
        Ok(self.client.clone().get_schedule(request).await?.into_inner().schedule.unwrap())
    }

    pub(crate) async fn publish(
        &self,
        of: &pb::Schedule,
    ) -> Result<pb::PublishScheduleResponse, Status> {
        let request = pb::PublishScheduleRequest {
            request_id: id(),
            name: of.name.clone(),
            etag: of.etag.clone(),
            officer: self.officer("01"),
        };
        Ok(self.client.clone().publish_schedule(request).await?.into_inner())
    }

    pub(crate) async fn visits(&self, filter: &str) -> Vec<pb::Visit> {
        let request =
            pb::ListVisitsRequest { filter: filter.to_owned(), ..pb::ListVisitsRequest::default() };
        self.client.clone().list_visits(request).await.unwrap().into_inner().visits
    }
}

/// A week in which two bodies have checks at three subjects, merged into three visits.
pub(crate) struct Week {
    pub(crate) world: World,
    pub(crate) office: Party,
    pub(crate) mkt: Party,
    pub(crate) eco: Party,
}

impl Week {
    pub(crate) async fn new() -> Self {
        let week = Self::empty().await;
        week.mkt.with_officers().await;
        week.eco.with_officers().await;
        let all = (1..=3).map(|n| check(n, "MKT-FOOD", WEEK)).collect();
        week.mkt.add_checks(all).await.unwrap();
        week.eco.add_checks(vec![check(1, "ECO-SMOKE", WEEK)]).await.unwrap();
        assert_eq!(week.office.merge(WEEK).await.unwrap().visits, 3);
        week
    }

    pub(crate) async fn empty() -> Self {
        let world = World::new().await;
        let (office, mkt, eco) =
            (world.agency("GDO").await, world.agency("MKT").await, world.agency("ECO").await);
        mkt.put_subjects((1..=3).map(|n| subject(n, pb::Tier::B)).collect()).await.unwrap();
        Self { world, office, mkt, eco }
    }

    /// A draft of the week.
    pub(crate) async fn draft(&self) -> pb::Schedule {
        let stop = start(&self.world.operations);
        let draft = self.office.drafted(20_000).await;
        finish(stop).await;
        draft
    }

    /// The visits of the week, dispatched.
    pub(crate) async fn dispatched() -> (Self, Vec<pb::Visit>) {
        let week = Self::new().await;
        let draft = week.draft().await;
        week.office.publish(&draft).await.unwrap();
        let visits = week.office.visits("state = \"PUBLISHED\"").await;
        assert_eq!(visits.len(), 3);
        (week, visits)
    }
}

#[tokio::test]
async fn a_week_is_solved_published_and_dispatched() {
    let week = Week::new().await;
    let draft = week.draft().await;
    assert_eq!((draft.state(), draft.partial), (pb::ScheduleState::Draft, false));
    assert_eq!((draft.visits, draft.scheduled, draft.unscheduled_weight), (3, 3, 0));
    assert_eq!(draft.score, draft.travel_minutes + draft.longest_loads);
    assert_eq!(draft.solver_iterations, 20_000);
    let told = week.mkt.schedule(&draft.name).await.unwrap_err();
    assert_told(&told, Code::NotFound, "NOT_FOUND");
    let filter = format!("schedule = \"{}\" AND state = \"SCHEDULED\"", draft.name);
    for visit in week.office.visits(&filter).await {
        assert!(visit.groups.iter().all(|group| group.assigned.len() == 2), "{visit:?}");
        assert!((WEEK.0..=WEEK.1).contains(&visit.day.as_str()), "{}", visit.day);
    }

    let published = week.office.publish(&draft).await.unwrap();
    assert_eq!(published.notices, 3);
    let mut numbers: Vec<String> =
        week.office.visits("").await.into_iter().map(|one| one.notice_no).collect();
    numbers.sort();
    assert_eq!(numbers, [1, 2, 3].map(|n| format!("GDO检通〔2026〕{n}号")));
    assert!(week.mkt.schedule(&draft.name).await.is_ok(), "who goes by it sees it");
    assert_eq!(week.eco.visits("state = \"PUBLISHED\"").await.len(), 1, "its own only");
    let told = week.office.publish(&published.schedule.unwrap()).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");
    let rows = journal(&week.world, |rows| count(rows, "VISIT_DISPATCHED") >= 3).await;
    assert_eq!(count(&rows, "VISIT_DISPATCHED"), 3);
}

#[tokio::test]
async fn nothing_is_published_while_one_who_is_sent_cannot_go_and_each_is_named() {
    let week = Week::new().await;
    let draft = week.draft().await;
    let away = pb::OfficerProfile {
        absences: vec![format!("{}/{}", WEEK.0, WEEK.1)],
        ..officer("MKT-01")
    };
    let recused = pb::OfficerProfile {
        recusals: vec![pb::Recusal {
            subject: crate::make::subject_name(3),
            reason: "sister".to_owned(),
        }],
        ..officer("MKT-02")
    };
    let officers = vec![away, recused];
    let request = pb::PutResourcesRequest { officers, ..pb::PutResourcesRequest::default() };
    week.mkt.put_resources(request).await.unwrap();
    week.world.ends("ECO-02", "2026-03-01").await;
    // A process that does not remember the certificate from a moment ago.
    let replica = week.world.replica(operations::Calendar::open("").unwrap()).await;
    let told = week.world.agency_of(&replica, "GDO").await.publish(&draft).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&told).0, "O-05");
    for who in
        ["MKT-01 is absent on", "MKT-02 is recused from", "ECO-02 holds no certificate of ECO"]
    {
        assert!(told.message().contains(who), "{who}: {}", told.message());
    }
    assert!(week.office.visits("state = \"PUBLISHED\"").await.is_empty(), "nothing is published");
}

#[tokio::test]
async fn the_same_seed_makes_the_same_schedule_and_the_newer_draft_counts() {
    let week = Week::new().await;
    let first = week.draft().await;
    let places = |visits: Vec<pb::Visit>| {
        let mut places: Vec<_> = visits
            .into_iter()
            .map(|one| {
                (
                    one.name,
                    one.start_time,
                    one.groups.into_iter().map(|g| g.assigned).collect::<Vec<_>>(),
                )
            })
            .collect();
        places.sort_by(|one, other| one.0.cmp(&other.0));
        places
    };
    let before = places(week.office.visits("").await);
    let second = week.draft().await;
    assert_eq!(places(week.office.visits("").await), before);
    assert_eq!(first.score, second.score);
    let first = week.office.schedule(&first.name).await.unwrap();
    assert_eq!(first.state(), pb::ScheduleState::Superseded);
    let told = week.office.publish(&first).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");
    let stale = pb::Schedule { etag: "\"7\"".to_owned(), ..second };
    assert_told(&week.office.publish(&stale).await.unwrap_err(), Code::Aborted, "STALE");
}

#[tokio::test]
async fn what_is_left_out_says_why_and_what_would_help() {
    let week = Week::empty().await;
    let recused = |number: &str| pb::OfficerProfile {
        recusals: vec![pb::Recusal {
            subject: crate::make::subject_name(2),
            reason: "sister".to_owned(),
        }],
        ..officer(&format!("MKT-{number}"))
    };
    let officers = vec![recused("01"), recused("02")];
    let request = pb::PutResourcesRequest { officers, ..pb::PutResourcesRequest::default() };
    week.mkt.put_resources(request).await.unwrap();
    let lift = pb::Check { qualification: "LIFT".to_owned(), ..check(1, "MKT-FOOD", WEEK) };
    let all = vec![lift, check(2, "MKT-FOOD", WEEK), check(3, "MKT-FOOD", WEEK)];
    week.mkt.add_checks(all).await.unwrap();
    week.office.merge(WEEK).await.unwrap();
    let draft = week.draft().await;
    assert_eq!((draft.visits, draft.scheduled, draft.unscheduled_weight), (3, 1, 20));
    let because: Vec<&str> =
        draft.unscheduled.iter().flat_map(|one| &one.because).map(String::as_str).collect();
    assert!(because.iter().any(|why| why.contains("officers with LIFT")), "{because:?}");
    assert!(because.iter().any(|why| why.contains("2 recused (O-07)")), "{because:?}");
    assert!(draft.unscheduled.iter().all(|one| !one.would_help.is_empty()), "{draft:?}");

    let more = |more_officers, qualification: &str| pb::AskWhatIfRequest {
        name: draft.name.clone(),
        agency: "MKT".to_owned(),
        qualification: qualification.to_owned(),
        more_officers,
        ..pb::AskWhatIfRequest::default()
    };
    for (request, helped) in [(more(1, "LIFT"), 1), (more(1, ""), 0), (more(2, "LIFT"), 2)] {
        let told = week.office.client.clone().ask_what_if(request).await.unwrap().into_inner();
        assert_eq!((told.visits.len(), told.weight), (helped, 10 * i64::try_from(helped).unwrap()));
    }
}

#[tokio::test]
async fn a_certificate_that_lapses_in_the_week_is_good_until_then() {
    let week = Week::empty().await;
    week.world.ends("MKT-02", "2026-03-03").await;
    week.mkt.with_officers().await;
    let (early, late) = (("2026-03-03", "2026-03-03"), ("2026-03-04", "2026-03-06"));
    let all = vec![check(1, "MKT-FOOD", early), check(2, "MKT-FOOD", late)];
    week.mkt.add_checks(all).await.unwrap();
    week.office.merge(WEEK).await.unwrap();
    let draft = week.draft().await;
    assert_eq!((draft.visits, draft.scheduled), (2, 1));
    let because = &draft.unscheduled[0].because[0];
    assert!(because.contains("1 without a valid certificate (O-05)"), "{because}");
}

#[tokio::test]
async fn a_run_that_is_stopped_keeps_the_best_it_has() {
    let week = Week::new().await;
    let stop = start(&week.world.operations);
    let run = week.office.solve(week.office.solving(200_000_000)).await.unwrap();
    assert!(week.office.progress(&run.name, 0).await.iterations_done > 0);
    week.office.stop(&run.name).await.unwrap();
    let request = pb::WatchRunRequest { name: run.name.clone(), seconds: 30 };
    let mut watched = week.office.client.clone().watch_run(request).await.unwrap().into_inner();
    let mut last = pb::SolveRun::default();
    while let Some(message) = watched.message().await.unwrap() {
        last = message.run.unwrap();
    }
    assert_eq!(last.state(), pb::SolveState::Cancelled);
    let draft = week.office.schedule(&last.schedule).await.unwrap();
    assert!(draft.partial && draft.scheduled == 3, "{draft:?}");
    let told = week.office.stop(&run.name).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");
    finish(stop).await;
}

#[tokio::test]
async fn a_run_goes_on_from_the_best_saved_after_a_restart() {
    let week = Week::new().await;
    let stop = start(&week.world.operations);
    let run = week.office.solve(week.office.solving(200_000_000)).await.unwrap();
    assert!(week.office.progress(&run.name, 0).await.iterations_done > 0);
    finish(stop).await;
    let saved = week.office.progress(&run.name, 0).await;
    assert_eq!(saved.state(), pb::SolveState::Running, "the stop of a process ends no run");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(week.office.progress(&run.name, 0).await, saved, "nobody computes it");

    let calendar = operations::Calendar::open("").unwrap();
    let replica = week.world.replica(calendar).await;
    let stop = start(&replica);
    let later = week.office.progress(&run.name, saved.iterations_done).await;
    assert!(later.iterations_done > saved.iterations_done, "{later:?}");
    week.office.stop(&run.name).await.unwrap();
    let ended = week.office.ended(&run.name).await;
    assert!(ended.iterations_done >= later.iterations_done, "{ended:?}");
    assert_eq!(ended.scheduled, 3);
    finish(stop).await;
}

#[tokio::test]
async fn bad_requests_are_refused_with_every_fault() {
    let week = Week::new().await;
    let told = week.mkt.solve(week.mkt.solving(10)).await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "NOT_YOURS");
    let over = pb::SolveScheduleRequest {
        title: String::new(),
        period_start: "2026-02-24".to_owned(),
        period_end: "2026-02-27".to_owned(),
        iterations: u64::MAX,
        threads: 17,
        ..week.office.solving(10)
    };
    let told = week.office.solve(over).await.unwrap_err();
    assert_eq!(fields(&told), ["title", "period_end", "iterations", "threads"]);
    let travel = |places: &[&str], minutes: &[i32]| pb::SolveScheduleRequest {
        travel: Some(pb::TravelMatrix {
            places: places.iter().map(|one| (*one).to_owned()).collect(),
            minutes: minutes.to_vec(),
        }),
        ..week.office.solving(10)
    };
    let told = week.office.solve(travel(&["a", "b"], &[0, -1, 5, 3])).await.unwrap_err();
    assert_eq!(fields(&told), ["travel.minutes[1]", "travel.minutes[3]"]);
    let told = week.office.solve(travel(&["a", "b"], &[0, 1, 5])).await.unwrap_err();
    assert_eq!(fields(&told), ["travel.minutes"]);
    let told = week.office.solve(travel(&["a"], &[0])).await.unwrap_err();
    assert_eq!(fields(&told), ["travel.places"], "no place of a subject is there");
    let empty = pb::SolveScheduleRequest {
        period_start: "2026-05-06".to_owned(),
        period_end: "2026-05-08".to_owned(),
        ..week.office.solving(10)
    };
    let told = week.office.solve(empty).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&told).0, "O-02");
}

#[tokio::test]
async fn officers_who_are_dispatched_are_not_sent_twice() {
    let (week, dispatched) = Week::dispatched().await;
    let more = (1..=3).map(|n| check(n, "MKT-MEAT", WEEK)).collect();
    week.mkt.add_checks(more).await.unwrap();
    week.office.merge(WEEK).await.unwrap();
    let draft = week.draft().await;
    let second = week.office.visits(&format!("schedule = \"{}\"", draft.name)).await;
    assert!(!second.is_empty());
    let span = |visit: &pb::Visit| {
        let seconds = |at: &Option<prost_types::Timestamp>| at.as_ref().unwrap().seconds;
        (seconds(&visit.start_time), seconds(&visit.end_time))
    };
    for visit in &second {
        for other in &dispatched {
            let ((from, to), (start, end)) = (span(visit), span(other));
            assert!(to <= start || end <= from, "MKT has two officers only");
        }
    }
}
