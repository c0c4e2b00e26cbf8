//! The ways the rules can be broken, each with what the caller needs to know to mend it.

/// Where a rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Law {
    /// Id in LAW.md, e.g. `E-10`.
    pub rule: &'static str,
    /// Article.
    pub basis: &'static str,
    /// V, S, M or D: how sure we are of it.
    pub verified: &'static str,
}

/// Why an act is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Fields are missing or wrong: all of them at once.
    #[error("{} ({rule}: {basis})", told(faults), rule = law.rule, basis = law.basis)]
    Fields {
        /// Field and fault.
        faults: Vec<(String, String)>,
        /// The rule that asks for them.
        law: Law,
    },
    /// The body is right, the officer is not.
    #[error("{what} ({rule}: {basis})", rule = law.rule, basis = law.basis)]
    WrongOfficer {
        /// One sentence.
        what: String,
        /// The rule.
        law: Law,
    },
    /// It is for another body to do.
    #[error("{what} ({rule}: {basis})", rule = law.rule, basis = law.basis)]
    NotYours {
        /// One sentence.
        what: String,
        /// The rule.
        law: Law,
    },
    /// Something about the state does not hold.
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
            Self::Fields { law, .. }
            | Self::WrongOfficer { law, .. }
            | Self::NotYours { law, .. }
            | Self::Broken { law, .. } => *law,
        }
    }

    /// The refusal in Chinese.
    pub fn zh(&self) -> String {
        let law = self.law();
        let what = match self {
            Self::Fields { .. } => "材料或者填报内容不全",
            Self::WrongOfficer { .. } => "承办人员身份不符合要求",
            Self::NotYours { .. } => "此事项应由其他机关办理",
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
