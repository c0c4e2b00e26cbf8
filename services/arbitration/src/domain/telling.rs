//! What other services must be told of a dispute, as it changed: kept in a table until they answered.

use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::{dispute::Dispute, word::Told};

/// One thing to be told; the rest is in the dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// From 1, for each dispute.
    pub seq: i32,
    /// What.
    pub content: Content,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// To referral: whether a dispute over its docket is open, and who acts.
    Referral {
        /// Whether it is open, or has ended.
        open: bool,
        /// Who acts; once it is decided, who is competent.
        acting: AgencyCode,
    },
    /// To the catalogue: the boundary that the decision draws.
    Catalogue,
    /// To evidence: it moves.
    Evidence {
        /// Who acted.
        giver: AgencyCode,
        /// Who acts now.
        receiver: AgencyCode,
    },
}

/// The outcome of a decision that moves no evidence.
pub const NOTHING_MOVES: &str = "NONE";

impl Telling {
    /// Which service.
    pub fn told(&self) -> Told {
        match self.content {
            Content::Referral { .. } => Told::Referral,
            Content::Catalogue => Told::Catalogue,
            Content::Evidence { .. } => Told::Evidence,
        }
    }
}

/// What must be told because `before` became `after`; notes it in `after`.
pub fn due(before: Option<&Dispute>, after: &mut Dispute) -> Vec<Telling> {
    let contents = contents(before, after);
    let evidence = contents.iter().any(|one| matches!(one, Content::Evidence { .. }));
    let pending = after.switch_at.is_some() && !after.subject.docket.is_empty();
    // Once, when it is certain: with the decision, or on its first day.
    let certain = before.is_none_or(|one| one.file.decision.is_none() || one.switch_at.is_some());
    if after.file.decision.is_some() && certain && !evidence && !pending {
        NOTHING_MOVES.clone_into(&mut after.evidence_outcome);
    }
    let mut tellings = Vec::new();
    for content in contents {
        after.file.tellings += 1;
        tellings.push(Telling { seq: after.file.tellings, content });
    }
    tellings
}

fn contents(before: Option<&Dispute>, after: &Dispute) -> Vec<Content> {
    let mut contents = Vec::new();
    let was_open = before.is_some_and(|before| !before.state.is_final());
    let (is_open, docket) = (!after.state.is_final(), !after.subject.docket.is_empty());
    let decision = after.file.decision.as_ref();
    let old = before.and_then(Dispute::acting);
    let Some(acting) = after.acting() else { return contents };
    let moved = old.is_some_and(|old| old != acting);
    if docket && (was_open != is_open || (is_open && moved)) {
        let acting = decision.map_or(acting, |decision| &decision.competent).clone();
        contents.push(Content::Referral { open: is_open, acting });
    }
    if was_open && decision.is_some() && !after.subject.matter.is_empty() {
        contents.push(Content::Catalogue);
    }
    if let (Some(giver), true, true, Some(_)) = (old, moved, docket, decision) {
        contents.push(Content::Evidence { giver: giver.clone(), receiver: acting.clone() });
    }
    contents
}
