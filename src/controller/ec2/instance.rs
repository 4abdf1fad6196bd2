//! Instances, and the one image there is to run.

use super::group::find_groups;
use super::selection::{Values, all_there, caller, matches, names, one, page};
use super::{dry_run, invalid, missing, put_new_tags, refused, tag_set, tags_for};
use crate::controller::instances;
use crate::controller::operations::{Context, Read, Write};
use crate::controller::state::{Draft, State};
use crate::model::account::AccountId;
use crate::model::instance::{Instance, InstanceId, InstanceKind, InstanceState, Launch};
use crate::model::network::{Network, default_group};
use crate::model::placement::ZoneName;
use crate::model::timestamp::Timestamp;
use crate::wire::balancer::created_time;
use crate::wire::ec2::instance::{
    DescribeImages, DescribeImagesResponse, DescribeInstanceStatus, DescribeInstanceStatusResponse,
    DescribeInstances, DescribeInstancesResponse, DescribeKeyPairs, DescribeKeyPairsResponse,
    GroupItem, Image, Instance as WireInstance, InstanceState as WireState, InstanceStateChange,
    InstanceStatus, InterfaceSpecification, Monitoring, PlacementItem, RebootInstances,
    Reservation, RunInstances, RunInstancesResponse, StartInstances, StartInstancesResponse,
    StateReason, StatusDetail, StatusSummary, StopInstances, StopInstancesResponse,
    TerminateInstances, TerminateInstancesResponse,
};
use crate::wire::ec2::{Items, Return};
use crate::wire::fault::Fault;
use crate::wire::local::{self, ChangeInstances, InstanceChange};
use crate::wire::release::Feature;
use std::sync::Arc;

/// The image that web instances run: by its id at Eucalyptus, and at Amazon.
const EUCALYPTUS_IMAGE: &str = "emi-0000E01B";
const AMAZON_IMAGE: &str = "ami-0000e01b";
const IMAGE_NAME: &str = "eulb-web-instance";

/// Sizes of instances that are not asked for, likewise. All sizes are alike.
const EUCALYPTUS_SIZE: &str = "m1.small";
const AMAZON_SIZE: &str = "t2.micro";

/// The word that stands for the instances of all accounts, to the administrator of a Eucalyptus cloud.
const VERBOSE: &str = "verbose";

fn image(context: &Context) -> &'static str {
    if context.has(Feature::AmazonRules) {
        AMAZON_IMAGE
    } else {
        EUCALYPTUS_IMAGE
    }
}

fn no_image(id: &str, context: &Context) -> Fault {
    refused(
        "InvalidAMIID.NotFound",
        format!(
            "The image id '[{id}]' does not exist; this local cloud has one, {}, a web server",
            image(context)
        ),
    )
}

/// EC2's number of a state.
fn code(state: InstanceState) -> i64 {
    match state {
        InstanceState::Pending => 0,
        InstanceState::Running => 16,
        InstanceState::ShuttingDown => 32,
        InstanceState::Terminated => 48,
        InstanceState::Stopping => 64,
        InstanceState::Stopped => 80,
    }
}

fn wire_state(state: InstanceState) -> Option<WireState> {
    Some(WireState {
        code: Some(code(state)),
        name: Some(state.as_str().to_owned()),
    })
}

/// An instance with what EC2 derives for it.
pub struct Seen<'a> {
    instance: &'a Instance,
    subnet: Option<Arc<str>>,
    vpc: Option<Arc<str>>,
    /// Ids and names.
    groups: Vec<(Arc<str>, String)>,
}

