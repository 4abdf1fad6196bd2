# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_eulb_global_optspecs
    string join \n list version h/help
end

function __fish_eulb_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_eulb_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_eulb_using_subcommand
    set -l cmd (__fish_eulb_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c eulb -n "__fish_eulb_needs_command" -l list -d 'List the commands, and what the targeted release lacks'
complete -c eulb -n "__fish_eulb_needs_command" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_needs_command" -s h -l help -d 'Show this help message and exit'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "local" -d 'Run a cloud with load balancing on this machine'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "instance" -d 'Run and change the servers behind the load balancers of the local cloud'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "admin" -d 'Administer the local cloud: accounts, properties, and what is running'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "resolve" -d 'Print the URLs of a load balancer of the local cloud'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "top" -d 'Show load balancers, their traffic and their instances on the whole screen'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "config" -d 'Print every setting, its value, where it came from and what it overrode'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "doctor" -d 'Find out what is wrong with the configuration, the endpoint or its load balancers'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "explain" -d 'Explain why a load balancer does not answer, or an instance is not in service'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "stats" -d 'Show the metrics of a load balancer: requests, latency, errors, instances in service'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "trace" -d 'Tell what a request led to, component by component'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "demo" -d 'Play the whole feature on this machine and check every claim'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "tour" -d 'Walk through load balancing, one command at a time'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "proxy" -d 'Balance HTTP, HTTPS, SSL or TCP traffic in the foreground, without a controller'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "wait" -d 'Wait until instances of a load balancer are in a state'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "links" -d 'Make a link for each eulb command in a directory'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "install" -d 'Install the program, its links, manual pages and completions, or remove them'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "create-lb" -d 'Create a load balancer'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "describe-lbs" -d 'Show information about load balancers'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "delete-lb" -d 'Delete a load balancer'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "create-lb-listeners" -d 'Add listeners to a load balancer'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "delete-lb-listeners" -d 'Delete listeners from a load balancer'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "register-instances-with-lb" -d 'Add instances to a load balancer'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "deregister-instances-from-lb" -d 'Remove instances from a load balancer'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "configure-healthcheck" -d 'Configure health checking for instances registered with a load balancer'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "describe-instance-health" -d 'Show the state of instances registered with a load balancer'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "enable-zones-for-lb" -d 'Add a load balancer to availability zones'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "disable-zones-for-lb" -d 'Remove a load balancer from availability zones'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "describe-lb-attributes" -d 'Show the attributes of a load balancer (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "modify-lb-attributes" -d 'Modify the attributes of a load balancer (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "create-tags" -d 'Add or update tags for a load balancer (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "describe-tags" -d 'Show the tags of load balancers (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "delete-tags" -d 'Delete tags of a load balancer (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "create-app-cookie-stickiness-policy" -d 'Create a new stickiness policy for a load balancer, based on the application\'s own cookie (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "create-lb-cookie-stickiness-policy" -d 'Create a new stickiness policy for a load balancer, based on a cookie of the load balancer (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "create-lb-policy" -d 'Add a new policy to a load balancer (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "delete-lb-policy" -d 'Delete a policy from a load balancer (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "describe-lb-policies" -d 'Show information about load balancer policies (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "describe-lb-policy-types" -d 'Show information about load balancer policy types (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "set-lb-policies-of-listener" -d 'Change the policies of a listener (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "set-lb-policies-for-backend-server" -d 'Change the policies of an instance port (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "set-lb-listener-ssl-cert" -d 'Change the certificate of a listener (NA, no SSL support in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "attach-lb-to-subnets" -d 'Add a load balancer to subnets (NA, VPC only)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "detach-lb-from-subnets" -d 'Remove a load balancer from subnets (NA, VPC only, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "apply-security-groups-to-lb" -d 'Associate one or more security groups with a load balancer (NA, VPC only, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c eulb -n "__fish_eulb_using_subcommand local; and not __fish_seen_subcommand_from start stop status wait env hosts logs reset export import" -f -a "start" -d 'Start a local cloud'
complete -c eulb -n "__fish_eulb_using_subcommand local; and not __fish_seen_subcommand_from start stop status wait env hosts logs reset export import" -f -a "stop" -d 'Stop the local cloud and wait until it has ended'
complete -c eulb -n "__fish_eulb_using_subcommand local; and not __fish_seen_subcommand_from start stop status wait env hosts logs reset export import" -f -a "status" -d 'Show the local cloud: its load balancers, their servos, and what is not right'
complete -c eulb -n "__fish_eulb_using_subcommand local; and not __fish_seen_subcommand_from start stop status wait env hosts logs reset export import" -f -a "wait" -d 'Wait until the local cloud does what it was told'
complete -c eulb -n "__fish_eulb_using_subcommand local; and not __fish_seen_subcommand_from start stop status wait env hosts logs reset export import" -f -a "env" -d 'Print shell commands that make the local cloud the one to use'
complete -c eulb -n "__fish_eulb_using_subcommand local; and not __fish_seen_subcommand_from start stop status wait env hosts logs reset export import" -f -a "hosts" -d 'Print lines for /etc/hosts: the addresses of all load balancers'
complete -c eulb -n "__fish_eulb_using_subcommand local; and not __fish_seen_subcommand_from start stop status wait env hosts logs reset export import" -f -a "logs" -d 'Show what the local cloud has logged'
complete -c eulb -n "__fish_eulb_using_subcommand local; and not __fish_seen_subcommand_from start stop status wait env hosts logs reset export import" -f -a "reset" -d 'Delete every load balancer and instance of the local cloud; accounts and keys stay'
complete -c eulb -n "__fish_eulb_using_subcommand local; and not __fish_seen_subcommand_from start stop status wait env hosts logs reset export import" -f -a "export" -d 'Write the state of the local cloud as JSON'
complete -c eulb -n "__fish_eulb_using_subcommand local; and not __fish_seen_subcommand_from start stop status wait env hosts logs reset export import" -f -a "import" -d 'Read a state that eulb local export wrote'
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l listen -d 'Address and port, or port, of the API (default: 127.0.0.1:8773; port 0: any)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l dns -d 'Address and port where names of the cloud are answered, or off (default: 127.0.0.1:8753, or any port if that is taken)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l domain -d 'Domain of the DNS names of load balancers (default: localhost, as in Eucalyptus)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l release -d 'Release to behave as: 3.3.0 to 4.4.2, or aws (default: EULB_RELEASE, else 3.3.0)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l time-scale -d 'Seconds that the cloud\'s clocks take for one: 0.1 is ten times faster (default: 1)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l servo-cidr -d 'Addresses of servos, which carry the load balancers (default: 127.101.0.0/16)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l instance-cidr -d 'Addresses of instances that the cloud runs (default: 127.102.0.0/16)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l port-offset -d 'Number to add to the port of every listener (default: 0)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l zones -d 'Availability zones (default: PARTI00,PARTI01)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l threads -d 'Threads that carry traffic (default: one per core)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l instance-connections -d 'Connections in use to one instance by one listener, beyond which requests wait in the surge queue (default: 8192)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l access-log -d 'Write the access log of all load balancers below a directory, laid out like a bucket; those whose attributes name a bucket have theirs in the data directory, below buckets/' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l log-format -d 'How log lines are written: text or json (default: text)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l log-level -d 'What is logged: LEVEL or COMPONENT=LEVEL, several with commas (default: EULB_LOG, else info)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -s d -l detach -d 'Run in the background; returns once the cloud is ready'
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l ephemeral -d 'Keep nothing after the end'
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from start" -l detached-child -d 'This is the cloud in the background'
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from stop" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from status" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from status" -l json -d 'Print everything as JSON'
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from status" -l web -d 'Print a link that opens the status page in a browser, once, within a minute'
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from wait" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from wait" -l in-service -d 'Number of instances to be in service, exactly (default: all registered ones)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from wait" -l account -d 'Account of the load balancers, by number, if several have one of the name' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from wait" -l timeout -d 'Longest wait' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from env" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from env" -l account -d 'Account to be: tenant, eucalyptus (the administrator\'s) or another (default: tenant)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from env" -l user -d 'User of the account to be (default: admin)' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from env" -l unset -d 'Print commands that undo it instead'
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from hosts" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from logs" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from logs" -s n -l lines -d 'Show this many lines at most, the last ones' -r
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from logs" -s f -l follow -d 'Go on with what is logged from now on'
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from reset" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from export" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from export" -l secrets -d 'Write secret access keys and private keys, too'
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from export" -l force -d 'Write over a file that is there'
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from import" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand local; and __fish_seen_subcommand_from import" -l replace -d 'Delete the load balancers and instances that are there'
complete -c eulb -n "__fish_eulb_using_subcommand instance; and not __fish_seen_subcommand_from run add list stop start terminate fail restore delay" -f -a "run" -d 'Run web instances inside the local cloud'
complete -c eulb -n "__fish_eulb_using_subcommand instance; and not __fish_seen_subcommand_from run add list stop start terminate fail restore delay" -f -a "add" -d 'Make a server that you run an instance of the local cloud'
complete -c eulb -n "__fish_eulb_using_subcommand instance; and not __fish_seen_subcommand_from run add list stop start terminate fail restore delay" -f -a "list" -d 'List the instances of the local cloud'
complete -c eulb -n "__fish_eulb_using_subcommand instance; and not __fish_seen_subcommand_from run add list stop start terminate fail restore delay" -f -a "stop" -d 'Stop instances: their sockets close, as when a machine is switched off'
complete -c eulb -n "__fish_eulb_using_subcommand instance; and not __fish_seen_subcommand_from run add list stop start terminate fail restore delay" -f -a "start" -d 'Start stopped instances again'
complete -c eulb -n "__fish_eulb_using_subcommand instance; and not __fish_seen_subcommand_from run add list stop start terminate fail restore delay" -f -a "terminate" -d 'End instances for good'
complete -c eulb -n "__fish_eulb_using_subcommand instance; and not __fish_seen_subcommand_from run add list stop start terminate fail restore delay" -f -a "fail" -d 'Let /health of web instances answer 500'
complete -c eulb -n "__fish_eulb_using_subcommand instance; and not __fish_seen_subcommand_from run add list stop start terminate fail restore delay" -f -a "restore" -d 'Let /health of web instances answer 200 again'
complete -c eulb -n "__fish_eulb_using_subcommand instance; and not __fish_seen_subcommand_from run add list stop start terminate fail restore delay" -f -a "delay" -d 'Let web instances wait before each answer'
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from run" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from run" -s n -l count -d 'How many' -r
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from run" -s z -l zone -d 'Availability zone (default: the first)' -r
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from run" -l account -d 'Owning account, by alias or number (default: tenant)' -r
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from run" -s p -l port -d 'Port to answer on (can be repeated; default: 80)' -r
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from run" -l delay -d 'Milliseconds to wait before each answer' -r
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from add" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from add" -l address -d 'Address of the server (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from add" -s p -l port -d 'Instance port and the server\'s real port, if they differ (can be repeated)' -r
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from add" -s z -l zone -d 'Availability zone (default: the first)' -r
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from add" -l account -d 'Owning account, by alias or number (default: tenant)' -r
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from list" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from list" -l json -d 'Print everything as JSON'
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from stop" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from start" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from terminate" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from fail" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from restore" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand instance; and __fish_seen_subcommand_from delay" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand admin; and not __fish_seen_subcommand_from accounts users groups keys policies certificates properties services servos activities lbs log-level" -f -a "accounts" -d 'Make, list and delete accounts'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and not __fish_seen_subcommand_from accounts users groups keys policies certificates properties services servos activities lbs log-level" -f -a "users" -d 'Make, list and delete users of accounts'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and not __fish_seen_subcommand_from accounts users groups keys policies certificates properties services servos activities lbs log-level" -f -a "groups" -d 'Make, list and delete groups of users, and say who is in them'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and not __fish_seen_subcommand_from accounts users groups keys policies certificates properties services servos activities lbs log-level" -f -a "keys" -d 'Make, list, deactivate and delete access keys of users'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and not __fish_seen_subcommand_from accounts users groups keys policies certificates properties services servos activities lbs log-level" -f -a "policies" -d 'Make, list, attach and delete IAM policies'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and not __fish_seen_subcommand_from accounts users groups keys policies certificates properties services servos activities lbs log-level" -f -a "certificates" -d 'Upload, list and delete the server certificates of HTTPS and SSL listeners'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and not __fish_seen_subcommand_from accounts users groups keys policies certificates properties services servos activities lbs log-level" -f -a "properties" -d 'Show and set the properties of the cloud'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and not __fish_seen_subcommand_from accounts users groups keys policies certificates properties services servos activities lbs log-level" -f -a "services" -d 'Show the services of the cloud and whether they are ready'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and not __fish_seen_subcommand_from accounts users groups keys policies certificates properties services servos activities lbs log-level" -f -a "servos" -d 'List the servos that carry load balancers, with state, address and load'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and not __fish_seen_subcommand_from accounts users groups keys policies certificates properties services servos activities lbs log-level" -f -a "activities" -d 'Show what was done to servos and why, oldest first'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and not __fish_seen_subcommand_from accounts users groups keys policies certificates properties services servos activities lbs log-level" -f -a "lbs" -d 'List the load balancers of all accounts, one line each'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and not __fish_seen_subcommand_from accounts users groups keys policies certificates properties services servos activities lbs log-level" -f -a "log-level" -d 'Show or change from which level on components log, while the cloud runs'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from accounts" -f -a "list" -d 'List accounts: number, alias, and how much each has'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from accounts" -f -a "create" -d 'Make an account with its user admin, who has no key yet'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from accounts" -f -a "delete" -d 'Delete an account'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from users" -f -a "list" -d 'List users, with their keys counted and their policies named'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from users" -f -a "create" -d 'Make a user, who may do nothing yet and has no key'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from users" -f -a "delete" -d 'Delete a user'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from groups" -f -a "list" -d 'List groups, with their users and policies named'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from groups" -f -a "create" -d 'Make a group with nobody in it'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from groups" -f -a "delete" -d 'Delete a group; its users and policies stay'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from groups" -f -a "add-user" -d 'Put a user into a group'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from groups" -f -a "remove-user" -d 'Take a user out of a group'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from keys" -f -a "list" -d 'List access keys, without their secrets'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from keys" -f -a "create" -d 'Make an access key and print it with its secret, once'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from keys" -f -a "activate" -d 'Make an inactive access key good again'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from keys" -f -a "deactivate" -d 'Make an access key inactive; what it signs is not believed until it is active again'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from keys" -f -a "delete" -d 'Delete an access key; what it signed is not believed from then on'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from policies" -f -a "list" -d 'List policies, and whom each is attached to'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from policies" -f -a "show" -d 'Print the document of a policy as it was written'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from policies" -f -a "create" -d 'Make a policy from a JSON document'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from policies" -f -a "delete" -d 'Delete a policy that is attached to nothing'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from policies" -f -a "attach" -d 'Attach a policy to a user, a group, or the whole account'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from policies" -f -a "detach" -d 'Take a policy from a user, a group, or the whole account'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from certificates" -f -a "list" -d 'List server certificates, without their keys'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from certificates" -f -a "upload" -d 'Upload a certificate and its key, and print its ARN, which listeners name it by'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from certificates" -f -a "delete" -d 'Delete a certificate that no listener has'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from properties" -f -a "list" -d 'List properties: PROPERTY, name, value'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from properties" -f -a "get" -d 'Show one property'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from properties" -f -a "set" -d 'Set a property'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from properties" -f -a "reset" -d 'Give a property its default back'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from services" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from services" -l json -d 'Print everything as JSON'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from servos" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from servos" -l lb -d 'Only those of load balancers of this name' -r
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from servos" -l terminate -d 'End this servo as if its machine had died: Auto Scaling replaces it, and \'eulb admin activities\' tells' -r
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from servos" -l json -d 'Print everything as JSON'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from activities" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from activities" -l lb -d 'Only those of load balancers of this name' -r
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from activities" -l json -d 'Print everything as JSON'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from lbs" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from lbs" -l account -d 'Only those of an account, by alias or number' -r
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from lbs" -l json -d 'Print everything as JSON'
complete -c eulb -n "__fish_eulb_using_subcommand admin; and __fish_seen_subcommand_from log-level" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand resolve" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand resolve" -l account -d 'Account of the load balancer, by number, if several have one of the name' -r
complete -c eulb -n "__fish_eulb_using_subcommand resolve" -l port -d 'Print only the URLs of the listener on this port' -r
complete -c eulb -n "__fish_eulb_using_subcommand resolve" -l addresses -d 'Print the addresses of the DNS name instead: those of the servos in service'
complete -c eulb -n "__fish_eulb_using_subcommand top" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand top" -s i -l interval -d 'Seconds between two looks (default: 1)' -r
complete -c eulb -n "__fish_eulb_using_subcommand top" -l once -d 'Print one screen as text after one interval, and end'
complete -c eulb -n "__fish_eulb_using_subcommand config" -l output -d 'Form of the output: tsv (the default, lines for people and scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand config" -l query -d 'Print only what this JMESPath expression selects (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand config" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand config" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand config" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand config" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand config" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand config" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand config" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand config" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand config" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand config" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand config" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand config" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand doctor" -l output -d 'Form of the output: tsv (the default, lines for people and scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand doctor" -l query -d 'Print only what this JMESPath expression selects (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand doctor" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand doctor" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand doctor" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand doctor" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand doctor" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand doctor" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand doctor" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand doctor" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand doctor" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand doctor" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand doctor" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand doctor" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand explain" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand explain" -l lb -d 'Name or DNS name of a load balancer' -r
complete -c eulb -n "__fish_eulb_using_subcommand explain" -l instance -d 'Id of an instance' -r
complete -c eulb -n "__fish_eulb_using_subcommand explain" -l account -d 'Number or alias of the load balancer\'s account, where several have one of that name' -r
complete -c eulb -n "__fish_eulb_using_subcommand explain" -l json -d 'Print everything as JSON'
complete -c eulb -n "__fish_eulb_using_subcommand stats" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand stats" -l account -d 'Number or alias of its account, where several have one of that name' -r
complete -c eulb -n "__fish_eulb_using_subcommand stats" -l metric -d 'Show these metrics only, such as Latency or RequestCount (can be repeated)' -r
complete -c eulb -n "__fish_eulb_using_subcommand stats" -l zone -d 'Look at one availability zone only' -r
complete -c eulb -n "__fish_eulb_using_subcommand stats" -l since -d 'How far to look back: 90s, 30m, 1h, 2d' -r
complete -c eulb -n "__fish_eulb_using_subcommand stats" -l period -d 'Seconds that make one value, a multiple of 60 (default: what makes at most 60 values)' -r
complete -c eulb -n "__fish_eulb_using_subcommand stats" -l output -d 'How to print: text, json or csv' -r -f -a "text\t''
json\t''
csv\t''"
complete -c eulb -n "__fish_eulb_using_subcommand trace" -l data-dir -d 'Data directory of the local cloud (default: EULB_DATA_DIR, else the user\'s)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand trace" -l lb -d 'Name of a load balancer' -r
complete -c eulb -n "__fish_eulb_using_subcommand trace" -l instance -d 'Id of an instance' -r
complete -c eulb -n "__fish_eulb_using_subcommand trace" -l json -d 'Print everything as JSON'
complete -c eulb -n "__fish_eulb_using_subcommand demo" -l json -d 'Print one JSON object for each step, then a summary'
complete -c eulb -n "__fish_eulb_using_subcommand tour" -l unattended -d 'Run everything without asking'
complete -c eulb -n "__fish_eulb_using_subcommand tour" -l list -d 'List the lessons and end'
complete -c eulb -n "__fish_eulb_using_subcommand proxy" -l listen -d 'Where to listen, http:127.0.0.1:8080, https:127.0.0.1:8443, ssl:127.0.0.1:993 or tcp:[::1]:0; port 0 is any free port (required) (can be repeated)' -r
complete -c eulb -n "__fish_eulb_using_subcommand proxy" -l to -d 'The instances, in the order of their turns (required) (can be repeated)' -r
complete -c eulb -n "__fish_eulb_using_subcommand proxy" -l certificate -d 'Certificate of HTTPS and SSL listeners in PEM, followed by its chain' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand proxy" -l key -d 'Private key of the certificate in PEM: PKCS#8, PKCS#1 or SEC 1' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand proxy" -l security-policy -d 'Negotiate what this predefined policy enables, as ELBSecurityPolicy-2016-08, and the data plane speaks; without it all that is sound, TLS 1.3 included' -r
complete -c eulb -n "__fish_eulb_using_subcommand proxy" -l instance-key -d 'Trust only instances with this public key, a certificate or public key in PEM (can be repeated)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand proxy" -l check -d 'Check the instances every 5 seconds, as HTTP:80/health or TCP:80; what is checked is each instance\'s own port, whatever the target\'s' -r
complete -c eulb -n "__fish_eulb_using_subcommand proxy" -l access-log -d 'Write a line for each request and each TCP session below a directory, in Elastic Load Balancing\'s format and layout, a new file every 5 minutes' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand proxy" -l desync-mode -d 'What to do about HTTP requests that are legal but could be understood in two ways: monitor counts them, defensive closes the connections behind them, strictest refuses them and whatever else is not as the standard says' -r -f -a "monitor\t''
defensive\t''
strictest\t''"
complete -c eulb -n "__fish_eulb_using_subcommand proxy" -l threads -d 'Number of worker threads; one for each core if absent' -r
complete -c eulb -n "__fish_eulb_using_subcommand proxy" -l idle-timeout -d 'Close a connection on which nothing has moved for so long, 1 to 3600' -r
complete -c eulb -n "__fish_eulb_using_subcommand proxy" -l instance-tls -d 'Speak TLS to the instances; their certificates are not verified unless --instance-key is given'
complete -c eulb -n "__fish_eulb_using_subcommand proxy" -l proxy-protocol -d 'Begin each connection to an instance with a PROXY line (version 1) that names the client; no connection then carries two clients'
complete -c eulb -n "__fish_eulb_using_subcommand wait" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand wait" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand wait" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand wait" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand wait" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand wait" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand wait" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand wait" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand wait" -l instances -d 'Look at these instances only, instead of all that are registered' -r
complete -c eulb -n "__fish_eulb_using_subcommand wait" -l timeout -d 'Seconds after which to give up: 600, if not given' -r
complete -c eulb -n "__fish_eulb_using_subcommand wait" -l interval -d 'Seconds between two questions: 15, if not given, or 0.2 if the service is on this machine' -r
complete -c eulb -n "__fish_eulb_using_subcommand wait" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand wait" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand wait" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand wait" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand links" -l remove -d 'Remove the links to this program instead, and nothing else'
complete -c eulb -n "__fish_eulb_using_subcommand links" -l relative -d 'Link to the program by its path from the directory, so that both can be moved together'
complete -c eulb -n "__fish_eulb_using_subcommand install" -l prefix -d 'Directory to install below (default: ~/.local)' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand install" -l uninstall -d 'Remove what was installed below the prefix'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -s z -l availability-zones -d 'Availability zones to place the load balancer in (required unless subnets are given)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -s l -l listener -d 'Port and protocol to listen on, and those of the instances behind (required; can be repeated)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l wait-timeout -d 'Seconds after which --wait gives up: 600, if not given' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -s s -l subnets -d 'Subnets to place the load balancer in (required unless zones are given) (NA, VPC only)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -s i -l scheme -d '"internal" to give the load balancer a private address only (NA, VPC only)' -r -f -a "internal\t''"
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -s g -l security-groups -d 'Security groups to assign the load balancer to (NA, VPC only)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -s t -l tag -d 'Tag for the new load balancer (can be repeated) (NA, not supported in 3.3.0)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb" -l wait -d 'Wait until it has taken effect; see eulb-wait(1)'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l watch -d 'Report again every SECONDS (2, if not given) until interrupted, showing what has changed' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l filter -d 'Limit results to load balancers that this is true of (can be repeated: all must be true)' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lbs" -l show-long -d 'Show all of the load balancers\' info'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb" -l force -d 'Accepted for compatibility; has no effect'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -s l -l listener -d 'Port and protocol to listen on, and those of the instances behind (required; can be repeated)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-listeners" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -s l -l lb-ports -d 'Ports of the listeners to delete (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-listeners" -l force -d 'Accepted for compatibility; has no effect'
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l instances -d 'Instances to register (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l wait-timeout -d 'Seconds after which --wait gives up: 600, if not given' -r
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand register-instances-with-lb" -l wait -d 'Wait until it has taken effect; see eulb-wait(1)'
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l instances -d 'Instances to deregister (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l wait-timeout -d 'Seconds after which --wait gives up: 600, if not given' -r
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand deregister-instances-from-lb" -l wait -d 'Wait until it has taken effect; see eulb-wait(1)'
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l healthy-threshold -d 'Number of consecutive successful checks before an instance is in service (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l interval -d 'Approximate interval between checks, in seconds (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -s t -l target -d 'What to connect to for a health check (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l timeout -d 'Time within which a check must succeed, in seconds (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l unhealthy-threshold -d 'Number of consecutive failed checks before an instance is out of service (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb -n "__fish_eulb_using_subcommand configure-healthcheck" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l watch -d 'Report again every SECONDS (2, if not given) until interrupted, showing what has changed' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l instances -d 'Limit results to specific instances' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand describe-instance-health" -l show-long -d 'Show all of the instances\' info: why they are in their states, too'
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -s z -l availability-zones -d 'Availability zones to add the load balancer to (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb -n "__fish_eulb_using_subcommand enable-zones-for-lb" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -s z -l availability-zones -d 'Availability zones to remove the load balancer from (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb -n "__fish_eulb_using_subcommand disable-zones-for-lb" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l watch -d 'Report again every SECONDS (2, if not given) until interrupted, showing what has changed' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-attributes" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand modify-lb-attributes" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -s t -l tag -d 'Key, and optionally value, of a tag to create or to update (required; can be repeated)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand create-tags" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l watch -d 'Report again every SECONDS (2, if not given) until interrupted, showing what has changed' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand describe-tags" -l show-headers -d 'Begin with a line that names the columns'
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -s t -l tag -d 'Key of a tag to delete, the whole text (required; can be repeated)' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand delete-tags" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -s c -l cookie-name -d 'Name of the application cookie (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -s p -l policy-name -d 'Name of the new policy (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand create-app-cookie-stickiness-policy" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -s e -l expiration-period -d 'Time after which the cookie is void, in seconds (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -s p -l policy-name -d 'Name of the new policy (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-cookie-stickiness-policy" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -s n -l policy-name -d 'Name of the new policy (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -s t -l policy-type -d 'Type of the new policy (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -s a -l attribute -d 'Name and value of one attribute of the new policy (can be repeated)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -s A -l attributes -d 'Names and values of attributes of the new policy (can be repeated)' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -l attributes-from-file -d 'File with further attributes, one NAME=VALUE on each line; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand create-lb-policy" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -s p -l policy-name -d 'Name of the policy to delete (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand delete-lb-policy" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l watch -d 'Report again every SECONDS (2, if not given) until interrupted, showing what has changed' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -s p -l policy-names -d 'Limit results to specific policies' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policies" -l show-long -d 'Show all of the policies\' info'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l watch -d 'Report again every SECONDS (2, if not given) until interrupted, showing what has changed' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand describe-lb-policy-types" -l show-long -d 'Show all of the policy types\' info'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -s l -l lb-port -d 'Port of the listener (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -s p -l policy-names -d 'Policies to set; \'\' for none (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-of-listener" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -s i -l instance-port -d 'Port of the instances (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -s p -l policy-names -d 'Policies to set; \'\' for none (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-policies-for-backend-server" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -s l -l lb-port -d 'Port of the listener (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -s c -l cert-id -d 'ARN of the server certificate to use (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand set-lb-listener-ssl-cert" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -s s -l subnets -d 'Subnets to add the load balancer to (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb -n "__fish_eulb_using_subcommand attach-lb-to-subnets" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -s s -l subnets -d 'Subnets to remove the load balancer from (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb -n "__fish_eulb_using_subcommand detach-lb-from-subnets" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -s S -l secret-key -d 'Secret key' -r
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l output -d 'Form of the output: tsv (the default, lines for scripts), table, json, yaml or text' -r
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l query -d 'Print only what this JMESPath expression selects from the answer (as JSON, if --output does not say otherwise)' -r
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -s g -l security-groups -d 'Security groups to associate the load balancer with (required)' -r
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l debug -d 'Show debugging output on standard error'
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l version -d 'Show the program\'s version and exit'
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l show-empty-fields -d 'Show empty values as "(nil)"'
complete -c eulb -n "__fish_eulb_using_subcommand apply-security-groups-to-lb" -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "local" -d 'Run a cloud with load balancing on this machine'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "instance" -d 'Run and change the servers behind the load balancers of the local cloud'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "admin" -d 'Administer the local cloud: accounts, properties, and what is running'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "resolve" -d 'Print the URLs of a load balancer of the local cloud'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "top" -d 'Show load balancers, their traffic and their instances on the whole screen'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "config" -d 'Print every setting, its value, where it came from and what it overrode'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "doctor" -d 'Find out what is wrong with the configuration, the endpoint or its load balancers'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "explain" -d 'Explain why a load balancer does not answer, or an instance is not in service'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "stats" -d 'Show the metrics of a load balancer: requests, latency, errors, instances in service'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "trace" -d 'Tell what a request led to, component by component'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "demo" -d 'Play the whole feature on this machine and check every claim'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "tour" -d 'Walk through load balancing, one command at a time'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "proxy" -d 'Balance HTTP, HTTPS, SSL or TCP traffic in the foreground, without a controller'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "wait" -d 'Wait until instances of a load balancer are in a state'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "links" -d 'Make a link for each eulb command in a directory'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "install" -d 'Install the program, its links, manual pages and completions, or remove them'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "create-lb" -d 'Create a load balancer'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "describe-lbs" -d 'Show information about load balancers'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "delete-lb" -d 'Delete a load balancer'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "create-lb-listeners" -d 'Add listeners to a load balancer'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "delete-lb-listeners" -d 'Delete listeners from a load balancer'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "register-instances-with-lb" -d 'Add instances to a load balancer'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "deregister-instances-from-lb" -d 'Remove instances from a load balancer'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "configure-healthcheck" -d 'Configure health checking for instances registered with a load balancer'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "describe-instance-health" -d 'Show the state of instances registered with a load balancer'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "enable-zones-for-lb" -d 'Add a load balancer to availability zones'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "disable-zones-for-lb" -d 'Remove a load balancer from availability zones'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "describe-lb-attributes" -d 'Show the attributes of a load balancer (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "modify-lb-attributes" -d 'Modify the attributes of a load balancer (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "create-tags" -d 'Add or update tags for a load balancer (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "describe-tags" -d 'Show the tags of load balancers (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "delete-tags" -d 'Delete tags of a load balancer (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "create-app-cookie-stickiness-policy" -d 'Create a new stickiness policy for a load balancer, based on the application\'s own cookie (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "create-lb-cookie-stickiness-policy" -d 'Create a new stickiness policy for a load balancer, based on a cookie of the load balancer (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "create-lb-policy" -d 'Add a new policy to a load balancer (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "delete-lb-policy" -d 'Delete a policy from a load balancer (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "describe-lb-policies" -d 'Show information about load balancer policies (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "describe-lb-policy-types" -d 'Show information about load balancer policy types (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "set-lb-policies-of-listener" -d 'Change the policies of a listener (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "set-lb-policies-for-backend-server" -d 'Change the policies of an instance port (NA, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "set-lb-listener-ssl-cert" -d 'Change the certificate of a listener (NA, no SSL support in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "attach-lb-to-subnets" -d 'Add a load balancer to subnets (NA, VPC only)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "detach-lb-from-subnets" -d 'Remove a load balancer from subnets (NA, VPC only, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "apply-security-groups-to-lb" -d 'Associate one or more security groups with a load balancer (NA, VPC only, not supported in 3.3.0)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and not __fish_seen_subcommand_from local instance admin resolve top config doctor explain stats trace demo tour proxy wait links install create-lb describe-lbs delete-lb create-lb-listeners delete-lb-listeners register-instances-with-lb deregister-instances-from-lb configure-healthcheck describe-instance-health enable-zones-for-lb disable-zones-for-lb describe-lb-attributes modify-lb-attributes create-tags describe-tags delete-tags create-app-cookie-stickiness-policy create-lb-cookie-stickiness-policy create-lb-policy delete-lb-policy describe-lb-policies describe-lb-policy-types set-lb-policies-of-listener set-lb-policies-for-backend-server set-lb-listener-ssl-cert attach-lb-to-subnets detach-lb-from-subnets apply-security-groups-to-lb help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from local" -f -a "start" -d 'Start a local cloud'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from local" -f -a "stop" -d 'Stop the local cloud and wait until it has ended'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from local" -f -a "status" -d 'Show the local cloud: its load balancers, their servos, and what is not right'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from local" -f -a "wait" -d 'Wait until the local cloud does what it was told'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from local" -f -a "env" -d 'Print shell commands that make the local cloud the one to use'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from local" -f -a "hosts" -d 'Print lines for /etc/hosts: the addresses of all load balancers'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from local" -f -a "logs" -d 'Show what the local cloud has logged'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from local" -f -a "reset" -d 'Delete every load balancer and instance of the local cloud; accounts and keys stay'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from local" -f -a "export" -d 'Write the state of the local cloud as JSON'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from local" -f -a "import" -d 'Read a state that eulb local export wrote'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from instance" -f -a "run" -d 'Run web instances inside the local cloud'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from instance" -f -a "add" -d 'Make a server that you run an instance of the local cloud'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from instance" -f -a "list" -d 'List the instances of the local cloud'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from instance" -f -a "stop" -d 'Stop instances: their sockets close, as when a machine is switched off'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from instance" -f -a "start" -d 'Start stopped instances again'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from instance" -f -a "terminate" -d 'End instances for good'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from instance" -f -a "fail" -d 'Let /health of web instances answer 500'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from instance" -f -a "restore" -d 'Let /health of web instances answer 200 again'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from instance" -f -a "delay" -d 'Let web instances wait before each answer'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from admin" -f -a "accounts" -d 'Make, list and delete accounts'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from admin" -f -a "users" -d 'Make, list and delete users of accounts'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from admin" -f -a "groups" -d 'Make, list and delete groups of users, and say who is in them'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from admin" -f -a "keys" -d 'Make, list, deactivate and delete access keys of users'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from admin" -f -a "policies" -d 'Make, list, attach and delete IAM policies'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from admin" -f -a "certificates" -d 'Upload, list and delete the server certificates of HTTPS and SSL listeners'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from admin" -f -a "properties" -d 'Show and set the properties of the cloud'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from admin" -f -a "services" -d 'Show the services of the cloud and whether they are ready'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from admin" -f -a "servos" -d 'List the servos that carry load balancers, with state, address and load'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from admin" -f -a "activities" -d 'Show what was done to servos and why, oldest first'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from admin" -f -a "lbs" -d 'List the load balancers of all accounts, one line each'
complete -c eulb -n "__fish_eulb_using_subcommand help; and __fish_seen_subcommand_from admin" -f -a "log-level" -d 'Show or change from which level on components log, while the cloud runs'
function __eulb_asking
    command -q eulb; and eulb complete -- (commandline -opc) (commandline -ct) 2>/dev/null
end
complete -c eulb -n '__fish_seen_subcommand_from local; and __fish_seen_subcommand_from start' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from local; and __fish_seen_subcommand_from start' -l zones -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from local; and __fish_seen_subcommand_from wait' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from instance; and __fish_seen_subcommand_from run' -s z -l zone -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from instance; and __fish_seen_subcommand_from add' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from instance; and __fish_seen_subcommand_from add' -s z -l zone -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from instance; and __fish_seen_subcommand_from stop' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from instance; and __fish_seen_subcommand_from start' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from instance; and __fish_seen_subcommand_from terminate' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from instance; and __fish_seen_subcommand_from fail' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from instance; and __fish_seen_subcommand_from restore' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from instance; and __fish_seen_subcommand_from delay' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from admin; and __fish_seen_subcommand_from servos' -l lb -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from admin; and __fish_seen_subcommand_from activities' -l lb -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from resolve' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from top' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from config' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from config' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from config' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from doctor' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from doctor' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from doctor' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from explain' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from explain' -l lb -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from explain' -l instance -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from stats' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from stats' -l zone -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from stats' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from trace' -l lb -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from trace' -l instance -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from proxy' -l security-policy -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from wait' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from wait' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from wait' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from wait' -l instances -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb' -s z -l availability-zones -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb' -s l -l listener -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lbs' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lbs' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lbs' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lbs' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lbs' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-lb' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-lb' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-lb' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-lb' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb-listeners' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb-listeners' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb-listeners' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb-listeners' -s l -l listener -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb-listeners' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-lb-listeners' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-lb-listeners' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-lb-listeners' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-lb-listeners' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from register-instances-with-lb' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from register-instances-with-lb' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from register-instances-with-lb' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from register-instances-with-lb' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from register-instances-with-lb' -l instances -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from register-instances-with-lb' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from deregister-instances-from-lb' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from deregister-instances-from-lb' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from deregister-instances-from-lb' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from deregister-instances-from-lb' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from deregister-instances-from-lb' -l instances -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from deregister-instances-from-lb' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from configure-healthcheck' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from configure-healthcheck' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from configure-healthcheck' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from configure-healthcheck' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from configure-healthcheck' -s t -l target -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from configure-healthcheck' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-instance-health' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-instance-health' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-instance-health' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-instance-health' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-instance-health' -l instances -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-instance-health' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from enable-zones-for-lb' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from enable-zones-for-lb' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from enable-zones-for-lb' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from enable-zones-for-lb' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from enable-zones-for-lb' -s z -l availability-zones -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from enable-zones-for-lb' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from disable-zones-for-lb' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from disable-zones-for-lb' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from disable-zones-for-lb' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from disable-zones-for-lb' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from disable-zones-for-lb' -s z -l availability-zones -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from disable-zones-for-lb' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lb-attributes' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lb-attributes' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lb-attributes' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lb-attributes' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lb-attributes' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from modify-lb-attributes' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from modify-lb-attributes' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from modify-lb-attributes' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from modify-lb-attributes' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-tags' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-tags' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-tags' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-tags' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-tags' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-tags' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-tags' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-tags' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-tags' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-tags' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-tags' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-tags' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-tags' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-app-cookie-stickiness-policy' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-app-cookie-stickiness-policy' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-app-cookie-stickiness-policy' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-app-cookie-stickiness-policy' -s p -l policy-name -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-app-cookie-stickiness-policy' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb-cookie-stickiness-policy' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb-cookie-stickiness-policy' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb-cookie-stickiness-policy' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb-cookie-stickiness-policy' -s p -l policy-name -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb-cookie-stickiness-policy' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb-policy' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb-policy' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb-policy' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb-policy' -s n -l policy-name -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from create-lb-policy' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-lb-policy' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-lb-policy' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-lb-policy' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-lb-policy' -s p -l policy-name -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from delete-lb-policy' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lb-policies' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lb-policies' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lb-policies' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lb-policies' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lb-policies' -s p -l policy-names -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lb-policies' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lb-policy-types' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lb-policy-types' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lb-policy-types' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from describe-lb-policy-types' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from set-lb-policies-of-listener' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from set-lb-policies-of-listener' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from set-lb-policies-of-listener' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from set-lb-policies-of-listener' -s p -l policy-names -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from set-lb-policies-of-listener' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from set-lb-policies-for-backend-server' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from set-lb-policies-for-backend-server' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from set-lb-policies-for-backend-server' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from set-lb-policies-for-backend-server' -s p -l policy-names -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from set-lb-policies-for-backend-server' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from set-lb-listener-ssl-cert' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from set-lb-listener-ssl-cert' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from set-lb-listener-ssl-cert' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from set-lb-listener-ssl-cert' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from attach-lb-to-subnets' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from attach-lb-to-subnets' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from attach-lb-to-subnets' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from attach-lb-to-subnets' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from attach-lb-to-subnets' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from detach-lb-from-subnets' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from detach-lb-from-subnets' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from detach-lb-from-subnets' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from detach-lb-from-subnets' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from detach-lb-from-subnets' -f -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from apply-security-groups-to-lb' -l release -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from apply-security-groups-to-lb' -l color -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from apply-security-groups-to-lb' -l output -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from apply-security-groups-to-lb' -l dry-run -x -a '(__eulb_asking)'
complete -c eulb -n '__fish_seen_subcommand_from apply-security-groups-to-lb' -f -a '(__eulb_asking)'
