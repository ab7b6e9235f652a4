import Glibc
import Synchronization

/// Where the handler writes; −1 while there is no listener.
private let pipeEnd = Atomic<Int32>(-1)

/// SIGINT and SIGTERM. A handler may do next to nothing (signal-safety(7)), so it writes the
/// signal's number into a pipe, which a thread reads. Masks would not do: the runtime's main
/// thread waits with an empty one.
public final class TerminationSignals: Sendable {
    private let readEnd: Int32

    public init() {
        var ends: [Int32] = [-1, -1]
        pipe(&ends)
        readEnd = ends[0]
        pipeEnd.store(ends[1], ordering: .releasing)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(pipeEnd.load(ordering: .acquiring), &byte, 1)
            }
        }
        // A client that is gone must not end the process.
        signal(SIGPIPE, SIG_IGN)
    }

    /// The next signal. A second one, while the first is being obeyed, ends the process at once.
    public func next() async -> Int32 {
        await withCheckedContinuation { continuation in
            let reader = Reader(readEnd, continuation)
            var id = pthread_t()
            pthread_create(
                &id, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Reader>.fromOpaque(argument).takeRetainedValue().work()
                    return nil
                }, Unmanaged.passRetained(reader).toOpaque())
            pthread_detach(id)
        }
    }

    private final class Reader: Sendable {
        private let descriptor: Int32
        private let continuation: CheckedContinuation<Int32, Never>

        init(_ descriptor: Int32, _ continuation: CheckedContinuation<Int32, Never>) {
            self.descriptor = descriptor
            self.continuation = continuation
        }

        func work() {
            continuation.resume(returning: take())
            _exit(128 + take())
        }

        private func take() -> Int32 {
            var byte: UInt8 = 0
            while read(descriptor, &byte, 1) < 0, errno == EINTR {}
            return Int32(byte)
        }
    }
}
