//! The first revision of the example catalogue, published as the county government's announcement.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use client::Mesh;
use proto::catalogue::v1 as pb;
use tokio::time::{Instant, sleep};

use super::import::preview;

/// Whose announcement it is (seed section 1), and by which officer: its principal head.
pub(crate) const PUBLISHER: &str = "GOV-C";
const HEAD: &str = "GOV-C-04";
/// How long the catalogue may take to answer with a new revision.
const NOTICE: Duration = Duration::from_secs(2);

/// Publishes it as the county government, and waits until the catalogue answers with it.
///
/// # Errors
/// It has faults, or the catalogue refuses it, or does not answer.
pub async fn publish_first(mesh: &Mesh) -> anyhow::Result<()> {
    let changes = ::catalogue::data::first()?;
    let seen = preview(mesh, &changes, 0).await?;
    ensure!(seen.faults.is_empty(), "the first revision has faults: {:?}", seen.faults);
    let request = pb::PublishRevisionRequest {
        request_id: client::request_id(),
        changes: Some(changes),
        base_revision: 0,
        preview_sha256: seen.preview_sha256,
        title: "云泽县行政执法事项目录(示例)".to_owned(),
        announcement: "云政告〔示例〕1号".to_owned(),
        officer: HEAD.to_owned(),
    };
    let answer = mesh.catalogue().publish_revision(request).await.map_err(client::Error::from)?;
    let revision = answer.into_inner().revision.context("no revision in the answer")?;
    let until = Instant::now() + NOTICE;
    loop {
        let request = pb::ResolveCompetenceRequest {
            matter: "M001".to_owned(),
            place: "330999".to_owned(),
            ..pb::ResolveCompetenceRequest::default()
        };
        let answer = mesh.catalogue().resolve_competence(request).await;
        if answer.is_ok_and(|answer| answer.into_inner().revision >= revision.number) {
            return Ok(());
        }
        ensure!(Instant::now() < until, "the catalogue does not answer with its revision");
        sleep(Duration::from_millis(5)).await;
    }
}
