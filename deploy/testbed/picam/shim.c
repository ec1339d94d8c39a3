/* Stands in for /dev/udmabuf where the kernel has none: a buffer is the memory file it would be made of. And lets
 * libcamera's virtual camera begin with clean memory, since it leaves the status of its buffers as it finds it.
 * gcc -O2 -shared -fPIC -o shim.so shim.c -ldl; LD_PRELOAD=shim.so
 * Kernel: include/uapi/linux/udmabuf.h (UDMABUF_CREATE), include/uapi/linux/dma-buf.h (DMA_BUF_IOCTL_SYNC). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct udmabuf_create {
    unsigned memfd, flags;
    unsigned long long offset, size;
};

/* Type and number of an ioctl; its direction and size are above them. */
#define UDMABUF_CREATE (('u' << 8) | 0x42)
#define DMA_BUF_SYNC (('b' << 8) | 0)

#define OPEN(name)                                                              \
    int name(const char *path, int flags, ...)                                  \
    {                                                                           \
        static int (*real)(const char *, int, ...);                             \
        if (!real)                                                              \
            real = dlsym(RTLD_NEXT, #name);                                     \
        va_list rest;                                                           \
        va_start(rest, flags);                                                  \
        int mode = va_arg(rest, int);                                           \
        va_end(rest);                                                           \
        if (!strcmp(path, "/dev/udmabuf"))                                      \
            return memfd_create("udmabuf", MFD_CLOEXEC);                        \
        return real(path, flags, mode);                                         \
    }

OPEN(open)
OPEN(open64)

int ioctl(int fd, unsigned long request, ...)
{
    static int (*real)(int, unsigned long, ...);
    if (!real)
        real = dlsym(RTLD_NEXT, "ioctl");
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if ((request & 0xffff) == UDMABUF_CREATE)
        return dup(((struct udmabuf_create *)argument)->memfd);
    if ((request & 0xffff) == DMA_BUF_SYNC)
        return 0;
    return real(fd, request, argument);
}

/* C++'s operator new(size_t). A buffer's status is 0 for success; whatever else is in it, picamera2 throws it away. */
void *_Znwm(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory)
        abort();
    return memory;
}
