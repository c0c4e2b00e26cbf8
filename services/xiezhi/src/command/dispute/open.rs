//! Opening a dispute.

use anyhow::Context as _;
use clap::Args;
use proto::arbitration::v1 as pb;

use super::{For, called, kind, show, stance};
use crate::{cli::Context, out};

/// What to open.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi dispute open --as NAT --officer NAT-01 --kind positive \
    --with AGR \\\n    --title '石门镇倾倒建筑渣土占用耕地由谁查处' --matter M046 --place 330999005 \\\n    \
    --facts '…' --stance claims --position '破坏种植条件的行为由自然资源部门查处' \
    \\\n    --basis '土地管理法第七十五条'"
)]
pub(crate) struct Open {
    #[command(flatten)]
    who: For,
    /// positive: each claims the matter; negative: each refuses it.
    #[arg(long, value_parser = kind)]
    kind: pb::DisputeKind,
    /// Code of another body; may be repeated.
    #[arg(long = "with", required = true, value_name = "AGENCY")]
    others: Vec<String>,
    #[command(flatten)]
    about: About,
    /// Whether you claim the matter: claims or refuses [default: as the kind says].
    #[arg(long, value_parser = stance)]
    stance: Option<pb::Stance>,
    /// Your position, in words.
    #[arg(long)]
    position: String,
    /// An article or act it rests on; may be repeated.
    #[arg(long)]
    basis: Vec<String>,
    /// items/…, dossiers/… or a digest; may be repeated.
    #[arg(long)]
    evidence: Vec<String>,
    /// Code of the body that filed a case first (J-01).
    #[arg(long, default_value = "", hide_default_value = true)]
    filed_first_by: String,
    /// The day on which it did, YYYY-MM-DD.
    #[arg(long, default_value = "", hide_default_value = true)]
    filed_first_on: String,
    /// Code of the body that received the matter first.
    #[arg(long, default_value = "", hide_default_value = true)]
    received_first_by: String,
    /// The day on which a transfer was received (J-07), YYYY-MM-DD.
    #[arg(long, default_value = "", hide_default_value = true)]
    transfer_received_on: String,
    /// The day on which a transfer was refused (J-08), YYYY-MM-DD.
    #[arg(long, default_value = "", hide_default_value = true)]
    transfer_refused_on: String,
}

/// What a dispute is about.
#[derive(Clone, Debug, Args)]
pub(super) struct About {
    /// What it is about, in one sentence.
    #[arg(long, default_value = "", hide_default_value = true)]
    title: String,
    /// Code of the matter in the catalogue; none when no matter fits.
    #[arg(long, default_value = "", hide_default_value = true)]
    matter: String,
    /// Region code: 6 digits the county, 9 a township.
    #[arg(long, default_value = "", hide_default_value = true)]
    place: String,
    /// The enterprise or person concerned.
    #[arg(long, default_value = "", hide_default_value = true)]
    subject: String,
    /// Day of the act, YYYY-MM-DD.
    #[arg(long, default_value = "", hide_default_value = true)]
    act_date: String,
    /// dockets/… it arose in.
    #[arg(long, default_value = "", hide_default_value = true)]
    docket: String,
    /// operations/… it arose in.
    #[arg(long, default_value = "", hide_default_value = true)]
    operation: String,
    /// What happened.
    #[arg(long, default_value = "", hide_default_value = true)]
    facts: String,
}

impl From<About> for pb::Subject {
    fn from(about: About) -> Self {
        let About { title, matter, place, subject, act_date, docket, operation, facts } = about;
        Self { title, matter, place, subject, act_date, docket, operation, facts }
    }
}

pub(super) async fn open(context: &Context, command: Open) -> anyhow::Result<()> {
    let mesh = command.who.by.connect(context).await?;
    let claims = command.kind == pb::DisputeKind::Positive;
    let stance = if claims { pb::Stance::Claims } else { pb::Stance::Refuses };
    let position = pb::StatePosition {
        stance: command.stance.unwrap_or(stance).into(),
        text: command.position,
        basis: command.basis,
        evidence: command.evidence,
    };
    let request = pb::OpenDisputeRequest {
        request_id: client::request_id(),
        kind: command.kind.into(),
        others: command.others,
        subject: Some(command.about.into()),
        position: Some(position),
        filed_first_by: command.filed_first_by,
        filed_first_on: command.filed_first_on,
        received_first_by: command.received_first_by,
        transfer_received_on: command.transfer_received_on,
        transfer_refused_on: command.transfer_refused_on,
        officer: command.who.officer,
    };
    let opened = called(mesh.arbitration().open_dispute(request).await)?.dispute;
    let opened = opened.context("no dispute in the answer")?;
    if context.shared.json {
        return out::json("xiezhi.arbitration.v1.Dispute", &opened);
    }
    show::show(&mesh, &opened.name, false).await
}
