/*
 * The least a monitor can do: one vCPU in a KVM_RUN loop in C. It sets up the same machine as
 * virtdeck (interrupt controllers, CPUID, PVH entry state), prints what the guest writes to COM1,
 * ends at the debug-exit port and drops every other port access.
 *
 *   c-loop PAYLOAD.elf MEMORY_MIB    runs a payload
 *   c-loop --tsc                     prints the TSC's frequency in kHz
 */
#include <elf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define COM1 0x3f8
#define DEBUG_EXIT 0xf4
#define TSS_ADDRESS 0xfffbd000
#define START_INFO 0x6000
#define START_MAGIC 0x336ec578
#define PVH_ENTRY_NOTE 18
#define MAX_CPUID 256

static int checked(int result, const char *what)
{
	if (result < 0)
		err(1, "%s", what);
	return result;
}

/* Ticks in a fifth of a second of the monotonic clock. */
static void print_tsc_khz(void)
{
	struct timespec from, to;
	uint64_t ticks, ns;

	clock_gettime(CLOCK_MONOTONIC, &from);
	ticks = __rdtsc();
	do {
		clock_gettime(CLOCK_MONOTONIC, &to);
		ns = (to.tv_sec - from.tv_sec) * 1000000000ull + to.tv_nsec - from.tv_nsec;
	} while (ns < 200000000);
	ticks = __rdtsc() - ticks;
	printf("%.0f\n", ticks * 1e6 / ns);
}

static uint32_t entry_of(const uint8_t *notes, size_t size)
{
	for (size_t at = 0; at + 12 <= size;) {
		const Elf64_Nhdr *note = (const void *)(notes + at);
		size_t name = at + sizeof *note;
		size_t desc = name + (note->n_namesz + 3) / 4 * 4;
		if (note->n_type == PVH_ENTRY_NOTE && !memcmp(notes + name, "Xen", 4))
			return *(const uint32_t *)(notes + desc);
		at = desc + (note->n_descsz + 3) / 4 * 4;
	}
	return 0;
}

static uint32_t load(const char *path, uint8_t *ram)
{
	int fd = checked(open(path, O_RDONLY), path);
	off_t size = lseek(fd, 0, SEEK_END);
	uint8_t *file = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	uint32_t entry = 0;

	if (file == MAP_FAILED)
		err(1, "mmap %s", path);
	const Elf64_Ehdr *elf = (const void *)file;
	const Elf64_Phdr *segments = (const void *)(file + elf->e_phoff);
	for (int i = 0; i < elf->e_phnum; i++) {
		const Elf64_Phdr *segment = &segments[i];
		if (segment->p_type == PT_LOAD)
			memcpy(ram + segment->p_paddr, file + segment->p_offset, segment->p_filesz);
		else if (segment->p_type == PT_NOTE && entry == 0)
			entry = entry_of(file + segment->p_offset, segment->p_filesz);
	}
	if (entry == 0)
		errx(1, "%s: no PVH entry", path);
	munmap(file, size);
	close(fd);
	return entry;
}

static void set_cpuid(int kvm, int vcpu)
{
	struct kvm_cpuid2 *cpuid =
		calloc(1, sizeof *cpuid + MAX_CPUID * sizeof cpuid->entries[0]);

	cpuid->nent = MAX_CPUID;
	checked(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid), "KVM_GET_SUPPORTED_CPUID");
	checked(ioctl(vcpu, KVM_SET_CPUID2, cpuid), "KVM_SET_CPUID2");
	free(cpuid);
}

static void set_entry_state(int vcpu, uint32_t entry)
{
	struct kvm_segment flat = { .limit = 0xffffffff, .present = 1, .s = 1, .db = 1, .g = 1 };
	struct kvm_regs regs = { .rip = entry, .rbx = START_INFO, .rflags = 2 };
	struct kvm_sregs sregs;

	checked(ioctl(vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	flat.selector = 0x10;
	flat.type = 3;
	sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = flat;
	flat.selector = 0x08;
	flat.type = 11;
	sregs.cs = flat;
	sregs.tr = (struct kvm_segment){ .limit = 0x67, .present = 1, .type = 11, .selector = 0x18 };
	sregs.cr0 = 0x11;
	sregs.cr4 = 0;
	sregs.efer = 0;
	checked(ioctl(vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	checked(ioctl(vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
}

static int run(int vcpu, struct kvm_run *run)
{
	for (;;) {
		if (ioctl(vcpu, KVM_RUN, 0) < 0) {
			if (errno == EINTR || errno == EAGAIN)
				continue;
			err(1, "KVM_RUN");
		}
		if (run->exit_reason != KVM_EXIT_IO)
			errx(1, "exit reason %u", run->exit_reason);
		if (run->io.direction != KVM_EXIT_IO_OUT)
			continue;
		if (run->io.port == COM1)
			putchar(*((uint8_t *)run + run->io.data_offset));
		else if (run->io.port == DEBUG_EXIT)
			return 0;
	}
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--tsc")) {
		print_tsc_khz();
		return 0;
	}
	if (argc != 3)
		errx(64, "usage: c-loop PAYLOAD.elf MEMORY_MIB | c-loop --tsc");
	size_t size = strtoul(argv[2], NULL, 10) << 20;
	int kvm = checked(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	int vm = checked(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	struct kvm_pit_config pit = { .flags = KVM_PIT_SPEAKER_DUMMY };

	checked(ioctl(vm, KVM_SET_TSS_ADDR, TSS_ADDRESS), "KVM_SET_TSS_ADDR");
	checked(ioctl(vm, KVM_CREATE_IRQCHIP, 0), "KVM_CREATE_IRQCHIP");
	checked(ioctl(vm, KVM_CREATE_PIT2, &pit), "KVM_CREATE_PIT2");

	uint8_t *ram = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (ram == MAP_FAILED)
		err(1, "mmap guest memory");
	struct kvm_userspace_memory_region region = {
		.memory_size = size,
		.userspace_addr = (uintptr_t)ram,
	};
	checked(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
	uint32_t entry = load(argv[1], ram);
	*(uint32_t *)(ram + START_INFO) = START_MAGIC;

	int vcpu = checked(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	int run_size = checked(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
	struct kvm_run *area =
		mmap(NULL, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (area == MAP_FAILED)
		err(1, "mmap kvm_run");
	set_cpuid(kvm, vcpu);
	set_entry_state(vcpu, entry);
	return run(vcpu, area);
}
