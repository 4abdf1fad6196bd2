//! The services of the cloud that answer on one endpoint: load balancing, and its neighbours.
//!
//! A request says which one it is for by its path, as at Eucalyptus (`/services/compute`), or by the
//! version of its API (`/2012-06-01/`), or, at `/`, by the service in the scope of its signature, as at
//! Amazon. Each service has its own namespace and form of errors.

use super::NAMESPACE;

/// The namespace of IAM's answers.
pub const IAM_NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// The namespace of STS's answers.
pub const STS_NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The namespace of EC2's answers, whatever the version of a request.
pub const EC2_NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

/// A service with a Query API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    LoadBalancing,
    /// Users and permissions; here, server certificates.
    Iam,
    /// Temporary credentials: STS.
    Tokens,
    /// Instances and networks: EC2.
    Compute,
    /// Metrics. It speaks newer protocols, too.
    CloudWatch,
}

impl Service {
    pub const ALL: [Service; 5] = [
        Service::LoadBalancing,
        Service::Iam,
        Service::Tokens,
        Service::Compute,
        Service::CloudWatch,
    ];

    /// The name in the scope of a signature.
    pub fn signing_name(self) -> &'static str {
        match self {
            Service::LoadBalancing => super::SERVICE,
            Service::Iam => "iam",
            Service::Tokens => "sts",
            Service::Compute => "ec2",
            Service::CloudWatch => "monitoring",
        }
    }

    /// What its actions begin with in policies.
    pub fn policy_prefix(self) -> &'static str {
        match self {
            Service::CloudWatch => "cloudwatch",
            other => other.signing_name(),
        }
    }

    /// The paths that Eucalyptus serves it under.
    pub fn paths(self) -> &'static [&'static str] {
        match self {
            Service::LoadBalancing => &["/services/LoadBalancing"],
            Service::Iam => &["/services/Euare"],
            Service::Tokens => &["/services/Tokens"],
            // The second is the one of Eucalyptus before 4.0.
            Service::Compute => &["/services/compute", "/services/Eucalyptus"],
            Service::CloudWatch => &["/services/CloudWatch"],
        }
    }

    /// The name for people and logs.
    pub fn title(self) -> &'static str {
        match self {
            Service::LoadBalancing => "Elastic Load Balancing",
            Service::Iam => "IAM",
            Service::Tokens => "STS",
            Service::Compute => "EC2",
            Service::CloudWatch => "CloudWatch",
        }
    }

    /// The namespace of its errors.
    pub fn namespace(self) -> &'static str {
        match self {
            Service::LoadBalancing => NAMESPACE,
            Service::Iam => IAM_NAMESPACE,
            Service::Tokens => STS_NAMESPACE,
            Service::Compute => EC2_NAMESPACE,
            Service::CloudWatch => super::cloudwatch::NAMESPACE,
        }
    }

    /// The service with a name in the scope of a signature.
    pub fn signed(name: &str) -> Option<Service> {
        Service::ALL
            .into_iter()
            .find(|service| service.signing_name() == name)
    }

    /// The service that has a version of its API which no other has.
    pub fn of_version(version: &str) -> Option<Service> {
        match version {
            super::VERSION => Some(Service::LoadBalancing),
            super::iam::VERSION => Some(Service::Iam),
            super::sts::VERSION => Some(Service::Tokens),
            super::ec2::VERSION => Some(Service::Compute),
            super::cloudwatch::VERSION => Some(Service::CloudWatch),
            _ => None,
        }
    }

    /// The service under a path.
    pub fn at(path: &str) -> Option<Service> {
        Service::ALL
            .into_iter()
            .find(|service| service.paths().contains(&path))
    }
}
