//! The yearly evaluation as a form to print: 行政执法评议报告.

use chrono::DateTime;
use paper::form::{Align, Column, Form, Paper, SignatureBox};
use proto::supervision::v1 as pb;

/// Prints a report. `name` is that of its body, where it is known.
///
/// # Errors
/// See [`paper::print`].
pub(crate) fn evaluation(
    report: &pb::EvaluationReport,
    name: Option<String>,
) -> Result<Vec<u8>, paper::Error> {
    paper::print(&form(report, name)).map(|printed| printed.pdf)
}

fn form(report: &pb::EvaluationReport, name: Option<String>) -> Form {
    let body = match (report.body.as_str(), name) {
        ("", _) => "全县".to_owned(),
        (code, None) => code.to_owned(),
        (code, Some(name)) => format!("{name}（{code}）"),
    };
    let year = report.year;
    let made = report.create_time.and_then(|at| DateTime::from_timestamp(at.seconds, 0));
    let made =
        made.map(|at| at.with_timezone(&clock::SHANGHAI).format("%Y年%-m月%-d日").to_string());
    let column = |title: &str, width_share, align| {
        let title = title.to_owned();
        Column { title, width_share, align }
    };
    Form {
        title: "行政执法评议报告".to_owned(),
        number: format!("{year}年度"),
        paper: Paper::Landscape,
        opening: vec![
            "本表由各机关办案日志自动汇总，每一数字均可逐条追溯至日志记录并附存证证明；\
             指标定义、公式见指标目录。"
                .to_owned(),
        ],
        facts: vec![
            ("评议对象".to_owned(), body),
            ("评议年度".to_owned(), format!("{year}年1月至12月")),
            ("出具日期".to_owned(), made.unwrap_or_default()),
            ("存证日志".to_owned(), format!("共{}条记录", report.tree_size)),
        ],
        columns: vec![
            column("指标", 3.0, Align::Left),
            column("单位", 1.6, Align::Center),
            column("分子", 1.2, Align::Right),
            column("分母", 1.2, Align::Right),
            column("本年", 1.2, Align::Right),
            column("上年", 1.2, Align::Right),
            column("位次", 1.4, Align::Center),
        ],
        rows: report.lines.iter().map(row).collect(),
        remarks: remarks(report),
        signatures: vec![SignatureBox {
            role: "评议机关".to_owned(),
            seal: true,
            ..SignatureBox::default()
        }],
        footer:
            "指标均为设计口径（D），不作为追责依据；无分母的指标以“—”表示，不宜排名的指标不列位次。"
                .to_owned(),
        ..Form::default()
    }
}

fn row(line: &pb::EvaluationLine) -> Vec<String> {
    let this = line.this_year.clone().unwrap_or_default();
    let last = line.last_year.clone().unwrap_or_default();
    let value = |value: String| if value.is_empty() { "—".to_owned() } else { value };
    let unit = match line.unit.as_str() {
        "PERCENT" => "%",
        "PER_HUNDRED" => "件/百件",
        "PER_OFFICER_MONTH" => "件/人·月",
        other => other,
    };
    let place =
        if line.rank == 0 { "—".to_owned() } else { format!("{}/{}", line.rank, line.ranked) };
    vec![
        line.title_zh.clone(),
        unit.to_owned(),
        this.numerator.to_string(),
        this.denominator.to_string(),
        value(this.value),
        value(last.value),
        place,
    ]
}

/// What was missed and warned of, in one line for each.
fn remarks(report: &pb::EvaluationReport) -> Vec<String> {
    let mut remarks = Vec::new();
    if !report.missed.is_empty() {
        let all: Vec<String> =
            report.missed.iter().map(|one| format!("{} {}件", one.rule, one.count)).collect();
        remarks.push(format!("未遵守法定期限：{}。", all.join("、")));
    }
    if !report.warnings.is_empty() {
        let all: Vec<String> = report
            .warnings
            .iter()
            .map(|one| format!("{} {}件（未办结{}件）", one.rule, one.raised, one.open))
            .collect();
        remarks.push(format!("预警：{}。", all.join("、")));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> pb::EvaluationReport {
        let figure = |numerator, denominator, value: &str| {
            Some(pb::Figure {
                numerator,
                denominator,
                value: value.into(),
                ..pb::Figure::default()
            })
        };
        pb::EvaluationReport {
            year: 2026,
            body: "MKT".into(),
            lines: vec![pb::EvaluationLine {
                title_zh: "期限遵守率".into(),
                unit: "PERCENT".into(),
                this_year: figure(5, 6, "83.3"),
                last_year: figure(0, 0, ""),
                rank: 1,
                ranked: 3,
                ..pb::EvaluationLine::default()
            }],
            missed: vec![pb::MissedTerms { rule: "T-14".into(), count: 2 }],
            warnings: vec![pb::WarningCount { rule: "LATENESS".into(), raised: 3, open: 1 }],
            ..pb::EvaluationReport::default()
        }
    }

    #[test]
    fn a_report_is_printed_with_characters_that_the_font_has() {
        let printed = paper::print(&form(&report(), Some("市场监督管理局".into()))).unwrap();
        assert!(printed.pdf.starts_with(b"%PDF-"));
        assert_eq!(printed.missing, Vec::<char>::new());
    }

    #[test]
    fn what_has_no_figure_or_no_place_has_a_dash() {
        let form = form(&report(), None);
        assert_eq!(form.rows[0], ["期限遵守率", "%", "5", "6", "83.3", "—", "1/3"]);
        assert_eq!(form.remarks[0], "未遵守法定期限：T-14 2件。");
        assert_eq!(form.remarks[1], "预警：LATENESS 3件（未办结1件）。");
    }
}
