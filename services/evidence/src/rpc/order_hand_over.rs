//! Proposes, in the giver's name, the hand-over that the decision of a dispute orders. It is counted and
//! signed as any other. What is not free now the giver proposes by hand: the order is kept for that.

use command::{Command, Written, once};
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use prost::Message as _;
use proto::evidence::v1 as pb;
use sea_orm::DatabaseTransaction;
use types::AgencyCode;

use super::hand_over_said as said;
use crate::{
    Evidence,
    domain::{
        dossier::Dossier,
        hand_over::{HandOver, ITEMS_MAX, Proposal},
        item::Item,
        word::Purpose,
    },
    error::Error,
    sheet, store,
};

/// Who orders it, as the idempotency records name it.
const CALLER: &str = "service/arbitration";
/// So many dossiers are read at once.
const DOSSIERS: u64 = 100;

pub(super) async fn order_hand_over(
    service: &Evidence,
    attestation: auth::Attestation,
    request: pb::OrderHandOverRequest,
) -> Result<pb::OrderHandOverResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    for (name, of, field) in
        [(&request.dispute, "disputes", "dispute"), (&request.docket, "dockets", "docket")]
    {
        let known = store::parse_name::<()>(name, of).is_some();
        fields.check(known, field, format!("is not {of}/{{uuid}}"));
    }
    let giver = fields.need(AgencyCode::parse(&request.giver), "giver", "is no agency code");
    let receiver =
        fields.need(AgencyCode::parse(&request.receiver), "receiver", "is no agency code");
    let itself = giver.is_some() && giver == receiver;
    fields.check(!itself, "receiver", "is the giver itself");
    fields.done()?;
    let (Some(giver), Some(receiver)) = (giver, receiver) else {
        return Err(Error::Corrupt("giver and receiver"));
    };
    let sides = [("giver", &giver), ("receiver", &receiver)];
    let sides = sides.map(|(field, body)| (field.to_owned(), body.clone()));
    let known = said::known(service, &BTreeSet::from(sides)).await;

    let (caller, method) = (CALLER.to_owned(), "OrderHandOver");
    let command = Command { caller, attestation, request_id: request.request_id, method, now };
    let order = Order { dispute: request.dispute, docket: request.docket, giver, receiver, now };
    once(&service.db, command, move |tx| {
        Box::pin(async move {
            known?;
            order.write(tx).await
        })
    })
    .await
}

/// What a decision orders.
struct Order {
    dispute: String,
    docket: String,
    giver: AgencyCode,
    receiver: AgencyCode,
    now: DateTime<Utc>,
}

impl Order {
    async fn write(
        &self,
        tx: &DatabaseTransaction,
    ) -> Result<Written<pb::OrderHandOverResponse>, Error> {
        // However often, and under whatever id, it is told: a decision orders it once.
        let sides = (&self.giver, &self.receiver);
        store::note_order(tx, &self.dispute, sides, &self.docket, self.now).await?;
        let hand_overs = store::ordered(tx, &self.dispute, sides).await?;
        let response = pb::OrderHandOverResponse { hand_overs, skipped_items: 0 };
        let mut written = Written { response, entries: Vec::new() };
        if written.response.hand_overs.is_empty() {
            self.propose_free(tx, &mut written).await?;
        }
        let own = &written.response.hand_overs;
        let skipped = store::count_offered_elsewhere(tx, &self.giver, &self.docket, own).await?;
        written.response.skipped_items = i32::try_from(skipped).unwrap_or(i32::MAX);
        Ok(written)
    }

    /// What nobody has offered to anybody.
    async fn propose_free(
        &self,
        tx: &DatabaseTransaction,
        written: &mut Written<pb::OrderHandOverResponse>,
    ) -> Result<(), Error> {
        for dossier in self.dossiers(tx).await? {
            let mut after = 0;
            loop {
                let page = u64::try_from(ITEMS_MAX).unwrap_or(u64::MAX);
                let name = store::dossier_name(dossier.id);
                // Nobody takes back meanwhile what this offer shows: see `hide_unaccepted`.
                store::lock(tx, &name).await?;
                let items = store::free_items(tx, &self.giver, &name, after, page).await?;
                let Some(last) = items.last() else { break };
                after = last.number;
                for (hand_over, items) in self.lists(tx, &dossier, items).await? {
                    self.propose(tx, &hand_over, &items, written).await?;
                }
            }
        }
        Ok(())
    }

    /// The dossiers of the docket that the giver sees: it sees each of which it holds items.
    async fn dossiers(&self, tx: &DatabaseTransaction) -> Result<Vec<Dossier>, Error> {
        let docket = Some(self.docket.clone());
        let filter = store::DossierFilter { docket, ..store::DossierFilter::default() };
        let (mut all, mut before): (Vec<Dossier>, Option<String>) = (Vec::new(), None);
        loop {
            let page =
                store::dossiers(tx, &self.giver, &filter, before.as_deref(), DOSSIERS).await?;
            let Some(last) = page.last() else { return Ok(all) };
            before = Some(store::dossier_name(last.id));
            all.extend(page);
        }
    }

    /// As few lists as hold the items: each has room for its count.
    async fn lists(
        &self,
        tx: &DatabaseTransaction,
        dossier: &Dossier,
        items: Vec<Item>,
    ) -> Result<Vec<(HandOver, Vec<Item>)>, Error> {
        let names: Vec<String> = items.iter().map(Item::name).collect();
        let mut contents: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for content in store::contents_of(tx, &names).await? {
            contents.entry(content.about.parent).or_default().push(content.sha256);
        }
        let (mut lists, mut waiting) = (Vec::new(), vec![items]);
        while let Some(mut items) = waiting.pop() {
            let listed = self.proposal().list(dossier, &items, &contents, self.now);
            let list = listed.map_err(|refusal| Error::refused(refusal, &self.docket))?;
            let long = sheet::message(&list).encoded_len() > said::PROPOSED_BYTES;
            if long && items.len() > 1 {
                let rest = items.split_off(items.len() / 2);
                waiting.extend([rest, items]);
            } else {
                lists.push((list, items));
            }
        }
        Ok(lists)
    }

    /// Where and by whom it is done is not known yet. No measure ends with it.
    fn proposal(&self) -> Proposal {
        Proposal {
            giver: self.giver.clone(),
            receiver: self.receiver.clone(),
            purpose: Purpose::Dispute,
            referral: String::new(),
            dispute: self.dispute.clone(),
            place: String::new(),
            under_measure: false,
            party_told_on: None,
            completes: false,
            officer: String::new(),
        }
    }

    async fn propose(
        &self,
        tx: &DatabaseTransaction,
        hand_over: &HandOver,
        items: &[Item],
        written: &mut Written<pb::OrderHandOverResponse>,
    ) -> Result<(), Error> {
        said::save(tx, items, &hand_over.listed(items, self.now)).await?;
        store::insert_hand_over(tx, hand_over).await?;
        store::show(tx, &said::seen(hand_over)).await?;
        let kind = "evidence.hand_over_ordered.v1";
        let message = sheet::message(hand_over);
        let mut entry = said::entry(kind, hand_over, (&self.giver, ""), self.now, &message);
        // The decision orders it, not the giver.
        entry.agency.clear();
        written.entries.push(entry);
        written.response.hand_overs.push(hand_over.name());
        Ok(())
    }
}
