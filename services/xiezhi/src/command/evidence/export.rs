//! `xiezhi evidence export`: everything of a dossier that a body may see, with its proofs, as a bag.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use client::Mesh;
use clock::Clock;
use indicatif::{ProgressBar, ProgressStyle};
use prost::Message as _;
use proto::{
    evidence::v1 as pb, identity::v1 as identity, journal::v1::Row, supervision::v1 as log,
};
use tlog::{Hash, Receipt};
use tokio::task::JoinSet;

use super::{called, pages};
use crate::{
    bag::{self, Draft, layout},
    forms::{self, Leaf, Names},
    out::{self, Contract},
};

/// Proofs asked for at once.
const AT_ONCE: usize = 16;
/// How long to wait for the log, in milliseconds, and how often.
const WAIT_MS: i32 = 10_000;
const WAITS: usize = 6;
/// How often a dossier is read that changes meanwhile.
const READS: usize = 5;
/// Items, lines or rows in a page.
const PAGE: i32 = 1000;
/// The uses of an assessment.
const USES: [pb::Use; 4] =
    [pb::Use::OtherAgency, pb::Use::CriminalFiling, pb::Use::Prosecution, pb::Use::Trial];

/// Writes the bag of a dossier, and says what is in it.
pub(super) async fn export(mesh: &Mesh, name: &str, to: &Path, json: bool) -> anyhow::Result<()> {
    let bar = if json { ProgressBar::hidden() } else { bar() };
    let Written { items, files, bytes, rows } = write(mesh, name, to, &bar).await?;
    bar.finish_and_clear();
    if json {
        return out::line(serde_json::json!({
            "bag": to, "dossier": name, "items": items, "contents": files,
            "bytes": bytes, "rows": rows,
        }));
    }
    let what = format!("{items} items, {files} files of {bytes} bytes, {rows} receipts");
    out::line(format!("{}: {what}", to.display()))?;
    out::line("check it anywhere with: xiezhi verify DIR --trust bundle.json")
}

/// How much a bag holds.
pub(crate) struct Written {
    items: usize,
    files: usize,
    bytes: u64,
    rows: usize,
}

/// Writes the bag of a dossier.
pub(crate) async fn write(
    mesh: &Mesh,
    name: &str,
    to: &Path,
    bar: &ProgressBar,
) -> anyhow::Result<Written> {
    let mut draft = Draft::begin(to, &client::request_id())?;
    bar.set_message("reading");
    let case = settled(|| Case::read(mesh, name)).await?;
    let names = names(mesh).await?;
    let photos = bag::photos(&case.hand_overs, &case.rows).map_err(anyhow::Error::msg)?;
    let contents = layout::contents(&case.items, &photos);
    let bytes: u64 = contents.iter().map(|(content, _)| content.size.unsigned_abs()).sum();
    bar.set_length(bytes);
    for (content, path) in &contents {
        bar.set_message(content.file_name.clone());
        let (before, mut file) = (bar.position(), draft.create(path)?);
        let moved = |bytes| bar.set_position(before + bytes);
        client::download(mesh, content, &mut file, &moved)
            .await
            .with_context(|| format!("{} ({path})", content.name))?;
        draft.keep(file)?;
    }
    bar.set_message("proofs");
    let receipts = receipts(mesh, &case.rows).await?;
    case.write(&mut draft, &receipts)?;
    draft.add(layout::AGENCIES, &serde_json::to_vec_pretty(&names)?)?;
    case.write_forms(&mut draft, &receipts, &names)?;
    let day = clock::legal_date(Clock::system().now()).to_string();
    draft.finish(&bag::info::lines(&case.dossier, &day))?;
    let (items, files, rows) = (case.items.len(), contents.len(), case.rows.len());
    Ok(Written { items, files, bytes, rows })
}

