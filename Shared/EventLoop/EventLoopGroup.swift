import CLinux
import Glibc

/// The loops of a process, each on a thread of its own.
public final class EventLoopGroup: Sendable {
    /// Each with its thread.
    public let loops: [EventLoop]
    private let threads: ThreadList

    /// - Parameters:
    ///   - count: one per core is the intended use.
    ///   - spin: see `EventLoop`.
    ///   - manualTime: see `EventLoop`.
    public init(
        count: Int, spin microseconds: Int = 0, manualTime: (@Sendable () -> Ticks)? = nil
    ) {
        loops = (0..<max(1, count)).map { _ in
            EventLoop(spin: microseconds, manualTime: manualTime)
        }
        threads = ThreadList(loops)
    }

    /// The number of processors that this process may use.
    public static var coreCount: Int { Int(latchkey_core_count()) }

    /// Runs `body` on `loop` and waits for its result.
    public static func on<T: Sendable>(
        _ loop: EventLoop, _ body: @escaping @Sendable () -> T
    ) async -> T {
        await withCheckedContinuation { continuation in
            loop.execute { continuation.resume(returning: body()) }
        }
    }

    /// Ends all loops and waits for their threads. Not to be called on a loop.
    public func stop() {
        for loop in loops { loop.stop() }
        threads.join()
    }
}

/// Threads that run loops.
private final class ThreadList: @unchecked Sendable {  // changed in init and join only
    private var threads: [pthread_t] = []

    init(_ loops: [EventLoop]) {
        for loop in loops {
            var thread = pthread_t()
            let argument = Unmanaged.passRetained(loop).toOpaque()
            let code = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().run()
                    return nil
                }, argument)
            precondition(code == 0, "no thread to be had")
            threads.append(thread)
        }
    }

    func join() {
        for thread in threads { pthread_join(thread, nil) }
        threads = []
    }
}