impl<'a> Seen<'a> {
    pub fn of(instance: &'a Instance, network: &Network) -> Seen<'a> {
        let subnet = match &instance.launch.subnet {
            Some(id) => network.subnets.get(id),
            None => network.default_subnet(&instance.zone),
        };
        let vpc = subnet.map(|subnet| subnet.vpc.clone());
        let named = |id: &Arc<str>| Some((id.clone(), network.groups.get(id)?.name.clone()));
        let mut groups: Vec<_> = instance.launch.groups.iter().filter_map(named).collect();
        if groups.is_empty() {
            let default = default_group(&instance.owner, vpc.as_ref());
            groups.push((default.id, default.name));
        }
        Seen {
            instance,
            subnet: subnet.map(|subnet| subnet.id.clone()),
            vpc,
            groups,
        }
    }

    fn is_there(&self) -> bool {
        self.instance.state != InstanceState::Terminated
    }

    fn address(&self) -> Option<String> {
        self.is_there()
            .then(|| self.instance.reach.address.to_string())
    }

    pub fn size(&self, context: &Context) -> String {
        let default = if context.has(Feature::AmazonRules) {
            AMAZON_SIZE
        } else {
            EUCALYPTUS_SIZE
        };
        let size = self.instance.launch.size.as_deref();
        size.unwrap_or(default).to_owned()
    }

    fn reservation(&self) -> String {
        match &self.instance.launch.reservation {
            Some(id) => id.to_string(),
            // One that was not launched through EC2 is a launch of its own.
            None => self.instance.id.as_str().replacen("i-", "r-", 1),
        }
    }

    fn launched(&self) -> String {
        created_time(self.instance.launch.at.unwrap_or(Timestamp(0)))
    }

    fn filter(&self, name: &str, context: &Context) -> Values {
        let Instance {
            id,
            owner,
            zone,
            state,
            launch,
            ..
        } = self.instance;
        let ids = || self.groups.iter().map(|(id, _)| id.to_string()).collect();
        let names = || self.groups.iter().map(|(_, name)| name.clone()).collect();
        match name {
            "instance-id" => one(id.to_string()),
            "instance-state-name" => one(state.as_str().to_owned()),
            "instance-state-code" => one(code(*state).to_string()),
            "availability-zone" => one(zone.to_string()),
            "owner-id" => one(owner.to_string()),
            "reservation-id" => one(self.reservation()),
            "image-id" => one(image(context).to_owned()),
            "instance-type" => one(self.size(context)),
            "key-name" => one(launch.key_name.clone()),
            "client-token" => one(launch.client_token.clone()),
            "launch-time" => one(self.launched()),
            "private-ip-address" | "ip-address" | "private-dns-name" | "dns-name" => {
                one(self.address())
            }
            "subnet-id" => one(self.subnet.as_ref().map(ToString::to_string)),
            "vpc-id" => one(self.vpc.as_ref().map(ToString::to_string)),
            "group-id" | "instance.group-id" => Some(ids()),
            "group-name" | "instance.group-name" => Some(names()),
            "architecture" => one("x86_64".to_owned()),
            "root-device-type" => one("instance-store".to_owned()),
            _ => None,
        }
    }

    pub fn group_items(&self) -> Items<GroupItem> {
        self.groups
            .iter()
            .map(|(id, name)| GroupItem {
                group_id: Some(id.to_string()),
                group_name: Some(name.clone()),
            })
            .collect()
    }

    fn describe(&self, index: i64, context: &Context, state: &State) -> WireInstance {
        let Instance {
            id,
            owner,
            zone,
            state: now,
            launch,
            ..
        } = self.instance;
        let address = self.address();
        let reason = match now {
            InstanceState::Stopped => Some("Client.UserInitiatedShutdown"),
            InstanceState::Terminated => Some("Client.UserInitiatedTermination"),
            _ => None,
        };
        WireInstance {
            instance_id: Some(id.to_string()),
            image_id: Some(image(context).to_owned()),
            instance_state: wire_state(*now),
            private_dns_name: address.clone(),
            dns_name: address.clone(),
            reason: Some(String::new()),
            key_name: launch.key_name.clone(),
            ami_launch_index: Some(index),
            instance_type: Some(self.size(context)),
            launch_time: Some(self.launched()),
            placement: Some(PlacementItem {
                availability_zone: Some(zone.to_string()),
                tenancy: Some("default".to_owned()),
            }),
            monitoring: Some(Monitoring {
                state: Some("disabled".to_owned()),
            }),
            subnet_id: self.subnet.as_ref().map(ToString::to_string),
            vpc_id: self.vpc.as_ref().map(ToString::to_string),
            private_ip_address: address.clone(),
            ip_address: address,
            source_dest_check: self.vpc.as_ref().map(|_| true),
            group_set: Some(self.group_items()),
            // Ansible counts them, and breaks where there is no set.
            network_interface_set: Some(Items::default()),
            architecture: Some("x86_64".to_owned()),
            root_device_type: Some("instance-store".to_owned()),
            virtualization_type: Some("hvm".to_owned()),
            hypervisor: Some("xen".to_owned()),
            client_token: launch.client_token.clone(),
            tag_set: Some(tag_set(state, owner, id.as_str())),
            state_reason: reason.map(|code| StateReason {
                code: Some(code.to_owned()),
                message: Some(format!("{code}: the owner asked for it")),
            }),
        }
    }
}

/// The instances that a request is about: the caller's, or all for an administrator who asks so.
pub fn asked<'s>(
    ids: Option<&Vec<String>>,
    context: &Context,
    state: &'s State,
) -> Result<Vec<&'s Arc<Instance>>, Fault> {
    let verbose = context.caller.administrator
        && context.has(Feature::CloudAdministrator)
        && ids.is_some_and(|ids| ids.iter().any(|id| id == VERBOSE));
    if verbose {
        return Ok(state.instances.values().collect());
    }
    for id in ids.into_iter().flatten() {
        own(id, context, state)?;
    }
    Ok(state
        .instances
        .values()
        .filter(|instance| instance.owner == *caller(context))
        .filter(|instance| names(ids, instance.id.as_str()))
        .collect())
}

