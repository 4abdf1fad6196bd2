//! How `eulb top` looks, on any screen of ratatui's: a terminal, a test's, or one that is printed.
//!
//! Nothing is told by colour alone, and every bar and curve has a form in plain ASCII.

use super::view::{App, Rates, Row};
use crate::wire::local::Status;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Cell, Clear, Paragraph, Table, TableState};
use std::time::Duration;

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    pub colour: bool,
    /// Blocks instead of letters for bars and curves.
    pub symbols: bool,
}

impl Theme {
    /// Colour unless the environment says otherwise, symbols where the locale is UTF-8.
    pub fn of_terminal() -> Theme {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = set("LC_ALL")
            .or_else(|| set("LC_CTYPE"))
            .or_else(|| set("LANG"));
        let locale = locale.unwrap_or_default().to_lowercase();
        Theme {
            colour: set("NO_COLOR").is_none() && set("TERM").as_deref() != Some("dumb"),
            symbols: locale.contains("utf-8") || locale.contains("utf8"),
        }
    }

    fn paint(self, colour: Color) -> Style {
        match self.colour {
            true => Style::new().fg(colour),
            false => Style::new(),
        }
    }

    /// The colour of a state; the word says the same.
    fn state(self, state: &str) -> Style {
        match state {
            "InService" => self.paint(Color::Green),
            "Error" => self.paint(Color::Red).add_modifier(Modifier::BOLD),
            _ => self.paint(Color::Yellow),
        }
    }
}

/// Columns of a curve in the list.
const CURVE: usize = 16;

/// Columns of a bar at most.
const BAR: usize = 12;

/// Puts everything on the screen.
pub fn draw(frame: &mut Frame, app: &App, theme: Theme) {
    let [head, body, foot] = Layout::vertical([
        Constraint::Length(2),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    if let Some(status) = app.status() {
        frame.render_widget(Paragraph::new(heading(app, status)), head);
    }
    match app.detail() {
        Some((row, at)) => detail(frame, body, row, at, theme),
        None => list(frame, body, app, theme),
    }
    frame.render_widget(Paragraph::new(footer(app, theme)), foot);
    if app.help() {
        help(frame);
    }
}

fn heading(app: &App, status: &Status) -> Vec<Line<'static>> {
    let rows = app.rows();
    let requests: f64 = rows.iter().map(|row| row.rates.requests).sum();
    let errors: f64 = rows.iter().map(|row| row.rates.errors).sum();
    let open: u64 = rows.iter().map(|row| row.rates.open_connections).sum();
    let mut all = Rates::default();
    for row in rows {
        all.latency += &row.rates.latency;
    }
    let endpoint = status.endpoint.trim_start_matches("http://");
    let endpoint = endpoint.split('/').next().unwrap_or_default();
    let force = match status.applied_revision >= status.revision {
        true => String::new(),
        false => format!(" ({} in force)", status.applied_revision),
    };
    let paused = if app.is_paused() { "  PAUSED" } else { "" };
    vec![
        Line::from(format!(
            "eulb top  {endpoint}  release {}  {} balancers  {} instances  revision {}{force}",
            status.release,
            rows.len(),
            status.instances,
            status.revision,
        ))
        .style(Modifier::BOLD),
        Line::from(format!(
            "{} req/s  {} err/s  p50 {}  p99 {}  {open} connections{paused}",
            number(requests),
            number(errors),
            latency(all.quantile(0.5)),
            latency(all.quantile(0.99)),
        )),
    ]
}

fn footer(app: &App, theme: Theme) -> Line<'static> {
    if let Some(line) = app.line() {
        return Line::styled(line.to_owned(), theme.paint(Color::Yellow));
    }
    let (order, reversed) = app.order();
    let keys = match app.detail() {
        Some(_) => {
            "Esc back  Up/Down instance  f fail  r restore  Space pause  ? help  q quit".into()
        }
        None => format!(
            "Enter detail  s sort ({}{})  Space pause  ? help  q quit",
            order.title(),
            if reversed { ", reversed" } else { "" }
        ),
    };
    Line::styled(keys, Modifier::DIM)
}

