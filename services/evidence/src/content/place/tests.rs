//! A bucket of S3, as far as this service speaks to one: a stub that keeps objects in memory.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use super::*;

type Objects = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A server on a free port, and what it keeps. It ends with the test.
struct Stub {
    endpoint: String,
    objects: Objects,
    /// So many requests more are answered 503.
    busy: Arc<Mutex<u32>>,
}

struct Asked {
    method: String,
    /// The key, without the name of the bucket.
    key: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Stub {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (objects, busy) = (Objects::default(), Arc::new(Mutex::new(0)));
        let (kept, refuse) = (Arc::clone(&objects), Arc::clone(&busy));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, refuse) = (Arc::clone(&kept), Arc::clone(&refuse));
                std::thread::spawn(move || serve(&stream, &kept, &refuse));
            }
        });
        Self { endpoint, objects, busy }
    }

    /// The place in this bucket under a prefix.
    async fn place(&self, known: Option<String>) -> anyhow::Result<Place> {
        let mut options = config::load()?.content;
        options.url = "s3://evidence/county".to_owned();
        options.s3_endpoint.clone_from(&self.endpoint);
        options.s3_region = "local".to_owned();
        options.s3_allow_http = true;
        let s3 = AmazonS3Builder::new().with_access_key_id("k").with_secret_access_key("s");
        let (store, folder) = connect(s3, &options, FilePath::new("unused"))?;
        Place::at(store, folder, known, id()).await
    }

    fn keys(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }
}

fn id() -> Uuid {
    types::Id::<()>::new(clock::Clock::system().now()).uuid()
}

fn serve(stream: &TcpStream, objects: &Objects, busy: &Mutex<u32>) {
    let mut reader = BufReader::new(stream);
    while let Some(asked) = read(&mut reader) {
        let mut left = busy.lock().unwrap();
        let (status, headers, body) = if *left > 0 {
            *left -= 1;
            ("503 Slow Down", Vec::new(), Vec::new())
        } else {
            answer(&asked, &mut objects.lock().unwrap())
        };
        drop(left);
        let length = headers.iter().all(|(name, _)| *name != "content-length");
        let mut text = format!("HTTP/1.1 {status}\r\n");
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if length {
            text.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        let mut writer = stream;
        writer.write_all(text.as_bytes()).unwrap();
        writer.write_all(b"\r\n").unwrap();
        writer.write_all(&body).unwrap();
    }
}

fn read(reader: &mut BufReader<&TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let (method, rest) = line.split_once(' ')?;
    let target = rest.split(' ').next()?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query = query.split('&').filter(|pair| !pair.is_empty());
    let query = query.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let query = query.map(|(name, value)| (name.to_owned(), value.replace("%2F", "/"))).collect();
    let key = path.trim_start_matches("/evidence").trim_start_matches('/').to_owned();
    let (method, mut headers) = (method.to_owned(), BTreeMap::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { method, key, query, headers, body })
}

type Answer = (&'static str, Vec<(&'static str, String)>, Vec<u8>);

fn answer(asked: &Asked, objects: &mut BTreeMap<String, Vec<u8>>) -> Answer {
    let of = |bytes: &[u8]| {
        let modified = "Mon, 02 Mar 2026 02:00:00 GMT".to_owned();
        vec![("etag", format!("\"{}\"", bytes.len())), ("last-modified", modified)]
    };
    match (asked.method.as_str(), objects.get(&asked.key)) {
        ("PUT", Some(_)) if asked.headers.contains_key("if-none-match") => {
            ("412 Precondition Failed", Vec::new(), Vec::new())
        }
        ("PUT", _) => {
            objects.insert(asked.key.clone(), asked.body.clone());
            ("200 OK", of(&asked.body), Vec::new())
        }
        ("GET", _) if asked.query.contains_key("list-type") => {
            ("200 OK", Vec::new(), listing(asked, objects).into_bytes())
        }
        ("POST", _) if asked.query.contains_key("delete") => {
            let text = String::from_utf8(asked.body.clone()).unwrap();
            let mut deleted = String::new();
            for key in text.split("<Key>").skip(1) {
                let key = key.split("</Key>").next().unwrap();
                objects.remove(key);
                deleted.push_str(&format!("<Deleted><Key>{key}</Key></Deleted>"));
            }
            let body = format!("<DeleteResult>{deleted}</DeleteResult>");
            ("200 OK", Vec::new(), body.into_bytes())
        }
        ("GET" | "HEAD", None) => ("404 Not Found", Vec::new(), Vec::new()),
        ("HEAD", Some(bytes)) => {
            let mut headers = of(bytes);
            headers.push(("content-length", bytes.len().to_string()));
            ("200 OK", headers, Vec::new())
        }
        ("GET", Some(bytes)) => ranged(asked, bytes, of(bytes)),
        _ => ("405 Method Not Allowed", Vec::new(), Vec::new()),
    }
}

