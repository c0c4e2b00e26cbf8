//! The overview: for each body and day how many of its officers are at visits, half hour by half hour.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{
    Bar, Body, Chart, file, length,
    page::{across, columns, left, legend, width},
    svg::Svg,
};

/// Where the bands begin, from the top.
const TOP: i64 = 112;
/// A band, and the tallest column in it.
const BAND: i64 = 66;
const TALLEST: i64 = 44;
/// Minutes of one column.
const STEP: i64 = 30;

/// Draws the overview.
pub(super) fn overview(chart: &Chart) -> String {
    let bottom = TOP + BAND * length(chart.bodies.len());
    let mut svg = Svg::new(width(chart), bottom + 40);
    let visits: BTreeSet<&str> = chart.bars.iter().map(|bar| bar.visit.as_str()).collect();
    svg.words((16, 28), 18, "font-weight=\"bold\"", "Joint operations");
    let told = format!("{} visits dispatched. {}", visits.len(), chart.title);
    svg.words((190, 28), 12, "fill=\"#444444\"", &told);
    legend(&mut svg, chart, 40);
    columns(&mut svg, chart, (TOP, bottom));
    let busy: Vec<Vec<Vec<i64>>> = chart.bodies.iter().map(|body| busy(chart, body)).collect();
    let peak = busy.iter().flatten().flatten().copied().max().unwrap_or_default().max(1);
    for ((at, body), busy) in (0..).zip(&chart.bodies).zip(&busy) {
        band(&mut svg, chart, (body, TOP + BAND * at), (busy, peak));
    }
    let foot = format!(
        "each column: officers at visits in that half hour, of all officers of the body, the tallest {} \
         %; the per cent of a day: their minutes at visits, of its hours",
        peak / 10
    );
    svg.words((16, bottom + 24), 11, "fill=\"#444444\"", &foot);
    svg.finish()
}

/// How many of a thousand officers of a body are at visits, by day and half hour.
fn busy(chart: &Chart, body: &Body) -> Vec<Vec<i64>> {
    let (from, to) = chart.hours;
    let officers = length(body.officers.len()).max(1);
    let bars: Vec<&Bar> = chart.bars.iter().filter(|bar| bar.body == body.code).collect();
    let here = |day: NaiveDate, at: i64| {
        let now = |bar: &&&Bar| bar.day == day && bar.from < at + STEP && at < bar.to;
        let here: BTreeSet<&str> =
            bars.iter().filter(now).map(|bar| bar.officer.as_str()).collect();
        1000 * length(here.len()) / officers
    };
    let halves = |day| (0..(to - from) / STEP).map(|half| here(day, from + half * STEP)).collect();
    chart.days.iter().copied().map(halves).collect()
}

fn band(svg: &mut Svg, chart: &Chart, (body, top): (&Body, i64), (busy, peak): (&[Vec<i64>], i64)) {
    let colour = chart.colour(&body.code);
    let bars: Vec<&Bar> = chart.bars.iter().filter(|bar| bar.body == body.code).collect();
    let officers = length(body.officers.len()).max(1);
    let base = top + BAND - 6;
    svg.link(&file(&body.code));
    svg.words((16, top + 26), 13, "font-weight=\"bold\" fill=\"#3366aa\"", &body.code);
    svg.words((16, top + 42), 11, "fill=\"#333333\"", &body.name);
    svg.words((16, top + 56), 10, "fill=\"#666666\"", &format!("{officers} officers"));
    svg.end_link();
    let (from, to) = chart.hours;
    for ((column, index), day) in (0..).zip(0..).zip(&chart.days) {
        let today: Vec<&&Bar> = bars.iter().filter(|bar| bar.day == *day).collect();
        for (half, here) in (0..).zip(busy.get(index).into_iter().flatten()) {
            let at = from + half * STEP;
            let height = TALLEST * here / peak;
            let x = left(column) + across(chart, at);
            let wide = across(chart, at + STEP) - across(chart, at) - 1;
            if height > 0 {
                svg.rect((x + 1, base - height, wide, height), colour, "");
            }
        }
        svg.line((left(column), base), (left(column) + super::page::DAY, base), "#888888");
        svg.words(
            (left(column) + 4, top + 13),
            10,
            "fill=\"#333333\"",
            &day_told(&today, (officers, to - from)),
        );
    }
    let minutes: i64 = bars.iter().map(|bar| bar.to - bar.from).sum();
    let all = officers * (to - from).max(1) * length(chart.days.len()).max(1);
    let week = format!("{} %", minutes * 100 / all);
    svg.words((left(length(chart.days.len())) + 8, top + 40), 13, "font-weight=\"bold\"", &week);
    svg.words(
        (left(length(chart.days.len())) + 8, top + 54),
        10,
        "fill=\"#666666\"",
        "of the week",
    );
}

/// Visits and load of a body's day.
fn day_told(bars: &[&&Bar], (officers, minutes): (i64, i64)) -> String {
    let visits: BTreeSet<&str> = bars.iter().map(|bar| bar.visit.as_str()).collect();
    let repaired: BTreeSet<&str> =
        bars.iter().filter(|bar| bar.repaired).map(|bar| bar.visit.as_str()).collect();
    let worked: i64 = bars.iter().map(|bar| bar.to - bar.from).sum();
    let load = worked * 100 / (officers * minutes).max(1);
    let mut told = format!("{} visits, {load} %", visits.len());
    if !repaired.is_empty() {
        told.push_str(&format!(", {} repaired", repaired.len()));
    }
    told
}
