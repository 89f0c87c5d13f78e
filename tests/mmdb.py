"""Writes small MaxMind DB files (https://maxmind.github.io/MaxMind-DB/) for tests."""
import ipaddress
import struct


def encode(value):
    if isinstance(value, str):
        data = value.encode()
        return control(2, len(data)) + data
    if isinstance(value, dict):
        return control(7, len(value)) + b"".join(encode(k) + encode(v) for k, v in value.items())
    if isinstance(value, list):
        return control(11, len(value)) + b"".join(map(encode, value))
    if isinstance(value, tuple):  # (type, number)
        kind, number = value
        data = number.to_bytes(8, "big").lstrip(b"\0")
        return control(kind, len(data)) + data
    raise TypeError(value)


def control(kind, size):
    assert size < 285
    first = size if size < 29 else 29
    extended = bytes([kind - 7]) if kind > 7 else b""
    return bytes([(kind << 5 if kind <= 7 else 0) | first]) + extended + (bytes([size - 29]) if first == 29 else b"")


UINT16, UINT32, UINT64 = 5, 6, 9


def entry(value, layout):
    if isinstance(value, dict):
        return value
    return {"country": {"iso_code": value}} if layout == "nested" else {"country_code": value}


def write(path, networks, layout="nested", record_bits=28, ip_version=6):
    """networks: {"192.0.2.0/24": "AT"}, or a whole entry for AT; layout: nested {country: {iso_code}} or flat {country_code}."""
    tree, data, offsets = [[None, None]], b"", {}
    width = 128 if ip_version == 6 else 32
    for network, value in networks.items():
        net = ipaddress.ip_network(network)
        bits, length, encoded = int(net.network_address), net.prefixlen + width - net.max_prefixlen, encode(entry(value, layout))
        if encoded not in offsets:
            offsets[encoded] = len(data)
            data += encoded
        node = 0
        for i in range(length):
            bit = (bits >> (width - 1 - i)) & 1
            if i == length - 1:
                tree[node][bit] = ("data", offsets[encoded])
            else:
                if not isinstance(tree[node][bit], int):
                    tree.append([None, None])
                    tree[node][bit] = len(tree) - 1
                node = tree[node][bit]
    count = len(tree)

    def record(to):
        if to is None:
            return count
        return to if isinstance(to, int) else count + 16 + to[1]
    nodes = b""
    for left, right in tree:
        a, b = record(left), record(right)
        if record_bits == 24:
            nodes += a.to_bytes(3, "big") + b.to_bytes(3, "big")
        elif record_bits == 28:
            nodes += (a & 0xffffff).to_bytes(3, "big") + bytes([(a >> 24) << 4 | b >> 24]) + (b & 0xffffff).to_bytes(3, "big")
        else:
            nodes += struct.pack(">II", a, b)
    metadata = {"node_count": (UINT32, count), "record_size": (UINT16, record_bits), "ip_version": (UINT16, ip_version),
                "database_type": "Test-Country", "languages": ["en"], "binary_format_major_version": (UINT16, 2),
                "binary_format_minor_version": (UINT16, 0), "build_epoch": (UINT64, 1700000000),
                "description": {"en": "test"}}
    with open(path, "wb") as f:
        f.write(nodes + b"\0" * 16 + data + b"\xab\xcd\xefMaxMind.com" + encode(metadata))
