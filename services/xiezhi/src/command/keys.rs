//! `xiezhi keys`: workload keys and the issuer's.

use std::process::ExitCode;

use anyhow::Context as _;
use auth::{WorkloadKey, make_assertion};
use clap::Subcommand;
use client::Mesh;
use clock::Clock;
use proto::identity::v1 as pb;
use types::{AgencyCode, TrustDomain, Workload};

use super::connect;
use crate::{cli::Context, data_dir::DataDir, out};

/// Workload keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make a key for an agency in the data directory, unless there is one, and enrol it.
    Enrol {
        /// Code of the agency, e.g. MKT.
        agency: String,
    },
    /// The keys enrolled for an agency.
    List {
        /// Code of the agency.
        agency: String,
    },
    /// Revoke a key: its tokens stop working within five seconds.
    Revoke {
        /// RFC 7638 thumbprint, as `keys list` prints it.
        thumbprint: String,
        /// Why; kept in the journal.
        #[arg(long)]
        reason: String,
    },
    /// Make a new issuer key; tokens by the old one stay valid for their lifetime.
    Rotate,
    /// Print the trust bundle (JWKS) of this machine, to be handed to others out of band.
    Bundle,
}

pub(crate) async fn keys(context: &Context, command: Keys) -> anyhow::Result<ExitCode> {
    match command {
        Keys::Enrol { agency } => {
            let mesh = connect::as_operator(context).await?;
            let dir = DataDir::open(&context.data_dir())?;
            let key = enrol(&mesh, &dir, &connect::domain(context)?, &agency).await?;
            print(context, &[key])?;
        }
        Keys::List { agency } => {
            let mesh = connect::as_operator(context).await?;
            let code = AgencyCode::parse(&agency).context("no agency code")?;
            let workload = Workload::agency(&connect::domain(context)?, &code).to_string();
            let request =
                pb::ListKeysRequest { workload, page_size: 1000, page_token: String::new() };
            let answer = mesh.identity().list_keys(request).await.map_err(client::Error::from)?;
            print(context, &answer.into_inner().keys)?;
        }
        Keys::Revoke { thumbprint, reason } => {
            let mesh = connect::as_operator(context).await?;
            let request_id = client::request_id();
            let request = pb::RevokeKeyRequest { request_id, thumbprint, reason };
            let answer = mesh.identity().revoke_key(request).await.map_err(client::Error::from)?;
            print(context, answer.into_inner().key.as_slice())?;
        }
        Keys::Rotate => {
            let mesh = connect::as_operator(context).await?;
            let request = pb::RotateIssuerKeyRequest { request_id: client::request_id() };
            let answer = mesh.identity().rotate_issuer_key(request).await;
            let answer = answer.map_err(client::Error::from)?.into_inner();
            if context.shared.json {
                out::json("xiezhi.identity.v1.RotateIssuerKeyResponse", &answer)?;
            } else {
                out::line(format!("new issuer key {}", answer.kid))?;
            }
        }
        Keys::Bundle => {
            let dir = DataDir::open(&context.data_dir())?;
            let file = dir.trust_bundle();
            let text = std::fs::read_to_string(&file);
            out::line(text.with_context(|| format!("{}", file.display()))?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes the key of an agency, unless it is there, and enrols it with proof of possession.
pub(crate) async fn enrol(
    operator: &Mesh,
    dir: &DataDir,
    domain: &TrustDomain,
    agency: &str,
) -> anyhow::Result<pb::Key> {
    let code = AgencyCode::parse(agency).with_context(|| format!("{agency} is no agency code"))?;
    let workload = Workload::agency(domain, &code);
    let key = WorkloadKey::load_or_create(dir.key_file(&workload))?;
    let identity = Workload::service(domain, "identity");
    let request = pb::EnrolKeyRequest {
        request_id: client::request_id(),
        jwk: key.public_jwk().to_string(),
        proof: make_assertion(&key, &workload, &identity, Clock::system().now())
            .map_err(tonic::Status::from)?,
        workload: workload.to_string(),
    };
    let answer = operator.identity().enrol_key(request).await.map_err(client::Error::from)?;
    answer.into_inner().key.context("no key in the answer")
}

fn print(context: &Context, keys: &[pb::Key]) -> anyhow::Result<()> {
    if context.shared.json {
        return keys.iter().try_for_each(|key| out::json("xiezhi.identity.v1.Key", key));
    }
    let mut table = out::table(&["KEY", "WORKLOAD", "ENROLLED", "REVOKED"]);
    for key in keys {
        let (made, ended) = (out::local(key.create_time), out::local(key.revoke_time));
        table.add_row([&key.thumbprint, &key.workload, &made, &ended]);
    }
    out::line(table)
}
