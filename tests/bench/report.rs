//! One figure a line.

/// Collects and prints figures.
pub(crate) struct Report {
    json: bool,
    missed: Vec<String>,
}

/// A figure, and what it is held against.
#[derive(Default)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// The same done by the yardstick.
    pub(crate) yardstick: Option<f64>,
    /// The least ratio to the yardstick.
    pub(crate) least_ratio: Option<f64>,
    /// The most ratio to the yardstick, where less is better.
    pub(crate) most_ratio: Option<f64>,
    /// The most the value may be.
    pub(crate) most: Option<f64>,
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        if !json {
            println!(
                "{:<52} {:>10} {:<7} {:>10} {:>6}  {:<9} met",
                "name", "value", "unit", "yardstick", "ratio", "goal"
            );
        }
        Self { json, missed: Vec::new() }
    }

    pub(crate) fn add(&mut self, figure: Figure) {
        let ratio = figure.yardstick.map(|yardstick| figure.value / yardstick);
        let goal = match (figure.least_ratio, figure.most_ratio, figure.most) {
            (Some(least), _, _) => format!(">= {least:.2}"),
            (None, Some(most), _) => format!("<= {most:.2} x"),
            (None, None, Some(most)) => format!("<= {most}"),
            (None, None, None) => String::new(),
        };
        let met = match (figure.least_ratio, figure.most_ratio, figure.most, ratio) {
            (Some(least), _, _, Some(ratio)) => Some(ratio >= least),
            (None, Some(most), _, Some(ratio)) => Some(ratio <= most),
            (None, None, Some(most), _) => Some(figure.value <= most),
            _ => None,
        };
        if met == Some(false) {
            self.missed.push(figure.name.clone());
        }
        if self.json {
            let line = serde_json::json!({
                "name": figure.name, "value": round(figure.value), "unit": figure.unit,
                "yardstick": figure.yardstick.map(round), "ratio": ratio.map(round),
                "goal": goal, "met": met,
            });
            println!("{line}");
            return;
        }
        let text = |value: Option<f64>, places: usize| {
            value.map_or(String::new(), |value| format!("{value:.places$}"))
        };
        println!(
            "{:<52} {:>10} {:<7} {:>10} {:>6}  {:<9} {}",
            figure.name,
            text(Some(figure.value), if figure.value < 100.0 { 2 } else { 0 }),
            figure.unit,
            text(figure.yardstick, if figure.yardstick < Some(100.0) { 2 } else { 0 }),
            text(ratio, 2),
            goal,
            met.map_or("", |met| if met { "yes" } else { "NO" }),
        );
    }

    /// Says more of the figure above it, to people.
    pub(crate) fn note(&self, text: &str) {
        if !self.json {
            println!("    {text}");
        }
    }

    pub(crate) fn end(self) {
        if !self.json && !self.missed.is_empty() {
            println!("\nmissed: {}", self.missed.join("; "));
        }
    }
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// The middle of several measurements.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
