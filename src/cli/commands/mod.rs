//! The 28 commands of euca2ools, one file each, and what they have in common: how options become a
//! request, the request an answer, and the answer lines.
//!
//! A command says what is its own ([`Command`]); everything else happens here, in this order, which
//! is that of euca2ools: options are read (exit 2), the targeted release is asked whether it has such
//! a thing (exit 69), the endpoint and the credentials are looked for (exit 1), the request is made,
//! sent, and its answer reported.

mod apply_security_groups_to_lb;
mod attach_lb_to_subnets;
mod configure_healthcheck;
mod create_app_cookie_stickiness_policy;
mod create_lb;
mod create_lb_cookie_stickiness_policy;
mod create_lb_listeners;
mod create_lb_policy;
mod create_tags;
mod delete_lb;
mod delete_lb_listeners;
mod delete_lb_policy;
mod delete_tags;
mod deregister_instances_from_lb;
mod describe_instance_health;
mod describe_lb_attributes;
mod describe_lb_policies;
mod describe_lb_policy_types;
mod describe_lbs;
mod describe_tags;
mod detach_lb_from_subnets;
mod disable_zones_for_lb;
mod enable_zones_for_lb;
mod modify_lb_attributes;
mod register_instances_with_lb;
mod set_lb_listener_ssl_cert;
mod set_lb_policies_for_backend_server;
mod set_lb_policies_of_listener;

use super::advice;
use super::args::{self, Common, Printing, Sending};
use super::color;
use super::dry_run;
use super::exit::{self, Failure};
use super::input::{self, Input, Purpose};
use super::output::{self, Form};
use super::prefix;
use super::report::{self, Report};
use super::session::{Caller, Session};
use super::wait::Wanted;
use super::watch::{self, Watching};
use crate::wire::listener::Listener;
use crate::wire::release::{self, Feature, Release};
use crate::wire::{Action, Members, members, query};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches};
use std::collections::BTreeSet;
use std::ffi::OsString;

/// What is a command's own.
pub trait Command: Args {
    /// The operation it calls.
    type Action: Action;

    /// Whether it prints; such commands have `--show-empty-fields`.
    const PRINTS: bool = true;
    /// Options that not every release has, by the names of their fields.
    const GATED: &'static [(&'static str, Feature)] = &[];
    /// What it prints, for the manual.
    const OUTPUT: &'static str = "Nothing.";
    /// Command lines, for the manual.
    const EXAMPLES: &'static [&'static str];

    /// What else the values of its options need, or those of its request that came from a file.
    fn needs(&self, _request: &Self::Action) -> Vec<Feature> {
        Vec::new()
    }

    /// The request.
    ///
    /// # Errors
    ///
    /// A value that only now turns out to be wrong, a file that cannot be read.
    fn request(&self) -> Result<Self::Action, Failure>;

    /// Parameters that the shape of the request does not know. They are sent even if empty.
    fn extra_parameters(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// Takes from a page of the answer the marker of the next page, if there is one.
    fn next_marker(_answer: &mut <Self::Action as Action>::Response) -> Option<String> {
        None
    }

    /// Adds the next page to those before.
    fn append(
        _answer: &mut <Self::Action as Action>::Response,
        _page: <Self::Action as Action>::Response,
    ) {
    }

    /// Keeps of the whole answer what was asked for, where the service cannot select.
    ///
    /// # Errors
    ///
    /// Something that was asked for by name is not there.
    fn select(&self, _answer: &mut <Self::Action as Action>::Response) -> Result<(), Failure> {
        Ok(())
    }

    /// What `--wait` waits for after the report, if it was given.
    fn wanted(&self, _request: &Self::Action) -> Option<Wanted> {
        None
    }

    /// Turns the answer into lines.
    fn report(&self, _answer: &<Self::Action as Action>::Response, _report: &mut Report) {}
}

