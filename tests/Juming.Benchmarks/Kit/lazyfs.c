// A file system that loses at the loss of power what a disk may lose: what was written and not yet synced stays in the memory of this process, and goes with it.
// Some sectors reach the disk early and in any order, as they do behind a page cache, so that what is left after a loss may be torn. Names, sizes that were set by
// truncate, and rights count as durable at once.
//   lazyfs BACKING MOUNTPOINT SEED     in the foreground; SIGUSR1 syncs everything; kill -9 is the loss of power
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define BLOCK 4096
#define SECTOR 512
#define BUCKETS 4096

// A block whose bytes are not on the disk yet; "dirty" has a bit for each sector.
struct block { uint64_t number; uint8_t dirty; struct block *next; uint8_t bytes[BLOCK]; };

// A file by its inode, however many names and openings it has.
struct node { dev_t dev; ino_t ino; int fd; int openings; off_t size; int lazy; uint64_t blocks; struct block *chains[BUCKETS]; struct node *next; };

static int backing;
static struct node *nodes;
static uint64_t dice;
static volatile sig_atomic_t wanted;

static uint32_t roll(void) { dice ^= dice << 13; dice ^= dice >> 7; dice ^= dice << 17; return (uint32_t)(dice >> 16); }

static const char *rel(const char *path) { return path[1] ? path + 1 : "."; }

static struct node *find(dev_t dev, ino_t ino)
{
    for (struct node *n = nodes; n; n = n->next) if (n->dev == dev && n->ino == ino) return n;
    return NULL;
}

static struct block *block_of(struct node *n, uint64_t number)
{
    for (struct block *b = n->chains[number % BUCKETS]; b; b = b->next) if (b->number == number) return b;
    return NULL;
}

static void drop(struct node *n, off_t from)
{
    for (int i = 0; i < BUCKETS; i++)
        for (struct block **at = &n->chains[i]; *at;) {
            struct block *b = *at;
            off_t begin = (off_t)b->number * BLOCK;
            if (begin >= from) { *at = b->next; free(b); n->blocks--; continue; }
            if (begin + BLOCK > from) memset(b->bytes + (from - begin), 0, (size_t)(begin + BLOCK - from));
            at = &b->next;
        }
}

// Only what lies within the file is written: a sector at its end may be a part of one.
static int put(struct node *n, struct block *b, int sector)
{
    off_t at = (off_t)b->number * BLOCK + (off_t)sector * SECTOR;
    if (at >= n->size) return 0;
    size_t length = n->size - at < SECTOR ? (size_t)(n->size - at) : SECTOR;
    return pwrite(n->fd, b->bytes + sector * SECTOR, length, at) == (ssize_t)length ? 0 : -errno;
}

static int sync_node(struct node *n)
{
    int failed = 0;
    for (int i = 0; i < BUCKETS && n->blocks; i++)
        for (struct block *b = n->chains[i], *next; b; b = next) {
            next = b->next;
            for (int s = 0; s < BLOCK / SECTOR; s++)
                if (b->dirty >> s & 1) { int error = put(n, b, s); if (error) failed = error; }
            n->chains[i] = next;
            free(b);
            n->blocks--;
        }
    struct stat st;
    if (n->lazy && !fstat(n->fd, &st) && st.st_size < n->size && ftruncate(n->fd, n->size)) failed = -errno;
    n->lazy = 0;
    return failed;
}

static void ask(int signal) { (void)signal; wanted = 1; }

static void sync_all_when_asked(void)
{
    if (!wanted) return;
    wanted = 0;
    for (struct node *n = nodes; n; n = n->next) sync_node(n);
}

static int l_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
    sync_all_when_asked();
    if (fi && fi->fh) { if (fstat(((struct node *)fi->fh)->fd, st)) return -errno; }
    else if (fstatat(backing, rel(path), st, AT_SYMLINK_NOFOLLOW)) return -errno;
    struct node *n = find(st->st_dev, st->st_ino);
    if (n) st->st_size = n->size;
    return 0;
}

