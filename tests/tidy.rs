//! Rules of the repository that the compiler does not check. Each is first shown a bad sample and
//! a good one, so that none of them is a rule that cannot be broken.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "tidy/rules.rs"]
mod rules;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/tree.rs"]
mod tree;

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt as _, path::Path, process};

use rules::Rule;
use source::Source;
use tree::For;

type Sample<'a> = (&'a str, &'a str);

/// Shows that a rule can be broken and kept, then that the tree keeps it.
fn holds(rule: Rule, broken: &[Sample<'_>], kept: &[Sample<'_>]) {
    for (path, text) in broken {
        let found = rule(path, text).unwrap_or_default();
        assert!(!found.is_empty(), "the rule does not see what is wrong in {path}:\n{text}");
    }
    for (path, text) in kept {
        let found = rule(path, text).unwrap_or_default();
        assert!(found.is_empty(), "the rule finds fault with {path}:\n{text}\n{found:#?}");
    }
    let (mut concerned, mut wrong) = (0, Vec::new());
    for (path, text) in tree::texts() {
        if let Some(found) = rule(&path, &text) {
            concerned += 1;
            wrong.extend(found.into_iter().map(|what| format!("{path}: {what}")));
        }
    }
    assert!(concerned > 0, "the rule concerns no file of the tree");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_stay_short() {
    let (long, fits) = ("x\n".repeat(501), "x\n".repeat(500));
    holds(
        rules::short,
        &[("libs/a/src/b.rs", &long), ("proto/a.proto", &long), ("scripts/test", &long)],
        &[("libs/a/src/b.rs", &fits), ("libs/a/data/b.json", &long), ("Cargo.lock", &long)],
    );
}

#[test]
fn each_file_says_what_it_is_for() {
    let five = "//! a\n".repeat(5);
    let readme = "#![doc = include_str!(\"../README.md\")]\n";
    holds(
        rules::introduced,
        &[
            ("libs/a/src/b.rs", "use a;\n"),
            ("libs/a/src/b.rs", &five),
            ("libs/a/src/lib.rs", ""),
            ("libs/a/src/b.rs", readme),
        ],
        &[
            ("libs/a/src/b.rs", "//! What it is for.\nuse a;\n"),
            ("libs/a/src/lib.rs", &five),
            ("libs/a/src/lib.rs", readme),
        ],
    );
}

#[test]
fn each_layer_knows_only_those_below() {
    holds(
        rules::layered,
        &[
            ("services/a/src/domain.rs", "use tokio::time;"),
            ("services/a/src/domain/b.rs", "use {std::fmt, ::tonic as wire};"),
            ("services/a/src/domain/b.rs", "fn f() { db::journal::read() }"),
            ("services/a/src/domain/b.rs", "use crate::{domain::word, store::leg};"),
            ("services/a/src/domain/b.rs", "use super::super::rpc;"),
            ("services/a/src/domain/b.rs", "fn f(c: Clock) { c.now(); }"),
            ("services/a/src/store.rs", "use proto::referral::v1 as pb;"),
            ("services/a/src/store/b.rs", "fn f() -> tonic::Status { g() }"),
            ("services/a/src/rpc/open.rs", "use sea_orm::{TransactionTrait, EntityTrait};"),
            ("services/a/src/rpc.rs", "use redis::Client;"),
            ("services/a/src/rpc/open.rs", "use crate::store::rows::leg;"),
            ("services/a/src/events.rs", "use crate::rpc;"),
            ("services/a/src/worker/due.rs", "use tonic::Status;"),
            ("services/a/src/error.rs", "use tonic::{Code, Status};"),
            ("services/a/src/error.rs", "use crate::store;"),
        ],
        &[
            ("services/a/src/domain.rs", "//! Without tokio::time.\nuse clock::Calendar;"),
            ("services/a/src/domain/b.rs", "use super::store_of::x; // tonic::Status"),
            ("services/a/src/domain/b.rs", "fn f(db: Db) { g(\"tokio::spawn\", db.x, now) }"),
            ("services/a/src/store.rs", "use crate::{domain::leg::Leg, error::Error};"),
            ("services/a/src/rpc/open.rs", "use sea_orm::{DatabaseTransaction};"),
            ("services/a/src/rpc/open.rs", "use crate::{store, error::Error};"),
            ("services/a/src/error.rs", "use {sea_orm::DbErr, tonic::Status};"),
            ("services/a/src/lib.rs", "use tokio::time;"),
        ],
    );
}

#[test]
fn sql_and_rows_stay_in_the_store() {
    holds(
        rules::without_sql,
        &[
            ("services/a/src/rpc/open.rs", "f(\"SELECT 1\")"),
            ("services/a/src/worker.rs", "f(r#\"\nDELETE FROM leg\"#)"),
            ("services/a/src/lib.rs", "leg::Entity::find()"),
            ("services/a/src/rpc/open.rs", "use super::super::store::rows::leg;"),
        ],
        &[
            ("services/a/src/store/leg.rs", "f(\"SELECT 1\"); leg::Entity::find()"),
            ("services/a/src/migration.rs", "f(\"CREATE TABLE leg\")"),
            ("services/a/src/rpc/open.rs", "f(\"select a body\") // SELECT "),
            ("libs/db/src/journal.rs", "f(\"SELECT 1\")"),
        ],
    );
}

#[test]
fn nothing_is_silenced_or_left_open() {
    holds(
        rules::unsilenced,
        &[
            ("libs/a/src/b.rs", "#[test]\n#[ignore = \"slow\"]\nfn f() {}"),
            ("libs/a/src/b.rs", "#[ allow(dead_code)]"),
            ("libs/a/src/b.rs", "#![allow(dead_code)]"),
            ("libs/a/src/b.rs", "fn f() { todo!() }"),
            ("libs/a/src/b.rs", "fn f() { unimplemented!() }"),
            ("libs/a/src/b.rs", concat!("// TO", "DO: more")),
        ],
        &[
            ("libs/a/src/b.rs", "//! No `todo!()`.\nfn f() { rules.allow(\"todo!()\", todo) }"),
            ("libs/a/src/b.rs", "#[expect(clippy::panic, reason = \"a test fails so\")]"),
            ("README.md", "#[ignore]"),
        ],
    );
}

#[test]
fn time_and_environment_are_given() {
    holds(
        rules::given_its_world,
        &[
            ("libs/a/src/b.rs", "fn f() { std::env::var(\"A\") }"),
            ("libs/a/tests/it/b.rs", "use std::{env::var_os, fmt};"),
            ("services/a/src/b.rs", "let now = chrono::Utc::now();"),
            ("tests/e2e/load.rs", "Utc::now()"),
            ("services/a/src/b.rs", "#[expect(clippy::disallowed_methods, reason = \"x\")]"),
        ],
        &[
            ("libs/a/src/b.rs", "fn f() { env!(\"A\"); std::env::args(); clock.now() }"),
            ("libs/a/build.rs", "fn f() { std::env::var(\"OUT_DIR\") }"),
            ("libs/clock/src/now.rs", "Utc::now()"),
            ("tests/bench/load.rs", "Utc::now()"),
        ],
    );
}

#[test]
fn what_is_excepted_needs_it() {
    holds(
        rules::excepted_with_need,
        &[
            ("libs/clock/src/now.rs", "fn f() {}"),
            ("services/referral/src/store/leg.rs", "//! Not proto::referral.\nuse types::Id;"),
        ],
        &[
            ("libs/clock/src/now.rs", "#[expect(clippy::disallowed_methods, reason = \"x\")]"),
            ("services/referral/src/store/leg.rs", "use proto::referral::v1 as pb;"),
        ],
    );
    let texts = tree::texts();
    let gone: Vec<_> =
        rules::excepted().filter(|path| texts.iter().all(|(name, _)| name != path)).collect();
    assert_eq!(gone, [""; 0]);
}

#[test]
fn no_file_names_a_place_on_one_machine() {
    let (work, home) = (concat!("a /", "work/b"), concat!("/", "home/me"));
    holds(
        rules::without_a_place,
        &[("README.md", work), ("libs/a/src/b.rs", home)],
        &[("README.md", "a work/b home/c /tmp/d")],
    );
}

#[test]
fn names_say_what_a_thing_is() {
    holds(
        rules::plainly_named,
        &[
            ("libs/a/src/b.rs", "pub struct KeyManager;"),
            ("libs/a/src/b.rs", "pub(crate) trait Helper {}"),
            ("libs/a/src/b.rs", "enum StoreImpl<T> {}"),
        ],
        &[("libs/a/src/b.rs", "struct Key; // struct KeyManager\nstruct Managers;")],
    );
}

#[test]
fn each_crate_inherits_the_lints() {
    holds(
        rules::linted,
        &[
            ("libs/a/Cargo.toml", "[package]\nname = \"a\"\n"),
            ("libs/a/Cargo.toml", "\n[lints]\n# workspace = true\n"),
        ],
        &[("libs/a/Cargo.toml", "[package]\n\n[lints]\nworkspace = true\n\n[dependencies]\n")],
    );
}

#[test]
fn the_lints_stay_strict() {
    holds(
        rules::strict,
        &[
            ("clippy.toml", "too-many-lines-threshold = 700\n"),
            ("clippy.toml", "too-many-lines-threshold = 70\n"),
            ("Cargo.toml", "[workspace.lints.rust]\nunsafe_code = \"allow\"\n"),
        ],
        &[
            ("clippy.toml", "too-many-lines-threshold = 70\ntoo-many-arguments-threshold = 6\n"),
            ("libs/a/Cargo.toml", ""),
        ],
    );
}

#[test]
fn each_service_has_its_parts() {
    let whole = ["services/a/README.md", "services/a/config.toml", "services/a/src/policy.rs"];
    assert_eq!(tree::missing_parts(&whole), [""; 0]);
    for part in whole {
        let rest: Vec<_> = whole.into_iter().filter(|path| *path != part).collect();
        assert_eq!(tree::missing_parts(&rest), [part]);
    }
    let texts = tree::texts();
    let paths: Vec<_> = texts.iter().map(|(path, _)| path.as_str()).collect();
    assert!(paths.contains(&"services/referral/config.toml"), "the tree was not read");
    assert_eq!(tree::missing_parts(&paths), [""; 0]);
}

#[test]
fn what_the_readme_says_to_run_is_there() {
    let readme = "Run `scripts/test`, see scripts/:\n\n    ./scripts/gone.\n";
    let none = [""; 0];
    assert_eq!(tree::broken_commands(readme, |_| true), none);
    assert_eq!(tree::broken_commands(readme, |file| file == "scripts/test"), ["scripts/gone"]);
    assert_eq!(tree::broken_commands("Nothing.", |file| file == "scripts/test").len(), 1);

    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let runs = |file: &str| {
        let about = fs::metadata(top.join(file));
        about.is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
    };
    assert!(runs(".ci/run") && !runs("Cargo.toml"));
    let readme = fs::read_to_string(top.join("README.md"));
    assert_eq!(tree::broken_commands(&readme.unwrap_or_default(), runs), none);
}

#[test]
fn crates_depend_downwards() {
    let samples = [
        ("0referral v1 (/x/services/referral)\n1identity v1 (/x/services/identity)\n", 1),
        ("0referral v1 (/x/services/referral)\n1client v1 (/x/libs/client)\n", 1),
        ("0db v1 (/x/libs/db)\n1referral v1 (/x/services/referral)\n", 1),
        ("0db v1 (/x/libs/db)\n1auth v1 (/x/libs/auth)\n1types v1 (/x/libs/types)\n", 1),
        ("0clock v1 (/x/libs/clock)\n1tokio v1.54.0\n1chrono v0.4.0\n", 1),
        ("0new v1 (/x/libs/new)\n1types v1 (/x/libs/types)\n", 1),
        ("0tests v1 (/x/tests)\n1referral v1 (/x/services/referral)\n", 1),
        ("0xiezhi v1 (/x/services/xiezhi)\n1referral v1 (/x/services/referral)\n", 0),
        ("0xiezhi v1 (/x/services/xiezhi)\n1client v1 (/x/libs/client) (*)\n", 0),
        ("0referral v1 (/x/services/referral)\n1db v1 (/x/libs/db)\n1tokio v1.54.0\n", 0),
    ];
    for (sample, wrong) in samples {
        assert_eq!(tree::upward(sample, "/x", For::Use).len(), wrong, "{sample}");
    }
    let leaning = "0auth v1 (/x/libs/auth)\n1proto v1 (/x/libs/proto)\n";
    assert_eq!(tree::upward(leaning, "/x", For::Use).len(), 1);
    assert_eq!(tree::upward(leaning, "/x", For::Tests).len(), 0);
    assert_eq!(tree::upward(samples[0].0, "/x", For::Tests).len(), 0);
    let sideways = "0identity v1 (/x/services/identity)\n1referral v1 (/x/services/referral)\n";
    assert_eq!(tree::upward(sideways, "/x", For::Tests).len(), 1);

    for (edges, purpose) in [("normal,build", For::Use), ("dev", For::Tests)] {
        let (tree, top) = cargo_tree(edges);
        let known: BTreeSet<_> = tree.lines().filter(|line| line.starts_with('0')).collect();
        assert!(known.len() > 10, "cargo shows only {known:#?}");
        assert!(tree.lines().any(|line| line.starts_with('1')), "cargo shows no dependency");
        assert_eq!(tree::upward(&tree, &top, purpose), [""; 0]);
    }
}

/// What cargo says of the workspace, and the folder it is in. Without `--no-dedupe` cargo leaves
/// out what it has shown before, and a wrong edge with it.
fn cargo_tree(edges: &str) -> (String, String) {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let out = process::Command::new(env!("CARGO"))
        .current_dir(top)
        .args(["tree", "--workspace", "--locked", "--depth", "1", "--prefix", "depth"])
        .args(["--no-dedupe", "--edges", edges])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    (String::from_utf8(out.stdout).unwrap(), top.to_str().unwrap().to_owned())
}

#[test]
fn the_reader_of_rust_is_not_fooled() {
    let text = "// a::b\nuse {c::{d, e::{self as s, *}}, f as g};\n/* h::i\n*/ j::k('\"', \"l::m\\\"\
                \", r#\"n\n::o\"#); p::q::<'a>('\\''); 'r: loop { s::t }";
    let source = Source::read(text);
    let named: Vec<_> = source.paths().iter().map(|n| (n.line, n.path.join("::"))).collect();
    let expected = [
        (2, "c::d"),
        (2, "c::e::self"),
        (2, "c::e::*"),
        (2, "f"),
        (4, "j::k"),
        (5, "p::q"),
        (5, "s::t"),
    ];
    assert_eq!(named, expected.map(|(line, path)| (line, path.to_owned())));
    let texts = [(4, "l::m\\".to_owned()), (4, "n\n::o".to_owned())];
    assert_eq!(source.texts, texts);
    let comments: Vec<_> = source.comments.iter().map(|(line, _)| *line).collect();
    assert_eq!(comments, [1, 3]);
    assert_eq!(source.code.lines().count(), text.lines().count());
}
