//! Virtual private clouds: what there is of EC2's networks, as far as load balancers know of them.
//!
//! Every account has a default VPC with a subnet in each zone, a security group and an internet
//! gateway; they follow from the account's number and the zones of the cloud, so nothing of them is
//! kept until somebody changes one. What else there is was made by the account.
//!
//! Networks here are names and rules on paper: addresses are loopback addresses, and no security group
//! keeps any traffic out.
//!
//! Sources: EC2 API reference 2016-11-15, default VPCs; Eucalyptus 4.1.0 (EUCA-9832).

use super::account::AccountId;
use super::balancer::LoadBalancer;
use super::listener::Port;
use super::placement::ZoneName;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;
use std::sync::Arc;

/// The prefixes of ids, which tell what an id is one of.
pub mod prefix {
    pub const VPC: &str = "vpc-";
    pub const SUBNET: &str = "subnet-";
    pub const GROUP: &str = "sg-";
    pub const RULE: &str = "sgr-";
    pub const GATEWAY: &str = "igw-";
    pub const ROUTES: &str = "rtb-";
    pub const ASSOCIATION: &str = "rtbassoc-";
}

/// A range of IPv4 addresses on paper, `172.31.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Block {
    network: u32,
    prefix: u8,
}

/// The text is no range of addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a range of IPv4 addresses such as 10.0.0.0/16")]
pub struct BadBlock(pub String);

impl Block {
    /// `172.31.0.0/16`, of default VPCs.
    const DEFAULT: Block = Block {
        network: 0xac1f_0000,
        prefix: 16,
    };

    /// `0.0.0.0/0`.
    pub const EVERYWHERE: Block = Block {
        network: 0,
        prefix: 0,
    };

    /// The size of the prefix in bits.
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// Addresses in the range.
    pub fn size(self) -> u64 {
        1 << (32 - self.prefix)
    }

    pub fn contains(self, other: Block) -> bool {
        self.prefix <= other.prefix && other.network & self.mask() == self.network
    }

    pub fn overlaps(self, other: Block) -> bool {
        self.contains(other) || other.contains(self)
    }

    fn mask(self) -> u32 {
        if self.prefix == 0 {
            0
        } else {
            u32::MAX << (32 - self.prefix)
        }
    }

    /// The nth range of twenty bits of a default VPC.
    fn default_subnet(index: usize) -> Block {
        let step = u32::try_from(index).unwrap_or_default() % 16;
        Block {
            network: Block::DEFAULT.network + (step << 12),
            prefix: 20,
        }
    }
}

impl FromStr for Block {
    type Err = BadBlock;

    fn from_str(text: &str) -> Result<Block, BadBlock> {
        let bad = || BadBlock(text.to_owned());
        let (address, prefix) = text.split_once('/').ok_or_else(bad)?;
        let address: Ipv4Addr = address.parse().map_err(|_| bad())?;
        let prefix: u8 = prefix.parse().map_err(|_| bad())?;
        if prefix > 32 {
            return Err(bad());
        }
        let whole = Block { network: 0, prefix };
        Ok(Block {
            network: u32::from(address) & whole.mask(),
            prefix,
        })
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.network), self.prefix)
    }
}

impl From<Block> for String {
    fn from(block: Block) -> String {
        block.to_string()
    }
}

impl TryFrom<String> for Block {
    type Error = BadBlock;

    fn try_from(text: String) -> Result<Block, BadBlock> {
        text.parse()
    }
}

/// A virtual private cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vpc {
    pub id: Arc<str>,
    pub account: AccountId,
    pub block: Block,
    pub default: bool,
    /// Whether names resolve, and instances have names; absent where nobody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_support: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_hostnames: Option<bool>,
}

impl Vpc {
    pub fn has_dns_support(&self) -> bool {
        self.dns_support.unwrap_or(true)
    }

