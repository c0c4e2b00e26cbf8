//! `xiezhi serve`.

use std::{net::SocketAddr, process::ExitCode};

use anyhow::ensure;
use clap::Args;
use clock::Clock;
use server::telemetry::{self, Format};

use crate::{
    cli::Context,
    mesh::{self, Options, SERVICES},
};

/// Serves until SIGINT or SIGTERM, then lets running calls finish.
#[derive(Debug, Args)]
#[command(after_help = "Each service reads its own options from the environment, \
    e.g. REFERRAL__DB__URL=postgres://…; every option stands in services/*/config.toml.\n\
    `serve all` needs nothing: SQLite and keys are made in the data directory.")]
pub(crate) struct Serve {
    /// `all`, or names of services: identity, catalogue, referral, evidence, arbitration,
    /// operations, supervision.
    #[arg(required = true, value_name = "SERVICE")]
    services: Vec<String>,
    /// Where to serve [default: 127.0.0.1:7000].
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

pub(crate) async fn serve(context: &Context, command: Serve) -> anyhow::Result<ExitCode> {
    let config = &context.config;
    let format = if config.log.format == "text" { Format::Text } else { Format::Json };
    telemetry::start(&config.log.level, format);
    let services = match command.services.as_slice() {
        [one] if one == "all" => SERVICES.iter().map(|name| (*name).to_owned()).collect(),
        names => names.to_vec(),
    };
    for name in &services {
        ensure!(
            SERVICES.contains(&name.as_str()),
            "{name} is no service: all, or of {}",
            SERVICES.join(", ")
        );
    }
    let text = |value: &str| (!value.is_empty()).then(|| value.to_owned());
    let running = mesh::start(Options {
        services: services.clone(),
        listen: context.listen(command.listen),
        data_dir: context.data_dir(),
        trust_domain: config.trust_domain.clone(),
        peers: config.peers.clone(),
        trust_bundle_file: text(&config.trust_bundle_file).map(Into::into),
        clock: Clock::system(),
        tick_ms: None,
    })
    .await?;
    tracing::info!(server.address = %running.address, services = services.join(","), "serving");
    stop_on_signal(&running.stop)?;
    running.finished().await?;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Stops the mesh on SIGINT and SIGTERM.
pub(crate) fn stop_on_signal(stop: &server::Stop) -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    let signalled = stop.clone();
    stop.spawn("signals", async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
            () = signalled.signalled() => {}
        }
        signalled.now();
        Ok(())
    });
    Ok(())
}
