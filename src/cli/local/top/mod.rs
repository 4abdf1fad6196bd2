//! `eulb top`: the local cloud as it lives, on the whole screen.
//!
//! [`view`] keeps what was read and works out rates; [`draw`] puts it on a screen, any screen; this
//! file is the terminal: it reads the cloud and the keys, and gives the terminal back whatever happens
//! (an error, a signal, a panic).

mod draw;
mod view;

use super::super::exit::Failure;
use super::super::report;
use super::{Place, parse};
use crate::client::local::{LocalClient, LocalError};
use crate::wire::local::{ChangeInstances, InstanceChange, Instances, Status, Traffic};
use clap::{CommandFactory, Parser};
use draw::Theme;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use view::{Action, App, Look};

/// How long the thread that reads keys sleeps before it looks whether it should end.
const KEY_PATIENCE: Duration = Duration::from_millis(250);

/// Keys that may wait to be looked at.
const KEY_QUEUE: usize = 64;

/// Longest wait for one answer of the cloud: a screen that stands still must say so.
const PATIENCE: Duration = Duration::from_secs(5);

/// Columns and lines of a frame that is printed, unless the environment says otherwise.
const FRAME: (u16, u16) = (80, 24);

/// Show load balancers, their traffic and their instances on the whole screen
///
/// Requests per second, latencies and errors of the last interval, the state of each instance, and what its checks saw last.
/// Enter shows one load balancer in detail, f and r let a web instance fail and restore it, ? shows all keys.
#[derive(Debug, Parser)]
#[command(name = "top")]
struct Top {
    #[command(flatten)]
    place: Place,
    /// Seconds between two looks (default: 1)
    #[arg(short, long, value_name = "SECONDS", value_parser = interval, default_value = "1", hide_default_value = true)]
    interval: f64,
    /// Print one screen as text after one interval, and end
    #[arg(long)]
    once: bool,
    /// Begin with this load balancer in detail
    #[arg(value_name = "ELB")]
    balancer: Option<String>,
}

fn interval(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|seconds| (0.1..=60.0).contains(seconds))
        .ok_or_else(|| format!("'{text}' is not a number of seconds from 0.1 to 60"))
}

/// The options of `eulb top`.
pub fn describe() -> clap::Command {
    Top::command()
}

/// Shows the cloud until the person has seen enough.
///
/// # Errors
///
/// The cloud does not run, or there is no terminal.
pub fn run(matches: &clap::ArgMatches) -> Result<(), Failure> {
    let top: Top = parse(matches)?;
    let terminal = std::io::stdout().is_terminal() && std::io::stdin().is_terminal();
    if !top.once && !terminal {
        return Err(Failure::new(
            "this needs a terminal; --once prints one screen, 'eulb local status' the whole state",
        ));
    }
    let client = top.place.client()?.with_timeout(PATIENCE);
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("cannot start a runtime: {error}")))?
        .block_on(top.show(&client))
}

async fn look(client: &LocalClient) -> Result<Look, LocalError> {
    let status: Status = client.get("/_eulb/status").await?;
    let traffic: Traffic = client.get("/_eulb/traffic").await?;
    Ok(Look {
        at: Instant::now(),
        status,
        traffic,
    })
}

impl Top {
    async fn show(&self, client: &LocalClient) -> Result<(), Failure> {
        let mut app = App::default();
        app.take(look(client).await.map_err(Failure::new)?);
        if let Some(name) = &self.balancer
            && !app.open(name)
        {
            return Err(Failure::new(format!(
                "there is no load balancer '{name}'; 'eulb local status' shows those there are"
            )));
        }
        let interval = Duration::from_secs_f64(self.interval);
        if self.once {
            tokio::time::sleep(interval).await;
            app.take(look(client).await.map_err(Failure::new)?);
            return report::print(&frame(&app)?);
        }
        let mut signals = Signals::listen().map_err(Failure::new)?;
        on_screen(async |terminal| {
            let keys = Keys::listen();
            self.interact(client, &mut app, terminal, keys, &mut signals, interval)
                .await
        })
        .await?
    }

    async fn interact(
        &self,
        client: &LocalClient,
        app: &mut App,
        terminal: &mut ratatui::DefaultTerminal,
        mut keys: Keys,
        signals: &mut Signals,
        interval: Duration,
    ) -> Result<(), Failure> {
        let theme = Theme::of_terminal();
        let mut ticks = tokio::time::interval(interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        ticks.tick().await;
        loop {
            terminal
                .draw(|frame| draw::draw(frame, app, theme))
                .map_err(|error| Failure::new(format!("cannot write to the terminal: {error}")))?;
            let action = tokio::select! {
                _ = ticks.tick() => {
                    if !app.is_paused() {
                        match look(client).await {
                            Ok(look) => app.take(look),
                            Err(error) => app.lost(&error.to_string()),
                        }
                    }
                    None
                }
                key = keys.next() => match key {
                    Some(Event::Key(key)) => press(app, key),
                    Some(_) => None,
                    None => Some(Action::Quit),
                },
                () = signals.any() => Some(Action::Quit),
            };
            match action {
                None => {}
                Some(Action::Quit) => return Ok(()),
                Some(Action::Change(id, change)) => self.change(client, app, id, change).await,
            }
        }
    }

    /// Lets an instance fail or restores it, and shows what came of it.
    async fn change(
        &self,
        client: &LocalClient,
        app: &mut App,
        id: String,
        change: InstanceChange,
    ) {
        let request = ChangeInstances {
            ids: vec![id.clone()],
            change,
        };
        let done = client
            .post::<_, Instances>("/_eulb/instances/change", &request)
            .await;
        app.say(match done {
            Ok(_) => format!("{id}: its checks will notice"),
            Err(error) => error.to_string(),
        });
        if let Ok(look) = look(client).await {
            app.take(look);
        }
    }
}

/// Takes the terminal for as long as something is shown, and gives it back whatever becomes of that.
async fn on_screen<T>(
    show: impl AsyncFnOnce(&mut ratatui::DefaultTerminal) -> T,
) -> Result<T, Failure> {
    // It also makes a panic give the terminal back before it is told.
    let mut terminal = ratatui::try_init()
        .map_err(|error| Failure::new(format!("cannot use the terminal: {error}")))?;
    let shown = show(&mut terminal).await;
    ratatui::restore();
    Ok(shown)
}

/// What a key means.
fn press(app: &mut App, key: KeyEvent) -> Option<Action> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    match (key.code, key.modifiers) {
        (KeyCode::Char('c'), KeyModifiers::CONTROL) => Some(Action::Quit),
        (KeyCode::Char(letter), _) => app.letter(letter),
        (KeyCode::Up, _) => app.step(-1),
        (KeyCode::Down, _) => app.step(1),
        (KeyCode::PageUp, _) => app.step(-10),
        (KeyCode::PageDown, _) => app.step(10),
        (KeyCode::Enter | KeyCode::Right, _) => app.enter(),
        (KeyCode::Esc | KeyCode::Left | KeyCode::Backspace, _) => app.leave(),
        _ => None,
    }
}

