//! The evidence of one case as a replay plays it: collected, kept and handed over by the bodies' own
//! keys. What both sides sign takes the step of the referral; nobody takes it by hand.

mod hand_over;
mod scene;

use std::collections::BTreeMap;

use anyhow::Context as _;
use proto::evidence::v1 as pb;
use serde::Deserialize;

use self::scene::Halt;
pub(super) use self::scene::Scene;
use super::{
    replay::{Answer, Came, certificate},
    scenario::Scenario,
    things::{self, Made},
};

/// The steps that record custody.
const CUSTODY: [(&str, pb::CustodyKind); 5] = [
    ("seal", pb::CustodyKind::Sealed),
    ("unseal", pb::CustodyKind::Unsealed),
    ("sample", pb::CustodyKind::Sampled),
    ("test", pb::CustodyKind::Tested),
    ("store", pb::CustodyKind::Stored),
];

/// The evidence of one case on its way.
pub(super) struct Evidence<'a> {
    scenario: &'a Scenario,
    dossier: Option<String>,
    items: BTreeMap<String, Kept>,
    /// What is not where a signed list says.
    faults: Vec<String>,
    /// How many were signed by both sides.
    hand_overs: usize,
}

/// An item that is registered.
struct Kept {
    name: String,
    holder: String,
    stored: bool,
}

