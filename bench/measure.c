/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure - run a command several times and say what it cost: measure N OUTPUT COMMAND [ARGUMENT ...]
 *
 * Standard output of the command goes to the file OUTPUT (made anew each time). Prints one line: the best wall seconds, the best CPU
 * seconds (user + system, of the command and all its children), the largest peak of resident memory in KB of one process. Exits with
 * the command's status if it fails.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int once(char **argv, const char *output, double *wall, struct rusage *u)
{
	double start = now();
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		if (fd < 0 || dup2(fd, 1) < 0)
			_exit(126);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, u) < 0)
		return 126;
	*wall = now() - start;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int main(int argc, char **argv)
{
	double best_wall = 0, best_cpu = 0;
	long peak = 0;
	int n = argc > 3 ? (int)strtol(argv[1], NULL, 10) : 0;

	if (n < 1) {
		fprintf(stderr, "usage: measure N OUTPUT COMMAND [ARGUMENT ...]\n");
		return 2;
	}
	for (int i = 0; i < n; i++) {
		struct rusage u;
		double wall, cpu;
		int rc = once(argv + 3, argv[2], &wall, &u);

		if (rc)
			return rc;
		cpu = seconds(u.ru_utime) + seconds(u.ru_stime);
		best_wall = !i || wall < best_wall ? wall : best_wall;
		best_cpu = !i || cpu < best_cpu ? cpu : best_cpu;
		peak = u.ru_maxrss > peak ? u.ru_maxrss : peak;
	}
	printf("%.3f %.3f %ld\n", best_wall, best_cpu, peak);
	return 0;
}
