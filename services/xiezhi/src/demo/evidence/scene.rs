//! A step of evidence with everything around it, and the ways in which it ends early.

use client::{Mesh, TransferError};
use serde::de::DeserializeOwned;

use crate::demo::{replay::certificate, scenario::Step, world::World};

/// A step and what it is about.
pub(in crate::demo) struct Scene<'a> {
    pub world: &'a World,
    pub by: &'a str,
    pub step: &'a Step,
    /// Names of the resources, empty when there is none.
    pub docket: &'a str,
    pub leg: &'a str,
}

/// Why a step ends early: the mesh refused it, or the file or the demo has something wrong.
pub(super) enum Halt {
    Refused(client::Error),
    Broken(anyhow::Error),
}

impl<'a> Scene<'a> {
    pub(super) fn mesh(&self) -> anyhow::Result<&'a Mesh> {
        self.world.body(self.by)
    }

    pub(super) fn officer(&self) -> anyhow::Result<String> {
        certificate(self.by, self.step.officer.as_deref().unwrap_or_default())
    }

    pub(super) fn said<T: DeserializeOwned>(&self) -> anyhow::Result<T> {
        Ok(toml::Value::Table(self.step.with.clone()).try_into()?)
    }
}

impl From<tonic::Status> for Halt {
    fn from(status: tonic::Status) -> Self {
        Self::Refused(client::Error::from(status))
    }
}

impl From<anyhow::Error> for Halt {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

impl From<TransferError> for Halt {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Refused(error) => Self::Refused(error),
            error @ (TransferError::File(..)
            | TransferError::Changed(..)
            | TransferError::Damaged { .. }) => Self::Broken(error.into()),
        }
    }
}
