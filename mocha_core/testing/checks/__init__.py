"""The checks, one idea a file. Each is a function of (case, backend, dtype) that raises `CheckFailure`."""

from .check import Check as Check
from .fast import fast_kernel_ran as fast_kernel_ran
from .inputs import inputs_left_alone as inputs_left_alone
from .mixing import kernels_do_not_mix as kernels_do_not_mix
from .overlays import overlaid_blobs_give_the_same as overlaid_blobs_give_the_same
from .promises import results_as_promised as results_as_promised
from .reference import backward_matches as backward_matches
from .reference import forward_matches as forward_matches
from .repeats import same_seed_same_result as same_seed_same_result
from .saves import saves_are_honest as saves_are_honest
from .slope import gradient_is_the_slope as gradient_is_the_slope
from .spec_value import spec_is_a_value as spec_is_a_value
from .survival import state_survives as state_survives
from .unusual import unusual_numbers_match as unusual_numbers_match
from .wants import unwanted_gradients_cost_nothing as unwanted_gradients_cost_nothing

CHECKS: tuple[Check, ...] = (
    spec_is_a_value,
    results_as_promised,
    forward_matches,
    backward_matches,
    unusual_numbers_match,
    kernels_do_not_mix,
    gradient_is_the_slope,
    inputs_left_alone,
    saves_are_honest,
    overlaid_blobs_give_the_same,
    unwanted_gradients_cost_nothing,
    same_seed_same_result,
    state_survives,
    fast_kernel_ran,
)
