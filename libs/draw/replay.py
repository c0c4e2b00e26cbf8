#!/usr/bin/env python3
"""Replays the record of a public draw: python3 replay.py RECORD. Needs nothing but Python."""
import hashlib, sys

record = open(sys.argv[1], encoding="utf-8", newline="\n").read()
lines = [line.split("\t") for line in record.split("\n")[:-1]]
of = lambda kind: [line[1:] for line in lines if line[0] == kind]
name = of("algorithm")[0][0]
H = lambda data: hashlib.new({"SHA-256": "sha256", "SM3": "sm3"}[name], data).digest()
join = lambda *parts: b"\x1f".join(p if isinstance(p, bytes) else p.encode() for p in parts)


def root(leaves):  # RFC 6962, 2.1
    if not leaves:
        return H(b"")
    level = [H(b"\0" + leaf.encode()) for leaf in leaves]
    while len(level) > 1:
        pairs = [H(b"\1" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0].hex()


def expect(what, found, right):
    if found != right:
        sys.exit(f"{what}: the record says {found!r}, it should be {right!r}")


commit = lambda body, nonce: H(join("xiezhi-draw-commitment/1", body, nonce)).hex()
rules = ["draw", "algorithm", "office", "body", "deadlines", "public-source", "pool"]
text = "".join("\t".join(line) + "\n" for line in lines if line[0] in rules)
frozen = [root(["\t".join(s) for s in of("subject")]), root(["\t".join(o) for o in of("officer")]), H(text.encode()).hex()]
expect("frozen", of("frozen")[0], frozen)
for body, commitment, nonce in of("revealed"):
    expect(f"commitment of {body}", commitment, commit(body, nonce))
office, public = of("office-nonce")[0][0], of("public")[0][0]
expect("commitment of the office", of("office")[0][1], commit(of("office")[0][0], office))
nonces = [f"{body}={nonce}" for body, _, nonce in of("revealed")]
seed = H(join("xiezhi-draw-seed/1", *frozen, *nonces, public, office))
expect("seed", of("seed")[0][0], seed.hex())

pools, best = of("pool"), [[] for _ in of("pool")]
for subject, weight, inside in of("subject"):
    if inside:
        key = max(H(join(seed, subject, str(j))) for j in range(int(weight)))
        for pool in inside.split(","):
            best[int(pool)].append((key, subject))
winners = [[str(p), s] for p, keys in enumerate(best) for _, s in sorted(keys, reverse=True)[: int(pools[p][4])]]
expect("winners", of("winner"), winners)
rankings = []
for subject, body in sorted({(s, pools[int(p)][1]) for p, s in winners}):
    keys = sorted(((H(join(seed, "officer", subject, body, c)), c) for b, c in of("officer") if b == body), reverse=True)
    rankings.append([subject, body, ",".join(c for _, c in keys[:100])])
expect("rankings", of("ranking"), rankings)
print(f"{of('draw')[0][0]}: {len(winners)} winners, replayed")
