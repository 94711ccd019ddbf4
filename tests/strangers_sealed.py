"""The second set of strangers, which nobody opened until the lists were done, and its names.

33 of the 36 were called by their misconception (convnets 9 of 10, triplet 6 of 6, cifar_classifier
4 of 6, cnn_lecture 14 of 14), none by a wrong one. Nothing was changed for them since.
"""

from __future__ import annotations

import strangers_sealed_convnets as convnets
import strangers_sealed_images as images
import strangers_sealed_lecture as lecture
from strangers import Stranger

SEALED: dict[str, Stranger] = {**convnets.CONVNETS, **images.IMAGES, **lecture.LECTURE}
SEALED_NAMES: dict[str, frozenset[str]] = {
    "q_fc_bias_unused": frozenset(["fc_bias_missing"]),
    "q_relu_on_scores": frozenset(["relu_on_scores"]),
    "q_bias_after_relu": frozenset(["bias_after_relu"]),
    "q_second_filters_5x5": frozenset(["second_kernel_5x5"]),
    "q_pooled_for_any_size": frozenset(["global_pooling"]),
    "q_class_gives_scores": frozenset(["softmax_missing"]),
    "q_plain_momentum": frozenset(["nesterov_missing"]),
    "q_relu_then_softmax": frozenset(["relu_before_softmax"]),
    "q_rate_of_part_three": frozenset(["other_part_rate"]),
    "q_upside_down": frozenset(["upside_down"]),
    "q_black_frame": frozenset(["padded_not_resized"]),
    "q_one_hinge_for_both": frozenset(["one_max"]),
    "q_manhattan": frozenset(["manhattan"]),
    "q_norm_without_square": frozenset(["not_squared"]),
    "q_fine_tuned_weights": frozenset(["fine_tuned"]),
    "q_unique_classes": frozenset(["classes_counted_and_rows_left_empty"]),
    "q_lying_on_the_side": frozenset(["rows_and_columns_swapped"]),
    "q_linear_dense_layers": frozenset(["dense_relus_missing"]),
    "q_sigmoid_classes": frozenset(["sigmoid_at_the_end"]),
    "q_thinned_out": frozenset(["same_pads_for_stride_one"]),
    "q_windows_from_the_corner": frozenset(["same_pads_right_bottom_only"]),
    "q_max_copied": frozenset(["maximum_instead"]),
    "q_pixels_are_rows": frozenset(["last_axis_kept"]),
    "q_a_single_bias": frozenset(["one_bias_in_an_array"]),
    "q_padding_not_passed": frozenset(["padding_not_passed"]),
    "q_second_conv_same": frozenset(["second_convolution_same"]),
    "q_momentum_for_the_new": frozenset(["momentum_swapped"]),
    "q_relu_before_bn": frozenset(["relu_before_norm"]),
    "q_no_fifth_pool": frozenset(["last_pool_missing"]),
    "q_relu_before_the_sum": frozenset(["relu_on_first_way"]),
    "q_first_stage_keeps_size": frozenset(["first_stage_without_stride"]),
    "q_specs_in_table_order": frozenset(["columns_in_the_order_of_the_table"]),
    "q_last_place_never": frozenset(["last_place_never"]),
}
"""Of those that have one: random biases are not asked for otherwise, and two have no name yet."""