/// What the demo made of a case's evidence.
pub(super) struct Collected {
    pub agency: String,
    pub dossier: String,
    pub items: usize,
    pub hand_overs: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CollectSaid {
    items: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CustodySaid {
    item: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    seal_no: String,
    storage_place: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TestingSaid {
    item: String,
    days: i32,
    reason: String,
}

/// Whether a step is one of evidence.
pub(super) fn plays(what: &str) -> bool {
    hands_over(what) || what == "collect" || what == "exclude_testing" || custody(what).is_some()
}

/// Whether it moves the referral.
pub(super) fn hands_over(what: &str) -> bool {
    matches!(what, "hand_over" | "complete_transfer")
}

fn custody(what: &str) -> Option<pb::CustodyKind> {
    CUSTODY.iter().find(|(word, _)| *word == what).map(|(_, kind)| *kind)
}

impl<'a> Evidence<'a> {
    pub(super) fn new(scenario: &'a Scenario) -> Self {
        Self { scenario, dossier: None, items: BTreeMap::new(), faults: Vec::new(), hand_overs: 0 }
    }

    /// Plays a step; what the mesh refuses is a result, what the file has wrong is an error.
    pub(super) async fn play(&mut self, scene: &Scene<'_>) -> anyhow::Result<Answer> {
        let played = match scene.step.what.as_str() {
            "collect" => self.collect(scene).await,
            "exclude_testing" => self.exclude_testing(scene).await,
            what if hands_over(what) => Box::pin(self.hand_over(scene)).await,
            what => self.record(scene, custody(what).context("no step of evidence")?).await,
        };
        match played {
            Ok(came) => Ok(Ok(came)),
            Err(Halt::Refused(error)) => Ok(Err(error)),
            Err(Halt::Broken(error)) => Err(error),
        }
    }

    /// What is to be exported at the end: none when the case handed nothing over.
    pub(super) fn collected(&self) -> Option<Collected> {
        let dossier = self.dossier.clone().filter(|_| self.hand_overs > 0)?;
        Some(Collected {
            agency: self.scenario.agency.clone(),
            dossier,
            items: self.items.len(),
            hand_overs: self.hand_overs,
        })
    }

    /// What went otherwise than the signed lists say.
    pub(super) fn faults(&self) -> &[String] {
        &self.faults
    }

    async fn collect(&mut self, scene: &Scene<'_>) -> Result<Came, Halt> {
        let said: CollectSaid = scene.said()?;
        let codes = said.items.unwrap_or_else(|| self.scenario.codes());
        self.register(scene, &codes).await?;
        Ok(came("HELD"))
    }

    async fn record(&mut self, scene: &Scene<'_>, kind: pb::CustodyKind) -> Result<Came, Halt> {
        let said: CustodySaid = scene.said()?;
        let item = self.item(scene, &said.item).await?;
        let stores = kind == pb::CustodyKind::Stored;
        let place = || said.storage_place.clone().unwrap_or(item.storage_place.clone());
        // Where it is kept, unless the file says another place.
        let here = if said.place.is_empty() { item.storage_place.clone() } else { said.place };
        let request = pb::RecordCustodyRequest {
            request_id: client::request_id(),
            officer: scene.officer()?,
            kind: kind.into(),
            storage_place: if stores { place() } else { String::new() },
            custodian: if stores { certificate(scene.by, "deputy")? } else { String::new() },
            item: item.name,
            etag: item.etag,
            place: here,
            reason: said.reason,
            seal_no: said.seal_no,
            ..pb::RecordCustodyRequest::default()
        };
        let answer = scene.mesh()?.evidence().record_custody(request).await?.into_inner();
        if let Some(kept) = self.items.get_mut(&said.item) {
            kept.stored |= stores;
        }
        Ok(came(&custody_state(&answer.item.unwrap_or_default())))
    }

    async fn exclude_testing(&mut self, scene: &Scene<'_>) -> Result<Came, Halt> {
        let said: TestingSaid = scene.said()?;
        let item = self.item(scene, &said.item).await?;
        let request = pb::ChangeMeasureRequest {
            request_id: client::request_id(),
            item: item.name,
            etag: item.etag,
            officer: scene.officer()?,
            change: pb::MeasureChange::ExcludeTesting.into(),
            reason: said.reason,
            testing_days: said.days,
            ..pb::ChangeMeasureRequest::default()
        };
        let answer = scene.mesh()?.evidence().change_measure(request).await?.into_inner();
        let item = answer.item.unwrap_or_default();
        let until = item.measure.as_ref().map(|measure| measure.end_date.clone());
        Ok(Came { until, ..came(&custody_state(&item)) })
    }

    /// Registers and stores what is not yet.
    async fn prepare(&mut self, scene: &Scene<'_>, codes: &[String]) -> Result<(), Halt> {
        self.register(scene, codes).await?;
        for code in codes {
            let Some(kept) = self.items.get_mut(code).filter(|kept| !kept.stored) else { continue };
            let request = pb::GetItemRequest { name: kept.name.clone() };
            let mesh = scene.mesh()?;
            let item =
                mesh.evidence().get_item(request).await?.into_inner().item.unwrap_or_default();
            let request = pb::RecordCustodyRequest {
                request_id: client::request_id(),
                item: item.name,
                etag: item.etag,
                officer: scene.officer()?,
                kind: pb::CustodyKind::Stored.into(),
                custodian: certificate(scene.by, "deputy")?,
                place: item.storage_place.clone(),
                storage_place: item.storage_place,
                ..pb::RecordCustodyRequest::default()
            };
            mesh.evidence().record_custody(request).await?;
            kept.stored = true;
        }
        Ok(())
    }

    /// Registers what is not yet, each with its files, in the order of the sheet.
    async fn register(&mut self, scene: &Scene<'_>, codes: &[String]) -> Result<(), Halt> {
        let dossier = self.open(scene).await?;
        let mesh = scene.mesh()?;
        for code in codes {
            if self.items.contains_key(code) {
                continue;
            }
            let Made { item, files } = things::make(self.scenario, code, scene.by)?;
            let request = pb::AddItemRequest {
                request_id: client::request_id(),
                dossier: dossier.clone(),
                item: Some(item),
                officer: scene.officer()?,
            };
            let added = mesh.evidence().add_item(request).await?.into_inner();
            let name = added.item.unwrap_or_default().name;
            for file in files {
                upload(scene, self.scenario, &name, file).await?;
            }
            let kept = Kept { name, holder: scene.by.to_owned(), stored: false };
            self.items.insert(code.clone(), kept);
        }
        Ok(())
    }

    /// The dossier of the case; opened when it is first needed.
    async fn open(&mut self, scene: &Scene<'_>) -> Result<String, Halt> {
        if let Some(dossier) = &self.dossier {
            return Ok(dossier.clone());
        }
        let scenario = self.scenario;
        let report = scenario.documents.iter().find(|paper| paper.code == "REFERRAL_REPORT");
        let case_no = report.and_then(|paper| paper.fields.get("case_id"));
        let request = pb::OpenDossierRequest {
            request_id: client::request_id(),
            title: scenario.title.clone(),
            case_no: case_no.unwrap_or(&scenario.id).clone(),
            docket: scene.docket.to_owned(),
            investigators: self.investigators(scene.by)?,
            officer: scene.officer()?,
        };
        let answer = scene.mesh()?.evidence().open_dossier(request).await?.into_inner();
        let name = answer.dossier.unwrap_or_default().name;
        self.dossier = Some(name.clone());
        Ok(name)
    }

    /// The officers of the team.
    fn investigators(&self, by: &str) -> anyhow::Result<Vec<String>> {
        let team = self.scenario.steps.iter().find(|step| step.what == "appoint_team");
        let team = team.and_then(|step| step.with.get("officers")?.as_array());
        let roles = team.into_iter().flatten().filter_map(|role| role.as_str());
        roles.map(|role| certificate(by, role)).collect()
    }

    /// An item as it stands.
    async fn item(&self, scene: &Scene<'_>, code: &str) -> Result<pb::Item, Halt> {
        let request = pb::GetItemRequest { name: self.name(code)? };
        let answer = scene.mesh()?.evidence().get_item(request).await?;
        Ok(answer.into_inner().item.unwrap_or_default())
    }

    fn name(&self, code: &str) -> anyhow::Result<String> {
        let kept = self.items.get(code).with_context(|| format!("{code} was not collected"))?;
        Ok(kept.name.clone())
    }
}

/// Writes a file and sends it, as anybody would.
async fn upload(
    scene: &Scene<'_>,
    scenario: &Scenario,
    item: &str,
    file: things::File,
) -> Result<(), Halt> {
    let folder = scene.world.data.join("made").join(&scenario.id);
    std::fs::create_dir_all(&folder).with_context(|| format!("{}", folder.display()))?;
    let path = folder.join(&file.name);
    std::fs::write(&path, &file.bytes).with_context(|| format!("{}", path.display()))?;
    let request = pb::BeginUploadRequest {
        parent: item.to_owned(),
        file_name: file.name,
        role: file.role.into(),
        media_type: file.media_type.to_owned(),
        officer: scene.officer()?,
        ..pb::BeginUploadRequest::default()
    };
    client::upload(scene.mesh()?, request, &path, &|_| {}).await?;
    Ok(())
}

fn came(state: &str) -> Came {
    Came { state: state.to_owned(), ..Came::default() }
}

fn custody_state(item: &pb::Item) -> String {
    let state = item.custody.as_ref().map_or(pb::CustodyState::Unspecified, pb::Custody::state);
    state.as_str_name().trim_start_matches("CUSTODY_STATE_").to_owned()
}
