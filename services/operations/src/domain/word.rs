//! The fixed words of the domain, each an enum whose text is what the wire and the tables hold.

use serde::{Deserialize, Serialize};

/// Declares an enum whose variants have one stable word each.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant),* }

        impl $name {
            /// Every one, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// Reads the word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// Credit-risk tier, from good to bad.
    Tier {
        /// Low risk.
        A = "A",
        /// Rather low.
        B = "B",
        /// Rather high.
        C = "C",
        /// High risk.
        D = "D",
    }
}

impl Tier {
    /// Its place in lists by tier.
    pub fn index(self) -> usize {
        match self {
            Self::A => 0,
            Self::B => 1,
            Self::C => 2,
            Self::D => 3,
        }
    }
}

words! {
    /// Where a plan is.
    PlanState {
        /// Being written.
        Draft = "DRAFT",
        /// Filed with the superior: it can be drawn from.
        Filed = "FILED",
        /// Over.
        Closed = "CLOSED",
    }
}

words! {
    /// Why a check takes place.
    Origin {
        /// Drawn (双随机).
        Random = "RANDOM",
        /// A complaint, a transfer or an alert.
        Clue = "CLUE",
        /// Ordered from above.
        Ordered = "ORDERED",
        /// A special inspection of the body's own.
        Special = "SPECIAL",
        /// A follow-up.
        FollowUp = "FOLLOW_UP",
    }
}

words! {
    /// Where a draw is.
    DrawState {
        /// The lists are frozen; bodies commit.
        Frozen = "FROZEN",
        /// Bodies reveal.
        Revealing = "REVEALING",
        /// Drawn; the office's nonce is secret.
        Drawn = "DRAWN",
        /// Anybody can replay it.
        Opened = "OPENED",
        /// Without effect.
        Void = "VOID",
    }
}

words! {
    /// Where a joint operation is.
    OperationState {
        /// Participants are asked.
        Proposed = "PROPOSED",
        /// All have answered, and enough confirmed.
        Confirmed = "CONFIRMED",
        /// The head approved it.
        Approved = "APPROVED",
        /// Done.
        Closed = "CLOSED",
        /// Not done.
        Cancelled = "CANCELLED",
    }
}

words! {
    /// A participant's answer.
    Answer {
        /// None yet.
        Pending = "PENDING",
        /// It takes part.
        Confirmed = "CONFIRMED",
        /// It does not.
        Declined = "DECLINED",
    }
}

words! {
    /// The limbs of 条例 art. 13(2).
    Ground {
        /// The duties of several bodies are concerned.
        SeveralDuties = "SEVERAL_DUTIES",
        /// Duties are linked across bodies, areas or levels.
        LinkedDuties = "LINKED_DUTIES",
        /// Different inspections of one object can take place at once.
        SameObject = "SAME_OBJECT",
    }
}

words! {
    /// Where a visit is.
    VisitState {
        /// Merged, not scheduled.
        Planned = "PLANNED",
        /// In a draft schedule.
        Scheduled = "SCHEDULED",
        /// Dispatched.
        Published = "PUBLISHED",
        /// Officers are on site.
        Started = "STARTED",
        /// Inspected.
        Done = "DONE",
        /// The result is public.
        ResultPublished = "RESULT_PUBLISHED",
        /// Will not take place.
        Cancelled = "CANCELLED",
    }
}

impl VisitState {
    /// Whether the visit still lies ahead or is under way.
    pub fn is_open(self) -> bool {
        match self {
            Self::Planned | Self::Scheduled | Self::Published | Self::Started => true,
            Self::Done | Self::ResultPublished | Self::Cancelled => false,
        }
    }
}

words! {
    /// Where a schedule is.
    ScheduleState {
        /// Made, and nobody goes by it.
        Draft = "DRAFT",
        /// Officers go by it.
        Published = "PUBLISHED",
        /// Another one took its visits.
        Superseded = "SUPERSEDED",
    }
}

words! {
    /// Where a run of the solver is.
    RunState {
        /// It computes.
        Running = "RUNNING",
        /// It did all its iterations.
        Done = "DONE",
        /// It was stopped; the best it had is kept.
        Cancelled = "CANCELLED",
        /// It made nothing.
        Failed = "FAILED",
    }
}

words! {
    /// What a repair did to a visit.
    ChangeKind {
        /// Another time.
        Moved = "MOVED",
        /// The same time, and others go.
        Reassigned = "REASSIGNED",
        /// It has no place any more.
        Dropped = "DROPPED",
        /// It had none before.
        Added = "ADDED",
        /// It does not take place.
        Cancelled = "CANCELLED",
    }
}

words! {
    /// What was found on a matter.
    Finding {
        /// Nothing wrong.
        Ok = "OK",
        /// Wrong, and put right at once.
        CorrectedOnSite = "CORRECTED_ON_SITE",
        /// To be put right by a day.
        OrderedToCorrect = "ORDERED_TO_CORRECT",
        /// It became a case of the body.
        CaseOpened = "CASE_OPENED",
        /// It went to another body.
        Referred = "REFERRED",
        /// The subject was not there.
        NotFound = "NOT_FOUND",
    }
}

words! {
    /// What assistance is asked for.
    AssistanceKind {
        /// 认定.
        Recognition = "RECOGNITION",
        /// 检测.
        Testing = "TESTING",
        /// 鉴定.
        Appraisal = "APPRAISAL",
        /// 提供资料.
        Records = "RECORDS",
        /// Officers on site.
        Forces = "FORCES",
    }
}

words! {
    /// Where a request for assistance is.
    AssistanceState {
        /// Sent.
        Requested = "REQUESTED",
        /// The addressee is at it.
        Accepted = "ACCEPTED",
        /// Answered.
        Answered = "ANSWERED",
        /// Declined with a reason.
        Declined = "DECLINED",
        /// Taken back.
        Withdrawn = "WITHDRAWN",
    }
}

words! {
    /// A warning on the way of a term.
    Rung {
        /// Half of the time is gone.
        Half = "HALF",
        /// The end is near.
        Near = "NEAR",
        /// The term is over.
        Overdue = "OVERDUE",
    }
}
