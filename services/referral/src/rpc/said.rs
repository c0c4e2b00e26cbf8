//! Reads the typed payload of a step into what the rules know.

use proto::referral::v1::step::Kind;

use crate::domain::step::{Said, StepKind as Step};

/// The step and what it says; `None` when the request has no step.
pub(super) fn read(kind: Option<Kind>, fields: &mut server::Fields) -> Option<(Step, Said)> {
    let Some(kind) = kind else {
        fields.fault("step", "is missing");
        return None;
    };
    let said = agency(kind, fields)
        .or_else(|kind| police(*kind))
        .or_else(|kind| supervision(*kind))
        .or_else(|kind| watchers(*kind))
        .or_else(|kind| prosecution(*kind))
        .or_else(|kind| trial(*kind, fields))
        .or_else(|kind| back(*kind))
        .or_else(|kind| enforcement(*kind, fields))
        .or_else(|kind| letters(*kind));
    if said.is_err() {
        // Only a step that the contract has and none of the readers: the test below finds it.
        fields.fault("step", "is not known to this version");
    }
    said.ok()
}

type Read = Result<(Step, Said), Box<Kind>>;

fn plain(step: Step) -> (Step, Said) {
    (step, Said::default())
}

fn reason(step: Step, reason: String) -> (Step, Said) {
    (step, Said { reason, ..Said::default() })
}

/// The agency's side of `CRIMINAL_REFERRAL`.
#[expect(clippy::wildcard_enum_match_arm, reason = "a test asks the readers for every step")]
fn agency(kind: Kind, fields: &mut server::Fields) -> Read {
    Ok(match kind {
        Kind::AppointTeam(m) => {
            fields.check(m.officers.len() <= 50, "step.officers", "names more than 50");
            (Step::AppointTeam, Said { team: m.officers, ..Said::default() })
        }
        Kind::SubmitReport(_) => plain(Step::SubmitReport),
        Kind::Approve(_) => plain(Step::Approve),
        Kind::Decline(m) => reason(Step::Decline, m.reason),
        Kind::RequestEarlyIntervention(m) => reason(Step::RequestEarlyIntervention, m.reason),
        Kind::Deliver(_) => plain(Step::Deliver),
        Kind::SupplySupplement(_) => plain(Step::SupplySupplement),
        Kind::RequestReconsideration(_) => plain(Step::RequestReconsideration),
        Kind::SuggestSupervision(_) => plain(Step::SuggestSupervision),
        Kind::ReportLate(m) => reason(Step::ReportLate, m.reason),
        Kind::ResumeAdministrativeCase(m) => reason(Step::ResumeAdministrativeCase, m.reason),
        Kind::HandOver(m) => {
            let told = m.party_told_on.parse().ok();
            let fine = m.party_told_on.is_empty() || told.is_some();
            fields.check(fine, "step.party_told_on", "is not a date (YYYY-MM-DD)");
            let under_measure = m.property_under_measure;
            (Step::HandOver, Said { under_measure, party_told_on: told, ..Said::default() })
        }
        Kind::RecordPenalty(m) => {
            fields.check(m.amount_fen >= 0, "step.amount_fen", "is negative");
            let said = Said {
                penalty: m.penalty,
                decision_no: m.decision_no,
                amount_fen: m.amount_fen,
                ..Said::default()
            };
            (Step::RecordPenalty, said)
        }
        other => return Err(Box::new(other)),
    })
}