static int l_access(const char *path, int mask) { return faccessat(backing, rel(path), mask, 0) ? -errno : 0; }
static int l_readlink(const char *path, char *out, size_t size) { ssize_t n = readlinkat(backing, rel(path), out, size - 1); if (n < 0) return -errno; out[n] = 0; return 0; }
static int l_mkdir(const char *path, mode_t mode) { return mkdirat(backing, rel(path), mode) ? -errno : 0; }
static int l_rmdir(const char *path) { return unlinkat(backing, rel(path), AT_REMOVEDIR) ? -errno : 0; }
static int l_symlink(const char *to, const char *path) { return symlinkat(to, backing, rel(path)) ? -errno : 0; }
static int l_link(const char *from, const char *to) { return linkat(backing, rel(from), backing, rel(to), 0) ? -errno : 0; }
static int l_mknod(const char *path, mode_t mode, dev_t dev) { return mknodat(backing, rel(path), mode, dev) ? -errno : 0; }
static int l_statfs(const char *path, struct statvfs *st) { (void)path; return fstatvfs(backing, st) ? -errno : 0; }
static int l_rename(const char *from, const char *to, unsigned flags) { return renameat2(backing, rel(from), backing, rel(to), flags) ? -errno : 0; }

static int l_chmod(const char *path, mode_t mode, struct fuse_file_info *fi)
{
    if (fi && fi->fh) return fchmod(((struct node *)fi->fh)->fd, mode) ? -errno : 0;
    return fchmodat(backing, rel(path), mode, 0) ? -errno : 0;
}

static int l_chown(const char *path, uid_t uid, gid_t gid, struct fuse_file_info *fi) { (void)fi; return fchownat(backing, rel(path), uid, gid, AT_SYMLINK_NOFOLLOW) ? -errno : 0; }
static int l_utimens(const char *path, const struct timespec times[2], struct fuse_file_info *fi) { (void)fi; return utimensat(backing, rel(path), times, AT_SYMLINK_NOFOLLOW) ? -errno : 0; }

// Blocks of a file without a name and an opening are nobody's.
static void forget(struct node *n)
{
    struct stat st;
    if (n->openings > 0) return;
    if (fstat(n->fd, &st) || (st.st_nlink > 0 && (n->blocks || n->lazy))) return;
    drop(n, 0);
    for (struct node **at = &nodes; *at; at = &(*at)->next) if (*at == n) { *at = n->next; break; }
    close(n->fd);
    free(n);
}

static int l_unlink(const char *path)
{
    struct stat st;
    struct node *n = fstatat(backing, rel(path), &st, AT_SYMLINK_NOFOLLOW) ? NULL : find(st.st_dev, st.st_ino);
    if (unlinkat(backing, rel(path), 0)) return -errno;
    if (n) forget(n);
    return 0;
}

