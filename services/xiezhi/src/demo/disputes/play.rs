//! Plays one dispute, call by call, and writes down what came back.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context as _;
use client::{Error, Mesh};
use proto::{arbitration::v1 as pb, catalogue::v1 as catalogue};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{
    expect::{self, Came},
    report::Verdict,
    scenario::{Dispute, Expect, Step},
    take_over,
};
use crate::{
    command::call::sha256,
    demo::{
        replay::{Replay, certificate},
        report::TermSeen,
        world::World,
    },
    out::Contract,
};

/// How long the mesh may take to do what follows from a step: to raise a term, to tell a peer.
const NOTICE: Duration = Duration::from_secs(5);

/// The disputes by the names that the scenarios give them.
pub(super) type Names = BTreeMap<String, String>;

/// One dispute on its way.
pub(super) struct Play<'a> {
    scenario: &'a Dispute,
    case: Option<Replay<'a>>,
    /// disputes/… of its own dispute, once it is open.
    name: Option<String>,
    /// Who reads it at the end.
    applicant: String,
    path: Vec<String>,
    log: Vec<String>,
    refused: Vec<String>,
    faults: Vec<String>,
    /// The terms of the case as they were first looked at.
    terms: Option<Vec<TermSeen>>,
}

impl<'a> Play<'a> {
    pub(super) fn new(scenario: &'a Dispute) -> Self {
        Self {
            scenario,
            case: scenario.case.as_ref().map(Replay::new),
            name: None,
            applicant: String::new(),
            path: Vec::new(),
            log: Vec::new(),
            refused: Vec::new(),
            faults: Vec::new(),
            terms: None,
        }
    }

    /// Takes a step of the case in which the dispute arose.
    pub(super) async fn case(&mut self, world: &World, at: usize) -> anyhow::Result<()> {
        let Some(case) = &mut self.case else { return Ok(()) };
        case.step(world, at).await?;
        let last = self.scenario.case.as_ref().is_some_and(|one| at + 1 == one.steps.len());
        if last { case.end(world).await } else { Ok(()) }
    }

    /// Takes one step; what the mesh refuses is a result, what the file has wrong is an error.
    pub(super) async fn step(
        &mut self,
        world: &World,
        at: usize,
        names: &mut Names,
    ) -> anyhow::Result<()> {
        let scenario = self.scenario;
        let step = &scenario.steps[at];
        let Some(expect) = &step.expect else { return Ok(()) };
        let here = || format!("{} step {} ({})", scenario.id, at + 1, step.what);
        let came = Box::pin(self.take(world, step, expect, names)).await.with_context(here)?;
        let precedent = expect.precedent.as_ref().and_then(|label| names.get(label));
        let precedent = precedent.map(String::as_str);
        let (told, fault) = match &came {
            Ok(came) => {
                let told = came.state.clone().or(came.competent.clone()).unwrap_or_default();
                (told, expect::differs(expect, came, precedent))
            }
            Err(error) => {
                let fault = expect::refused(expect, error, precedent);
                let rule = expect.refused.as_deref().or(expect.refused_code.as_deref());
                if let (None, Some(rule)) = (&fault, rule) {
                    self.refused.push(format!("{} by {} ({rule})", step.what, step.by));
                }
                (format!("{:?} {}", error.code, error.message), fault)
            }
        };
        let when = crate::out::local_time(step.at);
        self.log.push(format!("{when}  {:6} {:18} {told}", step.by, step.what));
        if let Some(fault) = fault {
            let (what, by) = (&step.what, &step.by);
            self.faults.push(format!("step {} {what} by {by}: {fault}", at + 1));
        }
        let own = step.dispute.is_none() && step.opens.is_none();
        if let (Ok(Came { state: Some(state), .. }), true) = (came, own)
            && self.path.last() != Some(&state)
        {
            self.path.push(state);
        }
        Ok(())
    }

