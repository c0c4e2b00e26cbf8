//! What the rules look at beside an item: its dossier, chain and files, and the calendar.

use std::{collections::BTreeMap, sync::Arc};

use chrono::NaiveDate;
use proto::evidence::v1 as pb;
use sea_orm::ConnectionTrait;
use types::AgencyCode;

use super::{convert::word, item_said::fault_of_contents};
use crate::{
    Evidence,
    content::model::Content,
    domain::{
        assessment::Assessment,
        custody::CustodyEvent,
        defect::{Defect, File, Known, Role},
        dossier::Dossier,
        item::Item,
        settings::Settings,
    },
    error::Error,
    events::timestamp,
    store,
};

/// What is known of some items of one dossier.
#[derive(Debug)]
pub(super) struct Grounds {
    dossier: Dossier,
    chains: BTreeMap<String, Vec<CustodyEvent>>,
    contents: Vec<Content>,
    files: BTreeMap<String, Vec<File>>,
    calendar: Arc<clock::Calendar>,
    day: NaiveDate,
    settings: Settings,
}

impl Grounds {
    /// Reads what is known of items that `reader` has read.
    pub(super) async fn read(
        conn: &impl ConnectionTrait,
        reader: &AgencyCode,
        dossier: &str,
        items: &[Item],
        (service, day): (&Evidence, NaiveDate),
    ) -> Result<Self, Error> {
        let names: Vec<String> = items.iter().map(Item::name).collect();
        let contents = store::contents_of(conn, &names).await?;
        let mut files: BTreeMap<String, Vec<File>> = BTreeMap::new();
        for content in &contents {
            files.entry(content.about.parent.clone()).or_default().push(file(content));
        }
        Ok(Self {
            dossier: store::dossier(conn, reader, dossier).await?,
            chains: store::chains(conn, &names).await?,
            contents,
            files,
            calendar: service.calendar.table(),
            day,
            settings: service.settings,
        })
    }

    /// The dossier.
    pub(super) fn dossier(&self) -> &Dossier {
        &self.dossier
    }

    /// The contents of all the items.
    pub(super) fn contents(&self) -> &[Content] {
        &self.contents
    }

    /// What is known of one of the items.
    pub(super) fn of(&self, item: &Item) -> Known<'_> {
        let name = item.name();
        Known {
            dossier: &self.dossier,
            chain: self.chains.get(&name).map_or(&[], Vec::as_slice),
            files: self.files.get(&name).map_or(&[], Vec::as_slice),
            calendar: &self.calendar,
            day: self.day,
            settings: self.settings,
        }
    }

    /// Whether a photograph or a recording is among the contents which a request names.
    pub(super) fn is_pictured(&self, named: &[String]) -> bool {
        let shows = |role| matches!(role, pb::ContentRole::Photo | pb::ContentRole::Video);
        let named = |one: &&Content| named.contains(&one.name);
        self.contents.iter().filter(named).any(|one| shows(one.about.role))
    }

    /// That the contents which a request names are of this item.
    pub(super) fn check_contents(&self, item: &Item, named: &[String]) -> Result<(), Error> {
        let name = item.name();
        let own = self.contents.iter().filter(|one| one.about.parent == name);
        let own: Vec<&str> = own.map(|one| one.name.as_str()).collect();
        fault_of_contents(named, |content| own.contains(&content))
    }
}

fn file(content: &Content) -> File {
    let role = match content.about.role {
        pb::ContentRole::Original => Role::Original,
        pb::ContentRole::Backup => Role::Backup,
        pb::ContentRole::Record => Role::Record,
        pb::ContentRole::SealPhoto => Role::SealPhoto,
        pb::ContentRole::Video => Role::Video,
        pb::ContentRole::Unspecified | pb::ContentRole::Photo => Role::Other,
    };
    File {
        role,
        sha256: content.sha256.clone(),
        sm3: content.sm3.clone(),
        size: content.about.size,
        committed_at: content.committed_at,
        // A key that is not there now is no loss.
        is_damaged: matches!(content.fault.as_str(), "MISSING" | "DAMAGED"),
    }
}

/// An assessment as it is told.
pub(super) fn told(item: &Item, assessment: &Assessment) -> pb::Assessment {
    let class = &assessment.class;
    let conversion = class.conversion.as_str();
    pb::Assessment {
        item: item.name(),
        conversion: word(pb::ConversionClass::from_str_name, "CONVERSION_CLASS_", conversion),
        rule: class.law.rule.to_owned(),
        basis: class.law.basis.to_owned(),
        verified: class.law.verified.to_owned(),
        reason: class.reason.to_owned(),
        defects: assessment.defects.iter().map(defect).collect(),
        usable: assessment.usable,
        recognized: assessment.recognized,
    }
}

/// A defect as it is told.
pub(super) fn defect(defect: &Defect) -> pb::Defect {
    let found = defect.found.as_ref();
    pb::Defect {
        code: defect.code.clone(),
        severity: word(
            pb::DefectSeverity::from_str_name,
            "DEFECT_SEVERITY_",
            defect.severity.as_str(),
        ),
        rule: defect.law.rule.to_owned(),
        basis: defect.law.basis.to_owned(),
        verified: defect.law.verified.to_owned(),
        description: defect.description.clone(),
        cure: defect.cure.to_owned(),
        cured_by: defect.cured_by,
        found_by: found.map(|one| format!("{}: {}", one.agency, one.officer)).unwrap_or_default(),
        found_time: found.map(|one| timestamp(one.at)),
    }
}
