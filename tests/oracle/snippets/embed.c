// args: -std=c23
const char self[] = {
#embed __FILE__ limit(20)
};
int one =
#embed __FILE__ limit(1)
;
