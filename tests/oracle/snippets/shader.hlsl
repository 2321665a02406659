// args: --target=dxil-pc-shadermodel6.3-library -x hlsl
typedef vector<float, 4> float4; typedef vector<float, 2> float2; typedef vector<unsigned, 3> uint3; typedef unsigned uint;
cbuffer Constants : register(b0) { float4 color : packoffset(c0); float other : packoffset(c1.y); }
tbuffer Texels { int t; }
groupshared float shared[4];
export void exported(inout float x, out float y, in float z) { y = x; }
[numthreads(1, 2, 3)] [shader("compute")] void main(uint3 id : SV_DispatchThreadID, uint index : SV_GroupIndex) { float2 v = color.xy; float array[2]; float copy[2] = array; [unroll(3)] for (int i = 0; i < 3; ++i) copy[i] = v.x; }
void takesArray(float a[2]) { a[0] = 1; }
void passes() { float a[2] = {1, 2}; takesArray(a); }
RWBuffer<float> buffer : register(u3, space1);
__attribute__((clang_builtin_alias(__builtin_elementwise_abs))) float myAbs(float x);
