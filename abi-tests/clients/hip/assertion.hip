/* An assertion that fails on the device ends the process, after it has told where. */
#include <sys/wait.h>
#include <unistd.h>

#include <cassert>
#include <string>

#include "check.h"

__global__ void claim(int limit) { assert(int(threadIdx.x) < limit && "threads"); }
__global__ void give_up() { if (threadIdx.x == 63) abort(); }

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

int main() {
    std::string said;
    verdict("holds", in_child([] { claim<<<1, 64>>>(64); }, said) == 0);
    said.clear();
    int code = in_child([] { claim<<<1, 64>>>(60); }, said);
    verdict("fails", code == 134);
    verdict("tells", said.find("claim") != said.npos && said.find("int(threadIdx.x) < limit") != said.npos);
    verdict("gives up", in_child([] { give_up<<<1, 64>>>(); }, said) == 134);
    return end();
}
