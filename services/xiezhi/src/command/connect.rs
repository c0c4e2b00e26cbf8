//! Connects as one workload whose key lies in the data directory.

use std::path::PathBuf;

use anyhow::Context as _;
use client::{Mesh, Options};
use types::{AgencyCode, TrustDomain, Workload};

use crate::{cli::Context, data_dir::DataDir};

/// Connects as the agency with this code.
pub(crate) async fn as_agency(context: &Context, code: &str) -> anyhow::Result<Mesh> {
    let domain = domain(context)?;
    let code = AgencyCode::parse(code).with_context(|| format!("{code} is no agency code"))?;
    connect(context, Workload::agency(&domain, &code)).await
}

/// Connects as the operator.
pub(crate) async fn as_operator(context: &Context) -> anyhow::Result<Mesh> {
    let domain = domain(context)?;
    connect(context, Workload::service(&domain, "operator")).await
}

/// Connects as a service whose key is on this machine.
pub(crate) async fn as_service(context: &Context, name: &str) -> anyhow::Result<Mesh> {
    let domain = domain(context)?;
    connect(context, Workload::service(&domain, name)).await
}

/// The trust bundle that this machine believes.
pub(crate) fn bundle_file(context: &Context) -> PathBuf {
    match context.config.trust_bundle_file.as_str() {
        "" => context.data_dir().join("trust").join("bundle.json"),
        file => file.into(),
    }
}

/// The trust domain of the configuration.
pub(crate) fn domain(context: &Context) -> anyhow::Result<TrustDomain> {
    TrustDomain::parse(&context.config.trust_domain).context("trust_domain is no name")
}

async fn connect(context: &Context, workload: Workload) -> anyhow::Result<Mesh> {
    let dir = DataDir::open(&context.data_dir())?;
    let bundle = bundle_file(context);
    let key = dir.key_file(&workload);
    anyhow::ensure!(
        key.exists(),
        "there is no key of {workload} in {}: `xiezhi keys enrol` makes and enrols one",
        dir.path().display()
    );
    let options = Options::new(context.shared.endpoint.clone(), workload, key, bundle);
    Ok(Mesh::connect(options).await?)
}