/// The caller's instance of an id.
pub fn own<'s>(id: &str, context: &Context, state: &'s State) -> Result<&'s Arc<Instance>, Fault> {
    let instance = state.instances.get(&InstanceId::new(id));
    instance
        .filter(|instance| instance.owner == *caller(context))
        .ok_or_else(|| no_instance(id))
}

fn no_instance(id: &str) -> Fault {
    refused(
        "InvalidInstanceID.NotFound",
        format!("The instance ID '{id}' does not exist"),
    )
}

/// Instances of one launch, as they are described.
fn reservation(
    id: String,
    instances: &[&Instance],
    context: &Context,
    state: &State,
    network: &Network,
) -> Reservation {
    let seen: Vec<_> = instances
        .iter()
        .map(|instance| Seen::of(instance, network))
        .collect();
    Reservation {
        reservation_id: Some(id),
        owner_id: instances.first().map(|first| first.owner.to_string()),
        group_set: seen.first().map(Seen::group_items),
        instances_set: Some(
            (0..)
                .zip(&seen)
                .map(|(index, seen)| seen.describe(index, context, state))
                .collect(),
        ),
    }
}

impl Read for DescribeInstances {
    fn answer(self, context: &Context, state: &State) -> Result<DescribeInstancesResponse, Fault> {
        dry_run(self.dry_run)?;
        let network = state.network(caller(context), &context.config);
        let mut launches: Vec<(String, Vec<&Instance>)> = Vec::new();
        for instance in asked(self.instance_id.as_ref(), context, state)? {
            let seen = Seen::of(instance, &network);
            let of = (state, &instance.owner, instance.id.as_str());
            if !matches(self.filter.as_ref(), of, |name| seen.filter(name, context))? {
                continue;
            }
            launches.push((seen.reservation(), vec![instance]));
        }
        launches.sort_by(|(one, _), (other, _)| one.cmp(other));
        launches.dedup_by(|(id, instances), (kept, held)| {
            let same = id == kept;
            if same {
                held.append(instances);
            }
            same
        });
        let keyed = launches
            .into_iter()
            .map(|(id, instances)| (id.clone(), (id, instances)))
            .collect();
        let (launches, next_token) = page(keyed, self.max_results, self.next_token.as_deref())?;
        Ok(DescribeInstancesResponse {
            reservation_set: Some(
                launches
                    .into_iter()
                    .map(|(id, instances)| reservation(id, &instances, context, state, &network))
                    .collect(),
            ),
            next_token,
        })
    }
}

/// Where new instances go: their zone, their subnet if they named one, and their groups.
struct Spot {
    zone: Option<String>,
    subnet: Option<Arc<str>>,
    groups: Vec<Arc<str>>,
}

