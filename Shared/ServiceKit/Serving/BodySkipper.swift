import HTTPCore
import HTTPServer

/// Reads past an unused body, but no further than is worth the connection.
final class BodySkipper: BodyConsumer {
    /// Bytes; also what a server drops after its answer.
    private static let maximum = 64 * 1024

    /// Whether there is a body, and it may be short enough.
    static func canSkip(_ framing: BodyFraming) -> Bool {
        if case .length(let count) = framing { return count <= maximum }
        return framing != .none
    }

    private var count = 0
    private var done: (() -> Void)?

    init(_ done: @escaping () -> Void) { self.done = done }

    func body(_ bytes: UnsafeRawBufferPointer) {
        count += bytes.count
        if count > Self.maximum { finish() }
    }

    func bodyEnd() { finish() }
    func aborted() { done = nil }
    func drained() {}

    private func finish() {
        let done = done
        self.done = nil
        done?()
    }
}
