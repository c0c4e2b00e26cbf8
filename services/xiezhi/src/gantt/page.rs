//! The page of one body: a row for each officer, a column for each day, a bar for each visit.

use std::collections::BTreeMap;

use super::{
    Bar, Body, Chart, hour, length,
    svg::{Area, Svg},
};

/// Where the rows begin, from the left and from the top.
pub(super) const LEFT: i64 = 110;
const TOP: i64 = 112;
/// A column, and what is between two of them.
pub(super) const DAY: i64 = 270;
pub(super) const GAP: i64 = 12;
/// A row, and a bar in it.
const ROW: i64 = 16;
const BAR: i64 = 13;
/// The stripe at the foot of a bar, in the colours of the other bodies.
const STRIPE: i64 = 4;
/// From this width on there is room for a label.
const LABEL: i64 = 20;

/// Draws the page.
pub(super) fn page(chart: &Chart, body: &Body) -> String {
    let rows: BTreeMap<&str, i64> = body.officers.iter().map(String::as_str).zip(0..).collect();
    let height = TOP + ROW * length(rows.len()) + 34;
    let mut svg = Svg::new(width(chart), height);
    let bars: Vec<&Bar> = chart.bars.iter().filter(|bar| bar.body == body.code).collect();
    let visits: std::collections::BTreeSet<&str> =
        bars.iter().map(|bar| bar.visit.as_str()).collect();
    svg.words((16, 28), 18, "font-weight=\"bold\"", &format!("{} {}", body.code, body.name));
    let told =
        format!("{} officers, {} visits. {}", body.officers.len(), visits.len(), chart.title);
    svg.words((160, 28), 12, "fill=\"#444444\"", &told);
    legend(&mut svg, chart, 40);
    let bottom = TOP + ROW * length(rows.len());
    for (officer, row) in &rows {
        let top = TOP + ROW * row;
        if row % 2 == 1 {
            svg.rect((0, top, width(chart), ROW), "#f6f6f6", "");
        }
        svg.words((16, top + 12), 10, "fill=\"#333333\"", officer);
    }
    columns(&mut svg, chart, (TOP, bottom));
    for away in &chart.away {
        let Some((row, column)) = rows.get(away.officer.as_str()).zip(chart.column(away.day))
        else {
            continue;
        };
        let (left, top) = (left(column), TOP + ROW * row);
        svg.rect((left, top + 1, DAY, ROW - 2), "url(#away)", "");
        svg.words((left + 6, top + 12), 9, "fill=\"#666666\"", away.why);
    }
    for bar in bars {
        let Some((row, column)) = rows.get(bar.officer.as_str()).zip(chart.column(bar.day)) else {
            continue;
        };
        let from = left(column) + across(chart, bar.from);
        let to = left(column) + across(chart, bar.to);
        draw(&mut svg, chart, bar, (from, TOP + ROW * row + 1, (to - from).max(2), BAR));
    }
    svg.link("overview.svg");
    svg.words((16, bottom + 22), 11, "fill=\"#3366aa\"", "all bodies");
    svg.end_link();
    svg.finish()
}

/// How wide a chart is.
pub(super) fn width(chart: &Chart) -> i64 {
    LEFT + (DAY + GAP) * length(chart.days.len()) + 110
}

/// Where a column begins.
pub(super) fn left(column: i64) -> i64 {
    LEFT + (DAY + GAP) * column
}

/// How far a minute of the day is from where its column begins.
pub(super) fn across(chart: &Chart, minute: i64) -> i64 {
    let (from, to) = chart.hours;
    (minute.clamp(from, to) - from) * DAY / (to - from).max(1)
}

/// The heads of the days and their hours.
pub(super) fn columns(svg: &mut Svg, chart: &Chart, (top, bottom): (i64, i64)) {
    let (from, to) = chart.hours;
    for (column, day) in (0..).zip(&chart.days) {
        let start = left(column);
        let head = day.format("%A %-d %B %Y").to_string();
        svg.words((start, top - 24), 12, "font-weight=\"bold\"", &head);
        // Every full hour has a line, every second one its number.
        for at in (from..=to).filter(|minute| minute % 60 == 0) {
            let x = start + across(chart, at);
            svg.line((x, top - 4), (x, bottom), "#dddddd");
            if (at / 60) % 2 == 1 {
                let middle = "text-anchor=\"middle\" fill=\"#666666\"";
                svg.words((x, top - 8), 9, middle, &hour(at));
            }
        }
        svg.line((start, top - 4), (start, bottom), "#888888");
        svg.line((start + DAY, top - 4), (start + DAY, bottom), "#888888");
    }
}

/// What the colours and marks mean.
pub(super) fn legend(svg: &mut Svg, chart: &Chart, top: i64) {
    let mut x = 16;
    for body in &chart.bodies {
        svg.rect((x, top, 12, 12), chart.colour(&body.code), "");
        svg.words((x + 16, top + 10), 11, "", &format!("{} {}", body.code, body.name));
        x += 112;
    }
    let top = top + 17;
    svg.rect((17, top + 1, 22, 10), "#cccccc", "stroke=\"#d00000\" stroke-width=\"2\"");
    svg.words((44, top + 10), 11, "", "changed by the repair");
    svg.rect((190, top, 24, 12), "#cccccc", "");
    svg.rect((190, top + 8, 24, STRIPE), "#666666", "");
    svg.words((219, top + 10), 11, "", "stripe: the other bodies at the visit");
    svg.rect((438, top, 24, 12), "url(#away)", "");
    svg.words((467, top + 10), 11, "", "away");
    svg.words((520, top + 10), 11, "", "the number is that of the notice; point at a bar for more");
}

fn draw(svg: &mut Svg, chart: &Chart, bar: &Bar, area: Area) {
    let (left, top, width, height) = area;
    svg.told(&bar.tip);
    let outline = if bar.repaired {
        "stroke=\"#d00000\" stroke-width=\"2\""
    } else {
        "stroke=\"#ffffff\" stroke-width=\"1\""
    };
    svg.rect(area, chart.colour(&bar.body), outline);
    let parts = length(bar.with.len());
    for (at, other) in (0..).zip(&bar.with) {
        let (from, to) = (width * at / parts, width * (at + 1) / parts);
        let stripe = (left + from, top + height - STRIPE, to - from, STRIPE);
        svg.rect(stripe, chart.colour(other), "");
    }
    if width >= LABEL {
        let middle = "text-anchor=\"middle\" fill=\"#ffffff\"";
        // Four figures need smaller ones.
        let size = if length(bar.label.len()) * 6 > width { 8 } else { 9 };
        svg.words((left + width / 2, top + 9), size, middle, &bar.label);
    }
    svg.end_told();
}
