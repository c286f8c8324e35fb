/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * killat K PROGRAM ARGUMENT... - run a program and kill it as it is about to make its K-th system call (K = 1: the
 * first after exec). Status 137 if it was killed, else the program's own: then K is past its end.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static int run(long k, pid_t pid)
{
	long seen = 0;
	int status, sig = 0;
	int entering = 0;

	if (waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status))
		return 2;
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, sig) < 0 || waitpid(pid, &status, 0) < 0)
			return 2;
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		sig = WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status);
		if (sig)
			continue;
		entering = !entering;
		if (!entering || ++seen < k)
			continue;
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		return 137;
	}
}

int main(int argc, char **argv)
{
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = fork();
	if (pid < 0)
		return 2;
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(3);
		execvp(argv[2], argv + 2);
		_exit(2);
	}
	return run(strtol(argv[1], NULL, 10), pid);
}