/// What changes whenever something happens in a dossier.
#[derive(PartialEq)]
struct Stand {
    dossier: pb::Dossier,
    items: Vec<pb::Item>,
    /// The hand-overs, without their lines.
    listed: Vec<pb::HandOver>,
}

impl Stand {
    async fn read(mesh: &Mesh, name: &str) -> anyhow::Result<Self> {
        let request = pb::GetDossierRequest { name: name.to_owned() };
        let dossier = called(mesh.evidence().get_dossier(request).await)?.dossier;
        Ok(Self {
            dossier: dossier.context("no dossier in the answer")?,
            items: pages::items(mesh, name).await?,
            listed: pages::hand_overs(mesh, &format!("dossier = \"{name}\"")).await?,
        })
    }
}

/// Reads until nothing happened meanwhile.
async fn settled<T, F>(read: impl Fn() -> F) -> anyhow::Result<T>
where
    F: Future<Output = anyhow::Result<Option<T>>>,
{
    for _ in 0..READS {
        if let Some(whole) = read().await? {
            return Ok(whole);
        }
    }
    bail!(
        "the dossier changed each of the {READS} times that it was read: export it when nobody works \
         on it"
    )
}

/// What the mesh says of a dossier.
struct Case {
    dossier: pb::Dossier,
    items: Vec<pb::Item>,
    chains: Vec<pb::ListCustodyResponse>,
    hand_overs: Vec<pb::HandOver>,
    assessments: Vec<(pb::Use, pb::AssessDossierResponse)>,
    rows: Vec<Row>,
}

impl Case {
    /// Reads it, and looks whether it stayed the same meanwhile: what is told of it is told in many
    /// answers, and the rows come last.
    async fn read(mesh: &Mesh, name: &str) -> anyhow::Result<Option<Self>> {
        let stand = Stand::read(mesh, name).await?;
        let mut chains = Vec::new();
        for item in &stand.items {
            let events = pages::custody(mesh, &item.name).await?;
            chains.push(pb::ListCustodyResponse { events, next_page_token: String::new() });
        }
        let mut hand_overs = Vec::new();
        for listed in &stand.listed {
            let request = pb::GetHandOverRequest { name: listed.name.clone() };
            let one = called(mesh.evidence().get_hand_over(request).await)?.hand_over;
            hand_overs.push(one.context("no hand-over in the answer")?);
        }
        hand_overs.sort_by_key(|one| {
            (one.create_time.map(|at| (at.seconds, at.nanos)), one.name.clone())
        });
        let mut assessments = Vec::new();
        for target in USES {
            let assessments_of = pages::assessments(mesh, name, target).await?;
            let told = pb::AssessDossierResponse {
                assessments: assessments_of,
                next_page_token: String::new(),
            };
            assessments.push((target, told));
        }
        let rows = trace(mesh, name).await?;
        let is_same = Stand::read(mesh, name).await? == stand;
        let Stand { dossier, items, .. } = stand;
        Ok(is_same.then_some(Self { dossier, items, chains, hand_overs, assessments, rows }))
    }

    fn write(&self, draft: &mut Draft, receipts: &[Receipt]) -> anyhow::Result<()> {
        let contract = Contract::load()?;
        let pretty = |json: &serde_json::Value| serde_json::to_vec_pretty(json);
        let json = |name: &str, message: &dyn Told| -> anyhow::Result<Vec<u8>> {
            Ok(pretty(&message.json(&contract, &format!("xiezhi.evidence.v1.{name}"))?)?)
        };
        draft.add(layout::DOSSIER, &json("Dossier", &self.dossier)?)?;
        let items =
            pb::ListItemsResponse { items: self.items.clone(), next_page_token: String::new() };
        draft.add(layout::ITEMS, &json("ListItemsResponse", &items)?)?;
        for (item, chain) in self.items.iter().zip(&self.chains) {
            draft.add(&layout::custody(item.number), &json("ListCustodyResponse", chain)?)?;
        }
        for (number, hand_over) in (1..).zip(&self.hand_overs) {
            draft.add(&layout::hand_over(number), &json("HandOver", hand_over)?)?;
        }
        let mut uses = serde_json::Map::new();
        for (target, assessment) in &self.assessments {
            let told = contract.json("xiezhi.evidence.v1.AssessDossierResponse", assessment)?;
            uses.insert(target.as_str_name().to_owned(), told);
        }
        draft.add(layout::ASSESSMENT, &pretty(&uses.into())?)?;
        let checkpoint = receipts.first().map_or("", |receipt| receipt.checkpoint.as_str());
        draft.add(layout::CHECKPOINT, checkpoint.as_bytes())?;
        for receipt in receipts {
            let path = layout::receipt(&receipt.service, receipt.row_id);
            draft.add(&path, receipt.to_json().as_bytes())?;
        }
        Ok(())
    }