impl Spot {
    fn of(request: &RunInstances, context: &Context, network: &Network) -> Result<Spot, Fault> {
        let interfaces = request.network_interface.as_deref().unwrap_or_default();
        let none = InterfaceSpecification::default();
        let interface = match interfaces {
            [] => &none,
            [one] => one,
            _ => {
                return Err(invalid(
                    "an instance of this local cloud has one network interface",
                ));
            }
        };
        let subnet_id = request
            .subnet_id
            .as_ref()
            .or(interface.subnet_id.as_ref())
            .filter(|id| !id.is_empty());
        let placement = request.placement.clone().unwrap_or_default();
        let mut zone = placement.availability_zone.filter(|zone| !zone.is_empty());
        let mut subnet = None;
        if let Some(id) = subnet_id {
            super::needs_vpcs(context)?;
            let found = network.subnets.get(id.as_str()).ok_or_else(|| {
                refused(
                    "InvalidSubnetID.NotFound",
                    format!("The subnet ID '{id}' does not exist"),
                )
            })?;
            if zone
                .as_deref()
                .is_some_and(|zone| zone != found.zone.as_str())
            {
                return Err(invalid(format!(
                    "The subnet '{id}' is not in the zone that was asked for"
                )));
            }
            zone = Some(found.zone.to_string());
            subnet = Some(found);
        }
        let known = |zone: &String| {
            let zone = ZoneName::new(zone.as_str());
            context.config.zones.contains(&zone)
        };
        if let Some(zone) = zone.as_ref().filter(|zone| !known(zone)) {
            return Err(invalid(format!("Invalid availability zone: [{zone}]")));
        }
        let vpc = match subnet {
            Some(subnet) => Some(&subnet.vpc),
            None => {
                let mut vpcs = network.vpcs.values();
                vpcs.find(|vpc| vpc.default).map(|vpc| &vpc.id)
            }
        };
        let ids = request
            .security_group_id
            .as_ref()
            .or(interface.security_group_id.as_ref());
        let groups = find_groups(ids, request.security_group.as_ref(), vpc, network)?;
        Ok(Spot {
            zone,
            subnet: subnet
                .filter(|subnet| !subnet.default)
                .map(|subnet| subnet.id.clone()),
            groups,
        })
    }
}

impl Write for RunInstances {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<RunInstancesResponse, Fault> {
        let account = caller(context).clone();
        let network = draft.state().network(&account, &context.config);
        let token = self.client_token.clone().filter(|token| !token.is_empty());
        if let Some(again) = token
            .as_deref()
            .and_then(|token| launched_with(token, &account, context, draft.state(), &network))
        {
            return Ok(again);
        }
        let id = self.image_id.as_deref().ok_or_else(|| missing("ImageId"))?;
        if id != image(context) {
            return Err(no_image(id, context));
        }
        let hibernation = self.hibernation_options.as_ref();
        if hibernation.is_some_and(|options| options.configured == Some(true)) {
            return Err(refused(
                "UnsupportedHibernationConfiguration",
                "The instances of this local cloud do not hibernate",
            ));
        }
        if self.min_count < 1 || self.max_count < self.min_count {
            return Err(invalid(
                "MinCount must be at least 1, and MaxCount at least MinCount",
            ));
        }
        let spot = Spot::of(&self, context, &network)?;
        let tags = tags_for(
            self.tag_specification.as_ref(),
            &["instance", "volume", "network-interface"],
        )?;
        let request = local::RunInstances {
            count: u32::try_from(self.max_count).unwrap_or(u32::MAX),
            zone: spot.zone,
            account: Some(account.to_string()),
            ports: Vec::new(),
            delay_milliseconds: 0,
        };
        let started = instances::run(&request, draft, &context.config)
            .map_err(|line| refused("InstanceLimitExceeded", line))?;
        let reservation_id = crate::controller::identity::resource_id("r-");
        let mut launched = Vec::with_capacity(started.len());
        for mut instance in started {
            instance.launch = Launch {
                reservation: Some(reservation_id.clone()),
                at: Some(context.now),
                subnet: spot.subnet.clone(),
                groups: spot.groups.clone(),
                size: self.instance_type.clone(),
                key_name: self.key_name.clone(),
                client_token: token.clone(),
            };
            let id: Arc<str> = instance.id.as_str().into();
            put_new_tags(draft, &account, &id, tags.clone());
            draft.put_instance(instance.clone());
            launched.push(instance);
        }
        dry_run(self.dry_run)?;
        let launched: Vec<&Instance> = launched.iter().collect();
        let answer = reservation(
            reservation_id.to_string(),
            &launched,
            context,
            draft.state(),
            &network,
        );
        Ok(run_answer(answer))
    }
}

fn run_answer(reservation: Reservation) -> RunInstancesResponse {
    let Reservation {
        reservation_id,
        owner_id,
        group_set,
        instances_set,
    } = reservation;
    RunInstancesResponse {
        reservation_id,
        owner_id,
        group_set,
        instances_set,
    }
}

