import CLinux
import Glibc

/// A process that runs until it is stopped, and not longer than the thread that started it.
final class Child {
    private var pid: pid_t

    /// - Parameters:
    ///   - arguments: of `setpriv --pdeathsig`: a program that is found in PATH, and its arguments.
    ///   - environment: all of it.
    /// - Returns: nil if it can't be started.
    init?(_ arguments: [String], environment: [String]) {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        guard posix_spawn_file_actions_init(&actions) == 0 else { return nil }
        defer { posix_spawn_file_actions_destroy(&actions) }
        guard posix_spawnattr_init(&attributes) == 0 else { return nil }
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
        guard latchkey_close_from(&actions, STDERR_FILENO + 1) == 0 else { return nil }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let command = ["setpriv", "--pdeathsig", "KILL", "--"] + arguments
        var texts: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) }
        defer { for text in texts + variables { free(text) } }
        texts.append(nil)
        variables.append(nil)
        pid = 0
        guard posix_spawnp(&pid, "setpriv", &actions, &attributes, &texts, &variables) == 0 else {
            return nil
        }
    }

    deinit { stop(SIGKILL) }

    var isRunning: Bool {
        guard pid > 0 else { return false }
        var status: Int32 = 0
        if waitpid(pid, &status, WNOHANG) == pid { pid = 0 }
        return pid > 0
    }

    /// Sends a signal, and doesn't wait.
    func signal(_ number: Int32) { if isRunning { kill(pid, number) } }

    /// Sends a signal and waits until the process has ended; after a second it is killed.
    func stop(_ signal: Int32) {
        guard isRunning else { return }
        kill(pid, signal)
        for _ in 0..<100 where isRunning { usleep(10_000) }
        guard isRunning else { return }
        kill(pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        pid = 0
    }
}
