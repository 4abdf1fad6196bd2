// The life of a load balancer by the JavaScript SDK: made twice, described page by page, waited for, deleted.
import {
  AddTagsCommand, ConfigureHealthCheckCommand, CreateLoadBalancerCommand, DeleteLoadBalancerCommand,
  DescribeTagsCommand, ElasticLoadBalancingClient, ModifyLoadBalancerAttributesCommand,
  RegisterInstancesWithLoadBalancerCommand, paginateDescribeLoadBalancers, waitUntilAnyInstanceInService,
} from "@aws-sdk/client-elastic-load-balancing";

const client = new ElasticLoadBalancingClient({});
const instances = process.argv.slice(2).map((InstanceId) => ({ InstanceId }));
const told = {};
const lb = { LoadBalancerName: "js" };
const create = {
  ...lb,
  AvailabilityZones: ["PARTI00"],
  Listeners: [{ Protocol: "HTTP", LoadBalancerPort: 80, InstanceProtocol: "HTTP", InstancePort: 80 }],
};
const first = await client.send(new CreateLoadBalancerCommand(create));
const second = await client.send(new CreateLoadBalancerCommand(create));
told.same = first.DNSName === second.DNSName;
await client.send(new ConfigureHealthCheckCommand({
  ...lb,
  HealthCheck: { Target: "HTTP:80/health", Interval: 5, Timeout: 2, HealthyThreshold: 2, UnhealthyThreshold: 2 },
}));
const registered = await client.send(new RegisterInstancesWithLoadBalancerCommand({ ...lb, Instances: instances }));
told.registered = registered.Instances.length;
const waited = await waitUntilAnyInstanceInService(
  { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { ...lb, Instances: instances });
told.waited = waited.state;
const modified = await client.send(new ModifyLoadBalancerAttributesCommand({
  ...lb, LoadBalancerAttributes: { ConnectionSettings: { IdleTimeout: 90 } },
}));
told.idle = modified.LoadBalancerAttributes.ConnectionSettings.IdleTimeout;
await client.send(new AddTagsCommand({ LoadBalancerNames: ["js"], Tags: [{ Key: "a", Value: "b and c" }] }));
const tags = await client.send(new DescribeTagsCommand({ LoadBalancerNames: ["js"] }));
told.tags = tags.TagDescriptions[0].Tags;
told.names = [];
for await (const page of paginateDescribeLoadBalancers({ client, pageSize: 1 }, {})) {
  for (const balancer of page.LoadBalancerDescriptions) {
    told.names.push(balancer.LoadBalancerName);
    told.created = balancer.CreatedTime instanceof Date;
  }
}
try {
  await client.send(new CreateLoadBalancerCommand({ ...create, Listeners: [{ ...create.Listeners[0], LoadBalancerPort: 81 }] }));
} catch (error) {
  told.error = error.name;
}
await client.send(new DeleteLoadBalancerCommand(lb));
await client.send(new DeleteLoadBalancerCommand(lb));
console.log(JSON.stringify(told));
