//! What happens to an item: custody, measures, defects and their cure.

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use proto::evidence::v1 as pb;

use super::{By, For, called, pages, parse, parse_use, read_item, word};
use crate::{
    cli::Context,
    command::connect,
    out::{self, local},
};

/// What to show or record.
#[derive(Debug, Args)]
pub(crate) struct Custody {
    #[command(flatten)]
    by: By,
    /// items/…
    item: String,
    /// Record an event: sealed, unsealed, sampled, tested, stored, returned, destroyed or sold.
    #[arg(long, value_name = "KIND", value_parser = kind, requires = "officer")]
    record: Option<pb::CustodyKind>,
    /// Certificate number of the officer.
    #[arg(long, default_value = "")]
    officer: String,
    /// When it happened, such as 2024-03-04T09:30:00+08:00; without it, now.
    #[arg(long)]
    time: Option<chrono::DateTime<chrono::FixedOffset>>,
    /// Where.
    #[arg(long, default_value = "")]
    place: String,
    /// Why; for a sale, with the price in fen.
    #[arg(long, default_value = "")]
    reason: String,
    /// Certificate number of who approved it.
    #[arg(long, default_value = "")]
    approved_by: String,
    /// Number of the seal.
    #[arg(long, default_value = "")]
    seal_no: String,
    /// Stored: certificate number of who keeps it from now on.
    #[arg(long, default_value = "")]
    custodian: String,
    /// Stored: where.
    #[arg(long, default_value = "")]
    storage_place: String,
    /// contents/… that shows it; may be repeated.
    #[arg(long = "content", value_name = "CONTENT")]
    contents: Vec<String>,
    /// Returned: to whom.
    #[arg(long, default_value = "")]
    recipient: String,
}

/// How to change a measure.
#[derive(Debug, Args)]
pub(crate) struct Measure {
    #[command(flatten)]
    who: For,
    /// items/…
    item: String,
    /// What happens to it.
    change: MeasureChange,
    /// Why.
    #[arg(long)]
    reason: String,
    /// Certificate number of the head who approved; needed to extend and to seize.
    #[arg(long, default_value = "")]
    approved_by: String,
    /// Number of the decision; needed to seize.
    #[arg(long, default_value = "")]
    decision_no: String,
    /// Days by which it is made longer, at most 30.
    #[arg(long, default_value_t = 0)]
    extension_days: i32,
    /// Days used for testing, which do not count.
    #[arg(long, default_value_t = 0)]
    testing_days: i32,
}

/// What happens to a measure.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum MeasureChange {
    /// Once, by at most 30 days.
    Extend,
    /// The item goes back to its holder, or another measure follows.
    Release,
    /// Days of testing or appraisal do not count.
    ExcludeTesting,
    /// A prior registration becomes a seizure.
    Seize,
}

/// For what to assess.
#[derive(Debug, Args)]
pub(crate) struct Assess {
    #[command(flatten)]
    by: By,
    /// dossiers/…
    dossier: String,
    /// other-agency, criminal-filing, prosecution or trial.
    #[arg(long = "use", value_parser = parse_use)]
    target: pb::Use,
}

/// What was found.
#[derive(Debug, Args)]
pub(crate) struct Defect {
    #[command(flatten)]
    who: For,
    /// items/…
    item: String,
    /// Code of the defect, as `assess` names them.
    #[arg(long)]
    code: String,
    /// What was found.
    #[arg(long)]
    description: String,
}

/// What was found and is none.
#[derive(Debug, Args)]
pub(crate) struct WithdrawDefect {
    #[command(flatten)]
    who: For,
    /// items/…
    item: String,
    /// Code of the defect, as `assess` prints it.
    #[arg(long)]
    code: String,
    /// Why it is none.
    #[arg(long)]
    reason: String,
}

/// How it is cured.
#[derive(Debug, Args)]
pub(crate) struct Cure {
    #[command(flatten)]
    who: For,
    /// items/…
    item: String,
    /// Code of the defect, as `assess` prints it.
    #[arg(long)]
    code: String,
    /// The supplement or the reasonable explanation.
    #[arg(long)]
    explanation: String,
    /// contents/… that shows it; may be repeated.
    #[arg(long = "content", value_name = "CONTENT")]
    contents: Vec<String>,
}

