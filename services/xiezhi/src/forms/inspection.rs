//! 行政检查通知书 (I-03): who comes, when, for what and on what law, how often this year, and the right to
//! ask for recusal.

use std::collections::BTreeMap;

use paper::form::{Align, Form, SignatureBox};
use proto::operations::v1 as pb;

use super::{Names, column, day, facts, line, name};

/// What is inspected, and on what law, by the codes of matters.
pub(crate) type Matters = BTreeMap<String, (String, String)>;

/// What a notice is made of.
#[derive(Clone, Debug)]
pub(crate) struct Inspection {
    /// The visit, dispatched.
    pub(crate) visit: pb::Visit,
    /// Whom it is of.
    pub(crate) subject: pb::Subject,
    /// This year's inspections of the subject, of each body.
    pub(crate) counts: Vec<pb::InspectionCount>,
    /// Names of the matters and the articles.
    pub(crate) matters: Matters,
}

pub(super) fn form(inspection: &Inspection, names: &Names) -> Form {
    let Inspection { visit, subject, .. } = inspection;
    let bodies: Vec<&str> = visit.groups.iter().map(|group| group.agency.as_str()).collect();
    let called = |code: &str| names.get(code).map_or(code, String::as_str).to_owned();
    let all: Vec<String> = bodies.iter().map(|code| called(code)).collect();
    let (from, to) = (hour(visit.start_time), hour(visit.end_time));
    let when = format!("{} {from}至{to}", day(visit.start_time));
    let sealed = bodies.iter().take(SEALS).map(|code| SignatureBox {
        role: "检查机关".to_owned(),
        name: line(&called(code)),
        seal: true,
        ..SignatureBox::default()
    });
    let received =
        SignatureBox { role: "被检查单位签收".to_owned(), ..SignatureBox::default() };
    Form {
        title: "行政检查通知书".to_owned(),
        number: line(&visit.notice_no),
        agency: line(&all.join("、")),
        opening: vec![format!(
            "{}：定于{when}对你单位实施行政检查。检查机关、事项、依据和执法人员如下，请予配合。",
            subject.display_name
        )],
        facts: facts([
            ("被检查单位", subject.display_name.clone()),
            ("统一社会信用代码", subject.uscc.clone()),
            ("地址", subject.address.clone()),
            ("检查时间", when.clone()),
        ]),
        columns: vec![
            column("检查机关", 2.0, Align::Left),
            column("检查事项", 2.6, Align::Left),
            column("检查依据", 2.6, Align::Left),
            column("执法人员证件号", 2.0, Align::Left),
            column("本年度频次", 2.2, Align::Left),
        ],
        rows: visit.groups.iter().map(|group| row(group, inspection, names)).collect(),
        remarks: remarks(visit),
        signatures: sealed.chain([received]).collect(),
        copies: ["被检查单位", "检查机关存档"].map(str::to_owned).to_vec(),
        ..Form::default()
    }
}

/// For how many bodies there is room to seal: the others seal beside.
const SEALS: usize = 11;

fn row(group: &pb::Group, inspection: &Inspection, names: &Names) -> Vec<String> {
    let told = |code: &String| {
        let (name, basis) = inspection.matters.get(code).cloned().unwrap_or_default();
        (format!("{name}（{code}）"), basis)
    };
    let (scope, basis): (Vec<String>, Vec<String>) = group.matters.iter().map(told).unzip();
    let basis: Vec<String> = basis.into_iter().filter(|basis| !basis.is_empty()).collect();
    vec![
        name(names, &group.agency),
        scope.join("\n"),
        basis.join("\n"),
        group.assigned.join("\n"),
        frequency(group, &inspection.counts),
    ]
}

/// How often the body was there this year, and how often it may be (I-04).
fn frequency(group: &pb::Group, counts: &[pb::InspectionCount]) -> String {
    let count = counts.iter().find(|one| one.agency == group.agency);
    let made = count.map_or(0, |one| one.counted + one.exempt);
    let most = count.map(|one| one.cap).filter(|cap| *cap > 0);
    let most = most.map_or_else(String::new, |most| format!("，年度上限{most}次"));
    let over = match group.over_cap.as_str() {
        "" => String::new(),
        because => format!("；超上限检查的理由：{because}"),
    };
    format!("本年度已检查{made}次{most}{over}")
}

fn remarks(visit: &pb::Visit) -> Vec<String> {
    let mut remarks = vec![
        "执法人员不得少于两人，应当主动出示执法证件或者扫码亮码；不出示的，你单位有权拒绝检查（《行政处罚法》\
         第五十五条）。"
            .to_owned(),
        "你单位认为执法人员与检查事项有直接利害关系或者有其他关系可能影响公正执法的，有权申请回避（《行政处罚法》\
         第四十三条）。"
            .to_owned(),
        "检查结果自检查结束之日起二十个工作日内公开。".to_owned(),
    ];
    if visit.groups.len() > 1 {
        remarks.push("各检查机关一次联合检查，不再就上述事项另行入企（综合查一次）。".to_owned());
    }
    remarks
}

fn hour(at: Option<prost_types::Timestamp>) -> String {
    let time = at.and_then(|at| chrono::DateTime::from_timestamp(at.seconds, 0));
    let local = time.map(|time| time.with_timezone(&clock::SHANGHAI));
    local.map(|time| time.format("%H:%M").to_string()).unwrap_or_default()
}
