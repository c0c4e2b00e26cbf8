//! The three forms of a case, at their usual size and at their limits.

use std::time::{Duration, Instant};

use paper::{
    Error,
    form::{Align, Column, Form, Paper, SignatureBox},
    print,
};

use crate::read::Pdf;

fn text(text: &str) -> String {
    text.to_owned()
}

fn column(title: &str, width_share: f32, align: Align) -> Column {
    Column { title: text(title), width_share, align }
}

fn signature(role: &str, seal: bool) -> SignatureBox {
    SignatureBox { role: text(role), seal, ..SignatureBox::default() }
}

/// 涉案物品清单 with some items.
fn list(items: usize) -> Form {
    let item = |i: usize| {
        let number = format!("WP-{i:04}");
        [
            "冒牌机油",
            &number,
            "80,000.00元",
            "铁桶装，“壳牌”字样，封口有胶痕；见照片",
            "扣押",
            "一号库",
        ]
        .map(text)
        .to_vec()
    };
    let rows = (1..=items).map(|i| [vec![i.to_string()], item(i)].concat()).collect();
    Form {
        title: text("涉案物品清单"),
        number: text("余市监清〔2021〕12号"),
        agency: text("余姚市市场监督管理局"),
        facts: [
            ("案由", "涉嫌销售假冒注册商标的商品"),
            ("当事人", "张某"),
            ("日期", "2021年7月28日"),
        ]
        .map(|(label, value)| (text(label), text(value)))
        .to_vec(),
        columns: vec![
            column("序号", 1.1, Align::Center),
            column("名称", 2.0, Align::Left),
            column("编号", 2.2, Align::Left),
            column("数量", 2.0, Align::Right),
            column("特征", 3.5, Align::Left),
            column("来源", 1.3, Align::Center),
            column("存放地点", 1.6, Align::Left),
        ],
        rows,
        signatures: vec![
            signature("当事人", false),
            signature("办案人员", false),
            signature("办案机关", true),
        ],
        ..Form::default()
    }
}

/// 涉案物品移交清单, in three copies, with a code.
fn hand_over(items: usize) -> Form {
    let titles = [
        "序号",
        "名称",
        "编号",
        "移交数量",
        "清点数量",
        "特征",
        "来源",
        "状况",
        "封条号",
        "差异",
        "照片",
    ];
    let row = |i: usize| {
        let (i, number) = (i.to_string(), format!("WP-{i:04}"));
        [
            &i,
            "冒牌机油",
            &number,
            "20桶",
            "19桶",
            "铁桶装，4升",
            "扣押",
            "完好",
            "F-77",
            "少1桶",
            "2张",
        ]
        .map(text)
        .to_vec()
    };
    Form {
        title: text("涉案物品移交清单"),
        paper: Paper::Landscape,
        columns: titles.map(|title| column(title, 1.0, Align::Left)).to_vec(),
        rows: (1..=items).map(row).collect(),
        copies: ["移交机关", "接收机关", "附卷"].map(text).to_vec(),
        qr: Some(text("https://xiezhi.example/r/0190b1c2")),
        footer: text("本清单一式三份。"),
        ..list(0)
    }
}

/// A page's text without its line breaks.
fn joined(pages: &[Vec<String>]) -> Vec<String> {
    pages.iter().map(|lines| lines.concat()).collect()
}

#[test]
fn the_text_of_a_list_can_be_searched() {
    let printed = print(&list(2)).unwrap();
    let pdf = Pdf::of(&printed.pdf);
    let pages = pdf.text();
    let all = pages.concat();
    assert_eq!((pdf.pages(), printed.pages, pages.len()), (1, 1, 1));
    for line in [
        "余姚市市场监督管理局",
        "涉案物品清单",
        "编号：余市监清〔2021〕12号",
        "涉嫌销售假冒注册商标的商品",
        "80,000.00元",
        "WP-0002",
        "（以下空白）",
        "办案机关：",
        "（印章）",
        "第1页　共1页",
    ] {
        assert!(all.contains(&text(line)), "{line}: {all:#?}");
    }
    assert!(joined(&pages)[0].contains("铁桶装，“壳牌”字样，封口有胶痕；见照片"), "{all:#?}");
    assert_eq!(printed.missing, []);
}

#[test]
fn the_document_says_its_title_and_language_and_no_date() {
    let pdf = Pdf::of(&print(&list(1)).unwrap().pdf);
    let title = "涉案物品清单 余市监清〔2021〕12号";
    assert!(pdf.has(title.as_bytes()));
    assert!(pdf.has(b"/Lang (zh-CN)") || pdf.has(b"/Lang(zh-CN)"));
    assert!(!pdf.has(b"Date"));
}

#[test]
fn the_same_form_gives_the_same_bytes() {
    let form = hand_over(60);
    assert_eq!(print(&form).unwrap(), print(&form.clone()).unwrap());
    let other = Form { number: text("余市监清〔2021〕13号"), ..form.clone() };
    assert_ne!(print(&form).unwrap().pdf, print(&other).unwrap().pdf);
}

