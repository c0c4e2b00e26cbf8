//! Between the domain and the wire.

pub(super) mod assistance;
pub(super) mod draw;
pub(super) mod operation;
pub(super) mod plan;
pub(super) mod schedule;
pub(super) mod subject;
pub(super) mod visit;

/// The word of the domain behind a name of the wire: `TIER_A` is A.
fn word<T>(name: &str, prefix: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
    name.strip_prefix(prefix).and_then(parse)
}

#[cfg(test)]
mod tests {
    use proto::operations::v1 as pb;

    use crate::domain::word::{
        AssistanceKind, AssistanceState, DrawState, OperationState, Origin, PlanState, RunState,
        ScheduleState, Tier, VisitState,
    };

    #[test]
    fn every_word_of_the_domain_is_one_of_the_wire() {
        let all = |words: Vec<&'static str>, prefix: &str, known: fn(&str) -> bool| {
            for word in words {
                assert!(known(&format!("{prefix}{word}")), "{prefix}{word}");
            }
        };
        fn texts<T: Copy>(all: &[T], of: fn(T) -> &'static str) -> Vec<&'static str> {
            all.iter().map(|one| of(*one)).collect()
        }
        all(texts(Tier::ALL, Tier::as_str), "TIER_", |n| pb::Tier::from_str_name(n).is_some());
        all(texts(PlanState::ALL, PlanState::as_str), "PLAN_STATE_", |n| {
            pb::PlanState::from_str_name(n).is_some()
        });
        all(texts(Origin::ALL, Origin::as_str), "CHECK_ORIGIN_", |n| {
            pb::CheckOrigin::from_str_name(n).is_some()
        });
        all(texts(DrawState::ALL, DrawState::as_str), "DRAW_STATE_", |n| {
            pb::DrawState::from_str_name(n).is_some()
        });
        all(texts(OperationState::ALL, OperationState::as_str), "JOINT_OPERATION_STATE_", |n| {
            pb::JointOperationState::from_str_name(n).is_some()
        });
        all(texts(VisitState::ALL, VisitState::as_str), "VISIT_STATE_", |n| {
            pb::VisitState::from_str_name(n).is_some()
        });
        all(texts(ScheduleState::ALL, ScheduleState::as_str), "SCHEDULE_STATE_", |n| {
            pb::ScheduleState::from_str_name(n).is_some()
        });
        all(texts(RunState::ALL, RunState::as_str), "SOLVE_STATE_", |n| {
            pb::SolveState::from_str_name(n).is_some()
        });
        all(texts(AssistanceKind::ALL, AssistanceKind::as_str), "ASSISTANCE_KIND_", |n| {
            pb::AssistanceKind::from_str_name(n).is_some()
        });
        all(texts(AssistanceState::ALL, AssistanceState::as_str), "ASSISTANCE_STATE_", |n| {
            pb::AssistanceState::from_str_name(n).is_some()
        });
    }
}
