//! What shows a running cloud: `eulb top`, the status page, and the tour.

use crate::cloud::{Account, Cloud, EULB, GLANCE, PATIENCE, Run, run};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::time::Instant;

// ---------------------------------------------------------------------------------------------
// eulb top

#[test]
fn one_screen_of_top_shows_traffic_and_instances() {
    let cloud = Cloud::start();
    let ids = cloud.web_with(2);
    let load = cloud.load(&cloud.listener("web"));
    cloud.await_answers(&load, 10);
    let screen = |words: &[&str]| {
        let mut command = cloud.command(Account::Tenant, "eulb");
        command
            .args(["top", "--once", "--interval=0.3"])
            .args(words);
        let run = run(&mut command);
        assert_eq!((run.status, &*run.stderr), (0, ""));
        run.stdout
    };
    let list = screen(&[]);
    assert!(list.contains("1 balancers  2 instances"), "{list}");
    let row = list.lines().find(|line| line.starts_with("web ")).unwrap();
    assert!(row.contains("2/2"), "{list}");
    let rate = row.split_whitespace().nth(2).unwrap();
    assert_ne!(rate, "0", "{list}");
    assert!(row.contains('#'), "a curve: {list}");

    let detail = screen(&["web"]);
    for id in &ids {
        let row = detail.lines().find(|line| line.starts_with(id)).unwrap();
        assert!(row.contains("InService") && row.contains('#'), "{detail}");
    }
    cloud.end(load);
    let refused = cloud.eulb("eulb", ["top", "--once", "nosuch"]);
    assert_eq!(refused.status, 1);
    assert!(
        refused.stderr.contains("no load balancer 'nosuch'"),
        "{}",
        refused.stderr
    );
    let piped = cloud.eulb("eulb", ["top"]);
    assert_eq!(piped.status, 1);
    assert!(
        piped.stderr.contains("this needs a terminal; --once"),
        "{}",
        piped.stderr
    );
}

/// `eulb top` in a real terminal, that of tmux; nothing if tmux is not here.
struct Screen {
    server: String,
}

impl Screen {
    fn start(cloud: &Cloud) -> Option<Screen> {
        let server = format!("eulb-{}-{}", std::process::id(), cloud.process_id());
        let data = cloud.data_directory();
        let line = format!(
            "env -u NO_COLOR LC_ALL=C.UTF-8 EULB_DATA_DIR='{0}' \
             sh -c 'echo $$ > \"{0}/top.pid\"; exec \"{EULB}\" top --interval 0.2'; \
             echo ended $?; stty -a | grep -o -- '-\\?icanon'; sleep 60",
            data.display()
        );
        let made = Command::new("tmux")
            .args([
                "-L",
                &server,
                "-f",
                "/dev/null",
                "new-session",
                "-d",
                "-x",
                "80",
                "-y",
                "24",
            ])
            .arg(line)
            .output();
        match made {
            Ok(output) if output.status.success() => Some(Screen { server }),
            other => {
                eprintln!("SKIPPED: tmux cannot be run: {other:?}");
                None
            }
        }
    }

