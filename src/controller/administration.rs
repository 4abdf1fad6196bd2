//! The routes below `/_eulb/`: JSON for the local cloud's own tools.

mod balancers;
mod certificates;
mod identities;
mod properties;
mod services;
mod servos;
mod transfer;

use super::Shared;
use super::cloudwatch;
use super::explain::Scene;
use super::instances::{self, Refused};
use super::page;
use super::registry::Snapshot;
use super::state::Draft;
use crate::model::account::User;
use crate::model::balancer::{LoadBalancer, Registration, RegistrationState};
use crate::model::instance::{Instance, InstanceId, InstanceKind};
use crate::model::instruments::{CheckSeen, Checked};
use crate::model::journal::Selection;
use crate::wire::admin::SetProperty;
use crate::wire::fault::Fault;
use crate::wire::local::{
    AddInstance, BalancerStatus, ChangeInstances, Done, Environment, Explanation, Health,
    Instances, ListenerStatus, LogLevels, RegisteredInstance, RunInstances, ServoStatus, Stats,
    Status, Story, Traffic,
};
use crate::wire::query::Parameters;
use hyper::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

/// Everything below this is administration.
pub const PREFIX: &str = "/_eulb/";
/// The route whose body may be large, for those who come by the Unix socket.
pub const IMPORT: &str = "/_eulb/admin/import";
/// The one route that is answered to anyone.
pub const HEALTH: &str = "/_eulb/health";

/// A refusal: a status and one line.
pub type Refusal = (StatusCode, String);

fn bad(line: impl Into<String>) -> Refusal {
    (StatusCode::BAD_REQUEST, line.into())
}

/// A fault of the registry, for a person.
fn fault(fault: &Fault, shared: &Shared) -> Refusal {
    let shown = fault.shown(shared.config.release);
    let status = StatusCode::from_u16(shown.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, shown.message)
}

fn json<T: Serialize>(value: &T) -> Result<String, Refusal> {
    serde_json::to_string(value)
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| bad(format!("the request is not understood: {error}")))
}

/// Whether a query has `name=true`.
fn flag(query: &str, name: &str) -> Result<bool, Refusal> {
    let parameters = Parameters::read(query.as_bytes()).map_err(|error| bad(error.to_string()))?;
    Ok(parameters.get(name) == Some("true"))
}

