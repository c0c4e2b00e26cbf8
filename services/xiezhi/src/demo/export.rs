//! What a case ends with when it handed evidence over: its dossier as a bag, written by the body that
//! opened it, and proven with the trust bundle alone.

use std::{fmt, path::Path, sync::Arc};

use anyhow::{Context as _, ensure};
use auth::Trust;
use client::Mesh;
use indicatif::ProgressBar;
use tlog::Vkey;
use tokio::{sync::Semaphore, task::JoinSet};

use super::{
    evidence::Collected,
    replay::Replay,
    scenario::Scenario,
    world::{World, trust_domain},
};
use crate::{bag, command::evidence::export, data_dir::DataDir};

/// Exports made at once.
const AT_ONCE: usize = 4;

/// An export, and how it stood up to the verification.
#[derive(Debug)]
pub(super) struct Exported {
    pub items: usize,
    pub hand_overs: usize,
    /// Where it is.
    pub folder: String,
    /// What is wrong with it; none when it is verified.
    pub fault: Option<String>,
}

impl fmt::Display for Exported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { items, hand_overs, .. } = self;
        let export = if self.fault.is_none() { "export verified" } else { "EXPORT NOT VERIFIED" };
        write!(f, "{items} items, {hand_overs} hand-overs, {export}")
    }
}

/// Exports the evidence of every case that handed some over, in the order of the cases.
pub(super) async fn all(
    world: &World,
    scenarios: &[Scenario],
    replays: &[Replay<'_>],
    bar: &ProgressBar,
) -> anyhow::Result<Vec<Option<Exported>>> {
    let bundle = DataDir::open(&world.data)?.trust_bundle();
    let bundle = std::fs::read_to_string(&bundle)
        .with_context(|| format!("trust bundle {}", bundle.display()))?;
    let trust = Trust::parse(&trust_domain()?, &bundle)?;
    let vkeys = tlog::trusted_vkeys(&bundle)?;
    let folder = world.data.join("exports");
    std::fs::create_dir_all(&folder).with_context(|| format!("{}", folder.display()))?;
    let cases: Vec<Option<Collected>> = replays.iter().map(Replay::collected).collect();
    bar.inc_length(u64::try_from(cases.iter().flatten().count()).unwrap_or_default());
    let mut exported: Vec<Option<Exported>> = cases.iter().map(|_| None).collect();
    let (mut proving, turns) = (JoinSet::new(), Arc::new(Semaphore::new(AT_ONCE)));
    for (at, (scenario, collected)) in scenarios.iter().zip(cases).enumerate() {
        let Some(collected) = collected else { continue };
        let (mesh, dir) = (world.body(&collected.agency)?.clone(), folder.join(&scenario.id));
        let (trust, vkeys, turns) = (trust.clone(), vkeys.clone(), Arc::clone(&turns));
        proving.spawn(async move {
            let _turn = turns.acquire().await;
            let proven = prove(&mesh, &collected, &dir, (trust, vkeys)).await;
            let exported = Exported {
                items: collected.items,
                hand_overs: collected.hand_overs,
                folder: dir.display().to_string(),
                fault: proven.err().map(|error| format!("export: {error:#}")),
            };
            (at, exported)
        });
    }
    bar.set_message("exports");
    while let Some(proven) = proving.join_next().await {
        let (at, one) = proven.context("an export")?;
        exported[at] = Some(one);
        bar.inc(1);
    }
    Ok(exported)
}

/// Writes the bag and reads it back as anybody would who trusts the domain.
async fn prove(
    mesh: &Mesh,
    collected: &Collected,
    dir: &Path,
    (trust, vkeys): (Trust, Vec<Vkey>),
) -> anyhow::Result<()> {
    export::write(mesh, &collected.dossier, dir, &ProgressBar::hidden()).await?;
    let folder = dir.to_owned();
    let verifying = tokio::task::spawn_blocking(move || bag::verify(&folder, &trust, &vkeys));
    let proven = verifying.await.context("the verification")?.map_err(anyhow::Error::msg)?;
    let wanted = (&collected.dossier, collected.items, collected.hand_overs);
    let found = (&proven.dossier, proven.items, proven.hand_overs);
    ensure!(found == wanted, "the bag proves {found:?}; the case has {wanted:?}");
    Ok(())
}
