//! Operations at the command line: from spreadsheets to notices, a draw that is replayed offline,
//! bad lines, joint operations, assistance.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use clock::Clock;
use serde_json::Value;

use crate::{
    county::County,
    process::{LOOK, Server, text},
};

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

const AS_GDO: [&str; 4] = ["--as", "GDO", "--officer", "GDO-01"];
const AS_MKT: [&str; 4] = ["--as", "MKT", "--officer", "MKT-01"];
const AS_ECO: [&str; 4] = ["--as", "ECO", "--officer", "ECO-01"];

/// A unified social credit code with right check digits.
fn uscc(n: usize) -> String {
    let signs = || "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    let pairs = signs().flat_map(|one| signs().map(move |other| (one, other)));
    let mut codes = pairs.map(|(one, other)| format!("91330000{n:08}{one}{other}"));
    codes.find(|code| types::Uscc::parse(code).is_ok()).unwrap()
}

/// A day from today.
fn day(ahead: i64) -> String {
    (clock::legal_date(Clock::system().now()) + chrono::Duration::days(ahead)).to_string()
}

/// A county with its catalogue, in which a draw may be opened before the visits.
struct Office {
    county: County,
    server: Server,
}

impl Office {
    async fn new(bodies: &[&str]) -> Self {
        let env = vec![("OPERATIONS__LAW__OPEN_AFTER_VISITS", "false".to_owned())];
        let (county, server) = County::new(bodies, env).await;
        let first = ["catalogue", "import", "--first", "--as", "GDO", "--officer", "GDO-04"];
        let act = ["--title", "目录(示例)", "--announcement", "云政告〔2026〕1号", "--yes"];
        county.done(&[&first[..], &act].concat());
        Self { county, server }
    }

    fn done(&self, command: &[&str], who: &[&str]) -> String {
        self.county.done(&[command, who].concat())
    }

    fn json(&self, command: &[&str], who: &[&str]) -> Value {
        let printed = self.county.done(&[&["--json"], command, who].concat());
        serde_json::from_str(printed.lines().next().unwrap()).unwrap()
    }

    /// What is said of a command that fails.
    fn refused(&self, command: &[&str], who: &[&str]) -> String {
        let output = self.county.run(&[command, who].concat());
        assert_eq!(output.status.code(), Some(1), "{command:?}: {}", text(&output.stdout));
        text(&output.stdout) + &text(&output.stderr)
    }

    /// Writes a file of people.
    fn file(&self, name: &str, text: &str) -> String {
        let file = self.path(name);
        fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.county.base.path().join(name)
    }

    fn subjects(&self, count: usize) {
        let head = "uscc,display_name,region,latitude,longitude,sector,tier,matters";
        let rows = (1..=count).map(|n| {
            let tier = ["A", "B", "C", "D"][n % 4];
            format!("{},餐馆{n},330999001,30.25{n:02},120.15,FOOD,{tier},M032;M042", uscc(n))
        });
        let rows: Vec<String> = rows.collect();
        let file = self.file("subjects.csv", &format!("{head}\n{}\n", rows.join("\n")));
        let told = self.done(&["plan", "subjects", "import", &file], &AS_MKT);
        assert_eq!(told, format!("{count} subjects created, 0 replaced\n"));
    }

    /// Two officers of a body.
    fn officers(&self, body: &str, who: &[&str]) {
        let head = "certificate_no,latitude,longitude,shift_start,shift_end";
        let row = |n: usize| format!("{body}-0{n},30.25,120.15,08:30,17:30");
        let file = self.file("officers.csv", &format!("{head}\n{}\n{}\n", row(1), row(2)));
        let told = self.done(&["plan", "resources", "import", "--officers", &file], who);
        assert_eq!(told, "2 officers, 0 kits\n");
    }

    /// A filed plan that draws a fifth; its name.
    fn plan(&self, (body, matter): (&str, &str), who: &[&str]) -> String {
        let items =
            format!("matter,ratio_by_tier,officers,minutes,key_matter\n{matter},20000,2,60,yes\n");
        let items = self.file("items.csv", &items);
        let put = ["plan", "put", "--title", "双随机", "--items", &items];
        let days = ["--from", &day(0), "--to", &day(40)];
        let plan = self.json(&[&put[..], &days].concat(), who)["plan"].clone();
        let name = plan["name"].as_str().unwrap().to_owned();
        let head = format!("{body}-04");
        let file = ["plan", "file", &name, "--file-no", "2026-7", "--as", body, "--officer", &head];
        assert!(self.county.done(&file).contains("state FILED"));
        name
    }