fn list(frame: &mut Frame, area: Rect, app: &App, theme: Theme) {
    if app.rows().is_empty() {
        let line = "There is no load balancer. Create one: \
                    eulb-create-lb -z PARTI00 -l \"lb-port=80, protocol=HTTP, instance-port=80\" web";
        frame.render_widget(
            Paragraph::new(line).wrap(ratatui::widgets::Wrap { trim: true }),
            area,
        );
        return;
    }
    let head = [
        "BALANCER", "SERVICE", "REQ/S", "P50", "P99", "ERR/S", "REQUESTS",
    ];
    let rows = app.rows().iter().map(|row| {
        let servos_fine = row
            .status
            .servos
            .iter()
            .all(|servo| servo.state == "InService");
        let service = format!("{}/{}", row.status.in_service, row.status.registered);
        let (mark, style) = match (servos_fine, row.status.in_service) {
            (false, _) => (" servo!", theme.state("Error")),
            (true, 0) if row.status.registered > 0 => (" none!", theme.state("OutOfService")),
            (true, count) if count < row.status.registered => {
                (" some", theme.state("OutOfService"))
            }
            _ => ("", theme.state("InService")),
        };
        ratatui::widgets::Row::new([
            Cell::from(row.key.1.clone()),
            Cell::from(format!("{service}{mark}")).style(style),
            Cell::from(number(row.rates.requests)),
            Cell::from(latency(row.rates.quantile(0.5))),
            Cell::from(latency(row.rates.quantile(0.99))),
            Cell::from(number(row.rates.errors)).style(match row.rates.errors > 0.0 {
                true => theme.state("Error"),
                false => Style::new(),
            }),
            Cell::from(curve(&row.history, CURVE, theme)).style(theme.paint(Color::Cyan)),
        ])
    });
    let widths = [
        Constraint::Min(16),
        Constraint::Length(12),
        Constraint::Length(8),
        Constraint::Length(8),
        Constraint::Length(8),
        Constraint::Length(7),
        Constraint::Length(CURVE as u16),
    ];
    table(frame, area, &head, rows.collect(), &widths, app.selected());
}

