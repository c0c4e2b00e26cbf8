//! The ways the rules can be broken, each with what the caller needs to know to mend it.

use super::{
    procedure::Law,
    step::StepKind,
    word::{Actor, Rank, State},
};

/// Why an act is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The procedure has no such step in this state.
    #[error("{step} is not possible in state {state} ({rule}: {basis})", rule = law.rule, basis = law.basis)]
    WrongState {
        /// The step tried.
        step: StepKind,
        /// Where the leg is.
        state: State,
        /// The nearest rule about the step.
        law: Law,
    },
    /// The step exists, but for another body.
    #[error("{step} is for the {actor} to take ({rule}: {basis})", rule = law.rule, basis = law.basis)]
    NotYours {
        /// The step tried.
        step: StepKind,
        /// Whose it is.
        actor: Actor,
        /// The rule.
        law: Law,
    },
    /// Beside the procedures: it is not possible in this state.
    #[error("{act} is not possible in state {state} ({rule}: {basis})", rule = law.rule, basis = law.basis)]
    NotNow {
        /// What was tried.
        act: &'static str,
        /// Where it is.
        state: &'static str,
        /// The rule.
        law: Law,
    },
    /// Beside the procedures: it is for another body to do.
    #[error("{act} is for {whose} to do ({rule}: {basis})", rule = law.rule, basis = law.basis)]
    NotFor {
        /// What was tried.
        act: &'static str,
        /// Whose it is.
        whose: String,
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
    /// Fields or documents are missing or wrong: all of them at once.
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
}

impl Refusal {
    /// The rule that was broken.
    pub fn law(&self) -> Law {
        match self {
            Self::WrongState { law, .. }
            | Self::NotYours { law, .. }
            | Self::NotNow { law, .. }
            | Self::NotFor { law, .. }
            | Self::WrongOfficer { law, .. }
            | Self::Fields { law, .. }
            | Self::Broken { law, .. } => *law,
        }
    }

    /// The refusal in Chinese.
    pub fn zh(&self) -> String {
        let law = self.law();
        let what = match self {
            Self::WrongState { .. } | Self::NotNow { .. } => "当前状态不允许此步骤",
            Self::NotYours { .. } | Self::NotFor { .. } => "此步骤应由其他机关办理",
            Self::WrongOfficer { rank: Rank::Head, .. } => {
                "应当由行政执法机关正职负责人或者主持工作的负责人决定"
            }
            Self::WrongOfficer { .. } => "承办人员身份不符合要求",
            Self::Fields { .. } => "材料或者填报内容不全",
            Self::Broken { what_zh, .. } => what_zh,
        };
        format!("{what}（{}：{}）", law.rule, law.basis)
    }
}

fn told(faults: &[(String, String)]) -> String {
    let all: Vec<String> =
        faults.iter().map(|(field, fault)| format!("{field}: {fault}")).collect();
    all.join("; ")
}