/// The answer to a launch that is asked for once more, as its token says.
fn launched_with(
    token: &str,
    account: &AccountId,
    context: &Context,
    state: &State,
    network: &Network,
) -> Option<RunInstancesResponse> {
    let before: Vec<&Instance> = state
        .instances
        .values()
        .map(AsRef::as_ref)
        .filter(|instance| instance.owner == *account)
        .filter(|instance| instance.launch.client_token.as_deref() == Some(token))
        .collect();
    let first = before.first()?;
    let id = Seen::of(first, network).reservation();
    Some(run_answer(reservation(
        id, &before, context, state, network,
    )))
}

impl Read for DescribeInstanceStatus {
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<DescribeInstanceStatusResponse, Fault> {
        dry_run(self.dry_run)?;
        let all = self.include_all_instances == Some(true);
        let mut found = Vec::new();
        for instance in asked(self.instance_id.as_ref(), context, state)? {
            if !all && instance.state != InstanceState::Running {
                continue;
            }
            let failing = matches!(&instance.kind, InstanceKind::Web(web) if web.failing);
            let verdict = match (instance.state, failing) {
                (InstanceState::Running, false) => "ok",
                (InstanceState::Running, true) => "impaired",
                _ => "not-applicable",
            };
            let of = (state, &instance.owner, instance.id.as_str());
            let fits = matches(self.filter.as_ref(), of, |name| match name {
                "availability-zone" => one(instance.zone.to_string()),
                "instance-state-name" => one(instance.state.as_str().to_owned()),
                "instance-state-code" => one(code(instance.state).to_string()),
                "instance-status.status" => one(verdict.to_owned()),
                "system-status.status" => one(verdict.replace("impaired", "ok")),
                _ => None,
            })?;
            if fits {
                let status = InstanceStatus {
                    instance_id: Some(instance.id.to_string()),
                    availability_zone: Some(instance.zone.to_string()),
                    instance_state: wire_state(instance.state),
                    system_status: Some(summary(&verdict.replace("impaired", "ok"))),
                    instance_status: Some(summary(verdict)),
                };
                found.push((instance.id.to_string(), status));
            }
        }
        let (statuses, next_token) = page(found, self.max_results, self.next_token.as_deref())?;
        Ok(DescribeInstanceStatusResponse {
            instance_status_set: Some(statuses.into_iter().collect()),
            next_token,
        })
    }
}

fn summary(status: &str) -> StatusSummary {
    let detail = match status {
        "ok" => Some("passed"),
        "impaired" => Some("failed"),
        _ => None,
    };
    StatusSummary {
        status: Some(status.to_owned()),
        details: Some(
            detail
                .map(|detail| StatusDetail {
                    name: Some("reachability".to_owned()),
                    status: Some(detail.to_owned()),
                })
                .into_iter()
                .collect(),
        ),
    }
}

/// Changes instances of the caller's, and tells each one's state before and after.
fn change(
    ids: Option<Vec<String>>,
    change: InstanceChange,
    dry: Option<bool>,
    context: &Context,
    draft: &mut Draft,
) -> Result<Items<InstanceStateChange>, Fault> {
    let ids = ids.ok_or_else(|| missing("InstanceId"))?;
    let before: Vec<Arc<Instance>> = asked(Some(&ids), context, draft.state())?
        .into_iter()
        .cloned()
        .collect();
    let terminated = |instance: &&Arc<Instance>| instance.state == InstanceState::Terminated;
    if !matches!(change, InstanceChange::Terminate)
        && let Some(instance) = before.iter().find(terminated)
    {
        return Err(refused(
            "IncorrectInstanceState",
            format!(
                "The instance '{}' is not in a state in which this can be done: it is terminated",
                instance.id
            ),
        ));
    }
    let request = ChangeInstances {
        ids: before
            .iter()
            .map(|instance| instance.id.to_string())
            .collect(),
        change,
    };
    let after = instances::change(&request, draft, &context.config)
        .map_err(|line| refused("IncorrectInstanceState", line))?;
    dry_run(dry)?;
    Ok(before
        .iter()
        .zip(&after)
        .map(|(before, after)| InstanceStateChange {
            instance_id: Some(after.id.to_string()),
            current_state: wire_state(after.state),
            previous_state: wire_state(before.state),
        })
        .collect())
}

impl Write for StartInstances {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<StartInstancesResponse, Fault> {
        let start = InstanceChange::Start;
        let changes = change(self.instance_id, start, self.dry_run, context, draft)?;
        Ok(StartInstancesResponse {
            instances_set: Some(changes),
        })
    }
}

