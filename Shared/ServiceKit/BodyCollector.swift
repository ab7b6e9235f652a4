import HTTPCore
import HTTPServer

/// Takes a request's body whole; the server's limit bounds it.
final class BodyCollector: BodyConsumer {
    private var bytes: [UInt8] = []
    private var done: (([UInt8]) -> Void)?

    init(_ framing: BodyFraming, _ done: @escaping ([UInt8]) -> Void) {
        self.done = done
        if case .length(let count) = framing { bytes.reserveCapacity(count) }
    }

    func body(_ part: UnsafeRawBufferPointer) { bytes.append(contentsOf: part) }

    func bodyEnd() {
        let done = done
        self.done = nil
        done?(bytes)
    }

    func aborted() { done = nil }
    func drained() {}
}