    /// The default VPC gives its instances names unless told otherwise. Source: VPC DNS attributes.
    pub fn has_dns_hostnames(&self) -> bool {
        self.dns_hostnames.unwrap_or(self.default)
    }
}

/// A part of a VPC in one zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    pub id: Arc<str>,
    pub account: AccountId,
    pub vpc: Arc<str>,
    pub zone: ZoneName,
    pub block: Block,
    pub default: bool,
    /// Whether instances get a public address; absent where nobody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_addresses: Option<bool>,
}

impl Subnet {
    /// Default subnets give public addresses unless told otherwise. Source: default subnets.
    pub fn gives_public_addresses(&self) -> bool {
        self.public_addresses.unwrap_or(self.default)
    }
}

/// A security group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    pub id: Arc<str>,
    pub account: AccountId,
    /// Absent where there is no VPC.
    pub vpc: Option<Arc<str>>,
    pub name: String,
    pub description: String,
    pub ingress: BTreeSet<Rule>,
    pub egress: BTreeSet<Rule>,
}

impl SecurityGroup {
    /// The name of the group that every VPC, and every account without one, has.
    pub const DEFAULT: &'static str = "default";
}

/// One protocol, one range of ports, one peer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rule {
    /// `tcp`, `udp`, `icmp`, `-1` for all, or a number.
    pub protocol: String,
    /// Absent for all protocols.
    pub from_port: Option<i64>,
    pub to_port: Option<i64>,
    pub peer: Peer,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Rule {
    /// The same without its description, which is not what a rule is.
    pub fn plain(&self) -> Rule {
        Rule {
            description: None,
            ..self.clone()
        }
    }

    /// The id of the rule in a group: it follows from both, so it is not kept.
    pub fn id(&self, group: &str, egress: bool) -> String {
        let plain = self.plain();
        let digits = digits(&format!("{group}/{egress}/{plain:?}"));
        format!("{}{digits}", prefix::RULE)
    }
}

/// Whom a rule lets in, or out to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Peer {
    /// A range of IPv4 addresses, as it was written.
    Range(String),
    /// A range of IPv6 addresses.
    Range6(String),
    /// The members of another group: its owner, and its id or name.
    Group { account: String, group: String },
}

/// A way out of a VPC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gateway {
    pub id: Arc<str>,
    pub account: AccountId,
    /// The VPC it is attached to.
    pub vpc: Option<Arc<str>>,
}

/// Where the subnets of a VPC send what is for elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTable {
    pub id: Arc<str>,
    pub account: AccountId,
    pub vpc: Arc<str>,
    /// Whether it is the one of subnets that are associated with none.
    pub main: bool,
    /// The gateways by destination, apart from the VPC's own range, which is always there.
    pub routes: BTreeMap<Block, Arc<str>>,
    /// The subnets by the id of their association.
    pub subnets: BTreeMap<Arc<str>, Arc<str>>,
}

impl RouteTable {
    /// One without routes and subnets.
    pub fn new(id: Arc<str>, account: AccountId, vpc: Arc<str>) -> RouteTable {
        RouteTable {
            id,
            account,
            vpc,
            main: false,
            routes: BTreeMap::new(),
            subnets: BTreeMap::new(),
        }
    }
}

/// The route table that every VPC has; that of the default VPC leads to its gateway.
pub fn main_table(vpc: &Vpc) -> RouteTable {
    let id = default_id(prefix::ROUTES, &vpc.account, &vpc.id);
    let mut table = RouteTable::new(id, vpc.account.clone(), vpc.id.clone());
    table.main = true;
    if vpc.default {
        let gateway = default_id(prefix::GATEWAY, &vpc.account, "gateway");
        table.routes.insert(Block::EVERYWHERE, gateway);
    }
    table
}

/// Something of a network that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resource {
    Vpc(Vpc),
    Subnet(Subnet),
    Group(SecurityGroup),
    Gateway(Gateway),
    Routes(RouteTable),
}

