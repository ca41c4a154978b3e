"""What asking the API must not cost: numpy, and modules of the network that only a real address needs."""

import subprocess
import sys

from academy import paths


def test_neither_http_nor_the_client_import_what_is_slow() -> None:
    code = (
        "import sys, grandmodel_sim.http, grandmodel_sim.http.reference, grandmodel_sim.trading.client\n"
        "from grandmodel_sim import World\n"
        "from grandmodel_sim.http import DEMO_KEYS\n"
        "client = grandmodel_sim.trading.client.TradingClient(DEMO_KEYS['viewer'], world=World(7))\n"
        "client.get_system_status(), client.get_performance_metrics()\n"
        "print(sorted({'numpy', 'urllib.request', 'http.client', 'ssl', 'email', 'statistics'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=paths.SIMULATOR)
    assert (done.stdout, done.stderr) == ("[]\n", "")
