//! What else is told of an instance: attributes, its type, its credits, its volumes.
//!
//! Provisioning tools ask for these before and after they launch one. A web instance has no disk, its
//! types are alike, and nothing keeps it from being stopped.

use super::group::find_groups;
use super::instance::{Seen, asked, own};
use super::selection::{caller, matches, one, page};
use super::{dry_run, invalid, refused};
use crate::controller::operations::{Context, Read, Write};
use crate::controller::state::{Draft, State};
use crate::model::instance::{Instance, InstanceState};
use crate::wire::ec2::instance::{
    AttributeText, CpuInfo, DescribeInstanceAttribute, DescribeInstanceAttributeResponse,
    DescribeInstanceCreditSpecifications, DescribeInstanceCreditSpecificationsResponse,
    DescribeInstanceTypes, DescribeInstanceTypesResponse, DescribeVolumes, DescribeVolumesResponse,
    InstanceCredit, InstanceType, ModifyInstanceAttribute, ProcessorInfo,
};
use crate::wire::ec2::network::AttributeBoolean;
use crate::wire::ec2::{Items, Return};
use crate::wire::fault::Fault;

/// The types that are told of when none is named: those that tools propose most.
const TYPES: &[&str] = &[
    "m1.small",
    "m1.medium",
    "m1.large",
    "t2.micro",
    "t2.small",
    "t3.micro",
    "t3.small",
    "m5.large",
];

fn burstable(kind: &str) -> bool {
    kind.starts_with('t')
}

impl Read for DescribeInstanceAttribute {
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<DescribeInstanceAttributeResponse, Fault> {
        dry_run(self.dry_run)?;
        let instance = own(&self.instance_id, context, state)?;
        let network = state.network(caller(context), &context.config);
        let seen = Seen::of(instance, &network);
        let text = |value: &str| {
            Some(AttributeText {
                value: Some(value.to_owned()),
            })
        };
        let nothing = Some(AttributeText::default());
        let switch = |value| Some(AttributeBoolean { value: Some(value) });
        let mut answer = DescribeInstanceAttributeResponse {
            instance_id: Some(self.instance_id),
            ..DescribeInstanceAttributeResponse::default()
        };
        match self.attribute.as_str() {
            "instanceType" => answer.instance_type = text(&seen.size(context)),
            "instanceInitiatedShutdownBehavior" => {
                answer.instance_initiated_shutdown_behavior = text("stop");
            }
            "userData" => answer.user_data = nothing,
            "rootDeviceName" => answer.root_device_name = nothing,
            "kernel" => answer.kernel = nothing,
            "ramdisk" => answer.ramdisk = nothing,
            "disableApiTermination" => answer.disable_api_termination = switch(false),
            "disableApiStop" => answer.disable_api_stop = switch(false),
            "sourceDestCheck" => answer.source_dest_check = switch(true),
            "ebsOptimized" => answer.ebs_optimized = switch(false),
            "enaSupport" => answer.ena_support = switch(false),
            "groupSet" => answer.group_set = Some(seen.group_items()),
            "blockDeviceMapping" => answer.block_device_mapping = Some(Items::default()),
            other => {
                return Err(invalid(format!(
                    "Value ({other}) for parameter attribute is invalid. Unknown attribute."
                )));
            }
        }
        Ok(answer)
    }
}

impl Write for ModifyInstanceAttribute {
    fn handle(self, context: &Context, draft: &mut Draft) -> Result<Return, Fault> {
        let network = draft.state().network(caller(context), &context.config);
        let mut changed = Instance::clone(own(&self.instance_id, context, draft.state())?.as_ref());
        if let Some(ids) = &self.group_id {
            let vpc = match &changed.launch.subnet {
                Some(id) => network.subnets.get(id),
                None => network.default_subnet(&changed.zone),
            };
            let vpc = vpc.map(|subnet| &subnet.vpc);
            changed.launch.groups = find_groups(Some(ids), None, vpc, &network)?;
        }
        if let Some(kind) = self.instance_type.and_then(|wanted| wanted.value) {
            if changed.state != InstanceState::Stopped {
                return Err(refused(
                    "IncorrectInstanceState",
                    format!(
                        "The instance '{}' is not in the 'stopped' state.",
                        changed.id
                    ),
                ));
            }
            changed.launch.size = Some(kind);
        }
        draft.put_instance(changed);
        dry_run(self.dry_run)?;
        Ok(Return::DONE)
    }
}

