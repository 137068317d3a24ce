"""The morning report by e-mail."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage

from pipeline.errors import RunError
from pipeline.nightly_config import Mail
from pipeline.report.build import headline
from pipeline.report.data import Report
from pipeline.report.page import html

_SECONDS = 30


def message(report: Report, mail: Mail) -> EmailMessage:
    """The mail: the page, and one line of plain text for those who cannot see it."""
    made = EmailMessage()
    made["Subject"] = f"台账晨报 {report.as_of}:{headline(report)}"
    made["From"], made["To"] = mail.sender, ", ".join(mail.to)
    made["Message-ID"] = f"<{report.run_id}@taizhang>"
    made.set_content(headline(report) + "\n")
    made.add_alternative(html(report), subtype="html")
    return made


def send(report: Report, mail: Mail, environment: Mapping[str, str] | None = None) -> None:
    """Send it. Raises RunError with one line where the server does not take it."""
    password = (os.environ if environment is None else environment).get(mail.password_env, "")
    try:
        if mail.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.host, mail.port, timeout=_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=_SECONDS)
        with server:
            if mail.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if mail.user:
                server.login(mail.user, password)
            server.send_message(message(report, mail), mail.sender, list(mail.to))
    except (OSError, smtplib.SMTPException) as error:
        raise RunError(f"晨报没有寄出({mail.host}:{mail.port}):{error};表和报告都已写好,请检查 [mail] 设置") from error