    async fn stop(self) {
        self.server.stop().await;
    }
}

/// Asks again until it is not refused.
fn patiently(office: &Office, command: &[&str], who: &[&str]) -> String {
    let until = Instant::now() + PATIENCE;
    loop {
        let output = office.county.run(&[command, who].concat());
        if output.status.success() {
            return text(&output.stdout);
        }
        assert!(Instant::now() < until, "{command:?}: {}", text(&output.stderr));
        std::thread::sleep(LOOK);
    }
}

#[tokio::test]
async fn a_draw_is_made_by_three_bodies_and_replayed_offline() {
    let office = Office::new(&["GDO", "MKT", "ECO"]).await;
    office.subjects(10);
    office.officers("MKT", &AS_MKT);
    office.officers("ECO", &AS_ECO);
    let plans = [office.plan(("MKT", "M032"), &AS_MKT), office.plan(("ECO", "M042"), &AS_ECO)];

    let freeze = ["draw", "freeze", "--title", "春季抽取", "--body", "MKT", "--body", "ECO"];
    let with = ["--plan", &plans[0], "--plan", &plans[1]];
    let times = ["--commit-by", "+15s", "--reveal-by", "+16s", "--public-at", "+16s"];
    let frozen = office.json(&[&freeze[..], &with, &times].concat(), &AS_GDO);
    let name = frozen["name"].as_str().unwrap();
    let told = office.refused(&["draw", "reveal", name], &AS_MKT);
    assert!(told.contains("no nonce of MKT"), "{told}");
    let told = office.done(&["draw", "commit", name], &AS_MKT);
    assert!(told.contains("Your nonce lies in"), "{told}");
    office.done(&["draw", "commit", name], &AS_ECO);
    office.done(&["draw", "reveal", name], &AS_ECO);
    let told = office.done(&["draw", "reveal", name], &AS_MKT);
    assert!(told.contains("state REVEALING") && told.contains("MKT"), "{told}");
    let told = office.refused(&["draw", "run", name], &AS_GDO);
    assert!(told.contains("O-08"), "too early: {told}");

    let told = patiently(&office, &["draw", "run", name], &AS_GDO);
    assert!(told.contains("state DRAWN") && told.contains("4 were drawn"), "{told}");
    let won = office.json(&["draw", "winners", name, "--as", "MKT"], &[]);
    assert_eq!(won["winners"].as_array().map(Vec::len), Some(2), "its own: {won}");
    let record = office.path("record.txt");
    let record = record.to_str().unwrap();
    office.refused(&["draw", "record", name, record, "--as", "MKT"], &[]);
    office.done(&["draw", "open", name], &AS_GDO);
    office.done(&["draw", "record", name, record, "--as", "MKT"], &[]);
    assert!(office.done(&["draw", "list", "--as", "ECO"], &[]).contains("OPENED"));
    let told = office.done(&["log", "status"], &[]);
    assert!(told.contains("operations"), "{told}");
    let roots = ["subjects_root", "officers_root", "rules_hash"];
    let roots = roots.map(|root| frozen[root].as_str().unwrap().to_owned());
    let Office { county, server } = office;
    server.stop().await;
    replayed(record, &roots);
    drop(county);
}

/// What anybody can do with a record, without the mesh.
fn replayed(record: &str, roots: &[String; 3]) {
    let verify = ["draw", "verify", record];
    let roots = roots.iter().flat_map(|root| ["--root", root.as_str()]);
    let output = crate::process::xiezhi(&verify.into_iter().chain(roots).collect::<Vec<_>>());
    assert!(output.status.success(), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("holds: 4 winners"), "{}", text(&output.stdout));
    let other = "0".repeat(64);
    let output = crate::process::xiezhi(&["draw", "verify", record, "--root", &other]);
    assert_eq!(output.status.code(), Some(1));

    // Another wins than was drawn: the line is named.
    let honest = fs::read_to_string(record).unwrap();
    let at = honest.lines().position(|line| line.starts_with("winner\t")).unwrap();
    let forged = honest.lines().enumerate().map(|(n, line)| {
        if n == at { format!("winner\t0\t{}", uscc(99)) } else { line.to_owned() }
    });
    fs::write(record, forged.map(|line| line + "\n").collect::<String>()).unwrap();
    let output = crate::process::xiezhi(&verify);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stdout);
    let line = format!("does NOT hold: line {}:", at + 1);
    assert!(told.contains(&line) && told.contains(&uscc(99)), "{told}");
}

