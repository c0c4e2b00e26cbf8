//! What is near comes first, says why, and is the same however often it is asked.

use super::{testing::blank, *};
use crate::domain::{body::testing::code, dispute::Subject};

const FACTS: [&str; 5] = [
    "某公司在永久基本农田上堆放工程渣土，占用耕地取土，破坏种植条件",
    "沿街店铺超出门窗占道经营，影响市容环境卫生",
    "作坊在粮食加工中添加非食用物质，涉嫌有毒有害食品",
    "企业私设暗管向河道排放含重金属废水，造成水体污染",
    "未取得燃气经营许可证，私自储存、销售瓶装液化气",
];

fn filled(count: usize) -> Index {
    let mut index = Index::default();
    for number in 0..count {
        let about = number % FACTS.len();
        let precedent = Precedent {
            dispute: format!("disputes/{number}"),
            matter: format!("M{:03}", about + 40),
            title: format!("第{number}号争议"),
            facts: format!("{}，第{number}号，举报人张三", FACTS[about]),
            reason: FACTS[about].chars().take(15).collect(),
            ..blank()
        };
        index.add(precedent, "ADMIN_AGENCY+ADMIN_AGENCY");
    }
    index
}

fn subject(matter: &str, facts: &str) -> Subject {
    Subject {
        title: "渣土倾倒在农田，谁来管".into(),
        matter: matter.into(),
        place: "330999005".into(),
        facts: facts.into(),
        ..Subject::default()
    }
}

fn ask<'a>(subject: &'a Subject, parties: &'a [AgencyCode]) -> Question<'a> {
    let kinds = "ADMIN_AGENCY+ADMIN_AGENCY";
    Question { dispute: "", kind: Kind::Positive, parties, kinds, subject }
}

#[test]
fn the_same_matter_with_like_facts_comes_first_and_says_why() {
    let index = filled(200);
    let (subject, parties) =
        (subject("M040", "工程渣土堆放在基本农田，破坏耕地种植条件"), [code("AGR"), code("NAT")]);
    let near = index.nearest(&ask(&subject, &parties), 5);
    assert_eq!(near.len(), 5);
    assert!(near.iter().all(|one| one.precedent.matter == "M040"), "{near:#?}");
    assert_eq!(near[0].precedent.dispute, "disputes/195", "of two alike the newer");
    let reasons = near[0].reasons.join(" ");
    for word in ["matter, M040", "AGR, NAT", "claimed", "330999", "农田"] {
        assert!(reasons.contains(word), "{word}: {reasons}");
    }
}

#[test]
fn like_facts_are_found_without_a_matter_and_between_other_bodies() {
    let index = filled(200);
    let (subject, parties) =
        (subject("", "企业通过暗管排放重金属废水污染河道"), [code("ECO"), code("WAT")]);
    let near = index.nearest(&ask(&subject, &parties), 3);
    assert!(near.iter().all(|one| one.precedent.matter == "M043"), "{near:#?}");
    let reasons = near[0].reasons.join(" ");
    assert!(reasons.contains("same kinds") && !reasons.contains("disagreed then"), "{reasons}");
}

#[test]
fn what_happened_is_compared_and_shown_to_nobody() {
    let index = filled(50);
    let (subject, parties) = (subject("M040", "举报人张三，破坏种植条件"), [code("AGR")]);
    for near in index.nearest(&ask(&subject, &parties), 20) {
        let told = near.reasons.join(" ");
        for word in ["举报", "张三", "种植"] {
            assert!(!told.contains(word), "{word} stands in the facts alone: {told}");
        }
        assert_eq!(near.precedent.facts, "", "not kept in memory");
    }
}

#[test]
fn what_has_nothing_in_common_is_not_suggested() {
    let index = filled(200);
    let subject =
        Subject { place: "440300".into(), title: "绿化树木".into(), ..Subject::default() };
    let question =
        Question { kind: Kind::Negative, kinds: "TOWNSHIP_GOVERNMENT", ..ask(&subject, &[]) };
    assert!(index.nearest(&question, 5).is_empty());
    assert!(Index::default().nearest(&question, 5).is_empty());
}

#[test]
fn a_dispute_is_no_precedent_for_itself_and_the_answer_is_always_the_same() {
    let index = filled(50);
    let (subject, parties) = (subject("M040", FACTS[0]), [code("AGR"), code("NAT")]);
    let question = Question { dispute: "disputes/45", ..ask(&subject, &parties) };
    let names = || -> Vec<String> {
        let near = index.nearest(&question, 10).into_iter();
        near.map(|one| format!("{} {}", one.precedent.dispute, one.similarity)).collect()
    };
    let first = names();
    assert!(first.len() == 10 && first.iter().all(|one| !one.starts_with("disputes/45 ")));
    assert_eq!((names(), names()), (first.clone(), first));
}

#[test]
fn similarity_is_between_nothing_and_everything() {
    let index = filled(100);
    let (subject, parties) = (subject("M040", FACTS[0]), [code("AGR"), code("NAT")]);
    for near in index.nearest(&ask(&subject, &parties), 20) {
        assert!((0.0..=1.0).contains(&near.similarity), "{near:?}");
    }
}

#[test]
fn regions_hold_what_lies_in_them() {
    for (one, two, wanted) in [
        ("330999", "330999005", true),
        ("330999005", "330900", true),
        ("330000", "330999213", true),
        ("330999005", "330999006", false),
        ("330999", "330998", false),
        ("330900", "330100", false),
    ] {
        assert_eq!((overlaps(one, two), overlaps(two, one)), (wanted, wanted), "{one} {two}");
    }
}
