/* printf on the device: each line arrives once and whole. */
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "check.h"

__global__ void speak() {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i % 3 == 0) printf("%d: %s %5.2f %llx %c %%\n", i, i & 1 ? "odd" : "even", i / 4.0, 0x123456789abcdefull + i, 'a' + i % 26);
}

__global__ void long_words() {
    printf("a line of text that is longer than one packet of the device can hold, so that it takes several: %s, %d\n",
           "and a string of some length which is copied from the device's memory", 42);
}

int main() {
    char name[] = "printed-XXXXXX";
    int file = mkstemp(name), standard = dup(1);
    fflush(stdout);
    dup2(file, 1);
    speak<<<3, 100>>>();
    done();
    long_words<<<1, 1>>>();
    done();
    fflush(stdout);
    dup2(standard, 1);
    std::vector<std::string> lines, expected;
    std::ifstream stream(name);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    unlink(name);
    for (int i = 0; i < 300; i += 3) {
        char line[100];
        snprintf(line, sizeof line, "%d: %s %5.2f %llx %c %%", i, i & 1 ? "odd" : "even", i / 4.0, 0x123456789abcdefull + i, 'a' + i % 26);
        expected.push_back(line);
    }
    bool last = !lines.empty() && lines.back() ==
        "a line of text that is longer than one packet of the device can hold, so that it takes several: "
        "and a string of some length which is copied from the device's memory, 42";
    verdict("long", last);
    if (last) lines.pop_back();
    std::sort(lines.begin(), lines.end());
    std::sort(expected.begin(), expected.end());
    verdict("100 lines", lines == expected);
    return end();
}
