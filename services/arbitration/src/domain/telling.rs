//! What other services must be told of a dispute, as it changed: kept in a table until they answered.

use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::{
    dispute::Dispute,
    word::{ForumKind, Told},
};

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
        /// Whether it still says who acts.
        open: bool,
        /// Who acts meanwhile, and from the first day of a decision on; `None`: it ended without one.
        acting: Option<AgencyCode>,
    },
    /// To the catalogue: the boundary that the decision draws.
    Catalogue,
    /// To evidence: what the giver holds moves.
    Evidence {
        /// Who was a party, or acted.
        giver: AgencyCode,
        /// Who is competent.
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
    if begins(before, after) && !evidence {
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
    let Some(acting) = after.acting() else { return contents };
    let docket = !after.subject.docket.is_empty();
    let (was_live, is_live) = (before.is_some_and(live), live(after));
    let moved = before.and_then(Dispute::acting).is_some_and(|old| old != acting);
    if docket && (was_live != is_live || (is_live && moved)) {
        let known = is_live || after.file.decision.is_some();
        let acting = known.then(|| acting.clone());
        contents.push(Content::Referral { open: is_live, acting });
    }
    let was_open = before.is_some_and(|before| !before.state.is_final());
    // Between units of one agency no boundary of the catalogue is drawn.
    let units = after.file.forum.here().is_some_and(|rung| rung.kind == ForumKind::Head);
    let decided = was_open && after.file.decision.is_some();
    if decided && !units && !after.subject.matter.is_empty() {
        contents.push(Content::Catalogue);
    }
    if docket && begins(before, after) {
        let moves = |giver: AgencyCode| Content::Evidence { giver, receiver: acting.clone() };
        contents.extend(givers(after, acting).into_iter().map(moves));
    }
    contents
}

/// Whether a dispute still says who acts: it is open, it was rejected and may yet go to the superior, or
/// the first day of its decision is to come.
fn live(dispute: &Dispute) -> bool {
    let may_go_on = dispute.open_term("ESCALATE").is_some();
    !dispute.state.is_final() || may_go_on || dispute.switch_at.is_some()
}

/// Whether the decision has begun to hold: with it, or on its first day; once.
fn begins(before: Option<&Dispute>, after: &Dispute) -> bool {
    let holds = |one: &Dispute| one.file.decision.is_some() && one.switch_at.is_none();
    holds(after) && !before.is_some_and(holds)
}

/// Everyone that may hold evidence of the case and is not competent: each party, and who acted.
fn givers(dispute: &Dispute, competent: &AgencyCode) -> Vec<AgencyCode> {
    let mut givers: Vec<AgencyCode> = Vec::new();
    let acted = dispute.file.spans.iter().map(|span| &span.agency);
    for body in dispute.parties().iter().chain(acted) {
        if body != competent && !givers.contains(body) {
            givers.push(body.clone());
        }
    }
    givers
}
