#include "CLinux.h"

__thread int latchkey_thread_slot = -1;
__thread void *latchkey_round_end = 0;