/// Answers a route; the caller has been found to be the administrator.
///
/// # Errors
///
/// There is no such route, the request is not understood, or what it asks cannot be done.
pub async fn answer(
    shared: &Shared,
    method: &Method,
    path: &str,
    query: &str,
    body: &[u8],
    request_id: &Arc<str>,
) -> Result<String, Refusal> {
    let route = path.strip_prefix(PREFIX).unwrap_or_default();
    match (method.as_str(), route) {
        ("GET", "health") => json(&health(shared)),
        ("GET", "status") => json(&status(shared)),
        ("GET", "traffic") => json(&Traffic {
            at_milliseconds: shared.config.clock.now().0,
            listeners: shared.traffic(),
        }),
        ("GET", "trace") => json(&Story {
            events: shared.story(&selection(&parameters(query)?)?),
        }),
        ("GET", "stats") => json(&stats(shared, &parameters(query)?)?),
        ("GET", "explain") => json(&explain(shared, &parameters(query)?)?),
        ("GET", "admin/log-level") => json(&LogLevels {
            levels: shared.log_levels(None).map_err(bad)?,
        }),
        ("POST", "admin/log-level") => {
            let request: LogLevels = read(body)?;
            json(&LogLevels {
                levels: shared.log_levels(Some(&request.levels)).map_err(bad)?,
            })
        }
        ("GET", "env") => {
            let parameters =
                Parameters::read(query.as_bytes()).map_err(|error| bad(error.to_string()))?;
            let user = parameters.get("user").unwrap_or(User::ADMINISTRATOR);
            json(&environment(shared, parameters.get("account"), user)?)
        }
        ("GET", "instances") => {
            let snapshot = shared.registry.snapshot();
            let all = snapshot.state.instances.values();
            json(&listed(
                all.map(|instance| Instance::clone(instance)).collect(),
            ))
        }
        ("POST", "instances/run") => {
            let request: RunInstances = read(body)?;
            let config = shared.config.clone();
            let run = move |draft: &mut Draft| instances::run(&request, draft, &config);
            json(&listed(change(shared, request_id, run).await?))
        }
        ("POST", "instances/add") => {
            let request: AddInstance = read(body)?;
            let config = shared.config.clone();
            let add = move |draft: &mut Draft| instances::add(&request, draft, &config);
            json(&listed(vec![change(shared, request_id, add).await?]))
        }
        ("POST", "instances/change") => {
            let request: ChangeInstances = read(body)?;
            let config = shared.config.clone();
            let edit = move |draft: &mut Draft| instances::change(&request, draft, &config);
            json(&listed(change(shared, request_id, edit).await?))
        }
        ("GET", "admin/properties") => {
            let snapshot = shared.registry.snapshot();
            let asked =
                Parameters::read(query.as_bytes()).map_err(|error| bad(error.to_string()))?;
            let (state, release) = (&snapshot.state, shared.config.release);
            match asked.get("name") {
                Some(name) => json(&properties::one(name, state, release).map_err(bad)?),
                None => json(&properties::list(state, release)),
            }
        }
        ("POST", "admin/properties/set") => {
            let request: SetProperty = read(body)?;
            let release = shared.config.release;
            let set = move |draft: &mut Draft| properties::set(&request, draft, release);
            json(&change(shared, request_id, set).await?)
        }
        ("GET", "admin/lbs") => json(&balancers::list(shared)),
        ("GET", "admin/services") => json(&services::list(shared)),
        ("GET", "admin/servos") => json(&servos::list(shared)),
        ("POST", "admin/servos/terminate") => {
            json(&servos::terminate(shared, &read(body)?).map_err(bad)?)
        }
        ("GET", "admin/activities") => json(&servos::activities(shared)),
        ("GET", "admin/export") => transfer::export(shared, flag(query, "secrets")?).await,
        ("POST", "admin/import") => {
            let replace = flag(query, "replace")?;
            json(&transfer::import(shared, body, replace, request_id).await?)
        }
        ("GET", route) if route.starts_with("admin/") => listing(shared, route),
        ("POST", route) if route.starts_with("admin/") => {
            edit_identities(shared, route, body, request_id).await
        }
        ("POST", "reset") => {
            let reset = |draft: &mut Draft| {
                instances::reset(draft);
                Ok(())
            };
            change(shared, request_id, reset).await?;
            json(&Done {})
        }
        ("POST", "web") => json(&page::link(shared).map_err(|error| {
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                format!("no random bytes: {error}"),
            )
        })?),
        ("POST", "stop") => {
            shared.stop.cancel();
            json(&Done {})
        }
        (_, "trace" | "stats" | "explain" | "admin/log-level")
        | (_, "health" | "status" | "traffic" | "env" | "instances" | "reset" | "stop")
        | (_, "instances/run" | "instances/add" | "instances/change")
        | (_, "admin/properties" | "admin/properties/set" | "admin/lbs" | "admin/services")
        | (_, "admin/servos" | "admin/servos/terminate" | "admin/activities")
        | (_, "admin/export" | "admin/import") => Err((
            StatusCode::METHOD_NOT_ALLOWED,
            format!("{path} does not take {method}"),
        )),
        _ => Err((StatusCode::NOT_FOUND, format!("there is no {path}"))),
    }
}

/// Who there is: accounts, users, groups, keys, policies.
fn listing(shared: &Shared, route: &str) -> Result<String, Refusal> {
    let snapshot = shared.registry.snapshot();
    let state = &snapshot.state;
    match route {
        "admin/accounts" => json(&identities::accounts(state)),
        "admin/users" => json(&identities::users(state)),
        "admin/groups" => json(&identities::groups(state)),
        "admin/keys" => json(&identities::keys(state)),
        "admin/certificates" => json(&certificates::list(state)),
        "admin/policies" => json(&identities::policies(state)),
        _ => Err(unknown(route)),
    }
}

