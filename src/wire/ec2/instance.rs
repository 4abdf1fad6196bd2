//! Instances and what they are launched from.

use super::network::AttributeBoolean;
use super::{ENVELOPE, Filter, Items, Return, TagItem, TagSpecification};
use crate::wire::action;
use serde::{Deserialize, Serialize};

action! {
    ENVELOPE;
    RunInstances => RunInstancesResponse,
    DescribeInstances => DescribeInstancesResponse,
    DescribeInstanceStatus => DescribeInstanceStatusResponse,
    StartInstances => StartInstancesResponse,
    StopInstances => StopInstancesResponse,
    RebootInstances => Return,
    TerminateInstances => TerminateInstancesResponse,
    DescribeInstanceAttribute => DescribeInstanceAttributeResponse,
    ModifyInstanceAttribute => Return,
    DescribeInstanceTypes => DescribeInstanceTypesResponse,
    DescribeInstanceCreditSpecifications => DescribeInstanceCreditSpecificationsResponse,
    DescribeVolumes => DescribeVolumesResponse,
    DescribeImages => DescribeImagesResponse,
    DescribeKeyPairs => DescribeKeyPairsResponse,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RunInstances {
    pub image_id: Option<String>,
    pub min_count: i64,
    pub max_count: i64,
    pub key_name: Option<String>,
    pub security_group: Option<Vec<String>>,
    pub security_group_id: Option<Vec<String>>,
    pub user_data: Option<String>,
    pub instance_type: Option<String>,
    pub placement: Option<Placement>,
    pub subnet_id: Option<String>,
    pub client_token: Option<String>,
    pub tag_specification: Option<Vec<TagSpecification>>,
    pub monitoring: Option<MonitoringSwitch>,
    pub ebs_optimized: Option<bool>,
    pub disable_api_termination: Option<bool>,
    pub instance_initiated_shutdown_behavior: Option<String>,
    pub network_interface: Option<Vec<InterfaceSpecification>>,
    pub hibernation_options: Option<HibernationOptions>,
    pub credit_specification: Option<CreditSpecification>,
    pub metadata_options: Option<MetadataOptions>,
    pub disable_api_stop: Option<bool>,
    pub dry_run: Option<bool>,
}

/// How an instance would hibernate; none here does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HibernationOptions {
    pub configured: Option<bool>,
}

/// How much an instance may borrow of its processor; here it has all there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreditSpecification {
    pub cpu_credits: Option<String>,
}

