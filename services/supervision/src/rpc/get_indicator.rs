//! The indicators, and the figures of one.

use std::collections::{BTreeMap, BTreeSet};

use proto::supervision::v1 as pb;

use super::{Call, ask, figure_said};
use crate::{
    Supervision,
    domain::{
        fact::Cell,
        indicator::{INDICATORS, Indicator},
        word::{Dimension, Measure},
    },
    error::Error,
    store,
};

/// The most figures of one answer.
const FIGURES: usize = 10_000;

pub(super) fn list_indicators() -> pb::ListIndicatorsResponse {
    pb::ListIndicatorsResponse { indicators: INDICATORS.iter().map(told).collect() }
}

pub(super) async fn get_indicator(
    service: &Supervision,
    call: Call,
    request: pb::GetIndicatorRequest,
) -> Result<pb::GetIndicatorResponse, Error> {
    let pb::GetIndicatorRequest { name, filter, group_by } = request;
    let mut fields = server::Fields::default();
    let indicator = Indicator::find(&name);
    let indicator = fields.need(indicator, "name", "is not indicators/{id} of ListIndicators");
    let filter = figure_said::filter(&mut fields, indicator, filter.unwrap_or_default());
    let by = figure_said::group_by(&mut fields, indicator, &group_by);
    fields.done()?;
    let indicator = indicator.ok_or(Error::Corrupt("indicator"))?;
    let filter = figure_said::scoped(service, &call.agency, filter, &by)?;

    let reader = service.db.reader();
    // Read first: what was in the log then is in the figures.
    let size = store::head(reader).await?.size;
    let measures = [indicator.numerator, indicator.denominator].concat();
    let measures: BTreeSet<Measure> = measures.into_iter().collect();
    let most = (FIGURES + 1) * measures.len();
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let mut sums = store::fact::tally(reader, &measures, &filter, &by, limit).await?;
    let mut cut = sums.len() == most;
    if cut && let Some((last, ..)) = sums.last().cloned() {
        // The last group may have been read in part.
        sums.retain(|(cell, ..)| *cell != last);
    }
    let mut figures = figures(indicator, sums);
    cut |= figures.len() > FIGURES;
    figures.truncate(FIGURES);
    if by.is_empty() && figures.is_empty() {
        figures.push(figure(indicator, &Cell::default(), (0, 0)));
    }
    Ok(pb::GetIndicatorResponse {
        indicator: Some(told(indicator)),
        figures,
        cut,
        tree_size: ask::count(size)?,
    })
}

/// One figure for each group.
fn figures(indicator: &Indicator, sums: Vec<(Cell, Measure, i64)>) -> Vec<pb::Figure> {
    let mut groups: BTreeMap<Cell, (i64, i64)> = BTreeMap::new();
    for (cell, measure, number) in sums {
        let (above, below) = groups.entry(cell).or_default();
        // A measure may stand on both sides.
        *above += if indicator.numerator.contains(&measure) { number } else { 0 };
        *below += if indicator.denominator.contains(&measure) { number } else { 0 };
    }
    groups.iter().map(|(cell, sides)| figure(indicator, cell, *sides)).collect()
}

/// A figure on the wire.
pub(super) fn figure(indicator: &Indicator, cell: &Cell, (above, below): (i64, i64)) -> pb::Figure {
    pb::Figure {
        body: cell.body.clone(),
        area: cell.area.clone(),
        matter: cell.matter.clone(),
        month: cell.month.clone(),
        numerator: above,
        denominator: below,
        value: indicator.value(above, below).unwrap_or_default(),
    }
}

/// An indicator on the wire.
fn told(one: &Indicator) -> pb::Indicator {
    let measure =
        |one: &Measure| pb::Measure { id: one.to_string(), meaning: one.meaning().to_owned() };
    pb::Indicator {
        name: one.name(),
        title: one.title.0.to_owned(),
        title_zh: one.title.1.to_owned(),
        meaning: one.meaning.to_owned(),
        formula: one.formula(),
        numerator: one.numerator.iter().map(measure).collect(),
        denominator: one.denominator.iter().map(measure).collect(),
        unit: one.unit.to_string(),
        better: one.better.to_string(),
        dimensions: one.dimensions.iter().map(Dimension::to_string).collect(),
        rule: one.rule.to_owned(),
        source: one.source.to_owned(),
        verified: one.verified.to_owned(),
    }
}
