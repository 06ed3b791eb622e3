"""Settings of a Superset for one reader on one computer: loopback, no open sign-up, the key outside the code."""

import os
from pathlib import Path

_HERE = Path(os.environ["SUPERSET_HOME"])
SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{_HERE / 'superset.db'}"
PREVENT_UNSAFE_DB_CONNECTIONS = True
AUTH_USER_REGISTRATION = False
PUBLIC_ROLE_LIKE = None
ENABLE_PROXY_FIX = False
SESSION_COOKIE_SAMESITE = "Strict"
BABEL_DEFAULT_LOCALE = "nl"
LANGUAGES = {"nl": {"flag": "nl", "name": "Nederlands"}, "en": {"flag": "us", "name": "English"}}
