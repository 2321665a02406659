/* mrhooker-start PATH NAME ARGUMENT…: executes a command and ends as it ended.
 *
 * Node starts this in place of the command, because it doesn't tell of which signal a process has
 * died when that is a real-time one: the exit status is then 128 and its number, as a shell says
 * it. It is linked statically, so that what the command is to preload is not loaded here. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session.h"

extern char **environ;

enum { NOT_STARTED = 127, SIGNALLED = 128, HIGHEST_NAMED = 31 };

static bool tell(uint32_t number, size_t place) {
  const char *path = getenv("MRHOOKER");
  int fd = path ? open(path, O_WRONLY | O_CLOEXEC) : -1;
  bool told = fd >= 0 && pwrite(fd, &number, sizeof number, (off_t)place) == sizeof number;
  close(fd);
  return told;
}

/* It was killed: nobody reads what the command's threads say, nor removes the session. */
static bool is_gone(pid_t launcher) {
  static bool gone;
  if (!gone && getppid() != launcher)
    gone = tell(1, offsetof(mr_session, launcher_gone));
  return gone;
}

static void end_like(int status, pid_t launcher) {
  const char *session = getenv("MRHOOKER");
  if (is_gone(launcher) && session)
    unlink(session);
  if (WIFEXITED(status))
    _exit(WEXITSTATUS(status));
  int number = WTERMSIG(status);
  if (number <= HIGHEST_NAMED) {
    /* The core file is the command's. */
    prctl(PR_SET_DUMPABLE, 0);
    signal(number, SIG_DFL);
    kill(getpid(), number);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
  }
  _exit(SIGNALLED + number);
}

/* As execvp does with a path. */
static int execute(const char *path, char **argv, int argc) {
  execve(path, argv, environ);
  if (errno != ENOEXEC)
    return errno;
  /* What names no interpreter is a shell's. */
  char *words[argc + 2];
  words[0] = "/bin/sh";
  words[1] = (char *)path;
  for (int i = 1; i <= argc; i++) /* with the null pointer at their end */
    words[i + 1] = argv[i];
  execve(words[0], words, environ);
  return errno;
}

int main(int argc, char **argv) {
  if (argc < 3)
    return NOT_STARTED;
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t launcher = getppid();
  prctl(PR_SET_PDEATHSIG, SIGCHLD);
  volatile int error = 0; /* the child's memory is ours until it executes */
  pid_t child = vfork();
  if (child == 0) {
    /* Who kills this process means the command. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    error = execute(argv[1], argv + 2, argc - 2);
    _exit(NOT_STARTED);
  }
  if (child < 0)
    error = errno;
  if (error) {
    /* The launcher reads it when this process has ended. */
    tell((uint32_t)error, offsetof(mr_session, start_error));
    return NOT_STARTED;
  }
  /* The streams are the command's: who reads them is told of their end when it closes them. */
  for (int fd = 0; fd < 3; fd++)
    close(fd);
  for (;;) {
    siginfo_t signal;
    int number = sigwaitinfo(&all, &signal), status;
    if (number != SIGCHLD) {
      /* What a terminal or anybody else sends to the whole group, the command has got itself. */
      if (number > 0 && signal.si_code == SI_USER && signal.si_pid == launcher)
        kill(child, number);
      continue;
    }
    if (waitpid(child, &status, WNOHANG) == child)
      end_like(status, launcher);
    is_gone(launcher);
  }
}
