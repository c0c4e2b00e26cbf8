//! Plays one scenario, call by call, and writes down what came back.

mod compare;

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context as _;
use client::Mesh;
use proto::referral::v1 as pb;
use serde_json::json;
use tokio::time::{Instant, sleep};

use self::compare::{differs, unmatched};
use super::{
    evidence::{self, Collected, Evidence, Scene},
    export::Exported,
    report::{TermSeen, Verdict},
    scenario::{Scenario, Step},
    world::World,
};
use crate::out::Contract;

/// How long the clocks of the mesh may take to notice what the demo's clock says.
const NOTICE: Duration = Duration::from_secs(3);

/// One scenario on its way.
pub(super) struct Replay<'a> {
    scenario: &'a Scenario,
    docket: Option<pb::Docket>,
    legs: BTreeMap<String, Opened>,
    evidence: Evidence<'a>,
    path: Vec<String>,
    log: Vec<String>,
    terms: Vec<TermSeen>,
    faults: Vec<String>,
}

/// A leg, and the body that opened it.
struct Opened {
    referral: pb::Referral,
    by: String,
}

/// What a call came back with.
#[derive(Default)]
pub(super) struct Came {
    pub state: String,
    pub suggests: Vec<String>,
    pub missing: Vec<String>,
    /// The last day of the item's measure.
    pub until: Option<String>,
}

pub(super) type Answer = Result<Came, client::Error>;

