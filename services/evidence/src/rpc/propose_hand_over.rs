//! Proposes to hand items over: the giver's list.

use command::{Written, once};
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use proto::{evidence::v1 as pb, referral::v1::GetHandOverDutyRequest};
use sea_orm::DatabaseTransaction;
use server::Violations;
use tonic::Code;
use types::AgencyCode;

use super::{Call, hand_over_said as said};
use crate::{
    Evidence,
    domain::{
        dossier::Dossier,
        hand_over::{HandOver, ORDERED, Proposal, T_21},
        refusal::Refusal,
        word::Purpose,
    },
    error::Error,
    sheet, store,
};

pub(super) async fn propose_hand_over(
    service: &Evidence,
    call: Call,
    request: pb::ProposeHandOverRequest,
) -> Result<pb::ProposeHandOverResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    let proposal = said::proposal(&mut fields, &call.agency, &request, now);
    fields.done()?;
    let Some(proposal) = proposal else { return Err(Error::Corrupt("proposal")) };
    let allowed = allowed(service, &call, &proposal, now).await;

    let command = call.command(request.request_id, "ProposeHandOver", now);
    let (dossier, items) = (request.dossier, request.items);
    once(&service.db, command, move |tx| {
        Box::pin(async move {
            let dossier = store::dossier(tx, &proposal.giver, &dossier).await?;
            allowed?.fits(&dossier)?;
            write(tx, proposal, &dossier, &items, now).await
        })
    })
    .await
}

async fn write(
    tx: &DatabaseTransaction,
    proposal: Proposal,
    dossier: &Dossier,
    names: &[String],
    now: DateTime<Utc>,
) -> Result<Written<pb::ProposeHandOverResponse>, Error> {
    let dossier_name = store::dossier_name(dossier.id);
    // Nobody takes back meanwhile what this offer shows: see `hide_unaccepted`.
    store::lock(tx, &dossier_name).await?;
    if proposal.purpose == Purpose::Dispute {
        ordered(tx, &proposal).await?.fits(dossier)?;
    }
    let items = said::items_of_list(tx, &proposal.giver, names).await?;
    let mut contents: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for content in store::contents_of(tx, names).await? {
        contents.entry(content.about.parent).or_default().push(content.sha256);
    }
    if proposal.purpose == Purpose::Return {
        let chains = store::chains(tx, names).await?;
        proposal
            .may_return(&items, &chains)
            .map_err(|refusal| Error::refused(refusal, &dossier_name))?;
    }
    let hand_over = proposal
        .list(dossier, &items, &contents, now)
        .map_err(|refusal| Error::refused(refusal, &dossier_name))?;
    said::check_length(&hand_over)?;
    completes(tx, &hand_over).await?;
    said::save(tx, &items, &hand_over.listed(&items, now)).await?;
    store::insert_hand_over(tx, &hand_over).await?;
    store::show(tx, &said::seen(&hand_over)).await?;
    let message = sheet::message(&hand_over);
    let doer = (&hand_over.giver, hand_over.giver_officer.as_str());
    let kind = "evidence.hand_over_proposed.v1";
    let entries = vec![said::entry(kind, &hand_over, doer, now, &message)];
    Ok(Written { response: pb::ProposeHandOverResponse { hand_over: Some(message) }, entries })
}

/// That a list without items completes something: an earlier list of the same referral.
async fn completes(tx: &DatabaseTransaction, hand_over: &HandOver) -> Result<(), Error> {
    if !hand_over.lines.is_empty() || !store::completed_before(tx, hand_over).await?.is_empty() {
        return Ok(());
    }
    let fault = "are missing: no list of this referral was completed before, so this one says \
                 nothing";
    let faults = vec![("items".to_owned(), fault.to_owned())];
    Err(Error::refused(Refusal::Fields { faults, law: T_21 }, &hand_over.referral))
}

/// That the proposal is one that the sides may make.
#[derive(Debug)]
struct Allowed {
    /// The field that names what the items are handed over for.
    field: &'static str,
    /// The docket of that; empty for other purposes.
    docket: String,
}

impl Allowed {
    /// A referral is fulfilled, and a decision obeyed, with the evidence of its own docket.
    fn fits(&self, dossier: &Dossier) -> Result<(), Error> {
        let other = !dossier.docket.is_empty() && dossier.docket != self.docket;
        if self.docket.is_empty() || !other {
            return Ok(());
        }
        let fault = format!("is of {}, and the dossier of {}", self.docket, dossier.docket);
        Err(Violations::of(self.field, fault).into())
    }
}

/// That the decision of the dispute orders it: from this giver, to this receiver.
async fn ordered(tx: &DatabaseTransaction, proposal: &Proposal) -> Result<Allowed, Error> {
    let sides = (&proposal.giver, &proposal.receiver);
    if let Some(docket) = store::ordered_docket(tx, &proposal.dispute, sides).await? {
        return Ok(Allowed { field: "dispute", docket });
    }
    let fault = format!("orders no hand-over from {} to {}", proposal.giver, proposal.receiver);
    let faults = vec![("dispute".to_owned(), fault)];
    Err(Error::refused(Refusal::Fields { faults, law: ORDERED }, &proposal.dispute))
}

/// Asks identity and referral: the receiver, the officer, and whose duty it is.
async fn allowed(
    service: &Evidence,
    call: &Call,
    proposal: &Proposal,
    now: DateTime<Utc>,
) -> Result<Allowed, Error> {
    let receiver = ("receiver".to_owned(), proposal.receiver.clone());
    said::known(service, &BTreeSet::from([receiver])).await?;
    said::certified(service, call, &[("officer", &proposal.officer)], now).await?;
    if proposal.purpose != Purpose::Referral {
        return Ok(Allowed { field: "purpose", docket: String::new() });
    }
    let (agency, referral) = (proposal.giver.to_string(), proposal.referral.clone());
    let asked = GetHandOverDutyRequest { referral, agency };
    let duty = match service.referral.clone().get_hand_over_duty(asked).await {
        Ok(duty) => duty.into_inner(),
        Err(status) if matches!(status.code(), Code::NotFound | Code::InvalidArgument) => {
            return Err(Violations::of("referral", "no such referral").into());
        }
        Err(status) => return Err(Error::Referral(Box::new(status))),
    };
    let parties = (AgencyCode::parse(&duty.giver), AgencyCode::parse(&duty.receiver));
    let (what, what_zh) = match parties {
        (Some(giver), Some(receiver))
            if giver == proposal.giver && receiver == proposal.receiver =>
        {
            return Ok(Allowed { field: "referral", docket: duty.docket });
        }
        (Some(giver), Some(receiver)) => {
            let what = format!("{giver} must hand over to {receiver}");
            (what, "移交双方与案件当前应当移交、接收的机关不符")
        }
        _ => {
            let what = format!(
                "nothing is to be handed over: the referral is {}, and the term begins when the \
                 notice of filing is served",
                duty.state
            );
            (what, "该案件目前没有应当办理的移交")
        }
    };
    let refusal = Refusal::Broken { what, what_zh, law: T_21 };
    Err(Error::refused(refusal, &proposal.referral))
}
