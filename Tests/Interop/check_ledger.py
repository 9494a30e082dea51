#!/usr/bin/env python3
"""Checks an exported ledger without any of Assay's code: check_ledger.py FOLDER PUBLIC-KEY-PEM

1. the checkpoint's signature (C2SP signed-note, type 0x02), by the openssl program;
2. every leaf's hash against the level 0 tiles, every full tile against the level above (C2SP tlog-tiles);
3. the root hash over all leaves (RFC 6962) against the checkpoint.
Prints the size and the root, or what is wrong.
"""
import base64, hashlib, pathlib, subprocess, sys, tempfile


def sha(data):
    return hashlib.sha256(data).digest()


def tree(hashes):
    """RFC 6962 section 2.1, over leaf hashes; level by level, an odd one out rises."""
    if not hashes:
        return sha(b"")
    while len(hashes) > 1:
        paired = [sha(b"\x01" + hashes[i] + hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = paired + hashes[len(paired) * 2:]
    return hashes[0]


def name(index, width):
    parts = ["%03d" % (index % 1000)]
    while index >= 1000:
        index //= 1000
        parts.insert(0, "x%03d" % (index % 1000))
    return "/".join(parts) + ("" if width == 256 else ".p/%d" % width)


def tiles(count):
    for start in range(0, count, 256):
        width = min(256, count - start)
        yield start, width, name(start // 256, width)


def check(folder, key):
    note = (folder / "checkpoint").read_bytes()
    text, signatures = note[: note.rindex(b"\n\n") + 1], note[note.rindex(b"\n\n") + 2 :]
    origin, size, root = text.decode().split("\n")[:3]
    size, root = int(size), base64.b64decode(root)
    spki = subprocess.run(["openssl", "pkey", "-pubin", "-in", key, "-outform", "DER"], check=True,
                          capture_output=True).stdout
    blobs = [base64.b64decode(line.split(" ")[2]) for line in signatures.decode().splitlines()
             if line.split(" ")[1] == origin]
    blobs = [blob[4:] for blob in blobs if blob[:4] == sha(spki)[:4]]
    assert blobs, "the key did not sign the checkpoint"
    for blob in blobs:
        with tempfile.NamedTemporaryFile() as file:
            file.write(blob)
            file.flush()
            verified = subprocess.run(["openssl", "dgst", "-sha256", "-verify", key, "-signature", file.name],
                                      input=text, capture_output=True)
        assert verified.returncode == 0, "the checkpoint's signature does not verify"

    leaves, wanted = [], {pathlib.Path("checkpoint")}
    for start, width, path in tiles(size):
        bundle = (folder / "tile/entries" / path).read_bytes()
        wanted.add(pathlib.Path("tile/entries") / path)
        while bundle:
            length = int.from_bytes(bundle[:2], "big")
            assert len(bundle) >= 2 + length, "an entry is cut short"
            leaves.append(sha(b"\x00" + bundle[2 : 2 + length]))
            bundle = bundle[2 + length :]
        assert len(leaves) == start + width, "entries %s: wrong number" % path
    level, hashes = 0, leaves
    while hashes:
        for start, width, path in tiles(len(hashes)):
            wanted.add(pathlib.Path("tile") / str(level) / path)
            tile = (folder / "tile" / str(level) / path).read_bytes()
            assert tile == b"".join(hashes[start : start + width]), "tile %d/%s: wrong hashes" % (level, path)
        hashes = [tree(hashes[i : i + 256]) for i in range(0, len(hashes) - 255, 256)]
        level += 1
    found = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    assert found == wanted, "files that do not belong: %s" % sorted(found - wanted)
    assert tree(leaves) == root, "the leaves do not lead to the checkpoint's root hash"
    print("%s: %d leaves, root %s" % (origin, size, root.hex()))


if __name__ == "__main__":
    try:
        check(pathlib.Path(sys.argv[1]), sys.argv[2])
    except (AssertionError, OSError, ValueError, IndexError) as error:
        sys.exit("%s: %s" % (sys.argv[1], error))
