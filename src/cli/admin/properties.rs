//! `eulb admin properties`.

use super::super::exit::Failure;
use super::super::local::{Place, ask};
use super::super::report;
use crate::wire::{admin, query};
use clap::{Args, Subcommand};

/// Show and set the properties of the cloud
#[derive(Debug, Args)]
pub struct Properties {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(List),
    Get(Get),
    Set(Set),
    Reset(Reset),
}

/// List properties: PROPERTY, name, value
#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    place: Place,
    /// Only those whose names begin so
    #[arg(value_name = "PREFIX", default_value = "")]
    prefix: String,
    /// Tell what each does in the local cloud, too
    #[arg(short, long)]
    verbose: bool,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// Show one property
#[derive(Debug, Args)]
struct Get {
    #[command(flatten)]
    place: Place,
    /// Name, in full or without what all names begin with (required)
    #[arg(value_name = "NAME")]
    name: String,
}

/// Set a property
///
/// Example: eulb admin properties set loadbalancer_num_vm=2
#[derive(Debug, Args)]
struct Set {
    #[command(flatten)]
    place: Place,
    /// Name and new value (required)
    #[arg(value_name = "NAME=VALUE", value_parser = pair)]
    property: (String, String),
}

/// Give a property its default back
#[derive(Debug, Args)]
struct Reset {
    #[command(flatten)]
    place: Place,
    /// Name, in full or without what all names begin with (required)
    #[arg(value_name = "NAME")]
    name: String,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.to_owned()))
        }
        _ => Err(format!("'{text}' is not NAME=VALUE")),
    }
}

impl Properties {
    pub fn run(self) -> Result<(), Failure> {
        match self.verb {
            Verb::List(list) => list.run(),
            Verb::Get(get) => get.run(),
            Verb::Set(set) => change(&set.place, set.property.0, Some(set.property.1)),
            Verb::Reset(reset) => change(&reset.place, reset.name, None),
        }
    }
}

fn fetch(place: &Place) -> Result<admin::Properties, Failure> {
    ask(place.client()?.get("/_eulb/admin/properties"))
}

impl List {
    fn run(&self) -> Result<(), Failure> {
        let mut all = fetch(&self.place)?;
        all.properties
            .retain(|property| property.name.starts_with(&self.prefix));
        if self.json {
            let text = serde_json::to_string_pretty(&all).map_err(Failure::new)?;
            return report::print(&format!("{text}\n"));
        }
        let mut text = String::new();
        for property in &all.properties {
            text.push_str(&line(property));
            if self.verbose {
                text.push_str(&format!("\t{}", property.effect));
            }
            text.push('\n');
        }
        report::print(&text)
    }
}

/// `PROPERTY<TAB>name<TAB>value`, as `euca-describe-properties` printed it.
fn line(property: &admin::PropertyValue) -> String {
    format!("PROPERTY\t{}\t{}", property.name, property.value)
}

impl Get {
    fn run(&self) -> Result<(), Failure> {
        let name = query::form([("name", &self.name)]);
        let route = format!("/_eulb/admin/properties?{name}");
        let found: admin::Properties = ask(self.place.client()?.get(&route))?;
        let lines = found.properties.iter().map(|one| line(one) + "\n");
        report::print(&lines.collect::<String>())
    }
}

/// Sets a property and prints what it was, as `euca-modify-property` did.
fn change(place: &Place, name: String, value: Option<String>) -> Result<(), Failure> {
    let request = admin::SetProperty { name, value };
    let changed: admin::PropertyChange = ask(place
        .client()?
        .post("/_eulb/admin/properties/set", &request))?;
    report::print(&format!(
        "PROPERTY\t{}\t{} was {}\n",
        changed.name, changed.new, changed.old
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_is_set_by_a_pair() {
        let owned = |name: &str, value: &str| Ok((name.to_owned(), value.to_owned()));
        let bad = |text| Err(format!("'{text}' is not NAME=VALUE"));
        #[rustfmt::skip]
        let cases = [
            ("a=b", owned("a", "b")), ("a=", owned("a", "")), ("a=b=c", owned("a", "b=c")),
            (" a =b", owned("a", "b")), ("a", bad("a")), ("=b", bad("=b")),
        ];
        for (text, expected) in cases {
            assert_eq!(pair(text), expected, "{text}");
        }
    }
}