impl Resource {
    pub fn id(&self) -> &Arc<str> {
        match self {
            Resource::Vpc(vpc) => &vpc.id,
            Resource::Subnet(subnet) => &subnet.id,
            Resource::Group(group) => &group.id,
            Resource::Gateway(gateway) => &gateway.id,
            Resource::Routes(table) => &table.id,
        }
    }

    pub fn account(&self) -> &AccountId {
        match self {
            Resource::Vpc(vpc) => &vpc.account,
            Resource::Subnet(subnet) => &subnet.account,
            Resource::Group(group) => &group.account,
            Resource::Gateway(gateway) => &gateway.account,
            Resource::Routes(table) => &table.account,
        }
    }
}

/// Whether a load balancer, and its name, is for the world or for its VPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    InternetFacing,
    Internal,
}

impl Scheme {
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::InternetFacing => "internet-facing",
            Scheme::Internal => "internal",
        }
    }

    /// Reads a scheme, in small letters only.
    pub fn parse(text: &str) -> Option<Scheme> {
        [Scheme::InternetFacing, Scheme::Internal]
            .into_iter()
            .find(|scheme| scheme.as_str() == text)
    }
}

/// Where in a VPC a load balancer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub vpc: Arc<str>,
    /// Its subnets with their zones: one for each zone at most.
    pub subnets: BTreeMap<Arc<str>, ZoneName>,
    /// The ids of its security groups.
    pub groups: BTreeSet<Arc<str>>,
    pub scheme: Scheme,
}

/// Why a load balancer cannot be where it is asked to be. The texts are Eucalyptus 4's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlacementRefusal {
    #[error("Invalid subnet(s)")]
    SubnetNotFound,
    #[error("Subnets must belong to the same VPC")]
    SeveralVpcs,
    #[error("Multiple subnets for zone ({0})")]
    ZoneTwice(ZoneName),
    #[error("Default subnet not found for zone(s)")]
    NoDefaultSubnet,
    #[error("Availability zones and subnets are inconsistent")]
    ZonesAndSubnets,
    #[error("VPC {0} has no internet gateway")]
    NoGateway(Arc<str>),
    #[error("Invalid security group(s)")]
    GroupNotFound,
    #[error("Invalid scheme ({0})")]
    InvalidScheme(String),
    #[error("Scheme ({0}) should not be specified for EC2-Classic platform")]
    SchemeWithoutVpc(String),
    #[error("Security groups should not be specified for EC2-Classic platform")]
    GroupsWithoutVpc,
    #[error("Subnets should not be specified for EC2-Classic platform")]
    SubnetsWithoutVpc,
    #[error("There must be at least one availability zone")]
    LastSubnet,
}

impl Attachment {
    /// Adds a subnet.
    ///
    /// # Errors
    ///
    /// It is of another VPC, or its zone has another subnet of the load balancer.
    pub fn attach(&mut self, subnet: &Subnet) -> Result<(), PlacementRefusal> {
        if subnet.vpc != self.vpc {
            return Err(PlacementRefusal::SeveralVpcs);
        }
        let other = |(id, zone): (&Arc<str>, &ZoneName)| *zone == subnet.zone && *id != subnet.id;
        if self.subnets.iter().any(other) {
            return Err(PlacementRefusal::ZoneTwice(subnet.zone.clone()));
        }
        self.subnets.insert(subnet.id.clone(), subnet.zone.clone());
        Ok(())
    }
}

/// The networks of one account: what follows from its number, and what it made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    pub vpcs: BTreeMap<Arc<str>, Vpc>,
    pub subnets: BTreeMap<Arc<str>, Subnet>,
    pub groups: BTreeMap<Arc<str>, SecurityGroup>,
    pub gateways: BTreeMap<Arc<str>, Gateway>,
    pub tables: BTreeMap<Arc<str>, RouteTable>,
}

/// Eight hexadecimal digits that follow from a text: FNV-1a. Ids need only differ in one account.
fn digits(text: &str) -> String {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in text.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    format!("{hash:08x}")
}

