//! What may be asked without a dispute, or beside it: forum, precedents, suggestions, the ladder.

use clap::Args;
use proto::arbitration::v1 as pb;

use super::{Anybody, By, called, kind, open::About, show};
use crate::{
    cli::Context,
    out::{self, line},
};

/// Whose forum.
#[derive(Debug, Args)]
pub(crate) struct Forum {
    #[command(flatten)]
    by: Anybody,
    /// Codes of the bodies, two at least.
    #[arg(required = true, num_args = 2..)]
    parties: Vec<String>,
    #[command(flatten)]
    about: About,
}

/// To what dispute.
#[derive(Debug, Args)]
pub(crate) struct Suggest {
    #[command(flatten)]
    by: By,
    /// disputes/…; without it, the dispute that the options describe.
    #[arg(default_value = "", hide_default_value = true)]
    name: String,
    /// Code of a body; may be repeated.
    #[arg(long = "party", value_name = "AGENCY")]
    parties: Vec<String>,
    /// positive or negative.
    #[arg(long, value_parser = kind)]
    kind: Option<pb::DisputeKind>,
    #[command(flatten)]
    about: About,
    /// How many precedents.
    #[arg(long, default_value_t = 5)]
    limit: i32,
}

/// Which precedents.
#[derive(Debug, Args)]
pub(crate) struct Precedents {
    #[command(flatten)]
    by: Anybody,
    /// Only of this matter.
    #[arg(long, default_value = "", hide_default_value = true)]
    matter: String,
    /// How many a page.
    #[arg(long, default_value_t = 50)]
    page_size: i32,
    /// Where the page before ended.
    #[arg(long, default_value = "", hide_default_value = true)]
    page_token: String,
}

pub(super) async fn forum(context: &Context, command: Forum) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let request =
        pb::ComputeForumRequest { parties: command.parties, subject: Some(command.about.into()) };
    let answer = called(mesh.arbitration().compute_forum(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.arbitration.v1.ComputeForumResponse", &answer);
    }
    // It is on no rung yet.
    show::forum(&pb::Forum { rung: -1, ..answer.forum.unwrap_or_default() })
}

pub(super) async fn suggest(context: &Context, command: Suggest) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let described = command.name.is_empty();
    let request = pb::SuggestDecisionRequest {
        name: command.name,
        parties: command.parties,
        kind: command.kind.unwrap_or(pb::DisputeKind::Unspecified).into(),
        subject: described.then(|| command.about.into()),
        limit: command.limit,
    };
    let answer = called(mesh.arbitration().suggest_decision(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.arbitration.v1.SuggestDecisionResponse", &answer);
    }
    match answer.catalogue_competent.as_str() {
        "" => line(format!("catalogue (revision {}): nobody alone", answer.revision))?,
        body => line(format!("catalogue (revision {}): {body}", answer.revision))?,
    }
    show::reasons(&answer.catalogue)?;
    for one in &answer.suggestions {
        let precedent = one.precedent.clone().unwrap_or_default();
        line(format!(
            "\n{:.2}  {}  {}\n      {} competent from {}  ({} by {})\n      {}",
            one.similarity,
            precedent.dispute,
            precedent.title,
            precedent.competent,
            precedent.effective_from,
            precedent.manner,
            precedent.decided_by.join(", "),
            precedent.reason,
        ))?;
        one.reasons.iter().try_for_each(|reason| line(format!("      - {reason}")))?;
    }
    if answer.suggestions.is_empty() {
        line("no precedent is near")?;
    }
    line("\nThis suggests, and decides nothing.")
}

pub(super) async fn precedents(context: &Context, command: Precedents) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let Precedents { by: _, matter, page_size, page_token } = command;
    let request = pb::ListPrecedentsRequest { page_size, page_token, matter };
    let page = called(mesh.arbitration().list_precedents(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.arbitration.v1.ListPrecedentsResponse", &page);
    }
    let heads = ["DISPUTE", "TITLE", "MATTER", "PLACE", "PARTIES", "COMPETENT", "FROM", "BY"];
    let mut table = out::table(&heads);
    for one in &page.precedents {
        table.add_row([
            &one.dispute,
            &one.title,
            &one.matter,
            &one.place,
            &one.parties.join(" "),
            &one.competent,
            &one.effective_from,
            &format!("{} {}", one.manner, one.decided_by.join(", ")),
        ]);
    }
    line(table)?;
    if !page.next_page_token.is_empty() {
        line(format!("more: --page-token {}", page.next_page_token))?;
    }
    Ok(())
}

pub(super) async fn ladder(context: &Context, by: &Anybody) -> anyhow::Result<()> {
    let mesh = by.connect(context).await?;
    let answer = called(mesh.arbitration().list_ladder(pb::ListLadderRequest {}).await)?;
    if context.shared.json {
        return out::json("xiezhi.arbitration.v1.ListLadderResponse", &answer);
    }
    let mut rows = out::table(&["RULE", "IN", "STEP", "BY", "TO", "OPENS", "CLOSES", "BASIS"]);
    for row in &answer.rows {
        rows.add_row([
            format!("{} {}", row.rule, row.verified),
            row.from_states.join(" "),
            row.step.clone(),
            format!("{} {}", row.actor, row.officer),
            row.to_state.clone(),
            row.opens.join(" "),
            row.closes.join(" "),
            row.basis.clone(),
        ]);
    }
    line(rows)?;
    line("")?;
    let mut terms = out::table(&["TERM", "LENGTH", "WHO", "MUST", "RULE", "BASIS"]);
    for term in &answer.terms {
        terms.add_row([
            term.slot.clone(),
            term.length.clone(),
            term.holder.clone(),
            term.duty.clone(),
            format!("{} {}", term.rule, term.verified),
            term.basis.clone(),
        ]);
    }
    line(terms)
}
