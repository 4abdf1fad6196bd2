//! What the supervisor of the servos did, and why: the newest activities, as Auto Scaling kept them.
//!
//! Not kept on disk: after a start everything is launched anew, and that is what is told.

use crate::model::balancer::LoadBalancer;
use crate::model::placement::{ServoId, ZoneName};
use crate::model::timestamp::Timestamp;
use imbl::Vector;
use std::sync::Arc;

/// Activities kept; the oldest give way. Auto Scaling kept six weeks, which a test cloud does not live.
const KEPT: usize = 1000;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Launch,
    Terminate,
    Replace,
    /// A port could not be bound.
    Fail,
    /// A servo began to serve.
    Serve,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Launch => "Launch",
            Kind::Terminate => "Terminate",
            Kind::Replace => "Replace",
            Kind::Fail => "Fail",
            Kind::Serve => "Serve",
        }
    }
}

/// One thing that was done to a servo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Grows by one with each.
    pub number: u64,
    pub at: Timestamp,
    pub kind: Kind,
    pub servo: ServoId,
    pub zone: Option<ZoneName>,
    pub account: String,
    pub balancer: String,
    /// Why, for people.
    pub why: String,
}

/// The newest activities, oldest first. A clone is a pointer.
#[derive(Clone, Debug, Default)]
pub struct Activities {
    kept: Vector<Arc<Activity>>,
    count: u64,
}

impl Activities {
    pub fn note(
        &mut self,
        at: Timestamp,
        kind: Kind,
        servo: &ServoId,
        balancer: &LoadBalancer,
        why: String,
    ) {
        self.count += 1;
        self.kept.push_back(Arc::new(Activity {
            number: self.count,
            at,
            kind,
            servo: servo.clone(),
            zone: balancer.servos.get(servo).map(|place| place.zone.clone()),
            account: balancer.account.to_string(),
            balancer: balancer.name.to_string(),
            why,
        }));
        if self.kept.len() > KEPT {
            self.kept.pop_front();
        }
    }

    /// Notes which servos came and went between two versions of a load balancer.
    pub fn follow(
        &mut self,
        before: Option<&LoadBalancer>,
        after: Option<&LoadBalancer>,
        cause: &str,
        at: Timestamp,
    ) {
        let has = |balancer: Option<&LoadBalancer>, id: &ServoId| {
            balancer.is_some_and(|balancer| balancer.servos.contains_key(id))
        };
        if let Some(balancer) = before {
            for id in balancer.servos.keys().filter(|id| !has(after, id)) {
                self.note(
                    at,
                    Kind::Terminate,
                    id,
                    balancer,
                    format!("request {cause}"),
                );
            }
        }
        if let Some(balancer) = after {
            for id in balancer.servos.keys().filter(|id| !has(before, id)) {
                self.note(at, Kind::Launch, id, balancer, format!("request {cause}"));
            }
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Activity>> {
        self.kept.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::account::AccountId;
    use crate::model::balancer::{BalancerName, ServoPlace};

    fn balancer(servos: &[&str]) -> LoadBalancer {
        let account = AccountId::new("000000000001");
        let name = BalancerName::new("web");
        let mut balancer = LoadBalancer::new(account, name, "lb".to_owned(), Timestamp(0));
        for id in servos {
            let place = ServoPlace {
                zone: ZoneName::new("PARTI00"),
                address: "127.101.0.1".parse().unwrap(),
            };
            balancer.servos.insert(ServoId::new(*id), place);
        }
        balancer
    }

    #[test]
    fn servos_that_come_and_go_are_noted_with_the_request() {
        let mut activities = Activities::default();
        let (one, two) = (balancer(&["i-1", "i-2"]), balancer(&["i-2", "i-3"]));
        activities.follow(None, Some(&one), "r1", Timestamp(1));
        activities.follow(Some(&one), Some(&two), "r2", Timestamp(2));
        activities.follow(Some(&two), Some(&two), "r3", Timestamp(3));
        let told: Vec<String> = activities
            .iter()
            .map(|one| {
                format!(
                    "{} {} {} {}",
                    one.number,
                    one.kind.as_str(),
                    one.servo,
                    one.why
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "1 Launch i-1 request r1",
                "2 Launch i-2 request r1",
                "3 Terminate i-1 request r2",
                "4 Launch i-3 request r2",
            ]
        );
    }

    #[test]
    fn the_oldest_give_way() {
        let mut activities = Activities::default();
        let web = balancer(&["i-1"]);
        for _ in 0..KEPT + 5 {
            let servo = ServoId::new("i-1");
            activities.note(Timestamp(0), Kind::Serve, &servo, &web, String::new());
        }
        assert_eq!(activities.iter().count(), KEPT);
        assert_eq!(activities.iter().next().unwrap().number, 6);
    }
}