    fn write_forms(
        &self,
        draft: &mut Draft,
        receipts: &[Receipt],
        names: &Names,
    ) -> anyhow::Result<()> {
        let involved = forms::involved_items(&self.dossier, &self.items, names)?;
        draft.add(layout::INVOLVED, &involved)?;
        for (number, hand_over) in (1..).zip(&self.hand_overs) {
            let form = forms::hand_over(hand_over, names)?;
            draft.add(&layout::hand_over_form(number), &form)?;
            if hand_over.state() == pb::HandOverState::Completed {
                let leaf = self.completion(hand_over, receipts)?;
                let form = forms::receipt(hand_over, &leaf, names)?;
                draft.add(&layout::receipt_form(number), &form)?;
            }
        }
        Ok(())
    }

    /// Where the log has the row of a completed hand-over.
    fn completion(&self, of: &pb::HandOver, receipts: &[Receipt]) -> anyhow::Result<Leaf> {
        let row = forms::completion(of, &self.rows);
        let row = row.with_context(|| format!("no row of {}", of.name))?;
        let receipt = receipts.iter().find(|receipt| receipt.row_id == row.id);
        receipt.and_then(Leaf::of).with_context(|| format!("no receipt of row {}", row.id))
    }
}

/// A message that can be told as JSON, whatever its type.
trait Told {
    fn json(&self, contract: &Contract, name: &str) -> anyhow::Result<serde_json::Value>;
}

impl<M: prost::Message> Told for M {
    fn json(&self, contract: &Contract, name: &str) -> anyhow::Result<serde_json::Value> {
        contract.json(name, self)
    }
}

/// The journal rows of a dossier, oldest first.
async fn trace(mesh: &Mesh, dossier: &str) -> anyhow::Result<Vec<Row>> {
    let (mut rows, mut page_token) = (Vec::new(), String::new());
    loop {
        let request =
            pb::ListTraceRequest { dossier: dossier.to_owned(), page_size: PAGE, page_token };
        let page = called(mesh.evidence().list_trace(request).await)?;
        for bytes in page.rows {
            rows.push(row(&bytes)?);
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(rows);
        }
    }
}

/// A row as it was answered. Its service becomes part of a path.
fn row(bytes: &[u8]) -> anyhow::Result<Row> {
    let row = Row::decode(bytes).context("a journal row")?;
    ensure!(row.encode_to_vec() == bytes, "row {} is of a newer version", row.id);
    ensure!(row.service == layout::SERVICE, "row {} is said to be of {:?}", row.id, row.service);
    Ok(row)
}

