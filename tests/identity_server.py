"""
The provider as a program: ``python -m tests.identity_server --port PORT``.

For one subject it signs with a key that its published ones do not hold, under the name of one of them.
"""

from contextvars import ContextVar
from typing import Any

from authlib.jose import RSAKey
from oidc_provider_mock import _app
from oidc_provider_mock.__main__ import run

from tests.identity import FORGED

_another = RSAKey.generate_key(is_private=True).as_dict(is_private=True)
_forging: ContextVar[bool] = ContextVar("forging", default=False)


class Code(_app.OpenIDCode):
    """Signs as it does, but for one subject."""

    def encode_id_token(self, token: Any, request: Any) -> Any:
        before = _forging.set(request.user.sub == FORGED)
        try:
            return super().encode_id_token(token, request)
        finally:
            _forging.reset(before)

    def get_jwt_config(self, grant: Any, client: object = None) -> dict[str, Any]:
        config: dict[str, Any] = super().get_jwt_config(grant, client)
        if _forging.get():
            config["key"] = _another | {name: of for name, of in config["key"].items() if name == "kid"}
        return config


_app.OpenIDCode = Code

if __name__ == "__main__":
    run()
