/* Two kernels, and variables of each kind that programs can ask for. One of them holds an address, which loading has to
   correct. Compiled for a GPU by the test. */
#define GLOBAL __attribute__((address_space(1)))
#define VISIBLE __attribute__((visibility("protected")))

VISIBLE GLOBAL int counter = 7;
VISIBLE GLOBAL const int table[4] = {1, 2, 3, 4};
VISIBLE GLOBAL long empty[100];
VISIBLE GLOBAL int *GLOBAL place = &counter;

__attribute__((amdgpu_kernel)) void sums(GLOBAL int *number) {
    *number = *place + table[*number & 3] + (int)empty[*number & 63];
}

__attribute__((amdgpu_kernel)) void other(void) { counter++; }