#[tokio::test]
async fn complaints_become_one_visit_with_a_notice_and_an_officers_calendar() {
    let office = Office::new(&["GDO", "MKT", "ECO"]).await;
    office.subjects(3);
    office.officers("MKT", &AS_MKT);
    office.officers("ECO", &AS_ECO);
    let (from, to) = (day(1), day(20));
    let head = "subject,matters,origin,source,minutes,window_start,window_end";
    for (body, matter) in [("MKT", "M032"), ("ECO", "M042")] {
        let row = format!("{},{matter},clue,12345-77,60,{from},{to}", uscc(1));
        let file = office.file("checks.csv", &format!("{head}\n{row}\n"));
        let head = format!("{body}-04");
        office.done(&["plan", "checks", &file, "--as", body, "--officer", &head], &[]);
    }
    let over = ["plan", "over-cap", "checks/0", "--because", "三人食物中毒"];
    assert!(office.refused(&over, &AS_MKT).contains("I-04"), "the head decides");
    let told = office.refused(&over, &["--as", "MKT", "--officer", "MKT-04"]);
    assert!(told.contains("checks[0].name"), "{told}");
    let days = ["--from", &from, "--to", &to];
    let told = office.done(&[&["plan", "merge"], &days[..]].concat(), &AS_GDO);
    assert!(told.contains("2 checks became 1 visits; 1 visits need not take place"), "{told}");

    let solve = ["schedule", "solve", "--title", "三周", "--iterations", "20000"];
    let output = office.county.run(&[&solve[..], &days, &AS_GDO].concat());
    let (shown, progress) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{progress}");
    assert!(shown.contains("1 of 1 visits") && shown.contains("state DRAFT"), "{shown}");
    assert!(progress.contains("20000 of 20000 iterations, 1 of 1 visits"), "{progress}");
    let name = shown.split_whitespace().next().unwrap();
    let published = office.done(&["schedule", "publish", name], &AS_GDO);
    assert!(published.contains("1 notices"), "{published}");

    let filter = ["--filter", "state = \"PUBLISHED\"", "--as", "ECO"];
    let visits = office.json(&[&["schedule", "visits"], &filter[..]].concat(), &[]);
    let visit = visits["visits"][0]["name"].as_str().unwrap();
    let told = office.done(&["schedule", "acknowledge", visit], &AS_ECO);
    for officer in ["MKT-01", "MKT-02", "ECO-01", "ECO-02"] {
        assert!(told.contains(officer), "{officer}: {told}");
    }
    let arrive = ["schedule", "check-in", visit, "--as", "MKT", "--officer", "MKT-01"];
    let told = office.refused(&[&arrive[..], &["--officer", "MKT-02"]].concat(), &[]);
    assert!(told.contains("FailedPrecondition"), "its day has not come: {told}");
    let calendar = ["schedule", "calendar", "MKT-01", "--as", "MKT"];
    let feed = office.done(&[&calendar[..], &days].concat(), &[]);
    assert!(feed.starts_with("BEGIN:VCALENDAR") && feed.contains("餐馆1"), "{feed}");
    printed(&office, visit);
    not_begun(&office, visit);
    charted(&office, name);
    repaired(&office, name, visit);
    office.stop().await;
}

/// The notice of a visit as a paper; nobody prints one of a body that takes no part.
fn printed(office: &Office, visit: &str) {
    let file = office.path("notice.pdf");
    let notice = ["schedule", "notice", visit, "-o", file.to_str().unwrap(), "--as"];
    let told = office.done(&[&notice[..], &["MKT"]].concat(), &[]);
    assert!(told.starts_with("GDO检通〔") && told.contains("notice.pdf"), "{told}");
    assert!(fs::read(&file).unwrap().starts_with(b"%PDF"));
    let unknown = ["schedule", "notice", "visits/0", "-o", "x.pdf", "--as", "MKT"];
    assert!(office.refused(&unknown, &[]).contains("NotFound"));
}

