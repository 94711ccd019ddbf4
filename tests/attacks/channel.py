"""Attacks on the way back: frames, headers, pickles, messages, and what is shown of them."""

from __future__ import annotations

from attack import Attack, beside, spoiled

LINE = (
    "import struct, time\n"
    "channel = __import__('builtins')._grader_serve._channel\n"
    "def say(data):\n    channel._socket.sendall(data)\n    time.sleep(60)\n"
)
SCRIPT = "<script>window.owned = 1</script><img src=x onerror=window.owned=1>"
ESCAPES = r"\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b2J\x1b]8;;http://evil\x07link"

ATTACKS: list[Attack] = [
    spoiled(
        "endless-frame",
        "A frame says that it is longer than all disks.",
        "double",
        f"{LINE}say(struct.pack('>Q', 2 ** 62))",
        says="",
    ),
    spoiled(
        "pickled-frame",
        "A pickle comes where a frame was expected.",
        "double",
        f"{LINE}import os, pickle\n"
        "class Bomb:\n    def __reduce__(self): return os.system, ('touch @HOME@/pwned',)\n"
        "data = pickle.dumps(Bomb())\nsay(struct.pack('>Q', len(data)) + data)",
    ),
    spoiled(
        "pickled-array",
        "An array of objects comes, written out by hand, with a pickle for its elements.",
        "double",
        f"{LINE}import json, os, pickle\n"
        "class Bomb:\n    def __reduce__(self): return os.system, ('touch @HOME@/pwned',)\n"
        "bomb = pickle.dumps(np.array([Bomb()], dtype=object))\n"
        "bomb += bytes(-len(bomb) % 8)\n"
        "shape = f'({len(bomb) // 8},)'\n"
        "text = f\"{{'descr': '|O', 'fortran_order': False, 'shape': {shape}}}\".encode()\n"
        "npy = b'\\x93NUMPY\\x01\\x00' + struct.pack('<H', len(text)) + text + bomb\n"
        "head = json.dumps({'tree': {'$': 'dict', 'v': {'final': True, 'x': "
        "{'$': 'tensor', 'a': 0}}}, 'sizes': [len(npy)]}).encode()\n"
        "body = struct.pack('>I', len(head)) + head + npy\n"
        "say(struct.pack('>Q', len(body)) + body)",
    ),
    spoiled(
        "huge-npy-header",
        "An array's header promises a terabyte.",
        "double",
        f"{LINE}import io, json\n"
        "stream = io.BytesIO()\n"
        "np.lib.format.write_array_header_1_0(stream, "
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2 ** 30, 2 ** 7)})\n"
        "npy = stream.getvalue() + bytes(8)\n"
        "head = json.dumps({'tree': {'$': 'dict', 'v': {'final': True, 'x': "
        "{'$': 'tensor', 'a': 0}}}, 'sizes': [len(npy)]}).encode()\n"
        "body = struct.pack('>I', len(head)) + head + npy\n"
        "say(struct.pack('>Q', len(body)) + body)",
    ),
    spoiled(
        "evaluated-npy-header",
        "An array's header is an expression, and not a small one.",
        "double",
        f"{LINE}import json\n"
        "text = b\"{'descr': '<f8', 'fortran_order': False, 'shape': (\" + b'-' * 3000 + b'1,)}\"\n"
        "npy = b'\\x93NUMPY\\x01\\x00' + struct.pack('<H', len(text)) + text\n"
        "head = json.dumps({'tree': {'$': 'dict', 'v': {'final': True, 'x': "
        "{'$': 'tensor', 'a': 0}}}, 'sizes': [len(npy)]}).encode()\n"
        "body = struct.pack('>I', len(head)) + head + npy\n"
        "say(struct.pack('>Q', len(body)) + body)",
    ),
    spoiled(
        "deep-frame",
        "A frame of JSON that is nested a hundred thousand times.",
        "double",
        f"{LINE}head = b'[' * 100_000 + b']' * 100_000\n"
        "body = struct.pack('>I', len(head)) + head\n"
        "say(struct.pack('>Q', len(body)) + body)",
    ),
    spoiled(
        "half-a-frame",
        "A frame stops in the middle.",
        "double",
        f"{LINE}say(struct.pack('>Q', 1000) + b'x' * 10)",
    ),
    spoiled(
        "hangs-up",
        "The channel is closed from within.",
        "double",
        f"{LINE}channel._socket.close()\ntime.sleep(60)",
    ),
    spoiled(
        "huge-weights",
        "Half a gigabyte of bytes comes back as weights, to be measured in eight times as much.",
        "weights",
        "import sys\n"
        "sys.modules['kernel.probes'].MAX_BYTES = 2 ** 40\n"
        "return [np.zeros((2 ** 14, 12 * 2 ** 10), np.float16)]",
    ),
    beside(
        "odd-answers",
        "Every field of an answer has a wrong type.",
        "import sys\n"
        "probes = sys.modules['kernel.serve'].probes\n"
        "honest = probes.call\n"
        "def odd(recorder, request):\n"
        "    if request['target']['name'] != 'double':\n"
        "        return honest(recorder, request)\n"
        "    return {'answers': [7, None,\n"
        "            {'case': [], 'value': 5, 'printed': {}, 'seconds': 'x'},\n"
        "            {'case': 'numbers 0', 'value': {'value': {'type': ['x'] * 1000}}},\n"
        "            {'case': 'numbers 1', 'fault': {'kind': 7, 'message': [], 'line': -1}},\n"
        "            {'case': 'numbers 2', 'fault': 'passed', 'value': {}}],\n"
        "            'found': {'a': 1}, 'cell': 'x'}\n"
        "probes.call = odd",
        touches="double",
    ),
    beside(
        "forged-markup",
        "Scripts are printed, displayed, raised, and set as metadata.",
        "from IPython.display import display, HTML, SVG, Image, Markdown\n"
        f"text = {SCRIPT!r}\n"
        "print(text)\n"
        "display(HTML(text), Markdown(text), SVG(data='<svg onload=\"window.owned=1\"></svg>'))\n"
        "display({'image/png': text, 'text/html': text, 'text/plain': text}, raw=True,\n"
        "        metadata={'image/png': {'width': text}})\n"
        "raise type(text, (Exception,), {})(text)",
    ),
    spoiled(
        "markup-in-a-reason",
        "An exception's message is a script, and the reason quotes it.",
        "double",
        f"raise ValueError({SCRIPT!r} + ']]></style>{{{{ 7 * 7 }}}}')",
        says="ValueError",
    ),
    beside(
        "terminal-escapes",
        "Escape sequences that rewrite a terminal's screen, title and links are printed.",
        f"print('{ESCAPES}')\nraise ValueError('{ESCAPES}')",
    ),
    spoiled(
        "escapes-in-a-reason",
        "A reason holds escape sequences and direction overrides.",
        "double",
        f"raise ValueError('{ESCAPES}\\u202egnp.exe\\u202c')",
        says="ValueError",
    ),
    spoiled(
        "hostile-exception",
        "An exception whose text, class and traceback raise further ones.",
        "double",
        "class Meta(type):\n    @property\n    def __name__(cls): raise SystemExit\n"
        "class Mean(BaseException, metaclass=Meta):\n"
        "    def __str__(self): raise KeyboardInterrupt\n"
        "    __repr__ = __format__ = __str__\n"
        "raise Mean",
    ),
    spoiled(
        "megabytes-of-reason",
        "An exception's message is as long as a library.",
        "double",
        "raise ValueError('x' * 2 ** 26)",
        says="ValueError",
    ),
]
