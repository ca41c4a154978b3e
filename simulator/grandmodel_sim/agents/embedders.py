"""Embedders: from a window of bars to one vector that the heads can use.

Shapes: B states in a batch, T bars in a window, F features of a bar, H hidden width.
"""

from typing import Any

from grandmodel_sim.notebook.torch_finder import offer_torch

offer_torch()

from torch import nn  # type: ignore[import-not-found]  # noqa: E402


class TemporalEmbedder(nn.Module):  # type: ignore[misc]
    """Reads a window bar by bar, oldest first, and keeps what it needs in a hidden vector.

    A GRU (gated recurrent unit: Cho et al., arXiv:1406.1078) makes one vector per bar. The last one has read the whole
    window, so it stands for the window: this is the pooling from [B, T, H] to [B, H]. Normalising it (`LayerNorm`)
    keeps the heads' inputs at one scale whatever the market does.

    Args:
        input_dim: features of a bar, F.
        hidden_dim: width of the result, H.
        num_layers: GRU layers on top of each other.
        dropout: share of the result that is set to 0 while training.
    """

    def __init__(self, input_dim: int, hidden_dim: int, num_layers: int = 1, dropout: float = 0.0) -> None:
        super().__init__()
        self.gru = nn.GRU(input_dim, hidden_dim, num_layers, batch_first=True)
        self.norm = nn.LayerNorm(hidden_dim)
        self.dropout = nn.Dropout(dropout)

    def sequence(self, states: Any) -> Any:
        """One vector per bar: [B, T, F] → [B, T, H]."""
        return self.gru(states)[0]

    def forward(self, states: Any) -> Any:
        """One vector per window: [B, T, F] → [B, H]."""
        return self.dropout(self.norm(self.sequence(states)[:, -1]))