/// The side of public security.
#[expect(clippy::wildcard_enum_match_arm, reason = "a test asks the readers for every step")]
fn police(kind: Kind) -> Read {
    let organ = |step, organ, reason| (step, Said { organ, reason, ..Said::default() });
    Ok(match kind {
        Kind::SignReceipt(_) => plain(Step::SignReceipt),
        Kind::RefuseAcceptance(m) => {
            let for_incompleteness = m.for_incompleteness;
            let said = Said { reason: m.reason, for_incompleteness, ..Said::default() };
            (Step::RefuseAcceptance, said)
        }
        Kind::RequestSupplement(_) => plain(Step::RequestSupplement),
        Kind::Forward(m) => organ(Step::Forward, m.competent_organ, m.reason),
        Kind::Redirect(m) => organ(Step::Redirect, m.competent_authority, m.reason),
        Kind::ExtendReview(m) => {
            let said = Said { reason: m.reason, approved_by: m.approved_by, ..Said::default() };
            (Step::ExtendReview, said)
        }
        Kind::File(m) => (Step::File, Said { filing_no: m.filing_no, ..Said::default() }),
        Kind::NotFile(m) => reason(Step::NotFile, m.reason),
        Kind::ServeNotice(_) => plain(Step::ServeNotice),
        Kind::UpholdNotFiling(m) => reason(Step::UpholdNotFiling, m.reason),
        Kind::AskToKeep(m) => {
            let said = Said { items: m.items, storage_place: m.storage_place, ..Said::default() };
            (Step::AskToKeep, said)
        }
        Kind::BeginInvestigation(_) => plain(Step::BeginInvestigation),
        Kind::TransferJurisdiction(m) => {
            organ(Step::TransferJurisdiction, m.competent_organ, m.reason)
        }
        Kind::CompleteTransfer(_) => plain(Step::CompleteTransfer),
        Kind::SendForProsecution(_) => plain(Step::SendForProsecution),
        Kind::Withdraw(m) => reason(Step::Withdraw, m.reason),
        Kind::ReturnFile(m) => {
            let liable = !m.suggestion.trim().is_empty();
            (Step::ReturnFile, Said { reason: m.suggestion, liable, ..Said::default() })
        }
        Kind::AnswerEarlyIntervention(m) => reason(Step::AnswerEarlyIntervention, m.answer),
        other => return Err(Box::new(other)),
    })
}

/// `FILING_SUPERVISION`.
#[expect(clippy::wildcard_enum_match_arm, reason = "a test asks the readers for every step")]
fn supervision(kind: Kind) -> Read {
    Ok(match kind {
        Kind::AcceptSuggestion(_) => plain(Step::AcceptSuggestion),
        Kind::DemandReasons(_) => plain(Step::DemandReasons),
        Kind::StateReasons(_) => plain(Step::StateReasons),
        Kind::AcceptReasons(m) => reason(Step::AcceptReasons, m.reason),
        Kind::TellAgency(m) => reason(Step::TellAgency, m.reason),
        Kind::OrderToFile(_) => plain(Step::OrderToFile),
        Kind::FileAsOrdered(m) => {
            (Step::FileAsOrdered, Said { filing_no: m.filing_no, ..Said::default() })
        }
        Kind::IssueCorrection(_) => plain(Step::IssueCorrection),
        Kind::ReportUp(m) => reason(Step::ReportUp, m.reason),
        Kind::PassOn(m) => reason(Step::PassOn, m.answer),
        Kind::IssueCorrectiveOpinion(m) => reason(Step::IssueCorrectiveOpinion, m.reason),
        Kind::Conclude(m) => reason(Step::Conclude, m.reason),
        Kind::OrderToWithdraw(m) => reason(Step::OrderToWithdraw, m.reason),
        Kind::WithdrawAsOrdered(_) => plain(Step::WithdrawAsOrdered),
        Kind::ChallengeOrder(m) => reason(Step::ChallengeOrder, m.reason),
        Kind::MaintainOrder(m) => reason(Step::MaintainOrder, m.reason),
        Kind::RevokeOrder(m) => reason(Step::RevokeOrder, m.reason),
        Kind::RequestUpperReview(m) => reason(Step::RequestUpperReview, m.reason),
        Kind::IssueReferralOpinion(_) => plain(Step::IssueReferralOpinion),
        Kind::AnswerOpinion(m) => {
            let said = Said { referral: m.referral, reason: m.reason, ..Said::default() };
            (Step::AnswerOpinion, said)
        }
        Kind::NotifyPublicSecurity(m) => reason(Step::NotifyPublicSecurity, m.reason),
        other => return Err(Box::new(other)),
    })
}

/// Those who watch `CRIMINAL_REFERRAL`.
#[expect(clippy::wildcard_enum_match_arm, reason = "a test asks the readers for every step")]
fn watchers(kind: Kind) -> Read {
    let order = |step, within_days, reason| (step, Said { within_days, reason, ..Said::default() });
    Ok(match kind {
        Kind::SendReminder(_) => plain(Step::SendReminder),
        Kind::OrderToRefer(m) => order(Step::OrderToRefer, m.within_days, m.reason),
        Kind::OrderToCorrect(m) => order(Step::OrderToCorrect, m.within_days, m.reason),
        other => return Err(Box::new(other)),
    })
}

