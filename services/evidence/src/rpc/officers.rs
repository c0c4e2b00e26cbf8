//! Whether certificates hold, each on its day; asked of identity before a job, which then fails with
//! the answer: a repeated request gets its first answer all the same.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use proto::identity::v1::Position as PbPosition;
use types::AgencyCode;

use crate::{Evidence, domain::word::Position, error::Error};

/// Certificates to ask about: field and number, by the day.
#[derive(Debug, Default)]
pub(super) struct Officers(BTreeMap<NaiveDate, Vec<(String, String)>>);

/// What each is, by its field.
pub(super) type Positions = BTreeMap<String, Position>;

impl Officers {
    /// The one officer for whom something is done now.
    pub(super) fn one(field: &str, certificate: &str, day: NaiveDate) -> Self {
        let mut officers = Self::default();
        officers.ask(field, certificate, day);
        officers
    }

    /// Adds one.
    pub(super) fn ask(&mut self, field: impl Into<String>, certificate: &str, day: NaiveDate) {
        self.0.entry(day).or_default().push((field.into(), certificate.to_owned()));
    }

    /// What each is at `agency`; every certificate that does not hold on its day is named.
    pub(super) async fn check(
        self,
        service: &Evidence,
        agency: &AgencyCode,
    ) -> Result<Positions, Error> {
        let (mut positions, mut faults) = (Positions::new(), server::Fields::default());
        for (day, asked) in self.0 {
            match service.directory.positions(agency, day, &asked).await {
                Ok(found) => {
                    for ((field, _), position) in asked.into_iter().zip(found) {
                        let fault = "the officer has no position";
                        if let Some(position) = faults.need(position_of(position), &field, fault) {
                            positions.insert(field, position);
                        }
                    }
                }
                Err(directory::Unknown::Fields(violations)) => {
                    violations.iter().for_each(|(field, fault)| faults.fault(field, fault));
                }
                Err(away @ directory::Unknown::Away(_)) => return Err(away.into()),
            }
        }
        faults.done()?;
        Ok(positions)
    }
}

fn position_of(position: PbPosition) -> Option<Position> {
    match position {
        PbPosition::EnforcementOfficer => Some(Position::EnforcementOfficer),
        PbPosition::DeputyHead => Some(Position::DeputyHead),
        PbPosition::PrincipalHead => Some(Position::PrincipalHead),
        PbPosition::ActingHead => Some(Position::ActingHead),
        PbPosition::ChiefProcurator => Some(Position::ChiefProcurator),
        PbPosition::Unspecified => None,
    }
}