/// Changes who there is.
async fn edit_identities(
    shared: &Shared,
    route: &str,
    body: &[u8],
    id: &Arc<str>,
) -> Result<String, Refusal> {
    let now = shared.config.clock.now();
    let release = shared.config.release;
    let done = |()| Done {};
    match route {
        "admin/accounts/create" => {
            let request = read(body)?;
            let make = move |draft: &mut Draft| identities::create_account(&request, draft, now);
            json(&change(shared, id, make).await?)
        }
        "admin/accounts/delete" => {
            let request = read(body)?;
            let delete = move |draft: &mut Draft| identities::delete_account(&request, draft);
            json(&change(shared, id, delete).await.map(done)?)
        }
        "admin/users/create" => {
            let request = read(body)?;
            let make = move |draft: &mut Draft| identities::create_user(&request, draft, now);
            json(&change(shared, id, make).await?)
        }
        "admin/users/delete" => {
            let request = read(body)?;
            let delete = move |draft: &mut Draft| identities::delete_user(&request, draft);
            json(&change(shared, id, delete).await.map(done)?)
        }
        "admin/groups/create" => {
            let request = read(body)?;
            let make = move |draft: &mut Draft| identities::create_group(&request, draft, now);
            json(&change(shared, id, make).await?)
        }
        "admin/groups/delete" => {
            let request = read(body)?;
            let delete = move |draft: &mut Draft| identities::delete_group(&request, draft);
            json(&change(shared, id, delete).await.map(done)?)
        }
        "admin/groups/add-user" | "admin/groups/remove-user" => {
            let added = route.ends_with("add-user");
            let request = read(body)?;
            let edit = move |draft: &mut Draft| identities::change_member(&request, added, draft);
            json(&change(shared, id, edit).await?)
        }
        "admin/keys/create" => {
            let request = read(body)?;
            let make = move |draft: &mut Draft| identities::create_key(&request, draft);
            json(&change(shared, id, make).await?)
        }
        "admin/keys/change" => {
            let request = read(body)?;
            let set = move |draft: &mut Draft| identities::change_key(&request, draft);
            json(&change(shared, id, set).await.map(done)?)
        }
        "admin/keys/delete" => {
            let request = read(body)?;
            let delete = move |draft: &mut Draft| identities::delete_key(&request, draft);
            json(&change(shared, id, delete).await.map(done)?)
        }
        "admin/certificates/upload" => {
            let request = read(body)?;
            let upload =
                move |draft: &mut Draft| certificates::upload(request, draft, release, now);
            json(&change(shared, id, upload).await?)
        }
        "admin/certificates/delete" => {
            let request = read(body)?;
            let delete = move |draft: &mut Draft| certificates::delete(&request, draft, release);
            json(&change(shared, id, delete).await.map(done)?)
        }
        "admin/policies/create" => {
            let request = read(body)?;
            let make =
                move |draft: &mut Draft| identities::create_policy(&request, draft, release, now);
            json(&change(shared, id, make).await?)
        }
        "admin/policies/delete" => {
            let request = read(body)?;
            let delete = move |draft: &mut Draft| identities::delete_policy(&request, draft);
            json(&change(shared, id, delete).await.map(done)?)
        }
        "admin/policies/attach" | "admin/policies/detach" => {
            let attached = route.ends_with("attach");
            let request = read(body)?;
            let edit =
                move |draft: &mut Draft| identities::attach_policy(&request, attached, draft);
            json(&change(shared, id, edit).await?)
        }
        _ => Err(unknown(route)),
    }
}

fn unknown(route: &str) -> Refusal {
    (
        StatusCode::NOT_FOUND,
        format!("there is no {PREFIX}{route}"),
    )
}

fn parameters(query: &str) -> Result<Parameters<'_>, Refusal> {
    Parameters::read(query.as_bytes()).map_err(|error| bad(error.to_string()))
}

/// Which story is asked for.
fn selection(parameters: &Parameters<'_>) -> Result<Selection, Refusal> {
    let named = |name| parameters.get(name).map(str::to_owned);
    let selection = match (named("request"), named("lb"), named("instance")) {
        (Some(id), None, None) if id == "last" => Selection::Last,
        (Some(id), None, None) if !id.is_empty() => Selection::Request(id),
        (None, Some(name), None) => Selection::Balancer(name),
        (None, None, Some(id)) => Selection::Instance(id),
        _ => return Err(bad("name a request, a load balancer or an instance")),
    };
    Ok(selection)
}

