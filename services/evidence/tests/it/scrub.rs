//! Objects that are changed, deleted or away behind our back: found, told, never given out.

use proto::evidence::v1 as pb;
use tonic::Code;

use crate::{
    office::{Office, SEGMENT, bytes, chunks, commit, offset, read, send, stored, until},
    world::{assert_told, fields},
};

async fn scrubbed(office: &Office) -> pb::ScrubContentResponse {
    let request = pb::ScrubContentRequest::default();
    // What was read in this instant is not read again.
    office.world.files.advance(chrono::Duration::seconds(1));
    office.operator().await.scrub_content(request).await.unwrap().into_inner()
}

async fn listed(office: &Office) -> Vec<(String, Vec<String>)> {
    let request = pb::ListContentFaultsRequest::default();
    let answer = office.operator().await.list_content_faults(request).await.unwrap().into_inner();
    answer.faults.into_iter().map(|fault| (fault.fault, fault.items)).collect()
}

#[tokio::test]
async fn a_deleted_object_is_found_by_a_read_and_told_once_and_its_return_heals_it() {
    let office = Office::new().await;
    let data = bytes(2 * SEGMENT + 5);
    let content = stored(&office, &data).await;
    let client = office.agency("MKT").await;
    assert_eq!(scrubbed(&office).await.whole, 1);
    let mut objects = office.objects();
    objects.sort_by_key(|path| std::fs::metadata(path).unwrap().len());
    let (object, aside) = (objects.remove(0), office.world.home.path().join("aside"));
    std::fs::rename(&object, &aside).unwrap();

    // The small one is the end: the beginning is still there.
    assert_eq!(read(&client, &content.name, 0, 100).await.unwrap(), data[..100]);
    for _ in 0..2 {
        let status = read(&client, &content.name, 100, 2 << 20).await.unwrap_err();
        assert_told(&status, Code::FailedPrecondition, "CONTENT_MISSING");
    }
    let found = ("MISSING".to_owned(), vec![office.ours.clone()]);
    assert_eq!(listed(&office).await, [found]);
    assert_eq!(scrubbed(&office).await.faults.len(), 1);
    let told = format!(
        "SELECT count(*) AS n FROM journal WHERE docket = '{}' AND \
         kind = 'evidence.content_fault_found.v1'",
        office.dossier
    );
    assert_eq!(office.count(&told).await, 1);

    std::fs::rename(&aside, &object).unwrap();
    assert_eq!(scrubbed(&office).await.whole, 1);
    assert_eq!(listed(&office).await, []);
    let healed = "SELECT count(*) AS n FROM journal WHERE kind = 'evidence.content_healed.v1'";
    assert_eq!(office.count(healed).await, 1);
    assert_eq!(read(&client, &content.name, 0, 0).await.unwrap(), data);
}

#[tokio::test]
async fn a_flipped_byte_or_a_cut_object_is_damage_and_the_same_file_sent_again_heals_it() {
    let office = Office::new().await;
    let data = bytes(SEGMENT);
    let content = stored(&office, &data).await;
    let client = office.agency("MKT").await;
    let object = office.objects().remove(0);
    let whole = std::fs::read(&object).unwrap();
    let mut flipped = whole.clone();
    flipped[SEGMENT / 2] ^= 0x10;
    for altered in [&flipped[..], &whole[..SEGMENT - 1], &whole[..10], &[]] {
        std::fs::write(&object, altered).unwrap();
        let status = read(&client, &content.name, 0, 10).await.unwrap_err();
        assert_told(&status, Code::FailedPrecondition, "CONTENT_DAMAGED");
        assert_eq!(listed(&office).await.len(), 1);
    }
    // A loop finds it as well, by itself.
    std::fs::write(&object, &whole).unwrap();
    assert_eq!(scrubbed(&office).await.whole, 1);
    std::fs::write(&object, &flipped).unwrap();
    office.world.files.advance(chrono::Duration::days(31));
    let stop = server::Stop::default();
    office.world.evidence.keep_content(&stop);
    until(|| async { listed(&office).await.len() == 1 }).await;
    stop.now();
    stop.finished().await;

    let again = stored(&office, &data).await;
    assert_eq!(listed(&office).await, []);
    for name in [content.name, again.name] {
        assert_eq!(read(&client, &name, 0, 0).await.unwrap(), data);
    }
}

#[tokio::test]
async fn an_object_that_is_cut_anywhere_is_damaged_wherever_it_is_read() {
    let office = Office::with(|options| options.segment_bytes = 300_000).await;
    let data = bytes(300_000);
    let content = stored(&office, &data).await;
    let client = office.agency("MKT").await;
    let object = office.objects().remove(0);
    let whole = std::fs::read(&object).unwrap();
    for left in [whole.len() - 1, 270_000, 131_104, 70_000, 0] {
        std::fs::write(&object, &whole[..left]).unwrap();
        let status = read(&client, &content.name, 290_000, 0).await.unwrap_err();
        assert_told(&status, Code::FailedPrecondition, "CONTENT_DAMAGED");
    }
    std::fs::write(&object, &whole).unwrap();
    assert_eq!(read(&client, &content.name, 290_000, 0).await.unwrap(), data[290_000..]);
}

