//! A picture in SVG 1.1: rectangles, lines and words in whole pixels.

use std::fmt::Write as _;

/// The text of a picture while it is drawn.
#[derive(Debug)]
pub(super) struct Svg(String);

/// Where a rectangle is: left, top, width, height.
pub(super) type Area = (i64, i64, i64, i64);

/// Hatching of days on which somebody is away.
const HATCHED: &str = "<defs><pattern id=\"away\" width=\"6\" height=\"6\" \
    patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" \
    fill=\"#eeeeee\"/><line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\" stroke=\"#aaaaaa\" \
    stroke-width=\"2\"/></pattern></defs>\n";

impl Svg {
    pub(super) fn new(width: i64, height: i64) -> Self {
        let mut svg = Self(String::new());
        svg.add(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" \
             xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"'Noto Sans CJK SC', 'Microsoft YaHei', \
             sans-serif\">\n"
        ));
        svg.0.push_str(HATCHED);
        svg.rect((0, 0, width, height), "#ffffff", "");
        svg
    }

    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing into a string cannot fail.
        let _ = self.0.write_fmt(text);
    }

    /// A rectangle; `more` are further attributes.
    pub(super) fn rect(&mut self, area: Area, fill: &str, more: &str) {
        let (x, y, width, height) = area;
        self.add(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\" {more}/>\n"
        ));
    }

    pub(super) fn line(&mut self, (x1, y1): (i64, i64), (x2, y2): (i64, i64), colour: &str) {
        self.add(format_args!(
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{colour}\"/>\n"
        ));
    }

    /// Words on a base line; `more` are further attributes.
    pub(super) fn words(&mut self, (x, y): (i64, i64), size: i64, more: &str, words: &str) {
        let words = escaped(words);
        self.add(format_args!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" {more}>{words}</text>\n"
        ));
    }

    /// What is drawn until the end of the group is told of when somebody points at it.
    pub(super) fn told(&mut self, tip: &str) {
        let tip = escaped(tip);
        self.add(format_args!("<g><title>{tip}</title>\n"));
    }

    pub(super) fn end_told(&mut self) {
        self.0.push_str("</g>\n");
    }

    /// What is drawn until the end of the link leads to a file beside this one.
    pub(super) fn link(&mut self, file: &str) {
        let file = escaped(file);
        self.add(format_args!("<a xlink:href=\"{file}\" href=\"{file}\">\n"));
    }

    pub(super) fn end_link(&mut self) {
        self.0.push_str("</a>\n");
    }

    /// The whole picture.
    pub(super) fn finish(mut self) -> String {
        self.0.push_str("</svg>\n");
        self.0
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
