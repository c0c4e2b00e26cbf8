//! A filled example of an item of each kind, to be changed into a real one.

use proto::evidence::v1::EvidenceKind;
use serde_json::{Value, json};

/// What is registered of an item of this kind, as JSON in the names of the contract.
pub(super) fn of(kind: EvidenceKind) -> Value {
    let (title, unit, source, method) = match kind {
        EvidenceKind::Documentary => ("进货账本", "本", "当事人经营场所账台抽屉内提取", "SEIZED"),
        EvidenceKind::Physical => ("冒牌机油", "桶", "当事人仓库内查获", "SEIZED"),
        EvidenceKind::AudioVisual => ("店内监控录像", "段", "向物业调取", "PRODUCED"),
        EvidenceKind::ElectronicData => ("销售系统数据库", "份", "当事人电脑内提取", "EXTRACTED"),
        EvidenceKind::Testimony => ("证人询问笔录", "份", "向邻店店主询问", "RECORDED"),
        EvidenceKind::PartyStatement => ("当事人询问笔录", "份", "向当事人询问", "RECORDED"),
        EvidenceKind::AppraisalOpinion => ("检验报告", "份", "检验机构出具", "PRODUCED"),
        EvidenceKind::SiteRecord | EvidenceKind::Unspecified => {
            ("废水排放现场监测记录", "份", "监测当日制作", "RECORDED")
        }
    };
    let mut item = json!({
        "kind": kind.as_str_name(),
        "title": title,
        "code": "WP-0001",
        "quantity": "1",
        "unit": unit,
        "features": "新旧、颜色、规格、序列号",
        "source": source,
        "condition": "完好",
        "value_fen": "0",
        "storage_place": "一号库",
        "collection": {
            "time": "2024-03-04T09:30:00+08:00",
            "place": "中山路1号",
            "collectors": ["MKT-01", "MKT-02"],
            "holder": "张某",
            "witness": "",
            "refusal_to_sign": "",
            "method": format!("COLLECTION_METHOD_{method}"),
            "proceeding": "PROCEEDING_ADMINISTRATIVE",
        },
        "source_papers": [
            { "code": "COLLECTION_RECORD", "number": "2024-1", "signed_by": ["OFFICERS", "HOLDER"] },
        ],
    });
    let (name, more) = match kind {
        EvidenceKind::Physical => ("measure", measure()),
        EvidenceKind::ElectronicData => ("electronic_data", electronic_data()),
        EvidenceKind::AppraisalOpinion => ("appraisal", appraisal()),
        EvidenceKind::SiteRecord => ("environmental", environmental()),
        EvidenceKind::Unspecified
        | EvidenceKind::Documentary
        | EvidenceKind::AudioVisual
        | EvidenceKind::Testimony
        | EvidenceKind::PartyStatement => return item,
    };
    if let Some(members) = item.as_object_mut() {
        members.insert(name.to_owned(), more);
        if kind == EvidenceKind::Physical {
            members.insert("seal_no".to_owned(), "FT-0001".into());
        }
    }
    item
}

fn measure() -> Value {
    json!({
        "kind": "MEASURE_KIND_SEIZURE",
        "start_date": "2024-03-04",
        "decision_no": "市监扣〔2024〕1号",
        "approved_by": "MKT-04",
    })
}

fn electronic_data() -> Value {
    json!({
        "category": "数据库",
        "file_format": "SQLite",
        "check_algorithm": "SHA-256",
        "check_value": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "medium_id": "HDD-0001",
        "video_id": "LX-0001",
        "backup_id": "BF-0001",
        "size": "1048576",
        "seal_photos_before": "FC-0001",
        "seal_photos_after": "FC-0002",
    })
}

fn appraisal() -> Value {
    json!({
        "institution": "市食品检验检测院",
        "qualification": "CMA 000000000000",
        "appraiser": "李某",
        "sample": "CY-0001，当事人仓库抽取",
        "method": "GB 5009.33",
        "is_signed": true,
    })
}

fn environmental() -> Value {
    json!({
        "kind": "ENVIRONMENTAL_KIND_MONITORING_DATA",
        "issued_by": "ENVIRONMENTAL_ISSUER_MONITORING_BODY",
        "issuer": "县生态环境监测站",
    })
}

#[cfg(test)]
mod tests {
    use proto::evidence::v1 as pb;

    use super::*;
    use crate::out::Contract;

    #[test]
    fn the_examples_of_all_eight_kinds_are_items_of_the_contract() {
        let contract = Contract::load().unwrap();
        for number in 1..=8 {
            let kind = EvidenceKind::try_from(number).unwrap();
            let item: pb::Item = contract.read("xiezhi.evidence.v1.Item", of(kind)).unwrap();
            assert_eq!(item.kind(), kind);
            assert!(item.collection.unwrap().time.is_some());
        }
        assert!(EvidenceKind::try_from(9).is_err());
    }
}