#[tokio::test]
async fn segments_that_are_exchanged_are_found() {
    let office = Office::new().await;
    let data = bytes(2 * SEGMENT);
    let content = stored(&office, &data).await;
    let objects = office.objects();
    let (one, two) = (std::fs::read(&objects[0]).unwrap(), std::fs::read(&objects[1]).unwrap());
    std::fs::write(&objects[0], two).unwrap();
    std::fs::write(&objects[1], one).unwrap();
    let client = office.agency("MKT").await;
    let status = read(&client, &content.name, 0, 10).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "CONTENT_DAMAGED");
}

#[tokio::test]
async fn rows_that_are_exchanged_are_found() {
    let office = Office::new().await;
    let data = bytes(2 * SEGMENT);
    let content = stored(&office, &data).await;
    let exchanged =
        format!("UPDATE segment SET number = -number, begins_at = {SEGMENT} - begins_at");
    office.sql(&exchanged).await;
    let client = office.agency("MKT").await;
    let status = read(&client, &content.name, 0, 10).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "CONTENT_DAMAGED");
}

#[tokio::test]
async fn a_store_that_is_away_loses_nothing_and_is_no_fault_of_the_files() {
    let office = Office::new().await;
    let (client, streaming) = office.both("MKT").await;
    let kept = stored(&office, &bytes(100)).await;
    let data = bytes(3 * SEGMENT);
    let upload = office.begin(&client, data.len(), false).await.name;
    send(&streaming, chunks(&upload, &data[..SEGMENT], 0, SEGMENT)).await.unwrap();
    let (folder, aside) =
        (office.world.home.path().join("content"), office.world.home.path().join("aside"));
    // Not there; a file instead; an empty folder, as where a disk is not mounted.
    let breaks: [&dyn Fn(); 3] =
        [&|| {}, &|| std::fs::write(&folder, "not a folder").unwrap(), &|| {
            std::fs::create_dir(&folder).unwrap()
        }];
    for make in breaks {
        std::fs::rename(&folder, &aside).unwrap();
        make();
        let sent = send(&streaming, chunks(&upload, &data, SEGMENT, 40_000)).await.unwrap_err();
        assert_told(&sent, Code::Unavailable, "OBJECT_STORE_UNAVAILABLE");
        let status = read(&client, &kept.name, 0, 0).await.unwrap_err();
        assert_told(&status, Code::Unavailable, "OBJECT_STORE_UNAVAILABLE");
        let scrub = pb::ScrubContentRequest { sha256: kept.sha256.clone(), limit: 0 };
        let status = office.operator().await.scrub_content(scrub).await.unwrap_err();
        assert_told(&status, Code::Unavailable, "OBJECT_STORE_UNAVAILABLE");
        assert!(!folder.join("segments").exists(), "nothing is written where the disk should be");
        if folder.is_dir() {
            std::fs::remove_dir(&folder).unwrap();
        } else if folder.exists() {
            std::fs::remove_file(&folder).unwrap();
        }
        std::fs::rename(&aside, &folder).unwrap();
    }
    assert_eq!(listed(&office).await, []);
    assert_eq!(offset(&client, &upload).await, i64::try_from(SEGMENT).unwrap());
    send(&streaming, chunks(&upload, &data, SEGMENT, 40_000)).await.unwrap();
    client.clone().commit_upload(commit(&upload, &data)).await.unwrap();
}

#[tokio::test]
async fn the_store_of_another_database_is_not_touched() {
    let (one, two) = (Office::new().await, Office::new().await);
    let open = evidence::Vault::open(
        one.world.options.content.clone(),
        one.world.home.path(),
        &two.world.db,
        clock::Clock::system(),
    );
    let error = open.await.unwrap_err().to_string();
    assert!(error.contains("the database belongs to"), "{error}");
    std::fs::remove_file(one.world.home.path().join("content/xiezhi-content")).unwrap();
    let open = evidence::Vault::open(
        one.world.options.content.clone(),
        one.world.home.path(),
        &one.world.db,
        clock::Clock::system(),
    );
    let error = open.await.unwrap_err().to_string();
    assert!(error.contains("is not there"), "{error}");
}

#[tokio::test]
async fn ranges_are_bounded_and_strangers_read_nothing() {
    let office = Office::new().await;
    let data = bytes(3 << 20);
    let content = stored(&office, &data).await;
    let client = office.agency("MKT").await;
    let refused = |offset, length| {
        let (client, name) = (client.clone(), content.name.clone());
        async move { fields(&read(&client, &name, offset, length).await.unwrap_err()) }
    };
    assert_eq!(refused(-1, (2 << 20) + 1).await, ["length", "offset"]);
    assert_eq!(refused((3 << 20) + 1, 1).await, ["offset"]);
    assert!(read(&client, &content.name, 3 << 20, 1).await.unwrap().is_empty());
    assert_eq!(read(&client, &content.name, 1 << 20, 2 << 20).await.unwrap(), data[1 << 20..]);
    for stranger in ["PSB", "CAE"] {
        let stranger = office.agency(stranger).await;
        let status = read(&stranger, &content.name, 0, 1).await.unwrap_err();
        assert_told(&status, Code::NotFound, "NOT_FOUND");
    }
    // Who comes to see the item sees its files.
    office.sql(&format!("INSERT INTO viewer VALUES ('CAE', '{}')", office.ours)).await;
    assert_eq!(read(&office.agency("CAE").await, &content.name, 0, 1).await.unwrap(), data[..1]);
}
