//! One step on the ladder, each a command with what it must say.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use client::Mesh;
use proto::arbitration::v1::{self as pb, step::Kind};

use super::{For, called, sha256, show, stance};
use crate::{cli::Context, out};

/// Which step of which dispute.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi dispute step disputes/… vote --as GDO --officer GDO-04 \
    --competent CAE \\\n    --reason '…'"
)]
pub(crate) struct Step {
    /// disputes/…
    name: String,
    /// The etag you decided on; without it the newest is read first.
    #[arg(long)]
    etag: Option<String>,
    #[command(subcommand)]
    step: Said,
}

/// A step with who takes it.
#[derive(Debug, Args)]
pub(crate) struct Taken<T: Args> {
    #[command(flatten)]
    who: For,
    #[command(flatten)]
    said: T,
}

/// The steps.
#[derive(Debug, Subcommand)]
pub(crate) enum Said {
    /// A party sets out, or changes, its position; in the forum this is its reply (J-09).
    StatePosition(Taken<Position>),
    /// A party offers a settlement in writing; it holds when every party has signed it.
    OfferSettlement(Taken<Offer>),
    /// A party signs the settlement on offer.
    SignSettlement(Taken<Sign>),
    /// A party brings the dispute before the forum (J-07, J-08).
    Apply(Taken<Text>),
    /// The forum takes it (J-09).
    Accept(Taken<Nothing>),
    /// The forum does not take it.
    Reject(Taken<Reason>),
    /// The forum passes the application on to the other parties (J-09).
    Forward(Taken<Nothing>),
    /// The forum holds a joint session and keeps its minutes.
    RecordSession(Taken<Session>),
    /// One of the three bodies votes, once (J-04).
    Vote(Taken<Choice>),
    /// The forum orders what must be done meanwhile, and who leads (J-10).
    OrderInterim(Taken<Interim>),
    /// The coordinating body proposes an outcome; it holds when every party agrees.
    ProposeOutcome(Taken<Proposal>),
    /// A party agrees to the outcome, or refuses it.
    AnswerOutcome(Taken<Answer>),
    /// Not agreed: on to the next forum.
    Escalate(Taken<Reason>),
    /// The head, the government or another common superior decides (J-02, J-12).
    Decide(Taken<Decision>),
    /// The applicant takes the dispute back.
    Withdraw(Taken<Reason>),
    /// A party confirms that it has the decision.
    Acknowledge(Taken<Nothing>),
}

/// A step that says nothing more.
#[derive(Debug, Args)]
pub(crate) struct Nothing {}

/// Why.
#[derive(Debug, Args)]
pub(crate) struct Reason {
    /// Why.
    #[arg(long)]
    reason: String,
}

/// In words.
#[derive(Debug, Args)]
pub(crate) struct Text {
    /// What was tried, and what is asked for.
    #[arg(long)]
    text: String,
}

/// A position.
#[derive(Debug, Args)]
pub(crate) struct Position {
    /// claims: the matter is yours; refuses: it is another's.
    #[arg(long, value_parser = stance)]
    stance: pb::Stance,
    /// The position, in words.
    #[arg(long)]
    text: String,
    /// An article or act it rests on; may be repeated.
    #[arg(long)]
    basis: Vec<String>,
    /// items/…, dossiers/… or a digest; may be repeated.
    #[arg(long)]
    evidence: Vec<String>,
}

/// A settlement.
#[derive(Debug, Args)]
pub(crate) struct Offer {
    /// Code of the body that is to be competent.
    #[arg(long)]
    competent: String,
    /// The settlement, in words.
    #[arg(long)]
    text: String,
    /// First day, YYYY-MM-DD.
    #[arg(long)]
    effective_from: String,
}

/// A signature.
#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// Digest of the settlement that you read; without it, of the one on offer.
    #[arg(long, default_value = "", hide_default_value = true)]
    sha256: String,
}

/// A session.
#[derive(Debug, Args)]
pub(crate) struct Session {
    /// The day, YYYY-MM-DD.
    #[arg(long)]
    held_on: String,
    /// Code of a body that took part; may be repeated.
    #[arg(long, required = true)]
    present: Vec<String>,
    /// The minutes, in words.
    #[arg(long)]
    minutes: String,
    /// The signed minutes: their digest is kept, not the file.
    #[arg(long, value_name = "FILE")]
    signed_minutes: PathBuf,
}

/// A vote.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// Code of the body that is to be competent.
    #[arg(long)]
    competent: String,
    /// Why.
    #[arg(long)]
    reason: String,
}

/// What must be done meanwhile.
#[derive(Debug, Args)]
pub(crate) struct Interim {
    /// Code of the body that leads, and acts from now on.
    #[arg(long)]
    lead: String,
    /// A measure; may be repeated.
    #[arg(long = "measure", required = true)]
    measures: Vec<String>,
    /// Why it cannot wait.
    #[arg(long)]
    reason: String,
}

/// An outcome.
#[derive(Debug, Args)]
pub(crate) struct Proposal {
    #[command(flatten)]
    choice: Choice,
    /// First day, YYYY-MM-DD.
    #[arg(long)]
    effective_from: String,
}