fn stats(shared: &Shared, parameters: &Parameters<'_>) -> Result<Stats, Refusal> {
    let name = parameters
        .get("lb")
        .ok_or_else(|| bad("name a load balancer"))?;
    let number = |name: &str| -> Result<i64, Refusal> {
        let text = parameters.get(name).unwrap_or_default();
        let number = text
            .parse()
            .ok()
            .filter(|number| (1..=1_209_600).contains(number));
        number.ok_or_else(|| bad(format!("{name} is a number of seconds up to two weeks")))
    };
    let (since, period) = (number("since")?, number("period")?);
    let snapshot = shared.registry.snapshot();
    let state = &snapshot.state;
    let account = match parameters.get("account") {
        Some(named) => {
            let account = state.account(named);
            account
                .ok_or_else(|| bad(format!("there is no account '{named}'")))?
                .id
                .clone()
        }
        None => {
            let mut of = state
                .balancers
                .keys()
                .filter(|key| key.name.as_str() == name);
            match (of.next(), of.next()) {
                (Some(key), None) => key.account.clone(),
                (None, _) => {
                    return Err(bad(format!(
                        "there is no load balancer '{name}'; of one that is gone, name the account"
                    )));
                }
                _ => {
                    return Err(bad(format!(
                        "several accounts have a load balancer '{name}': name one with --account"
                    )));
                }
            }
        }
    };
    Ok(cloudwatch::stats(
        shared,
        (&account, name),
        parameters.get("zone"),
        (since, period),
    ))
}

fn explain(shared: &Shared, parameters: &Parameters<'_>) -> Result<Explanation, Refusal> {
    let snapshot = shared.registry.snapshot();
    let scene = Scene {
        state: &snapshot.state,
        reports: &snapshot.reports,
        revision: snapshot.revision,
        config: &shared.config,
        checks: shared.checks(),
        now: shared.config.clock.now(),
    };
    match (parameters.get("lb"), parameters.get("instance")) {
        (Some(name), None) => {
            let account = parameters.get("account");
            let recent = shared.story(&Selection::Balancer(name.to_owned()));
            scene.balancer(name, account, &recent).map_err(bad)
        }
        (None, Some(id)) => scene.instance(id).map_err(bad),
        _ => Err(bad("name a load balancer or an instance")),
    }
}

fn listed(instances: Vec<Instance>) -> Instances {
    Instances { instances }
}

/// Makes a change through the registry; its refusals are lines already.
async fn change<T: Send + 'static>(
    shared: &Shared,
    request_id: &Arc<str>,
    make: impl FnOnce(&mut Draft) -> Result<T, Refused> + Send + 'static,
) -> Result<T, Refusal> {
    let made = shared.registry.change(request_id.clone(), |draft| {
        make(draft).map_err(|message| Fault::Failure { message })
    });
    made.await.map_err(|refused| fault(&refused, shared))
}

fn health(shared: &Shared) -> Health {
    Health {
        status: match shared.lost() {
            None => Health::OK,
            Some(_) => Health::READ_ONLY,
        }
        .to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        release: shared.config.release.to_string(),
    }
}

fn environment(shared: &Shared, name: Option<&str>, user: &str) -> Result<Environment, Refusal> {
    let snapshot = shared.registry.snapshot();
    let state = &snapshot.state;
    let account = identities::account(state, name).map_err(bad)?;
    let key = state.key_of(&account.id, user).ok_or_else(|| {
        let alias = &account.alias;
        bad(format!(
            "the user '{user}' of '{alias}' has no access key; make one with 'eulb admin keys \
             create --account {alias} --user {user}'"
        ))
    })?;
    Ok(Environment {
        endpoint: shared.endpoint(),
        release: shared.config.release.to_string(),
        account: account.id.to_string(),
        alias: account.alias.clone(),
        access_key: key.id.clone(),
        secret_key: key.secret.clone(),
        dns: shared.dns.get().copied(),
        not_ready: !super::properties::is_ready(state, shared.config.release),
    })
}