/// What was found is recorded by who is on site, and published when the inspection is over.
fn not_begun(office: &Office, visit: &str) {
    let found = ["--matter", "M032", "--result", "corrected-on-site", "--findings", "已当场改正"];
    let lines = ["--line", "亮证经营=yes", "--line", "留样=not-applicable=无热食", "--done"];
    let told =
        office.refused(&[&["schedule", "result", visit], &found[..], &lines].concat(), &AS_MKT);
    assert!(told.contains("FailedPrecondition") && told.contains("O-05"), "{told}");
    let wrong = ["--matter", "M032", "--result", "fine", "--line", "留样=perhaps"];
    let told = office.refused(&[&["schedule", "result", visit], &wrong[..]].concat(), &AS_MKT);
    for field in ["result.result", "result.checklist[0].answer"] {
        assert!(told.contains(field), "{field}: {told}");
    }
    let told = office.refused(&["schedule", "publish-result", visit], &AS_MKT);
    assert!(told.contains("FailedPrecondition") && told.contains("O-09"), "{told}");
}

/// A schedule as pictures.
fn charted(office: &Office, schedule: &str) {
    let folder = office.path("charts");
    office.done(&["schedule", "chart", schedule, folder.to_str().unwrap(), "--as", "GDO"], &[]);
    for file in ["overview.svg", "MKT.svg", "ECO.svg"] {
        assert!(fs::read_to_string(folder.join(file)).unwrap().starts_with("<svg"), "{file}");
    }
}

/// The visit is cancelled: first to see what that changes, then for good.
fn repaired(office: &Office, schedule: &str, visit: &str) {
    let ask = ["schedule", "what-if", schedule, "--body", "MKT", "--more-officers", "2"];
    let told = office.done(&[&ask[..], &["--as", "GDO"]].concat(), &[]);
    assert!(told.contains("0 of the visits left out could be placed"), "{told}");
    let repair = ["schedule", "repair", schedule, "--reason", "停业"];
    let cancel = ["visit-cancelled", visit];
    let told = office.done(&[&repair[..], &["--dry-run"], &AS_GDO, &cancel].concat(), &[]);
    assert!(told.contains("nothing was kept") && told.contains("CANCELLED"), "{told}");
    let told = office.done(&["schedule", "visit", visit, "--as", "MKT"], &[]);
    assert!(told.contains("state PUBLISHED"), "{told}");
    let told = office.done(&[&repair[..], &AS_GDO, &cancel].concat(), &[]);
    assert!(told.contains("1 changes") && told.contains("version 2"), "{told}");
    let told = office.done(&["schedule", "visit", visit, "--as", "MKT"], &[]);
    assert!(told.contains("state CANCELLED") && told.contains("停业"), "{told}");
}