/// The id of what an account has by default.
fn default_id(prefix: &str, account: &AccountId, what: &str) -> Arc<str> {
    format!("{prefix}{}", digits(&format!("{account}/{what}"))).into()
}

/// The id of the default VPC of an account.
pub fn default_vpc(account: &AccountId) -> Arc<str> {
    default_id(prefix::VPC, account, "vpc")
}

/// The default security group of a VPC, or of an account without one.
pub fn default_group(account: &AccountId, vpc: Option<&Arc<str>>) -> SecurityGroup {
    let id = default_id(prefix::GROUP, account, vpc.map_or("classic", |vpc| vpc));
    let everything = |peer| Rule {
        protocol: "-1".to_owned(),
        from_port: None,
        to_port: None,
        peer,
        description: None,
    };
    let among_itself = everything(Peer::Group {
        account: account.to_string(),
        group: id.to_string(),
    });
    SecurityGroup {
        account: account.clone(),
        vpc: vpc.cloned(),
        name: SecurityGroup::DEFAULT.to_owned(),
        description: if vpc.is_some() {
            "default VPC security group"
        } else {
            "default group"
        }
        .to_owned(),
        ingress: BTreeSet::from([among_itself]),
        egress: if vpc.is_some() {
            BTreeSet::from([everything(Peer::Range("0.0.0.0/0".to_owned()))])
        } else {
            BTreeSet::new()
        },
        id,
    }
}

/// Lets everybody in to each listener of a load balancer.
fn admits(balancer: &LoadBalancer) -> BTreeSet<Rule> {
    let admits = |port: &Port| Rule {
        protocol: "tcp".to_owned(),
        from_port: Some(port.get().into()),
        to_port: Some(port.get().into()),
        peer: Peer::Range(Block::EVERYWHERE.to_string()),
        description: None,
    };
    balancer.listeners.keys().map(admits).collect()
}

/// The group that is made for the servos of a load balancer that has none of a VPC, in the account of
/// whoever runs them: it admits everybody to each listener.
///
/// Source: Eucalyptus 3.3.0, SecurityGroupSetup and AuthorizeIngressRule.
pub fn servo_group(owner: &AccountId, balancer: &LoadBalancer) -> SecurityGroup {
    let name = servo_group_name(balancer);
    SecurityGroup {
        id: default_id(prefix::GROUP, owner, &name),
        account: owner.clone(),
        vpc: None,
        description: format!("group for loadbalancer {}", balancer.name),
        ingress: admits(balancer),
        egress: BTreeSet::new(),
        name,
    }
}

/// The group that is made with the first load balancer in a default VPC that names none, and that
/// those after it have, too: it admits everybody to the listeners of the first, and stays when that is
/// deleted.
///
/// Sources: security groups for your Classic Load Balancer, Amazon's guide; the description is that of
/// Eucalyptus 4.4.2, SecurityGroupSetup.
pub fn shared_group(vpc: &Arc<str>, balancer: &LoadBalancer) -> SecurityGroup {
    let like = default_group(&balancer.account, Some(vpc));
    SecurityGroup {
        id: shared_group_id(&balancer.account, vpc),
        name: shared_group_name(vpc),
        description: "ELB created security group used when no security group is specified during \
                      ELB creation - modifications could impact traffic to future ELBs"
            .to_owned(),
        ingress: admits(balancer),
        ..like
    }
}

pub fn shared_group_id(account: &AccountId, vpc: &Arc<str>) -> Arc<str> {
    default_id(prefix::GROUP, account, &shared_group_name(vpc))
}

/// `default_elb_` and a name-based UUID of the VPC.
pub fn shared_group_name(vpc: &str) -> String {
    let text: String = (0..4).map(|n| digits(&format!("{vpc}/{n}"))).collect();
    let (time, rest) = text.split_at(8);
    let (middle, rest) = rest.split_at(4);
    let (high, rest) = rest.split_at(3);
    let (clock, node) = rest.split_at(3);
    format!(
        "default_elb_{time}-{middle}-3{high}-8{clock}-{}",
        &node[..12]
    )
}