impl Read for DescribeInstanceTypes {
    /// All types are alike, so each that is named is there.
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<DescribeInstanceTypesResponse, Fault> {
        dry_run(self.dry_run)?;
        let named: Vec<&str> = match &self.instance_type {
            Some(named) => named.iter().map(String::as_str).collect(),
            None => TYPES.to_vec(),
        };
        let mut found = Vec::new();
        for kind in named {
            let of = (state, caller(context), kind);
            let fits = matches(self.filter.as_ref(), of, |name| match name {
                "instance-type" => one(kind.to_owned()),
                "current-generation" => one("true".to_owned()),
                "bare-metal" | "hibernation-supported" | "instance-storage-supported" => {
                    one("false".to_owned())
                }
                "burstable-performance-supported" => one(burstable(kind).to_string()),
                "processor-info.supported-architecture" => one("x86_64".to_owned()),
                "hypervisor" => one("xen".to_owned()),
                _ => None,
            })?;
            if fits {
                let architecture = "x86_64".to_owned();
                let told = InstanceType {
                    instance_type: Some(kind.to_owned()),
                    current_generation: Some(true),
                    free_tier_eligible: Some(false),
                    bare_metal: Some(false),
                    hypervisor: Some("xen".to_owned()),
                    instance_storage_supported: Some(false),
                    hibernation_supported: Some(false),
                    burstable_performance_supported: Some(burstable(kind)),
                    dedicated_hosts_supported: Some(false),
                    auto_recovery_supported: Some(false),
                    processor_info: Some(ProcessorInfo {
                        supported_architectures: Some(Items::from_iter([architecture])),
                    }),
                    v_cpu_info: Some(CpuInfo {
                        default_v_cpus: Some(1),
                        default_cores: Some(1),
                        default_threads_per_core: Some(1),
                    }),
                };
                found.push((kind.to_owned(), told));
            }
        }
        let (types, next_token) = page(found, self.max_results, self.next_token.as_deref())?;
        Ok(DescribeInstanceTypesResponse {
            instance_type_set: Some(types.into_iter().collect()),
            next_token,
        })
    }
}

impl Read for DescribeInstanceCreditSpecifications {
    fn answer(
        self,
        context: &Context,
        state: &State,
    ) -> Result<DescribeInstanceCreditSpecificationsResponse, Fault> {
        dry_run(self.dry_run)?;
        let network = state.network(caller(context), &context.config);
        let mut found = Vec::new();
        for instance in asked(self.instance_id.as_ref(), context, state)? {
            let id = instance.id.as_str();
            let of = (state, &instance.owner, id);
            let fits = matches(self.filter.as_ref(), of, |name| match name {
                "instance-id" => one(id.to_owned()),
                _ => None,
            })?;
            if fits && burstable(&Seen::of(instance, &network).size(context)) {
                let told = InstanceCredit {
                    instance_id: Some(id.to_owned()),
                    cpu_credits: Some("standard".to_owned()),
                };
                found.push((id.to_owned(), told));
            }
        }
        let (credits, next_token) = page(found, self.max_results, self.next_token.as_deref())?;
        Ok(DescribeInstanceCreditSpecificationsResponse {
            instance_credit_specification_set: Some(credits.into_iter().collect()),
            next_token,
        })
    }
}

impl Read for DescribeVolumes {
    fn answer(self, _: &Context, _: &State) -> Result<DescribeVolumesResponse, Fault> {
        dry_run(self.dry_run)?;
        if let [id, ..] = self.volume_id.as_deref().unwrap_or_default() {
            return Err(refused(
                "InvalidVolume.NotFound",
                format!("The volume '{id}' does not exist; this local cloud has no volumes"),
            ));
        }
        Ok(DescribeVolumesResponse {
            volume_set: Some(Items::default()),
            next_token: None,
        })
    }
}
