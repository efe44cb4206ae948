"""Whisper in PyTorch with low-rank changes beside each matrix, which alone are learned (LoRA, Hu et al. 2021)."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from voice.recognise.whisper.scorer import EPSILON, HEAD_SIZE
from voice.recognise.whisper.weights import Arrays, model_bytes, read_weights

RANK = 16


class Whisper(nn.Module):
    """The network of a model file in CTranslate2's format."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        arrays = read_weights(model_bytes(path), beginning="")
        count = sum(name.startswith("encoder/") and name.endswith("/ffn/linear_0/weight") for name in arrays)
        for name in ("conv1/weight", "conv1/bias", "conv2/weight", "conv2/bias", "position_encodings/encodings"):
            self.register_buffer(f"encoder_{name.replace('/', '_')}", _tensor(arrays, f"encoder/{name}"))
        self.register_buffer("embeddings", _tensor(arrays, "decoder/embeddings/weight"))
        self.register_buffer("positions", _tensor(arrays, "decoder/position_encodings/encodings"))
        self.encoder = nn.ModuleList([_EncoderLayer(arrays, f"encoder/layer_{each}") for each in range(count)])
        self.decoder = nn.ModuleList([_DecoderLayer(arrays, f"decoder/layer_{each}") for each in range(count)])
        self.encoder_norm, self.decoder_norm = (_Norm(arrays, f"{side}/layer_norm") for side in ("encoder", "decoder"))

    def encode(self, features: Tensor) -> Tensor:
        """[batch, 80, frames] to [batch, frames / 2, width]."""
        hidden = F.gelu(F.conv1d(features, self.encoder_conv1_weight, self.encoder_conv1_bias, padding=1))
        hidden = F.gelu(F.conv1d(hidden, self.encoder_conv2_weight, self.encoder_conv2_bias, stride=2, padding=1))
        hidden = hidden.transpose(1, 2)
        hidden = hidden + self.encoder_position_encodings_encodings[: hidden.shape[1]]
        for layer in self.encoder:
            hidden = layer(hidden)
        return self.encoder_norm(hidden)

    def decode(self, tokens: Tensor, states: Tensor, heard: Tensor) -> Tensor:
        """What precedes the logits, [batch, tokens, width]; `heard` masks the states: [batch, 1, 1, frames / 2]."""
        hidden = self.embeddings[tokens] + self.positions[: tokens.shape[1]]
        for layer in self.decoder:
            hidden = layer(hidden, states, heard)
        return self.decoder_norm(hidden)

    def weigh(self, share: float) -> None:
        """How much of the changes is added from now on: 1 is all of them."""
        for each in self.modules():
            if isinstance(each, _Linear):
                each.share = share

    def go_on(self, halves: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> None:
        """Begins with changes that were learned before, as `adapted` gives them."""
        for each in self.modules():
            if isinstance(each, _Linear):
                up, down = halves[each.name]
                each.up.data, each.down.data = torch.from_numpy(up), torch.from_numpy(down)

    def adapted(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """The changes as `voice.recognise.whisper.adapter.write_changes` wants them."""
        return {
            each.name: (each.up.detach().numpy(), each.down.detach().numpy())
            for each in self.modules()
            if isinstance(each, _Linear)
        }


class _Linear(nn.Module):
    def __init__(self, arrays: Arrays, name: str) -> None:
        super().__init__()
        self.name, self.share = f"{name}/weight", 1.0
        self.register_buffer("weight", _tensor(arrays, self.name))
        self.register_buffer("bias", _tensor(arrays, f"{name}/bias"))
        outputs, inputs = self.weight.shape
        self.down = nn.Parameter(torch.randn(RANK, inputs) / inputs**0.5)
        self.up = nn.Parameter(torch.zeros(outputs, RANK))

    def forward(self, values: Tensor) -> Tensor:
        plain = F.linear(values, self.weight, self.bias)
        narrow = self.share * F.linear(values, self.down).flatten(0, -2)
        return torch.addmm(plain.flatten(0, -2), narrow, self.up.t()).view_as(plain)


class _Norm(nn.Module):
    def __init__(self, arrays: Arrays, name: str) -> None:
        super().__init__()
        self.register_buffer("gamma", _tensor(arrays, f"{name}/gamma"))
        self.register_buffer("beta", _tensor(arrays, f"{name}/beta"))

    def forward(self, values: Tensor) -> Tensor:
        return F.layer_norm(values, self.gamma.shape, self.gamma, self.beta, EPSILON)


class _OwnAttention(nn.Module):
    def __init__(self, arrays: Arrays, name: str) -> None:
        super().__init__()
        self.norm = _Norm(arrays, f"{name}/layer_norm")
        self.into, self.out = _Linear(arrays, f"{name}/linear_0"), _Linear(arrays, f"{name}/linear_1")

    def forward(self, hidden: Tensor, *, causal: bool) -> Tensor:
        queries, keys, values = (_heads(each) for each in self.into(self.norm(hidden)).chunk(3, -1))
        looked = F.scaled_dot_product_attention(queries, keys, values, is_causal=causal)
        return hidden + self.out(_whole(looked))


class _OtherAttention(nn.Module):
    def __init__(self, arrays: Arrays, name: str) -> None:
        super().__init__()
        self.norm = _Norm(arrays, f"{name}/layer_norm")
        self.asks, self.keys = _Linear(arrays, f"{name}/linear_0"), _Linear(arrays, f"{name}/linear_1")
        self.out = _Linear(arrays, f"{name}/linear_2")

    def forward(self, hidden: Tensor, states: Tensor, heard: Tensor) -> Tensor:
        queries = _heads(self.asks(self.norm(hidden)))
        keys, values = (_heads(each) for each in self.keys(states).chunk(2, -1))
        looked = F.scaled_dot_product_attention(queries, keys, values, attn_mask=heard)
        return hidden + self.out(_whole(looked))


class _Perceptron(nn.Module):
    def __init__(self, arrays: Arrays, name: str) -> None:
        super().__init__()
        self.norm = _Norm(arrays, f"{name}/layer_norm")
        self.wide, self.narrow = _Linear(arrays, f"{name}/linear_0"), _Linear(arrays, f"{name}/linear_1")

    def forward(self, hidden: Tensor) -> Tensor:
        return hidden + self.narrow(F.gelu(self.wide(self.norm(hidden))))


class _EncoderLayer(nn.Module):
    def __init__(self, arrays: Arrays, name: str) -> None:
        super().__init__()
        self.own = _OwnAttention(arrays, f"{name}/self_attention")
        self.perceptron = _Perceptron(arrays, f"{name}/ffn")

    def forward(self, hidden: Tensor) -> Tensor:
        return self.perceptron(self.own(hidden, causal=False))


class _DecoderLayer(nn.Module):
    def __init__(self, arrays: Arrays, name: str) -> None:
        super().__init__()
        self.own = _OwnAttention(arrays, f"{name}/self_attention")
        self.other = _OtherAttention(arrays, f"{name}/attention")
        self.perceptron = _Perceptron(arrays, f"{name}/ffn")

    def forward(self, hidden: Tensor, states: Tensor, heard: Tensor) -> Tensor:
        return self.perceptron(self.other(self.own(hidden, causal=True), states, heard))


def _tensor(arrays: Arrays, name: str) -> Tensor:
    return torch.from_numpy(np.array(arrays[name], dtype=np.float32))


def _heads(values: Tensor) -> Tensor:
    return values.unflatten(-1, (-1, HEAD_SIZE)).transpose(1, 2)


def _whole(values: Tensor) -> Tensor:
    return values.transpose(1, 2).flatten(-2)
