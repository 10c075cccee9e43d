"""The Muon optimiser (Jordan et al. 2024), the matrices of one shape orthogonalised together.

`torch.optim.Muon` takes them one by one, which leaves a GPU waiting for some two thousand small products a step, and
in bfloat16 always: on a CPU without hardware for it a step of the translator took 24 s.
"""

from __future__ import annotations

from collections import defaultdict

import torch
from torch import Tensor

from models.recipes import precision


class BatchedMuon(torch.optim.Muon):
    """torch.optim.Muon with the same state, options and update; in float32 where bfloat16 is slow."""

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # noqa: ARG002 - the signature is torch's
        """Update the parameters; `closure` is not supported."""
        for group in self.param_groups:
            momentum, rate = group["momentum"], float(group["lr"])
            alike: defaultdict[torch.Size, list[tuple[Tensor, Tensor]]] = defaultdict(list)
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
                alike[parameter.shape].append((parameter, update))
            for shape, members in alike.items():
                updates = orthogonalised(
                    torch.stack([update for _, update in members]),
                    group["ns_coefficients"],
                    group["ns_steps"],
                    group["eps"],
                )
                # adjust_lr_fn="match_rms_adamw": the update has the size AdamW's would have (Liu et al. 2025).
                adjusted = rate * 0.2 * max(shape) ** 0.5
                parameters = [parameter for parameter, _ in members]
                torch._foreach_mul_(parameters, 1 - rate * group["weight_decay"])
                torch._foreach_add_(parameters, list(updates.unbind()), alpha=-adjusted)


def orthogonalised(matrices: Tensor, coefficients: tuple[float, float, float], steps: int, eps: float) -> Tensor:
    """[count, rows, columns] with the singular values of each brought near 1 by Newton-Schulz steps."""
    a, b, c = coefficients
    is_tall = matrices.shape[-2] > matrices.shape[-1]
    # Contiguous: products of other strides round otherwise, and a resumed run would differ from an uninterrupted one.
    result = (matrices.mT if is_tall else matrices).contiguous()
    result = result / torch.linalg.matrix_norm(result, keepdim=True).clamp(min=eps)
    if precision.has_fast_bfloat16(matrices.device.type):
        result = result.bfloat16()
    for _ in range(steps):
        gram = result @ result.mT
        result = torch.baddbmm(result, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), result, beta=a)
    return (result.mT if is_tall else result).to(matrices.dtype)