/// `PROSECUTION_REVIEW`.
#[expect(clippy::wildcard_enum_match_arm, reason = "a test asks the readers for every step")]
fn prosecution(kind: Kind) -> Read {
    Ok(match kind {
        Kind::ExtendProsecutionReview(m) => reason(Step::ExtendProsecutionReview, m.reason),
        Kind::ApplyFastTrack(m) => {
            let over_one_year = m.may_exceed_one_year;
            (Step::ApplyFastTrack, Said { over_one_year, ..Said::default() })
        }
        Kind::ReturnForInvestigation(m) => reason(Step::ReturnForInvestigation, m.reason),
        Kind::Resubmit(_) => plain(Step::Resubmit),
        Kind::Prosecute(_) => plain(Step::Prosecute),
        Kind::NotProsecute(m) => {
            let said = Said {
                ground: m.ground,
                reason: m.reason,
                liable: m.penalty_due,
                organ: m.competent_authority,
                ..Said::default()
            };
            (Step::NotProsecute, said)
        }
        other => return Err(Box::new(other)),
    })
}

/// `PUBLIC_PROSECUTION`.
#[expect(clippy::wildcard_enum_match_arm, reason = "a test asks the readers for every step")]
fn trial(kind: Kind, fields: &mut server::Fields) -> Read {
    let mut judged = |verdict: String, fine_fen: i64, set_off_fen: i64| {
        fields.check(fine_fen >= 0, "step.fine_fen", "is negative");
        fields.check(set_off_fen >= 0, "step.set_off_fen", "is negative");
        Said { verdict, amount_fen: fine_fen, set_off_fen, ..Said::default() }
    };
    Ok(match kind {
        Kind::AcceptIndictment(m) => {
            (Step::AcceptIndictment, Said { filing_no: m.case_no, ..Said::default() })
        }
        Kind::ExtendTrial(m) => reason(Step::ExtendTrial, m.reason),
        Kind::PronounceJudgment(m) => {
            (Step::PronounceJudgment, judged(m.verdict, m.fine_fen, m.set_off_fen))
        }
        Kind::RecordAppeal(m) => reason(Step::RecordAppeal, m.reason),
        Kind::DecideAppeal(m) => {
            let said = judged(m.verdict, m.fine_fen, m.set_off_fen);
            (Step::DecideAppeal, Said { organ: m.kept_by, ..said })
        }
        Kind::RemandCase(m) => reason(Step::RemandCase, m.reason),
        Kind::TakeEffect(m) => (Step::TakeEffect, Said { organ: m.kept_by, ..Said::default() }),
        Kind::SendJudgment(_) => plain(Step::SendJudgment),
        Kind::ReturnSlip(_) => plain(Step::ReturnSlip),
        Kind::NotifyJudgment(_) => plain(Step::NotifyJudgment),
        Kind::TransferForPenalty(m) => {
            let (organ, reason) = (m.competent_authority, m.reason);
            (Step::TransferForPenalty, Said { organ, reason, liable: true, ..Said::default() })
        }
        Kind::ConcludeTrial(_) => plain(Step::ConcludeTrial),
        other => return Err(Box::new(other)),
    })
}

/// `REVERSE_REFERRAL`.
#[expect(clippy::wildcard_enum_match_arm, reason = "a test asks the readers for every step")]
fn back(kind: Kind) -> Read {
    Ok(match kind {
        Kind::PassToAdministrativeDepartment(_) => plain(Step::PassToAdministrativeDepartment),
        Kind::SuspendReview(m) => reason(Step::SuspendReview, m.reason),
        Kind::ResumeReview(m) => reason(Step::ResumeReview, m.reason),
        Kind::RevokeNonProsecution(m) => reason(Step::RevokeNonProsecution, m.reason),
        Kind::ConsultLocalProcuratorate(m) => {
            let said = Said { organ: m.competent_organ, reason: m.reason, ..Said::default() };
            (Step::ConsultLocalProcuratorate, said)
        }
        Kind::RecordConsultation(m) => reason(Step::RecordConsultation, m.answer),
        Kind::DeliverOpinion(m) => {
            (Step::DeliverOpinion, Said { organ: m.to_agency, ..Said::default() })
        }
        Kind::FindNoPenaltyDue(m) => reason(Step::FindNoPenaltyDue, m.reason),
        Kind::ReplyToOpinion(_) => plain(Step::ReplyToOpinion),
        Kind::InformJusticeBureau(m) => reason(Step::InformJusticeBureau, m.reason),
        Kind::AskUpperProcuratorate(m) => reason(Step::AskUpperProcuratorate, m.reason),
        Kind::TransferToAgency(m) => reason(Step::TransferToAgency, m.reason),
        Kind::ReportResult(m) => reason(Step::ReportResult, m.answer),
        other => return Err(Box::new(other)),
    })
}

