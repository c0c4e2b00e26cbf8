//! Reads instances of the public HHCRSP set.

use serde_json::Value;
use solver::order::{Call, OrderProblem, Second, Service};

/// The file gives three decimals; a unit here is one thousandth.
fn unit(value: &Value) -> i64 {
    format!("{:.0}", value.as_f64().unwrap() * 1000.0).parse().unwrap()
}

/// A problem from its JSON.
pub(crate) fn read(text: &str) -> OrderProblem {
    let file: Value = serde_json::from_str(text).unwrap();
    let carers = file["caregivers"].as_array().unwrap();
    let service = |it: &Value| {
        let name = &it["service"];
        let able = |carer: &Value| carer["abilities"].as_array().unwrap().contains(name);
        let default = || {
            let all = file["services"].as_array().unwrap();
            unit(&all.iter().find(|service| service["id"] == *name).unwrap()["default_duration"])
        };
        Service {
            length: if it["duration"].is_null() { default() } else { unit(&it["duration"]) },
            carers: (0..).zip(carers).filter(|(_, carer)| able(carer)).map(|(i, _)| i).collect(),
        }
    };
    let call = |(index, it): (usize, &Value)| {
        let needed = it["required_caregivers"].as_array().unwrap();
        let between = &it["synchronization"];
        let sequential = between["type"] == "sequential";
        let apart = |at: usize| if sequential { unit(&between["distance"][at]) } else { 0 };
        Call {
            place: u32::try_from(index + 1).unwrap(),
            earliest: unit(&it["time_window"][0]),
            due: unit(&it["time_window"][1]),
            first: service(&needed[0]),
            second: needed.get(1).map(|second| Second {
                service: service(second),
                least: apart(0),
                most: apart(1),
            }),
        }
    };
    let rows = file["distances"].as_array().unwrap().iter();
    let row = |row: &Value| {
        row.as_array().unwrap().iter().map(|way| i32::try_from(unit(way)).unwrap()).collect()
    };
    OrderProblem {
        carers: u32::try_from(carers.len()).unwrap(),
        calls: file["patients"].as_array().unwrap().iter().enumerate().map(call).collect(),
        travel: rows.map(row).collect(),
    }
}
