#include "CLinux.h"

__thread int latchkey_thread_slot = -1;
