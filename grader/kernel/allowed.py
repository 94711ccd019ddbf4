"""The TensorFlow operations that a network may be made of: mathematics on its own numbers.

Listed one by one, because a property cannot tell them apart: ``ImmutableConst`` takes no text and
keeps no state, and maps a file into memory. Nothing here reads or writes a file, opens a
connection, calls Python, prints, sleeps or ends the process; whatever keeps state keeps it in the
network's own variables.
"""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SHAPES = """
BatchToSpaceND BroadcastArgs BroadcastGradientArgs BroadcastTo Concat ConcatOffset ConcatV2 Const
DepthToSpace Diag DiagPart DynamicPartition DynamicStitch EnsureShape ExpandDims
ExtractImagePatches ExtractVolumePatches Fill Gather GatherNd GatherV2 Identity IdentityN
InvertPermutation LinSpace MatrixBandPart MatrixDiag MatrixDiagPart MatrixDiagPartV2
MatrixDiagPartV3 MatrixDiagV2 MatrixDiagV3 MatrixSetDiag MatrixSetDiagV2 MatrixSetDiagV3 MirrorPad
NoOp OneHot OnesLike Pack Pad PadV2 ParallelConcat ParallelDynamicStitch Placeholder
PreventGradient Range Rank Reshape Reverse ReverseSequence ReverseV2 Roll ScatterNd Shape ShapeN
Size Slice SpaceToBatchND SpaceToDepth Split SplitV Squeeze StopGradient StridedSlice
TensorScatterAdd TensorScatterMax TensorScatterMin TensorScatterSub TensorScatterUpdate
TensorStridedSliceUpdate Tile Transpose UnravelIndex Unpack Where ZerosLike
"""
_MATHEMATICS = """
Abs AccumulateNV2 Acos Acosh Add AddN AddV2 All Angle Any ApproximateEqual ArgMax ArgMin Asin Asinh
Atan Atan2 Atanh BatchMatMul BatchMatMulV2 BatchMatMulV3 Bincount Bitcast BitwiseAnd BitwiseOr
BitwiseXor Cast Ceil Cholesky ClipByValue Complex ComplexAbs Conj ConjugateTranspose Cos
Cosh Cross CumulativeLogsumexp Cumprod Cumsum DenseBincount Digamma Div DivNoNan Einsum Equal Erf
Erfc Erfinv EuclideanNorm Exp Expm1 FFT FFT2D FFT3D Floor FloorDiv FloorMod Greater GreaterEqual
HistogramFixedWidth IFFT IFFT2D IFFT3D IRFFT IRFFT2D IRFFT3D Imag InTopK InTopKV2 Inv Invert
IsFinite IsInf IsNan L2Loss LeftShift Less LessEqual Lgamma Log Log1p LogicalAnd LogicalNot
LogicalOr LogMatrixDeterminant MatMul MatrixDeterminant MatrixExponential MatrixInverse MatrixSolve
MatrixSquareRoot MatrixTriangularSolve Max Maximum Mean Min Minimum Mod Mul MulNoNan Ndtri Neg
NotEqual NthElement Polygamma PopulationCount Pow Prod Qr RFFT RFFT2D RFFT3D Real RealDiv
Reciprocal RightShift Rint Round Rsqrt SegmentMax SegmentMean SegmentMin SegmentProd SegmentSum
Select SelectV2 SelfAdjointEigV2 Sigmoid Sign Sin Sinh Sqrt Square SquaredDifference Sub Sum Svd
Tan Tanh TopK TopKV2 TruncateDiv TruncateMod Unique UniqueV2 UnsortedSegmentMax UnsortedSegmentMin
UnsortedSegmentProd UnsortedSegmentSum Xdivy Xlog1py Xlogy Zeta
"""
_NETWORKS = """
AdjustContrast AdjustContrastv2 AdjustHue AdjustSaturation AvgPool AvgPool3D BiasAdd BiasAddV1
CombinedNonMaxSuppression Conv Conv2D Conv2DBackpropInput Conv3D Conv3DBackpropInputV2
CropAndResize DepthwiseConv2dNative DepthwiseConv2dNativeBackpropInput Dilation2D Elu
FractionalAvgPool FractionalMaxPool FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 HSVToRGB
ImageProjectiveTransformV2 ImageProjectiveTransformV3 LRN LeakyRelu LogSoftmax MaxPool MaxPool3D
MaxPoolV2 MaxPoolWithArgmax RGBToHSV Relu Relu6 ResizeArea ResizeBicubic ResizeBilinear
ResizeNearestNeighbor ScaleAndTranslate Selu Softmax SoftmaxCrossEntropyWithLogits Softplus
Softsign SparseSoftmaxCrossEntropyWithLogits
"""
_CONTROL = """
Case EmptyTensorList If PartitionedCall StatefulPartitionedCall StatelessCase StatelessIf
StatelessWhile TensorListConcatV2 TensorListElementShape TensorListFromTensor TensorListGather
TensorListGetItem TensorListLength TensorListPopBack TensorListPushBack TensorListReserve
TensorListResize TensorListScatterIntoExistingList TensorListScatterV2 TensorListSetItem
TensorListSplit TensorListStack While
"""
_CHANCE = """
Multinomial RandomShuffle RandomStandardNormal RandomUniform RandomUniformInt RngReadAndSkip
RngSkip StatefulStandardNormalV2 StatefulTruncatedNormal StatefulUniform StatefulUniformFullInt
StatefulUniformInt StatelessMultinomial StatelessParameterizedTruncatedNormal
StatelessRandomBinomial StatelessRandomGammaV2 StatelessRandomGammaV3 StatelessRandomGetAlg
StatelessRandomGetKeyCounter StatelessRandomGetKeyCounterAlg StatelessRandomNormal
StatelessRandomNormalV2 StatelessRandomPoisson StatelessRandomUniform StatelessRandomUniformFullInt
StatelessRandomUniformFullIntV2 StatelessRandomUniformInt StatelessRandomUniformIntV2
StatelessRandomUniformV2 StatelessShuffle StatelessTruncatedNormal StatelessTruncatedNormalV2
TruncatedNormal
"""
_READING = "ReadVariableOp ResourceGather ResourceGatherNd VarIsInitializedOp VariableShape"

WRITING = _names(
    """
AssignAddVariableOp AssignSubVariableOp AssignVariableOp ResourceScatterAdd ResourceScatterDiv
ResourceScatterMax ResourceScatterMin ResourceScatterMul ResourceScatterNdAdd ResourceScatterNdSub
ResourceScatterNdUpdate ResourceScatterSub ResourceScatterUpdate ResourceStridedSliceAssign
RngReadAndSkip RngSkip StatefulStandardNormalV2 StatefulTruncatedNormal StatefulUniform
StatefulUniformFullInt StatefulUniformInt
"""
)
"""Those that change the variable whose handle is their first input."""

CALLING = _names(
    "Case If PartitionedCall StatefulPartitionedCall StatelessCase StatelessIf StatelessWhile While"
)
"""Those that run a function of the graph's own library."""

SILENCED = _names("Assert Print PrintV2 CheckNumerics CheckNumericsV2")
"""Those that an honest network may hold and that compute nothing: they are taken out."""

ALLOWED = WRITING | CALLING
ALLOWED |= _names(" ".join((_SHAPES, _MATHEMATICS, _NETWORKS, _CONTROL, _CHANCE, _READING)))
