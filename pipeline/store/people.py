"""Users and their sessions. Passwords by Argon2, session tokens only as hashes."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, func, insert, select, update

from pipeline.store.schema import SESSIONS, USERS

ROLES = ("viewer", "analyst", "reviewer", "admin")  # each may do what those before it may
SHORTEST = 8  # characters of a password
LONGEST = 200
SESSION_HOURS = 12
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password")  # so that an unknown name takes as long as a wrong password


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in."""

    name: str
    role: str
    created_at: str
    created_by: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has logged in; ``csrf`` is the word that every change must carry."""

    name: str
    role: str
    csrf: str
    token_hash: str

    def may(self, role: str) -> bool:
        """Whether the session has at least this role."""
        return ROLES.index(self.role) >= ROLES.index(role)


def problem_of(name: str, password: str, role: str) -> str:
    """Why somebody cannot be added so, empty if he can."""
    if not name.strip() or len(name) > 40 or not name.isprintable():
        return "用户名应是 1 到 40 个可见的字"
    if not SHORTEST <= len(password) <= LONGEST:
        return f"密码应有 {SHORTEST} 到 {LONGEST} 个字符"
    return "" if role in ROLES else f"角色只能是 {'、'.join(ROLES)}"


def users(connection: Connection) -> list[User]:
    """Everybody, by name."""
    query = select(USERS.c.name, USERS.c.role, USERS.c.created_at, USERS.c.created_by, USERS.c.disabled)
    return [User(n, r, at, by, bool(off)) for n, r, at, by, off in connection.execute(query.order_by(USERS.c.name))]


def put_user(connection: Connection, name: str, password: str, role: str, now: str, by: str) -> None:
    """Add somebody, or give him another password and role; his sessions end."""
    values = {"password": _HASHER.hash(password), "role": role, "disabled": 0}
    if connection.execute(update(USERS).where(USERS.c.name == name).values(**values)).rowcount == 0:
        connection.execute(insert(USERS), [{"name": name, "created_at": now, "created_by": by} | values])
    end_sessions(connection, name)


def set_user(connection: Connection, name: str, role: str, disabled: bool) -> bool:
    """Change a role, or shut somebody out or let him in again; False where that would leave no admin. His sessions end."""
    others = select(func.count()).where(USERS.c.role == "admin", USERS.c.disabled == 0, USERS.c.name != name)
    if (role != "admin" or disabled) and not connection.execute(others).scalar():
        return False
    connection.execute(update(USERS).where(USERS.c.name == name).values(role=role, disabled=int(disabled)))
    end_sessions(connection, name)
    return True


def role_of(connection: Connection, name: str, password: str) -> str:
    """The role of somebody who knows his password, else empty."""
    row = connection.execute(
        select(USERS.c.password, USERS.c.role, USERS.c.disabled).where(USERS.c.name == name)
    ).first()
    try:
        right = _HASHER.verify(row.password if row else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return ""
    return str(row.role) if row is not None and right and not row.disabled else ""


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def begin_session(connection: Connection, name: str, role: str, now: datetime) -> str:
    """A new session; the token that stands for it. Sessions that have expired go."""
    token = secrets.token_urlsafe(32)
    connection.execute(delete(SESSIONS).where(SESSIONS.c.expires < now.isoformat()))
    connection.execute(insert(SESSIONS), [{
        "token_hash": _hashed(token), "name": name, "role": role, "csrf": secrets.token_urlsafe(24),
        "created_at": now.isoformat(), "expires": (now + timedelta(hours=SESSION_HOURS)).isoformat(),
    }])  # fmt: skip
    return token


def session_of(connection: Connection, token: str, now: datetime) -> Session | None:
    """The session that a token stands for, None where there is none or it has expired."""
    s = SESSIONS.c
    query = select(s.name, s.role, s.csrf, s.token_hash).where(
        s.token_hash == _hashed(token), s.expires >= now.isoformat()
    )
    row = connection.execute(query).first()
    return Session(*row) if row is not None and row.role in ROLES else None


def end_session(connection: Connection, session: Session) -> None:
    """Log out."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.token_hash == session.token_hash))


def end_sessions(connection: Connection, name: str) -> None:
    """Log somebody out everywhere."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.name == name))
