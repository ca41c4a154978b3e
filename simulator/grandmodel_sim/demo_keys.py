"""The API keys of the simulated world, and the environment in which a learner finds them.

They are public on purpose: they open a simulation that lives in the reader's own browser. A real key is a secret, comes
from the environment in the same way, and is never written into code.
"""

#: What a key may do, from the least to the most (`src/security/auth.py`).
ROLES = ("viewer", "trader", "operator", "admin")

#: role → its key. GrandModel asks for at least 32 characters.
DEMO_KEYS = {role: f"gm-demo-{role}-7f3c9a51d2e84b60" for role in ROLES}

#: The variable from which a client takes its key when it is given none. It holds a viewer's: enough to read with.
KEY_VARIABLE = "GRANDMODEL_API_KEY"

#: Environment variables of a learner's cells, programs and terminal.
ENVIRONMENT = {
    KEY_VARIABLE: DEMO_KEYS["viewer"],
    "DEV_TOKEN": DEMO_KEYS["viewer"],  # as the exercises with curl call it
    "GRANDMODEL_TRADER_KEY": DEMO_KEYS["trader"],
    "GRANDMODEL_OPERATOR_KEY": DEMO_KEYS["operator"],
}
