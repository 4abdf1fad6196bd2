//! `/_eulb/admin/services`: which services the cloud has, and whether they are ready.

use crate::controller::Shared;
use crate::controller::properties::{self, Property};
use crate::wire::admin::{Service, Services};

/// The states of a service, as Eucalyptus names them.
const ENABLED: &str = "ENABLED";
const NOT_READY: &str = "NOTREADY";

/// Load balancing is not ready until its servos have an image. Source: Eucalyptus 3.3.0,
/// LoadBalancerASGroupCreator.
pub fn list(shared: &Shared) -> Services {
    let snapshot = shared.registry.snapshot();
    let release = shared.config.release;
    let ready = properties::is_ready(&snapshot.state, release);
    let name = Property::Image.name(release);
    Services {
        services: vec![Service {
            kind: "loadbalancing".to_owned(),
            name: "API_127.0.0.1.loadbalancing".to_owned(),
            state: if ready { ENABLED } else { NOT_READY }.to_owned(),
            endpoint: shared.endpoint(),
            reason: (!ready).then(|| {
                format!(
                    "the property {name} names no image, so every request to load balancing is \
                     refused and traffic goes on; set it with 'eulb admin properties set {name}=emi-12345678'"
                )
            }),
        }],
    }
}