/// For what it is recognised.
#[derive(Debug, Args)]
pub(crate) struct Recognize {
    #[command(flatten)]
    who: For,
    /// items/…
    item: String,
    /// other-agency, criminal-filing, prosecution or trial.
    #[arg(long = "use", value_parser = parse_use)]
    target: pb::Use,
    /// What was reviewed: legality, authenticity, relevance.
    #[arg(long)]
    review: String,
}

fn kind(text: &str) -> Result<pb::CustodyKind, String> {
    parse(pb::CustodyKind::from_str_name, "CUSTODY_KIND_", text)
}

pub(super) async fn custody(context: &Context, command: Custody) -> anyhow::Result<()> {
    let mesh = connect::as_agency(context, &command.by.agency).await?;
    let json = context.shared.json;
    if let Some(kind) = command.record {
        let etag = read_item(&mesh, &command.item).await?.etag;
        let time = command.time.map(|at| prost_types::Timestamp {
            seconds: at.timestamp(),
            nanos: i32::try_from(at.timestamp_subsec_nanos()).unwrap_or_default(),
        });
        let request = pb::RecordCustodyRequest {
            request_id: client::request_id(),
            item: command.item.clone(),
            etag,
            officer: command.officer,
            kind: kind.into(),
            time,
            place: command.place,
            reason: command.reason,
            approved_by: command.approved_by,
            seal_no: command.seal_no,
            custodian: command.custodian,
            storage_place: command.storage_place,
            contents: command.contents,
            recipient: command.recipient,
        };
        let recorded = called(mesh.evidence().record_custody(request).await)?;
        if json {
            let event = recorded.event.context("no event in the answer")?;
            return out::json("xiezhi.evidence.v1.CustodyEvent", &event);
        }
    }
    let chain = pages::custody(&mesh, &command.item).await?;
    if json {
        return chain.iter().try_for_each(|e| out::json("xiezhi.evidence.v1.CustodyEvent", e));
    }
    print_chain(&chain)
}

/// A chain as a table.
pub(super) fn print_chain(chain: &[pb::CustodyEvent]) -> anyhow::Result<()> {
    let heads = ["NO", "WHEN", "WHAT", "BY", "HOLDER", "KEPT BY", "SEAL", "WHERE", "WHY", "DIGEST"];
    let mut table = out::table(&heads);
    for event in chain {
        let what = word(event.kind().as_str_name(), "CUSTODY_KIND_");
        let kept = format!("{} {}", event.kept_by, event.custodian);
        let place = if event.place.is_empty() { &event.storage_place } else { &event.place };
        let digest = event.digest.get(..12).unwrap_or_default();
        table.add_row([
            &event.sequence.to_string(),
            &local(event.time),
            what,
            &format!("{} {}", event.agency, event.officer),
            &event.holder,
            kept.trim(),
            &event.seal_no,
            place,
            &event.reason,
            digest,
        ]);
    }
    out::line(table)
}

pub(super) async fn measure(context: &Context, command: Measure) -> anyhow::Result<()> {
    let mesh = connect::as_agency(context, &command.who.by.agency).await?;
    let change = match command.change {
        MeasureChange::Extend => pb::MeasureChange::Extend,
        MeasureChange::Release => pb::MeasureChange::Release,
        MeasureChange::ExcludeTesting => pb::MeasureChange::ExcludeTesting,
        MeasureChange::Seize => pb::MeasureChange::Seize,
    };
    let request = pb::ChangeMeasureRequest {
        request_id: client::request_id(),
        etag: read_item(&mesh, &command.item).await?.etag,
        item: command.item,
        officer: command.who.officer,
        change: change.into(),
        reason: command.reason,
        approved_by: command.approved_by,
        testing_days: command.testing_days,
        extension_days: command.extension_days,
        decision_no: command.decision_no,
    };
    let item = called(mesh.evidence().change_measure(request).await)?.item;
    let item = item.context("no item in the answer")?;
    if context.shared.json {
        return out::json("xiezhi.evidence.v1.Item", &item);
    }
    let measure = item.measure.unwrap_or_default();
    let state = word(measure.state().as_str_name(), "MEASURE_STATE_");
    out::line(format!("{state}, last day {}", measure.end_date))
}