/// A row of [`COMMANDS`].
pub struct Row {
    /// `eulb-create-lb`
    pub name: &'static str,
    /// The operation, `CreateLoadBalancer`.
    pub action: &'static str,
    /// Options that not every release has.
    pub gated: &'static [(&'static str, Feature)],
    pub output: &'static str,
    pub examples: &'static [&'static str],
    /// The request with every field it can have.
    pub skeleton: fn() -> Result<serde_json::Value, serde_json::Error>,
    describe: fn(clap::Command) -> clap::Command,
    run: fn(&Row, &ArgMatches, Option<&Input>) -> Result<(), Failure>,
}

const fn row<C: Command>(name: &'static str) -> Row {
    Row {
        name,
        action: C::Action::NAME,
        gated: C::GATED,
        output: C::OUTPUT,
        examples: C::EXAMPLES,
        skeleton: input::skeleton::<C::Action>,
        describe: describe::<C>,
        run: run::<C>,
    }
}

/// The commands, in the order of help, manual pages and `eulb --list`.
pub const COMMANDS: &[Row] = &[
    row::<create_lb::CreateLb>("eulb-create-lb"),
    row::<describe_lbs::DescribeLbs>("eulb-describe-lbs"),
    row::<delete_lb::DeleteLb>("eulb-delete-lb"),
    row::<create_lb_listeners::CreateLbListeners>("eulb-create-lb-listeners"),
    row::<delete_lb_listeners::DeleteLbListeners>("eulb-delete-lb-listeners"),
    row::<register_instances_with_lb::RegisterInstancesWithLb>("eulb-register-instances-with-lb"),
    row::<deregister_instances_from_lb::DeregisterInstancesFromLb>(
        "eulb-deregister-instances-from-lb",
    ),
    row::<configure_healthcheck::ConfigureHealthcheck>("eulb-configure-healthcheck"),
    row::<describe_instance_health::DescribeInstanceHealthCommand>("eulb-describe-instance-health"),
    row::<enable_zones_for_lb::EnableZonesForLb>("eulb-enable-zones-for-lb"),
    row::<disable_zones_for_lb::DisableZonesForLb>("eulb-disable-zones-for-lb"),
    row::<describe_lb_attributes::DescribeLbAttributes>("eulb-describe-lb-attributes"),
    row::<modify_lb_attributes::ModifyLbAttributes>("eulb-modify-lb-attributes"),
    row::<create_tags::CreateTags>("eulb-create-tags"),
    row::<describe_tags::DescribeTagsCommand>("eulb-describe-tags"),
    row::<delete_tags::DeleteTags>("eulb-delete-tags"),
    row::<create_app_cookie_stickiness_policy::CreateAppCookieStickinessPolicyCommand>(
        "eulb-create-app-cookie-stickiness-policy",
    ),
    row::<create_lb_cookie_stickiness_policy::CreateLbCookieStickinessPolicy>(
        "eulb-create-lb-cookie-stickiness-policy",
    ),
    row::<create_lb_policy::CreateLbPolicy>("eulb-create-lb-policy"),
    row::<delete_lb_policy::DeleteLbPolicy>("eulb-delete-lb-policy"),
    row::<describe_lb_policies::DescribeLbPolicies>("eulb-describe-lb-policies"),
    row::<describe_lb_policy_types::DescribeLbPolicyTypes>("eulb-describe-lb-policy-types"),
    row::<set_lb_policies_of_listener::SetLbPoliciesOfListener>("eulb-set-lb-policies-of-listener"),
    row::<set_lb_policies_for_backend_server::SetLbPoliciesForBackendServer>(
        "eulb-set-lb-policies-for-backend-server",
    ),
    row::<set_lb_listener_ssl_cert::SetLbListenerSslCert>("eulb-set-lb-listener-ssl-cert"),
    row::<attach_lb_to_subnets::AttachLbToSubnets>("eulb-attach-lb-to-subnets"),
    row::<detach_lb_from_subnets::DetachLbFromSubnets>("eulb-detach-lb-from-subnets"),
    row::<apply_security_groups_to_lb::ApplySecurityGroupsToLb>("eulb-apply-security-groups-to-lb"),
];