/// The name of the group of a load balancer's servos.
pub fn servo_group_name(balancer: &LoadBalancer) -> String {
    format!("euca-internal-{}-{}", balancer.account, balancer.name)
}

impl Network {
    /// The networks of an account in a cloud with these zones. Without VPCs there are only groups.
    pub fn of<'r>(
        account: &AccountId,
        zones: &[ZoneName],
        has_vpcs: bool,
        kept: impl Iterator<Item = &'r Resource>,
    ) -> Network {
        let mut network = Network::default();
        if has_vpcs {
            let vpc = Vpc {
                id: default_vpc(account),
                account: account.clone(),
                block: Block::DEFAULT,
                default: true,
                dns_support: None,
                dns_hostnames: None,
            };
            for (index, zone) in zones.iter().enumerate() {
                network.put(Resource::Subnet(Subnet {
                    id: default_id(prefix::SUBNET, account, zone.as_str()),
                    account: account.clone(),
                    vpc: vpc.id.clone(),
                    zone: zone.clone(),
                    block: Block::default_subnet(index),
                    default: true,
                    public_addresses: None,
                }));
            }
            network.put(Resource::Gateway(Gateway {
                id: default_id(prefix::GATEWAY, account, "gateway"),
                account: account.clone(),
                vpc: Some(vpc.id.clone()),
            }));
            network.put(Resource::Vpc(vpc));
        } else {
            network.put(Resource::Group(default_group(account, None)));
        }
        for resource in kept {
            network.put(resource.clone());
        }
        // A group of a VPC that was changed is kept, and stands before the one that follows.
        for vpc in network.vpcs.keys() {
            let group = default_group(account, Some(vpc));
            network.groups.entry(group.id.clone()).or_insert(group);
        }
        for table in network.vpcs.values().map(main_table) {
            network.tables.entry(table.id.clone()).or_insert(table);
        }
        if !has_vpcs {
            network.vpcs.clear();
            network.subnets.clear();
            network.gateways.clear();
            network.tables.clear();
            network.groups.retain(|_, group| group.vpc.is_none());
        }
        network
    }

    fn put(&mut self, resource: Resource) {
        let id = resource.id().clone();
        match resource {
            Resource::Vpc(vpc) => drop(self.vpcs.insert(id, vpc)),
            Resource::Subnet(subnet) => drop(self.subnets.insert(id, subnet)),
            Resource::Group(group) => drop(self.groups.insert(id, group)),
            Resource::Gateway(gateway) => drop(self.gateways.insert(id, gateway)),
            Resource::Routes(table) => drop(self.tables.insert(id, table)),
        }
    }

    /// The subnet that instances and load balancers of a zone get unless they name one.
    pub fn default_subnet(&self, zone: &ZoneName) -> Option<&Subnet> {
        let mut subnets = self.subnets.values();
        subnets.find(|subnet| subnet.default && subnet.zone == *zone)
    }

    /// Whether a VPC has a way out.
    pub fn has_gateway(&self, vpc: &str) -> bool {
        let mut gateways = self.gateways.values();
        gateways.any(|gateway| gateway.vpc.as_deref() == Some(vpc))
    }

    /// Works out where a new load balancer is.
    ///
    /// # Errors
    ///
    /// What was asked for is not there, or does not go together.
    pub fn place(&self, wanted: &Wanted<'_>) -> Result<Attachment, PlacementRefusal> {
        let scheme = match wanted.scheme {
            None => Scheme::InternetFacing,
            Some(text) => Scheme::parse(text)
                .ok_or_else(|| PlacementRefusal::InvalidScheme(text.to_owned()))?,
        };
        let subnets: Vec<&Subnet> = if wanted.subnets.is_empty() {
            let of_zone = |zone| self.default_subnet(zone);
            let found: Option<Vec<_>> = wanted.zones.iter().map(of_zone).collect();
            found.ok_or(PlacementRefusal::NoDefaultSubnet)?
        } else {
            self.subnets_named(wanted.subnets)?
        };
        let vpc = match subnets.first() {
            Some(subnet) => &subnet.vpc,
            None => self
                .vpcs
                .values()
                .find(|vpc| vpc.default)
                .map(|vpc| &vpc.id)
                .ok_or(PlacementRefusal::NoDefaultSubnet)?,
        };
        let mut place = Attachment {
            vpc: vpc.clone(),
            subnets: BTreeMap::new(),
            groups: BTreeSet::new(),
            scheme,
        };
        for subnet in subnets {
            place.attach(subnet)?;
        }
        if !wanted.subnets.is_empty() && !wanted.zones.is_empty() {
            let of_subnets: BTreeSet<_> = place.subnets.values().collect();
            if of_subnets != wanted.zones.iter().collect() {
                return Err(PlacementRefusal::ZonesAndSubnets);
            }
        }
        if scheme == Scheme::InternetFacing && !self.has_gateway(vpc) {
            return Err(PlacementRefusal::NoGateway(vpc.clone()));
        }
        place.groups = self.groups_named(vpc, wanted.groups)?;
        Ok(place)
    }

    /// The subnets of some ids, in the order they were named, each once.
    ///
    /// # Errors
    ///
    /// One of them is not there.
    pub fn subnets_named(&self, ids: &[String]) -> Result<Vec<&Subnet>, PlacementRefusal> {
        let unique: BTreeSet<&String> = ids.iter().collect();
        let find = |id: &String| self.subnets.get(id.as_str());
        let found: Option<Vec<_>> = unique.into_iter().map(find).collect();
        found.ok_or(PlacementRefusal::SubnetNotFound)
    }

    /// The security groups of some ids, all of one VPC.
    ///
    /// # Errors
    ///
    /// One of them is not there, or is another VPC's.
    pub fn groups_named(
        &self,
        vpc: &Arc<str>,
        ids: &[String],
    ) -> Result<BTreeSet<Arc<str>>, PlacementRefusal> {
        let find = |id: &String| {
            self.groups
                .get(id.as_str())
                .filter(|group| group.vpc.as_ref() == Some(vpc))
                .map(|group| group.id.clone())
        };
        let found: Option<BTreeSet<_>> = ids.iter().map(find).collect();
        found.ok_or(PlacementRefusal::GroupNotFound)
    }
}

