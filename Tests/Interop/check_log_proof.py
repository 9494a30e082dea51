#!/usr/bin/env python3
"""Checks a C2SP tlog-proof without any of Assay's code: check_log_proof.py PROOF PUBLIC-KEY-PEM

1. the extra data is the entry: its leaf hash (RFC 6962) and the path lead to the checkpoint's root hash;
2. the checkpoint's signature (C2SP signed-note, ECDSA), by the openssl program.
Prints index, size and leaf hash, or what is wrong.
"""
import base64, hashlib, subprocess, sys, tempfile


def sha(data):
    return hashlib.sha256(data).digest()


def root(leaf, index, size, path):
    """RFC 9162 section 2.1.3.2."""
    first, last, hash = index, size - 1, leaf
    for node in path:
        assert last > 0, "the path is too long"
        if first % 2 or first == last:
            hash = sha(b"\x01" + node + hash)
            while first % 2 == 0 and first > 0:
                first, last = first >> 1, last >> 1
        else:
            hash = sha(b"\x01" + hash + node)
        first, last = first >> 1, last >> 1
    assert last == 0, "the path is too short"
    return hash


def check(proof, key):
    head, note = open(proof, "rb").read().split(b"\n\n", 1)
    lines = head.decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1" and lines[1].startswith("extra ") and lines[2].startswith("index ")
    entry, index = base64.b64decode(lines[1][6:]), int(lines[2][6:])
    text, signatures = note[: note.rindex(b"\n\n") + 1], note[note.rindex(b"\n\n") + 2 :]
    origin, size, wanted = text.decode().split("\n")[:3]
    leaf = sha(b"\x00" + entry)
    found = root(leaf, index, int(size), [base64.b64decode(line) for line in lines[3:]])
    assert found == base64.b64decode(wanted), "the path does not lead to the root hash"
    blob = base64.b64decode(signatures.decode().splitlines()[0].split(" ")[-1])
    with tempfile.NamedTemporaryFile() as file:
        file.write(blob[4:])
        file.flush()
        verified = subprocess.run(["openssl", "dgst", "-sha256", "-verify", key, "-signature", file.name],
                                  input=text, capture_output=True)
    assert verified.returncode == 0, "the checkpoint's signature does not verify"
    print("%s: entry %d of %s, leaf %s" % (origin, index, size, leaf.hex()))


if __name__ == "__main__":
    try:
        check(sys.argv[1], sys.argv[2])
    except (AssertionError, OSError, ValueError, IndexError) as error:
        sys.exit("%s: %s" % (sys.argv[1], error))
