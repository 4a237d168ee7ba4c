/* fsync and fdatasync that take MICROS longer, like those of a disk that really writes. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void rest(void)
{
    struct timespec time = {0, MICROS * 1000L};
    nanosleep(&time, 0);
}

int fsync(int file)
{
    rest();
    return syscall(SYS_fsync, file);
}

int fdatasync(int file)
{
    rest();
    return syscall(SYS_fdatasync, file);
}
