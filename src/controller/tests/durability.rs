//! What a store that fails, a handler that panics and a start make of the state.

use super::*;

/// A store that cannot commit, in its own way.
struct Broken(fn() -> Result<(), StoreError>);

impl Store for Broken {
    fn place(&self) -> Option<Place> {
        None
    }

    fn load(&mut self) -> Result<Vec<Row>, StoreError> {
        Ok(Vec::new())
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.0()
    }

    fn recover(&mut self, _acknowledged: &dyn Fn() -> Vec<Row>) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Cloud {
    /// The same cloud on another store.
    fn on(mut self, store: Broken) -> Cloud {
        let state = self.registry.snapshot().state.clone();
        self.registry = Registry::start(Box::new(store), state, self.config.clone()).unwrap();
        self
    }
}

#[tokio::test]
async fn a_change_that_cannot_be_written_is_not_made() {
    let cloud = Cloud::new().on(Broken(|| {
        Err(StoreError::Write {
            path: "eulb.redb".into(),
            reason: "no space left".to_owned(),
        })
    }));
    assert_eq!(
        cloud.tenant(WEB).await,
        "500 InternalFailure: cannot write eulb.redb: no space left\n"
    );
    assert!(!cloud.tenant("DescribeLoadBalancers").await.contains("web"));
    assert_eq!(cloud.servos(), []);
}

#[tokio::test]
async fn when_the_writer_has_ended_a_change_says_so_and_what_was_is_still_told() {
    let cloud = Cloud::new().on(Broken(|| panic!("on purpose")));
    let first = cloud.tenant(WEB).await;
    assert!(
        first.starts_with("500 InternalFailure: the change could"),
        "{first}"
    );
    // A change that comes while the writer is ending is lost like the first.
    let mut next = cloud.tenant(WEB).await;
    while next == first {
        next = cloud.tenant(WEB).await;
    }
    assert!(
        next.starts_with("500 InternalFailure: the writer of changes has ended"),
        "{next}"
    );
    assert!(!cloud.tenant("DescribeLoadBalancers").await.contains("web"));
}

#[tokio::test]
async fn a_handler_that_panics_harms_nobody_else() {
    let cloud = Cloud::new();
    let panics = cloud.registry.change("r".into(), |_| -> Result<(), Fault> {
        panic!("on purpose")
    });
    assert!(matches!(panics.await, Err(Fault::Internal { .. })));
    cloud.done(WEB).await;
}

#[test]
fn what_was_kept_is_served_after_a_start_before_any_request() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let directory = tempfile::tempdir().unwrap();
    let config = || Config {
        data_directory: Some(directory.path().join("data")),
        ..Config::default()
    };
    let served = |controller: &Controller| {
        let desired = controller.desired();
        let desired = desired.borrow();
        let servo = desired.servos.values().next().unwrap();
        (
            servo.id.clone(),
            servo.address,
            servo.listeners.clone(),
            servo.backends.clone(),
        )
    };
    let first = Controller::open(config()).unwrap();
    let cloud = |controller: &Controller| {
        let snapshot = controller.shared.registry.snapshot();
        let tenant = snapshot.state.account(TENANT).unwrap().clone();
        let key = snapshot
            .state
            .key_of(&tenant.id, User::ADMINISTRATOR)
            .unwrap()
            .secret
            .clone();
        (tenant.id.clone(), key)
    };
    let accounts = cloud(&first);
    let made = runtime.block_on(first.shared.registry.change("r".into(), {
        let account = accounts.0.clone();
        move |draft| {
            let name = BalancerName::new("web");
            let zone = ZoneName::new("PARTI00");
            let mut web = LoadBalancer::new(account, name, "lb".to_owned(), NOW);
            web.enable_zone(&zone);
            draft.scale_servos(&mut web, &zone, Release::V3_3_0)?;
            draft.put_balancer(web);
            Ok(())
        }
    }));
    made.unwrap();
    let before = served(&first);
    assert!(
        matches!(Controller::open(config()), Err(error) if error.0.contains("in use by process"))
    );
    drop(first);
    let second = Controller::open(config()).unwrap();
    assert_eq!(served(&second), before);
    assert_eq!(cloud(&second), accounts);
}

/// A file of each schema is in `tests/fixtures/store`: a cloud of two accounts with the load balancers
/// `web` and `db` of the tenant, two web instances, one of them registered.
#[test]
fn a_store_of_every_schema_is_opened_and_brought_to_this_one() {
    for schema in 1..=store::SCHEMA {
        let directory = tempfile::tempdir().unwrap();
        let fixture = format!(
            "{}/tests/fixtures/store/schema-{schema}.redb",
            env!("CARGO_MANIFEST_DIR")
        );
        std::fs::copy(&fixture, directory.path().join("eulb.redb")).expect(&fixture);
        let open = || {
            Controller::open(Config {
                data_directory: Some(directory.path().to_owned()),
                ..Config::default()
            })
            .unwrap()
        };
        let told = |controller: &Controller| {
            let snapshot = controller.shared.registry.snapshot();
            let state = &snapshot.state;
            let tenant = state.account(TENANT).unwrap().id.clone();
            let web = state.balancer(&tenant, "web").unwrap();
            assert_eq!(web.instances.len(), 1, "schema {schema}");
            assert_eq!(web.health_check.as_ref().unwrap().interval_seconds, 15);
            assert!(state.balancer(&tenant, "db").is_some());
            assert_eq!(state.instances.len(), 2);
            assert!(state.key_of(&tenant, User::ADMINISTRATOR).is_some());
            assert_eq!(state.users.len(), 2, "schema {schema}");
            let image = state.property(Property::Image, Release::V3_3_0);
            assert!(image.starts_with("emi-"), "{image}");
            (state.users.clone(), image.to_owned())
        };
        let first = told(&open());
        // A second start finds what the first one made.
        assert_eq!(told(&open()), first);
    }
}
