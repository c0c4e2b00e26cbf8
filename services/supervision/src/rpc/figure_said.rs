//! What a call says of the figures it wants, and which of them it may have: a body its own and those
//! of the whole county, an overseer all.

use std::collections::BTreeSet;

use proto::supervision::v1 as pb;
use server::Fields;
use types::AgencyCode;

use super::decision_said::day;
use crate::{
    Supervision,
    domain::{indicator::Indicator, word::Dimension},
    error::Error,
    store::fact::Filter,
};

/// Reads a filter, or notes what is wrong with it.
pub(super) fn filter(
    fields: &mut Fields,
    indicator: Option<&Indicator>,
    said: pb::FigureFilter,
) -> Filter {
    let pb::FigureFilter { body, area, matter, from_month, to_month } = said;
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let known = body.is_empty() || AgencyCode::parse(&body).is_some();
    fields.check(known, "filter.body", "is not the code of a body");
    for (text, field, dimension) in
        [(&area, "filter.area", Dimension::Area), (&matter, "filter.matter", Dimension::Matter)]
    {
        fields.check(text.len() <= 16, field, "is longer than 16 bytes");
        let told = indicator.is_none_or(|one| one.dimensions.contains(&dimension));
        fields.check(text.is_empty() || told, field, "is not told apart by this indicator");
    }
    for (month, field) in [(&from_month, "filter.from_month"), (&to_month, "filter.to_month")] {
        let ok = month.is_empty() || day(&format!("{month}-01")).is_some();
        fields.check(ok, field, "is not a month, YYYY-MM");
    }
    let order = to_month.is_empty() || from_month <= to_month;
    fields.check(order, "filter.to_month", "is before filter.from_month");
    Filter {
        body: some(body),
        area: some(area),
        matter: some(matter),
        from_month: some(from_month),
        to_month: some(to_month),
    }
}

/// Reads what to tell apart, or notes what is wrong with it.
pub(super) fn group_by(
    fields: &mut Fields,
    indicator: Option<&Indicator>,
    said: &[String],
) -> BTreeSet<Dimension> {
    let mut by = BTreeSet::new();
    for word in said.iter().take(Dimension::ALL.len() + 1) {
        match Dimension::parse(word) {
            None => {
                fields.fault("group_by", format!("{word:?} is none of BODY, AREA, MATTER, MONTH"))
            }
            Some(dimension) => {
                let told = indicator.is_none_or(|one| one.dimensions.contains(&dimension));
                fields.check(
                    told,
                    "group_by",
                    format!("{word} is not told apart by this indicator"),
                );
                fields.check(
                    by.insert(dimension),
                    "group_by",
                    format!("{word} stands there twice"),
                );
            }
        }
    }
    by
}

/// The filter with what the caller may see: told apart by body, only its own.
///
/// # Errors
/// The figures of another body, for who oversees nothing.
pub(super) fn scoped(
    service: &Supervision,
    caller: &AgencyCode,
    mut filter: Filter,
    by: &BTreeSet<Dimension>,
) -> Result<Filter, Error> {
    if service.settings.oversight.scope(caller).is_some() {
        return Ok(filter);
    }
    if filter.body.as_deref().is_some_and(|body| body != caller.as_str()) {
        return Err(Error::NotFound("figure"));
    }
    if by.contains(&Dimension::Body) {
        filter.body = Some(caller.to_string());
    }
    Ok(filter)
}