impl<'a> Replay<'a> {
    pub(super) fn new(scenario: &'a Scenario) -> Self {
        Self {
            scenario,
            docket: None,
            legs: BTreeMap::new(),
            evidence: Evidence::new(scenario),
            path: Vec::new(),
            log: Vec::new(),
            terms: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Takes one step; what the mesh refuses is a result, what the file has wrong is an error.
    pub(super) async fn step(&mut self, world: &World, at: usize) -> anyhow::Result<()> {
        let scenario = self.scenario;
        let step = &scenario.steps[at];
        let Some(expect) = &step.expect else { return Ok(()) };
        let here = || format!("{} step {} ({})", scenario.id, at + 1, step.what);
        let by = step.by.as_deref().unwrap_or(&scenario.agency);
        let mesh = world.body(by)?;
        let answer = match step.what.as_str() {
            "open_docket" => self.open_docket(mesh, by, step).await,
            "close_docket" => self.close_docket(mesh, by, step).await,
            "open_referral" => self.open_referral(mesh, by, step).await,
            "get" => self.get(mesh, step).await,
            what if evidence::plays(what) => self.play_evidence(world, by, step).await,
            _ => self.take(mesh, by, step).await,
        };
        let answer = answer.with_context(here)?;
        let when = crate::out::local_time(step.at);
        let told = match &answer {
            Ok(came) => came.state.clone(),
            Err(error) => format!("{:?} {}", error.code, error.message),
        };
        self.log.push(format!("{when}  {by:4} {:26} {told}", step.what));
        if let Some(fault) = differs(expect, &answer) {
            self.faults.push(format!("step {} {} by {by}: {fault}", at + 1, step.what));
        }
        // The path is that of the case: a supervision goes beside it.
        let onward = match step.what.as_str() {
            "open_docket" | "get" => false,
            "open_referral" => opens(step) != "supervision",
            "close_docket" => true,
            what if evidence::plays(what) && !evidence::hands_over(what) => false,
            _ => step.leg.as_deref() != Some("supervision"),
        };
        if let (Ok(came), true) = (answer, onward) {
            self.pass(came.state);
        }
        Ok(())
    }

    /// Notes the states the case goes through.
    fn pass(&mut self, state: String) {
        if self.path.last() != Some(&state) {
            self.path.push(state);
        }
    }

    async fn open_docket(&mut self, mesh: &Mesh, by: &str, step: &Step) -> anyhow::Result<Answer> {
        let mut with = serde_json::to_value(&step.with)?;
        if let Some(penalties) = with["earlier_penalties"].as_array_mut() {
            for one in penalties {
                let kind = one["kind"].as_str().unwrap_or_default();
                one["kind"] = json!(format!("PENALTY_KIND_{kind}"));
            }
        }
        let mut request: pb::OpenDocketRequest =
            Contract::load()?.read("xiezhi.referral.v1.OpenDocketRequest", with)?;
        let scenario = self.scenario;
        request.request_id = client::request_id();
        request.title = scenario.title.clone();
        request.sector = scenario.sector.clone();
        request.matter = scenario.matter.clone();
        request.facts = scenario.facts.clone();
        request.officer = officer(by, step)?;
        let answer = mesh.referral().open_docket(request).await;
        Ok(answer.map_err(client::Error::from).map(|answer| {
            let docket = answer.into_inner().docket.unwrap_or_default();
            let suggests = docket.suggestions.iter().map(|one| one.threshold.clone());
            let suggests = suggests.collect();
            let came = Came { state: docket_state(&docket), suggests, ..Came::default() };
            self.docket = Some(docket);
            came
        }))
    }

    async fn close_docket(&mut self, mesh: &Mesh, by: &str, step: &Step) -> anyhow::Result<Answer> {
        let docket = self.docket.as_ref().context("there is no docket")?;
        let name = docket.name.clone();
        // A penalty that was recorded since has changed it.
        let read = mesh.referral().get_docket(pb::GetDocketRequest { name: name.clone() }).await;
        let read = read.ok().and_then(|answer| answer.into_inner().docket);
        let request = pb::CloseDocketRequest {
            request_id: client::request_id(),
            name,
            etag: read.map_or_else(|| docket.etag.clone(), |docket| docket.etag),
            reason: step.with.get("reason").and_then(|r| r.as_str()).unwrap_or("").to_owned(),
            officer: officer(by, step)?,
        };
        let answer = mesh.referral().close_docket(request).await;
        Ok(answer.map_err(client::Error::from).map(|answer| {
            let docket = answer.into_inner().docket.unwrap_or_default();
            let came = Came { state: docket_state(&docket), ..Came::default() };
            self.docket = Some(docket);
            came
        }))
    }

    async fn open_referral(
        &mut self,
        mesh: &Mesh,
        by: &str,
        step: &Step,
    ) -> anyhow::Result<Answer> {
        let mut with = serde_json::to_value(&step.with)?;
        if let Some(parent) = with.get("parent").and_then(|parent| parent.as_str()) {
            with["parent"] = json!(self.leg(parent)?.name);
        }
        let mut request: pb::OpenReferralRequest =
            Contract::load()?.read("xiezhi.referral.v1.OpenReferralRequest", with)?;
        request.request_id = client::request_id();
        request.docket = self.docket.as_ref().map(|one| one.name.clone()).unwrap_or_default();
        request.officer = officer(by, step)?;
        request.documents = self.papers(step)?;
        if request.procedure.is_empty() {
            request.procedure = "CRIMINAL_REFERRAL".to_owned();
        }
        let answer = mesh.referral().open_referral(request).await;
        Ok(answer.map_err(client::Error::from).map(|answer| {
            let referral = answer.into_inner().referral.unwrap_or_default();
            let came = Came { state: referral.state.clone(), ..Came::default() };
            self.legs.insert(opens(step), Opened { referral, by: by.to_owned() });
            came
        }))
    }

    async fn get(&mut self, mesh: &Mesh, step: &Step) -> anyhow::Result<Answer> {
        let name = self.leg(step.leg.as_deref().unwrap_or("main"))?.name.clone();
        let answer = mesh.referral().get_referral(pb::GetReferralRequest { name }).await;
        Ok(answer.map_err(client::Error::from).map(|answer| {
            let referral = answer.into_inner().referral.unwrap_or_default();
            Came { state: referral.state, missing: referral.missing_documents, ..Came::default() }
        }))
    }

    async fn play_evidence(
        &mut self,
        world: &World,
        by: &str,
        step: &Step,
    ) -> anyhow::Result<Answer> {
        let docket = self.docket.as_ref().map_or("", |docket| &docket.name);
        let leg = self.legs.get(step.leg.as_deref().unwrap_or("main"));
        let leg = leg.map_or("", |leg| &leg.referral.name);
        self.evidence.play(&Scene { world, by, step, docket, leg }).await
    }

    async fn take(&mut self, mesh: &Mesh, by: &str, step: &Step) -> anyhow::Result<Answer> {
        let leg_name = step.leg.as_deref().unwrap_or("main");
        let name = self.leg(leg_name)?.name.clone();
        let mut with = serde_json::to_value(&step.with)?;
        if step.what == "appoint_team" {
            let team = step.with.get("officers").and_then(|team| team.as_array());
            let team = team.into_iter().flatten().filter_map(|role| role.as_str());
            let team: anyhow::Result<Vec<String>> =
                team.map(|role| certificate(by, role)).collect();
            with["officers"] = json!(team?);
        }
        if let Some(answered) = with.get("referral").and_then(|leg| leg.as_str()) {
            with["referral"] = json!(self.leg(answered)?.name);
        }
        let contract = Contract::load()?;
        let payload = json!({ &step.what: with });
        let payload: pb::Step = contract.read("xiezhi.referral.v1.Step", payload)?;
        let request = pb::TakeStepRequest {
            request_id: client::request_id(),
            etag: etag(mesh, &name).await.unwrap_or_else(|| "\"1\"".to_owned()),
            officer: officer(by, step)?,
            documents: self.papers(step)?,
            step: Some(payload),
            name,
        };
        let answer = mesh.referral().take_step(request).await;
        Ok(answer.map_err(client::Error::from).map(|answer| {
            let answer = answer.into_inner();
            let referral = answer.referral.unwrap_or_default();
            let missing = referral.missing_documents.clone();
            let came = Came { state: referral.state.clone(), missing, ..Came::default() };
            if !answer.opened_referral.is_empty() {
                let referral =
                    pb::Referral { name: answer.opened_referral, ..pb::Referral::default() };
                self.legs.insert(opens(step), Opened { referral, by: by.to_owned() });
            }
            if let Some(leg) = self.legs.get_mut(leg_name) {
                leg.referral = referral;
            }
            came
        }))
    }

    /// Checks the end of the case: its states, and each term.
    pub(super) async fn end(&mut self, world: &World) -> anyhow::Result<()> {
        let wanted = &self.scenario.expected;
        let docket = self.docket.as_ref().map(docket_state);
        if wanted.docket.is_some() && wanted.docket != docket {
            self.faults.push(format!("docket is {docket:?}, not {:?}", wanted.docket));
        }
        let mut states = wanted.legs.clone();
        states.extend(wanted.state.clone().map(|state| ("main".to_owned(), state)));
        states.extend(wanted.supervision.clone().map(|state| ("supervision".to_owned(), state)));
        let mut names: Vec<String> = self.legs.keys().chain(states.keys()).cloned().collect();
        names.sort();
        names.dedup();
        for name in names {
            let found = self.look(world, &name).await?.map(|leg| leg.state);
            let state = states.get(&name);
            // A supervision may have moved the case on, as long as nothing followed from it.
            if let (Some(state), "main", 1) = (&found, name.as_str(), self.onward()) {
                self.pass(state.clone());
            }
            if found.as_ref() != state {
                self.faults.push(format!("{name} ends in {found:?}, not {state:?}"));
            }
        }
        self.check_terms(world).await
    }

    /// How many legs go onward, beside a supervision.
    fn onward(&self) -> usize {
        self.legs.keys().filter(|name| *name != "supervision").count()
    }

    /// Name of the docket, once it is open.
    pub(super) fn docket(&self) -> Option<&str> {
        self.docket.as_ref().map(|docket| docket.name.as_str())
    }

    /// Every term of the case as it stands.
    pub(super) async fn all_terms(&self, world: &World) -> anyhow::Result<Vec<TermSeen>> {
        let mut seen = Vec::new();
        for name in self.legs.keys() {
            seen.extend(self.terms_of(world, name).await?);
        }
        Ok(seen)
    }

    /// Every term of the case, kept or missed, against what the scenario says. The clocks of the
    /// mesh look every few milliseconds: give them a moment to notice what time it is.
    async fn check_terms(&mut self, world: &World) -> anyhow::Result<()> {
        let until = Instant::now() + NOTICE;
        loop {
            let mut seen = self.all_terms(world).await?;
            let faults = unmatched(&self.scenario.terms, &mut seen);
            if faults.is_empty() || Instant::now() > until {
                self.faults.extend(faults);
                self.terms = seen;
                return Ok(());
            }
            sleep(Duration::from_millis(10)).await;
        }
    }

    async fn terms_of(&self, world: &World, leg: &str) -> anyhow::Result<Vec<TermSeen>> {
        let Some(answer) = self.read(world, leg).await? else { return Ok(Vec::new()) };
        Ok(answer.terms.into_iter().map(|term| TermSeen::new(leg, term)).collect())
    }

    async fn look(&self, world: &World, leg: &str) -> anyhow::Result<Option<pb::Referral>> {
        Ok(self.read(world, leg).await?.and_then(|answer| answer.referral))
    }

    /// Reads a leg as the body that opened it.
    async fn read(
        &self,
        world: &World,
        leg: &str,
    ) -> anyhow::Result<Option<pb::GetReferralResponse>> {
        let Some(Opened { referral, by }) = self.legs.get(leg) else { return Ok(None) };
        let owner = world.body(by)?;
        let request = pb::GetReferralRequest { name: referral.name.clone() };
        let answer = owner.referral().get_referral(request).await.map_err(client::Error::from)?;
        Ok(Some(answer.into_inner()))
    }

    fn leg(&self, name: &str) -> anyhow::Result<&pb::Referral> {
        let leg = self.legs.get(name).map(|leg| &leg.referral);
        leg.with_context(|| format!("the leg {name} was not opened"))
    }

    fn papers(&self, step: &Step) -> anyhow::Result<Vec<pb::Document>> {
        let papers = step.documents.iter().map(|key| {
            let paper = self.scenario.paper(key).with_context(|| format!("no document {key}"))?;
            let lines = paper.lines.iter().cloned().map(|fields| pb::DocumentLine { fields });
            Ok(pb::Document {
                code: paper.code.clone(),
                fields: paper.fields.clone(),
                lines: lines.collect(),
                sha256: paper.sha256.clone(),
            })
        });
        papers.collect()
    }

    /// The evidence of the case, when some was handed over.
    pub(super) fn collected(&self) -> Option<Collected> {
        self.evidence.collected()
    }

    /// What there is to say about the case, and about the export of its evidence.
    pub(super) fn verdict(mut self, exported: Option<Exported>) -> Verdict {
        let waiting = self.scenario.waiting.iter();
        let competence = self.docket.as_ref().and_then(|docket| docket.competence.clone());
        self.faults.extend_from_slice(self.evidence.faults());
        self.faults.extend(exported.iter().filter_map(|one| one.fault.clone()));
        Verdict {
            id: self.scenario.id.clone(),
            title: self.scenario.title.clone(),
            path: self.path,
            matter: self.scenario.matter.clone(),
            competence,
            terms: self.terms,
            waiting: waiting.map(|one| (one.procedure.clone(), one.what.clone())).collect(),
            evidence: exported,
            log: self.log,
            faults: self.faults,
        }
    }
}

/// The name of the leg that a step opens.
fn opens(step: &Step) -> String {
    let procedure = step.with.get("procedure").and_then(|procedure| procedure.as_str());
    let name = match (step.what.as_str(), procedure) {
        ("open_referral", None | Some("CRIMINAL_REFERRAL")) => "main",
        ("open_referral", Some("PROSECUTION_REVIEW")) | ("send_for_prosecution", _) => "review",
        ("prosecute", _) => "trial",
        ("open_referral", Some("REVERSE_REFERRAL"))
        | ("not_prosecute" | "return_file" | "transfer_for_penalty", _) => "reverse",
        ("open_referral", Some("COURT_ENFORCEMENT")) => "enforcement",
        ("open_referral", Some("DUTY_CRIME_LEAD")) => "lead",
        ("open_referral", Some("JUDICIAL_ADVICE")) => "advice",
        ("revoke_non_prosecution", _) => "second-review",
        _ => "supervision",
    };
    step.opens.clone().unwrap_or_else(|| name.to_owned())
}

/// The etag a body sees; none when it sees nothing.
async fn etag(mesh: &Mesh, name: &str) -> Option<String> {
    let request = pb::GetReferralRequest { name: name.to_owned() };
    let answer = mesh.referral().get_referral(request).await.ok()?;
    Some(answer.into_inner().referral?.etag)
}

fn docket_state(docket: &pb::Docket) -> String {
    docket.state().as_str_name().trim_start_matches("DOCKET_STATE_").to_owned()
}

fn officer(by: &str, step: &Step) -> anyhow::Result<String> {
    certificate(by, step.officer.as_deref().unwrap_or_default())
}

/// The certificate number of a role.
pub(super) fn certificate(by: &str, role: &str) -> anyhow::Result<String> {
    let number = match role {
        "officer1" => "01",
        "officer2" => "02",
        "deputy" => "03",
        "head" => "04",
        "acting_head" => "05",
        "chief" => "09",
        _ => anyhow::bail!("{role} is no role of an officer"),
    };
    Ok(format!("{by}-{number}"))
}
