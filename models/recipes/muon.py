"""The Muon optimiser (Jordan et al. 2024) in float32, for CPUs that have no bfloat16 arithmetic.

`torch.optim.Muon` orthogonalises in bfloat16 always: without hardware for it a step of the translator took 24 s.
"""

from __future__ import annotations

import torch
from torch import Tensor


class Float32Muon(torch.optim.Muon):
    """torch.optim.Muon with every product in float32: the same state, options and update."""

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # noqa: ARG002 - the signature is torch's
        """Update the parameters; `closure` is not supported."""
        for group in self.param_groups:
            momentum, rate = group["momentum"], float(group["lr"])
            for parameter in group["params"]:
                gradient = parameter.grad
                if gradient is None:
                    continue
                state = self.state[parameter]
                if "momentum_buffer" not in state:
                    state["momentum_buffer"] = torch.zeros_like(gradient)
                buffer: Tensor = state["momentum_buffer"]
                buffer.lerp_(gradient, 1 - momentum)
                update = gradient.lerp(buffer, momentum) if group["nesterov"] else buffer
                update = orthogonalised(update, group["ns_coefficients"], group["ns_steps"], group["eps"])
                # adjust_lr_fn="match_rms_adamw": the update has the size AdamW's would have (Liu et al. 2025).
                adjusted = rate * 0.2 * max(parameter.shape) ** 0.5
                parameter.mul_(1 - rate * group["weight_decay"]).add_(update, alpha=-adjusted)


def orthogonalised(matrix: Tensor, coefficients: tuple[float, float, float], steps: int, eps: float) -> Tensor:
    """`matrix` with its singular values brought near 1 by Newton-Schulz steps, in its own number format."""
    a, b, c = coefficients
    is_tall = matrix.shape[0] > matrix.shape[1]
    # Contiguous: products of other strides round otherwise, and a resumed run would differ from an uninterrupted one.
    result = (matrix.T if is_tall else matrix).contiguous()
    result = result / result.norm().clamp(min=eps)
    for _ in range(steps):
        gram = result @ result.T
        result = torch.addmm(result, torch.addmm(gram, gram, gram, beta=b, alpha=c), result, beta=a)
    return result.T if is_tall else result