#[tokio::test]
async fn bad_lines_are_named_and_nothing_is_imported_unless_in_part() {
    let office = Office::new(&["GDO", "MKT"]).await;
    let head = "uscc,display_name,region,latitude,longitude,sector,tier";
    let (good, wrong) = (uscc(1), uscc(2).replace("00000002", "00000003"));
    let rows = [
        format!("{good},餐馆,330999001,30.25,120.15,FOOD,B"),
        format!("{wrong},餐馆,330999001,north,120.15,FOOD,E"),
        format!("{},餐馆,99,30.25,120.15,FOOD,B", uscc(4)),
    ];
    let file = office.file("subjects.csv", &format!("{head}\n{}\n", rows.join("\n")));
    let import = ["plan", "subjects", "import", &file];
    let told = office.refused(&import, &AS_MKT);
    for fault in ["nothing was imported", "line 3, uscc", "line 3, latitude", "line 3, tier: E is"]
    {
        assert!(told.contains(fault), "{fault}: {told}");
    }
    let list = ["plan", "subjects", "list", "--as", "MKT"];
    assert_eq!(office.json(&list, &[])["subjects"], Value::Null);
    // What only the service knows is named by its line as well.
    let fewer = office.file("fewer.csv", &format!("{head}\n{}\n{}\n", rows[0], rows[2]));
    let told = office.refused(&["plan", "subjects", "import", &fewer], &AS_MKT);
    assert!(told.contains("line 3, region: is no region code"), "{told}");
    assert!(told.contains("nothing was imported"), "{told}");
    assert_eq!(office.json(&list, &[])["subjects"], Value::Null);

    let told = office.done(&[&import[..], &["--partial"]].concat(), &AS_MKT);
    for word in ["left out: line 3, uscc", "left out: line 4, region", "1 subjects created"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let export = office.path("export.csv");
    let export = export.to_str().unwrap();
    office.done(&["plan", "subjects", "export", "--as", "MKT", "-o", export], &[]);
    let told = office.done(&["plan", "subjects", "import", export], &AS_MKT);
    assert_eq!(told, "0 subjects created, 1 replaced\n");
    let told = office.done(&["plan", "subjects", "show", &good, "--as", "GDO"], &[]);
    assert!(told.contains("30.250000") && told.contains("not inspected this year"), "{told}");
    office.stop().await;
}

#[tokio::test]
async fn an_operation_is_confirmed_declined_in_sight_of_the_government_and_ended() {
    let office = Office::new(&["GDO", "MKT", "ECO", "AGR", "GOV-C"]).await;
    let propose = ["operation", "propose", "--title", "餐饮油烟", "--ground", "same-object"];
    let with = ["--with", "MKT=食品安全", "--with", "ECO=油烟", "--with", "AGR=农产品"];
    let plan = ["--work-plan", "三部门联合检查", "--from", &day(1), "--to", &day(20)];
    let lost = ["--matter", "CAE=M001"];
    let told = office.refused(&[&propose[..], &with, &plan, &lost].concat(), &AS_MKT);
    assert!(told.contains("CAE has no duties"), "{told}");
    let matter = ["--matter", "MKT=M032"];
    let made = office.json(&[&propose[..], &with, &plan, &matter].concat(), &AS_MKT);
    let name = made["name"].as_str().unwrap();
    let told = office.done(&["operation", "confirm", name], &AS_ECO);
    assert!(told.contains("CONFIRMED") && told.contains("PENDING"), "{told}");
    let as_agr = ["--as", "AGR", "--officer", "AGR-01"];
    office.done(&["operation", "decline", name, "--reason", "无涉农事项"], &as_agr);
    let told = office.done(&["operation", "show", name, "--as", "GOV-C"], &[]);
    assert!(told.contains("无涉农事项"), "seen above: {told}");
    let told = office.refused(&["operation", "approve", name], &AS_MKT);
    assert!(told.contains("I-03"), "the head approves: {told}");
    let head = ["--as", "MKT", "--officer", "MKT-04"];
    assert!(office.done(&["operation", "approve", name], &head).contains("state APPROVED"));
    let close = ["operation", "close", name, "--reason", "检查完毕"];
    assert!(office.done(&close, &AS_MKT).contains("state CLOSED"));
    assert!(office.done(&["operation", "list", "--as", "ECO"], &[]).contains("CLOSED"));
    office.stop().await;
}

#[tokio::test]
async fn assistance_is_asked_answered_and_counted() {
    let office = Office::new(&["GDO", "MKT", "ECO"]).await;
    let ask = ["assist", "request", "--to", "ECO", "--kind", "testing", "--text", "请检测油烟浓度"];
    let asked = office.json(&ask, &AS_MKT);
    let name = asked["name"].as_str().unwrap();
    office.done(&["assist", "answer", name, "accept"], &AS_ECO);
    let answer = ["assist", "answer", name, "answer", "--text", "超标一倍"];
    assert!(office.done(&answer, &AS_ECO).contains("state ANSWERED"));
    let told = office.done(&["assist", "show", name, "--as", "MKT"], &[]);
    assert!(told.contains("超标一倍") && told.contains("TESTING"), "{told}");
    let second = office.json(&ask, &AS_MKT);
    let second = second["name"].as_str().unwrap();
    office.done(&["assist", "withdraw", second, "--reason", "不再需要"], &AS_MKT);
    let filter = ["--filter", "state = \"WITHDRAWN\"", "--as", "ECO"];
    assert!(office.done(&[&["assist", "list"], &filter[..]].concat(), &[]).contains(second));
    let days = ["--from", &day(-1), "--to", &day(0), "--as", "GDO"];
    let told = office.json(&[&["assist", "statistics"], &days[..]].concat(), &[]);
    let eco = &told["statistics"][0];
    assert_eq!((&eco["agency"], &eco["answered_in_time"]), (&"ECO".into(), &1.into()), "{told}");
    office.stop().await;
}