static int begin(const char *path, int flags, mode_t mode, struct fuse_file_info *fi)
{
    // Read and write whatever was asked for: the kernel has checked the rights, and a file that is open for reading alone may be synced too.
    int fd = openat(backing, rel(path), O_RDWR | O_CLOEXEC | (flags & (O_CREAT | O_EXCL)), mode);
    if (fd < 0 && errno == EACCES) fd = openat(backing, rel(path), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    struct stat st;
    if (fstat(fd, &st)) { int error = errno; close(fd); return -error; }
    struct node *n = find(st.st_dev, st.st_ino);
    if (n) close(fd);
    else {
        n = calloc(1, sizeof *n);
        if (!n) { close(fd); return -ENOMEM; }
        n->dev = st.st_dev; n->ino = st.st_ino; n->fd = fd; n->size = st.st_size;
        n->next = nodes; nodes = n;
    }
    n->openings++;
    if (flags & O_TRUNC) { drop(n, 0); n->size = 0; n->lazy = 0; if (ftruncate(n->fd, 0)) return -errno; }
    fi->fh = (uint64_t)n;
    return 0;
}

static int l_open(const char *path, struct fuse_file_info *fi) { return begin(path, fi->flags & ~(O_CREAT | O_EXCL), 0, fi); }
static int l_create(const char *path, mode_t mode, struct fuse_file_info *fi) { return begin(path, fi->flags | O_CREAT, mode, fi); }

static int l_release(const char *path, struct fuse_file_info *fi) { (void)path; struct node *n = (struct node *)fi->fh; n->openings--; forget(n); return 0; }

static int l_read(const char *path, char *out, size_t size, off_t at, struct fuse_file_info *fi)
{
    (void)path;
    struct node *n = (struct node *)fi->fh;
    if (at >= n->size) return 0;
    if ((off_t)size > n->size - at) size = (size_t)(n->size - at);
    memset(out, 0, size);
    if (pread(n->fd, out, size, at) < 0) return -errno;
    if (n->blocks)
        for (uint64_t number = (uint64_t)at / BLOCK; number <= (uint64_t)(at + (off_t)size - 1) / BLOCK; number++) {
            struct block *b = block_of(n, number);
            if (!b) continue;
            off_t start = (off_t)number * BLOCK, from = start > at ? start : at, to = start + BLOCK < at + (off_t)size ? start + BLOCK : at + (off_t)size;
            memcpy(out + (from - at), b->bytes + (from - start), (size_t)(to - from));
        }
    return (int)size;
}

static int l_write(const char *path, const char *in, size_t size, off_t at, struct fuse_file_info *fi)
{
    (void)path;
    sync_all_when_asked();
    struct node *n = (struct node *)fi->fh;
    for (size_t done = 0; done < size;) {
        uint64_t number = (uint64_t)(at + (off_t)done) / BLOCK;
        size_t inside = (size_t)((uint64_t)(at + (off_t)done) % BLOCK), length = BLOCK - inside < size - done ? BLOCK - inside : size - done;
        struct block *b = block_of(n, number);
        if (!b) {
            b = calloc(1, sizeof *b);
            if (!b) return -ENOMEM;
            b->number = number;
            if (pread(n->fd, b->bytes, BLOCK, (off_t)number * BLOCK) < 0) { free(b); return -errno; }
            b->next = n->chains[number % BUCKETS]; n->chains[number % BUCKETS] = b; n->blocks++;
        }
        memcpy(b->bytes + inside, in + done, length);
        if (at + (off_t)(done + length) > n->size) { n->size = at + (off_t)(done + length); n->lazy = 1; }
        for (size_t s = inside / SECTOR; s <= (inside + length - 1) / SECTOR; s++) {
            b->dirty |= (uint8_t)(1 << s);
            if (roll() % 5 == 0) put(n, b, (int)s);
        }
        done += length;
    }
    return (int)size;
}

static int l_truncate(const char *path, off_t size, struct fuse_file_info *fi)
{
    struct fuse_file_info own = {0};
    int opened = !(fi && fi->fh);
    if (opened) { int error = begin(path, O_RDWR, 0, &own); if (error) return error; fi = &own; }
    struct node *n = (struct node *)fi->fh;
    int error = 0;
    drop(n, size);
    if (ftruncate(n->fd, size)) error = -errno;
    else { n->size = size; n->lazy = 0; }
    if (opened) l_release(path, &own);
    return error;
}

static int l_fallocate(const char *path, int mode, off_t at, off_t length, struct fuse_file_info *fi)
{
    (void)path;
    struct node *n = (struct node *)fi->fh;
    if (mode) return -EOPNOTSUPP;
    int error = posix_fallocate(n->fd, at, length);
    if (!error && at + length > n->size) n->size = at + length;
    return -error;
}

static int l_fsync(const char *path, int data, struct fuse_file_info *fi) { (void)path; (void)data; return sync_node((struct node *)fi->fh); }

static int l_readdir(const char *path, void *buffer, fuse_fill_dir_t fill, off_t at, struct fuse_file_info *fi, enum fuse_readdir_flags flags)
{
    (void)at; (void)fi; (void)flags;
    int fd = openat(backing, rel(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -errno;
    DIR *dir = fdopendir(fd);
    for (struct dirent *entry; (entry = readdir(dir));) fill(buffer, entry->d_name, NULL, 0, 0);
    closedir(dir);
    return 0;
}

static void *l_init(struct fuse_conn_info *connection, struct fuse_config *config)
{
    (void)connection;
    // Sizes are known here alone, and a file that was removed while open goes on under its opening.
    config->use_ino = 1; config->attr_timeout = 0; config->entry_timeout = 0; config->negative_timeout = 0; config->hard_remove = 0;
    return NULL;
}

static const struct fuse_operations operations = {
    .init = l_init, .getattr = l_getattr, .access = l_access, .readlink = l_readlink, .mkdir = l_mkdir, .rmdir = l_rmdir, .symlink = l_symlink, .link = l_link, .mknod = l_mknod,
    .statfs = l_statfs, .rename = l_rename, .chmod = l_chmod, .chown = l_chown, .utimens = l_utimens, .unlink = l_unlink, .open = l_open, .create = l_create, .release = l_release,
    .read = l_read, .write = l_write, .truncate = l_truncate, .fallocate = l_fallocate, .fsync = l_fsync, .readdir = l_readdir,
};

int main(int count, char **line)
{
    if (count != 4) { fprintf(stderr, "lazyfs BACKING MOUNTPOINT SEED\n"); return 2; }
    backing = open(line[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (backing < 0) { perror(line[1]); return 1; }
    dice = strtoull(line[3], NULL, 10) * 2654435761u + 88172645463325252ull;
    umask(0);
    struct sigaction on = { .sa_handler = ask, .sa_flags = SA_RESTART };
    sigaction(SIGUSR1, &on, NULL);
    char *fuse[] = { line[0], "-f", "-s", line[2], NULL };
    return fuse_main(4, fuse, &operations, NULL);
}
