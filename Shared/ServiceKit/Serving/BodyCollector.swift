import HTTPCore
import HTTPServer
import Kernel

/// Collects a request's body, within the limits of its route and of the memory for bodies.
final class BodyCollector: BodyConsumer {
    typealias Done = (Result<[UInt8], Fault>) -> Void

    private var bytes: [UInt8] = []
    private let lease: BodyLease
    /// The most that may come: what was announced, or the route's limit.
    private let most: Int
    private let limit: Int
    private var done: Done?

    /// - Parameters:
    ///   - limit: bytes; a body that announces more is refused before it is collected.
    ///   - done: called once, unless the client goes away.
    init(_ framing: BodyFraming, limit: Int, _ lease: BodyLease, _ done: @escaping Done) {
        self.limit = limit
        if case .length(let count) = framing { most = min(count, limit) } else { most = limit }
        self.lease = lease
        self.done = done
    }

    func body(_ part: UnsafeRawBufferPointer) {
        guard done != nil else { return }
        do throws(Fault) {
            try makeRoom(for: part.count)
            bytes.append(contentsOf: part)
        } catch {
            finish(.failure(error))
        }
    }

    /// What is counted is what is allocated, so that it is what the process takes. It follows from
    /// the bytes so far, however they arrived.
    private func makeRoom(for count: Int) throws(Fault) {
        let needed = bytes.count + count
        guard needed <= most else { throw .tooLarge(limit) }
        guard needed > lease.bytes else { return }
        let size = min(most, BodyMemory.step(toHold: needed))
        try lease.grow(to: size)
        bytes.reserveCapacity(size)
    }

    func bodyEnd() { finish(.success(bytes)) }
    func aborted() { done = nil }
    func drained() {}

    private func finish(_ result: Result<[UInt8], Fault>) {
        let done = done
        self.done = nil
        bytes = []
        done?(result)
    }
}

extension Fault {
    /// 413; says the limit of the route.
    static func tooLarge(_ limit: Int) -> Fault {
        Fault(
            ProblemType.bodyTooLarge(limit: limit),
            "The body must not be larger than \(limit) bytes.")
    }
}