/// The command of a name: `eulb-create-lb`, or `create-lb` after the umbrella.
pub fn find(name: &str) -> Option<&'static Row> {
    let short = name.strip_prefix("eulb-").unwrap_or(name);
    COMMANDS.iter().find(|row| &row.name[5..] == short)
}

impl Row {
    /// What the release table knows the command's operation as.
    pub fn operation(&self) -> Feature {
        release::operation(self.action).expect("the table has a row for every operation")
    }

    /// How a release marks the command: `NA, VPC only`; nothing if it has it.
    pub fn mark(&self, release: Release) -> Option<&'static str> {
        release.mark(self.operation())
    }

    /// What the command is for, in a line that ends with its mark: `Delete a policy (NA, …)`.
    pub fn summary(&self, release: Release) -> String {
        let described = self.describe(release);
        let about = described.get_about().map(ToString::to_string);
        let about = about.unwrap_or_default();
        match self.mark(release) {
            Some(mark) => format!("{about} ({mark})"),
            None => about,
        }
    }

    /// The options of the command, with what the release lacks marked as such.
    pub fn describe(&self, release: Release) -> clap::Command {
        let bare = clap::Command::new(self.name)
            .version(super::COMPATIBLE_VERSION)
            .args_override_self(true)
            .disable_help_flag(true)
            .disable_version_flag(true)
            .next_help_heading("Common options");
        let common = Common::augment_args(bare).args([
            Arg::new("version")
                .long("version")
                .action(ArgAction::Version)
                .help("Show the program's version and exit")
                .long_help(
                    "Show the program's version and exit: the release of euca2ools whose command lines, output and exit statuses these are, and that of eulb",
                ),
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help("Show this help message and exit (--help tells more)"),
        ]);
        let mut command = (self.describe)(common.next_help_heading(None));
        if let Some(mark) = self.mark(release) {
            // A paragraph of its own, so that no line break comes into the mark.
            command = command.before_help(mark);
        }
        for (option, feature) in self.gated {
            if let Some(mark) = release.mark(*feature) {
                command = command.mut_arg(option, |argument| {
                    let help = argument.get_help().map(ToString::to_string);
                    argument.help(format!("{} ({mark})", help.unwrap_or_default()))
                });
            }
        }
        command
    }

    /// Reads the arguments after the name, and does what they say.
    ///
    /// # Errors
    ///
    /// Whatever went wrong, and help that was asked for.
    pub fn run(&self, arguments: &[OsString]) -> Result<(), Failure> {
        let mut command = self.describe(super::session::release_of_help(arguments));
        let outcome = self.attempt(arguments, &mut command);
        outcome.map_err(|failure| failure.with_usage(&mut command))
    }

    fn attempt(&self, arguments: &[OsString], command: &mut clap::Command) -> Result<(), Failure> {
        let arguments = prefix::expand(arguments, command)?;
        color::settle(&arguments);
        let input = Input::asked_for(&arguments, self.skeleton)?;
        let named = std::iter::once(OsString::from(self.name)).chain(arguments);
        let matches = match &input {
            None => command.try_get_matches_from_mut(named),
            Some(input) => input.relaxed(command.clone()).try_get_matches_from(named),
        };
        let matches = match matches {
            Err(error) if error.kind() == ErrorKind::DisplayVersion => {
                let cloud = std::fs::read_to_string(CLOUD_VERSION).ok();
                return report::print(&version(cloud.as_deref()));
            }
            other => exit::parsed(other, command)?,
        };
        let outcome = (self.run)(self, &matches, input.as_ref());
        outcome.map_err(|failure| advice::advised(failure, command, &matches))
    }

    /// Whether an argument is one that commands share, and not the command's own.
    pub fn is_shared(&self, id: &str) -> bool {
        let shared = Common::augment_args(clap::Command::new(self.name));
        let shared = Sending::augment_args(Printing::augment_args(shared));
        let shared = Watching::augment_args(shared);
        shared
            .get_arguments()
            .any(|argument| argument.get_id() == id)
    }
}

/// Where an installation of Eucalyptus on this machine says which one it is.
const CLOUD_VERSION: &str = "/etc/eucalyptus/eucalyptus-version";

