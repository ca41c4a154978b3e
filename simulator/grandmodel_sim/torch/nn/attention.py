"""Attention with several heads."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grandmodel_sim.torch.creation import empty, zeros
from grandmodel_sim.torch.dtypes import bool_
from grandmodel_sim.torch.dtypes import dtype as Type
from grandmodel_sim.torch.linear_algebra import matmul
from grandmodel_sim.torch.missing import not_offered
from grandmodel_sim.torch.nn import functional as F
from grandmodel_sim.torch.nn import init
from grandmodel_sim.torch.nn.layers import Linear
from grandmodel_sim.torch.nn.module import Module
from grandmodel_sim.torch.nn.parameter import Parameter
from grandmodel_sim.torch.tensors import Tensor, check_device, wrap


class NonDynamicallyQuantizableLinear(Linear):
    """A `Linear`; PyTorch shows an attention's output layer under this name."""


class MultiheadAttention(Module):
    """Each query mixes the values whose keys are like it, once for each head (Vaswani et al. 2017).

    Args:
        embed_dim: E, size of queries, keys, values and results; `in_proj_weight` is (3·E, E), for the three one below
            the other, `out_proj.weight` (E, E).
        num_heads: heads; E must be a multiple.
        dropout: share of the weights that is set to 0 while training.
        bias: whether there are biases.
        add_bias_kv: not offered.
        add_zero_attn: not offered.
        kdim: not offered: other sizes of keys.
        vdim: not offered: other sizes of values.
        batch_first: (batch, time, E) instead of (time, batch, E).
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Type | None = None,
    ) -> None:
        super().__init__()
        check_device(device)
        if add_bias_kv or add_zero_attn or kdim not in (None, embed_dim) or vdim not in (None, embed_dim):
            raise not_offered(
                "MultiheadAttention with add_bias_kv, add_zero_attn, kdim or vdim", "keys and values have embed_dim"
            )
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads} "
                "instead"
            )
        assert embed_dim % num_heads == 0, "embed_dim must be divisible by num_heads"
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.dropout, self.batch_first = dropout, batch_first
        self.in_proj_weight = Parameter(empty(3 * embed_dim, embed_dim, dtype=dtype))
        self.register_parameter("in_proj_bias", Parameter(zeros(3 * embed_dim, dtype=dtype)) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, dtype=dtype)
        init.xavier_uniform_(self.in_proj_weight)
        if self.out_proj.bias is not None:
            init.zeros_(self.out_proj.bias)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """Let queries look at keys.

        Args:
            query: (queries, batch, E), with `batch_first` (batch, queries, E), or without a batch (queries, E).
            key: (keys, batch, E), likewise.
            value: (keys, batch, E), likewise.
            key_padding_mask: (batch, keys); true where a key must not be looked at, or numbers to add.
            need_weights: whether the weights are returned too.
            attn_mask: (queries, keys) or (batch · heads, queries, keys); true where a query must not look, or numbers
                to add to the scores.
            average_attn_weights: the mean of the heads' weights instead of each head's.
            is_causal: a hint that `attn_mask` is the causal one, which must be given with it.

        Returns:
            What each query found, in the shape of `query`, and the weights, (batch, queries, keys), or None.
        """
        if is_causal and attn_mask is None:
            raise RuntimeError("Need attn_mask if specifying the is_causal hint.")
        batched = query.ndim == 3
        if query.ndim not in (2, 3):
            raise AssertionError(
                f"query should be unbatched 2D or batched 3D tensor but received {query.ndim}-D query tensor"
            )
        assert query.shape[-1] == self.embed_dim, (
            f"was expecting embedding dimension of {self.embed_dim}, but got {query.shape[-1]}"
        )
        if not batched:
            query, key, value = query.unsqueeze(0), key.unsqueeze(0), value.unsqueeze(0)
            key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
        elif not self.batch_first:
            query, key, value = (each.transpose(0, 1) for each in (query, key, value))
        batch, queries, keys = query.shape[0], query.shape[1], key.shape[1]
        q, k, v = (self._heads(each, part) for part, each in enumerate((query, key, value)))
        scores = matmul(q * (1 / math.sqrt(self.head_dim)), k.transpose(-2, -1))  # (batch, heads, queries, keys)
        if attn_mask is not None:
            expected = (queries, keys) if attn_mask.ndim == 2 else (batch * self.num_heads, queries, keys)
            if attn_mask.shape != expected:
                raise RuntimeError(
                    f"The shape of the {attn_mask.ndim}D attn_mask is {attn_mask.shape}, but should be {expected}."
                )
            full = attn_mask if attn_mask.ndim == 2 else attn_mask.reshape(batch, self.num_heads, queries, keys)
            scores = scores + _addend(full, scores)
        if key_padding_mask is not None:
            assert key_padding_mask.shape == (batch, keys), (
                f"expecting key_padding_mask shape of {(batch, keys)}, but got {key_padding_mask.shape}"
            )
            scores = scores + _addend(key_padding_mask, scores)[:, None, None, :]
        weights = F.softmax(scores, -1)
        found = matmul(F.dropout(weights, self.dropout, self.training), v)
        result = self.out_proj(found.transpose(1, 2).reshape(batch, queries, self.embed_dim))
        shown = None
        if need_weights:
            shown = weights.mean(1) if average_attn_weights else weights
        if not batched:
            return result.squeeze(0), None if shown is None else shown.squeeze(0)
        return (result if self.batch_first else result.transpose(0, 1)), shown

    def _heads(self, x: Tensor, part: int) -> Tensor:
        """Queries (part 0), keys (1) or values (2) of each head: (batch, time, E) → (batch, heads, time, E / heads)."""
        rows = slice(part * self.embed_dim, (part + 1) * self.embed_dim)
        bias = None if self.in_proj_bias is None else self.in_proj_bias[rows]
        projected = F.linear(x, self.in_proj_weight[rows], bias)
        return projected.reshape(*x.shape[:2], self.num_heads, self.head_dim).transpose(1, 2)  # type: ignore[no-any-return]


def _addend(mask: Tensor, like: Tensor) -> Tensor:
    """A mask as numbers to add: -inf where it is true."""
    if mask.dtype is bool_:
        kind = like._array.dtype.type
        return wrap(np.where(mask._array, kind(-np.inf), kind(0)))
    return mask
