//! `eulb instance`: the servers behind the load balancers of the local cloud.

use super::super::exit::Failure;
use super::super::report;
use super::{Place, ask, columns, parse};
use crate::model::instance::{Instance, InstanceKind};
use crate::wire::local::{AddInstance, ChangeInstances, InstanceChange, Instances, RunInstances};
use clap::{Args, CommandFactory, Parser, Subcommand};
use std::net::IpAddr;

/// Titles of a listing, in the order of [`row`]; the first column is the euca2ools record's name.
const HEAD: [&str; 8] = [
    "RECORD", "ID", "STATE", "ZONE", "ADDRESS", "PORTS", "OWNER", "KIND",
];

/// Run and change the servers behind the load balancers of the local cloud
#[derive(Debug, Parser)]
#[command(name = "instance", disable_help_subcommand = true)]
struct InstanceCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Run(Run),
    Add(Add),
    List(List),
    /// Stop instances: their sockets close, as when a machine is switched off
    Stop(Named),
    /// Start stopped instances again
    Start(Named),
    /// End instances for good
    Terminate(Named),
    /// Let /health of web instances answer 500
    Fail(Named),
    /// Let /health of web instances answer 200 again
    Restore(Named),
    Delay(Delay),
}

/// Run web instances inside the local cloud
///
/// Each has an address of its own and answers with its id, a count, and the request as it arrived.
/// /health answers 200, or 500 after 'eulb instance fail'.
/// Asked for a path that ends in ?cookie=NAME, it sets a cookie of that name.
#[derive(Debug, Args)]
struct Run {
    #[command(flatten)]
    place: Place,
    /// How many
    #[arg(short = 'n', long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    count: u32,
    /// Availability zone (default: the first)
    #[arg(short, long, value_name = "ZONE")]
    zone: Option<String>,
    /// Owning account, by alias or number (default: tenant)
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Port to answer on (can be repeated; default: 80)
    #[arg(short, long = "port", value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    ports: Vec<u16>,
    /// Milliseconds to wait before each answer
    #[arg(long, value_name = "MS", default_value_t = 0)]
    delay: u64,
}

/// Make a server that you run an instance of the local cloud
///
/// Example: eulb instance add i-1DF9440E --address 127.0.0.1 --port 80=8080
#[derive(Debug, Args)]
struct Add {
    #[command(flatten)]
    place: Place,
    /// Id of the instance, i- and eight hexadecimal digits (required)
    #[arg(value_name = "INSTANCE")]
    id: String,
    /// Address of the server (required)
    #[arg(long, value_name = "ADDRESS")]
    address: IpAddr,
    /// Instance port and the server's real port, if they differ (can be repeated)
    #[arg(short, long = "port", value_name = "PORT=REAL", value_parser = port_pair)]
    ports: Vec<(u16, u16)>,
    /// Availability zone (default: the first)
    #[arg(short, long, value_name = "ZONE")]
    zone: Option<String>,
    /// Owning account, by alias or number (default: tenant)
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
}

/// List the instances of the local cloud
#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    place: Place,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Named {
    #[command(flatten)]
    place: Place,
    /// Ids of instances (required)
    #[arg(value_name = "INSTANCE", required = true, value_delimiter = ',')]
    ids: Vec<String>,
}

/// Let web instances wait before each answer
#[derive(Debug, Args)]
struct Delay {
    /// Milliseconds, 0 for none (required)
    #[arg(value_name = "MS")]
    milliseconds: u64,
    #[command(flatten)]
    named: Named,
}

fn port_pair(text: &str) -> Result<(u16, u16), String> {
    let port = |text: &str| text.parse().ok().filter(|port: &u16| *port > 0);
    let (instance, real) = text.split_once('=').unwrap_or((text, text));
    match (port(instance), port(real)) {
        (Some(instance), Some(real)) => Ok((instance, real)),
        _ => Err(format!("'{text}' is not a pair of ports such as 80=8080")),
    }
}

/// The options of `eulb instance`.
pub fn describe() -> clap::Command {
    InstanceCommand::command()
}

/// Does what a subcommand of `eulb instance` says, and prints the instances it concerned.
///
/// # Errors
///
/// The cloud does not run, or refuses.
pub fn run(matches: &clap::ArgMatches) -> Result<(), Failure> {
    use InstanceChange::{Fail, Restore, Start, Stop, Terminate};
    match parse::<InstanceCommand>(matches)?.what {
        What::Run(run) => run.run(),
        What::Add(add) => add.run(),
        What::List(list) => list.run(),
        What::Stop(named) => named.change(Stop),
        What::Start(named) => named.change(Start),
        What::Terminate(named) => named.change(Terminate),
        What::Fail(named) => named.change(Fail),
        What::Restore(named) => named.change(Restore),
        What::Delay(Delay {
            milliseconds,
            named,
        }) => named.change(InstanceChange::Delay { milliseconds }),
    }
}