    async fn take(
        &mut self,
        world: &World,
        step: &Step,
        expect: &Expect,
        names: &mut Names,
    ) -> anyhow::Result<Result<Came, Error>> {
        let mesh = world.body(&step.by)?;
        let label = step.dispute.as_ref().unwrap_or(&self.scenario.id);
        let named = |names: &Names| {
            names.get(label).cloned().with_context(|| format!("{label} was not opened"))
        };
        match step.what.as_str() {
            "open" => {
                let opened = match self.open(mesh, step).await? {
                    Ok(name) => name,
                    Err(error) => return Ok(Err(error)),
                };
                if step.opens.is_none() {
                    self.name = Some(opened.clone());
                    self.applicant.clone_from(&step.by);
                }
                let label = step.opens.as_ref().unwrap_or(&self.scenario.id);
                names.insert(label.clone(), opened.clone());
                self.look(mesh, &opened, expect).await
            }
            "read" => self.look(mesh, &named(names)?, expect).await,
            "forum" | "suggest" | "resolve" => self.ask(mesh, step).await,
            "terms" => {
                self.terms(world).await?;
                Ok(Ok(Came::default()))
            }
            "take_over" => {
                let name = named(names)?;
                let items = take_over::play(world, step, &name, NOTICE).await?;
                Ok(items.map(|items| Came { items: Some(items), ..Came::default() }))
            }
            _ => match self.on_the_ladder(mesh, step, &named(names)?).await? {
                Ok(()) => self.look(mesh, &named(names)?, expect).await,
                Err(error) => Ok(Err(error)),
            },
        }
    }

    /// Asks what may be asked without a dispute.
    async fn ask(&self, mesh: &Mesh, step: &Step) -> anyhow::Result<Result<Came, Error>> {
        if step.what == "resolve" {
            let request: catalogue::ResolveCompetenceRequest =
                self.message("xiezhi.catalogue.v1.ResolveCompetenceRequest", step, None)?;
            let answer = mesh.catalogue().resolve_competence(request).await;
            return Ok(answer.map_err(Error::from).map(|answer| Came::from(answer.get_ref())));
        }
        if step.what == "suggest" {
            let request: pb::SuggestDecisionRequest =
                self.message("xiezhi.arbitration.v1.SuggestDecisionRequest", step, None)?;
            let answer = mesh.arbitration().suggest_decision(request).await;
            return Ok(answer.map_err(Error::from).map(|answer| Came::from(answer.get_ref())));
        }
        let request: pb::ComputeForumRequest =
            self.message("xiezhi.arbitration.v1.ComputeForumRequest", step, None)?;
        let answer = mesh.arbitration().compute_forum(request).await;
        Ok(answer.map_err(Error::from).map(|answer| {
            let forum = answer.into_inner().forum.unwrap_or_default();
            Came { forum: Some(expect::rungs(&forum)), ..Came::default() }
        }))
    }

    /// A message of the contract from the step's `with`, in which words of enums have no prefix.
    fn message<M: prost::Message + Default>(
        &self,
        name: &str,
        step: &Step,
        wrap: Option<&str>,
    ) -> anyhow::Result<M> {
        let mut with = serde_json::to_value(&step.with)?;
        prefix(&mut with, "kind", "DISPUTE_KIND_");
        prefix(&mut with, "stance", "STANCE_");
        if let Some(position) = with.get_mut("position") {
            prefix(position, "stance", "STANCE_");
        }
        if let Some(docket) = with.pointer_mut("/subject/docket").filter(|one| **one == "case") {
            let named = self.case.as_ref().and_then(Replay::docket);
            *docket = json!(named.context("there is no docket")?);
        }
        let with = wrap.map_or_else(|| with.clone(), |wrap| json!({ wrap: with }));
        Contract::load()?.read(name, with)
    }

    async fn open(&self, mesh: &Mesh, step: &Step) -> anyhow::Result<Result<String, Error>> {
        let mut request: pb::OpenDisputeRequest =
            self.message("xiezhi.arbitration.v1.OpenDisputeRequest", step, None)?;
        request.request_id = client::request_id();
        request.officer = certificate(&step.by, &step.officer)?;
        let answer = mesh.arbitration().open_dispute(request).await.map_err(Error::from);
        Ok(answer.map(|answer| answer.into_inner().dispute.unwrap_or_default().name))
    }