/// `COURT_ENFORCEMENT`.
#[expect(clippy::wildcard_enum_match_arm, reason = "a test asks the readers for every step")]
fn enforcement(kind: Kind, fields: &mut server::Fields) -> Read {
    Ok(match kind {
        Kind::RemindParty(m) => {
            let ended = m.period_ended_on.parse().ok();
            let fine = m.period_ended_on.is_empty() || ended.is_some();
            fields.check(fine, "step.period_ended_on", "is not a date (YYYY-MM-DD)");
            let decision_no = m.decision_no;
            (Step::RemindParty, Said { decision_no, period_ended_on: ended, ..Said::default() })
        }
        Kind::ApplyForEnforcement(_) => plain(Step::ApplyForEnforcement),
        Kind::AcceptApplication(m) => {
            (Step::AcceptApplication, Said { filing_no: m.case_no, ..Said::default() })
        }
        Kind::RejectApplication(m) => reason(Step::RejectApplication, m.reason),
        Kind::HearParties(m) => reason(Step::HearParties, m.reason),
        Kind::GrantEnforcement(_) => plain(Step::GrantEnforcement),
        Kind::RefuseEnforcement(m) => reason(Step::RefuseEnforcement, m.reason),
        Kind::ServeRuling(_) => plain(Step::ServeRuling),
        Kind::RecordPerformance(m) => reason(Step::RecordPerformance, m.reason),
        other => return Err(Box::new(other)),
    })
}

/// `DUTY_CRIME_LEAD` and `JUDICIAL_ADVICE`.
#[expect(clippy::wildcard_enum_match_arm, reason = "a test asks the readers for every step")]
fn letters(kind: Kind) -> Read {
    Ok(match kind {
        Kind::TransferLead(m) => reason(Step::TransferLead, m.reason),
        Kind::AcknowledgeLead(_) => plain(Step::AcknowledgeLead),
        Kind::ReturnLead(m) => {
            let said = Said { organ: m.competent_organ, reason: m.reason, ..Said::default() };
            (Step::ReturnLead, said)
        }
        Kind::SendAdvice(_) => plain(Step::SendAdvice),
        Kind::ReplyToAdvice(m) => reason(Step::ReplyToAdvice, m.answer),
        Kind::CopyToSuperior(m) => reason(Step::CopyToSuperior, m.reason),
        Kind::TransferCrime(m) => reason(Step::TransferCrime, m.reason),
        Kind::AcknowledgeTransfer(_) => plain(Step::AcknowledgeTransfer),
        other => return Err(Box::new(other)),
    })
}

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use proto::referral::v1 as pb;

    use super::*;

    /// Name and number of every step of the contract.
    fn contract() -> Vec<(String, u32)> {
        let set = prost_types::FileDescriptorSet::decode(proto::DESCRIPTORS).unwrap();
        let own = set.file.iter().filter(|file| file.package() == "xiezhi.referral.v1");
        let mut messages = own.flat_map(|file| &file.message_type);
        let step = messages.find(|message| message.name() == "Step").unwrap();
        let numbers = step.field.iter();
        numbers.map(|f| (f.name().to_uppercase(), f.number().unsigned_abs())).collect()
    }

    #[test]
    fn every_step_of_the_contract_is_read_and_named_alike() {
        let contract = contract();
        assert_eq!(contract.len(), Step::ALL.len());
        for (name, number) in contract {
            // The field, with an empty message in it.
            let mut bytes = Vec::new();
            prost::encoding::encode_key(
                number,
                prost::encoding::WireType::LengthDelimited,
                &mut bytes,
            );
            bytes.push(0);
            let step = pb::Step::decode(bytes.as_slice()).unwrap();
            let mut fields = server::Fields::default();
            let (step, _) = read(step.kind, &mut fields).unwrap();
            assert_eq!(step.as_str(), name);
            fields.done().unwrap();
        }
    }
}