impl Run {
    fn run(self) -> Result<(), Failure> {
        let client = self.place.client()?;
        let request = RunInstances {
            count: self.count,
            zone: self.zone,
            account: self.account,
            ports: self.ports,
            delay_milliseconds: self.delay,
        };
        let answer: Instances = ask(client.post("/_eulb/instances/run", &request))?;
        list(&answer)
    }
}

impl Add {
    fn run(self) -> Result<(), Failure> {
        let client = self.place.client()?;
        let request = AddInstance {
            id: self.id,
            address: self.address,
            zone: self.zone,
            account: self.account,
            ports: self.ports,
        };
        let answer: Instances = ask(client.post("/_eulb/instances/add", &request))?;
        list(&answer)
    }
}

impl List {
    fn run(&self) -> Result<(), Failure> {
        let client = self.place.client()?;
        let answer: Instances = ask(client.get("/_eulb/instances"))?;
        if self.json {
            let text = serde_json::to_string_pretty(&answer).map_err(Failure::new)?;
            return report::print(&format!("{text}\n"));
        }
        list(&answer)
    }
}

impl Named {
    fn change(self, change: InstanceChange) -> Result<(), Failure> {
        let client = self.place.client()?;
        let request = ChangeInstances {
            ids: self.ids,
            change,
        };
        let answer: Instances = ask(client.post("/_eulb/instances/change", &request))?;
        list(&answer)
    }
}

fn list(instances: &Instances) -> Result<(), Failure> {
    let rows: Vec<Vec<String>> = instances.instances.iter().map(row).collect();
    report::print(&columns(&HEAD, &rows))
}

/// An instance as a line: record, id, state, zone, address, ports, owner, kind.
fn row(instance: &Instance) -> Vec<String> {
    let mapped = |port: &crate::model::listener::Port| {
        let real = instance.reach.ports.get(port).unwrap_or(port);
        match real == port {
            true => port.to_string(),
            false => format!("{port}={real}"),
        }
    };
    let (kind, ports): (String, Vec<String>) = match &instance.kind {
        InstanceKind::Web(web) => {
            let mut kind = "web".to_owned();
            if web.failing {
                kind.push_str(",failing");
            }
            if web.delay_milliseconds > 0 {
                kind.push_str(&format!(",delay={}ms", web.delay_milliseconds));
            }
            (kind, web.ports.iter().map(mapped).collect())
        }
        InstanceKind::External => (
            "external".to_owned(),
            instance.reach.ports.keys().map(mapped).collect(),
        ),
    };
    vec![
        "INSTANCE".to_owned(),
        instance.id.to_string(),
        instance.state.as_str().to_owned(),
        instance.zone.to_string(),
        instance.reach.address.to_string(),
        ports.join(","),
        instance.owner.to_string(),
        kind,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::account::AccountId;
    use crate::model::instance::{InstanceId, InstanceState, Launch, Reach, WebInstance};
    use crate::model::listener::Port;
    use crate::model::placement::ZoneName;
    use std::collections::BTreeMap;

    #[test]
    fn ports_come_in_pairs() {
        let bad = |text| Err(format!("'{text}' is not a pair of ports such as 80=8080"));
        #[rustfmt::skip]
        let cases = [
            ("80=8080", Ok((80, 8080))), ("8080", Ok((8080, 8080))), ("80=", bad("80=")),
            ("0=80", bad("0=80")), ("80=65536", bad("80=65536")), ("a", bad("a")), ("80:8080", bad("80:8080")),
        ];
        for (text, expected) in cases {
            assert_eq!(port_pair(text), expected);
        }
    }

    #[test]
    fn an_instance_is_a_line() {
        let port = |number| Port::new(number).unwrap();
        let mut instance = Instance {
            id: InstanceId::new("i-1DF9440E"),
            owner: AccountId::new("000000000001"),
            zone: ZoneName::new("PARTI00"),
            state: InstanceState::Running,
            reach: Reach {
                address: "127.102.0.1".parse().unwrap(),
                ports: BTreeMap::from([(port(80), port(8080))]),
            },
            kind: InstanceKind::Web(WebInstance {
                failing: true,
                delay_milliseconds: 20,
                ports: vec![port(80), port(443)],
            }),
            launch: Launch::default(),
        };
        assert_eq!(
            row(&instance).join(" "),
            "INSTANCE i-1DF9440E running PARTI00 127.102.0.1 80=8080,443 000000000001 web,failing,delay=20ms"
        );
        instance.kind = InstanceKind::External;
        assert_eq!(
            row(&instance).join(" "),
            "INSTANCE i-1DF9440E running PARTI00 127.102.0.1 80=8080 000000000001 external"
        );
    }
}
