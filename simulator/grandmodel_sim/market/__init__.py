"""The simulated market: instruments, sessions, seeded 5-minute bars and the CSV files of the labs."""

from grandmodel_sim.market.bars import Bar, merge, resample
from grandmodel_sim.market.generator import STRUCTURE, Market
from grandmodel_sim.market.instruments import ES, INSTRUMENTS, NQ, Instrument, instrument
from grandmodel_sim.market.joint import JointMarket
from grandmodel_sim.market.stress import Conditions, Stress

__all__ = [
    "ES",
    "INSTRUMENTS",
    "NQ",
    "STRUCTURE",
    "Bar",
    "Conditions",
    "Instrument",
    "JointMarket",
    "Market",
    "Stress",
    "instrument",
    "merge",
    "resample",
]