impl Write for StopInstances {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<StopInstancesResponse, Fault> {
        let stop = InstanceChange::Stop;
        let changes = change(self.instance_id, stop, self.dry_run, context, draft)?;
        Ok(StopInstancesResponse {
            instances_set: Some(changes),
        })
    }
}

impl Write for TerminateInstances {
    fn handle(
        self,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<TerminateInstancesResponse, Fault> {
        let end = InstanceChange::Terminate;
        let changes = change(self.instance_id, end, self.dry_run, context, draft)?;
        Ok(TerminateInstancesResponse {
            instances_set: Some(changes),
        })
    }
}

impl Write for RebootInstances {
    /// A web instance has nothing that a reboot would change: one that fails its health check is
    /// well again, as a server is that was started anew.
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        let ids = self.instance_id.ok_or_else(|| missing("InstanceId"))?;
        let instances: Vec<_> = asked(Some(&ids), context, draft.state())?
            .into_iter()
            .cloned()
            .collect();
        for instance in instances {
            if instance.state != InstanceState::Running {
                return Err(refused(
                    "IncorrectInstanceState",
                    format!("The instance '{}' is not running", instance.id),
                ));
            }
            let mut instance = Instance::clone(&instance);
            if let InstanceKind::Web(web) = &mut instance.kind {
                web.failing = false;
                draft.put_instance(instance);
            }
        }
        dry_run(self.dry_run)?;
        Ok(Return::DONE)
    }
}

impl Read for DescribeImages {
    fn answer(self, context: &Context, state: &State) -> Result<DescribeImagesResponse, Fault> {
        dry_run(self.dry_run)?;
        let id = image(context);
        if let Some(other) = self
            .image_id
            .iter()
            .flatten()
            .find(|asked| asked.as_str() != id)
        {
            return Err(no_image(other, context));
        }
        let owner = state
            .administrator()
            .map(|account| account.id.to_string())
            .unwrap_or_default();
        let own = owner == caller(context).as_str();
        let is_owner =
            |asked: &String| *asked == owner || (asked == "self" && own) || asked == "amazon";
        let owned = self
            .owner
            .as_ref()
            .is_none_or(|asked| asked.iter().any(is_owner));
        let for_caller =
            |asked: &String| asked == "all" || asked == "self" || asked == caller(context).as_str();
        let executable = self
            .executable_by
            .as_ref()
            .is_none_or(|asked| asked.iter().any(for_caller));
        let of = (state, caller(context), id);
        let fits = matches(self.filter.as_ref(), of, |name| match name {
            "image-id" => one(id.to_owned()),
            "name" => one(IMAGE_NAME.to_owned()),
            "state" => one("available".to_owned()),
            "architecture" => one("x86_64".to_owned()),
            "is-public" => one("true".to_owned()),
            "owner-id" => one(owner.clone()),
            "owner-alias" => one("amazon".to_owned()),
            "image-type" => one("machine".to_owned()),
            "root-device-type" => one("instance-store".to_owned()),
            "virtualization-type" => one("hvm".to_owned()),
            _ => None,
        })?;
        let found = (owned && executable && fits).then(|| Image {
            image_id: Some(id.to_owned()),
            image_location: Some(format!("eulb/{IMAGE_NAME}")),
            image_state: Some("available".to_owned()),
            image_owner_id: Some(owner.clone()),
            // When the first of the releases that are emulated came out.
            creation_date: Some("2013-06-14T00:00:00.000Z".to_owned()),
            is_public: Some(true),
            architecture: Some("x86_64".to_owned()),
            image_type: Some("machine".to_owned()),
            name: Some(IMAGE_NAME.to_owned()),
            description: Some("A web server inside the local cloud".to_owned()),
            root_device_type: Some("instance-store".to_owned()),
            virtualization_type: Some("hvm".to_owned()),
            hypervisor: Some("xen".to_owned()),
            tag_set: Some(Items::default()),
        });
        Ok(DescribeImagesResponse {
            images_set: Some(found.into_iter().collect()),
            next_token: None,
        })
    }
}

impl Read for DescribeKeyPairs {
    fn answer(self, _context: &Context, _state: &State) -> Result<DescribeKeyPairsResponse, Fault> {
        dry_run(self.dry_run)?;
        all_there(
            self.key_name.as_ref(),
            "InvalidKeyPair.NotFound",
            "key pair",
            |_| false,
        )?;
        Ok(DescribeKeyPairsResponse {
            key_set: Some(Items::default()),
        })
    }
}
