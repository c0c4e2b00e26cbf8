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
    let travel = match file["distances"].as_array() {
        Some(rows) => rows.iter().map(row).collect(),
        None => straight(&file),
    };
    OrderProblem {
        carers: u32::try_from(carers.len()).unwrap(),
        calls: file["patients"].as_array().unwrap().iter().enumerate().map(call).collect(),
        travel,
    }
}

fn row(row: &Value) -> Vec<i32> {
    row.as_array().unwrap().iter().map(|way| i32::try_from(unit(way)).unwrap()).collect()
}

/// The straight lines between the locations: the table of a file that was published without it.
fn straight(file: &Value) -> Vec<Vec<i32>> {
    let offices = file["central_offices"].as_array().unwrap();
    let all = offices.iter().chain(file["patients"].as_array().unwrap());
    let points: Vec<[f64; 2]> =
        all.map(|it| [0, 1].map(|axis| it["location"][axis].as_f64().unwrap())).collect();
    let way = |a: &[f64; 2], b: &[f64; 2]| -> i32 {
        format!("{:.0}", (a[0] - b[0]).hypot(a[1] - b[1]) * 1000.0).parse().unwrap()
    };
    points.iter().map(|a| points.iter().map(|b| way(a, b)).collect()).collect()
}
