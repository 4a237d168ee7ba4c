/* Preloaded into a process, it holds up every fsync while the file $FSYNC_GATE exists, and says so
 * by making $FSYNC_GATE.waiting. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void wait_at_the_gate(void) {
    const char *gate = getenv("FSYNC_GATE");
    char waiting[4096];
    if (!gate || access(gate, F_OK) != 0)
        return;
    snprintf(waiting, sizeof waiting, "%s.waiting", gate);
    close(open(waiting, O_CREAT | O_WRONLY, 0600));
    while (access(gate, F_OK) == 0)
        usleep(1000);
}

int fsync(int fd) {
    wait_at_the_gate();
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
    wait_at_the_gate();
    return (int)syscall(SYS_fdatasync, fd);
}
