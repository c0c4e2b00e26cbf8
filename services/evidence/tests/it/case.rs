//! A case with a dossier: what a test begins with, and how a body makes its calls.

use proto::evidence::v1 as pb;
use sha2::{Digest as _, Sha256};
use tonic::Status;

use crate::world::{Party, World, id, local};

/// A county in which MKT has opened a dossier, with police and a stranger beside it.
pub(crate) struct Case {
    pub(crate) world: World,
    /// Opened the dossier; MKT-01 and MKT-02 investigate, MKT-06 keeps.
    pub(crate) mkt: Party,
    pub(crate) psb: Party,
    pub(crate) stranger: Party,
    /// Name of the dossier.
    pub(crate) dossier: String,
}

impl Case {
    pub(crate) async fn new() -> Self {
        Self::of(World::new().await).await
    }

    pub(crate) async fn of(world: World) -> Self {
        let mkt = world.agency("MKT").await;
        let (psb, stranger) = (world.agency("PSB").await, world.agency("CAE").await);
        let dossier = mkt.open("A-1").await.name;
        Self { world, mkt, psb, stranger, dossier }
    }

    /// A new thing in the dossier.
    pub(crate) async fn thing(&self, code: &str) -> pb::Item {
        self.mkt.add(&self.dossier, thing(code)).await
    }

    /// The item as MKT sees it now.
    pub(crate) async fn read(&self, item: &pb::Item) -> pb::Item {
        self.mkt.item(&item.name).await.unwrap()
    }
}

/// A physical item, whole: what `AddItem` takes.
pub(crate) fn thing(code: &str) -> pb::Item {
    let collection = pb::Collection {
        time: Some(time("2026-03-01 09:30")),
        place: "城关街道人民路1号".to_owned(),
        collectors: vec!["MKT-01".to_owned(), "MKT-02".to_owned()],
        holder: "示例店铺".to_owned(),
        method: pb::CollectionMethod::Seized.into(),
        ..pb::Collection::default()
    };
    let paper = pb::SourcePaper {
        code: "SEIZURE_LIST".to_owned(),
        number: "扣〔2026〕1号".to_owned(),
        signed_by: vec!["OFFICERS".to_owned(), "HOLDER".to_owned()],
    };
    pb::Item {
        kind: pb::EvidenceKind::Physical.into(),
        title: "白酒".to_owned(),
        code: code.to_owned(),
        quantity: "12".to_owned(),
        unit: "瓶".to_owned(),
        features: "500ml，批号示例".to_owned(),
        source: "现场扣押".to_owned(),
        condition: "完好".to_owned(),
        storage_place: "物证室A架".to_owned(),
        collection: Some(collection),
        source_papers: vec![paper],
        ..pb::Item::default()
    }
}

/// Electronic data, sealed, with a backup.
pub(crate) fn data(code: &str) -> pb::Item {
    let list = pb::ElectronicData {
        category: "聊天记录".to_owned(),
        file_format: "SQLite".to_owned(),
        check_algorithm: "SHA-256".to_owned(),
        check_value: "ab".repeat(32),
        medium_id: "手机-1".to_owned(),
        backup_id: "备份-1".to_owned(),
        video_id: "录像-1".to_owned(),
        size: 8,
        seal_photos_before: "封存前-1".to_owned(),
        seal_photos_after: "封存后-1".to_owned(),
        ..pb::ElectronicData::default()
    };
    pb::Item {
        kind: pb::EvidenceKind::ElectronicData.into(),
        features: String::new(),
        seal_no: "封-001".to_owned(),
        electronic_data: Some(list),
        ..thing(code)
    }
}

/// An instant by the clocks of Shanghai, as the wire has it.
pub(crate) fn time(text: &str) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: local(text).timestamp(), nanos: 0 }
}

impl Party {
    /// Opens a dossier that officers 01 and 02 investigate.
    pub(crate) async fn open(&self, case_no: &str) -> pb::Dossier {
        let request = pb::OpenDossierRequest {
            request_id: id(),
            title: "销售假冒注册商标的商品".to_owned(),
            case_no: case_no.to_owned(),
            docket: String::new(),
            investigators: vec![self.officer("01"), self.officer("02")],
            officer: self.officer("01"),
        };
        let response = self.client.clone().open_dossier(request).await.unwrap();
        response.into_inner().dossier.unwrap()
    }

    pub(crate) async fn add(&self, dossier: &str, item: pb::Item) -> pb::Item {
        self.try_add(dossier, item).await.unwrap()
    }

    pub(crate) async fn try_add(&self, dossier: &str, item: pb::Item) -> Result<pb::Item, Status> {
        let request = pb::AddItemRequest {
            request_id: id(),
            dossier: dossier.to_owned(),
            item: Some(item),
            officer: self.officer("01"),
        };
        let response = self.client.clone().add_item(request).await?;
        Ok(response.into_inner().item.unwrap())
    }

    pub(crate) async fn item(&self, name: &str) -> Result<pb::Item, Status> {
        let request = pb::GetItemRequest { name: name.to_owned() };
        Ok(self.client.clone().get_item(request).await?.into_inner().item.unwrap())
    }

    /// The whole chain of an item.
    pub(crate) async fn chain(&self, item: &str) -> Result<Vec<pb::CustodyEvent>, Status> {
        let request = pb::ListCustodyRequest {
            item: item.to_owned(),
            page_size: 1000,
            ..pb::ListCustodyRequest::default()
        };
        Ok(self.client.clone().list_custody(request).await?.into_inner().events)
    }
}

impl Case {
    /// PSB takes items of MKT over, so that it may use them in its own case.
    pub(crate) async fn handed_over(&self, items: &[&pb::Item]) -> pb::HandOver {
        let proposed = self.mkt.propose(crate::hand_over::proposal(self, items)).await.unwrap();
        let counted = self.psb.count(crate::hand_over::as_listed(&proposed)).await.unwrap();
        self.mkt.sign(&counted).await.unwrap();
        self.psb.sign(&counted).await.unwrap()
    }

    /// Attaches a file to an item, as its holder.
    pub(crate) async fn attach(
        &self,
        party: &Party,
        parent: &str,
        role: pb::ContentRole,
        bytes: &[u8],
    ) -> pb::Content {
        let name = format!("wimse://county.example/agency/{}", party.code);
        let workload = types::Workload::parse(&name).unwrap();
        let signed = self.world.signed(&self.world.evidence, workload).await;
        let begin = pb::BeginUploadRequest {
            request_id: id(),
            parent: parent.to_owned(),
            file_name: "附件.bin".to_owned(),
            role: role.into(),
            media_type: "application/octet-stream".to_owned(),
            size: i64::try_from(bytes.len()).unwrap(),
            officer: party.officer("01"),
            ..pb::BeginUploadRequest::default()
        };
        let mut client = party.client.clone();
        let upload = client.begin_upload(begin).await.unwrap().into_inner().upload.unwrap().name;
        let data = bytes.to_vec().into();
        let chunk = pb::UploadContentRequest { upload: upload.clone(), offset: 0, data };
        let mut streaming = crate::world::Client::new(signed.streaming());
        streaming.upload_content(tokio_stream::iter([chunk])).await.unwrap();
        let commit = pb::CommitUploadRequest {
            request_id: id(),
            name: upload,
            sha256: sha256(bytes),
            officer: party.officer("01"),
            ..pb::CommitUploadRequest::default()
        };
        client.commit_upload(commit).await.unwrap().into_inner().content.unwrap()
    }
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