/// What `--version` prints, with a line for the Eucalyptus that is installed, if there is one.
fn version(cloud: Option<&str>) -> String {
    let mut text = format!("{}\n", super::COMPATIBLE_VERSION);
    if let Some(cloud) = cloud {
        text.push_str(&format!("eucalyptus {}\n", report::visible(cloud.trim())));
    }
    text
}

/// The heading of options that euca2ools does not have, or that most commands have.
const SHARED_OPTIONS: &str = "Output and request options";

fn describe<C: Command>(command: clap::Command) -> clap::Command {
    let command = command.next_help_heading(SHARED_OPTIONS);
    let command = match C::PRINTS {
        true => Printing::augment_args(command),
        false => command,
    };
    let command = match is_description::<C>() {
        true => Watching::augment_args(command),
        false => command,
    };
    let command = Sending::augment_args(command).next_help_heading(None);
    C::augment_args(command).mut_args(|argument| {
        // "-5" is a number, not an option.
        match argument.get_action().takes_values() {
            true => argument.allow_negative_numbers(true),
            false => argument,
        }
    })
}

fn run<C: Command>(row: &Row, matches: &ArgMatches, input: Option<&Input>) -> Result<(), Failure> {
    let read = |error: clap::Error| Failure::usage(error);
    let common = Common::from_arg_matches(matches).map_err(read)?;
    let own = C::from_arg_matches(matches).map_err(read)?;
    // A fault in a value is told after the lack of an endpoint or of credentials, as in euca2ools.
    let request = own.request().and_then(|request| match input {
        Some(input) => input.merged(&request, matches),
        None => Ok(request),
    });
    let mut extra = own.extra_parameters();
    extra.extend(args::beyond(matches, input::path));
    if let Some(input) = input {
        extra = input.without_stand_ins(extra, matches);
        if input.purpose == Purpose::Print {
            let skeleton = Input::filled(&request?, &extra)?;
            return report::print(&output::pretty(&skeleton));
        }
    }
    let session = Session::begin(&common)?;
    let gated = row.gated.iter().filter(|(option, _)| {
        is_given(matches, option) || input.is_some_and(|input| input.sends(option))
    });
    let values = request.as_ref().map(|request| own.needs(request));
    let needed = std::iter::once(row.operation())
        .chain(gated.map(|(_, feature)| *feature))
        .chain(values.unwrap_or_default());
    refuse(needed, session.release())?;
    let caller = session.caller()?;
    // With --debug, euca2ools tells such a fault as one of its own, and not of the command line.
    let request = request.map_err(|failure| match caller.is_debugging() {
        true => failure.told_plainly(),
        false => failure,
    })?;
    let parameters = parameters(&request, extra)?;
    tracing::debug!(target: "eulb::cli", "parameters {parameters:?}");
    let sending = Sending::from_arg_matches(matches).map_err(read)?;
    if let Some(shape) = sending.dry_run {
        return report::print(&dry_run::show(&caller.prepare(&parameters)?, shape));
    }
    let printing = match C::PRINTS {
        true => Printing::from_arg_matches(matches).map_err(read)?,
        false => Printing::default(),
    };
    let ask = || {
        let mut answer = pages::<C>(&caller, parameters.clone())?;
        own.select(&mut answer)?;
        shown(&own, answer, &printing)
    };
    if is_description::<C>() {
        let watching = Watching::from_arg_matches(matches).map_err(read)?;
        if let Some(interval) = watching.interval() {
            return watch::watch(&caller, row.name, interval, ask);
        }
    }
    // Before the wait, so that an interrupt leaves what was done in sight.
    match ask()?.as_str() {
        "" => {}
        text if printing.form() == Form::Tsv && color::is_on(&std::io::stdout()) => {
            report::print(&color::of_lines(text))?;
        }
        text => report::print(text)?,
    }
    match own.wanted(&request) {
        Some(wanted) => wanted.wait(&caller),
        None => Ok(()),
    }
}

/// Whether a command only tells: it can be asked again and again.
fn is_description<C: Command>() -> bool {
    C::Action::NAME.starts_with("Describe")
}