pub(super) fn status(shared: &Shared) -> Status {
    let snapshot = shared.registry.snapshot();
    let config = &shared.config;
    let mut balancers: Vec<BalancerStatus> = snapshot
        .state
        .balancers
        .values()
        .map(|balancer| balancer_status(balancer, shared, &snapshot))
        .collect();
    note_checks(&mut balancers, &shared.checks());
    Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        release: config.release.to_string(),
        process_id: std::process::id(),
        endpoint: shared.endpoint(),
        dns: shared.dns.get().copied(),
        dns_domain: config.dns_domain.clone(),
        data_directory: config
            .data_directory
            .as_ref()
            .map(|path| path.display().to_string()),
        lost: shared.lost(),
        started_milliseconds: shared.started.0,
        time_scale: config.time_scale,
        port_offset: config.port_offset,
        zones: config.zones.iter().map(ToString::to_string).collect(),
        revision: snapshot.revision,
        applied_revision: snapshot.reports.applied,
        balancers,
        instances: snapshot.state.instances.len(),
    }
}

pub(super) fn balancer_status(
    balancer: &LoadBalancer,
    shared: &Shared,
    snapshot: &Snapshot,
) -> BalancerStatus {
    let servos = balancer.servos.iter().map(|(id, place)| {
        let report = snapshot.reports.servos.get(id).cloned().unwrap_or_default();
        let listeners = balancer.listeners.values().map(|listener| {
            let port = listener.port.get();
            let real = port.saturating_add(shared.config.port_offset);
            ListenerStatus {
                protocol: listener.protocol.to_string(),
                port,
                bound: SocketAddr::new(place.address, real),
                error: report.failed_ports.get(&port).cloned(),
            }
        });
        ServoStatus {
            id: id.to_string(),
            zone: place.zone.to_string(),
            address: place.address,
            state: report.state().to_owned(),
            reason: report.reason(),
            listeners: listeners.collect(),
        }
    });
    BalancerStatus {
        account: balancer.account.to_string(),
        name: balancer.name.to_string(),
        dns_name: balancer.dns_name(&shared.config.dns_domain),
        servos: servos.collect(),
        registered: balancer.instances.len(),
        in_service: in_service(balancer),
        instances: balancer
            .instances
            .iter()
            .map(|of| registered(of, balancer, shared, snapshot))
            .collect(),
    }
}

/// Adds what the servo of an instance's zone saw last.
fn note_checks(balancers: &mut [BalancerStatus], checks: &[Checked]) {
    let newest: HashMap<(&str, &str), &CheckSeen> = checks
        .iter()
        .filter_map(|of| {
            let seen = of.checks.last()?;
            Some(((of.servo.as_str(), of.instance.as_str()), seen))
        })
        .collect();
    for balancer in balancers {
        let BalancerStatus {
            servos, instances, ..
        } = balancer;
        for instance in instances {
            let own = servos.iter().filter(|servo| servo.zone == instance.zone);
            let mut seen =
                own.filter_map(|servo| newest.get(&(&*servo.id, &*instance.id)).copied());
            instance.checked = seen.next().map(|seen| seen.checked.clone());
        }
    }
}

fn registered(
    (id, registration): (&InstanceId, &Registration),
    balancer: &LoadBalancer,
    shared: &Shared,
    snapshot: &Snapshot,
) -> RegisteredInstance {
    let (state, config) = (&snapshot.state, &shared.config);
    let instance = state.instances.get(id);
    let of = (id, registration);
    let health = super::health::health(of, balancer, state, config, config.clock.now());
    let said = Some(health.description).filter(|text| !text.is_empty());
    RegisteredInstance {
        id: id.to_string(),
        zone: registration.zone.to_string(),
        state: health.state.to_owned(),
        description: said.map(str::to_owned),
        checked: None,
        failing: instance.is_some_and(
            |instance| matches!(&instance.kind, InstanceKind::Web(settings) if settings.failing),
        ),
    }
}

/// How many instances of a load balancer are InService.
fn in_service(balancer: &LoadBalancer) -> usize {
    balancer
        .instances
        .values()
        .filter(|registration| registration.state == RegistrationState::InService)
        .count()
}
