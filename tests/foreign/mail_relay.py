"""A mail relay, Python's aiosmtpd: it says its port, puts the first message of a sitting off (451), refuses
nobody@ (550), and writes a line of JSON for each message that it takes.

    mail_relay.py FILE                                            plain, without a login
    mail_relay.py FILE starttls|implicit CERTIFICATE KEY PASSWORD encrypted, for the user "reports" only
"""

import asyncio
import email
import email.policy
import hashlib
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Relay:
    def __init__(self, path):
        self.path = path
        self.put_off = False

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        if not self.put_off:
            self.put_off = True
            return "451 4.3.0 come again"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        files = [
            [part.get_filename(), part.get_content_type(), hashlib.sha256(part.get_payload(decode=True)).hexdigest()]
            for part in message.iter_attachments()
        ]
        said = {
            "to": envelope.rcpt_tos, "from": envelope.mail_from, "subject": message["Subject"],
            "id": message["Message-ID"], "text": message.get_body().get_content(), "files": files,
        }
        with open(self.path, "a", encoding="utf-8") as kept:
            kept.write(json.dumps(said) + "\n")
        return "250 2.0.0 kept as 4711"


def protected(mode, certificate, key, password):
    """How the server is encrypted, and what each connection asks for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def known(server, session, envelope, mechanism, login):
        fits = (login.login, login.password) == (b"reports", password.encode())
        return AuthResult(success=fits, handled=False)

    asked = {"authenticator": known, "auth_required": True, "auth_require_tls": mode == "starttls"}
    if mode == "starttls":
        return None, {**asked, "tls_context": context, "require_starttls": True}
    return context, asked


async def main():
    relay = Relay(sys.argv[1])
    context, asked = protected(*sys.argv[2:]) if len(sys.argv) > 2 else (None, {})
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(relay, hostname="relay", **asked), "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
