/* Compiles only if the sizes in pyconfig.h are those of the compiler. */
#include <Python.h>

#define SAME(type, name) _Static_assert(sizeof(type) == name, #name " in pyconfig.h is not the compiler's")

SAME(long, SIZEOF_LONG);
SAME(long double, SIZEOF_LONG_DOUBLE);
SAME(off_t, SIZEOF_OFF_T);
SAME(pid_t, SIZEOF_PID_T);
SAME(size_t, SIZEOF_SIZE_T);
SAME(time_t, SIZEOF_TIME_T);
SAME(void *, SIZEOF_VOID_P);
SAME(wchar_t, SIZEOF_WCHAR_T);
