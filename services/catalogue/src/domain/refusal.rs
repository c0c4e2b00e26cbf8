//! The ways the rules can be broken, each with what the caller needs to know to mend it.

use types::AgencyCode;

use super::{
    entry::Mark,
    fault::{Fault, Law},
};

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The revision has no such matter.
    #[error("no matter {matter} in revision {revision} (LAW-12: seed section 1.2)")]
    UnknownMatter {
        /// Its code, as asked.
        matter: String,
        /// The revision asked.
        revision: i64,
    },
    /// A body that does not publish the catalogue.
    #[error(
        "{agency} does not publish the catalogue: {} does (LAW-12: seed section 1.1)",
        all(publishers)
    )]
    NotAPublisher {
        /// The body.
        agency: AgencyCode,
        /// Who does.
        publishers: Vec<AgencyCode>,
    },
    /// The officer is not the head of the publisher.
    #[error(
        "a revision is published by the principal head or the acting head (LAW-12: seed section 1.1)"
    )]
    NotTheHead,
    /// What would be published is not what was previewed.
    #[error("the changes are not those of the preview: {sent} was signed, {made} was sent")]
    NotAsPreviewed {
        /// The digest that was signed.
        sent: String,
        /// The digest of what was sent.
        made: String,
    },
    /// The revision is at fault.
    #[error("{}", told(faults))]
    Faulty {
        /// Every fault; never empty.
        faults: Vec<Fault>,
    },
}

impl Refusal {
    /// The rule that was broken; none for a slip of the caller's.
    pub fn law(&self) -> Option<Law> {
        let seed = |basis| Some(Law { rule: "LAW-12", basis, mark: Mark::D });
        match self {
            Self::UnknownMatter { .. } => seed("seed section 1.2"),
            Self::NotAPublisher { .. } | Self::NotTheHead => seed("seed section 1.1"),
            Self::NotAsPreviewed { .. } => None,
            Self::Faulty { faults } => faults.first().map(|fault| fault.wrong.law()),
        }
    }

    /// The refusal in Chinese.
    pub fn zh(&self) -> String {
        let what = match self {
            Self::UnknownMatter { matter, .. } => format!("执法事项目录中没有事项 {matter}"),
            Self::NotAPublisher { .. } => {
                "目录由县人民政府依法定程序公告，本机关无权发布".to_owned()
            }
            Self::NotTheHead => "应当由正职负责人或者主持工作的负责人签发".to_owned(),
            Self::NotAsPreviewed { .. } => "发布内容与预览内容不一致".to_owned(),
            Self::Faulty { faults } => {
                let first: Vec<&str> =
                    faults.iter().take(5).map(|one| one.text_zh.as_str()).collect();
                first.join("；")
            }
        };
        match self.law() {
            Some(law) => format!("{what}（{}：{}）", law.rule, law.basis),
            None => what,
        }
    }
}

fn all(codes: &[AgencyCode]) -> String {
    codes.iter().map(AgencyCode::as_str).collect::<Vec<_>>().join(", ")
}

fn told(faults: &[Fault]) -> String {
    let all = faults.iter().map(|fault| {
        let law = fault.wrong.law();
        format!("{}: {} ({}: {})", fault.wrong.as_str(), fault.text, law.rule, law.basis)
    });
    all.collect::<Vec<_>>().join("; ")
}