/// One screen as text, as large as the environment says.
fn frame(app: &App) -> Result<String, Failure> {
    let size = |name: &str, usual: u16| {
        let set = std::env::var(name).ok();
        set.and_then(|text| text.parse().ok())
            .filter(|size| (20..=500).contains(size))
            .unwrap_or(usual)
    };
    let backend = TestBackend::new(size("COLUMNS", FRAME.0), size("LINES", FRAME.1));
    let mut terminal = Terminal::new(backend).map_err(Failure::new)?;
    let theme = Theme {
        colour: false,
        ..Theme::of_terminal()
    };
    terminal
        .draw(|frame| draw::draw(frame, app, theme))
        .map_err(Failure::new)?;
    Ok(draw::text(terminal.backend().buffer()))
}

/// The thread that waits for keys; it ends with its owner.
struct Keys {
    events: mpsc::Receiver<Event>,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Keys {
    fn listen() -> Keys {
        let (tell, events) = mpsc::channel(KEY_QUEUE);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                match event::poll(KEY_PATIENCE) {
                    Ok(false) => {}
                    Ok(true) => {
                        let told =
                            event::read().is_ok_and(|event| tell.blocking_send(event).is_ok());
                        if !told {
                            return;
                        }
                    }
                    // The terminal is gone.
                    Err(_) => return,
                }
            }
        });
        Keys {
            events,
            stop,
            thread: Some(thread),
        }
    }

    /// The next key, or nothing when the terminal is gone.
    async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.events.close();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing to add.
            let _ = thread.join();
        }
    }
}

/// The signals that end a program: the terminal is given back first.
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn any(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_make_sense() {
        describe().debug_assert();
        assert_eq!(interval("0.5"), Ok(0.5));
        for wrong in ["0", "61", "x", "NaN"] {
            assert!(interval(wrong).is_err(), "{wrong}");
        }
    }

    /// Set where the test is to take the screen and panic.
    const ON_SCREEN: &str = "EULB_TEST_PANICS_ON_SCREEN";

    #[test]
    fn a_panic_gives_the_terminal_back() {
        if std::env::var_os(ON_SCREEN).is_some() {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            let shown = runtime.unwrap().block_on(on_screen(async |terminal| {
                terminal
                    .draw(|frame| frame.render_widget("on the screen", frame.area()))
                    .unwrap();
                panic!("as the test wants");
            }));
            return shown.unwrap();
        }
        // The same test once more, in a terminal.
        let server = format!("eulb-panic-{}", std::process::id());
        let this = std::env::current_exe().unwrap();
        let name = "cli::local::top::tests::a_panic_gives_the_terminal_back";
        let line = format!(
            "env {ON_SCREEN}=1 RUST_BACKTRACE=0 '{}' --exact {name} --nocapture; \
             echo ended $?; stty -a | grep -o -- '-\\?icanon'; sleep 60",
            this.display()
        );
        let tmux = |words: &[&str]| {
            let mut command = std::process::Command::new("tmux");
            command.args(["-L", &server, "-f", "/dev/null"]).args(words);
            command.output()
        };
        let size = ["-d", "-x", "100", "-y", "40"];
        match tmux(&[&["new-session"], &size[..], &[&line]].concat()) {
            Ok(made) if made.status.success() => {}
            other => return eprintln!("SKIPPED: tmux cannot be run: {other:?}"),
        }
        let began = Instant::now();
        let seen = loop {
            let shown = tmux(&["capture-pane", "-p"]).unwrap().stdout;
            let shown = String::from_utf8_lossy(&shown).into_owned();
            let ended = shown.contains("ended ") && shown.contains("icanon");
            if ended || began.elapsed() > Duration::from_secs(30) {
                break shown;
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        let _ = tmux(&["kill-server"]);
        assert!(seen.contains("ended 101"), "{seen}");
        assert!(seen.contains("as the test wants"), "{seen}");
        assert!(!seen.contains("on the screen"), "{seen}");
        assert!(seen.contains("\nicanon"), "{seen}");
    }

    #[test]
    fn keys_that_are_let_go_do_nothing() {
        let mut app = App::default();
        let mut key = KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE);
        assert!(matches!(press(&mut app, key), Some(Action::Quit)));
        key.kind = KeyEventKind::Release;
        assert!(press(&mut app, key).is_none());
        let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert!(matches!(press(&mut app, interrupt), Some(Action::Quit)));
    }
}
