//! The ways the rules can be broken, each with what the caller needs to know to mend it.

use super::{
    ladder::Law,
    word::{Actor, Rank, State, StepKind},
};

/// Why an act is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The ladder has no such step in this state.
    #[error("{step} is not possible in state {state} ({rule}: {basis})", rule = law.rule, basis = law.basis)]
    WrongState {
        /// The step tried.
        step: StepKind,
        /// Where the dispute is.
        state: State,
        /// The nearest rule about the step.
        law: Law,
    },
    /// The step exists, but for another body: a wrong forum, a stranger's vote.
    #[error("{step} is for the {actor} to take ({rule}: {basis})", rule = law.rule, basis = law.basis)]
    NotYours {
        /// The step tried.
        step: StepKind,
        /// Whose it is.
        actor: Actor,
        /// The rule.
        law: Law,
    },
    /// The body is right, the officer is not.
    #[error("{step} needs a {rank} ({rule}: {basis})", rule = law.rule, basis = law.basis)]
    WrongOfficer {
        /// The step tried.
        step: StepKind,
        /// What the officer must be.
        rank: Rank,
        /// The rule.
        law: Law,
    },
    /// Fields are wrong: all of them at once.
    #[error("{} ({rule}: {basis})", told(faults), rule = law.rule, basis = law.basis)]
    Fields {
        /// Field and fault.
        faults: Vec<(String, String)>,
        /// The rule that asks for them.
        law: Law,
    },
    /// Something beside the state does not hold.
    #[error("{what} ({rule}: {basis})", rule = law.rule, basis = law.basis)]
    Broken {
        /// One sentence.
        what: String,
        /// The same in Chinese.
        what_zh: &'static str,
        /// The rule.
        law: Law,
    },
    /// These bodies cannot have a dispute of this kind.
    #[error("{what} ({rule}: {basis})", rule = law.rule, basis = law.basis)]
    NoForum {
        /// One sentence.
        what: String,
        /// The same in Chinese.
        what_zh: &'static str,
        /// The rule.
        law: Law,
    },
    /// A decision in force settles it already.
    #[error("{precedent} settled this: {competent} is competent ({rule}: {basis})", rule = law.rule, basis = law.basis)]
    ResJudicata {
        /// Name of the dispute that was decided.
        precedent: String,
        /// Whom it named.
        competent: String,
        /// The rule.
        law: Law,
    },
    /// A dispute over the same is open.
    #[error("a dispute over the same {what} is open{named} ({rule}: {basis})", rule = law.rule, basis = law.basis)]
    AlreadyOpen {
        /// The docket, or the matter.
        what: &'static str,
        /// Its name after a colon, where the caller may know it.
        named: String,
        /// The rule.
        law: Law,
    },
}

impl Refusal {
    /// The rule that was broken.
    pub fn law(&self) -> Law {
        match self {
            Self::WrongState { law, .. }
            | Self::NotYours { law, .. }
            | Self::WrongOfficer { law, .. }
            | Self::Fields { law, .. }
            | Self::Broken { law, .. }
            | Self::NoForum { law, .. }
            | Self::ResJudicata { law, .. }
            | Self::AlreadyOpen { law, .. } => *law,
        }
    }

    /// The refusal in Chinese.
    pub fn zh(&self) -> String {
        let law = self.law();
        let what = match self {
            Self::WrongState { .. } => "当前状态不允许此步骤",
            Self::NotYours { .. } => "此步骤应由其他机关办理",
            Self::WrongOfficer { .. } => "应当由正职负责人或者主持工作的负责人决定",
            Self::Fields { .. } => "填报内容不符合要求",
            Self::Broken { what_zh, .. } | Self::NoForum { what_zh, .. } => what_zh,
            Self::ResJudicata { .. } => "该争议已有生效决定，不得再次提起",
            Self::AlreadyOpen { .. } => "同一争议正在协调处理中",
        };
        format!("{what}（{}：{}）", law.rule, law.basis)
    }
}

fn told(faults: &[(String, String)]) -> String {
    let all: Vec<String> =
        faults.iter().map(|(field, fault)| format!("{field}: {fault}")).collect();
    all.join("; ")
}
