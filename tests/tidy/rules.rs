//! The rules themselves. Each looks at one file: `None` if it does not concern it, else what is
//! wrong with it. What a rule excepts stands beside it, with the reason.

use crate::source::{Named, Source};

/// What a rule finds in a file, given its path from the top and its text.
pub(crate) type Rule = fn(path: &str, text: &str) -> Option<Vec<String>>;

/// The longest file a reader should meet.
const LINES_MAX: usize = 500;
/// The longest introduction of a file. The front page of a crate, its `lib.rs`, may be longer, or
/// be the crate's README.
const INTRODUCTION_MAX: usize = 4;

pub(crate) fn short(path: &str, text: &str) -> Option<Vec<String>> {
    let concerned = [".rs", ".proto", ".ts", ".tsx"].iter().any(|end| path.ends_with(end))
        || path.starts_with("scripts/");
    let lines = text.lines().count();
    let found = (lines > LINES_MAX).then(|| format!("{lines} lines, at most {LINES_MAX}"));
    concerned.then(|| found.into_iter().collect())
}

pub(crate) fn introduced(path: &str, text: &str) -> Option<Vec<String>> {
    let lines = text.lines().take_while(|line| line.starts_with("//!")).count();
    let is_front_page = path.ends_with("/lib.rs");
    is_rust(path).then(|| match lines {
        0 if is_front_page && text.starts_with("#![doc = include_str!(\"../README.md\")]") => {
            Vec::new()
        }
        0 => vec!["does not open with `//!`".to_owned()],
        _ if lines > INTRODUCTION_MAX && !is_front_page => {
            vec![format!("an introduction of {lines} lines, at most {INTRODUCTION_MAX}")]
        }
        _ => Vec::new(),
    })
}

/// A layer of a service, and what it must not know.
struct Layer {
    name: &'static str,
    bans: &'static [&'static str],
    /// What it may use of something banned.
    but: &'static [&'static str],
}

/// STYLE of a service: each layer knows only those below it.
const LAYERS: &[Layer] = &[
    Layer {
        name: "domain",
        bans: &[
            "tokio",
            "tonic",
            "prost",
            "prost_types",
            "proto",
            "sea_orm",
            "sea_orm_migration",
            "sqlx",
            "redis",
            "tracing",
            "db",
            "server",
            "auth",
            "events",
            "client",
            "crate::config",
            "crate::error",
            "crate::events",
            "crate::policy",
            "crate::rpc",
            "crate::store",
            "crate::worker",
        ],
        but: &[],
    },
    Layer {
        name: "store",
        bans: &[
            "proto",
            "tonic",
            "auth",
            "crate::config",
            "crate::events",
            "crate::policy",
            "crate::rpc",
            "crate::worker",
        ],
        but: &[],
    },
    Layer {
        name: "rpc",
        bans: &["sea_orm", "sea_orm_migration", "sqlx", "redis", "crate::store::rows"],
        // To open a transaction, and to name one in a signature.
        but: &[
            "sea_orm::ConnectionTrait",
            "sea_orm::DatabaseTransaction",
            "sea_orm::TransactionTrait",
        ],
    },
    Layer { name: "events", bans: &["tonic", "sea_orm", "sqlx", "crate::rpc"], but: &[] },
    Layer { name: "worker", bans: &["tonic", "sea_orm", "sqlx", "crate::rpc"], but: &[] },
    Layer {
        name: "error",
        bans: &[
            "auth",
            "clock",
            "events",
            "proto",
            "redis",
            "sea_orm",
            "sqlx",
            "tokio",
            "tonic",
            "crate::config",
            "crate::events",
            "crate::policy",
            "crate::rpc",
            "crate::store",
            "crate::worker",
        ],
        but: &["sea_orm::DbErr", "tonic::Status"],
    },
];

/// Files that know something their layer must not, and why.
const KNOWN: &[(&str, &str)] = &[
    // Papers are kept as the bytes of the message that brought them, and given back unread:
    // nothing is decided from them, and `buf breaking` keeps old messages readable.
    ("services/referral/src/store/leg.rs", "proto"),
    ("services/referral/src/store/opening.rs", "proto"),
];

