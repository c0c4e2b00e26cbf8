//! Reads the typed payload of a step into what the rules know.

use proto::arbitration::v1::{self as pb, step::Kind};
use server::Fields;

use super::subject_said::{code, codes, day, stance};
use crate::domain::{act::Said, word::StepKind as Step};

/// The most bytes of a long text, of a reason, and of minutes.
const TEXT: usize = 8192;
const REASON: usize = 4096;
const MINUTES: usize = 16_384;

/// The step and what it says; `None`, and noted, when the request has no step.
pub(super) fn read(kind: Option<Kind>, fields: &mut Fields) -> Option<(Step, Said)> {
    let kind = fields.need(kind, "step", "is missing")?;
    Some(match kind {
        Kind::StatePosition(m) => (Step::StatePosition, position(fields, m, "step")),
        Kind::OfferSettlement(m) => {
            fields.text(&m.text, TEXT, "step.text");
            let competent = code(fields, &m.competent, "step.competent");
            let effective_from = day(fields, &m.effective_from, "step.effective_from");
            let text = m.text;
            (Step::OfferSettlement, Said { text, competent, effective_from, ..Said::default() })
        }
        Kind::SignSettlement(m) => {
            let sha256 = digest(fields, &m.settlement_sha256, "step.settlement_sha256");
            (Step::SignSettlement, Said { sha256, ..Said::default() })
        }
        Kind::Apply(m) => {
            fields.text(&m.text, TEXT, "step.text");
            (Step::Apply, Said { text: m.text, ..Said::default() })
        }
        Kind::Accept(_) => (Step::Accept, Said::default()),
        Kind::Reject(m) => (Step::Reject, reason(fields, m.reason)),
        Kind::Forward(_) => (Step::Forward, Said::default()),
        Kind::RecordSession(m) => (Step::RecordSession, session(fields, m)),
        Kind::Vote(m) => {
            let competent = code(fields, &m.competent, "step.competent");
            (Step::Vote, Said { competent, ..reason(fields, m.reason) })
        }
        Kind::OrderInterim(m) => {
            let competent = code(fields, &m.lead, "step.lead");
            list(fields, &m.measures, 20, "step.measures");
            fields.check(!m.measures.is_empty(), "step.measures", "are missing");
            let measures = m.measures;
            (Step::OrderInterim, Said { competent, measures, ..reason(fields, m.reason) })
        }
        Kind::ProposeOutcome(m) => {
            let competent = code(fields, &m.competent, "step.competent");
            let effective_from = day(fields, &m.effective_from, "step.effective_from");
            let said = Said { competent, effective_from, ..reason(fields, m.reason) };
            (Step::ProposeOutcome, said)
        }
        Kind::AnswerOutcome(m) => {
            let needed = !m.agrees && m.reason.trim().is_empty();
            fields.check(!needed, "step.reason", "is missing");
            fields.check(m.reason.len() <= REASON, "step.reason", "is longer than 4096 bytes");
            (Step::AnswerOutcome, Said { agrees: m.agrees, reason: m.reason, ..Said::default() })
        }
        Kind::Escalate(m) => (Step::Escalate, reason(fields, m.reason)),
        Kind::Decide(m) => (Step::Decide, decision(fields, m)),
        Kind::Withdraw(m) => (Step::Withdraw, reason(fields, m.reason)),
        Kind::AcknowledgeDecision(_) => (Step::AcknowledgeDecision, Said::default()),
    })
}

/// A position, its fields under `at`.
pub(super) fn position(fields: &mut Fields, m: pb::StatePosition, at: &str) -> Said {
    let here = |field: &str| format!("{at}.{field}");
    let stance = fields.need(stance(m.stance()), here("stance"), "is missing");
    fields.text(&m.text, TEXT, &here("text"));
    list(fields, &m.basis, 20, &here("basis"));
    list(fields, &m.evidence, 50, &here("evidence"));
    Said { stance, text: m.text, basis: m.basis, evidence: m.evidence, ..Said::default() }
}

fn session(fields: &mut Fields, m: pb::RecordSession) -> Said {
    fields.check(!m.held_on.is_empty(), "step.held_on", "is missing");
    let held_on = day(fields, &m.held_on, "step.held_on");
    fields.check(!m.present.is_empty(), "step.present", "is missing");
    let present = codes(fields, &m.present, "step.present");
    fields.text(&m.minutes, MINUTES, "step.minutes");
    let sha256 = digest(fields, &m.minutes_sha256, "step.minutes_sha256");
    Said { held_on, present, text: m.minutes, sha256, ..Said::default() }
}

fn decision(fields: &mut Fields, m: pb::Decide) -> Said {
    let competent = code(fields, &m.competent, "step.competent");
    let effective_from = day(fields, &m.effective_from, "step.effective_from");
    list(fields, &m.basis, 20, "step.basis");
    fields.check(!m.basis.is_empty(), "step.basis", "is missing");
    fields.text(&m.decision_no, 200, "step.decision_no");
    let (basis, decision_no) = (m.basis, m.decision_no);
    Said { competent, effective_from, basis, decision_no, ..reason(fields, m.reason) }
}

fn reason(fields: &mut Fields, reason: String) -> Said {
    fields.text(&reason, REASON, "step.reason");
    Said { reason, ..Said::default() }
}

/// Short texts, none of them empty.
fn list(fields: &mut Fields, texts: &[String], max: usize, field: &str) {
    fields.check(texts.len() <= max, field, format!("are more than {max}"));
    for (at, text) in texts.iter().take(max).enumerate() {
        fields.text(text, 500, &format!("{field}[{at}]"));
    }
}

/// A digest in lower case.
fn digest(fields: &mut Fields, sent: &str, field: &str) -> String {
    let ok = sent.len() == 64 && sent.bytes().all(|b| b.is_ascii_hexdigit());
    fields.check(ok, field, "is not a SHA-256 of 64 hexadecimal digits");
    sent.to_lowercase()
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;

    #[test]
    fn every_step_of_the_contract_is_read_and_named_alike() {
        let set = prost_types::FileDescriptorSet::decode(proto::DESCRIPTORS).unwrap();
        let ours = set.file.iter().filter(|f| f.package() == "xiezhi.arbitration.v1");
        let mut messages = ours.flat_map(|file| &file.message_type);
        let step = messages.find(|message| message.name() == "Step").unwrap();
        assert_eq!(step.field.len(), Step::ALL.len());
        for field in &step.field {
            // The field, with an empty message in it.
            let mut bytes = Vec::new();
            prost::encoding::encode_key(
                field.number().unsigned_abs(),
                prost::encoding::WireType::LengthDelimited,
                &mut bytes,
            );
            bytes.push(0);
            let step = pb::Step::decode(bytes.as_slice()).unwrap();
            let (step, _) = read(step.kind, &mut Fields::default()).unwrap();
            assert_eq!(step.as_str(), field.name().to_uppercase());
        }
    }

    #[test]
    fn every_fault_of_a_step_is_named_at_once() {
        let mut fields = Fields::default();
        read(Some(Kind::Decide(pb::Decide::default())), &mut fields);
        let told = fields.done().unwrap_err();
        let told: Vec<&str> = told.iter().map(|(field, _)| field).collect();
        assert_eq!(told, ["step.competent", "step.basis", "step.decision_no", "step.reason"]);
    }
}
