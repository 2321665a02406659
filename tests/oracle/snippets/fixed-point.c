// args: -ffixed-point
_Accum a = 1.5k;
_Sat _Fract f = 0.25r;
int i = (int)1.5k;