pub(crate) fn layered(path: &str, text: &str) -> Option<Vec<String>> {
    let module = module(path)?;
    let layer = LAYERS.iter().find(|layer| module.first() == Some(&layer.name))?;
    let source = Source::read(text);
    let mut found = Vec::new();
    for named in source.paths() {
        let full = full_name(&module, &named);
        let is = |ban: &&&str| within(&full, ban);
        let Some(ban) = layer.bans.iter().find(is) else { continue };
        let known = KNOWN.contains(&(path, *ban));
        if !known && !layer.but.iter().any(|but| within(&full, but)) {
            found.push(format!("line {}: `{}` names {full}", named.line, layer.name));
        }
    }
    if layer.name == "domain" {
        let asked = source.lines_with(&["now", "("]);
        found.extend(asked.iter().map(|line| format!("line {line}: `domain` asks the time")));
    }
    Some(found)
}

/// SQL is for `store`, and for migrations.
pub(crate) fn without_sql(path: &str, text: &str) -> Option<Vec<String>> {
    const SQL: [&str; 6] =
        ["SELECT ", "INSERT INTO ", "DELETE FROM ", "CREATE TABLE ", "ALTER TABLE ", "UPDATE "];
    let module = module(path)?;
    if matches!(module.first(), Some(&("store" | "migration"))) {
        return None;
    }
    let source = Source::read(text);
    let spelt = source.texts.iter().filter(|text| SQL.iter().any(|sql| text.1.contains(sql)));
    let mut found: Vec<_> =
        spelt.map(|(line, _)| format!("line {line}: SQL outside `store`")).collect();
    for named in source.paths() {
        let row = named.path.iter().any(|name| name == "ActiveModel" || name == "Entity");
        let full = full_name(&module, &named);
        if row || within(&full, "crate::store::rows") {
            found.push(format!("line {}: {full} is a row, outside `store`", named.line));
        }
    }
    Some(found)
}

pub(crate) fn unsilenced(path: &str, text: &str) -> Option<Vec<String>> {
    const NEVER: &[(&[&str], &str)] = &[
        (&["#", "[", "ignore"], "a test is ignored"),
        (&["#", "[", "allow", "("], "`allow`: `expect` with a reason goes when it is not needed"),
        (&["#", "!", "[", "allow", "("], "`allow`: `expect` with a reason goes when not needed"),
        (&["todo", "!"], "`todo!`"),
        (&["unimplemented", "!"], "`unimplemented!`"),
    ];
    if !is_rust(path) {
        return None;
    }
    let source = Source::read(text);
    let mut found = Vec::new();
    for (sequence, what) in NEVER {
        let lines = source.lines_with(sequence);
        found.extend(lines.iter().map(|line| format!("line {line}: {what}")));
    }
    for (line, comment) in &source.comments {
        let is_note = comment.contains("TODO") || comment.contains("FIXME");
        if is_note && !comment.contains('#') {
            found.push(format!("line {line}: a note to oneself without an issue"));
        }
    }
    Some(found)
}

/// Who may do what clippy.toml disallows. The reason stands in the code, beside the `expect`; that
/// of a `main.rs` is for its whole program.
const DISALLOWED: &[&str] = &[
    "libs/server/src/config.rs",   // reads the environment
    "libs/clock/src/now.rs",       // asks the time
    "libs/db/src/testing.rs",      // finds the test server in the environment
    "libs/db/src/lib.rs",          // spawns the writer, which outlives the stop
    "services/xiezhi/src/mesh.rs", // spawns the server
    "tests/bench/main.rs",         // a benchmark: reads the time and the environment
    // Follows a stream while the test kills its servers, and waits for it.
    "services/xiezhi/tests/it/killed.rs",
    // Streams an upload beside the test, which breaks it off or waits for it.
    "services/evidence/tests/it/office.rs",
];

/// An exception that nothing needs any more would let the next one in unseen.
pub(crate) fn excepted_with_need(path: &str, text: &str) -> Option<Vec<String>> {
    let bans: Vec<_> = KNOWN.iter().filter(|known| known.0 == path).map(|known| known.1).collect();
    let disallowed = DISALLOWED.contains(&path);
    if bans.is_empty() && !disallowed {
        return None;
    }
    let paths = Source::read(text).paths();
    let names = |stem: &str| paths.iter().any(|named| within(&named.path.join("::"), stem));
    let needless = bans.into_iter().chain(disallowed.then_some("clippy::disallowed_methods"));
    Some(needless.filter(|stem| !names(stem)).map(|stem| format!("has no {stem}")).collect())
}

/// Every file that some rule excepts.
pub(crate) fn excepted() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|known| known.0).chain(DISALLOWED.iter().copied())
}

