//! How the story is told: in colour on a terminal, in plain text in a pipe, as JSON for machines.

use super::evidence::{Chart, Claim, Evidence, Mismatch, Run};
use super::steps::Step;
use crate::cli::color;
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Duration;

/// Columns of the longest bar of a chart.
const LONGEST_BAR: u64 = 40;

/// What the terminal, or the file, can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub colour: bool,
    /// Ticks and blocks instead of words and `#`.
    pub symbols: bool,
}

impl Look {
    /// Colour where every command has it; symbols where the locale says UTF-8.
    pub fn of_standard_output() -> Look {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = set("LC_ALL")
            .or_else(|| set("LC_CTYPE"))
            .or_else(|| set("LANG"));
        let locale = locale.unwrap_or_default().to_lowercase();
        Look {
            colour: color::is_on(&std::io::stdout()),
            symbols: locale.contains("utf-8") || locale.contains("utf8"),
        }
    }

    fn paint(self, code: &str, text: &str) -> String {
        match self.colour {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }

    fn mark(self, held: bool) -> String {
        let (code, mark) = match (held, self.symbols) {
            (true, true) => ("32", "✓"),
            (true, false) => ("32", "true:"),
            (false, true) => ("31", "✗"),
            (false, false) => ("31", "NOT TRUE:"),
        };
        self.paint(code, mark)
    }

    fn bar(self, length: u64) -> String {
        let block = if self.symbols { "█" } else { "#" };
        self.paint(
            "36",
            &block.repeat(usize::try_from(length).unwrap_or_default()),
        )
    }

    /// The head of a step.
    pub fn title(self, number: usize, step: &Step) -> String {
        self.headline(&format!("{number}. {}", step.title), step.behind)
    }

    /// A title, and what it is about.
    pub fn headline(self, title: &str, told: &str) -> String {
        format!("\n{}\n{}\n", self.paint("1", title), self.paint("2", told))
    }

    /// A command as it was typed, with what it printed.
    pub fn run(self, run: &Run) -> String {
        let mut text = format!("  $ {}\n", self.paint("33", &run.typed));
        for line in run.stdout.lines().chain(run.stderr.lines()) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "    {line}");
        }
        if let Some(status) = run.status.filter(|status| *status != 0) {
            let _ = writeln!(text, "    (exit status {status})");
        }
        text
    }

    /// Who answered, as bars.
    pub fn chart(self, chart: &Chart) -> String {
        let counts = &chart.counts;
        let mut text = format!("  {}: {} in all\n", chart.title, counts.total());
        let most = counts.answered.values().copied().max().unwrap_or(1).max(1);
        for (instance, count) in &counts.answered {
            let bar = self.bar((count * LONGEST_BAR).div_ceil(most));
            let _ = writeln!(text, "    {instance} {bar} {count}");
        }
        let failed = format!("    failed     {}", counts.failed);
        let _ = writeln!(
            text,
            "{}",
            self.paint(if counts.failed == 0 { "2" } else { "31" }, &failed)
        );
        text
    }

    /// What was waited for.
    pub fn wait(self, what: &str, took: Duration) -> String {
        format!(
            "  {}\n",
            self.paint("2", &format!("{what} after {} ms", took.as_millis()))
        )
    }

    /// The page of an instance, or a status.
    pub fn answer(self, answer: &super::load::Answer) -> String {
        let mut text = format!("  GET / is answered {}\n", answer.status);
        if answer.instance.is_some() {
            for line in answer.body.lines().filter(|line| !line.is_empty()) {
                let _ = writeln!(text, "    {}", self.paint("2", line));
            }
        }
        text
    }

    /// Whether the claim is true.
    pub fn claim(self, step: &Step, claim: &Claim) -> String {
        match claim {
            Ok(shown) => format!("  {} {} ({shown})\n", self.mark(true), step.claim),
            Err(Mismatch { expected, came }) => format!(
                "  {} {}\n    expected: {expected}\n    came: {came}\n",
                self.mark(false),
                step.claim
            ),
        }
    }
}

/// One step as JSON: what was done, what is claimed, whether it is true.
pub fn object(number: usize, step: &Step, seen: &Evidence, claim: &Claim, took: Duration) -> Value {
    let commands: Vec<Value> = seen
        .runs
        .iter()
        .map(|run| {
            json!({
                "typed": run.typed,
                "status": run.status,
                "stdout": run.stdout,
                "stderr": run.stderr,
            })
        })
        .collect();
    let traffic: Vec<Value> = seen
        .charts
        .iter()
        .map(|chart| {
            json!({
                "title": chart.title,
                "answered": chart.counts.answered,
                "failed": chart.counts.failed,
                "first_failure": chart.counts.first_failure,
            })
        })
        .collect();
    let mut object = json!({
        "step": number,
        "title": step.title,
        "behind": step.behind,
        "commands": commands,
        "traffic": traffic,
        "claim": step.claim,
        "held": claim.is_ok(),
        "milliseconds": milliseconds(took),
    });
    match claim {
        Ok(shown) => object["shown"] = json!(shown),
        Err(Mismatch { expected, came }) => {
            object["expected"] = json!(expected);
            object["came"] = json!(came);
        }
    }
    object
}

pub fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::load::Counts;
    use crate::cli::demo::steps::STEPS;

    const PLAIN: Look = Look {
        colour: false,
        symbols: false,
    };

    fn chart() -> Chart {
        Chart {
            title: "6 requests".into(),
            counts: Counts {
                answered: [("i-1DF9440E".into(), 4), ("i-2DF9440E".into(), 1)].into(),
                failed: 1,
                first_failure: Some("status 502".into()),
            },
        }
    }

    #[test]
    fn a_pipe_gets_plain_text() {
        let expected = format!(
            "  6 requests: 6 in all\n    i-1DF9440E {} 4\n    i-2DF9440E {} 1\n    failed     1\n",
            "#".repeat(40),
            "#".repeat(10)
        );
        assert_eq!(PLAIN.chart(&chart()), expected);
        let run = Run {
            typed: "eulb-attach-lb-to-subnets".into(),
            status: Some(69),
            stdout: String::new(),
            stderr: "NA\n".into(),
        };
        assert_eq!(
            PLAIN.run(&run),
            "  $ eulb-attach-lb-to-subnets\n    NA\n    (exit status 69)\n"
        );
        let colourful = Look {
            colour: true,
            symbols: true,
        };
        assert!(colourful.chart(&chart()).contains("\x1b[36m█"));
    }

    #[test]
    fn an_untrue_claim_says_what_was_expected_and_what_came() {
        let claim = Err(Mismatch::new("status 503", "status 200"));
        let told = PLAIN.claim(&STEPS[0], &claim);
        assert!(told.starts_with("  NOT TRUE: "), "{told}");
        assert!(told.ends_with("\n    expected: status 503\n    came: status 200\n"));
        let seen = Evidence {
            charts: vec![chart()],
            ..Evidence::default()
        };
        let object = object(1, &STEPS[0], &seen, &claim, Duration::from_millis(7));
        assert_eq!(object["held"], false);
        assert_eq!(object["came"], "status 200");
        assert_eq!(object["traffic"][0]["answered"]["i-1DF9440E"], 4);
    }
}