/// An answer in the form that was asked for.
fn shown<C: Command>(
    own: &C,
    answer: <C::Action as Action>::Response,
    printing: &Printing,
) -> Result<String, Failure> {
    match printing.form() {
        Form::Tsv => {
            let mut report = Report::new(printing.show_empty_fields);
            own.report(&answer, &mut report);
            Ok(report.into_text())
        }
        form => output::answer(answer, form, printing.query.as_ref()),
    }
}

/// Pages of one answer that are asked for: at Amazon, a page has 400 load balancers.
const MAXIMUM_PAGES: usize = 1_000;

/// Calls the operation until its answer is whole.
fn pages<C: Command>(
    caller: &Caller,
    mut parameters: Vec<(String, String)>,
) -> Result<<C::Action as Action>::Response, Failure> {
    let mut answer = caller.call::<C::Action>(&parameters)?;
    let mut markers = BTreeSet::new();
    while let Some(marker) = C::next_marker(&mut answer) {
        let page = markers.len() + 2;
        if page > MAXIMUM_PAGES {
            return Err(Failure::new(format!(
                "the answer has more than {MAXIMUM_PAGES} pages; ask for load balancers by name"
            )));
        }
        tracing::debug!(target: "eulb::cli", "page {page} begins at {marker}");
        parameters.retain(|(name, _)| name != "Marker");
        parameters.push(("Marker".to_owned(), marker.clone()));
        // A service that leads in circles would be asked for ever.
        if !markers.insert(marker) {
            return Err(Failure::new(format!(
                "page {page} of the answer begins where an earlier one did; the service leads in circles"
            )));
        }
        C::append(&mut answer, caller.call::<C::Action>(&parameters)?);
    }
    Ok(answer)
}

/// Whether an option was given something that would be sent: an empty list sends nothing.
fn is_given(matches: &ArgMatches, option: &str) -> bool {
    let telling = |value: &std::ffi::OsStr| {
        value
            .to_string_lossy()
            .contains(|c: char| c != ',' && !c.is_whitespace())
    };
    matches.value_source(option) == Some(ValueSource::CommandLine)
        && matches
            .get_raw(option)
            .is_some_and(|mut values| values.any(telling))
}

/// Declines what the targeted release lacks, before anything is sent: a real 3.3.0 would answer most
/// of it with an empty success and do nothing.
fn refuse(needed: impl Iterator<Item = Feature>, release: Release) -> Result<(), Failure> {
    for feature in needed {
        if !release.has(feature) {
            let first = release::first(feature);
            let row = release::row(feature);
            let mark = release.mark(feature).unwrap_or("NA");
            return Err(Failure::NotAvailable(format!(
                "{mark}: {} does not support {} ({}); nothing was sent; it works from {first} on, which --release {first} or EULB_RELEASE={first} targets",
                release.title(),
                row.name,
                row.why,
            )));
        }
    }
    Ok(())
}

/// The parameters of a request. Empty texts are not sent, but for the two whose emptiness means
/// something: the value of a tag, and the list of policies that is to be cleared. Those beyond the shape
/// of the request take the place of what it could say of the same.
fn parameters<A: Action>(
    request: &A,
    extra: Vec<(String, String)>,
) -> Result<Vec<(String, String)>, Failure> {
    let mut parameters = query::parameters(request).map_err(Failure::new)?;
    parameters.retain(|(name, value)| {
        let tag_value = name.starts_with("Tags.") && name.ends_with(".Value");
        let is_said = extra.iter().any(|(beyond, _)| beyond == name);
        !is_said && (!value.is_empty() || tag_value || name == "PolicyNames")
    });
    parameters.extend(extra);
    Ok(parameters)
}

