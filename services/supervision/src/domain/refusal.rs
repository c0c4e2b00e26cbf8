//! The ways the rules can be broken, each with what the caller needs to know to mend it.

use super::law::Law;

/// Why an act is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The thing is not in a state for it.
    #[error("{act} is not possible in state {state} ({rule}: {basis})", rule = law.rule, basis = law.basis)]
    WrongState {
        /// What was tried.
        act: &'static str,
        /// Where the thing is.
        state: &'static str,
        /// The nearest rule.
        law: Law,
    },
    /// Another body's act.
    #[error("{act} is for {whose} ({rule}: {basis})", rule = law.rule, basis = law.basis)]
    NotYours {
        /// What was tried.
        act: &'static str,
        /// Whose it is.
        whose: String,
        /// The rule.
        law: Law,
    },
    /// Fields break a rule: all of them at once.
    #[error("{} ({rule}: {basis})", told(faults), rule = law.rule, basis = law.basis)]
    Fields {
        /// Field and fault.
        faults: Vec<(String, String)>,
        /// The rule.
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
    /// A rule that is broken.
    pub fn broken(law: Law, what: impl Into<String>, what_zh: &'static str) -> Self {
        Self::Broken { what: what.into(), what_zh, law }
    }

    /// The rule that was broken.
    pub fn law(&self) -> Law {
        match self {
            Self::WrongState { law, .. }
            | Self::NotYours { law, .. }
            | Self::Fields { law, .. }
            | Self::Broken { law, .. } => *law,
        }
    }

    /// The refusal in Chinese.
    pub fn zh(&self) -> String {
        let law = self.law();
        let what = match self {
            Self::WrongState { .. } => "当前状态不允许此操作",
            Self::NotYours { .. } => "此操作应由其他机关办理",
            Self::Fields { .. } => "填报内容不符合要求",
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
