"""Attacks that reach for what is not theirs: processes, network, files, devices, limits."""

from __future__ import annotations

from attack import Attack, beside
from siege import ABSTRACT, OUCH, PORT

ATTACKS: list[Attack] = [
    # ------------------------------------------------------------- other processes
    beside(
        "kills-everybody",
        "SIGKILL for every process there is.",
        "import os, signal\n"
        "for number in (os.getppid(), 1, -1):\n"
        "    try:\n        os.kill(number, signal.SIGKILL)\n"
        "    except OSError:\n        pass",
    ),
    beside(
        "looks-at-processes",
        "Other processes are looked for, and their memory opened.",
        "import glob, os\n"
        "others = [p for p in os.listdir('/proc') if p.isdigit()]\n"
        f"if len(others) > 8: {OUCH}\n"
        "for path in glob.glob('/proc/[0-9]*/mem'):\n"
        "    pid = int(path.split('/')[2])\n"
        "    if b'grader.cli' in open(f'/proc/{pid}/cmdline', 'rb').read():\n"
        f"        {OUCH}",
    ),
    beside(
        "leaves-daemons",
        "A process in a session of its own, with another name, is to outlive the grading.",
        "import os, sys\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        os.closerange(0, 1000)\n"
        "        os.execve('/usr/bin/sleep', ['kworker', '999'], {})\n"
        "    os._exit(0)",
    ),
    # --------------------------------------------------------------------- network
    beside(
        "calls-the-host",
        "The host's own servers are called, by TCP and by an abstract Unix socket.",
        "import socket\n"
        f"for family, address in ((socket.AF_INET, ('127.0.0.1', {PORT})),\n"
        f"                        (socket.AF_UNIX, '\\0{ABSTRACT}')):\n"
        "    with socket.socket(family) as line:\n"
        "        line.settimeout(2)\n"
        f"        if line.connect_ex(address) == 0: {OUCH}",
    ),
    beside(
        "calls-the-internet",
        "An address outside is called, a name is resolved, a datagram is sent.",
        "import socket\n"
        "with socket.socket() as line:\n"
        "    line.settimeout(2)\n"
        f"    if line.connect_ex(('192.0.2.1', 80)) in (0, 11): {OUCH}\n"
        "with socket.socket(type=socket.SOCK_DGRAM) as line:\n"
        f"    if line.connect_ex(('192.0.2.1', 53)) == 0: {OUCH}\n"
        f"socket.getaddrinfo('example.org', 80); {OUCH}",
    ),
    beside(
        "unix-sockets",
        "Every socket file that can be found is connected to.",
        "import os, socket, stat\n"
        "own = os.path.dirname(__import__('builtins')._grader_serve._channel._socket"
        ".getpeername())\n"
        "for top in ('/run', '/var/run', '/tmp', '@HOME@', '/dev'):\n"
        "    for folder, _, names in os.walk(top):\n"
        "        for name in names:\n"
        "            path = os.path.join(folder, name)\n"
        "            if stat.S_ISSOCK(os.lstat(path).st_mode) and not path.startswith(own):\n"
        "                with socket.socket(socket.AF_UNIX) as line:\n"
        f"                    if line.connect_ex(path) == 0: {OUCH}",
    ),
    # ----------------------------------------------------------------------- files
    beside(
        "reads-the-home",
        "The teacher's keys are read.",
        "import os\n"
        "for name in ('.ssh/id_ed25519', '.netrc', '.bashrc', 'marks/grades.csv'):\n"
        "    for home in ('@HOME@', os.path.expanduser('~'), '/root'):\n"
        "        try:\n            raise ValueError(open(f'{home}/{name}').read())\n"
        "        except OSError:\n            pass\n"
        "secrets = [value for value in os.environ.values() if 'canary' in value]\n"
        "if secrets: raise ValueError(secrets)\n"
        "raise ValueError(open('/etc/shadow').read())",
    ),
    beside(
        "reads-other-submissions",
        "Other students' notebooks and results are looked for.",
        "import os, sys\n"
        "for top in ('@CLASS@', '/home', '/tmp', '/root'):\n"
        "    for folder, _, names in os.walk(top):\n"
        "        if folder.startswith((sys.prefix, sys.base_prefix)): continue\n"
        "        for name in names:\n"
        f"            if name.endswith(('.ipynb', 'grades.sqlite', '.grade.json')): {OUCH}",
    ),
    beside(
        "writes-everywhere",
        "Files are written into the home, the course, the class, the results, the system.",
        "import os, sys\n"
        "for folder in ('@HOME@', '@HOME@/.ssh', '@COURSE@/rubrics', '@CLASS@',\n"
        "               '@CLASS@/_grades', '/usr/bin', '/etc', '/grader', '/grader/kernel',\n"
        "               '/data', sys.prefix,\n"
        "               *filter(None, sys.path)):\n"
        "    try:\n        open(f'{folder}/owned.py', 'w').write('import os')\n"
        "    except OSError:\n        continue\n"
        "    if not folder.startswith((os.path.expanduser('~'), '/tmp')):\n"
        f"        {OUCH}",
    ),
    beside(
        "links-out-of-the-room",
        "Links to the teacher's home, in locked folders, wait for whoever cleans up.",
        "import os\n"
        "room = os.path.dirname(__import__('builtins')._grader_serve._channel._socket"
        ".getpeername())\n"
        "os.makedirs(f'{room}/a/b')\n"
        "for number, goal in enumerate(('@HOME@', '@HOME@/.bashrc', '@CLASS@', '/etc')):\n"
        "    os.symlink(goal, f'{room}/{number}')\n"
        "    os.symlink(goal, f'{room}/a/b/{number}')\n"
        "os.chmod(f'{room}/a/b', 0)\n"
        "os.chmod(f'{room}/a', 0)",
    ),
    beside(
        "hard-links",
        "Files of the system are linked into the room, where they would be made writable.",
        "import os\n"
        "room = os.path.dirname(__import__('builtins')._grader_serve._channel._socket"
        ".getpeername())\n"
        "paths = ('/usr/bin/env', '/grader/kernel/wire.py', '@HOME@/.netrc')\n"
        "for number, path in enumerate(paths):\n"
        "    try:\n        os.link(path, f'{room}/{number}')\n"
        "    except OSError:\n        continue\n"
        f"    {OUCH}",
    ),
    beside(
        "device-files",
        "Disks, memory and terminals are opened, and new device files made.",
        "import os, stat\n"
        "for name in ('mem', 'kmem', 'sda', 'vda', 'nvme0n1', 'kvm', 'fuse', 'tty', 'port'):\n"
        "    try:\n        os.open(f'/dev/{name}', os.O_RDWR)\n"
        "    except OSError:\n        continue\n"
        f"    {OUCH}\n"
        "os.chdir(os.path.expanduser('~'))\n"
        f"os.mknod('disk', stat.S_IFBLK | 0o666, os.makedev(8, 0)); {OUCH}",
    ),
    beside(
        "raises-its-limits",
        "The limits on file sizes and core dumps are raised, and the priority too.",
        "import os, resource\n"
        "for kind, value in ((resource.RLIMIT_FSIZE, 2 ** 40), (resource.RLIMIT_CORE, 2 ** 30)):\n"
        "    try:\n        resource.setrlimit(kind, (value, value))\n"
        "    except (OSError, ValueError):\n        continue\n"
        f"    {OUCH}\n"
        f"os.nice(-5); {OUCH}",
    ),
    beside(
        "dumps-core",
        "The kernel aborts, and wants its memory written to the disk.",
        "import os\nos.chdir(os.path.expanduser('~'))\nos.abort()",
    ),
]