fn table(
    frame: &mut Frame,
    area: Rect,
    head: &[&'static str],
    rows: Vec<ratatui::widgets::Row>,
    widths: &[Constraint],
    selected: Option<usize>,
) {
    let head = ratatui::widgets::Row::new(head.iter().copied()).style(Modifier::DIM);
    let table = Table::new(rows, widths.iter().copied())
        .header(head)
        .column_spacing(1)
        .row_highlight_style(Modifier::REVERSED);
    let mut state = TableState::new().with_selected(selected);
    frame.render_stateful_widget(table, area, &mut state);
}

fn detail(frame: &mut Frame, area: Rect, row: &Row, at: usize, theme: Theme) {
    let [about, curve_area, listeners, instances] = Layout::vertical([
        Constraint::Length(1 + row.status.servos.len().min(4) as u16),
        Constraint::Length(2),
        Constraint::Length(1 + row.listeners.len().min(5) as u16),
        Constraint::Min(3),
    ])
    .areas(area);
    let mut lines = vec![Line::from(vec![
        Span::styled(row.key.1.clone(), Modifier::BOLD),
        Span::from(format!("  of {}  {}", row.key.0, row.status.dns_name)),
    ])];
    for servo in &row.status.servos {
        let reason = servo.reason.as_ref().map(|reason| format!(" ({reason})"));
        lines.push(Line::from(vec![
            Span::from(format!(
                "servo {} {} {} ",
                servo.id, servo.zone, servo.address
            )),
            Span::styled(servo.state.clone(), theme.state(&servo.state)),
            Span::from(reason.unwrap_or_default()),
        ]));
    }
    frame.render_widget(Paragraph::new(lines), about);
    let width = usize::from(curve_area.width);
    let most = row.history.iter().copied().fold(0.0, f64::max);
    frame.render_widget(
        Paragraph::new(vec![
            Line::styled(curve(&row.history, width, theme), theme.paint(Color::Cyan)),
            Line::styled(
                format!(
                    "requests per second, {} at most; {} open connections, {} waiting, {}/s in, {}/s out",
                    number(most),
                    row.rates.open_connections,
                    row.rates.surge_queue,
                    bytes(row.rates.received_bytes),
                    bytes(row.rates.sent_bytes),
                ),
                Modifier::DIM,
            ),
        ]),
        curve_area,
    );
    let rows = row.listeners.iter().map(|(title, rates)| {
        ratatui::widgets::Row::new([
            title.clone(),
            number(rates.requests),
            latency(rates.quantile(0.5)),
            latency(rates.quantile(0.9)),
            latency(rates.quantile(0.99)),
            number(rates.errors),
        ])
    });
    let head = ["LISTENER", "REQ/S", "P50", "P90", "P99", "ERR/S"];
    let widths = [
        Constraint::Min(16),
        Constraint::Length(9),
        Constraint::Length(9),
        Constraint::Length(9),
        Constraint::Length(9),
        Constraint::Length(9),
    ];
    table(frame, listeners, &head, rows.collect(), &widths, None);

    let most = row
        .instances
        .iter()
        .map(|(_, requests, _)| *requests)
        .fold(0.0, f64::max);
    let rows = row.instances.iter().map(|(instance, requests, errors)| {
        let seen = instance
            .checked
            .as_deref()
            .or(instance.description.as_deref());
        let failing = if instance.failing {
            " (set to fail)"
        } else {
            ""
        };
        ratatui::widgets::Row::new([
            Cell::from(instance.id.clone()),
            Cell::from(instance.zone.clone()),
            Cell::from(instance.state.clone()).style(theme.state(&instance.state)),
            Cell::from(number(*requests)),
            Cell::from(bar(*requests, most, theme)).style(theme.paint(Color::Cyan)),
            Cell::from(number(*errors)),
            Cell::from(format!("{}{failing}", seen.unwrap_or_default())),
        ])
    });
    let head = [
        "INSTANCE",
        "ZONE",
        "STATE",
        "REQ/S",
        "",
        "ERR/S",
        "LAST CHECK",
    ];
    let widths = [
        Constraint::Length(10),
        Constraint::Length(8),
        Constraint::Length(12),
        Constraint::Length(7),
        Constraint::Length(BAR as u16),
        Constraint::Length(5),
        Constraint::Min(10),
    ];
    let selected = (!row.instances.is_empty()).then_some(at);
    table(frame, instances, &head, rows.collect(), &widths, selected);
}

fn help(frame: &mut Frame) {
    let lines = [
        "Up, Down, j, k   select",
        "Enter            one load balancer in detail",
        "Esc              back",
        "s, S             sort by the next column, in reverse",
        "f, r             let the selected instance fail, restore it",
        "Space            stand still",
        "?                this help",
        "q, Ctrl-C        quit",
        "",
        "ERR/S counts answers of 5xx, of the load balancer and of instances.",
        "P50 and P99 are the latencies of the last interval that half of the",
        "requests, and all but one in a hundred, did not exceed.",
    ];
    let area = frame.area();
    let height = (lines.len() as u16 + 2).min(area.height);
    let width = 72.min(area.width);
    let place = Rect {
        x: (area.width - width) / 2,
        y: (area.height - height) / 2,
        width,
        height,
    };
    frame.render_widget(Clear, place);
    let text: Vec<Line> = lines.into_iter().map(Line::from).collect();
    let block = Block::bordered().title(" eulb top ");
    frame.render_widget(Paragraph::new(text).block(block), place);
}

/// `0`, `3.4`, `120`, `12k`
fn number(value: f64) -> String {
    match value {
        value if value < 0.05 => "0".to_owned(),
        value if value < 10.0 => format!("{value:.1}"),
        value if value < 10_000.0 => format!("{value:.0}"),
        value if value < 10_000_000.0 => format!("{:.0}k", value / 1e3),
        value => format!("{:.0}M", value / 1e6),
    }
}

/// `12 kB`
fn bytes(value: f64) -> String {
    match value {
        value if value < 1e3 => format!("{value:.0} B"),
        value if value < 1e6 => format!("{:.0} kB", value / 1e3),
        value => format!("{:.1} MB", value / 1e6),
    }
}

/// `-`, `350us`, `1.2ms`, `3.4s`
fn latency(latency: Option<Duration>) -> String {
    let Some(latency) = latency else {
        return "-".to_owned();
    };
    match latency.as_micros() {
        micros if micros < 1_000 => format!("{micros}us"),
        micros if micros < 100_000 => format!("{:.1}ms", micros as f64 / 1e3),
        micros if micros < 1_000_000 => format!("{}ms", micros / 1_000),
        micros => format!("{:.1}s", micros as f64 / 1e6),
    }
}

/// The newest values as a line of blocks, or of characters that grow darker.
fn curve(history: &[f64], width: usize, theme: Theme) -> String {
    let steps: &[char] = match theme.symbols {
        true => &[' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
        false => &[' ', '.', ':', '-', '=', '+', '*', '%', '#'],
    };
    let newest = &history[history.len().saturating_sub(width)..];
    let most = newest.iter().copied().fold(0.0, f64::max);
    newest
        .iter()
        .map(|value| match most > 0.0 {
            // What is not nothing is seen.
            true => steps[((value / most * 8.0).ceil() as usize).min(8)],
            false => steps[0],
        })
        .collect()
}

fn bar(value: f64, most: f64, theme: Theme) -> String {
    let block = if theme.symbols { "█" } else { "#" };
    match most > 0.0 {
        true => block.repeat(((value / most * BAR as f64).ceil() as usize).min(BAR)),
        false => String::new(),
    }
}

/// A screen as text, without the blanks at the ends of lines.
pub fn text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut text = String::new();
    for y in area.top()..area.bottom() {
        let line: String = (area.left()..area.right())
            .map(|x| buffer[(x, y)].symbol())
            .collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let kept = text.trim_end().len();
    text.truncate(kept);
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::super::view::{Action, Look};
    use super::*;
    use crate::model::instance::InstanceId;
    use crate::model::placement::{ServoId, ZoneName};
    use crate::model::plane::BalancerLabel;
    use crate::model::traffic::{Counts, Histogram, InstanceTraffic, ListenerTraffic, bucket_of};
    use crate::wire::local::{
        BalancerStatus, InstanceChange, ListenerStatus, RegisteredInstance, ServoStatus, Traffic,
    };
    use expect_test::expect;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use std::time::Instant;

    const PLAIN: Theme = Theme {
        colour: false,
        symbols: false,
    };

    fn registered(id: &str, state: &str, checked: &str) -> RegisteredInstance {
        RegisteredInstance {
            id: id.to_owned(),
            zone: "PARTI00".to_owned(),
            state: state.to_owned(),
            description: None,
            checked: Some(checked.to_owned()),
            failing: state == "OutOfService",
        }
    }

    fn balancer(name: &str, instances: Vec<RegisteredInstance>) -> BalancerStatus {
        BalancerStatus {
            servos: vec![ServoStatus {
                id: "i-5EB0A1B2".to_owned(),
                zone: "PARTI00".to_owned(),
                address: "127.101.0.1".parse().unwrap(),
                state: "InService".to_owned(),
                reason: None,
                listeners: vec![ListenerStatus {
                    protocol: "HTTP".to_owned(),
                    port: 80,
                    bound: "127.101.0.1:80".parse().unwrap(),
                    error: None,
                }],
            }],
            registered: instances.len(),
            in_service: instances
                .iter()
                .filter(|of| of.state == "InService")
                .count(),
            instances,
            ..crate::cli::local::tests::balancer("972528928292", name)
        }
    }

    /// What a servo counted: requests, 5xx of instances, all of this latency.
    fn traffic(name: &str, requests: u64, errors: u64, micros: u64) -> ListenerTraffic {
        let mut latency = Histogram::default();
        latency.add(bucket_of(Duration::from_micros(micros)), requests);
        ListenerTraffic {
            servo: ServoId::new("i-5EB0A1B2"),
            port: 80,
            balancer: BalancerLabel {
                account: "972528928292".into(),
                name: name.into(),
            },
            zone: ZoneName::new("PARTI00"),
            http: true,
            opening: 1,
            closed: false,
            surge_queue: 0,
            counts: Counts {
                requests,
                instance_5xx: errors,
                connections: 8,
                ..Counts::default()
            },
            latency,
            instances: vec![InstanceTraffic {
                instance: InstanceId::new("i-1DF9440E"),
                requests,
                errors,
            }],
        }
    }

    fn look(at: Instant, listeners: Vec<ListenerTraffic>) -> Look {
        let web = vec![
            registered(
                "i-1DF9440E",
                "InService",
                "HTTP:80/health answered 200 in 1 ms",
            ),
            registered(
                "i-46FCEE6F",
                "OutOfService",
                "HTTP:80/health answered 500 in 1 ms",
            ),
        ];
        Look {
            at,
            status: crate::cli::local::tests::status(vec![
                balancer("web", web),
                balancer("idle", Vec::new()),
            ]),
            traffic: Traffic {
                at_milliseconds: 0,
                listeners,
            },
        }
    }

    fn app() -> App {
        let begin = Instant::now();
        let mut app = App::default();
        app.take(look(begin, vec![traffic("web", 1000, 0, 900)]));
        for (second, requests) in [(1, 1100), (2, 1300), (3, 1700)] {
            let at = begin + Duration::from_secs(second);
            app.take(look(
                at,
                vec![traffic("web", requests, requests / 100, 900)],
            ));
        }
        app
    }

    fn screen(app: &App, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, app, PLAIN)).unwrap();
        text(terminal.backend().buffer())
    }

    #[test]
    fn the_list_fits_80_columns_and_24_lines() {
        let shown = screen(&app(), 80, 24);
        expect![[r#"
            eulb top  127.0.0.1:8773  release 3.3.0  2 balancers  0 instances  revision 7
            400 req/s  4.0 err/s  p50 912us  p99 912us  8 connections
            BALANCER         SERVICE      REQ/S    P50      P99      ERR/S   REQUESTS
            idle             0/0          0        -        -        0
            web              1/2 some     400      912us    912us    4.0     :=#


















            Enter detail  s sort (name)  Space pause  ? help  q quit
        "#]]
        .assert_eq(&shown);
    }

    #[test]
    fn the_detail_shows_instances_with_their_last_checks() {
        let mut app = app();
        app.step(1);
        app.enter();
        let shown = screen(&app, 100, 16);
        expect![[r#"
            eulb top  127.0.0.1:8773  release 3.3.0  2 balancers  0 instances  revision 7
            400 req/s  4.0 err/s  p50 912us  p99 912us  8 connections
            web  of 972528928292  web-972528928292.lb.localhost
            servo i-5EB0A1B2 PARTI00 127.101.0.1 InService
            :=#
            requests per second, 400 at most; 8 open connections, 0 waiting, 0 B/s in, 0 B/s out
            LISTENER                                           REQ/S     P50       P90       P99       ERR/S
            HTTP 80                                            400       912us     912us     912us     4.0
            INSTANCE   ZONE     STATE        REQ/S                ERR/S LAST CHECK
            i-1DF9440E PARTI00  InService    400     ############ 4.0   HTTP:80/health answered 200 in 1 ms
            i-46FCEE6F PARTI00  OutOfService 0                    0     HTTP:80/health answered 500 in 1 ms (set




            Esc back  Up/Down instance  f fail  r restore  Space pause  ? help  q quit
        "#]].assert_eq(&shown);
        assert_eq!(
            app.letter('f'),
            Some(Action::Change(
                "i-1DF9440E".to_owned(),
                InstanceChange::Fail
            ))
        );
        app.step(1);
        assert_eq!(
            app.letter('r'),
            Some(Action::Change(
                "i-46FCEE6F".to_owned(),
                InstanceChange::Restore
            ))
        );
        app.leave();
        assert!(app.detail().is_none());
    }

    #[test]
    fn keys_sort_and_help_and_stand_still() {
        let mut app = app();
        let first = |app: &App| app.rows()[0].key.1.clone();
        assert_eq!(first(&app), "idle");
        app.letter('s');
        assert_eq!(first(&app), "web", "by requests");
        app.letter('S');
        assert_eq!(first(&app), "idle", "reversed");
        app.letter('?');
        assert!(screen(&app, 80, 24).contains("let the selected instance fail"));
        app.leave();
        assert!(!app.help());
        app.letter(' ');
        assert!(screen(&app, 80, 24).contains("PAUSED"));
        // Nothing is selected to fail in the list.
        assert_eq!(app.letter('f'), None);
        app.lost("the local cloud did not answer");
        assert!(screen(&app, 80, 24).contains("the local cloud did not answer"));
    }

    #[test]
    fn no_size_of_a_screen_is_too_small() {
        let mut app = app();
        for detail in [false, true] {
            if detail {
                app.enter();
            }
            for (width, height) in [(1, 1), (5, 3), (20, 5), (200, 60)] {
                screen(&app, width, height);
            }
        }
        app.letter('?');
        screen(&app, 3, 3);
    }

    #[test]
    fn nothing_is_no_fault() {
        let mut app = App::default();
        assert_eq!(screen(&app, 40, 5).lines().count(), 5);
        let mut nothing = look(Instant::now(), Vec::new());
        nothing.status.balancers.clear();
        app.take(nothing);
        assert!(screen(&app, 80, 24).contains("There is no load balancer."));
        app.enter();
        app.step(1);
        assert!(app.detail().is_none());
    }

    #[test]
    fn numbers_are_short() {
        let cases = [(0.0, "0"), (3.44, "3.4"), (120.0, "120"), (12_345.0, "12k")];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
        assert_eq!(latency(None), "-");
        assert_eq!(latency(Some(Duration::from_micros(350))), "350us");
        assert_eq!(latency(Some(Duration::from_micros(1_234))), "1.2ms");
        assert_eq!(latency(Some(Duration::from_millis(3_400))), "3.4s");
        assert_eq!(bytes(12_345.0), "12 kB");
        let symbols = Theme {
            colour: true,
            symbols: true,
        };
        assert_eq!(curve(&[0.0, 1.0, 4.0, 8.0], 3, symbols), "▁▄█");
        assert_eq!(bar(1.0, 2.0, symbols), "██████");
    }
}
