//! Data of a newer version: refused, in words, and left as they are.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use db::Db;
use sea_orm::{ConnectionTrait as _, DbErr};
use sea_orm_migration::MigratorTrait;

use crate::{
    county::County,
    process::{Launch, text},
};

/// Everything in a directory: mode and content of each file, mode of each directory. The files in
/// which `SQLite` keeps what runs are no data while nothing runs.
fn everything(dir: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    let mut all = BTreeMap::from([(dir.to_owned(), (mode(dir), Vec::new()))]);
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(everything(&path));
            continue;
        }
        let content = fs::read(&path).unwrap();
        let name = path.to_str().unwrap();
        let empty = name.ends_with("-wal") && content.is_empty();
        if !empty && !name.ends_with("-shm") {
            all.insert(path.clone(), (mode(&path), content));
        }
    }
    all
}

#[tokio::test]
async fn a_data_directory_of_a_newer_version_is_refused_and_left_as_it_is() {
    let (county, server) = County::new(&["MKT"], Vec::new()).await;
    server.stop().await;
    let data = &county.launch.data;
    fs::write(data.join("VERSION"), "2\n").unwrap();
    let before = everything(data);
    let commands =
        [&["keys", "bundle"][..], &["keys", "rotate"], &["referral", "list", "--as", "MKT"]];
    let outputs = commands.map(|command| county.run(command));
    for output in outputs.into_iter().chain([county.launch.refused()]) {
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains("is of version 2; this program knows up to 1"), "{told}");
    }
    assert!(everything(data) == before, "the data directory is not what it was");
}

#[test]
fn not_even_a_directory_is_made_beside_a_newer_version() {
    let base = tempfile::tempdir().unwrap();
    let data = base.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    for (version, word) in [("2", "is of version 2"), ("two", "VERSION holds no number")] {
        fs::write(data.join("VERSION"), version).unwrap();
        let before = everything(&data);
        let output = Launch::all(&data).refused();
        assert!(!output.status.success());
        let told = text(&output.stderr);
        assert!(told.contains(word), "{told}");
        assert!(everything(&data) == before, "{version}: the directory is not what it was");
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
    let (county, server) = County::new(&["MKT"], Vec::new()).await;
    server.stop().await;
    for service in ["referral", "catalogue", "arbitration", "operations", "identity"] {
        let file = county.launch.data.join("db").join(format!("{service}.sqlite"));
        let original = fs::read(&file).unwrap();
        let url = format!("sqlite://{}?mode=rwc", file.display());
        match service {
            "referral" => migrate_further::<referral::Migrations>(&url).await,
            "catalogue" => migrate_further::<catalogue::Migrations>(&url).await,
            "arbitration" => migrate_further::<arbitration::Migrations>(&url).await,
            "operations" => migrate_further::<operations::Migrations>(&url).await,
            _ => migrate_further::<identity::migration::Migrator>(&url).await,
        }
        let before = everything(&county.launch.data);
        let output = county.launch.refused();
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{told}");
        let words = [&format!("{service}'s database"), "newer version", "`future_0001`"];
        assert!(words.iter().all(|word| told.contains(word)), "{told}");
        assert!(everything(&county.launch.data) == before, "{service} is not what it was");
        fs::write(&file, original).unwrap();
    }
    county.launch.start().await.stop().await;
}

/// Leaves the database as a later version would.
async fn migrate_further<M: MigratorTrait>(url: &str) {
    let db = Db::connect::<M>(url, 1).await.unwrap();
    db.write::<_, DbErr, _>(|tx| {
        Box::pin(async move {
            let sql =
                "INSERT INTO seaql_migrations (version, applied_at) VALUES ('future_0001', 1)";
            tx.execute_unprepared(sql).await
        })
    })
    .await
    .unwrap();
    db.close().await;
}
