//! A filled example of a decision, to be changed into a real one.

use serde_json::{Value, json};

/// A penalty after a hearing, as JSON in the names of the contract.
pub(super) fn content() -> Value {
    let digest = |mark: char| mark.to_string().repeat(64);
    json!({
        "decision_no": "余市监罚〔2026〕1号",
        "kind": "DECISION_KIND_PENALTY",
        "matter": "M032",
        "place": "330999",
        "case_no": "2026-0001",
        "filed_on": "2026-01-12",
        "decided_on": "2026-03-02",
        "case_officer": "MKT-01",
        "major_grounds": ["MAJOR_GROUND_HEARING"],
        "hearing_held": true,
        "legal_review": {
            "reviewer": "MKT-02",
            "qualified": true,
            "first_time": false,
            "passed": true,
            "reviewed_on": "2026-02-26",
        },
        "complex_or_major": false,
        "discretion": {
            "benchmark": "M032/ORDINARY/2022-01-01",
            "reasons": "货值金额不足一万元，主动召回。",
        },
        "process_record": {
            "start": digest('a'),
            "evidence": digest('b'),
            "review": digest('c'),
            "decision": digest('d'),
        },
    })
}
