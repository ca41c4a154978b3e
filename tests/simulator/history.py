"""One history that every platform and every process must tell alike: a week of trading with people's acts in it."""

#: Code that defines `job()`, which returns the world's digest and what happened, as text.
WEEK = """
from grandmodel_sim import World

def job():
    world = World(7)
    world.advance(5_400)
    world.submit_order("ES", "BUY", 8, "TWAP")
    world.advance(1_800)
    world.set_limit("max_contracts", 3)
    world.set_threshold("strategic", 0.5)
    world.submit_order("NQ", "SELL", 2, "LIMIT", limit_price=round(world.bars("NQ")[-1].close) + 20.0)
    world.delete_pod(world.cluster.pods_of("tactical-marl")[0].name)
    world.advance(86_400)
    world.stress(5_400, correlation=-0.8, volatility=1.5)
    world.advance(5_400)
    world.stress(3_600, gap=-0.03, move=-0.03, volatility=3.0, liquidity=0.3, correlation=0.97)
    world.advance(3_600)
    world.advance(60)
    world.reset_emergency_stop("Ada")
    world.advance(4 * 86_400)
    again = World.from_snapshot(world.snapshot())
    types = sorted({event.type for event in world.events})
    return f"{world.digest()} {again.digest() == world.digest()} {len(world.events)} {' '.join(types)}"
"""