/// How an instance may ask for its metadata; there is none here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetadataOptions {
    pub http_endpoint: Option<String>,
    pub http_tokens: Option<String>,
    pub http_put_response_hop_limit: Option<i64>,
    pub http_protocol_ipv6: Option<String>,
    pub instance_metadata_tags: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Placement {
    pub availability_zone: Option<String>,
    pub group_name: Option<String>,
    pub tenancy: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MonitoringSwitch {
    pub enabled: Option<bool>,
}

/// The network interface of a new instance: another way to say where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InterfaceSpecification {
    pub device_index: Option<i64>,
    pub subnet_id: Option<String>,
    pub security_group_id: Option<Vec<String>>,
    pub associate_public_ip_address: Option<bool>,
    pub delete_on_termination: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunInstancesResponse {
    pub reservation_id: Option<String>,
    pub owner_id: Option<String>,
    pub group_set: Option<Items<GroupItem>>,
    pub instances_set: Option<Items<Instance>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstances {
    pub instance_id: Option<Vec<String>>,
    pub filter: Option<Vec<Filter>>,
    pub max_results: Option<i64>,
    pub next_token: Option<String>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeInstancesResponse {
    pub reservation_set: Option<Items<Reservation>>,
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reservation {
    pub reservation_id: Option<String>,
    pub owner_id: Option<String>,
    pub group_set: Option<Items<GroupItem>>,
    pub instances_set: Option<Items<Instance>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupItem {
    pub group_id: Option<String>,
    pub group_name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    pub instance_id: Option<String>,
    pub image_id: Option<String>,
    pub instance_state: Option<InstanceState>,
    pub private_dns_name: Option<String>,
    pub dns_name: Option<String>,
    pub reason: Option<String>,
    pub key_name: Option<String>,
    pub ami_launch_index: Option<i64>,
    pub instance_type: Option<String>,
    pub launch_time: Option<String>,
    pub placement: Option<PlacementItem>,
    pub monitoring: Option<Monitoring>,
    pub subnet_id: Option<String>,
    pub vpc_id: Option<String>,
    pub private_ip_address: Option<String>,
    pub ip_address: Option<String>,
    pub source_dest_check: Option<bool>,
    pub group_set: Option<Items<GroupItem>>,
    /// Empty: an instance here has an address, and no interface that could be described.
    pub network_interface_set: Option<Items<String>>,
    pub architecture: Option<String>,
    pub root_device_type: Option<String>,
    pub virtualization_type: Option<String>,
    pub hypervisor: Option<String>,
    pub client_token: Option<String>,
    pub tag_set: Option<Items<TagItem>>,
    pub state_reason: Option<StateReason>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceState {
    pub code: Option<i64>,
    pub name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlacementItem {
    pub availability_zone: Option<String>,
    pub tenancy: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Monitoring {
    pub state: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StateReason {
    pub code: Option<String>,
    pub message: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstanceStatus {
    pub instance_id: Option<Vec<String>>,
    pub filter: Option<Vec<Filter>>,
    pub include_all_instances: Option<bool>,
    pub max_results: Option<i64>,
    pub next_token: Option<String>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeInstanceStatusResponse {
    pub instance_status_set: Option<Items<InstanceStatus>>,
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceStatus {
    pub instance_id: Option<String>,
    pub availability_zone: Option<String>,
    pub instance_state: Option<InstanceState>,
    pub system_status: Option<StatusSummary>,
    pub instance_status: Option<StatusSummary>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusSummary {
    pub status: Option<String>,
    pub details: Option<Items<StatusDetail>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusDetail {
    pub name: Option<String>,
    pub status: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StartInstances {
    pub instance_id: Option<Vec<String>>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartInstancesResponse {
    pub instances_set: Option<Items<InstanceStateChange>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StopInstances {
    pub instance_id: Option<Vec<String>>,
    pub force: Option<bool>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StopInstancesResponse {
    pub instances_set: Option<Items<InstanceStateChange>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TerminateInstances {
    pub instance_id: Option<Vec<String>>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminateInstancesResponse {
    pub instances_set: Option<Items<InstanceStateChange>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceStateChange {
    pub instance_id: Option<String>,
    pub current_state: Option<InstanceState>,
    pub previous_state: Option<InstanceState>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RebootInstances {
    pub instance_id: Option<Vec<String>>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeImages {
    pub image_id: Option<Vec<String>>,
    pub owner: Option<Vec<String>>,
    pub executable_by: Option<Vec<String>>,
    pub filter: Option<Vec<Filter>>,
    pub include_deprecated: Option<bool>,
    pub include_disabled: Option<bool>,
    pub max_results: Option<i64>,
    pub next_token: Option<String>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeImagesResponse {
    pub images_set: Option<Items<Image>>,
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    pub image_id: Option<String>,
    pub image_location: Option<String>,
    pub image_state: Option<String>,
    pub image_owner_id: Option<String>,
    pub creation_date: Option<String>,
    pub is_public: Option<bool>,
    pub architecture: Option<String>,
    pub image_type: Option<String>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub root_device_type: Option<String>,
    pub virtualization_type: Option<String>,
    pub hypervisor: Option<String>,
    pub tag_set: Option<Items<TagItem>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeKeyPairs {
    pub key_name: Option<Vec<String>>,
    pub key_pair_id: Option<Vec<String>>,
    pub filter: Option<Vec<Filter>>,
    pub include_public_key: Option<bool>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeKeyPairsResponse {
    pub key_set: Option<Items<KeyPair>>,
}

/// There are none: nobody logs into a web instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyPair {
    pub key_name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstanceAttribute {
    pub instance_id: String,
    pub attribute: String,
    pub dry_run: Option<bool>,
}

/// The attribute that was asked for; the others are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeInstanceAttributeResponse {
    pub instance_id: Option<String>,
    pub instance_type: Option<AttributeText>,
    pub instance_initiated_shutdown_behavior: Option<AttributeText>,
    pub user_data: Option<AttributeText>,
    pub root_device_name: Option<AttributeText>,
    pub kernel: Option<AttributeText>,
    pub ramdisk: Option<AttributeText>,
    pub disable_api_termination: Option<AttributeBoolean>,
    pub disable_api_stop: Option<AttributeBoolean>,
    pub source_dest_check: Option<AttributeBoolean>,
    pub ebs_optimized: Option<AttributeBoolean>,
    pub ena_support: Option<AttributeBoolean>,
    pub group_set: Option<Items<GroupItem>>,
    pub block_device_mapping: Option<Items<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttributeText {
    pub value: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifyInstanceAttribute {
    pub instance_id: String,
    pub group_id: Option<Vec<String>>,
    pub instance_type: Option<TextValue>,
    pub dry_run: Option<bool>,
}

/// A text in a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TextValue {
    pub value: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstanceTypes {
    pub instance_type: Option<Vec<String>>,
    pub filter: Option<Vec<Filter>>,
    pub max_results: Option<i64>,
    pub next_token: Option<String>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeInstanceTypesResponse {
    pub instance_type_set: Option<Items<InstanceType>>,
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceType {
    pub instance_type: Option<String>,
    pub current_generation: Option<bool>,
    pub free_tier_eligible: Option<bool>,
    pub bare_metal: Option<bool>,
    pub hypervisor: Option<String>,
    pub instance_storage_supported: Option<bool>,
    pub hibernation_supported: Option<bool>,
    pub burstable_performance_supported: Option<bool>,
    pub dedicated_hosts_supported: Option<bool>,
    pub auto_recovery_supported: Option<bool>,
    pub processor_info: Option<ProcessorInfo>,
    pub v_cpu_info: Option<CpuInfo>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcessorInfo {
    pub supported_architectures: Option<Items<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CpuInfo {
    pub default_v_cpus: Option<i64>,
    pub default_cores: Option<i64>,
    pub default_threads_per_core: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeInstanceCreditSpecifications {
    pub instance_id: Option<Vec<String>>,
    pub filter: Option<Vec<Filter>>,
    pub max_results: Option<i64>,
    pub next_token: Option<String>,
    pub dry_run: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeInstanceCreditSpecificationsResponse {
    pub instance_credit_specification_set: Option<Items<InstanceCredit>>,
    pub next_token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceCredit {
    pub instance_id: Option<String>,
    pub cpu_credits: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeVolumes {
    pub volume_id: Option<Vec<String>>,
    pub filter: Option<Vec<Filter>>,
    pub max_results: Option<i64>,
    pub next_token: Option<String>,
    pub dry_run: Option<bool>,
}

/// There are none: a web instance has no disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeVolumesResponse {
    pub volume_set: Option<Items<String>>,
    pub next_token: Option<String>,
}
