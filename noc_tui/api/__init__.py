"""The requests that `nocd` answers on its socket, one module per subject.

Each endpoint declares its method, path, role, body and answer. The daemon's routes, the console and
the commands use the same declarations. Scripts rely on them too: a key is added, and never renamed
or taken away.
"""