#[test]
fn each_copy_is_whole_and_says_whose_it_is() {
    let printed = print(&hand_over(40)).unwrap();
    let pdf = Pdf::of(&printed.pdf);
    let pages = pdf.text();
    assert_eq!(pdf.pages(), printed.pages);
    let each = pages.len() / 3;
    assert!(each > 1 && pages.len() == each * 3, "{}", pages.len());
    let marks = [("第一份", "移交机关"), ("第二份", "接收机关"), ("第三份", "附卷")];
    for (copy, (number, name)) in pages.chunks(each).zip(marks) {
        for (i, page) in copy.iter().enumerate() {
            assert_eq!(page[0], format!("一式三份　{number}　{name}"));
            assert!(page.contains(&format!("第{}页　共{each}页", i + 1)), "{page:#?}");
            assert!(page.contains(&text("封条号")), "the head: {page:#?}");
            assert!(page.contains(&text("本清单一式三份。")), "{page:#?}");
        }
        let all = copy.concat();
        let items = all.iter().filter(|line| line.starts_with("WP-"));
        assert_eq!(items.count(), 40);
        let last = &copy[each - 1];
        let closing = last.iter().position(|line| line == "（以下空白）").unwrap();
        assert!(last[..closing].contains(&text("WP-0040")), "{last:#?}");
        assert!(last[closing..].contains(&text("（印章）")), "{last:#?}");
    }
}

#[test]
fn signatures_stand_under_an_item_however_many_there_are() {
    for items in 1..60 {
        let pages = Pdf::of(&print(&list(items)).unwrap().pdf).text();
        let last = &pages[pages.len() - 1];
        let item = last.iter().position(|line| *line == format!("WP-{items:04}"));
        let seal = last.iter().position(|line| line == "（印章）");
        assert!(item.is_some() && item < seal, "{items}: {last:#?}");
    }
}

#[test]
fn what_the_font_lacks_is_printed_as_a_mark_and_told() {
    let mut form = list(1);
    form.rows[0][1] = text("𠮷字牌龍井\u{200b}茶");
    let printed = print(&form).unwrap();
    assert_eq!(printed.missing, ['\u{200b}', '龍', '𠮷']);
    let all = joined(&Pdf::of(&printed.pdf).text());
    assert!(all[0].contains("〓字牌〓井〓茶"), "{all:?}");
}

#[test]
fn a_receipt_is_its_words_and_a_signature() {
    let words = "余姚市市场监督管理局：你局移送的张某涉嫌销售假冒注册商标的商品案（余市监移〔2021〕12号）\
                 及附卷材料，我局已于2021年7月28日收到。";
    let form = Form {
        title: text("涉嫌犯罪案件移送书（回执）"),
        agency: text("余姚市公安局"),
        opening: vec![text(words)],
        signatures: vec![signature("接收人", true)],
        qr: Some(text("https://xiezhi.example/r/1")),
        ..Form::default()
    };
    let pdf = Pdf::of(&print(&form).unwrap().pdf);
    assert_eq!(pdf.pages(), 1);
    assert!(joined(&pdf.text())[0].contains(words));
}

#[test]
fn a_cell_longer_than_a_page_goes_on() {
    let mut form = list(3);
    let long = "铁桶装，封口有胶痕。".repeat(150);
    form.rows[1][4].clone_from(&long);
    form.rows[2][0] = text("末");
    let pdf = Pdf::of(&print(&form).unwrap().pdf);
    let pages = pdf.text();
    assert!(pages.len() > 1);
    let piece: usize = joined(&pages).iter().map(|page| page.matches('胶').count()).sum();
    // 150 of the long cell, one of each other item.
    assert_eq!(piece, 152);
    assert!(pages[1].contains(&text("（续）")), "{:#?}", pages[1]);
}

#[test]
fn a_thousand_items_take_less_than_two_seconds() {
    let form = Form { copies: Vec::new(), ..hand_over(1_000) };
    let started = Instant::now();
    let printed = print(&form).unwrap();
    let took = started.elapsed();
    let pdf = Pdf::of(&printed.pdf);
    let items = pdf.text().concat().iter().filter(|line| line.starts_with("WP-")).count();
    assert_eq!((pdf.pages(), items), (printed.pages, 1_000));
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn every_field_at_fault_is_named_at_once() {
    let mut form = list(2);
    form.title = text(" ");
    form.number = "1".repeat(61);
    form.rows[1].pop();
    form.rows[0][1] = "铁".repeat(4_001);
    form.columns[2].width_share = f32::NAN;
    form.copies = vec![text("附\n卷")];
    let Err(Error::Unfit(faults)) = print(&form) else { panic!("it was printed") };
    let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
    let expected =
        ["title", "number", "copies[0]", "columns[2].width_share", "rows[0][1]", "rows[1]"];
    assert_eq!(fields, expected);
    let told = Error::Unfit(faults).to_string();
    assert!(told.contains("rows[1]: has 6 cells for 7 columns"), "{told}");
}

#[test]
fn a_form_too_large_to_print_is_refused() {
    let Err(Error::Unfit(faults)) = print(&list(10_001)) else { panic!("it was printed") };
    assert_eq!(faults[0].why, "there are 10001, at most 10000");
    let mut form = list(10_000);
    form.copies = vec![text("附卷"); 10];
    for row in &mut form.rows {
        row[1] = "甲\n".repeat(60);
    }
    let error = print(&form).unwrap_err();
    assert!(matches!(error, Error::TooManyPages { limit: 5_000, .. }), "{error}");

    let mut narrow = list(0);
    narrow.columns[3].width_share = 0.1;
    let Err(Error::Unfit(faults)) = print(&narrow) else { panic!("it was printed") };
    assert_eq!(faults[0].field, "columns[3].width_share");
}

#[test]
fn a_code_too_large_to_be_read_is_refused() {
    let form = Form { qr: Some("a".repeat(998)), ..list(1) };
    let error = print(&form).unwrap_err();
    assert!(matches!(error, Error::QrTooLong { bytes: 998, limit: 997 }), "{error}");
}
