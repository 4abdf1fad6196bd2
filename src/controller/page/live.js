"use strict";
// Renews the numbers every second and draws requests per second of each load balancer.
// Texts are only ever set as text, never as markup.
const SECONDS = 120;
const histories = new Map();
let before = null;

const byId = (id) => document.getElementById(id);
const make = (name, text, kind) => {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  if (kind) element.className = kind;
  return element;
};
const number = (value) => value < 10 ? value.toFixed(1) : Math.round(value).toString();

// The latency that a share of all did not exceed, in milliseconds.
function quantile(histogram, share) {
  const total = [...histogram.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return "-";
  const rank = Math.max(1, Math.ceil(share * total));
  let passed = 0;
  for (const [end, count] of [...histogram].sort((a, b) => a[0] - b[0])) {
    passed += count;
    if (passed >= rank) return (end / 1000).toFixed(2) + " ms";
  }
  return "-";
}

const listenerKey = (listener) => [listener.servo, listener.port, listener.opening].join("/");

// What was counted since the reading before, per second.
function rates(listeners, earlier, seconds) {
  const sum = { requests: 0, errors: 0, latency: new Map() };
  for (const listener of listeners) {
    const old = earlier.get(listenerKey(listener));
    const since = (name) => listener.counts[name] - (old ? old.counts[name] : 0);
    sum.requests += since("requests") / seconds;
    sum.errors += (since("own_5xx") + since("instance_5xx")) / seconds;
    const past = new Map(old ? old.latency : []);
    for (const [end, count] of listener.latency) {
      sum.latency.set(end, (sum.latency.get(end) || 0) + count - (past.get(end) || 0));
    }
  }
  return sum;
}

function curve(history) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", `0 0 ${SECONDS} 100`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  const most = Math.max(1, ...history);
  svg.setAttribute("aria-label", `requests per second, ${number(most)} at most`);
  const line = document.createElementNS(space, "polyline");
  const first = SECONDS - history.length;
  line.setAttribute("points",
    history.map((value, at) => `${first + at},${98 - 95 * value / most}`).join(" "));
  svg.append(line);
  return svg;
}

function table(head, rows, kind) {
  const element = make("table", undefined, kind);
  const first = make("tr");
  first.append(...head.map((title) => make("th", title)));
  element.append(first);
  for (const row of rows) {
    const line = make("tr");
    line.append(...row.map(([text, state]) => make("td", text, state)));
    element.append(line);
  }
  return element;
}

function section(balancer, data, earlier, seconds) {
  const key = balancer.account + "/" + balancer.name;
  const own = data.traffic.listeners.filter((listener) =>
    listener.balancer.account === balancer.account && listener.balancer.name === balancer.name);
  const now = rates(own, earlier, seconds);
  const history = histories.get(key) || [];
  histories.set(key, history);
  history.push(now.requests);
  if (history.length > SECONDS) history.shift();
  const element = make("section", undefined, "balancer");
  element.dataset.account = balancer.account;
  element.dataset.name = balancer.name;
  const service = make("p");
  service.append(
    make("span", `${balancer.in_service} of ${balancer.registered} instances in service`, "service"),
    " \u00b7 ",
    make("span", `${number(now.requests)} requests/s, ${number(now.errors)} answers of 5xx/s, ` +
      `p50 ${quantile(now.latency, 0.5)}, p99 ${quantile(now.latency, 0.99)}`, "counts"));
  element.append(make("h2", balancer.name),
    make("p", `account ${balancer.account} \u00b7 ${balancer.dns_name}`), service, curve(history),
    table(["servo", "zone", "address", "state", "listeners"], balancer.servos.map((servo) => [
      [servo.id], [servo.zone], [servo.address], [servo.state, servo.state],
      [servo.listeners.map((of) => `${of.protocol} ${of.port}` + (of.error ? `: ${of.error}` : ""))
        .join(", ")]])),
    table(["instance", "zone", "state", "last check"], balancer.instances.map((of) => [
      [of.id], [of.zone], [of.state, of.state], [of.checked || of.description || ""]]),
    "instances"));
  return element;
}

function show(data) {
  const earlier = new Map();
  if (before) for (const of of before.traffic.listeners) earlier.set(listenerKey(of), of);
  else for (const of of data.traffic.listeners) earlier.set(listenerKey(of), of);
  const passed = before ? data.at - before.at : 1000;
  const seconds = Math.max(passed, 1) / 1000;
  const all = rates(data.traffic.listeners, earlier, seconds);
  byId("revision").textContent = data.status.revision;
  byId("instances").textContent = data.status.instances;
  byId("requests").textContent = number(all.requests) + "/s";
  byId("errors").textContent = number(all.errors) + "/s";
  byId("p50").textContent = quantile(all.latency, 0.5);
  byId("p99").textContent = quantile(all.latency, 0.99);
  const sections = data.status.balancers.map((of) => section(of, data, earlier, seconds));
  byId("balancers").replaceChildren(
    ...(sections.length ? sections : [make("p", "There is no load balancer.")]));
  byId("live").textContent = "live";
  before = data;
}

async function renew() {
  try {
    const answer = await fetch("/_eulb/web/data", { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.status === 401
      ? "this session has ended; make another link with: eulb local status --web"
      : `status ${answer.status}`);
    const data = await answer.json();
    data.at = performance.now();
    if (!document.hidden || !before) show(data);
  } catch (error) {
    byId("live").textContent = "not live: " + error.message;
  }
  setTimeout(renew, 1000);
}

renew();