/// Where a new load balancer is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    pub zones: &'a [ZoneName],
    pub subnets: &'a [String],
    pub groups: &'a [String],
    pub scheme: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones() -> Vec<ZoneName> {
        vec![ZoneName::new("a"), ZoneName::new("b")]
    }

    /// Two zones, the default VPC, and another one without a gateway.
    fn network() -> (Network, Arc<str>, Vec<String>) {
        let account = AccountId::new("123456789012");
        let vpc: Arc<str> = "vpc-0000000a".into();
        let subnet = |id: &str, zone: &str| {
            Resource::Subnet(Subnet {
                id: id.into(),
                account: account.clone(),
                vpc: vpc.clone(),
                zone: ZoneName::new(zone),
                block: "10.0.0.0/24".parse().unwrap(),
                default: false,
                public_addresses: None,
            })
        };
        let kept = [
            Resource::Vpc(Vpc {
                id: vpc.clone(),
                account: account.clone(),
                block: "10.0.0.0/16".parse().unwrap(),
                default: false,
                dns_support: None,
                dns_hostnames: None,
            }),
            subnet("subnet-1", "a"),
            subnet("subnet-2", "a"),
            subnet("subnet-3", "b"),
        ];
        let network = Network::of(&account, &zones(), true, kept.iter());
        let defaults = network.subnets.values().filter(|subnet| subnet.default);
        let defaults = defaults.map(|subnet| subnet.id.to_string()).collect();
        (network, vpc, defaults)
    }

    #[test]
    fn an_account_has_a_vpc_with_a_subnet_in_each_zone() {
        let (network, _, defaults) = network();
        assert_eq!(defaults.len(), 2);
        let place = network
            .place(&Wanted {
                zones: &zones(),
                ..Wanted::default()
            })
            .unwrap();
        assert_eq!(place.vpc, default_vpc(&AccountId::new("123456789012")));
        assert_eq!(place.subnets.len(), 2);
        assert_eq!(place.scheme, Scheme::InternetFacing);
        // A group for each VPC, derived or made.
        assert_eq!(network.groups.len(), 2);
        let classic = Network::of(
            &AccountId::new("1"),
            &zones(),
            false,
            std::iter::empty::<&Resource>(),
        );
        assert!(classic.vpcs.is_empty() && classic.subnets.is_empty());
        assert_eq!(classic.groups.len(), 1);
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        let (network, vpc, defaults) = network();
        let strings = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        let internal = Some("internal");
        let default = defaults[0].as_str();
        let foreign = default_group(&AccountId::new("123456789012"), Some(&vpc)).id;
        let nowhere = vec![ZoneName::new("c")];
        let b = vec![ZoneName::new("b")];
        use PlacementRefusal as No;
        #[rustfmt::skip]
        let cases: Vec<(&[ZoneName], Vec<String>, Vec<String>, Option<&str>, No)> = vec![
            (&[], strings(&["subnet-9"]), vec![], None, No::SubnetNotFound),
            (&[], strings(&["subnet-1", default]), vec![], internal, No::SeveralVpcs),
            (&[], strings(&["subnet-1", "subnet-2"]), vec![], internal, No::ZoneTwice(ZoneName::new("a"))),
            (&[], strings(&["subnet-1"]), vec![], None, No::NoGateway(vpc.clone())),
            (&b, strings(&["subnet-1"]), vec![], internal, No::ZonesAndSubnets),
            (&nowhere, vec![], vec![], None, No::NoDefaultSubnet),
            (&[], strings(&[default]), strings(&["sg-9"]), None, No::GroupNotFound),
            (&[], strings(&[default]), strings(&[&foreign]), None, No::GroupNotFound),
            (&[], strings(&[default]), vec![], Some("public"), No::InvalidScheme("public".to_owned())),
        ];
        for (zones, subnets, groups, scheme, expected) in cases {
            let wanted = Wanted {
                zones,
                subnets: &subnets,
                groups: &groups,
                scheme,
            };
            assert_eq!(network.place(&wanted).unwrap_err(), expected);
        }
        let good = Wanted {
            subnets: &strings(&["subnet-1", "subnet-3"]),
            groups: &strings(&[&foreign]),
            scheme: internal,
            ..Wanted::default()
        };
        let place = network.place(&good).unwrap();
        assert_eq!((place.subnets.len(), place.groups.len()), (2, 1));
    }

    #[test]
    fn blocks_contain_and_overlap() {
        let block = |text: &str| text.parse::<Block>();
        let vpc = block("10.0.0.0/16").unwrap();
        assert!(vpc.contains(block("10.0.7.9/24").unwrap()));
        assert!(!vpc.contains(block("10.1.0.0/24").unwrap()));
        assert!(!block("10.0.7.0/24").unwrap().contains(vpc));
        assert!(block("10.0.7.0/24").unwrap().overlaps(vpc));
        assert_eq!(block("10.0.7.9/24").unwrap().to_string(), "10.0.7.0/24");
        assert_eq!(block("0.0.0.0/0").unwrap().size(), 1 << 32);
        for bad in ["", "10.0.0.0", "10.0.0.0/33", "x/8", "10.0.0.0/x"] {
            assert!(block(bad).is_err(), "{bad}");
        }
    }
}
