"""The errors that refuse a request.

Refusal
├── BadRequest    the request itself is wrong            HTTP 400, exit code 2
├── TooSlow       its body did not arrive in time         HTTP 408, exit code 2
├── NotFound      it names something that is not there   HTTP 404, exit code 2
├── Forbidden     the caller may not                     HTTP 403, exit code 4
├── Conflict      the state of things does not allow it  HTTP 409, exit code 4
└── Unavailable   a cluster or a service is out of reach HTTP 503, exit code 3
"""


class Refusal(Exception):
    """A refused request; `str()` says why in a sentence. `status` is HTTP's, `code` the exit
    code.
    """

    status = 400
    code = 2


class BadRequest(Refusal):
    """The request is malformed: the sentence names the field."""


class TooSlow(Refusal):
    """The request did not arrive in the time that it is given."""

    status = 408


class NotFound(Refusal):
    """The request names something that does not exist."""

    status = 404


class Forbidden(Refusal):
    """The caller's role does not allow it, or nobody may."""

    status = 403
    code = 4


class Conflict(Refusal):
    """The state of the case does not allow it: an open step, a changed plan, a missing approval."""

    status = 409
    code = 4


class Unavailable(Refusal):
    """A cluster, a mail server or another service cannot be reached now."""

    status = 503
    code = 3
