//! What happened to the cloud, event by event, in the words of the components it happened in.
//!
//! Every event names the request that led to it, if one did, so that one id tells a story from the
//! client's call to the last servo that acted upon it.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// One thing that happened. What the program itself says of it, it need not copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Microseconds since the Unix epoch, UTC.
    pub at_microseconds: i64,
    /// Who says it: `loadbalancing`, `servo`, `health`, …
    pub component: Cow<'static, str>,
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: Cow<'static, str>,
    pub message: String,
    /// The id of the request that led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// What it is about: `balancer`, `instance`, `servo`, and whatever else is worth knowing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<Cow<'static, str>, String>,
}

/// The field of an event that names the request behind it.
pub const REQUEST: &str = "request";
/// What stands there where nobody asked.
pub const NOBODY: &str = "-";

/// The field that only a change, or a refusal of one, has: the operation that was asked for.
pub const ACTION: &str = "action";

/// Which events are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Those of the newest request that changed something or was refused.
    Last,
    /// Those of a request; the first characters of its id do.
    Request(String),
    /// Those about a load balancer.
    Balancer(String),
    /// Those about an instance.
    Instance(String),
}

/// Events of one story at most: what a person can read.
pub const LONGEST_STORY: usize = 500;

/// The request of the newest event that ends a change or a refusal.
pub fn newest_change(events: impl DoubleEndedIterator<Item = Event>) -> Option<String> {
    events.rev().find(is_a_change)?.request
}

/// The events of a story, oldest first; of a longer one the newest.
pub fn story(
    events: impl DoubleEndedIterator<Item = Event> + Clone,
    selection: &Selection,
) -> Vec<Event> {
    let is_of = |event: &Event, id: &str| {
        let request = event.request.as_deref();
        request.is_some_and(|request| request.starts_with(id))
    };
    let names = |event: &Event, field: &str, value: &str| {
        event.fields.get(field).is_some_and(|named| named == value)
    };
    let wanted: Box<dyn Fn(&Event) -> bool> = match selection {
        Selection::Last => {
            let Some(id) = newest_change(events.clone()) else {
                return Vec::new();
            };
            Box::new(move |event| event.request.as_deref() == Some(&id))
        }
        Selection::Request(id) => Box::new(move |event| is_of(event, id)),
        Selection::Balancer(name) => Box::new(move |event| names(event, "balancer", name)),
        Selection::Instance(id) => Box::new(move |event| names(event, "instance", id)),
    };
    let mut found: Vec<Event> = events.rev().filter(wanted).take(LONGEST_STORY).collect();
    found.reverse();
    found
}

/// Whether an event is the end of a request that was more than a look.
fn is_a_change(event: &Event) -> bool {
    let action = event.fields.get(ACTION).map(String::as_str);
    action.is_some_and(|action| {
        let looks = ["Describe", "List", "Get"].iter();
        let is_look = looks.clone().any(|look| action.starts_with(look));
        !is_look || matches!(&*event.level, "warn" | "error")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `request component message field=value…`
    fn event(text: &str) -> Event {
        let mut words = text.split(' ');
        let mut next = || words.next().unwrap_or_default().to_owned();
        let (request, component, message) = (next(), next(), next());
        let level = if message == "refused" { "warn" } else { "info" };
        Event {
            at_microseconds: 0,
            component: component.into(),
            level: level.into(),
            message,
            request: (request != NOBODY).then_some(request),
            fields: words
                .filter_map(|word| word.split_once('='))
                .map(|(name, value)| (name.to_owned().into(), value.to_owned()))
                .collect(),
        }
    }

    #[test]
    fn a_story_has_the_events_that_belong_to_it_in_order() {
        let events: Vec<Event> = [
            "r1 loadbalancing done action=CreateLoadBalancer balancer=web",
            "r2 loadbalancing done action=RegisterInstances balancer=web",
            "r1 servo listening balancer=web",
            "r2 health Reported instance=i-1 balancer=web",
            "r3 loadbalancing done action=DescribeLoadBalancers",
            "- health Reported instance=i-1 balancer=web",
        ]
        .map(event)
        .into();
        let told = |selection| -> Vec<String> {
            let events = story(events.iter().cloned(), &selection).into_iter();
            events
                .map(|event| format!("{} {}", event.component, event.message))
                .collect()
        };
        let text = str::to_owned;
        let last = ["loadbalancing done", "health Reported"];
        assert_eq!(told(Selection::Last), last);
        assert_eq!(told(Selection::Request(text("r2"))), last);
        assert_eq!(
            told(Selection::Request(text("r1"))),
            ["loadbalancing done", "servo listening"]
        );
        assert_eq!(told(Selection::Request(text("r"))).len(), 5);
        assert_eq!(told(Selection::Balancer(text("web"))).len(), 5);
        let of_instance = ["health Reported", "health Reported"];
        assert_eq!(told(Selection::Instance(text("i-1"))), of_instance);
        assert!(told(Selection::Balancer(text("other"))).is_empty());
    }

    #[test]
    fn a_refused_look_is_worth_telling_and_nothing_is_told_of_nothing() {
        assert!(story([].into_iter(), &Selection::Last).is_empty());
        let events = [
            event("r1 loadbalancing refused action=DescribeLoadBalancers"),
            event("r2 loadbalancing done action=DescribeLoadBalancers"),
        ];
        let last = story(events.iter().cloned(), &Selection::Last);
        assert_eq!(last[0].request.as_deref(), Some("r1"));
    }

    #[test]
    fn a_long_story_keeps_its_end() {
        let events: Vec<Event> = (0..LONGEST_STORY + 3)
            .map(|number| event(&format!("r {number} m balancer=web")))
            .collect();
        let told = story(
            events.iter().cloned(),
            &Selection::Balancer("web".to_owned()),
        );
        assert_eq!(told.len(), LONGEST_STORY);
        assert_eq!(told[0].component, "3");
    }
}
