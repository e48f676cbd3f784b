/* A fork between hsa_init and hsa_shut_down: the child may close and open afresh, and the parent notices nothing. */
#include <hsa/hsa.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static hsa_status_t count_agent(hsa_agent_t agent, void *data) {
    (void)agent;
    ++*(int *)data;
    return HSA_STATUS_SUCCESS;
}

/* How many there are, or -1. */
static int agents(void) {
    int count = 0;
    hsa_status_t status = hsa_iterate_agents(count_agent, &count);
    return status == HSA_STATUS_SUCCESS ? count : -1;
}

static void look(const char *who, int before) {
    printf("%s: same agents: %s\n", who, agents() == before ? "yes" : "no");
}

static int child(int before) {
    printf("child: init %d\n", hsa_init());
    look("child", before);
    while (hsa_shut_down() == HSA_STATUS_SUCCESS) continue;
    printf("child, afresh: init %d\n", hsa_init());
    look("child, afresh", before);
    printf("child, afresh: shut_down %d\n", hsa_shut_down());
    fflush(stdout);
    return 0;
}

int main(void) {
    int status = -1;
    printf("init %d\n", hsa_init());
    int before = agents();
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) _exit(child(before));
    waitpid(pid, &status, 0);
    printf("child ended with %d\n", status);
    look("parent", before);
    printf("parent: shut_down %d\n", hsa_shut_down());
    return 0;
}
