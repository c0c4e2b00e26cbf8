//! The subset of AIP-160 that lists know: `field = value` joined by AND.

/// The fields and values of a filter, in its order.
pub(super) fn pairs(text: &str) -> Result<Vec<(&str, &str)>, String> {
    if text.len() > 1000 {
        return Err("is longer than 1000 bytes".into());
    }
    let parts = text.split(" AND ").map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (field, value) =
                part.split_once('=').ok_or_else(|| format!("{part:?} is not field = value"))?;
            Ok((field.trim(), value.trim().trim_matches('"')))
        })
        .collect()
}

/// Reads the word of a filter's value.
pub(super) fn word<T>(value: &str, parse: fn(&str) -> Option<T>) -> Result<Option<T>, String> {
    parse(value).map(Some).ok_or_else(|| format!("{value:?} is unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_fields_and_values() {
        let read = pairs("state = \"SERVED\" AND overdue=true");
        assert_eq!(read, Ok(vec![("state", "SERVED"), ("overdue", "true")]));
        assert_eq!(pairs(""), Ok(vec![]));
        assert!(pairs("nonsense").unwrap_err().contains("nonsense"));
        assert!(pairs(&"x".repeat(1001)).is_err());
    }
}
