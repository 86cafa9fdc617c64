#!/usr/bin/env python3
"""Sends one signal to Truebook, signed, until it is durably accepted, and prints what became of it.

Nothing but the standard library (Python 3.9 or newer). Run it:

    python3 send_signal.py --url http://127.0.0.1:8700 --key trend-desk --secret-file secrets/trend-desk signal.json

or import `send_signal` into a strategy. `--key` is the name of the sender under `http.signal_tokens` of the configuration, the secret
the content of its `hmac_secret_file`. A signal is known by its source and signal_id: sending it again, after a timeout or from another
process, changes nothing and answers with the first outcome. So everything that may have been lost is simply sent again.
"""

import argparse
import hashlib
import hmac
import http.client
import json
import os
import ssl
import sys
import time
import urllib.parse
import uuid

ATTEMPTS = 8
TIMEOUT_S = 10.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0


class Refused(Exception):
    """Truebook read the request and will not take it. Sending it again cannot help."""


class Unavailable(Exception):
    """No usable answer. The signal may have been accepted: send the very same one again later."""


def sign(secret, timestamp_ms, method, path, body):
    """The signature of a request: HMAC-SHA256 over version, time, method, path and the body's digest.

    `path` is what stands on the request line, query included; `body` are the bytes as they are sent.
    """
    digest = hashlib.sha256(body).hexdigest()
    text = "\n".join(["v1", str(timestamp_ms), method, path, digest])
    return "v1=" + hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def send_signal(url, key, secret, signal, attempts=ATTEMPTS):
    """Sends a signal (a dict) until it is accepted; answers (repeated, answer). Raises Refused or Unavailable."""
    status, answer = _call(url, key, secret, "POST", "/v1/signals", _bytes_of(signal), attempts)
    return status == 200, answer


def read_outcome(url, key, secret, signal_key, attempts=ATTEMPTS):
    """What became of a signal, for each account: pending, done, denied or nothing-to-do."""
    path = "/v1/signals/" + urllib.parse.quote(signal_key, safe="")
    return _call(url, key, secret, "GET", path, b"", attempts)[1]


def wait_for_outcome(url, key, secret, answer, wait_s):
    """Asks until no account is pending any more, or the time is over; answers what was seen last."""
    deadline = time.monotonic() + wait_s
    while any(account["status"] == "pending" for account in answer["accounts"]):
        if time.monotonic() >= deadline:
            break
        time.sleep(0.25)
        answer = read_outcome(url, key, secret, answer["signal_key"])
    return answer


def _bytes_of(signal):
    # Signed are these bytes, so they are made once and sent as they are.
    return json.dumps(signal, ensure_ascii=False, separators=(",", ":")).encode()


def _call(url, key, secret, method, path, body, attempts):
    base = urllib.parse.urlsplit(url)
    if base.scheme not in ("http", "https") or not base.hostname or base.password:
        raise ValueError("expected an address such as http://127.0.0.1:8700, without a password")
    pause = FIRST_PAUSE_S
    seen = "nothing"
    for attempt in range(1, attempts + 1):
        after = pause
        try:
            status, headers, answer = _once(base, key, secret, method, path, body)
        except (OSError, http.client.HTTPException) as error:
            # Nobody knows whether it arrived: it is sent again, and meets itself if it did.
            seen = f"{type(error).__name__}: {error}"
        else:
            if status in (200, 202) and isinstance(answer, dict):
                return status, answer
            seen = f"{status} {_message_of(answer)}"
            if status != 429 and status < 500 and status not in (200, 202):
                raise Refused(seen)
            after = max(pause, _seconds_of(headers.get("retry-after")))
        if attempt < attempts:
            time.sleep(min(after, 60.0))
        pause = min(pause * 2, LONGEST_PAUSE_S)
    raise Unavailable(f"expected an answer of {base.scheme}://{base.netloc} in {attempts} attempts, last saw {seen}")


def _once(base, key, secret, method, path, body):
    """One request. Redirects are not followed: a signature is for one address."""
    if base.scheme == "https":
        connection = http.client.HTTPSConnection(
            base.hostname, base.port, timeout=TIMEOUT_S, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(base.hostname, base.port, timeout=TIMEOUT_S)
    path = base.path.rstrip("/") + path
    # Each attempt is signed anew, since a signature is only good for some minutes.
    timestamp_ms = time.time_ns() // 1_000_000
    headers = {
        "x-truebook-key": key,
        "x-truebook-timestamp": str(timestamp_ms),
        "x-truebook-signature": sign(secret, timestamp_ms, method, path, body),
    }
    if body:
        headers["content-type"] = "application/json"
    try:
        connection.request(method, path, body=body or None, headers=headers)
        response = connection.getresponse()
        text = response.read()
        try:
            answer = json.loads(text)
        except ValueError:
            answer = None
        return response.status, response.headers, answer
    finally:
        connection.close()


def _message_of(answer):
    error = answer.get("error") if isinstance(answer, dict) else None
    if isinstance(error, dict):
        return error.get("message", "")
    return str(error or "without a reason")


def _seconds_of(text):
    return float(text) if text is not None and text.isdigit() else 0.0


def _secret_from(options):
    if options.secret_file is not None:
        with open(options.secret_file, encoding="utf-8") as file:
            return file.read().strip()
    secret = os.environ.get("TRUEBOOK_HMAC_SECRET", "")
    if secret == "":
        raise ValueError("expected --secret-file, or the secret in TRUEBOOK_HMAC_SECRET")
    return secret


def _signal_from(name):
    text = sys.stdin.read() if name == "-" else open(name, encoding="utf-8").read()
    signal = json.loads(text)
    if not isinstance(signal, dict):
        raise ValueError("expected one signal, a JSON object")
    # Once, before the first attempt: all attempts must be the same signal.
    signal.setdefault("signal_id", str(uuid.uuid4()))
    signal.setdefault("ts", time.time_ns() // 1_000_000)
    return signal


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Sends one signal to Truebook, signed, and prints what became of it.")
    parser.add_argument("signal", help="JSON file with one signal; - is standard input")
    parser.add_argument("--url", default="http://127.0.0.1:8700", help="address of Truebook")
    parser.add_argument("--key", required=True, help="name of the sender in the configuration of Truebook")
    parser.add_argument("--secret-file", help="file with the sender's secret; default: TRUEBOOK_HMAC_SECRET")
    parser.add_argument("--wait", type=float, default=30.0, help="seconds to wait for the outcome (default 30)")
    parser.add_argument("--attempts", type=int, default=ATTEMPTS, help=f"tries for one call (default {ATTEMPTS})")
    options = parser.parse_args(arguments)
    try:
        secret, signal = _secret_from(options), _signal_from(options.signal)
        repeated, answer = send_signal(options.url, options.key, secret, signal, options.attempts)
        answer = wait_for_outcome(options.url, options.key, secret, answer, options.wait)
    except Refused as error:
        print(f"refused: {error}", file=sys.stderr)
        return 4
    except Unavailable as error:
        print(f"not known whether it was accepted: {error}. Send the very same signal again.", file=sys.stderr)
        return 3
    except (OSError, ValueError) as error:
        print(f"wrong usage: {error}", file=sys.stderr)
        return 2
    print(json.dumps({"signal_id": signal["signal_id"], "repeated": repeated, **answer}, indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