pub(super) async fn assess(context: &Context, command: Assess) -> anyhow::Result<()> {
    let mesh = connect::as_agency(context, &command.by.agency).await?;
    let assessments = pages::assessments(&mesh, &command.dossier, command.target).await?;
    if context.shared.json {
        let name = "xiezhi.evidence.v1.Assessment";
        return assessments.iter().try_for_each(|one| out::json(name, one));
    }
    let items = pages::items(&mesh, &command.dossier).await?;
    let mut table =
        out::table(&["ITEM", "CODE", "CLASS", "RULE", "USABLE", "RECOGNIZED", "DEFECT", "CURE"]);
    for one in &assessments {
        let code = items.iter().find(|item| item.name == one.item).map_or("", |item| &item.code);
        let class = word(one.conversion().as_str_name(), "CONVERSION_CLASS_");
        let yes = |is: bool| if is { "yes" } else { "no" };
        let rule = format!("{} ({})", one.rule, one.basis);
        let (usable, recognized) = (yes(one.usable), yes(one.recognized));
        let mut row = [&one.item, code, class, &rule, usable, recognized, "", ""];
        if one.defects.is_empty() {
            table.add_row(row);
        }
        for defect in &one.defects {
            let cured = if defect.cured_by > 0 { ", cured" } else { "" };
            let severity = word(defect.severity().as_str_name(), "DEFECT_SEVERITY_");
            let (code, what, rule) = (&defect.code, &defect.description, &defect.rule);
            let told = format!("{code} {severity}{cured}: {what} ({rule})");
            [row[6], row[7]] = [&told, &defect.cure];
            table.add_row(row);
            row = [""; 8];
        }
    }
    out::line(table)
}

pub(super) async fn defect(context: &Context, command: Defect) -> anyhow::Result<()> {
    let mesh = connect::as_agency(context, &command.who.by.agency).await?;
    let request = pb::RecordDefectRequest {
        request_id: client::request_id(),
        etag: read_item(&mesh, &command.item).await?.etag,
        item: command.item,
        code: command.code,
        description: command.description,
        officer: command.who.officer,
    };
    let defect = called(mesh.evidence().record_defect(request).await)?.defect;
    print_defect(context, &defect.context("no defect in the answer")?)
}

pub(super) async fn withdraw_defect(
    context: &Context,
    command: WithdrawDefect,
) -> anyhow::Result<()> {
    let mesh = connect::as_agency(context, &command.who.by.agency).await?;
    let request = pb::WithdrawDefectRequest {
        request_id: client::request_id(),
        etag: read_item(&mesh, &command.item).await?.etag,
        item: command.item,
        code: command.code,
        reason: command.reason,
        officer: command.who.officer,
    };
    let code = request.code.clone();
    let item = called(mesh.evidence().withdraw_defect(request).await)?.item;
    let item = item.context("no item in the answer")?;
    if context.shared.json {
        return out::json("xiezhi.evidence.v1.Item", &item);
    }
    out::line(format!("{code} of {} is taken back", item.name))
}

pub(super) async fn cure(context: &Context, command: Cure) -> anyhow::Result<()> {
    let mesh = connect::as_agency(context, &command.who.by.agency).await?;
    let request = pb::CureDefectRequest {
        request_id: client::request_id(),
        etag: read_item(&mesh, &command.item).await?.etag,
        item: command.item,
        code: command.code,
        explanation: command.explanation,
        contents: command.contents,
        officer: command.who.officer,
    };
    let defect = called(mesh.evidence().cure_defect(request).await)?.defect;
    print_defect(context, &defect.context("no defect in the answer")?)
}

fn print_defect(context: &Context, defect: &pb::Defect) -> anyhow::Result<()> {
    if context.shared.json {
        return out::json("xiezhi.evidence.v1.Defect", defect);
    }
    let code = &defect.code;
    match defect.cured_by {
        0 => out::line(format!("{code} is open; {}", defect.cure)),
        event => out::line(format!("{code} is cured by custody event {event}")),
    }
}

pub(super) async fn recognize(context: &Context, command: Recognize) -> anyhow::Result<()> {
    let mesh = connect::as_agency(context, &command.who.by.agency).await?;
    let request = pb::RecognizeItemRequest {
        request_id: client::request_id(),
        etag: read_item(&mesh, &command.item).await?.etag,
        item: command.item,
        r#use: command.target.into(),
        review: command.review,
        officer: command.who.officer,
    };
    let told = called(mesh.evidence().recognize_item(request).await)?.assessment;
    let told = told.context("no assessment in the answer")?;
    if context.shared.json {
        return out::json("xiezhi.evidence.v1.Assessment", &told);
    }
    let class = word(told.conversion().as_str_name(), "CONVERSION_CLASS_");
    out::line(format!("{} is recognised: {class}, {} ({})", told.item, told.rule, told.basis))
}