fn ranged(asked: &Asked, bytes: &[u8], mut headers: Vec<(&'static str, String)>) -> Answer {
    let Some(range) = asked.headers.get("range") else {
        return ("200 OK", headers, bytes.to_vec());
    };
    let (from, to) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
    let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
    if from >= bytes.len() {
        return ("416 Range Not Satisfiable", Vec::new(), Vec::new());
    }
    let end = (to + 1).min(bytes.len());
    headers.push(("content-range", format!("bytes {from}-{}/{}", end - 1, bytes.len())));
    ("206 Partial Content", headers, bytes[from..end].to_vec())
}

fn listing(asked: &Asked, objects: &BTreeMap<String, Vec<u8>>) -> String {
    let said = |name: &str| asked.query.get(name).cloned().unwrap_or_default();
    let (prefix, after) = (said("prefix"), said("start-after"));
    let found = objects.iter().filter(|(key, _)| key.starts_with(&prefix) && **key > after);
    let contents = found.map(|(key, bytes)| {
        format!(
            "<Contents><Key>{key}</Key><LastModified>2026-03-02T02:00:00.000Z</LastModified>\
             <ETag>\"1\"</ETag><Size>{}</Size></Contents>",
            bytes.len()
        )
    });
    format!(
        "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>false</IsTruncated>{}\
         </ListBucketResult>",
        contents.collect::<String>()
    )
}

#[tokio::test]
async fn a_bucket_keeps_objects_gives_ranges_lists_and_deletes_them() {
    let stub = Stub::start();
    let place = stub.place(None).await.unwrap();
    let object = id();
    let parts = vec![Bytes::from_static(b"hello "), Bytes::from_static(b"world")];
    place.put(object, parts).await.unwrap();
    let shelf = object.as_bytes()[15];
    let key = format!("county/segments/{shelf:02x}/{object}");
    assert_eq!(stub.keys(), [key.clone(), "county/xiezhi-content".to_owned()]);
    assert_eq!(place.get(object, 6..11).await.unwrap().as_ref(), b"world");
    place.look(object, 11).await.unwrap();
    assert_eq!(place.list(shelf, None, 10).await.unwrap(), [object]);
    assert!(place.list(shelf, Some(object), 10).await.unwrap().is_empty());
    assert!(place.list(shelf.wrapping_add(1), None, 10).await.unwrap().is_empty());
    // Cut short behind our back.
    stub.objects.lock().unwrap().insert(key, b"hello".to_vec());
    for damaged in [place.get(object, 3..11).await.map(drop), place.look(object, 11).await] {
        assert!(matches!(damaged, Err(Error::Content(Fault::Damaged))), "{damaged:?}");
    }
    place.delete(object).await.unwrap();
    place.delete(object).await.unwrap();
    for missing in [place.get(object, 0..5).await.map(drop), place.look(object, 5).await] {
        assert!(matches!(missing, Err(Error::Content(Fault::Missing))), "{missing:?}");
    }
}

#[tokio::test]
async fn a_bucket_that_is_another_or_lost_its_mark_is_not_taken_for_ours() {
    let stub = Stub::start();
    let place = stub.place(None).await.unwrap();
    let known = place.id().to_owned();
    assert_eq!(stub.place(Some(known.clone())).await.unwrap().id(), known);
    // Another replica that begins at the same time finds the mark that is there.
    assert_eq!(stub.place(None).await.unwrap().id(), known);
    let other = stub.place(Some(id().to_string())).await.unwrap_err().to_string();
    assert!(other.contains("the database belongs to"), "{other}");
    stub.objects.lock().unwrap().clear();
    let away = place.get(id(), 0..1).await;
    assert!(matches!(away, Err(Error::Content(Fault::StoreAway))), "nothing is lost: {away:?}");
    let gone = stub.place(Some(known)).await.unwrap_err().to_string();
    assert!(gone.contains("is not there"), "{gone}");
}

#[tokio::test]
async fn a_bucket_that_is_busy_is_asked_again() {
    let stub = Stub::start();
    let place = stub.place(None).await.unwrap();
    let object = id();
    *stub.busy.lock().unwrap() = 2;
    place.put(object, vec![Bytes::from_static(b"again")]).await.unwrap();
    *stub.busy.lock().unwrap() = 1;
    assert_eq!(place.get(object, 0..5).await.unwrap().as_ref(), b"again");
}
