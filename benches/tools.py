#!/usr/bin/env python3
"""The tools beside curl, and the local cloud's start-up and size. Needs Python 3, curl with --aws-sigv4, and the release binary.

    cargo build --release && python3 benches/tools.py [--runs 41] [--eulb target/release/eulb]

Each round runs every command once, in turn, against one local cloud on loopback; figures are medians over the rounds of
whole processes: wall time from fork to exit, and the CPU time that the system accounted (wait4)."""
import argparse, os, shlex, statistics, subprocess, sys, tempfile, time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--runs", type=int, default=41)
parser.add_argument("--eulb", default="target/release/eulb")
options = parser.parse_args()
eulb = os.path.abspath(options.eulb)
nowhere = open(os.devnull, "r+b")


def timed(argv, environment):
    begun = time.perf_counter()
    child = subprocess.Popen(argv, env=environment, stdin=nowhere, stdout=nowhere, stderr=subprocess.PIPE)
    told = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{argv[0]} failed: {told.decode()}")
    return wall * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3


def resident(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024


with tempfile.TemporaryDirectory() as directory:
    base = {"PATH": os.environ["PATH"], "HOME": directory, "EULB_DATA_DIR": directory + "/data"}
    start = [eulb, "local", "start", "--detach", "--listen", "127.0.0.1:0"]
    stop = lambda: subprocess.run([eulb, "local", "stop"], env=base, check=True, stdout=subprocess.DEVNULL)
    starts = []
    for _ in range(9):
        starts.append(timed(start, base)[0])
        stop()
    subprocess.run(start, env=base, check=True, stdout=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        size = resident(int(open(directory + "/data/eulb.pid").read().split()[0]))
        exports = subprocess.run([eulb, "local", "env"], env=base, check=True, capture_output=True, text=True).stdout
        variables = dict(word.split("=", 1) for line in exports.splitlines() if line.startswith("export ") for word in shlex.split(line)[1:])
        environment = base | variables
        subprocess.run([eulb, "create-lb", "-z", "PARTI00", "-l", "lb-port=80,protocol=HTTP,instance-port=80", "web"], env=environment, check=True, stdout=subprocess.DEVNULL)
        key = f"{variables['AWS_ACCESS_KEY']}:{variables['AWS_SECRET_KEY']}"
        commands = {
            "eulb-describe-lbs": [eulb, "describe-lbs"],
            "curl, the same signed POST": ["curl", "-sS", "--fail", "--aws-sigv4", "aws:amz:eucalyptus:elasticloadbalancing", "--user", key,
                "-d", "Action=DescribeLoadBalancers&Version=2012-06-01", variables["AWS_ELB_URL"]],
            "eulb-describe-lbs --help": [eulb, "describe-lbs", "--help"],
        }
        runs = {name: [] for name in commands}
        for number in range(options.runs + 2):
            for name, argv in commands.items():
                run = timed(argv, environment)
                if number >= 2:  # two rounds to warm up
                    runs[name].append(run)
        print(f"| command | wall ms, median (min..max) | CPU ms, median |\n|---|---:|---:|")
        for name, rows in runs.items():
            wall, cpu = zip(*rows)
            print(f"| {name} | {statistics.median(wall):.2f} ({min(wall):.2f}..{max(wall):.2f}) | {statistics.median(cpu):.2f} |")
        pairs = [a[0] / b[0] for a, b in zip(runs["eulb-describe-lbs"], runs["curl, the same signed POST"])]
        print(f"\neulb-describe-lbs beside curl, wall time, median of the rounds' ratios: {statistics.median(pairs):.2f}")
        print(f"local cloud: ready and detached after {statistics.median(starts):.0f} ms (median of {len(starts)}), resident when idle {size:.1f} MB")
    finally:
        stop()