    fn tmux(&self, words: &[&str]) -> String {
        let output = Command::new("tmux")
            .args(["-L", &self.server])
            .args(words)
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn press(&self, key: &str) {
        self.tmux(&["send-keys", key]);
    }

    /// Waits until the screen is as wanted, and returns it.
    #[track_caller]
    fn until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let began = Instant::now();
        loop {
            let shown = self.tmux(&["capture-pane", "-p"]);
            if wanted(&shown) {
                return shown;
            }
            assert!(began.elapsed() < PATIENCE, "{what} is not shown: {shown}");
            std::thread::sleep(GLANCE * 5);
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

#[test]
fn in_a_terminal_keys_fail_and_restore_an_instance_and_the_terminal_is_given_back() {
    let cloud = Cloud::start();
    let ids = cloud.web_with(2);
    let Some(screen) = Screen::start(&cloud) else {
        return;
    };
    screen.until("the list", |shown| {
        shown.contains("web") && shown.contains("2/2")
    });
    screen.press("Enter");
    screen.until("the detail", |shown| {
        ids.iter().all(|id| shown.contains(&**id))
    });
    screen.press("f");
    screen.until("a failing instance", |shown| shown.contains("OutOfService"));
    screen.press("r");
    screen.until("a restored instance", |shown| {
        !shown.contains("OutOfService") && shown.matches("InService").count() >= 2
    });
    screen.press("?");
    screen.until("help", |shown| shown.contains("stand still"));
    screen.press("q");
    // The shell's screen is back, in the mode in which lines are edited.
    let shown = screen.until("the end", |shown| {
        shown.contains("ended 0") && shown.contains("icanon")
    });
    assert!(
        !shown.contains("-icanon") && !shown.contains("REQ/S"),
        "{shown}"
    );
}

#[test]
fn a_signal_ends_it_and_the_terminal_is_given_back() {
    use rustix::process::{Pid, Signal, kill_process};
    let cloud = Cloud::start();
    cloud.create_web();
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let Some(screen) = Screen::start(&cloud) else {
            return;
        };
        screen.until("the list", |shown| shown.contains("REQ/S"));
        let number = std::fs::read_to_string(cloud.data_directory().join("top.pid")).unwrap();
        let process = Pid::from_raw(number.trim().parse().unwrap()).unwrap();
        kill_process(process, signal).unwrap();
        let shown = screen.until("the end", |shown| {
            shown.contains("ended ") && shown.contains("icanon")
        });
        assert!(
            !shown.contains("-icanon") && !shown.contains("REQ/S"),
            "{signal:?}: {shown}"
        );
    }
}

// ---------------------------------------------------------------------------------------------
// The status page

/// An answer of the page: status, headers in small letters, body.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

fn ask(cloud: &Cloud, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
    let endpoint = cloud.status().endpoint;
    let authority = endpoint
        .trim_start_matches("http://")
        .split('/')
        .next()
        .unwrap();
    let address: SocketAddr = authority.parse().unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut request =
        format!("{method} {target} HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n");
    if !headers.iter().any(|(name, _)| *name == "Host") {
        request.push_str(&format!("Host: {authority}\r\n"));
    }
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    write!(stream, "{request}\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

/// The link, cut into where and what.
fn link(cloud: &Cloud) -> String {
    let link = cloud.ok("eulb", ["local", "status", "--web"]);
    let link = link.trim();
    let at = link
        .find("/_eulb/web?token=")
        .unwrap_or_else(|| panic!("{link}"));
    link[at..].to_owned()
}

/// The cookie of a session, as a browser sends it back.
fn session(cloud: &Cloud) -> String {
    let entrance = ask(cloud, "GET", &link(cloud), &[]);
    assert_eq!(entrance.status, 200, "{}", entrance.head);
    let cookie = entrance
        .head
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap();
    for flag in ["HttpOnly", "SameSite=Strict", "Path=/_eulb/web"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    cookie.split(';').next().unwrap().to_owned()
}

#[test]
fn a_link_opens_the_page_once_and_shows_what_the_tools_show() {
    let cloud = Cloud::start();
    let ids = cloud.web_with(2);
    let listener = cloud.listener("web");
    assert_eq!(cloud.ask(&listener, 30).failed, 0);
    let link = link(&cloud);
    let first = ask(&cloud, "GET", &link, &[]);
    assert_eq!(first.status, 200);
    let second = ask(&cloud, "GET", &link, &[]);
    assert_eq!(second.status, 403);
    assert!(
        second.body.contains("This link has been used"),
        "{}",
        second.body
    );

    let cookie = session(&cloud);
    let page = ask(&cloud, "GET", "/_eulb/web", &[("Cookie", &cookie)]);
    assert_eq!(page.status, 200);
    for id in &ids {
        let row = format!("<td>{id}</td><td>PARTI00</td><td class=\"InService\">InService</td>");
        assert!(page.body.contains(&row), "{}", page.body);
    }
    assert!(
        page.body.contains("2 of 2 instances in service"),
        "{}",
        page.body
    );
    assert!(
        page.body.contains("<b id=\"requests\">30</b>"),
        "{}",
        page.body
    );
    // It holds no secret and loads nothing from elsewhere.
    let keys = cloud.environment(Account::Administrator);
    assert!(!page.body.contains(&keys.secret_key) && !page.body.contains("src="));

    let data = ask(&cloud, "GET", "/_eulb/web/data", &[("Cookie", &cookie)]);
    let data: Value = serde_json::from_str(&data.body).unwrap();
    assert_eq!(data["status"]["balancers"][0]["in_service"], 2);
    assert_eq!(data["traffic"]["listeners"][0]["counts"]["requests"], 30);
}

#[test]
fn nobody_else_sees_the_page() {
    let cloud = Cloud::start();
    let cookie = session(&cloud);
    let own = ("Cookie", &*cookie);
    let cases: [(&str, &str, &[(&str, &str)], u16); 12] = [
        ("GET", "/_eulb/web", &[], 401),
        ("GET", "/_eulb/web/data", &[], 401),
        ("GET", "/_eulb/web", &[("Cookie", "eulb-1=00")], 401),
        ("GET", "/_eulb/web?token=", &[], 403),
        ("GET", "/_eulb/web?token=0000", &[own], 403),
        ("GET", "/_eulb/web", &[own, ("Host", "evil.example")], 403),
        (
            "GET",
            "/_eulb/web",
            &[own, ("Host", "localhost.evil.example:80")],
            403,
        ),
        (
            "GET",
            "/_eulb/web/data",
            &[own, ("Origin", "http://evil.example")],
            403,
        ),
        ("GET", "/_eulb/web/data", &[own, ("Origin", "null")], 403),
        (
            "GET",
            "/_eulb/web/data",
            &[
                own,
                ("Sec-Fetch-Site", "same-site"),
                ("Sec-Fetch-Mode", "cors"),
            ],
            403,
        ),
        // A link is made by the administrator only, and the page's session is no administrator.
        ("POST", "/_eulb/web", &[own], 403),
        ("GET", "/_eulb/status", &[own], 403),
    ];
    for (method, target, headers, status) in cases {
        let answer = ask(&cloud, method, target, headers);
        assert_eq!(
            answer.status, status,
            "{method} {target} {headers:?}: {}",
            answer.body
        );
        assert!(!answer.body.contains("token="), "{}", answer.body);
    }
    let fine = [
        own,
        ("Sec-Fetch-Site", "same-origin"),
        ("Sec-Fetch-Mode", "cors"),
    ];
    let fine = ask(&cloud, "GET", "/_eulb/web/data", &fine);
    assert_eq!(fine.status, 200, "{}", fine.body);
    for line in [
        "cache-control: no-store",
        "x-frame-options: DENY",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "content-security-policy: default-src 'none'; script-src 'nonce-",
    ] {
        assert!(fine.head.contains(line), "{}", fine.head);
    }
}

#[test]
fn a_browser_shows_the_page_with_live_numbers() {
    let cloud = Cloud::start();
    let ids = cloud.web_with(2);
    let load = cloud.load(&cloud.listener("web"));
    cloud.await_answers(&load, 10);
    let browse = || {
        let link = cloud.ok("eulb", ["local", "status", "--web"]);
        let profile = tempfile::tempdir().unwrap();
        let output = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
            ])
            .args([
                "--virtual-time-budget=4000",
                "--timeout=20000",
                "--dump-dom",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(link.trim())
            .stdin(Stdio::null())
            .output();
        match output {
            Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
            Err(error) => {
                eprintln!("SKIPPED: chromium cannot be run: {error}");
                None
            }
        }
    };
    let Some(document) = browse() else { return };
    assert!(
        document.contains("<span id=\"live\">live</span>"),
        "{document}"
    );
    assert!(document.contains("<polyline points="), "{document}");
    for id in &ids {
        let row = format!("<td>{id}</td><td>PARTI00</td><td class=\"InService\">InService</td>");
        assert!(document.contains(&row), "{document}");
    }
    cloud.end(load);
}

// ---------------------------------------------------------------------------------------------
// The tour

fn tour(scratch: &tempfile::TempDir, words: &[&str], typed: &str) -> Run {
    let mut child = Command::new(EULB)
        .arg("tour")
        .args(words)
        .env("TMPDIR", scratch.path())
        .env("AWS_ELB_URL", "http://127.0.0.1:9/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    let output = child.wait_with_output().unwrap();
    Run {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn the_tour_runs_unattended_to_its_end_and_leaves_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let run = tour(&scratch, &["--unattended"], "");
    assert_eq!((run.status, &*run.stderr), (0, ""), "{}", run.stdout);
    for told in [
        "1. A cloud",
        "$ eulb-create-lb -z PARTI00",
        "30 requests: 30 in all",
        "(exit status 69)",
        "That was the tour.",
    ] {
        assert!(run.stdout.contains(told), "{told}: {}", run.stdout);
    }
    // Nothing that was typed failed but what is to fail.
    assert_eq!(
        run.stdout.matches("(exit status").count(),
        1,
        "{}",
        run.stdout
    );
    assert_eq!(
        run.stdout.matches("failed     0").count(),
        run.stdout.matches("failed  ").count()
    );
    assert!(std::fs::read_dir(scratch.path()).unwrap().next().is_none());
}

#[test]
fn a_person_may_type_commands_skip_and_quit() {
    let scratch = tempfile::tempdir().unwrap();
    let typed = "\neulb instance list\nls\nn\nq\n";
    let run = tour(&scratch, &[], typed);
    assert_eq!((run.status, &*run.stderr), (0, ""), "{}", run.stdout);
    assert!(
        run.stdout.contains("  $ eulb instance list\n"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("Enter runs what is shown"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("3. Adding and removing a listener"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .ends_with("The cloud is removed. Next: eulb local start\n")
    );
    assert!(std::fs::read_dir(scratch.path()).unwrap().next().is_none());
    // The end of the input is the end of the tour.
    let run = tour(&scratch, &["2"], "");
    assert_eq!(run.status, 0);
    assert!(!run.stdout.contains("1. A cloud") && run.stdout.contains("2. Web servers"));
    assert_eq!(tour(&scratch, &["99"], "").status, 2);
    assert!(
        tour(&scratch, &["--list"], "")
            .stdout
            .starts_with(" 1  A cloud\n")
    );
}

// ---------------------------------------------------------------------------------------------
// Installing

#[test]
fn what_is_installed_works_and_is_removed_without_a_trace() {
    let prefix = tempfile::tempdir().unwrap();
    let at = format!("--prefix={}", prefix.path().display());
    let eulb = |words: &[&str]| {
        run(Command::new(EULB)
            .args(words)
            .env("PATH", prefix.path().join("bin")))
    };
    let installed = eulb(&["install", &at]);
    assert_eq!((installed.status, &*installed.stderr), (0, ""));
    let version = run(Command::new(prefix.path().join("bin/eulb-create-lb")).arg("--version"));
    assert_eq!(version.status, 0);
    for file in [
        "share/man/man1/eulb.1",
        "share/man/man5/eulb-config.5",
        "share/man/man7/eulb-usecases.7",
        "share/bash-completion/completions/eulb-create-lb",
        "share/fish/vendor_completions.d/eulb.fish",
        "share/zsh/site-functions/_eulb",
    ] {
        assert!(prefix.path().join(file).is_file(), "{file}");
    }
    assert_eq!(eulb(&["install", &at]).status, 0, "again");
    let removed = eulb(&["install", "--uninstall", &at]);
    assert_eq!((removed.status, &*removed.stderr), (0, ""));
    assert!(std::fs::read_dir(prefix.path()).unwrap().next().is_none());
    let nothing = eulb(&["install", "--uninstall", &at]);
    assert!(nothing.status == 1 && nothing.stderr.contains("nothing of eulb is installed"));
}
