import CLinux
import Glibc

/// Runs `body` on a thread of its own, which ends with it: for calls that block, such as
/// getaddrinfo(3), which must hold neither an event loop nor a thread that tasks run on. SIGPIPE is
/// blocked: libraries write to connections that have been closed.
public func onDetachedThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(Box(body)).toOpaque()
    let code = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
            return nil
        }, argument)
    guard code == 0 else {
        // No thread to be had: late is better than never.
        Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
        return
    }
    pthread_detach(thread)
}