    async fn on_the_ladder(
        &self,
        mesh: &Mesh,
        step: &Step,
        name: &str,
    ) -> anyhow::Result<Result<(), Error>> {
        let mut said: pb::Step =
            self.message("xiezhi.arbitration.v1.Step", step, Some(&step.what))?;
        let read = read(mesh, name).await.ok().and_then(|answer| answer.dispute);
        if let Some(pb::step::Kind::RecordSession(session)) = &mut said.kind {
            session.minutes_sha256 = sha256(session.minutes.as_bytes());
        }
        if let Some(pb::step::Kind::SignSettlement(sign)) = &mut said.kind {
            let offered = read.as_ref().and_then(|dispute| dispute.settlement.clone());
            sign.settlement_sha256 = offered.unwrap_or_default().settlement_sha256;
        }
        let request = pb::TakeStepRequest {
            request_id: client::request_id(),
            name: name.to_owned(),
            // A stranger sees none, and is told that there is nothing.
            etag: read.map_or_else(|| "\"1\"".to_owned(), |dispute| dispute.etag),
            officer: certificate(&step.by, &step.officer)?,
            step: Some(said),
        };
        let answer = mesh.arbitration().take_step(request).await.map_err(Error::from);
        Ok(answer.map(drop))
    }

    /// Reads a dispute until it is as expected: some of it follows a moment later.
    async fn look(
        &self,
        mesh: &Mesh,
        name: &str,
        expect: &Expect,
    ) -> anyhow::Result<Result<Came, Error>> {
        let until = Instant::now() + NOTICE;
        loop {
            let came = match read(mesh, name).await {
                Ok(answer) => Came::from(&answer),
                Err(error) => return Ok(Err(error)),
            };
            if Instant::now() > until || expect::differs(expect, &came, None).is_none() {
                return Ok(Ok(came));
            }
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// The terms of the case: each that was there at the first look ends on the same day (J-05).
    async fn terms(&mut self, world: &World) -> anyhow::Result<()> {
        let case = self.case.as_ref().context("there is no case")?;
        let now = case.all_terms(world).await?;
        let Some(before) = &self.terms else {
            self.terms = Some(now);
            return Ok(());
        };
        for term in before {
            let same = now.iter().any(|one| {
                (&one.leg, &one.rule, one.last_day) == (&term.leg, &term.rule, term.last_day)
            });
            if !same {
                self.faults.push(format!("{} no longer ends on {}", term.rule, term.last_day));
            }
        }
        Ok(())
    }

    /// What there is to say about it, as its applicant sees it.
    pub(super) async fn verdict(mut self, world: &World) -> anyhow::Result<Verdict> {
        let dispute = match &self.name {
            None => None,
            Some(name) => {
                let read = read(world.body(&self.applicant)?, name).await;
                read.map_err(anyhow::Error::from)?.dispute
            }
        };
        match &dispute {
            None => self.faults.push("it was never opened".to_owned()),
            Some(dispute) => self.faults.extend(gaps(dispute)),
        }
        Ok(Verdict {
            id: self.scenario.id.clone(),
            title: self.scenario.title.clone(),
            path: self.path,
            dispute: dispute.unwrap_or_default(),
            refused: self.refused,
            case: self.case.map(|case| case.verdict(None)),
            log: self.log,
            faults: self.faults,
        })
    }
}

/// Reads a dispute as a body sees it.
pub(super) async fn read(mesh: &Mesh, name: &str) -> Result<pb::GetDisputeResponse, Error> {
    let request = pb::GetDisputeRequest { name: name.to_owned() };
    Ok(mesh.arbitration().get_dispute(request).await?.into_inner())
}

fn prefix(value: &mut Value, member: &str, stem: &str) {
    if let Some(word) = value.get(member).and_then(Value::as_str) {
        value[member] = json!(format!("{stem}{word}"));
    }
}

/// Instants at which nobody acted, or two did (J-05).
fn gaps(dispute: &pb::Dispute) -> Vec<String> {
    let spans = &dispute.acting_spans;
    let mut faults = Vec::new();
    let first = spans.first().and_then(|span| span.from_time);
    if first.is_none() || first != dispute.create_time {
        faults.push("nobody acted from the first instant on".to_owned());
    }
    for pair in spans.windows(2) {
        if pair[0].to_time != pair[1].from_time {
            faults.push(format!("{} does not follow {} at once", pair[1].agency, pair[0].agency));
        }
    }
    let last = spans.last();
    if last.is_none_or(|span| span.to_time.is_some() || span.agency != dispute.acting) {
        faults.push(format!("who acts now is not {}", dispute.acting));
    }
    faults
}