/// What listeners need: HTTPS, SSL and certificates came late.
fn secure_features(listeners: &Option<Members<Listener>>) -> Vec<Feature> {
    let is_secure = |protocol: &Option<String>| {
        let protocol = protocol.as_deref().map(str::to_ascii_uppercase);
        matches!(protocol.as_deref(), Some("HTTPS" | "SSL"))
    };
    let mut features = Vec::new();
    for listener in members(listeners) {
        if is_secure(&listener.protocol) || is_secure(&listener.instance_protocol) {
            features.push(Feature::SecureListeners);
        }
        if listener.ssl_certificate_id.is_some() {
            features.push(Feature::CertificateId);
        }
    }
    features
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::ADDED;

    #[test]
    fn every_operation_of_euca2ools_has_one_command() {
        let ours: BTreeSet<&str> = COMMANDS.iter().map(|row| row.action).collect();
        let names: BTreeSet<&str> = COMMANDS.iter().map(|row| row.name).collect();
        let all: BTreeSet<&str> = release::AVAILABILITY
            .iter()
            .filter(|row| row.kind == release::Kind::Operation)
            .map(|row| row.name)
            .collect();
        let without: Vec<&str> = all.difference(&ours).copied().collect();
        // The API has it, euca2ools never had.
        assert_eq!(without, ["DescribeAccountLimits"]);
        assert_eq!((ours.len(), names.len(), COMMANDS.len()), (28, 28, 28));
        for row in COMMANDS {
            assert!(find(row.name).is_some_and(|found| found.name == row.name));
            assert!(find(&row.name[5..]).is_some_and(|found| found.name == row.name));
        }
        assert!(find("eulb-").is_none() && find("").is_none());
    }

    #[test]
    fn the_version_is_asked_for_as_that_of_euca2ools() {
        let own = env!("CARGO_PKG_VERSION");
        let first = format!("euca2ools 3.4.1 (compatible; eulb {own})\n");
        assert_eq!(version(None), first);
        let both = version(Some("3.3.0\n"));
        assert_eq!(both, format!("{first}eucalyptus 3.3.0\n"));
    }

    #[test]
    fn declarations_are_sound_and_their_gates_exist() {
        for row in COMMANDS {
            for release in [Release::default(), Release::Aws] {
                row.describe(release).debug_assert();
            }
            let command = row.describe(Release::default());
            for (option, feature) in row.gated {
                let declared = command
                    .get_arguments()
                    .find(|argument| argument.get_id() == *option);
                let help = declared.and_then(Arg::get_help).map(ToString::to_string);
                let mark = Release::default().mark(*feature).unwrap();
                assert!(help.unwrap().ends_with(&format!("({mark})")), "{option}");
            }
        }
    }

    /// The options of euca2ools 3.4.1; what else there is must be known as added, so that it makes
    /// no abbreviation ambiguous.
    #[test]
    fn options_that_euca2ools_lacks_are_known_as_added() {
        let euca2ools = "url region access-key-id secret-key security-token debug debugger version help \
            show-empty-fields show-long show-headers security-groups subnets healthy-threshold interval \
            target timeout unhealthy-threshold cookie-name policy-name availability-zones listener scheme \
            tag expiration-period policy-type attribute attributes attributes-from-file force lb-ports \
            instances policy-names lb-port cert-id instance-port";
        let known: BTreeSet<&str> = euca2ools.split_whitespace().collect();
        for row in COMMANDS {
            let command = row.describe(Release::default());
            for long in command.get_arguments().filter_map(Arg::get_long) {
                assert!(known.contains(long) != ADDED.contains(&long), "{long}");
            }
        }
    }

    #[test]
    fn the_commands_that_print_can_show_empty_fields() {
        let silent = "create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy \
            create-lb-listeners create-lb-policy create-tags delete-lb delete-lb-listeners \
            delete-lb-policy delete-tags modify-lb-attributes set-lb-listener-ssl-cert \
            set-lb-policies-for-backend-server set-lb-policies-of-listener";
        let silent: BTreeSet<&str> = silent.split_whitespace().collect();
        for row in COMMANDS {
            let command = row.describe(Release::default());
            let shows = command
                .get_arguments()
                .any(|argument| argument.get_long() == Some("show-empty-fields"));
            assert_eq!(shows, !silent.contains(&row.name[5..]), "{}", row.name);
            assert_eq!(shows, row.output != "Nothing.", "{}", row.name);
        }
    }
}