/// An answer.
#[derive(Debug, Args)]
pub(crate) struct Answer {
    /// You agree.
    #[arg(long, conflicts_with = "refuses", required_unless_present = "refuses")]
    agrees: bool,
    /// You do not.
    #[arg(long)]
    refuses: bool,
    /// Why.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

/// A decision.
#[derive(Debug, Args)]
pub(crate) struct Decision {
    #[command(flatten)]
    choice: Choice,
    /// An article or act it rests on; may be repeated.
    #[arg(long, required = true)]
    basis: Vec<String>,
    /// First day, YYYY-MM-DD.
    #[arg(long)]
    effective_from: String,
    /// Number of the decision.
    #[arg(long)]
    decision_no: String,
}

pub(super) async fn step(context: &Context, command: Step) -> anyhow::Result<()> {
    let (who, kind) = said(command.step)?;
    let mesh = who.by.connect(context).await?;
    let unsigned = matches!(&kind, Kind::SignSettlement(one) if one.settlement_sha256.is_empty());
    let (etag, kind) = match command.etag {
        Some(etag) if !unsigned => (etag, kind),
        etag => {
            let dispute = read(&mesh, &command.name).await?;
            let offered = dispute.settlement.unwrap_or_default().settlement_sha256;
            let sign = pb::SignSettlement { settlement_sha256: offered };
            let kind = if unsigned { Kind::SignSettlement(sign) } else { kind };
            (etag.unwrap_or(dispute.etag), kind)
        }
    };
    let request = pb::TakeStepRequest {
        request_id: client::request_id(),
        name: command.name,
        etag,
        officer: who.officer,
        step: Some(pb::Step { kind: Some(kind) }),
    };
    let answer = called(mesh.arbitration().take_step(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.arbitration.v1.TakeStepResponse", &answer);
    }
    show::show(&mesh, &answer.dispute.unwrap_or_default().name, false).await
}

async fn read(mesh: &Mesh, name: &str) -> anyhow::Result<pb::Dispute> {
    let request = pb::GetDisputeRequest { name: name.to_owned() };
    let answer = called(mesh.arbitration().get_dispute(request).await)?;
    answer.dispute.context("no dispute in the answer")
}

/// Who takes the step, and what it says on the wire.
fn said(step: Said) -> anyhow::Result<(For, Kind)> {
    Ok(match step {
        Said::StatePosition(Taken { who, said: Position { stance, text, basis, evidence } }) => {
            let stance = stance.into();
            (who, Kind::StatePosition(pb::StatePosition { stance, text, basis, evidence }))
        }
        Said::OfferSettlement(Taken { who, said: Offer { competent, text, effective_from } }) => {
            (who, Kind::OfferSettlement(pb::OfferSettlement { competent, text, effective_from }))
        }
        Said::SignSettlement(Taken { who, said: Sign { sha256 } }) => {
            (who, Kind::SignSettlement(pb::SignSettlement { settlement_sha256: sha256 }))
        }
        Said::Apply(Taken { who, said: Text { text } }) => (who, Kind::Apply(pb::Apply { text })),
        Said::Accept(Taken { who, said: Nothing {} }) => (who, Kind::Accept(pb::Accept {})),
        Said::Reject(Taken { who, said: Reason { reason } }) => {
            (who, Kind::Reject(pb::Reject { reason }))
        }
        Said::Forward(Taken { who, said: Nothing {} }) => (who, Kind::Forward(pb::Forward {})),
        Said::RecordSession(Taken { who, said }) => {
            let Session { held_on, present, minutes, signed_minutes } = said;
            let name = || format!("{}", signed_minutes.display());
            let signed = std::fs::read(&signed_minutes).with_context(name)?;
            let minutes_sha256 = sha256(&signed);
            let session = pb::RecordSession { held_on, present, minutes, minutes_sha256 };
            (who, Kind::RecordSession(session))
        }
        Said::Vote(Taken { who, said: Choice { competent, reason } }) => {
            (who, Kind::Vote(pb::Vote { competent, reason }))
        }
        Said::OrderInterim(Taken { who, said: Interim { lead, measures, reason } }) => {
            (who, Kind::OrderInterim(pb::OrderInterim { lead, measures, reason }))
        }
        Said::ProposeOutcome(Taken { who, said: Proposal { choice, effective_from } }) => {
            let Choice { competent, reason } = choice;
            let outcome = pb::ProposeOutcome { competent, reason, effective_from };
            (who, Kind::ProposeOutcome(outcome))
        }
        Said::AnswerOutcome(Taken { who, said: Answer { agrees, refuses: _, reason } }) => {
            (who, Kind::AnswerOutcome(pb::AnswerOutcome { agrees, reason }))
        }
        Said::Escalate(Taken { who, said: Reason { reason } }) => {
            (who, Kind::Escalate(pb::Escalate { reason }))
        }
        Said::Decide(Taken {
            who,
            said: Decision { choice, basis, effective_from, decision_no },
        }) => {
            let Choice { competent, reason } = choice;
            let decide = pb::Decide { competent, reason, basis, effective_from, decision_no };
            (who, Kind::Decide(decide))
        }
        Said::Withdraw(Taken { who, said: Reason { reason } }) => {
            (who, Kind::Withdraw(pb::Withdraw { reason }))
        }
        Said::Acknowledge(Taken { who, said: Nothing {} }) => {
            (who, Kind::AcknowledgeDecision(pb::AcknowledgeDecision {}))
        }
    })
}
