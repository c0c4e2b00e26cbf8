//! Rules about the tree as a whole: which files there are, and which crate may know which.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What is not ours, or is not kept.
const SKIPPED: [&str; 4] = ["./.git", "./target", "./data", "node_modules"];

/// Every text of the tree with its path from the top, in order.
pub(crate) fn texts() -> Vec<(String, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut ahead = vec![PathBuf::from(".")];
    while let Some(folder) = ahead.pop() {
        for entry in fs::read_dir(top.join(&folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            let name = path.to_str().unwrap().to_owned();
            if SKIPPED.iter().any(|skipped| name.ends_with(skipped)) {
                continue;
            }
            if top.join(&path).is_dir() {
                ahead.push(path);
            } else if let Ok(text) = fs::read_to_string(top.join(&path)) {
                found.push((name.trim_start_matches("./").to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

/// What every service has. `xiezhi` serves others' calls, and so has no policy of its own.
pub(crate) fn missing_parts(paths: &[&str]) -> Vec<String> {
    let mut services: Vec<&str> = paths
        .iter()
        .filter_map(|path| path.strip_prefix("services/")?.split_once('/').map(|(name, _)| name))
        .collect();
    services.dedup();
    let mut missing = Vec::new();
    for service in services {
        for part in ["README.md", "config.toml", "src/policy.rs"] {
            let wanted = format!("services/{service}/{part}");
            let excepted = service == "xiezhi" && part == "src/policy.rs";
            if !excepted && !paths.contains(&wanted.as_str()) {
                missing.push(wanted);
            }
        }
    }
    missing
}

/// The files a README tells its reader to run. `scripts/test` must be among them.
pub(crate) fn broken_commands(readme: &str, runs: impl Fn(&str) -> bool) -> Vec<String> {
    let is_end = |c: char| c.is_whitespace() || "`\"'()<>,;:".contains(c);
    let mut told: Vec<&str> = readme
        .split(is_end)
        .map(|word| word.trim_start_matches("./").trim_end_matches(['.', ']']))
        .filter(|word| word.starts_with("scripts/") || word.starts_with(".ci/"))
        .filter(|word| !word.ends_with('/'))
        .collect();
    if !told.contains(&"scripts/test") {
        told.push("scripts/test, which the README does not name");
    }
    told.into_iter().filter(|file| !runs(file)).map(str::to_owned).collect()
}

/// What of ours each crate may depend on. `*` stands for every library but `client`.
const MAY_USE: &[(&str, &[&str])] = &[
    ("libs/types", &[]),
    ("libs/tlog", &[]),
    ("libs/proto", &[]),
    ("libs/server", &[]),
    ("libs/clock", &["libs/types"]),
    // The table in use: embedded, or a file that is read again.
    ("libs/calendar", &["libs/clock"]),
    ("libs/solver", &[]),
    ("libs/draw", &[]),
    ("libs/db", &["libs/types"]),
    // Tokens expire, so `auth` is given a clock.
    ("libs/auth", &["libs/types", "libs/clock"]),
    // The form of every write: what proves it, and its first answer for whoever asks again.
    ("libs/command", &["libs/auth", "libs/db", "libs/proto", "libs/server", "libs/types"]),
    // What a service knows of identity.
    ("libs/directory", &["libs/auth", "libs/proto", "libs/server", "libs/types"]),
    ("libs/paper", &[]),
    ("libs/events", &["libs/db", "libs/proto", "libs/types"]),
    // The client signs what it sends and checks what it gets: that is `auth`, and its clock.
    ("libs/client", &["libs/proto", "libs/types", "libs/auth", "libs/clock"]),
    ("services/gateway", &["libs/proto", "libs/auth", "libs/server", "libs/types"]),
    // The one binary: every service, and the command line of an agency.
    ("services/xiezhi", &["*", "libs/client", "services/*"]),
    ("services/*", &["*"]),
    // They meet the services on the wire. What a fault is made of they make themselves: a token
    // of another's key, an hour that has passed.
    (
        "tests",
        &[
            "services/xiezhi",
            "libs/client",
            "libs/proto",
            "libs/auth",
            "libs/clock",
            "libs/types",
            "libs/tlog",
            // A draw is verified as anybody verifies it: offline.
            "libs/draw",
        ],
    ),
    // It calls a mesh in a process of its own; the echo stands behind the guard alone. What is asked
    // of memory on one core, without a socket, is the pure domain of a service.
    (
        "tests/bench",
        &[
            "libs/client",
            "libs/proto",
            "libs/auth",
            "libs/clock",
            "libs/types",
            "libs/tlog",
            "libs/solver",
            "libs/draw",
            "services/catalogue",
        ],
    ),
];

/// What must not reach the libraries that are only rules and values.
const IMPURE: [&str; 5] = ["tokio", "tonic", "sea-orm", "sqlx", "tracing"];
const PURE: [&str; 6] =
    ["libs/types", "libs/clock", "libs/tlog", "libs/paper", "libs/solver", "libs/draw"];

/// Which dependencies a tree shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// Those of the crates themselves.
    Use,
    /// Those of their tests, where a library may also lean on any other, and a service on identity.
    Tests,
}

/// Dependencies that go up or sideways, in what `cargo tree --depth 1 --prefix depth` prints of
/// the workspace in the folder `top`.
pub(crate) fn upward(tree: &str, top: &str, purpose: For) -> Vec<String> {
    let (mut found, mut from) = (Vec::new(), String::new());
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let name = line[1..].split(' ').next().unwrap_or_default();
        let to = place(line, top);
        if line.starts_with('0') {
            from = to.unwrap_or_default();
            continue;
        }
        let wrong = match to {
            None => {
                let pure = PURE.contains(&from.as_str()) && purpose == For::Use;
                pure && IMPURE.contains(&name)
            }
            Some(ref to) => {
                // A service's tests have the real identity behind the real guard: what is ours is
                // not faked.
                let leans = from.starts_with("libs/") && to.starts_with("libs/")
                    || from.starts_with("services/") && to == "services/identity";
                !(may_use(&from, to) || purpose == For::Tests && leans)
            }
        };
        if wrong {
            found.push(format!("{from} depends on {}", to.unwrap_or_else(|| name.to_owned())));
        }
    }
    found
}

fn may_use(from: &str, to: &str) -> bool {
    let fits = |pattern: &str, name: &str| match pattern.strip_suffix('*') {
        Some(stem) => name.starts_with(stem),
        None => pattern == name,
    };
    let Some((_, may)) = MAY_USE.iter().find(|(name, _)| fits(name, from)) else { return false };
    may.iter().any(|may| match *may {
        "*" => to.starts_with("libs/") && to != "libs/client",
        may => fits(may, to),
    })
}

/// Where in the workspace a crate lies, by the path which `cargo tree` prints after its name.
fn place(line: &str, top: &str) -> Option<String> {
    let (_, path) = line.split_once(&format!(" ({top}/"))?;
    path.split_once(')').map(|(path, _)| path.to_owned())
}