pub(crate) fn given_its_world(path: &str, text: &str) -> Option<Vec<String>> {
    const WORLD: &[&[&str]] = &[
        &["env", "var"],
        &["env", "vars"],
        &["env", "var_os"],
        &["env", "vars_os"],
        &["Utc", "now"],
        &["Local", "now"],
        &["SystemTime", "now"],
    ];
    let program = path.rsplit_once('/').map(|(folder, _)| format!("{folder}/main.rs"));
    let may = |file: &str| DISALLOWED.contains(&file);
    // Cargo speaks to a build script through its environment.
    let excepted =
        may(path) || program.is_some_and(|main| may(&main)) || path.ends_with("/build.rs");
    if !is_rust(path) || excepted {
        return None;
    }
    let paths = Source::read(text).paths();
    let found = paths.iter().filter_map(|named| {
        let takes = WORLD.iter().any(|world| ends_with(&named.path, world));
        let silences = ends_with(&named.path, &["clippy", "disallowed_methods"]);
        (takes || silences).then(|| format!("line {}: {}", named.line, named.path.join("::")))
    });
    Some(found.collect())
}

pub(crate) fn without_a_place(_path: &str, text: &str) -> Option<Vec<String>> {
    // Spelt apart, so that this file keeps the rule too.
    let places = [concat!("/", "work/"), concat!("/", "home/")];
    let found = text.lines().zip(1..).filter_map(|(line, number)| {
        let place = places.iter().find(|place| line.contains(**place))?;
        Some(format!("line {number}: {place} is a place on one machine"))
    });
    Some(found.collect())
}

pub(crate) fn plainly_named(path: &str, text: &str) -> Option<Vec<String>> {
    if !is_rust(path) {
        return None;
    }
    let code = Source::read(text).code;
    let mut found = Vec::new();
    for (line, number) in code.lines().zip(1..) {
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        while let Some(word) = words.next() {
            if !matches!(word, "struct" | "enum" | "trait" | "type") {
                continue;
            }
            let name = words.next().unwrap_or_default();
            if ["Manager", "Helper", "Util", "Utils", "Impl"].iter().any(|end| name.ends_with(end))
            {
                found.push(format!("line {number}: `{name}` does not say what it is"));
            }
        }
    }
    Some(found)
}

pub(crate) fn linted(path: &str, text: &str) -> Option<Vec<String>> {
    // Generated code breaks `allow_attributes`, which cannot be silenced from outside it.
    if !path.ends_with("/Cargo.toml") || path == "libs/proto/Cargo.toml" {
        return None;
    }
    let inherits = text.contains("\n[lints]\nworkspace = true\n");
    Some((!inherits).then(|| "does not inherit the lints".to_owned()).into_iter().collect())
}

/// The thresholds which make clippy hold functions short.
pub(crate) fn strict(path: &str, text: &str) -> Option<Vec<String>> {
    let lines: &[&str] = match path {
        "clippy.toml" => &["too-many-lines-threshold = 70", "too-many-arguments-threshold = 6"],
        "Cargo.toml" => &[
            "unsafe_code = \"forbid\"",
            "missing_docs = \"warn\"",
            "unwrap_used = \"warn\"",
            "allow_attributes = \"deny\"",
            "too_many_lines = \"warn\"",
        ],
        _ => return None,
    };
    let missing =
        lines.iter().filter(|wanted| text.lines().all(|line| !line.starts_with(**wanted)));
    Some(missing.map(|wanted| format!("does not say `{wanted}`")).collect())
}

fn is_rust(path: &str) -> bool {
    path.ends_with(".rs")
}

/// The module of a service's file: `["rpc", "open"]`. `None` outside the services' sources.
fn module(path: &str) -> Option<Vec<&str>> {
    let (_, inside) = path.strip_prefix("services/")?.split_once("/src/")?;
    Some(inside.strip_suffix(".rs")?.split('/').collect())
}

/// A path from the crate's root, with `self` and `super` resolved. (In a nested module of the
/// same file `super` resolves one too high, which at worst names what is not there.)
fn full_name(module: &[&str], named: &Named) -> String {
    let relative = named.path.iter().take_while(|name| *name == "super" || *name == "self").count();
    if relative == 0 {
        return named.path.join("::");
    }
    let up = named.path[..relative].iter().filter(|name| *name == "super").count();
    let stem = &module[..module.len().saturating_sub(up)];
    let rest = named.path[relative..].iter().map(String::as_str);
    ["crate"].into_iter().chain(stem.iter().copied()).chain(rest).collect::<Vec<_>>().join("::")
}

/// Whether a path is `stem` or something in it.
fn within(path: &str, stem: &str) -> bool {
    path.strip_prefix(stem).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn ends_with(path: &[String], end: &[&str]) -> bool {
    path.len() >= end.len() && path[path.len() - end.len()..].iter().eq(end)
}