/// A receipt for each row, all under one checkpoint.
async fn receipts(mesh: &Mesh, rows: &[Row]) -> anyhow::Result<Vec<Receipt>> {
    let last = rows.last().context("the journal has no row of this dossier")?;
    // The last row is in the log when its checkpoint comes, and so are those before it.
    let mut first = proof(mesh, last, 0).await;
    for _ in 1..WAITS {
        if !matches!(&first, Err(error) if error.reason == "NOT_INCLUDED_YET") {
            break;
        }
        first = proof(mesh, last, 0).await;
    }
    let first = first?;
    ensure!(!first.checkpoint.is_empty(), "the log gave no checkpoint");
    let (size, checkpoint) = (first.tree_size, first.checkpoint);
    let mut proofs = BTreeMap::new();
    for rows in rows.chunks(AT_ONCE) {
        let mut asked = JoinSet::new();
        for row in rows {
            let (mesh, row) = (mesh.clone(), row.clone());
            asked.spawn(async move { (row.id, proof(&mesh, &row, size).await) });
        }
        while let Some(answer) = asked.join_next().await {
            let (id, proof) = answer?;
            proofs.insert(id, proof?);
        }
    }
    let receipt = |row: &Row| {
        let proof = proofs.get(&row.id).context("a proof is missing")?;
        let inclusion = proof.proof.iter().map(|hash| {
            let hash = <[u8; 32]>::try_from(hash.as_slice());
            hash.map(Hash).context("a hash of the proof has not 32 bytes")
        });
        Ok(Receipt {
            row: row.encode_to_vec(),
            service: row.service.clone(),
            row_id: row.id,
            leaf_index: u64::try_from(proof.leaf_index)?,
            inclusion: inclusion.collect::<anyhow::Result<_>>()?,
            checkpoint: checkpoint.clone(),
        })
    };
    rows.iter().map(receipt).collect()
}

async fn proof(
    mesh: &Mesh,
    row: &Row,
    tree_size: i64,
) -> Result<log::GetInclusionProofResponse, client::Error> {
    let request = log::GetInclusionProofRequest {
        service: row.service.clone(),
        row_id: row.id,
        tree_size,
        wait_ms: WAIT_MS,
    };
    let answer = mesh.supervision().get_inclusion_proof(request).await;
    Ok(answer.map_err(client::Error::from)?.into_inner())
}

/// What the bodies are called.
async fn names(mesh: &Mesh) -> anyhow::Result<Names> {
    let (mut names, mut page_token) = (Names::new(), String::new());
    loop {
        let request = identity::ListAgenciesRequest { page_size: PAGE, page_token };
        let page = called(mesh.identity().list_agencies(request).await)?;
        names.extend(page.agencies.into_iter().map(|one| (one.code, one.display_name_zh)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(names);
        }
    }
}

/// A bar of bytes.
pub(super) fn bar() -> ProgressBar {
    let template = "{bar:40} {bytes}/{total_bytes}  {bytes_per_sec}  {msg}";
    let style = ProgressStyle::with_template(template);
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Where a bag goes.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(super) by: super::By,
    /// dossiers/…
    pub(super) dossier: String,
    /// The folder to make; nothing must be there yet.
    #[arg(long, short, value_name = "DIR")]
    pub(super) output: PathBuf,
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn a_dossier_that_changes_while_it_is_read_is_read_again_and_not_for_ever() {
        let reads = Cell::new(0);
        let still_after = |quiet: usize| {
            let reads = &reads;
            reads.set(0);
            move || {
                reads.set(reads.get() + 1);
                std::future::ready(Ok((reads.get() >= quiet).then_some("whole")))
            }
        };
        assert_eq!(settled(still_after(3)).await.unwrap(), "whole");
        assert_eq!(reads.get(), 3);
        let told = settled(still_after(READS + 1)).await.unwrap_err().to_string();
        assert!(told.contains("changed each of the 5 times"), "{told}");
        assert_eq!(reads.get(), READS);
    }

    #[test]
    fn a_row_whose_service_would_lead_out_of_the_bag_is_refused() {
        let of = |service: &str| Row { service: service.to_owned(), id: 7, ..Row::default() };
        assert!(row(&of("evidence").encode_to_vec()).is_ok());
        for service in ["../../x", "referral", ""] {
            let told = row(&of(service).encode_to_vec()).unwrap_err().to_string();
            assert!(told.contains("row 7 is said to be of"), "{told}");
        }
    }
}
