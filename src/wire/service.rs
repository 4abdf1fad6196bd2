//! The services of the cloud that answer on one endpoint: load balancing, and its neighbours.
//!
//! A request says which one it is for by its path, as at Eucalyptus (`/services/compute`), or, at `/`,
//! by the service in the scope of its signature, as at Amazon. Each service has its own namespace and
//! form of errors.

use super::NAMESPACE;

/// The namespace of IAM's answers.
pub const IAM_NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// A service with a Query API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    LoadBalancing,
    /// Users and permissions; here, server certificates.
    Iam,
}

impl Service {
    pub const ALL: [Service; 2] = [Service::LoadBalancing, Service::Iam];

    /// The name in the scope of a signature.
    pub fn signing_name(self) -> &'static str {
        match self {
            Service::LoadBalancing => super::SERVICE,
            Service::Iam => "iam",
        }
    }

    /// The paths that Eucalyptus serves it under.
    pub fn paths(self) -> &'static [&'static str] {
        match self {
            Service::LoadBalancing => &["/services/LoadBalancing"],
            Service::Iam => &["/services/Euare"],
        }
    }

    /// The name for people and logs.
    pub fn title(self) -> &'static str {
        match self {
            Service::LoadBalancing => "Elastic Load Balancing",
            Service::Iam => "IAM",
        }
    }

    /// The namespace of its errors.
    pub fn namespace(self) -> &'static str {
        match self {
            Service::LoadBalancing => NAMESPACE,
            Service::Iam => IAM_NAMESPACE,
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
