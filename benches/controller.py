#!/usr/bin/env python3
"""The controller: CPU per request and requests per second, at several numbers of load balancers.

    cargo build --release && python3 benches/controller.py [--sizes 10,1000,10000] [--ephemeral] [--moto]

A cloud is started in a temporary directory and filled by `eulb local import`; the load balancers have
no servos, since it is the controller that is measured. Requests are signed before the clock runs and
sent by 16 keep-alive clients. With --ephemeral nothing is written to the disk: what a change costs
apart from it. CPU time is that of all threads of the server, from /proc. With --moto
the same is asked of moto's server, if `moto_server` is on PATH, in turn with ours.
"""
import argparse, datetime, hashlib, hmac, json, os, re, shutil, socket, statistics, subprocess, sys
import tempfile, threading, time, urllib.parse

SERVICE = "elasticloadbalancing"
CLIENTS = 16


def sign(key, secret, host, form, now):
    """A signed POST, as bytes."""
    def mac(key, text):
        return hmac.new(key, text.encode(), hashlib.sha256).digest()
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    body = urllib.parse.urlencode(form)
    kind = "application/x-www-form-urlencoded; charset=utf-8"
    headers = f"content-type:{kind}\nhost:{host}\nx-amz-date:{stamp}\n"
    names = "content-type;host;x-amz-date"
    digest = hashlib.sha256(body.encode()).hexdigest()
    canonical = f"POST\n/\n\n{headers}\n{names}\n{digest}"
    scope = f"{day}/us-east-1/{SERVICE}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    derived = mac(mac(mac(mac(f"AWS4{secret}".encode(), day), "us-east-1"), SERVICE), "aws4_request")
    signature = hmac.new(derived, text.encode(), hashlib.sha256).hexdigest()
    return (f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nX-Amz-Date: {stamp}\r\n"
            f"Authorization: AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, "
            f"Signature={signature}\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()


def exchange(stream, request):
    """Sends a request and reads the whole answer; returns its status, and whether the server closes."""
    stream.sendall(request)
    data = b""
    while b"\r\n\r\n" not in data:
        part = stream.recv(1 << 18)
        if not part:
            raise SystemExit("the server closed a connection")
        data += part
    head, rest = data.split(b"\r\n\r\n", 1)
    length = int(re.search(rb"(?i)content-length: *(\d+)", head).group(1))
    left = length - len(rest)
    while left > 0:
        part = stream.recv(min(left, 1 << 18))
        if not part:
            raise SystemExit("an answer broke off")
        left -= len(part)
    return int(head[9:12]), b"connection: close" in head.lower()


def cpu(pid):
    """Nanoseconds of CPU of all threads of a process."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            total += int(open(f"/proc/{pid}/task/{task}/schedstat").read().split()[0])
        except OSError:
            pass  # It ended meanwhile.
    # In steps of 10 ms, but with the threads that have ended: moto has one for each connection.
    ticks = sum(map(int, open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[11:13]))
    return max(total, ticks * 10_000_000)


def resident(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1)) / 1024


class Server:
    """Somebody who answers, and how to be somebody there."""

    def __init__(self, pid, port, key, secret):
        self.pid, self.port, self.key, self.secret = pid, port, key, secret

    def request(self, action, **form):
        now = datetime.datetime.now(datetime.timezone.utc)
        form = {"Action": action, "Version": "2012-06-01", **form}
        return sign(self.key, self.secret, f"127.0.0.1:{self.port}", form, now)

    def measure(self, batches):
        """CPU milliseconds per request, requests per second, p99 in milliseconds."""
        connect = lambda: socket.create_connection(("127.0.0.1", self.port))
        streams = [connect() for _ in batches]
        times, statuses = [], set()
        exchange(connect(), self.request("DescribeLoadBalancerPolicyTypes"))
        def run(stream, batch):
            for request in batch:
                began = time.perf_counter()
                status, closes = exchange(stream, request)
                if closes:
                    stream.close()
                    stream = connect()
                times.append(time.perf_counter() - began)
                statuses.add(status)
        threads = [threading.Thread(target=run, args=pair) for pair in zip(streams, batches)]
        before, began = cpu(self.pid), time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        spent, wall = cpu(self.pid) - before, time.perf_counter() - began
        for stream in streams:
            stream.close()
        if statuses != {200}:
            raise SystemExit(f"statuses {statuses}")
        count = len(times)
        return spent / count / 1e6, count / wall, statistics.quantiles(times, n=100)[98] * 1e3


def start(eulb, folder, *options):
    run = lambda *line: subprocess.run([eulb, *line], check=True, capture_output=True, text=True).stdout
    place = ["--data-dir", os.path.join(folder, "cloud")]
    began = time.perf_counter()
    run("local", "start", "--detach", "--listen", "127.0.0.1:0", "--release", "aws",
        "--servo-cidr", "127.141.0.0/16", "--instance-cidr", "127.142.0.0/16", *options, *place)
    ready = time.perf_counter() - began
    env = dict(re.findall(r"export (\w+)='(.*)'", run("local", "env", *place)))
    port = int(re.search(r":(\d+)/", env["AWS_ELB_URL"]).group(1))
    status = json.loads(run("local", "status", "--json", *place))
    server = Server(status["process_id"], port, env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"])
    return server, run, place, ready


def fill(run, place, folder, server, size):
    """Gives the cloud so many load balancers, without servos."""
    stream = socket.create_connection(("127.0.0.1", server.port))
    listener = {"Listeners.member.1.Protocol": "HTTP", "Listeners.member.1.LoadBalancerPort": "80",
                "Listeners.member.1.InstancePort": "80", "AvailabilityZones.member.1": "PARTI00"}
    exchange(stream, server.request("CreateLoadBalancer", LoadBalancerName="template", **listener))
    document = json.loads(run("local", "export", "--secrets", *place))
    balancers = document["tables"]["balancers"]
    template = next(row for row in balancers.values() if row["name"] == "template")
    document["tables"]["balancers"] = {}
    for number in range(size):
        name = f"lb-{number:06d}"
        row = {**template, "name": name, "servos": {}}
        document["tables"]["balancers"][f"{template['account']}/{name}"] = row
    path = os.path.join(folder, "state.json")
    json.dump(document, open(path, "w"))
    run("local", "import", "--replace", path, *place)
    os.remove(path)
    return listener


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="10,1000,10000")
    parser.add_argument("--requests", type=int, default=1600)
    parser.add_argument("--eulb", default="target/release/eulb")
    parser.add_argument("--ephemeral", action="store_true")
    parser.add_argument("--moto", action="store_true")
    arguments = parser.parse_args()
    print("| load balancers | request | CPU ms | requests/s | p99 ms |\n|---:|---|---:|---:|---:|")
    for size in map(int, arguments.sizes.split(",")):
        folder = tempfile.mkdtemp()
        options = ["--ephemeral"] if arguments.ephemeral else []
        server, run, place, ready = start(arguments.eulb, folder, *options)
        try:
            idle = resident(server.pid)
            listener = fill(run, place, folder, server, size)
            run("instance", "add", "i-1DF9440E", "--address", "127.0.0.1", *place)
            each = arguments.requests // CLIENTS
            def batches(make, each=each):
                return [[make(client, number) for number in range(each)] for client in range(CLIENTS)]
            kinds = [
                # Pages of 400 are megabytes; a short one takes microseconds, and a few would measure the
                # first touch of memory.
                ("describe a page", lambda c, n: server.request("DescribeLoadBalancers"),
                 each if size <= 10 else min(each, 40)),
                ("describe one", lambda c, n: server.request(
                    "DescribeLoadBalancers", **{"LoadBalancerNames.member.1": "lb-000005"}), each),
                ("create", lambda c, n: server.request(
                    "CreateLoadBalancer", LoadBalancerName=f"new-{c}-{n}", **listener), each // 4),
                ("register", lambda c, n: server.request(
                    "RegisterInstancesWithLoadBalancer", **{"LoadBalancerName": f"new-{c}-{n}",
                        "Instances.member.1.InstanceId": "i-1DF9440E"}), each // 4),
            ]
            for name, make, count in kinds:
                used, rate, p99 = server.measure(batches(make, count))
                print(f"| {size} | {name} | {used:.3f} | {rate:.0f} | {p99:.1f} |", flush=True)
            full = resident(server.pid)
            run("local", "stop", *place)
            if arguments.ephemeral:
                print(f"\n{idle:.1f} MB idle, {full:.1f} MB afterwards\n", flush=True)
                continue
            other, _, _, again = start(arguments.eulb, folder)
            print(f"\nready after {ready*1e3:.0f} ms empty, {again*1e3:.0f} ms full; {idle:.1f} MB idle, "
                  f"{full:.1f} MB afterwards, {resident(other.pid):.1f} MB started again\n", flush=True)
        finally:
            subprocess.run([arguments.eulb, "local", "stop", *place], capture_output=True)
            shutil.rmtree(folder, ignore_errors=True)
    if arguments.moto:
        moto(arguments)


def moto(arguments):
    """The same requests to moto's server, which checks no signature."""
    program = shutil.which("moto_server")
    if not program:
        print("moto_server is not on PATH", file=sys.stderr)
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([program, "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        server = Server(process.pid, port, "AKIDEXAMPLE", "secret")
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        listener = {"Listeners.member.1.Protocol": "HTTP", "Listeners.member.1.LoadBalancerPort": "80",
                    "Listeners.member.1.InstancePort": "80", "AvailabilityZones.member.1": "us-east-1a"}
        made = [[server.request("CreateLoadBalancer", LoadBalancerName=f"lb-{n:06d}", **listener) for n in range(10)]]
        print(f"| moto, 10 | create | {server.measure(made)[0]:.3f} | | |")
        describe = [[server.request("DescribeLoadBalancers") for _ in range(50)]]
        print(f"| moto, 10 | describe a page | {server.measure(describe)[0]:.3f} | | |")
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
