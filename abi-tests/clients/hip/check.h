/* What the HIP programs share: a call that must succeed, a case with its verdict, and the end.
   Each program prints one line a case, `NAME: right` or `NAME: WRONG`, and `end`; its exit code tells the same. */
#pragma once
#include <hip/hip_runtime.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#define NEED(call)                                                                     \
    do {                                                                               \
        hipError_t status_ = (call);                                                   \
        if (status_ != hipSuccess) {                                                   \
            printf("%s:%d: %s: %s\n", __FILE__, __LINE__, #call, hipGetErrorName(status_)); \
            exit(2);                                                                   \
        }                                                                              \
    } while (0)

static int wrong_cases;

static inline void verdict(const char *name, bool right) {
    printf("%s: %s\n", name, right ? "right" : "WRONG");
    fflush(stdout);
    if (!right) wrong_cases++;
}

static inline int end() {
    puts("end");
    return wrong_cases != 0;
}

/* Device memory for `n` values, filled from the host where there is something to fill it with. */
template <typename T>
static T *on_device(size_t n, const T *values = nullptr) {
    T *memory;
    NEED(hipMalloc(reinterpret_cast<void **>(&memory), n * sizeof(T)));
    if (values) NEED(hipMemcpy(memory, values, n * sizeof(T), hipMemcpyHostToDevice));
    return memory;
}

template <typename T>
static T *on_device(const std::vector<T> &values) {
    return on_device(values.size(), values.data());
}

template <typename T>
static std::vector<T> from_device(const T *memory, size_t n) {
    std::vector<T> values(n);
    NEED(hipMemcpy(values.data(), memory, n * sizeof(T), hipMemcpyDeviceToHost));
    return values;
}

/* A pattern that differs from byte to byte and from seed to seed. */
static inline uint8_t pattern(size_t i, unsigned seed = 0) {
    return static_cast<uint8_t>((i * 2654435761u >> 13) + i + seed * 89);
}

static inline std::vector<uint8_t> patterned(size_t n, unsigned seed = 0) {
    std::vector<uint8_t> bytes(n);
    for (size_t i = 0; i < n; i++) bytes[i] = pattern(i, seed);
    return bytes;
}

/* A kernel has been launched: it must have been possible, and it must end well. */
static inline void done() {
    NEED(hipGetLastError());
    NEED(hipDeviceSynchronize());
}

/* What the child writes to standard error, and how it ends. HIP lives in the children only: it does not survive forks. */
template <typename F>
static int in_child(F work, std::string &said) {
    int ends[2];
    if (pipe(ends)) exit(3);
    fflush(stdout);
    pid_t child = fork();
    if (!child) {
        dup2(ends[1], 2);
        close(ends[0]);
        work();
        hipError_t status = hipDeviceSynchronize();
        /* 7.2 tells the caller, and lets it live. */
        _exit(status == hipSuccess ? 0 : 134);
    }
    close(ends[1]);
    char buffer[4096];
    for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;) said.append(buffer, n);
    close(ends[0]);
    int status;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
